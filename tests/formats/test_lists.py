"""Lists of records: sheets of their own, JSON in a cell, and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from safety_rules.formats.ledger import ledger
from screening.ledgers import GOOD_CODE, WRONG_CODE, area, workbook

DEAD = ["甲公司", "2020-03-01", 2, 5000]
HEADS = ["企业名称", "事故日期", "死亡人数", "直接经济损失（元）"]
RECORD = {"date": "2020-03-01", "deaths": 2, "direct_loss": 5000}


def read(
    path: Path, cell: Any, *accidents: list[Any], heads: list[str] = HEADS, sheet: str = "事故表", code: str = GOOD_CODE
):
    """Return the first row of a ledger with one enterprise and a sheet of accidents, and the ledger's notices."""
    rows = [["项目编号", "企业名称", "统一社会信用代码", "事故记录"], ["P1", "甲公司", code, cell]]
    sheets = {"项目": rows, sheet: [heads, *accidents]} if accidents else {"项目": rows}
    law = area().law
    made = ledger(workbook(path / "a.xlsx", sheets), law.rulebook.vocabulary, law.area.subjects)
    (row,) = made.rows
    return row, made


def test_rows_of_another_sheet_join_by_the_enterprises_name(tmp_path: Path) -> None:
    row, made = read(tmp_path, "见事故表", DEAD)
    assert row.data["enterprise.accidents"] == [RECORD]
    assert row.place_of("enterprise.accidents[0].deaths") == "事故表!C2"
    assert made.units["enterprise.accidents.direct_loss"].symbol == "元"
    assert made.notices == []


@pytest.mark.parametrize(
    "name", ["事故记录", "事故", "事故明细表", "Accidents", "accidents", "enterprise.accidents", "生产安全事故台账"]
)
def test_a_lists_sheet_is_known_by_name_key_or_alias(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, None, DEAD, sheet=name)[0].data["enterprise.accidents"] == [RECORD]


@pytest.mark.parametrize("cell", [None, "有", "见附表", "1起", 1, "不详"])
def test_a_cell_that_leaves_it_to_the_other_sheet_is_fine(tmp_path: Path, cell: Any) -> None:
    row, _ = read(tmp_path, cell, DEAD)
    assert (row.data["enterprise.accidents"], row.problems) == ([RECORD], ())


@pytest.mark.parametrize("cell", ["无", "没有", 0, "0起"])
def test_a_cell_that_says_none_is_an_empty_list(tmp_path: Path, cell: Any) -> None:
    assert read(tmp_path, cell)[0].data["enterprise.accidents"] == []
    assert read(tmp_path, cell, ["乙公司", "2020-03-01", 1, 1])[0].data["enterprise.accidents"] == []


@pytest.mark.parametrize("cell", [None, "", "不详", "—"])
def test_a_blank_without_records_is_unknown_and_never_none(tmp_path: Path, cell: Any) -> None:
    for others in ((), (["乙公司", "2020-03-01", 1, 1],)):
        row, _ = read(tmp_path, cell, *others)
        assert "enterprise.accidents" not in row.data
        assert row.problems == ()


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("无", "写明“无”，明细表却有 1 条"),
        ("2起", "写明“2起”，明细表却有 1 条"),
        ("若干", "“若干”不能理解"),
        ('[{"deaths": 1}]', "在单元格和明细表中都有填写"),
    ],
)
def test_a_cell_that_contradicts_the_records_makes_the_list_unknown(tmp_path: Path, cell: str, says: str) -> None:
    row, _ = read(tmp_path, cell, DEAD)
    assert "enterprise.accidents" not in row.data
    assert [p.place for p in row.problems] == ["项目!D2"]
    assert says in row.problems[0].text("zh")


@pytest.mark.parametrize("cell", ["有", "见事故表", "3"])
def test_a_cell_that_promises_records_that_are_not_there_is_named(tmp_path: Path, cell: str) -> None:
    row, _ = read(tmp_path, cell)
    assert "enterprise.accidents" not in row.data
    assert [p.code for p in row.problems] == ["list"]


def test_a_cell_may_hold_the_records_as_json(tmp_path: Path) -> None:
    row, _ = read(tmp_path, '[{"死亡人数": 2}]')
    assert row.data["enterprise.accidents"] == [{"死亡人数": 2}]
    row, _ = read(tmp_path, '[{"死亡人数": 2}')
    assert "enterprise.accidents" not in row.data
    assert "不是有效的 JSON" in row.problems[0].text("zh")


def test_a_row_that_joins_nothing_or_names_nobody_is_named(tmp_path: Path) -> None:
    _, made = read(tmp_path, None, ["乙公司", "2020-03-01", 1, 1], [None, "2020-03-01", 1, 1])
    assert [n.place for n in made.notices] == ["事故表!2", "事故表!3"]


def test_a_name_that_agrees_with_a_code_that_does_not_makes_the_list_unknown(tmp_path: Path) -> None:
    heads = ["企业名称", "统一社会信用代码", "死亡人数"]
    row, made = read(tmp_path, "无", ["甲公司", WRONG_CODE, 1], heads=heads)
    assert "enterprise.accidents" not in row.data
    assert "只有一部分相符" in row.problems[0].text("zh")
    assert made.notices == []


def test_a_code_joins_where_names_are_written_with_other_blanks(tmp_path: Path) -> None:
    heads = ["企业名称", "统一社会信用代码", "死亡人数"]
    row, _ = read(tmp_path, None, [" 甲 公司", GOOD_CODE.lower(), 1], heads=heads)
    assert row.data["enterprise.accidents"] == [{"deaths": 1}]


def test_an_enterprises_record_joins_by_project_number_where_it_names_no_enterprise(tmp_path: Path) -> None:
    row, _ = read(tmp_path, None, ["P1", 1], heads=["项目编号", "死亡人数"])
    assert row.data["enterprise.accidents"] == [{"deaths": 1}]


def test_a_sheet_that_does_not_say_whose_its_rows_are_is_named(tmp_path: Path) -> None:
    row, made = read(tmp_path, None, ["2020-03-01", 1], heads=["事故日期", "死亡人数"])
    assert "enterprise.accidents" not in row.data
    assert "没有写明属于谁的列" in made.notices[0].text("zh")
