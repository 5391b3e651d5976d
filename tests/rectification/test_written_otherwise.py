"""A number written otherwise is the same danger, an owner that points elsewhere is none, and no column goes unsaid."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from doors.reading import made
from safety_rules.services.rectification.importing import Imported, import_workbook
from safety_rules.services.rectification.table import lifecycle

HEADS = ["隐患编号", "企业名称", "隐患内容", "隐患级别", "发现日期", "整改期限"]
FIRST = ["YH-1", "甲公司", "配电箱未接地", "一般", "2020-09-01", "2020-09-10"]
TODAY = datetime.date(2020, 10, 1)


def imported(path: Path, store: Path, *rows: list[Any], heads: list[str] = HEADS) -> Imported:
    return import_workbook(made(path, 台账=[heads, *rows]), store, lifecycle(), TODAY)


@pytest.mark.parametrize("number", ["yh-1", "YH-1 ", "ＹＨ－１", "YH- 1", "\u200bYH-1"])
def test_a_number_in_another_width_or_case_is_the_same_danger(number: str, tmp_path: Path) -> None:
    imported(tmp_path / "a.xlsx", tmp_path / "台账.db", FIRST)
    again = imported(tmp_path / "b.xlsx", tmp_path / "台账.db", [number, *FIRST[1:]])
    assert (again.dangers, again.unchanged, again.gone) == (0, 1, ())
    differs = imported(tmp_path / "c.xlsx", tmp_path / "台账.db", [number, "甲公司", "另一项", *FIRST[3:]])
    assert (differs.dangers, differs.differs) == (0, 1)


@pytest.mark.parametrize(("content", "dangers", "refused"), [("配电箱未接地", 1, 1), ("另一项", 0, 2)])
def test_a_number_twice_in_one_list_is_told_however_it_is_written(
    content: str, dangers: int, refused: int, tmp_path: Path
) -> None:
    other = ["ｙｈ－１", "甲公司", content, *FIRST[3:]]
    found = imported(tmp_path / "a.xlsx", tmp_path / "台账.db", FIRST, other)
    assert (found.dangers, len(found.refusals)) == (dangers, refused)


@pytest.mark.parametrize("name", ["同上", "〃", "各单位", "该企业", "（同上）", "第1行"])
@pytest.mark.parametrize("heading", ["企业名称", "责任单位"])
def test_an_owner_that_points_elsewhere_is_refused_with_its_cell(heading: str, name: str, tmp_path: Path) -> None:
    heads, row = [*HEADS, "责任单位"], [*FIRST, "东园区"]
    row[heads.index(heading)] = name
    found = imported(tmp_path / "a.xlsx", tmp_path / "台账.db", row, heads=heads)
    (refusal,) = found.refusals
    assert (found.dangers, refusal.place) == (0, f"台账!{'BG'[heading == '责任单位']}2")
    assert name in refusal.reason.zh


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    heads, row = ["序号", *HEADS, "备注", "整改状态"], [1, *FIRST, "误报，已撤销", "已销号"]
    notices = imported(tmp_path / "a.xlsx", tmp_path / "台账.db", row, heads=heads).read.notices
    told = sorted(n.code for n in notices if n.code.endswith("-not-used"))
    assert told == ["columns-not-used", "status-not-used"]
    (said,) = (n.text("zh") for n in notices if n.code == "columns-not-used")
    assert "备注各列没有采用" in said
