"""Doors by which lists enter beside the records they are about: a history's workbook, its tables, a ledger of rectification."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import safety_rules as sr
from doors.through import SHEETS, Answer, Content, Judge, as_arrow, columns, nested, rows_of, text
from doors.writers import workbook
from rectification.workbooks import book as dangers
from safety_rules.services.rectification.importing import import_workbook
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.screening import screen

LISTS = tuple(SHEETS)
DAY = datetime.date(2020, 10, 1)
HEADINGS = {
    "enterprise.listings": ("企业名称", "名单", "列入日期", "名单状态"),
    "enterprise.accidents": ("企业名称", "事故日期", "死亡人数", "重伤人数", "直接经济损失（万元）", "已受行政处罚"),
    "enterprise.hidden_dangers": ("企业名称", "隐患编号", "隐患级别", "发现日期", "整改期限", "销号日期"),
}
RELATIONS = {
    "enterprise.listings": "ledger.recorded_listings",
    "enterprise.accidents": "ledger.accidents",
    "enterprise.hidden_dangers": "ledger.dangers",
}


def owner(number: int) -> str:
    return f"光伏{number}号公司"


def by_history(made: Callable[[Sequence[Content], Path], Any]) -> Judge:
    """Return a door of projects without lists of their own, which stand in a history; all are screened together."""

    def judged(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
        sources = made(contents, folder)
        verdicts = _screened(area, contents, folder, *(sources if isinstance(sources, tuple) else (sources,)))
        return [_answer(v) for v in verdicts]

    return judged


def _screened(area: sr.DatedArea, contents: Sequence[Content], folder: Path, *sources: Any) -> list[Any]:
    """Return the verdicts of projects without lists of their own beside a history."""
    own = [{k: v for k, v in c.items() if k not in LISTS} | _who(n) for n, c in enumerate(contents, 1)]
    path = folder / "项目.jsonl"
    path.write_text("".join(json.dumps(nested(c), ensure_ascii=False) + "\n" for c in own), "utf-8")
    screening = screen(path, area, history=sr.with_history(area, *sources))
    verdicts = [r.verdict for r in screening.rows if r.outcome]
    assert len(verdicts) == len(contents)
    return verdicts


def _who(number: int) -> dict[str, Any]:
    return {"project.id": f"XM-{number}", "enterprise.name": owner(number), "enterprise.credit_code": None}


def _answer(verdict: Any) -> Answer:
    if verdict.effects:
        return Answer(verdict.at_best, verdict.at_worst, None, None, None, None)
    found = [tuple(f.rule.key for f in verdict.findings if f.status.name == s) for s in ("VIOLATED", "UNDETERMINED")]
    return Answer(verdict.at_best, verdict.at_worst, found[0], found[1], None, None)


def as_history(
    contents: Sequence[Content], folder: Path, lists: Sequence[str] = LISTS, hidden: str = "", nobody: bool = False
) -> Path:
    """Return the workbook of a history that holds the lists of contents, each record under its enterprise's name.

    Rows may be hidden; a listing of `nobody` may stand among them.
    """
    sheets: dict[str, list[list[Any]]] = {}
    for key, sheet in ((k, s) for k, s in SHEETS.items() if k in lists):
        items = [{"企业名称": owner(n), **i} for n, c in enumerate(contents, 1) for i in c.get(key) or []]
        heads = [[*HEADINGS[key]]] if not items else [columns(items)]
        sheets["隐患台账" if sheet == "隐患记录" else sheet] = heads + [
            [text(v) for v in row] for row in rows_of(items)
        ]
    if nobody:
        sheets["名单记录"] = [[*HEADINGS[LISTS[0]]], ["", "黑名单", "2020-03-12", "在列"]]
    return workbook(folder / "历史.xlsx", hidden=hidden, **sheets)


def as_store(contents: Sequence[Content], folder: Path) -> tuple[Path, Path]:
    """Return a ledger of rectification into which the dangers of contents were imported, and a history of the rest."""
    steps = ("整改开始日期", "申请验收日期", "督查日期", "验收日期", "销号日期", "销号佐证")
    rows = [
        {
            "整改单位": owner(n),
            "统一社会信用代码": "",
            "隐患级别": i["level"],
            "整改期限": i["deadline"],
            **dict.fromkeys(steps, ""),
        }
        for n, c in enumerate(contents, 1)
        for i in c.get("enterprise.hidden_dangers") or []
    ]
    store, names = (
        folder / "台账.db",
        [{"单位名称": owner(n), "统一社会信用代码": ""} for n in range(1, len(contents) + 1)],
    )
    imported = import_workbook(dangers(folder / "隐患.xlsx", *rows, 整改单位=names), store, lifecycle(), DAY)
    assert imported.refusals == ()
    return store, as_history(contents, folder, LISTS[:2])


def as_relations(contents: Sequence[Content], folder: Path) -> dict[str, Any]:
    """Return a history as one mapping of its relations."""
    return {
        relation: [{"enterprise": owner(n), **i} for n, c in enumerate(contents, 1) for i in c.get(key) or []]
        for key, relation in RELATIONS.items()
    }


def by_chain_tables(nobody: bool = False) -> Judge:
    """Return a door of tables of records, each a frame of text; what is derived of them is what a history derives.

    A verdict is that of the history; of each project the effects that the tables deliver must be those that it tells.
    """

    def judged(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
        data = as_relations(contents, folder)
        if nobody:
            data[RELATIONS[LISTS[0]]].append({"list": "黑名单", "listed_on": "2020-03-12", "status": "在列"})
        verdicts = _screened(area, contents, folder, data)
        given: dict[str, Any] = {k: [{n: text(v) for n, v in row.items()} for row in rows] for k, rows in data.items()}
        given["ledger.projects"] = [{"id": f"XM-{n}", "enterprise": owner(n)} for n, _ in enumerate(contents, 1)]
        given["ledger.enterprises"] = [{"credit_code": p["enterprise"]} for p in given["ledger.projects"]]
        tables = sr.load().chain_tables(area.law.as_of, {k: as_arrow(v) if v else v for k, v in given.items()})
        try:
            found = list(tables.rows("ledger.effects"))
        finally:
            tables.close()
        for number, verdict in enumerate(verdicts, 1):
            mine = {(e["effect"], sure) for e, sure in found if e["project"] == f"XM-{number}"}
            told = {(e.values["effect"], e.id in verdict.result.certain) for e in verdict.effects}
            assert mine == told, contents[number - 1]
        return [_answer(v) for v in verdicts]

    return judged
