"""A hidden-danger workbook as lives: every row is tried whole, and a bad one is refused at its cell."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from safety_rules.formats.heading_map import Layout
from safety_rules.formats.table import owner
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.services.rectification.forms import CODE, DEADLINE, DUE, EVIDENCE, LEVELS, STEPS, TASKS, WAY
from safety_rules.services.rectification.forms import TASK as TASK_HEADING
from safety_rules.services.rectification.life import Danger, Details, Event, RefusedError, after, not_yet
from safety_rules.services.rectification.plain import ASKED, MADE, UNSTATED, plain, plain_tasks, way_of
from safety_rules.services.rectification.roster import HEADINGS as ROSTER_HEADINGS
from safety_rules.services.rectification.roster import SHEET as ROSTER
from safety_rules.services.rectification.roster import Actor, Roster, acted, actors_of, roster
from safety_rules.services.rectification.sheets import Refusal, Row, Sheet, once, workbook
from safety_rules.services.rectification.stating import HEADINGS as STATED_HEADINGS
from safety_rules.services.rectification.stating import SHEET, Stated, stated
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.words.problem import problem

DANGERS, UNITS, ENTERPRISES, INSPECTIONS = "隐患台账", "责任单位", "整改单位", "小化工排查"
JOINED = ("事故记录", "名单记录")
CONTENT = ("隐患编号", "领域", "隐患级别", "隐患内容", "责任单位", "整改单位", CODE, "整改期限", "销号佐证", WAY)
OTHER = (
    "延期日期",
    "延期批准部门",
    "延期后期限",
    "撤销日期",
    "撤销部门",
    "撤销原因",
    "是否重大隐患",
    "隐患类别",
    "整改时间",
)
HEADINGS = {
    DANGERS: tuple(dict.fromkeys((*CONTENT, *(h for step in STEPS for h in step[2:]), *OTHER))),
    UNITS: ("责任单位",),
    ENTERPRISES: ("单位名称", CODE),
    INSPECTIONS: ("排查编号", "责任单位", "排查日期", "排查结果", "隐患编号"),
    SHEET: STATED_HEADINGS,
    ROSTER: ROSTER_HEADINGS,
    "事故记录": (CODE, "事故日期"),
    "名单记录": (CODE, "名单", "列入日期"),
}
TASK_LIST, NUMBER = "任务清单", "任务编号"
TASK_NEEDED = (TASK_HEADING, "举措", "责任单位", DUE, "下达日期")
WITHDRAWN = ("撤销日期", "撤销部门", "撤销原因")
HEADINGS[TASK_LIST] = tuple(
    dict.fromkeys((NUMBER, *TASKS.fields, DUE, *(h for step in TASKS.steps for h in step[2:]), EVIDENCE, *WITHDRAWN))
)
ALSO = {TASK_LIST: TASK_NEEDED}
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
    ids: frozenset[str] = frozenset()
    tasks: tuple[Life, ...] = ()
    task_ids: frozenset[str] = frozenset()


def heading_sheets(path: Path, wanted: Layout | None = None) -> list[Sheet]:
    """Return the sheets of a workbook with how their headings are understood, whatever they lack."""
    return workbook(path, HEADINGS, DANGERS, None, wanted, ALSO)


def read(
    path: Path, table: Lifecycle, today: datetime.date, known: Roster = NOBODY, wanted: Layout | None = None
) -> Read:
    """Return the rows of a workbook, each lived through from its finding; the ledger is not touched.

    `known` is the roster of the ledger; that of the workbook goes before it.
    """
    sheets = workbook(path, HEADINGS, DANGERS, MADE, wanted, ALSO)
    found = {sheet.kind: sheet for sheet in sheets if sheet.kind not in (DANGERS, TASK_LIST)}
    rows, notices = plain(sheet for sheet in sheets if sheet.kind == DANGERS)
    listed, said = plain_tasks(sheet for sheet in sheets if sheet.kind == TASK_LIST)
    if all(sheet.kind not in (DANGERS, TASK_LIST) for sheet in sheets):
        needed = "、".join(MADE)
        raise LedgerError(f"`{path.name}` has no sheet `{DANGERS}` (缺少工作表“{DANGERS}”), and none with {needed}")
    if not (rows or listed):
        raise LedgerError(f"the dangers of `{path.name}` have no rows (没有数据行)")
    refusals: list[Refusal] = []
    told = [*notices, *said, *(n for sheet in found.values() for n in sheet.notices)]
    units = {r.text("责任单位") for r in found[UNITS].rows} if UNITS in found else None
    codes = _codes(found[ENTERPRISES], refusals) if ENTERPRISES in found else None
    actors = actors_of(found.get(ROSTER), table, codes or {}, refusals)
    actors_known = {**known, **roster(actors)}
    lives = _lives(rows, table, units, codes, actors_known, today, refusals, told)
    tasks = _task_lives(listed, actors_known, today, refusals)
    inspections = _inspections(found.get(INSPECTIONS), units, lives, today, refusals)
    joined = tuple((name, _joined(found[name], codes or {}, refusals)) for name in JOINED if name in found)
    facts = _stated(found.get(SHEET), lives, today, refusals)
    ids, task_ids = (frozenset(row.text(n) for row in of) for n, of in (("隐患编号", rows), (NUMBER, listed)))
    return Read(
        tuple(lives.values()), inspections, facts, joined, tuple(refusals), actors, tuple(told), ids, tasks, task_ids
    )


def _codes(sheet: Sheet, refusals: list[Refusal]) -> dict[str, str]:
    """Return the enterprises' names by code; a code of two names is refused with both, and is nobody's."""
    good = once(sheet.rows, CODE, refusals)
    return {r.text(CODE): r.text("单位名称") for r in good if r.text(CODE)}


def _lives(
    rows: Iterable[Row],
    table: Lifecycle,
    units: set[str] | None,
    codes: dict[str, str] | None,
    known: Roster,
    today: datetime.date,
    refusals: list[Refusal],
    notices: list[Problem],
) -> dict[str, Life]:
    lives: dict[str, Life] = {}
    for row in once(rows, "隐患编号", refusals):
        try:
            details = _details(row, units, codes)
            lives[row.text("隐患编号")] = _life(row, table, details, known, today, notices)
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about if error.about in row.columns else None), error.reason))
    return lives


def _task_lives(rows: Iterable[Row], known: Roster, today: datetime.date, refusals: list[Refusal]) -> tuple[Life, ...]:
    """Return the tasks of rows, each step allowed after the one before; a bad row is refused at its cell."""
    table, lives = task_table(), []
    for row in once(rows, NUMBER, refusals):
        task: Danger | None = None
        events: list[Event] = []
        try:
            for claimed, headings in _task_events(row):
                try:
                    not_yet(claimed.on, today)
                    events.append(acted(claimed, known, table))
                    task = after(table, task, events[-1])
                except RefusedError as error:
                    raise RefusedError(error.reason.zh, error.reason.en, headings.get(error.about, "")) from None
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about if error.about in row.columns else None), error.reason))
            continue
        assert task is not None, "a row without its day is refused before"
        lives.append(Life(row, tuple(events), task))
    return tuple(lives)


def _task_events(row: Row) -> Iterator[tuple[Event, dict[str, str]]]:
    """Yield each step whose date is filled, with the heading under which each part of it stands."""
    for heading in (NUMBER, *TASK_NEEDED):
        if not row.text(heading):
            raise RefusedError(f"“{heading}”未填写", f"`{heading}` is blank", heading)
    details = Details(level="", enterprise="", **{name: row.text(h) for h, name in TASKS.fields.items()})
    for name, role, on_heading, by_heading in (*TASKS.steps, ("withdraw", "department", *WITHDRAWN[:2])):
        if (on := row.day(on_heading)) is None:
            continue
        unstated = UNSTATED if by_heading not in row.columns else ""
        headings = {"on": on_heading, "by": by_heading, "deadline": DUE, "evidence": EVIDENCE}
        evidence = row.text({"close": EVIDENCE, "withdraw": WITHDRAWN[2]}.get(name, ""))
        deadline, of = (row.day(DUE), details) if name == "find" else (None, None)
        yield (
            Event(row.text(NUMBER), name, row.text(by_heading) or unstated, role, on, evidence, deadline, of),
            headings,
        )


def _details(row: Row, units: set[str] | None, codes: dict[str, str] | None) -> Details:
    """Return what was found; a column that is not kept is left blank. Raises RefusedError with the heading at fault."""
    for heading in ("隐患编号", *MADE, *(h for h in ASKED if h in row.columns)):
        if not row.text(heading):
            raise RefusedError(f"“{heading}”未填写", f"`{heading}` is blank", heading)
    unit, name, code = row.text("责任单位"), row.text("整改单位"), "".join(row.text(CODE).split())
    for heading, text in (("责任单位", unit), ("整改单位", name)):
        if text and not owner(text):  # 同上, 各单位
            raise RefusedError(f"“{heading}”的“{text}”没有写明是哪个单位", f"`{text}` names nobody", heading)
    if unit and units is not None and unit not in units:
        zh = f"责任单位“{unit}”不在“责任单位”表中"
        raise RefusedError(zh, f"the responsible unit `{unit}` is unknown", "责任单位")
    if row.text("隐患级别") not in ("", *LEVELS):
        zh = f"隐患级别“{row.text('隐患级别')}”须为“一般”或“重大”"
        raise RefusedError(zh, f"`{row.text('隐患级别')}` is no level", "隐患级别")
    if code and codes is not None and codes.get(code) != name:
        raise _joins_nothing(code, name)
    return Details(
        row.text("领域"), row.text("隐患级别"), row.text("隐患内容"), unit, name, code, way_of(row.text(WAY))
    )


def _joins_nothing(code: str, name: str = "") -> RefusedError:
    zh = f"统一社会信用代码“{code}”在“整改单位”表中没有对应单位" + (f"“{name}”" if name else "")
    return RefusedError(zh, f"the key `{code}` joins no enterprise" + (f" `{name}`" if name else ""), CODE)


def _life(
    row: Row, table: Lifecycle, details: Details, known: Roster, today: datetime.date, notices: list[Problem]
) -> Life:
    """Return a row's events, each allowed after the one before; raises RefusedError with the heading at fault.

    Where the ledger lacks a column for what a step wants before it, the steps up to there are taken, and that is said.
    """
    danger: Danger | None = None
    events: list[Event] = []
    for claimed, headings in _events(row, details):
        try:
            not_yet(claimed.on, today)
            event = acted(claimed, known, table)
            danger = after(table, danger, event)
        except RefusedError as error:
            at, lacks = headings.get(error.about, ""), _lacks(row, claimed.name)
            if danger is not None and error.about in ("on", "by") and lacks and at in ("", *headings.values()):
                notices.append(problem("step-not-taken", "", row.place(headings["on"]), why=error.reason))
                break
            raise RefusedError(error.reason.zh, error.reason.en, at) from None
        events.append(event)
    assert danger is not None, "a row without its finding is refused before"
    return Life(row, tuple(events), danger)


def _lacks(row: Row, name: str) -> bool:
    """Return whether a ledger has no column for a step before one, or for who did this one."""
    at = next((n for n, step in enumerate(STEPS) if step[0] == name), 0)
    return any(on not in row.columns for _, _, on, _ in STEPS[:at]) or STEPS[at][3] not in row.columns


def _events(row: Row, details: Details) -> Iterator[tuple[Event, dict[str, str]]]:
    """Yield each event whose date is filled, with the heading under which each part of it stands."""
    days = {heading: row.day(heading) for _, _, heading, _ in STEPS}
    later = [n for n, step in enumerate(STEPS) if days[step[2]] is not None]
    found_on, deadline = days["发现日期"], row.day(DEADLINE)
    for number, (name, role, on_heading, by_heading) in enumerate(STEPS):
        implied = number in (1, 2) and on_heading not in row.columns and later[-1] > number
        on = days[on_heading] or ((days["交办日期"] or found_on) if implied and deadline else None)
        headings = {"on": on_heading, "by": by_heading, "deadline": DEADLINE, "evidence": EVIDENCE}
        if name == "submit":
            yield from _extended(row)
        if on is None:
            continue
        unstated = UNSTATED if number < 2 and by_heading not in row.columns else ""
        own = deadline if name == "order" or (name == "find" and later[-1] == 0 and not days["交办日期"]) else None
        evidence, of = row.text(EVIDENCE) if name == "close" else "", details if name == "find" else None
        yield Event(row.text("隐患编号"), name, row.text(by_heading) or unstated, role, on, evidence, own, of), headings
    if (on := row.day("撤销日期")) is not None:
        headings = {"on": "撤销日期", "by": "撤销部门", "evidence": "撤销原因"}
        by, why = row.text("撤销部门"), row.text("撤销原因")
        yield Event(row.text("隐患编号"), "withdraw", by, "department", on, why), headings


def _extended(row: Row) -> Iterator[tuple[Event, dict[str, str]]]:
    """Yield the extension that a row tells, before what followed it."""
    on, until = row.day("延期日期"), row.day("延期后期限")
    if on is not None or until is not None:
        if on is None:
            raise RefusedError("“延期日期”未填写", "`延期日期` is blank", "延期后期限")
        headings = {"on": "延期日期", "by": "延期批准部门", "deadline": "延期后期限"}
        by = row.text("延期批准部门")
        yield Event(row.text("隐患编号"), "extend", by, "department", on, deadline=until), headings


def _inspections(
    sheet: Sheet | None, units: set[str] | None, lives: dict[str, Life], today: datetime.date, refusals: list[Refusal]
) -> tuple[Inspection, ...]:
    found: dict[str, Inspection] = {}
    for row in once(sheet.rows, "排查编号", refusals) if sheet is not None else ():
        try:
            inspection = _inspection(row, units, lives, today)
            found[inspection.id] = inspection
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about), error.reason))
    return tuple(found.values())


def _inspection(row: Row, units: set[str] | None, lives: dict[str, Life], today: datetime.date) -> Inspection:
    for heading in ("排查编号", "责任单位", "排查日期", "排查结果"):
        if not row.text(heading):
            raise RefusedError(f"“{heading}”未填写", f"`{heading}` is blank", heading)
    on, unit, danger = row.day("排查日期"), row.text("责任单位"), row.text("隐患编号")
    if on is None or on > today:
        raise RefusedError(f"日期{on}尚未到来", f"the day {on} is yet to come", "排查日期")
    if units is not None and unit not in units:
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
