"""Layouts that would end in a certain answer where a part of the sheet was not read: each row is open, or right."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from doors.reading import BEST, GOOD, HEADINGS, OPEN, WORST, graded, made, row, said, screened

LISTED = ["企业名称", "名单类别", "列入日期", "名单状态"]
BLACK = ["甲公司", "黑名单", "2020-03-12", "在列"]
BARE = [h.partition("（")[0] for h in HEADINGS]
LOW = row(项目编号="XM-2", 固定=6000)
COUNTED = row(名单记录="1条")
Sheets = dict[str, list[Any]]


def headed(start: str, heading: str) -> list[str]:
    return [heading if h.startswith(start) else h for h in HEADINGS]


def text(path: Path, rows: list[Any]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["" if c is None else c for c in r] for r in rows])
    return path


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("企业黑名单", [["企业名称", "列入事由"], ["甲公司", "事故"]]),
        ("2019年失信名单", [["甲公司"]]),
        ("生产安全事故汇总", [["单位", "经过"], ["甲", "…"]]),
    ],
)
def test_a_sheet_that_speaks_of_a_list_and_is_not_understood_may_be_anybodys(
    tmp_path: Path, name: str, rows: list[Any]
) -> None:
    assert screened(made(tmp_path / "a.xlsx", 项目=[HEADINGS, row()], **{name: rows}))[0] == [("XM-1", OPEN)]


@pytest.mark.parametrize(
    "below",
    [
        [["企业名称", "名单"], ["甲公司", "黑名单"]],
        [[], ["附：黑名单记录"], LISTED, BLACK],
        [["序号", *LISTED], [1, *BLACK]],
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_second_table_below_is_found_however_it_begins(tmp_path: Path, below: list[Any], kind: str) -> None:
    rows = [HEADINGS, row(), *below]
    path = made(tmp_path / "a.xlsx", 项目=rows) if kind == "xlsx" else text(tmp_path / "a.csv", rows)
    assert screened(path)[0] == [("XM-1", OPEN)]


def test_a_table_of_a_csv_counts_by_every_door(tmp_path: Path) -> None:
    from doors.reading import area

    path = text(tmp_path / "a.csv", [HEADINGS, COUNTED, [], LISTED, BLACK])
    assert screened(path)[0] == [("XM-1", WORST)]
    assert [r["outcome"] for r in area().decide_table(path)] == [WORST]


def test_a_list_beside_the_projects_is_read(tmp_path: Path) -> None:
    rows = [[*HEADINGS, None, *LISTED], [*COUNTED, None, *BLACK]]
    assert screened(made(tmp_path / "a.xlsx", 项目=rows))[0] == [("XM-1", WORST)]


def test_a_list_below_a_form_is_read(tmp_path: Path) -> None:
    form = [[h, c] for h, c in zip(HEADINGS, COUNTED, strict=True)]
    assert screened(made(tmp_path / "a.xlsx", 表=[*form, [], LISTED, BLACK]))[0] == [("XM-1", WORST)]


def test_projects_that_stand_in_columns_are_all_screened(tmp_path: Path) -> None:
    rows = [[h, a, b] for h, a, b in zip(HEADINGS, GOOD, LOW, strict=True)]
    outcomes, _, _ = screened(made(tmp_path / "a.xlsx", 表=rows))
    assert outcomes == [("XM-1", BEST), ("XM-2", WORST)]


def test_a_second_table_of_projects_with_other_columns_is_screened_too(tmp_path: Path) -> None:
    def turned(cells: Any) -> list[Any]:
        return [*cells[:9][::-1], *cells[9:]]

    path = made(tmp_path / "a.xlsx", 项目=[HEADINGS, row(), [], turned(HEADINGS), turned(LOW)])
    assert screened(path)[0] == [("XM-1", BEST), ("XM-2", WORST)]


def test_projects_of_another_shape_are_screened_where_they_are_others(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx", 甲=[HEADINGS, row()], 乙=[HEADINGS[:12], LOW[:12]])
    assert screened(path)[0] == [("XM-1", BEST), ("XM-2", WORST)]
    path = made(tmp_path / "b.xlsx", 甲=[HEADINGS, row()], 填写示例=[HEADINGS[:12], LOW[:12]])
    assert screened(path)[0] == [("XM-1", BEST)]


@pytest.mark.parametrize("first", ["万元", "元"])
def test_each_sheet_has_its_own_units(tmp_path: Path, first: str) -> None:
    yuan, own = [headed("固定", "固定资产投资（元）"), row(项目编号="XM-2", 固定=60_000_000)], [HEADINGS, row()]
    sheets: Sheets = {"2019年": own, "2020年": yuan} if first == "万元" else {"2019年": yuan, "2020年": own}
    assert dict(screened(made(tmp_path / "a.xlsx", **sheets))[0]) == {"XM-1": BEST, "XM-2": WORST}


def test_a_unit_in_a_column_of_its_own_belongs_to_the_figure_before(tmp_path: Path) -> None:
    for unit, amount, outcome in (
        ("元", 9375, WORST),
        ("亿元", 0.9375, BEST),
        (None, 9375, OPEN),
        ("元", 60_000_000, WORST),
    ):
        cells = row(固定=amount)
        rows = [[*headed("固定", "固定资产投资")[:9], "单位", *HEADINGS[9:]], [*cells[:9], unit, *cells[9:]]]
        got = screened(made(tmp_path / "a.xlsx", 项目=rows))[0][0][1]
        assert got == outcome, (unit, amount)


def test_a_row_of_units_under_the_headings_belongs_to_them(tmp_path: Path) -> None:
    units = ["单位", *[None] * 5, "亩", "㎡", "元", "万元", "万元"]
    assert screened(made(tmp_path / "a.xlsx", 项目=[BARE, units, row(固定=60_000_000)]))[0] == [("XM-1", WORST)]
    assert screened(made(tmp_path / "b.xlsx", 项目=[BARE, units, row(固定=93_750_000)]))[0] == [("XM-1", BEST)]


MARKS = {"主要原": 0, "最终": 0, "涉及化": 0, "仅物": 0, "常压": 1, "仅为": 0}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_one_and_nought_mean_yes_and_no_where_nothing_else_stands(tmp_path: Path, kind: str) -> None:
    def ledger(*rows: Any) -> Path:
        whole = [HEADINGS, *rows]
        return made(tmp_path / "a.xlsx", 项目=whole) if kind == "xlsx" else text(tmp_path / "a.csv", whole)

    outcomes, screening, _ = screened(ledger(row(**MARKS)))
    assert (outcomes, len(said(screening, "assumed-marks"))) == ([("XM-1", BEST)], 6)
    codes = {k: v or 2 for k, v in MARKS.items()}
    assert screened(ledger(row(**codes)))[0] == [("XM-1", OPEN)]
    mixed = screened(ledger(row(**MARKS), row(项目编号="XM-2", **{**MARKS, "主要原": 2})))[0]
    assert mixed == [("XM-1", OPEN), ("XM-2", OPEN)]


def test_a_listing_of_the_other_investor_of_a_row_is_its_own_perhaps(tmp_path: Path) -> None:
    listed = [LISTED, ["丁集团", *BLACK[1:]]]
    path = made(tmp_path / "a.xlsx", 项目=[[*HEADINGS, "投资方"], [*GOOD, "丁集团"]], 名单记录=listed)
    assert screened(path)[0] == [("XM-1", OPEN)]


def test_lines_that_only_number_and_letters_of_columns_are_no_projects(tmp_path: Path) -> None:
    letters = [chr(65 + i) for i in range(26)] + ["AA", "AB"]
    path = made(tmp_path / "a.xlsx", 项目=[["序号", *HEADINGS], letters, [1, *row()], [2], [3]])
    assert screened(path)[0] == [("XM-1", BEST)]


def chlorine(*rows: Any, **more: Any) -> Sheets:
    return {"单元": [["单元名称", "适用范围", "暴露人员"], ["甲", "适用", 0]], "化学品": list(rows), **more}


@pytest.mark.parametrize(
    "rows",
    [
        [["单元名称", "品名", "存在量"], ["甲", "氯", 12_000], ["注：数量单位：千克"]],
        [["单位：千克"], ["单元名称", "品名", "存在量"], ["甲", "氯", 12_000]],
        [["单元名称", "品名", "存在量", "单位"], ["甲", "氯", 12_000, "kg"]],
        [["单元名称", "品名", "存在量"], [None, None, "kg"], ["甲", "氯", 12_000]],
    ],
)
def test_the_unit_of_a_list_may_stand_above_below_beside_or_under_its_heading(tmp_path: Path, rows: list[Any]) -> None:
    found = graded(made(tmp_path / "a.xlsx", **chlorine(*rows)))[0]["甲"]
    assert (found[0], float(found[1])) == ("level_4", 2.4)


def test_two_sheets_of_one_list_have_each_their_own_unit(tmp_path: Path) -> None:
    more = [["单元名称", "品名", "存在量（kg）"], ["甲", "氨", 1_000]]
    sheets = chlorine(["单元名称", "品名", "存在量（t）"], ["甲", "氯", 12], 危险化学品=more)
    assert float(graded(made(tmp_path / "a.xlsx", **sheets))[0]["甲"][1]) == 2.5


def test_the_level_that_a_ledger_states_is_held_against_ours(tmp_path: Path) -> None:
    units = [["单元名称", "适用范围", "暴露人员", "重大危险源等级"]]
    units += [
        ["甲", "适用", 0, "一级"],
        ["乙", "适用", 0, "Ⅳ级"],
        ["丙", "适用", 0, "四级重大危险源"],
        ["丁", "适用", 0, "不构成"],
        ["戊", "适用", 0, "见报告"],
    ]
    chemicals = [["单元名称", "品名", "存在量（t）", "临界量（t）"]]
    chemicals += [[n, "氯", t, 5] for n, t in (("甲", 12), ("乙", 12), ("丙", 1), ("丁", 1), ("戊", 1))]
    found, screening = graded(made(tmp_path / "a.xlsx", 单元=units, 化学品=chemicals))
    assert [found[n][0] for n in "甲乙丙丁"] == ["level_4", "level_4", "not_major", "not_major"]
    assert [n.partition("：")[0] for n in said(screening, "level-differs")] == ["单元!D2", "单元!D4", "单元!D6"]
    assert "“一级”，按本次填报计算为“四级重大危险源”" in said(screening, "level-differs")[0]
    assert not [n for n in said(screening, "heading") if "重大危险源等级" in n]
    assert len(said(screening, "heading-computed")) == 1


def test_a_critical_quantity_that_a_ledger_states_is_held_against_the_standards(tmp_path: Path) -> None:
    units = [["单元名称", "适用范围", "暴露人员"], ["甲", "适用", 0], ["乙", "适用", 0]]
    stated = [
        ["甲", "氯", 1, 5],
        ["甲", "氨", 1, 10],
        ["甲", "甲醇", 1, 50],
        ["乙", "氯", 1, "5000 kg"],
        ["乙", "氨", 1, "约10"],
    ]
    chemicals = [["单元名称", "品名", "存在量（t）", "临界量（t）"], *stated]
    _, screening = graded(made(tmp_path / "a.xlsx", 单元=units, 化学品=chemicals))
    differing = said(screening, "critical-differs")
    assert [n.partition("：")[0] for n in differing] == ["化学品!D4", "化学品!D6"]
    assert "“甲醇”的临界量为“50”，按标准为 500 t" in differing[0]
    assert len(said(screening, "heading-computed")) == 1
