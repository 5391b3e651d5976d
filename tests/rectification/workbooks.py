"""Small hidden-danger workbooks with one thing changed."""

from __future__ import annotations

import datetime
from pathlib import Path

import xlsxwriter

from rectification.ledgers import CODE, DEPARTMENT, ENTERPRISE, EXPERT, PARK, UNIT, day

ROW: dict[str, object] = {
    "隐患编号": "YH-1",
    "领域": "消防",
    "隐患级别": "一般",
    "隐患内容": "疏散通道堵塞",
    "责任单位": UNIT,
    "整改单位": ENTERPRISE,
    "统一社会信用代码": CODE,
    "发现日期": day(1),
    "发现方": EXPERT,
    "交办日期": day(2),
    "交办部门": DEPARTMENT,
    "整改期限": day(10),
    "整改开始日期": day(3),
    "申请验收日期": day(4),
    "督查日期": day(5),
    "督查单位": PARK,
    "验收日期": day(6),
    "验收部门": DEPARTMENT,
    "销号日期": day(7),
    "销号部门": DEPARTMENT,
    "销号佐证": "照片",
}
INSPECTED = {"排查编号": "X-1", "责任单位": UNIT, "排查日期": day(1), "排查结果": "未发现问题", "隐患编号": ""}
Sheet = list[dict[str, object]]


def book(path: Path, *rows: dict[str, object], **others: Sheet) -> Path:
    """Write a workbook of dangers, with its units and enterprises, and other sheets where given."""
    sheets: dict[str, Sheet] = {
        "隐患台账": [{**ROW, "隐患编号": f"YH-{n}", **row} for n, row in enumerate(rows, 1)],
        "责任单位": [{"责任单位": UNIT}],
        "整改单位": [{"单位名称": ENTERPRISE, "统一社会信用代码": CODE}],
        **others,
    }
    workbook = xlsxwriter.Workbook(str(path))
    dates = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for name, cells in sheets.items():
        page = workbook.add_worksheet(name)
        page.write_row(0, 0, list(cells[0]))
        for number, row in enumerate(cells, 1):
            for column, value in enumerate(row.values()):
                is_day = isinstance(value, datetime.date)
                page.write_datetime(number, column, value, dates) if is_day else page.write(number, column, value)
    workbook.close()
    return path
