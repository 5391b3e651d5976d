"""A hidden-danger workbook as lives: every row is tried whole, and a bad one is refused at its cell."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.services.rectification.life import (
    CODE,
    LEVELS,
    STEPS,
    Danger,
    Details,
    Event,
    RefusedError,
    after,
    not_yet,
)
from safety_rules.services.rectification.roster import HEADINGS as ROSTER_HEADINGS
from safety_rules.services.rectification.roster import SHEET as ROSTER
from safety_rules.services.rectification.roster import Actor, Roster, acted, actors_of, roster
from safety_rules.services.rectification.sheets import Refusal, Row, Sheet, once, workbook
from safety_rules.services.rectification.stating import HEADINGS as STATED_HEADINGS
from safety_rules.services.rectification.stating import SHEET, Stated, stated
from safety_rules.services.rectification.table import Lifecycle

DANGERS, UNITS, ENTERPRISES, INSPECTIONS = "隐患台账", "责任单位", "整改单位", "小化工排查"
JOINED = ("事故记录", "名单记录")
CONTENT = ("隐患编号", "领域", "隐患级别", "隐患内容", "责任单位", "整改单位", CODE, "整改期限", "销号佐证")
NEEDED = ("隐患编号", "领域", "隐患级别", "隐患内容", "责任单位", "整改单位", "发现日期")
HEADINGS = {
    DANGERS: tuple(dict.fromkeys((*CONTENT, *(h for step in STEPS for h in step[2:])))),
    UNITS: ("责任单位",),
    ENTERPRISES: ("单位名称", CODE),
    INSPECTIONS: ("排查编号", "责任单位", "排查日期", "排查结果", "隐患编号"),
    SHEET: STATED_HEADINGS,
    ROSTER: ROSTER_HEADINGS,
    "事故记录": (CODE, "事故日期"),
    "名单记录": (CODE, "名单", "列入日期"),
}
NOBODY: Roster = {}


@dataclass(frozen=True, slots=True)
class Life:
    """The events of one row, where it stands, and what they made of the danger."""

    row: Row
    events: tuple[Event, ...]
    danger: Danger


@dataclass(frozen=True, slots=True)
class Inspection:
    """One household that was inspected, and the danger that was found there, if any."""

    id: str
    unit: str
    on: datetime.date
    result: str
    danger: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook holds: good rows, refused ones, and how many rows of other sheets join their enterprise."""

    lives: tuple[Life, ...]
    inspections: tuple[Inspection, ...]
    stated: tuple[Stated, ...]
    joined: tuple[tuple[str, int], ...]
    refusals: tuple[Refusal, ...]
    actors: tuple[Actor, ...] = ()
    notices: tuple[Problem, ...] = ()


def read(path: Path, table: Lifecycle, today: datetime.date, known: Roster = NOBODY) -> Read:
    """Return the rows of a workbook, each lived through from its finding; the ledger is not touched.

    `known` is the roster of the ledger; that of the workbook goes before it.
    """
    found = workbook(path, HEADINGS)
    for needed in (DANGERS, UNITS, ENTERPRISES):
        if needed not in found:
            raise LedgerError(f"`{path.name}` has no sheet `{needed}` (缺少工作表“{needed}”)")
    if not found[DANGERS].rows:
        raise LedgerError(f"the sheet `{DANGERS}` of `{path.name}` holds no rows (没有数据行)")
    refusals: list[Refusal] = []
    units = {r.text("责任单位") for r in found[UNITS].rows}
    codes = _codes(found[ENTERPRISES], refusals)
    actors = actors_of(found.get(ROSTER), table, codes, refusals)
    lives = _lives(found[DANGERS], table, units, codes, {**known, **roster(actors)}, today, refusals)
    inspections = _inspections(found.get(INSPECTIONS), units, lives, today, refusals)
    joined = tuple((name, _joined(found[name], codes, refusals)) for name in JOINED if name in found)
    facts = _stated(found.get(SHEET), lives, today, refusals)
    notices = tuple(n for sheet in found.values() for n in sheet.notices)
    return Read(tuple(lives.values()), inspections, facts, joined, tuple(refusals), actors, notices)


def _codes(sheet: Sheet, refusals: list[Refusal]) -> dict[str, str]:
    """Return the enterprises' names by code; a code of two names is refused with both, and is nobody's."""
    good = once(sheet.rows, CODE, refusals)
    return {r.text(CODE): r.text("单位名称") for r in good if r.text(CODE)}


def _lives(
    sheet: Sheet,
    table: Lifecycle,
    units: set[str],
    codes: dict[str, str],
    known: Roster,
    today: datetime.date,
    refusals: list[Refusal],
) -> dict[str, Life]:
    lives: dict[str, Life] = {}
    for row in once(sheet.rows, "隐患编号", refusals):
        try:
            details = _details(row, units, codes)
            lives[row.text("隐患编号")] = _life(row, table, details, known, today)
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about if error.about in row.columns else None), error.reason))
    return lives


def _details(row: Row, units: set[str], codes: dict[str, str]) -> Details:
    """Return what was found; raises RefusedError with the heading at fault."""
    for heading in NEEDED:
        if not row.text(heading):
            raise RefusedError(f"“{heading}”未填写", f"`{heading}` is blank", heading)
    unit, name, code = row.text("责任单位"), row.text("整改单位"), row.text(CODE)
    if unit not in units:
        zh = f"责任单位“{unit}”不在“责任单位”表中"
        raise RefusedError(zh, f"the responsible unit `{unit}` is unknown", "责任单位")
    if row.text("隐患级别") not in LEVELS:
        zh = f"隐患级别“{row.text('隐患级别')}”须为“一般”或“重大”"
        raise RefusedError(zh, f"`{row.text('隐患级别')}` is no level", "隐患级别")
    if code and codes.get(code) != name:
        raise _joins_nothing(code, name)
    return Details(row.text("领域"), row.text("隐患级别"), row.text("隐患内容"), unit, name, code)


def _joins_nothing(code: str, name: str = "") -> RefusedError:
    zh = f"统一社会信用代码“{code}”在“整改单位”表中没有对应单位" + (f"“{name}”" if name else "")
    return RefusedError(zh, f"the key `{code}` joins no enterprise" + (f" `{name}`" if name else ""), CODE)


def _life(row: Row, table: Lifecycle, details: Details, known: Roster, today: datetime.date) -> Life:
    """Return a row's events, each allowed after the one before; raises RefusedError with the heading at fault."""
    danger: Danger | None = None
    events: list[Event] = []
    for claimed, headings in _events(row, details):
        try:
            not_yet(claimed.on, today)
            event = acted(claimed, known, table)
            danger = after(table, danger, event)
        except RefusedError as error:
            raise RefusedError(error.reason.zh, error.reason.en, headings.get(error.about, "")) from None
        events.append(event)
    assert danger is not None, "a row without its finding is refused before"
    return Life(row, tuple(events), danger)


def _events(row: Row, details: Details) -> Iterator[tuple[Event, dict[str, str]]]:
    """Yield each event whose date is filled, with the heading under which each part of it stands."""
    for name, role, on_heading, by_heading in STEPS:
        on = row.day(on_heading)
        if on is None:
            continue
        event = Event(
            row.text("隐患编号"),
            name,
            row.text(by_heading),
            role,
            on,
            row.text("销号佐证") if name == "close" else "",
            row.day("整改期限") if name == "order" else None,
            details if name == "find" else None,
        )
        yield event, {"on": on_heading, "by": by_heading, "deadline": "整改期限", "evidence": "销号佐证"}


def _inspections(
    sheet: Sheet | None, units: set[str], lives: dict[str, Life], today: datetime.date, refusals: list[Refusal]
) -> tuple[Inspection, ...]:
    found: dict[str, Inspection] = {}
    for row in once(sheet.rows, "排查编号", refusals) if sheet is not None else ():
        try:
            inspection = _inspection(row, units, lives, today)
            found[inspection.id] = inspection
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about), error.reason))
    return tuple(found.values())


def _inspection(row: Row, units: set[str], lives: dict[str, Life], today: datetime.date) -> Inspection:
    for heading in ("排查编号", "责任单位", "排查日期", "排查结果"):
        if not row.text(heading):
            raise RefusedError(f"“{heading}”未填写", f"`{heading}` is blank", heading)
    on, unit, danger = row.day("排查日期"), row.text("责任单位"), row.text("隐患编号")
    if on is None or on > today:
        raise RefusedError(f"日期{on}尚未到来", f"the day {on} is yet to come", "排查日期")
    if unit not in units:
        zh = f"责任单位“{unit}”不在“责任单位”表中"
        raise RefusedError(zh, f"the responsible unit `{unit}` is unknown", "责任单位")
    if danger and danger not in lives:
        zh = f"隐患编号“{danger}”在“隐患台账”表中没有对应的有效行"
        raise RefusedError(zh, f"the key `{danger}` joins no danger", "隐患编号")
    return Inspection(row.text("排查编号"), unit, on, row.text("排查结果"), danger)


def _stated(
    sheet: Sheet | None, lives: dict[str, Life], today: datetime.date, refusals: list[Refusal]
) -> tuple[Stated, ...]:
    found_on = {id: life.danger.found_on for id, life in lives.items()}
    found: dict[str, Stated] = {}
    for row in once(sheet.rows, "隐患编号", refusals) if sheet is not None else ():
        try:
            made = stated(row, found_on, today)
            found[made.danger] = made
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about), error.reason))
    return tuple(found.values())


def _joined(sheet: Sheet, codes: dict[str, str], refusals: list[Refusal]) -> int:
    """Return how many rows join an enterprise; the others are refused."""
    count = 0
    for row in sheet.rows:
        code = row.text(CODE)
        if code in codes:
            count += 1
        else:
            refusals.append(Refusal(row.place(CODE), _joins_nothing(code).reason))
    return count
