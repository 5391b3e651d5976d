"""What a ledger comes to, in the fewest words: each row's number and outcome, and what was said of the file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter

import safety_rules as sr
from safety_rules.formats.result import Screening
from safety_rules.services.grading import grade
from safety_rules.services.screening import screen

HERE = Path(__file__).parent
LEDGERS = HERE / "ledgers"
WORKBOOKS = HERE / "workbooks"
BEST, WORST, OPEN = "admitted", "rejected", "undetermined"


@cache
def area(name: str = "admission", day: str = "2020-10-01") -> sr.DatedArea:
    return sr.load().area(name).on(day)


def screened(path: Path, sheet: str | None = None) -> tuple[list[tuple[str, str]], Screening, dict[str, list[str]]]:
    """Return each row's project number (or name) and outcome, the screening, and each row's problems in words."""
    screening = screen(path, area(), sheet)
    rows = [r for r in screening.rows if r.outcome]
    outcomes = [(_name(r.verdict.record.values if r.verdict else {}), r.outcome) for r in rows]
    problems = {
        n: [p.text("zh") for p in r.verdict.problems] for (n, _), r in zip(outcomes, rows, strict=True) if r.verdict
    }
    return outcomes, screening, problems


def _name(values: Any) -> str:
    return str(values.get("project.id") or values.get("project.name") or "")


def graded(path: Path) -> tuple[dict[str, tuple[str, Any, int]], Screening]:
    """Return each unit's outcome, S and number of chemicals, and the screening."""
    screening, units = grade(path, area("major_hazard", "2024-10-01"))
    found = {}
    for unit in units:
        if unit.row.verdict is not None:
            name = str(unit.row.verdict.record.values.get("unit.name", ""))
            found[name] = (unit.row.outcome, unit.ratio_sum, len(unit.chemicals))
    return found, screening


def said(screening: Screening, code: str = "") -> list[str]:
    """Return what was said of the file, in Chinese: all of it, or what has a code."""
    return [n.text("zh") for n in screening.notices if n.code.startswith(code)]


def made(path: Path, **sheets: Any) -> Path:
    """Write a workbook; a sheet is a list of rows, a cell a value or (value, number format)."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                value, form = cell if isinstance(cell, tuple) else (cell, None)
                if value is not None:
                    sheet.write(r, c, value, book.add_format({"num_format": form}) if form else None)
    book.close()
    return path


HEADINGS = (
    "项目编号", "项目名称", "企业名称", "统一社会信用代码", "用地方式", "项目阶段", "用地面积（亩）", "租赁面积（㎡）",
    "固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）", "行业代码", "生产工艺", "产品类别", "主要原辅料为化学原料",
    "最终产品为化学品", "涉及化学反应或涉化环节", "仅物理混合", "常压生产", "化工目录类别", "仅为现有产能技术改造", "安全预评价",
    "安全设施设计审查", "环境影响评价", "名单记录", "事故记录", "隐患记录",
)  # fmt: skip
GOOD = (
    "XM-1", "光伏组件项目", "甲公司", "91320991MAP9JTKT12", "单体征地", "洽谈", 15, None, 9375, 11250, 750, "3825",
    "层压封装、组装", "新能源装备", "否", "否", "否", "否", "是", "未列入", "否", "依法不需要", "依法不需要", "登记表已备案",
    "无", "无", "无",
)  # fmt: skip


def row(**changes: Any) -> list[Any]:
    """Return the row of a project that is admitted, with some cells changed, by the start of their heading."""
    cells = list(GOOD)
    for start, value in changes.items():
        (at,) = (i for i, h in enumerate(HEADINGS) if h.startswith(start))
        cells[at] = value
    return cells


def ledger(path: Path, *rows: Sequence[Any], headings: Sequence[Any] = HEADINGS, **sheets: Any) -> Path:
    """Write a ledger of projects."""
    return made(path, 项目=[headings, *rows], **sheets)
