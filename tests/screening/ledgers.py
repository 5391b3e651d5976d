"""Ledgers made for tests, and the small rules folder that they are screened by."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

import safety_rules as sr

PACK = Path(__file__).parent / "pack"
DAY = "2020-10-01"
GOOD_CODE = "91320900MA0000001L"
WRONG_CODE = "91320900MA00000010"
HEADINGS = (
    "项目编号",
    "项目名称",
    "企业名称",
    "统一社会信用代码",
    "用地方式",
    "用地面积（亩）",
    "固定资产投资(亿元)",
    "化学反应",
    "事故记录",
)
PASSING = ("P1", "零部件项目", "甲公司", GOOD_CODE, "单体征地", 20, 1, "否", "无")


def area() -> sr.DatedArea:
    return sr.load(PACK).area("admission").on(DAY)


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], merged: Sequence[tuple[Any, ...]] = ()) -> Path:
    """Write sheets of rows; `merged` are (sheet, first row, column, last row, column, value) for merge_range."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(r, c, datetime.datetime(cell.year, cell.month, cell.day), day)
                elif cell is not None:
                    sheet.write(r, c, cell)
    for name, *where in merged:
        book.get_worksheet_by_name(name).merge_range(*where)
    book.close()
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def ledger_of(path: Path, *rows: Sequence[Any], headings: Sequence[str] = HEADINGS, **sheets: Any) -> Path:
    """Write a workbook whose first sheet 项目 has headings and rows."""
    return workbook(path, {"项目": [headings, *rows], **sheets})


def cells(path: Path, sheet: str) -> list[list[Any]]:
    """Return a sheet as another program reads it."""
    return python_calamine.load_workbook(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def changed(**changes: Any) -> tuple[Any, ...]:
    """Return the passing row with some cells changed, by heading."""
    plain = [h.partition("（")[0].partition("(")[0] for h in HEADINGS]
    return tuple(changes.get(h, cell) for h, cell in zip(plain, PASSING, strict=True))
