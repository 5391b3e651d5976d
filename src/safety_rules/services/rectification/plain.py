"""A ledger of dangers as offices keep it, made into ours: what it does not keep is made, implied or left open, and said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from safety_rules.formats.table import RUNNING, folded
from safety_rules.language.record import Problem
from safety_rules.services.rectification.forms import DEADLINE, STEPS
from safety_rules.services.rectification.sheets import Row, Sheet
from safety_rules.words.problem import problem

LEVEL_WORDS = {f"{level}{rest}": level for level in ("一般", "重大") for rest in ("", "隐患", "事故隐患", "安全隐患")}
WAYS = {  # how a danger was looked for: what the zone says, and other words for it
    "联合执法": ("联合检查", "联合执法检查"), "暗查暗访": ("暗访", "暗查", "明查暗访"), "集中执法": ("集中检查", "集中整治"),
    "推磨式": ("推磨式检查", "推磨式安全检查"), "专家": ("专家检查", "专家查隐患"), "第三方": ("第三方检查", "第三方机构", "第三方服务"),
}  # fmt: skip
YES_NO = {"是": "重大", "√": "重大", "否": "一般", "×": "一般"}
ASKED = ("领域", "隐患级别", "责任单位")
EITHER = {  # a heading of two meanings: what it is where the other one has a column of its own
    "整改时间": (("申请验收日期", DEADLINE), (DEADLINE, "申请验收日期")),
}
STATUS = (  # how far a danger is, in a word without its day
    "整改情况", "整改状态", "隐患状态", "整改完成情况", "完成情况", "落实情况", "是否整改", "是否已整改", "治理状态", "整改进度", "整改结果", "是否完成", "是否销号",
    "是否完成整改", "整改落实情况", "隐患闭环情况", "隐患整改状态", "隐患整改情况", "状态", "是否闭环", "是否整改到位",
)  # fmt: skip
UNSTATED = "未载明"
MADE = ("隐患内容", "整改单位", "发现日期")
MADE_OF_TASK = ("任务", "举措", "责任单位")
OWN = "自编-"  # how a number begins that was made


def plain(sheets: Iterable[Sheet]) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Return the rows of sheets of dangers under our headings, and what was assumed for each sheet."""
    rows: list[Row] = []
    notices: list[Problem] = []
    for sheet in sheets:
        notices += sheet.notices
        means = _meanings(sheet)
        notices += [problem("assumed-column", "", sheet.name, heading=a, means=b) for a, b in means.items()]
        columns = {*sheet.columns, *means.values()}
        if "隐患编号" not in columns:
            notices.append(problem("assumed-number", "", sheet.name))
        open_ones = "、".join(h for h in ASKED if h not in columns)
        if open_ones:
            notices.append(problem("not-kept", "", sheet.name, headings=open_ones))
        notices += [problem("status-not-used", "", n.place, heading=n.given) for n in sheet.unread if n.given in STATUS]
        others = [n.given for n in sheet.unread if n.given not in STATUS and folded(n.given) not in RUNNING]
        if others:
            notices.append(problem("columns-not-used", "", sheet.name, headings="、".join(others)))
        implied = [on for _, _, on, _ in STEPS[1:3] if on not in columns]
        if implied and any(r.text(on) for r in sheet.rows for _, _, on, _ in STEPS[2:] if on in columns):
            notices.append(problem("assumed-step", "", sheet.name, headings="、".join(implied)))
        rows += [_ours(row, means) for row in sheet.rows]
    return tuple(rows), tuple(notices)


def plain_tasks(sheets: Iterable[Sheet]) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Return the rows of lists of tasks, each with a number, and what was assumed for each sheet."""
    rows: list[Row] = []
    notices: list[Problem] = []
    for sheet in sheets:
        notices += sheet.notices
        if "任务编号" not in sheet.columns:
            notices.append(problem("assumed-number.task", "", sheet.name))
        rows += [row if "任务编号" in sheet.columns else _numbered(row) for row in sheet.rows]
    return tuple(rows), tuple(notices)


def _numbered(row: Row) -> Row:
    """Return a task with a number made of what it says, which a later list says again."""
    return replace(row, cells={**row.cells, "任务编号": made_number(row, MADE_OF_TASK)})


def made_number(row: Row, headings: Iterable[str]) -> str:
    """Return a number made of what a row says, which a later list says again."""
    said = "|".join(folded(row.text(heading)) for heading in headings)
    return f"{OWN}{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def way_of(text: str) -> str:
    """Return a way of inspecting in the zone's words; another one as it is written."""
    return next((way for way, others in WAYS.items() if text in (way, *others)), text)


def _meanings(sheet: Sheet) -> dict[str, str]:
    """Return which of our headings each heading of several meanings stands for, by what else there is and its values."""
    found: dict[str, str] = {}
    if "是否重大隐患" in sheet.columns and "隐患级别" not in sheet.columns:
        found["是否重大隐患"] = "隐患级别"
    if "隐患类别" in sheet.columns:
        levels = all(folded(r.text("隐患类别")) in {"", *LEVEL_WORDS} for r in sheet.rows)
        means = "隐患级别" if levels else "领域"
        if means not in {*sheet.columns, *found.values()}:
            found["隐患类别"] = means
    for heading, meanings in EITHER.items():
        fits = [means for means, other in meanings if other in sheet.columns and means not in sheet.columns]
        if heading in sheet.columns and len(fits) == 1:
            found[heading] = fits[0]
    return found


def _ours(row: Row, means: Mapping[str, str]) -> Row:
    cells: dict[str, Any] = dict(row.cells) | {ours: row.cells.get(theirs) for theirs, ours in means.items()}
    columns = dict(row.columns) | {ours: row.columns[theirs] for theirs, ours in means.items()}
    row = replace(row, cells=cells, columns=columns)
    level = folded(row.text("隐患级别"))
    words = {**LEVEL_WORDS, **(YES_NO if "是否重大隐患" in means else {})}
    if level in words:
        cells["隐患级别"] = words[level]
    if "隐患编号" not in columns:
        cells["隐患编号"] = made_number(row, MADE)
    return row
