"""A hidden-danger workbook into the ledger: what is new is appended, what contradicts the ledger is refused."""

from __future__ import annotations

import datetime
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from safety_rules.formats.heading_map import Layout
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.book import NUMBER, Inspection, Life, Read, read
from safety_rules.services.rectification.forms import ROUND, Form
from safety_rules.services.rectification.identity import Known, identified
from safety_rules.services.rectification.ledger import reading, writing
from safety_rules.services.rectification.life import Change, Danger, Event, RefusedError, after, cells, replay
from safety_rules.services.rectification.life import hand as hand_of
from safety_rules.services.rectification.plain import MADE as MADE_OF_DANGER
from safety_rules.services.rectification.plain import MADE_OF_TASK, UNSTATED
from safety_rules.services.rectification.recording import EVENT, TASK, entry, event_of, roster_of
from safety_rules.services.rectification.roster import HEADINGS as ROSTER_HEADINGS
from safety_rules.services.rectification.roster import SHEET as ROSTER
from safety_rules.services.rectification.roster import Actor, acted, actors_of
from safety_rules.services.rectification.sheets import Refusal, workbook
from safety_rules.services.rectification.stating import FACTS
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.services.store.store import Entry, Head, append, day_of, entries, head, text_of
from safety_rules.words.catalog import both

INSPECTION = "inspection"
NOBODY_SAID: Mapping[str, bool] = {}
NUMBERED = {EVENT: "隐患编号", TASK: NUMBER}
MADE_OF = {EVENT: MADE_OF_DANGER, TASK: MADE_OF_TASK}


@dataclass(frozen=True, slots=True)
class Hand:
    """Who settles what differs from the ledger, in which role, on which day, and why."""

    by: str
    role: str
    why: str
    on: datetime.date


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote, or would write: new dangers, new events, inspections, actors; rows that were there already.

    `goes_on` are dangers with further steps, `settled` corrections and extensions, `differs` what stands otherwise in
    the ledger and is left, `gone` the dangers of the ledger that the workbook does not have.
    """

    dangers: int
    events: int
    inspections: int
    unchanged: int
    read: Read
    refusals: tuple[Refusal, ...]
    head: Head
    actors: int = 0
    goes_on: int = 0
    settled: int = 0
    differs: int = 0
    gone: tuple[str, ...] = ()
    written: bool = True
    tasks: int = 0


def import_workbook(
    path: Path,
    store: Path,
    table: Lifecycle,
    today: datetime.date,
    hand: Hand | None = None,
    *,
    write: bool = True,
    wanted: Layout | None = None,
    told: Mapping[str, bool] = NOBODY_SAID,
) -> Imported:
    """Append what a workbook holds and the ledger does not; return that, without writing, where `write` is False.

    A row that contradicts the ledger is refused with both values; with a hand that settles it, it is a correction,
    or an extension where the deadline is later. `wanted` is a map of headings. A row without a number that is
    nearly a danger of the ledger is refused like one that differs, until `told` says of its made number whether it
    is that danger.
    """
    known_actors = kept_roster(store)
    book = read(path, table, today, known_actors, wanted)
    if not (book.lives or book.tasks):
        return Imported(0, 0, 0, 0, book, book.refusals, Head(0, ""), written=write)
    if not write:
        if not store.exists():
            return _planned([], book, table, hand, known_actors, told)[1]
        with reading(store) as connection:
            return _planned(list(_all(connection)), book, table, hand, known_actors, told)[1]
    with writing(store, create=True) as connection:
        if roster_of(connection) != known_actors:
            raise LedgerError(f"the roster of `{store.name}` changed meanwhile; import again")
        new, made = _planned(list(_all(connection)), book, table, hand, known_actors, told)
        at = append(connection, new) if new else head(connection)
    return replace(made, head=at, written=True)


def _all(connection: sqlite3.Connection) -> Iterator[Entry]:
    for kind in (EVENT, TASK, INSPECTION, FACTS):
        yield from entries(connection, kind)


def _planned(
    held: Sequence[Entry],
    book: Read,
    table: Lifecycle,
    hand: Hand | None,
    actors: Mapping[str, Actor],
    told: Mapping[str, bool],
) -> tuple[list[Entry], Imported]:
    """Return the entries that a workbook adds to a ledger's, and what they are."""
    roster = {**actors, **{hand_of(a.name): a for a in book.actors}}
    refusals = list(book.refusals)
    new = new_actors(book.actors, actors)
    count: Counter[str] = Counter(actors=len(new))
    known: dict[str, dict[str, Danger]] = {}
    listed: dict[str, Set[str]] = {}
    both_lists = ((EVENT, book.lives, book.ids, table, TASK), (TASK, book.tasks, book.task_ids, task_table(), EVENT))
    for kind, lives, ids, of, other in both_lists:
        recorded = [event_of(e.key, e.body) for e in held if e.kind == kind]
        known[kind] = replay(of, recorded)
        taken = {e.key for e in (*held, *new) if e.kind == other}
        was = {(e.danger, e.change.field, e.change.old) for e in recorded if e.change is not None}
        rows = identified(lives, known[kind], NUMBERED[kind], MADE_OF[kind], told)
        listed[kind] = (ids - {v.danger.id for v in lives}) | {r.life.danger.id for r in rows}
        for row in rows:
            life = row.life
            if life.danger.id in taken or row.taken:
                reason = both(f"refused.{'twice' if row.taken else 'number_taken'}", id=life.danger.id)
                refusals.append(Refusal(life.row.place(NUMBERED[kind]), reason))
                continue
            new += _of_life(row, known[kind].get(life.danger.id), was, hand, of, roster, kind, count, refusals)
    seen = {e.key for e in held if e.kind == INSPECTION}
    inspections = [_inspection_entry(i) for i in book.inspections if i.id not in seen]
    latest = {e.key: e.body for e in held if e.kind == FACTS}
    there = known[EVENT].keys() | {e.key for e in new if e.kind == EVENT}
    stated = [s.entry() for s in book.stated if s.danger in there and latest.get(s.danger) != s.facts]
    gone = tuple(
        i for kind, ids in listed.items() if ids for i, d in known[kind].items() if i not in ids and not d.withdrawn_on
    )
    made = Imported(
        count["dangers"], count["events"], len(inspections), count["unchanged"], book, tuple(refusals), Head(0, ""),
        count["actors"], count["goes_on"], count["settled"], count["differs"], gone, written=False, tasks=count["tasks"],
    )  # fmt: skip
    return [*new, *inspections, *stated], made


def _of_life(
    known: Known, before: Danger | None, was: Set[tuple[str, str, str]], hand: Hand | None, table: Lifecycle,
    roster: Mapping[str, Actor], kind: str, count: Counter[str], refusals: list[Refusal],
) -> list[Entry]:  # fmt: skip
    """Return the entries that a row adds to what the ledger has of it; what may not be is refused, what differs left."""
    life = known.life
    settled: list[Event] = []
    try:
        settled = _settled(known, before, was, hand, table, roster) if before is not None else []
        fresh = [e for e in life.events if before is None or _is_new(e, before)]
        _lawful(table, before, [*settled, *fresh])
    except RefusedError as error:
        refusals.append(Refusal(life.row.place(NUMBERED[kind]), error.reason))
        count["differs"] += bool(settled)  # a settlement that may not be leaves it otherwise
        return []
    except _DiffersError as error:
        refusals += error.refusals
        count["differs"] += len(error.refusals)
        return []
    count["events"] += len(settled) + len(fresh)
    count["settled"] += len(settled)
    count["dangers" if kind == EVENT else "tasks"] += before is None
    count["goes_on"] += before is not None and bool(fresh)
    count["unchanged"] += not (settled or fresh)
    return [entry(e, kind) for e in (*settled, *fresh)]


def _lawful(table: Lifecycle, danger: Danger | None, events: Iterable[Event]) -> None:
    """Raise RefusedError where an event may not follow."""
    for event in events:
        danger = after(table, danger, event)


def _is_new(event: Event, danger: Danger) -> bool:
    """Return whether a step of a workbook is none that the ledger has, in this round or an earlier one."""
    if event.name == "withdraw":
        return danger.withdrawn_on is None
    if event.name == "extend":
        return all(p.deadline != event.deadline for p in danger.past)
    now = {p.name for p in danger.past if p.name != "send_back"}
    gone = event.name in ROUND and _heading_of(event.name, danger.details.form) not in cells(danger.past)
    return (gone and event not in danger.past) or event.name not in now


def _heading_of(name: str, form: Form) -> str:
    return next(on for step, _, on, _ in form.steps if step == name)


class _DiffersError(Exception):
    """A row stands otherwise in the ledger, and nobody settles it; a refusal for each value."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals = refusals


def _settled(
    known: Known,
    danger: Danger,
    was: Set[tuple[str, str, str]],
    hand: Hand | None,
    table: Lifecycle,
    roster: Mapping[str, Actor],
) -> list[Event]:
    """Return the corrections and extensions that make the ledger say what a row says; raises where nobody settles it."""
    ours, found = cells(danger.past), _otherwise(known.life, danger, was)
    due = danger.details.form.deadline
    later = {due} if due in found and found[due] > ours[due] else set()
    if hand is None or known.asked:
        if found:
            raise _DiffersError([_differs(known, danger, h, ours[h], said, h in later) for h, said in found.items()])
        return []
    may_extend = danger.state in table.events["extend"].sources
    settling = (
        _extended(danger, hand, said)
        if heading in later and may_extend
        else _corrected(danger, hand, heading, ours, said)
        for heading, said in found.items()
    )
    return [acted(event, roster, table) for event in settling]


def _otherwise(life: Life, danger: Danger, was: Set[tuple[str, str, str]]) -> dict[str, str]:
    """Return what a row says that the ledger says otherwise, by heading.

    What was corrected or extended from (`was`), or was so in an earlier round, an older workbook does not take back.
    """
    ours, theirs = cells(danger.past), cells(life.events)
    form = danger.details.form
    steps = {name for name, _, _, _ in form.steps}
    earlier = {(form.deadline, str(p.deadline)) for p in danger.past}
    earlier |= {
        (_heading_of(p.name, form), p.on.isoformat()) for p in danger.past if p.name in ROUND and p.name in steps
    }
    return {
        heading: said
        for heading, said in theirs.items()
        if heading in life.row.columns and heading in ours and said not in (ours[heading], "", UNSTATED)
        and (heading, said) not in earlier and (danger.id, heading, said) not in was
    }  # fmt: skip


def _differs(known: Known, danger: Danger, heading: str, ours: str, theirs: str, later: bool) -> Refusal:
    """Return the refusal of a value that stands otherwise in the ledger."""
    why = "near" if known.asked else "later" if later else "differs"
    said = both(
        f"refused.{why}", danger=danger.id, noun=danger.details.form.noun, field=heading, ours=ours or UNSTATED,
        theirs=theirs, number=known.asked,
    )  # fmt: skip
    return Refusal(known.life.row.place(heading), said, known.asked)


def _extended(danger: Danger, hand: Hand, until: str) -> Event:
    return Event(danger.id, "extend", hand.by, hand.role, hand.on, hand.why, datetime.date.fromisoformat(until))


def _corrected(danger: Danger, hand: Hand, heading: str, ours: Mapping[str, str], said: str) -> Event:
    change = Change(heading, ours[heading], said)
    return Event(danger.id, "correct", hand.by, hand.role, hand.on, hand.why, change=change)


def import_roster(path: Path, store: Path, table: Lifecycle) -> tuple[int, tuple[Refusal, ...]]:
    """Append the actors of a workbook's roster that the ledger does not hold; return how many, and what is refused."""
    found = workbook(path, {ROSTER: ROSTER_HEADINGS})
    if not found or not found[0].rows:
        raise LedgerError(f"`{path.name}` has no sheet `{ROSTER}` with rows (缺少工作表“{ROSTER}”)")
    refusals: list[Refusal] = []
    actors = actors_of(found[0], table, {}, refusals)
    if not actors:
        return 0, tuple(refusals)
    with writing(store, create=True) as connection:
        new = new_actors(actors, roster_of(connection))
        append(connection, new)
    return len(new), tuple(refusals)


def new_actors(actors: Iterable[Actor], known: Mapping[str, Actor]) -> list[Entry]:
    """Return the actors that a roster does not hold as they are now, as entries."""
    return [a.entry() for a in actors if known.get(hand_of(a.name)) != a]


def kept_roster(store: Path) -> dict[str, Actor]:
    """Return the roster of a ledger; empty where there is no ledger yet."""
    if not store.is_file():
        return {}
    with reading(store) as connection:
        return roster_of(connection)


def _inspection_entry(inspection: Inspection) -> Entry:
    body = {"unit": inspection.unit, "on": inspection.on.isoformat(), "result": inspection.result}
    return Entry(INSPECTION, inspection.id, body | ({"danger": inspection.danger} if inspection.danger else {}))


def inspection_of(made: Entry) -> Inspection:
    """Return the inspection of an entry; raises LedgerError where it is none."""
    unit, result, danger = (
        text_of(made.key, made.body, n, d) for n, d in (("unit", None), ("result", None), ("danger", ""))
    )
    return Inspection(made.key, unit, day_of(made.key, made.body, "on"), result, danger)
