"""What a workbook hides, shows otherwise than it holds, or leaves without an owner is never taken for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doors.reading import BEST, OPEN, WORKBOOKS, WORST, graded, ledger, made, row, said, screened
from safety_rules.formats.number_format import needs_reading, shown

LISTED = ["企业名称", "名单", "列入日期", "名单状态"]
BLACK = ["黑名单", "2020-03-12", "在列"]
YELLOW = ["黄名单", "2016-03-12", "已移出"]


def one(path: Path) -> str:
    ((_, outcome),) = screened(path)[0]
    return outcome


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("blank_owner", OPEN),
        ("ditto_owner", OPEN),
        ("zero_width_owner", WORST),
        ("named_owner", WORST),
        ("hidden_sheet", OPEN),
        ("visible_sheet", OPEN),
        ("format_wanyuan", WORST),
        ("text_wanyuan", WORST),
        ("accident_twice", "referred"),
        ("accident_once", "referred"),
    ],
)
def test_each_snare_gives_what_its_plain_twin_gives_or_stays_open(name: str, outcome: str) -> None:
    assert one(WORKBOOKS / f"{name}.xlsx") == outcome


def test_a_count_in_words_is_held_against_the_sheet() -> None:
    assert [o for _, o in screened(WORKBOOKS / "counts_in_words.xlsx")[0]] == [OPEN] * 4


def test_a_chemical_without_a_unit_may_be_any_units() -> None:
    assert graded(WORKBOOKS / "chemical_without_unit.xlsx")[0]["罐区"][0] == OPEN


@pytest.mark.parametrize(
    "owner",
    [None, "同上", "〃", "—", "#REF!", " ", "\u200b", "该企业", "本公司", "上述单位", "同上一行", "见上", "详见附件", "全部企业", "多家企业", "各单位",
     "（同上）", "【同上】", "同上。", "上一行企业", "上一家", "同上家", "同第1行", "同序号1", "见附件1", "详见Sheet2", "某企业",
     "3家企业", "其中1家", "另一家企业", "个别企业"],
)  # fmt: skip
def test_a_listing_of_nobody_opens_every_row_and_is_named(tmp_path: Path, owner: Any) -> None:
    second = row(项目编号="XM-2", 企业名称="乙公司", 统一="91320991MA91Q6798L")
    path = ledger(tmp_path / "a.xlsx", row(), second, 名单记录=[LISTED, [owner, *BLACK]])
    outcomes, screening, problems = screened(path)
    assert outcomes == [("XM-1", OPEN), ("XM-2", OPEN)]
    assert "名单记录!2" in problems["XM-1"][0]
    assert any("可能属于任何一行" in n for n in said(screening))


@pytest.mark.parametrize(
    ("owner", "opened"),
    [
        ("盐城甲机械有限公可", "XM-1"),
        ("江苏盐城甲机械有限公司", "XM-1"),
        ("盐城甲机械厂", "XM-1"),
        ("苏州丁化工有限公司", ""),
    ],
)
def test_a_listing_under_a_name_that_is_nearly_a_rows_opens_that_row_only(
    tmp_path: Path, owner: str, opened: str
) -> None:
    first = row(企业名称="盐城甲机械有限公司")
    second = row(项目编号="XM-2", 企业名称="无锡乙电子有限公司", 统一="91320991MA91Q6798L")
    path = ledger(tmp_path / "a.xlsx", first, second, 名单记录=[LISTED, [owner, *BLACK]])
    assert [n for n, o in screened(path)[0] if o == OPEN] == [opened] * bool(opened)


def test_a_code_with_two_signs_exchanged_opens_the_row_whose_code_it_nearly_is(tmp_path: Path) -> None:
    second = row(项目编号="XM-2", 企业名称="乙公司", 统一="91320991MA91Q6798L")
    heads = ["统一社会信用代码", *LISTED[1:]]
    path = ledger(tmp_path / "a.xlsx", row(), second, 名单记录=[heads, ["91320991MAP9JTKT21", *BLACK]])
    assert screened(path)[0] == [("XM-1", OPEN), ("XM-2", BEST)]


def test_a_listing_by_code_alone_may_be_that_of_a_row_without_a_code(tmp_path: Path) -> None:
    heads = ["统一社会信用代码", *LISTED[1:]]
    path = ledger(tmp_path / "a.xlsx", row(统一=None), 名单记录=[heads, ["91320991MA91Q6798L", *BLACK]])
    assert one(path) == OPEN


def test_a_list_sheet_whose_headings_are_not_understood_may_hold_anybodys_records(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", row(), 名单记录=[["甲", "乙"], ["甲公司", "黑"]])
    assert one(path) == OPEN


def test_totals_notes_and_numbers_of_columns_in_a_list_sheet_are_nobodys_records(tmp_path: Path) -> None:
    rows = [LISTED, [1, 2, 3, 4], ["甲公司", *YELLOW], ["合计", "1条"], ["注：黄名单满三年的移出。"], ["填表人：张三"]]
    path = ledger(tmp_path / "a.xlsx", row(名单记录="1条"), 名单记录=rows)
    outcomes, screening, _ = screened(path)
    assert outcomes == [("XM-1", BEST)]
    assert len(said(screening, "note")) == 2


def test_a_list_in_blocks_is_filled_down_and_that_is_said(tmp_path: Path) -> None:
    rows = [LISTED, ["甲公司", *YELLOW], [None, *BLACK], ["乙公司", *YELLOW], [None, *YELLOW]]
    path = ledger(tmp_path / "a.xlsx", row(名单记录="2条"), 名单记录=rows)
    outcomes, screening, _ = screened(path)
    assert outcomes == [("XM-1", WORST)]
    assert any("向下填充" in n for n in said(screening, "assumed-owner"))


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("1条", BEST), ("有1条", BEST), ("见附表（1条）", BEST), ("有黄名单1条", BEST), ("有黄名单", BEST), ("共一条", BEST),
        ("见名单记录表", BEST), ("2020年列入1条", BEST), ("见附表1", BEST), ("无黑名单，有黄名单1条", BEST),
        ("2条", OPEN), ("有2条", OPEN), ("两条", OPEN), ("见附表（2条）", OPEN), ("有黑名单1条、黄名单1条", OPEN),
        ("有黑名单1条", OPEN), ("有黑名单", OPEN), ("共2条，其中黄名单1条", OPEN), ("至少1条", OPEN), ("有若干条", OPEN),
        ("无", OPEN), ("未列入", OPEN), ("0条", OPEN), ("有 2", OPEN),
    ],
)  # fmt: skip
def test_a_stated_count_or_kind_is_held_against_what_was_read(tmp_path: Path, cell: str, outcome: str) -> None:
    path = ledger(tmp_path / "a.xlsx", row(名单记录=cell), 名单记录=[LISTED, ["甲公司", *YELLOW]])
    assert one(path) == outcome


@pytest.mark.parametrize("cell", ["无", "无隐患", "未发生", "没有。", "0条", "未列入", "均无"])
def test_words_for_none_are_an_empty_list(tmp_path: Path, cell: str) -> None:
    assert one(ledger(tmp_path / "a.xlsx", row(名单记录=cell))) == BEST


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (5000000, '0!.0000"万元"', "500万元"), (5000000, '#,##0,"千元"', "5000千元"), (0.95, "0%", "95%"),
        (123456789, "0!.0,", "12345.6789"), (15, '0"亩"', "15亩"), (450, '"约"0', "约450"), (7, "000", "007"),
        (9375, '"¥"#,##0.00', "¥9375"), (25000, '[>=10000]0!.0000"万";0', "2.5万"), (3, '[>=10000]0!.0000"万";0', None),
        (-3, "0.00;(0.00)", "-3"), (1234.5, "#,##0.00", None), (500, "0.00E+00", None), (-3, "0;0", "3（负数显示为正）"),
        (9375, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', None),
    ],
)  # fmt: skip
def test_a_number_is_what_its_format_shows(value: float, code: str, text: str | None) -> None:
    assert shown(value, code) == text


@pytest.mark.parametrize(
    "code", ["General", "0", "0.00", "#,##0", "#,##0.00_ ;[Red]-#,##0.00 ", "yyyy-mm-dd", "@", 'yyyy"年"m"月"']
)
def test_usual_formats_cost_nothing(code: str) -> None:
    assert not needs_reading(code)


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ((9375, '0"万元"'), BEST), ((93750000, '0!.0000"万元"'), BEST), ((9375, "#,##0.00"), BEST), ((60, '"约"0'), OPEN),
        ((9375, ";;;"), OPEN), ((0.9375, '0.0000"亿元"'), BEST), ((6000, '0"万元"'), WORST), ((9375, '0"美元"'), OPEN),
    ],
)  # fmt: skip
def test_a_figure_counts_as_its_format_shows_it_or_is_named(tmp_path: Path, cell: Any, outcome: str) -> None:
    outcomes, _, problems = screened(ledger(tmp_path / "a.xlsx", row(固定=cell)))
    assert [o for _, o in outcomes] == [outcome]
    assert bool(problems["XM-1"]) == (outcome == OPEN)


def test_two_identical_accidents_are_one_and_two_that_differ_are_two(tmp_path: Path) -> None:
    heads = ["企业名称", "事故日期", "死亡人数", "重伤人数", "直接经济损失"]
    twice = [heads, ["甲公司", "2020-03-01", 0, 10, 0], ["甲公司", "2020-03-01", 0, 10, 0]]
    same = screened(ledger(tmp_path / "a.xlsx", row(事故=None), 事故记录=twice))
    assert (same[0][0][1], len(said(same[1], "assumed-same"))) == ("referred", 1)
    other = [*twice[:2], ["甲公司", "2020-03-01", 0, 11, 0]]
    assert one(ledger(tmp_path / "b.xlsx", row(事故=None), 事故记录=other)) == WORST


def test_two_identical_amounts_of_a_chemical_are_both_counted(tmp_path: Path) -> None:
    units = [["单元名称", "适用范围", "厂外暴露人数"], ["罐区", "适用", 0]]
    rows = [["单元名称", "品名", "存在量"], ["罐区", "氯", "3 t"], ["罐区", "氯", "3 t"]]
    found, _ = graded(made(tmp_path / "a.xlsx", 单元=units, 化学品=rows))
    assert (found["罐区"][2], float(found["罐区"][1])) == (2, 1.2)


@pytest.mark.parametrize("said_of_it", [{"企业名称": "同上", "统一": "同上"}, {"企业名称": None, "统一": None}])
def test_a_row_that_does_not_say_whose_it_is_may_own_any_record(tmp_path: Path, said_of_it: dict[str, Any]) -> None:
    rows = [LISTED, ["甲公司", *BLACK]]
    path = ledger(tmp_path / "a.xlsx", row(名单记录="1条"), row(项目编号="XM-2", **said_of_it), 名单记录=rows)
    assert screened(path)[0] == [("XM-1", WORST), ("XM-2", OPEN)]


def test_a_row_that_names_another_enterprise_owns_none_of_its_records(tmp_path: Path) -> None:
    rows = [["统一社会信用代码", *LISTED[1:]], ["91320991MAP9JTKT12", *BLACK]]
    second = row(项目编号="XM-2", 企业名称="乙公司", 统一=None)
    path = ledger(tmp_path / "a.xlsx", row(名单记录="1条"), second, 名单记录=rows)
    assert screened(path)[0] == [("XM-1", WORST), ("XM-2", BEST)]
