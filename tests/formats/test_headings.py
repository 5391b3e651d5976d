"""Which column of a ledger carries which fact."""

from __future__ import annotations

import pytest

from safety_rules.formats.headings import columns, heading_row, spellings
from safety_rules.formats.table import RawRow, RawTable
from screening.ledgers import area

VOCABULARY = area().law.rulebook.vocabulary
FACTS = [f for s in ("project", "enterprise") for f in VOCABULARY.of_subject(s)]


def table(*rows: tuple[str, ...]) -> RawTable:
    return RawTable("台账", lambda: (RawRow(i, row) for i, row in enumerate(rows, 1)))


def matched(*headings: str, above: tuple[tuple[str, ...], ...] = ()):
    made = table(*above, headings)
    top = heading_row(made, spellings(FACTS))
    assert top is not None
    found = columns(made, top, FACTS, VOCABULARY.units)
    return {c.fact.key: (c.index, c.unit.symbol if c.unit else "") for c in found.columns}, found.notices


@pytest.mark.parametrize(
    "heading",
    [
        "用地面积",
        "Land area",
        "LAND AREA",
        "project.land_area",
        "项目.用地面积",
        "占地面积",
        " 用 地 面 积 ",
        "land_area",
        "*用地面积",
    ],
)
def test_a_heading_is_known_by_name_key_or_alias_whatever_its_blanks_and_case(heading: str) -> None:
    found, notices = matched(heading)
    assert (found, notices) == ({"project.land_area": (0, "")}, ())


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("用地面积（㎡）", "m2"),
        ("用地面积(m2)", "m2"),
        ("用地面积[平方米]", "m2"),
        ("用地面积【亩】", "亩"),
        ("占地面积（ 亩 ）", "亩"),
        ("Ｌand area（㎡）", "m2"),
    ],
)
def test_a_unit_in_brackets_of_any_width_is_the_columns_unit(heading: str, unit: str) -> None:
    assert {"project.land_area": (0, unit)} == matched(heading)[0]


@pytest.mark.parametrize("bracket", ["万元", "美元", "不含道路"])
def test_brackets_that_hold_no_unit_of_the_fact_keep_the_column_out(bracket: str) -> None:
    found, notices = matched(f"用地面积（{bracket}）", "项目编号")
    assert found == {"project.id": (1, "")}
    assert [f"台账!A1：表头“用地面积（{bracket}）”括号中的“{bracket}”不是可换算成“亩”的单位，该列未使用"] == [
        n.text("zh") for n in notices
    ]


def test_brackets_after_a_fact_without_a_unit_are_a_remark() -> None:
    assert matched("化学反应（是/否）")[0] == {"project.has_reaction": (0, "")}


def test_an_unknown_heading_is_named_with_the_nearest_known_one() -> None:
    found, notices = matched("项目编号", "用地面机")
    assert found == {"project.id": (0, "")}
    assert notices[0].place == "台账!B1"
    assert "`用地面机` is unknown and not used; did you mean `用地面积`?" in notices[0].text("en")


def test_a_heading_that_may_mean_two_facts_is_named_and_not_used() -> None:
    found, notices = matched("投资额", "项目编号")
    assert found == {"project.id": (1, "")}
    assert "可指多个事实项（固定资产投资、年销售）" in notices[0].text("zh")


def test_of_two_columns_for_a_fact_neither_is_used() -> None:
    found, notices = matched("固定资产投资（万元）", "固定资产投资（亿元）", "项目编号")
    assert found == {"project.id": (2, "")}
    assert [n.place for n in notices] == ["台账!A1", "台账!B1"]
    assert "均未使用，该项按未知处理" in notices[0].text("zh")


def test_a_facts_own_name_goes_before_an_alias_of_it() -> None:
    found, notices = matched("固投", "固定资产投资")
    assert found == {"project.investment": (1, "")}
    assert [n.place for n in notices] == ["台账!A1"]


def test_headings_are_found_below_title_rows() -> None:
    found, _ = matched("项目编号", "用地面积", above=(("盐城项目台账",), (), ("填报人：", "项目")))
    assert found == {"project.id": (0, ""), "project.land_area": (1, "")}


def test_headings_below_the_twentieth_row_are_not_looked_for() -> None:
    assert heading_row(table(*[("",)] * 20, ("项目编号",)), spellings(FACTS)) is None


def test_a_unit_stated_above_the_headings_holds_for_columns_without_their_own() -> None:
    found, _ = matched("固定资产投资", "年销售（亿元）", above=(("项目台账（单位：元）",),))
    assert found == {"project.investment": (0, "元"), "project.sales": (1, "亿元")}


def test_of_two_units_above_the_headings_for_one_dimension_the_facts_own_counts_and_is_said() -> None:
    found, notices = matched("固定资产投资", above=(("单位：元、万元",),))
    assert found == {"project.investment": (0, "万元")}
    assert [n.code for n in notices] == ["assumed-unit"]


def test_two_units_above_the_headings_of_which_none_is_the_facts_own_keep_the_column_out() -> None:
    found, notices = matched("固定资产投资", "项目编号", above=(("单位：元、亿元",),))
    assert found == {"project.id": (1, "")}
    assert "写明多个单位" in notices[0].text("zh")


def test_the_name_of_a_firm_above_the_headings_is_no_unit() -> None:
    found, _ = matched("固定资产投资", above=(("建设单位：元",),))
    assert found == {"project.investment": (0, "")}
