"""A list that nobody sees is read as one that everybody sees: what its rows come to, no cell of the ledger tells before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import safety_rules as sr
from doors.reading import BEST, HEADINGS, WORST, area, graded, row, said
from safety_rules.services.screening import screen

Hide = Callable[[Any, int, int], None]
OTHER = "无锡戊精密有限公司"
LISTED = ["企业名称", "名单", "列入日期", "名单状态"]
HURT = ["企业名称", "事故日期", "死亡人数", "重伤人数", "直接经济损失（万元）"]
DANGER = ["企业名称", "隐患级别", "整改期限", "已销号"]
LISTS: dict[str, tuple[list[list[Any]], str]] = {  # its rows, and the ledger's own column
    "名单记录": ([LISTED, [OTHER, "黄名单", "2016-03-12", "已移出"], ["甲公司", "黑名单", "2020-03-12", "在列"]], "名单记录"),
    "事故记录": ([HURT, [OTHER, "2016-05-01", 0, 1, 1], ["甲公司", "2020-05-01", 12, 0, 100]], "事故记录"),
    "隐患记录": ([DANGER, [OTHER, "一般", "2020-01-01", "是"], ["甲公司", "重大", "2020-09-30", "否"]], "隐患记录"),
}  # fmt: skip
HIDDEN: dict[str, Hide] = {
    "not at all": lambda sheet, rows, columns: None,
    "sheet": lambda sheet, rows, columns: sheet.hide(),
    "sheet, very": lambda sheet, rows, columns: sheet.very_hidden(),
    "rows": lambda sheet, rows, columns: [sheet.set_row(r, options={"hidden": True}) for r in range(1, rows)],
    "its last row": lambda sheet, rows, columns: sheet.set_row(rows - 1, options={"hidden": True}),
    "columns": lambda sheet, rows, columns: sheet.set_column(0, columns - 1, options={"hidden": True}),
    "the owners": lambda sheet, rows, columns: sheet.set_column(0, 0, options={"hidden": True}),
}


def written(path: Path, sheets: dict[str, list[list[Any]]], hide: dict[str, Hide]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, cells in enumerate(rows):
            sheet.write_row(r, 0, ["" if c is None else c for c in cells])
        if name in hide:
            hide[name](sheet, len(rows), max(map(len, rows)))
    book.close()
    return path


def at(path: Path, how: str, cell: Any, name: str) -> Path:
    rows, column = LISTS[name]
    project = row(**{column: cell})
    return written(path / "a.xlsx", {"项目": [list(HEADINGS), project], name: rows}, {name: HIDDEN[how]})


def ends(path: Path) -> set[tuple[str, str]]:
    """Return the interval of the only project by each way of reading a ledger."""
    screened = [(r.verdict.at_best, r.verdict.at_worst) for r in screen(path, area()).rows if r.verdict]
    tables = [(r["at_best"], r["at_worst"]) for e in ("duckdb", "records") for r in area().decide_table(path, engine=e)]
    return {*screened, *tables}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("how", HIDDEN)
def test_a_hidden_list_of_which_the_ledger_says_nothing_decides_as_a_visible_one(
    how: str, name: str, tmp_path: Path
) -> None:
    assert ends(at(tmp_path, how, None, name)) == {(WORST, WORST)}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("how", HIDDEN)
def test_a_hidden_list_is_held_against_a_ledger_that_says_none(how: str, name: str, tmp_path: Path) -> None:
    ((best, worst),) = ends(at(tmp_path, how, "无", name))
    assert (best, worst) == (BEST, WORST)


@pytest.mark.parametrize("how", [h for h in HIDDEN if h != "not at all"])
def test_what_is_hidden_is_said(how: str, tmp_path: Path) -> None:
    assert said(screen(at(tmp_path, how, None, "名单记录"), area()), "assumed-hidden")


@pytest.mark.parametrize("how", HIDDEN)
def test_a_hidden_list_of_chemicals_counts(how: str, tmp_path: Path) -> None:
    units = [["单元名称", "适用范围", "厂外暴露人数"], ["液氨罐区", "适用", 0]]
    chemicals = [["单元名称", "品名", "存在量（t）"], ["别的库", "氯", 1], ["液氨罐区", "氯", 60]]
    path = written(tmp_path / "a.xlsx", {"单元": units, "化学品": chemicals}, {"化学品": HIDDEN[how]})
    assert graded(path)[0]["液氨罐区"][1:] == (12, 1)


@pytest.mark.parametrize("how", HIDDEN)
def test_a_hidden_list_of_a_history_counts(how: str, tmp_path: Path) -> None:
    hurt = [
        ["企业名称", "事故日期", "死亡人数", "重伤人数", "直接经济损失", "已受行政处罚"],
        [OTHER, "2019-03-01", 0, 1, 10, "否"],
    ]
    danger = [
        ["企业名称", "隐患编号", "隐患级别", "发现日期", "整改期限", "销号日期"],
        [OTHER, "YH-1", "一般", "2019-03-01", "2019-03-10", "2019-03-05"],
    ]
    listed, _ = LISTS["名单记录"]
    sheets = {"事故记录": hurt, "隐患台账": danger, "名单记录": listed}
    history = sr.with_history(area(), written(tmp_path / "历史.xlsx", sheets, {"名单记录": HIDDEN[how]}))
    project = row(名单记录=None, 事故记录=None, 隐患记录=None)
    ledger = written(tmp_path / "项目.xlsx", {"项目": [list(HEADINGS), project]}, {})
    outcomes = [r.outcome for r in screen(ledger, area(), history=history).rows if r.outcome]
    assert outcomes == [WORST]
