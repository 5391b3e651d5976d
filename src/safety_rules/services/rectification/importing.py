"""A hidden-danger workbook into the ledger: what is new is appended, what contradicts the ledger is refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name
from safety_rules.services.rectification.book import Inspection, Read, read
from safety_rules.services.rectification.ledger import (
    Entry,
    Head,
    append,
    day_of,
    entries,
    head,
    reading,
    text_of,
    writing,
)
from safety_rules.services.rectification.life import Event, hand
from safety_rules.services.rectification.recording import EVENT, entry, event_of, roster_of
from safety_rules.services.rectification.roster import HEADINGS as ROSTER_HEADINGS
from safety_rules.services.rectification.roster import SHEET as ROSTER
from safety_rules.services.rectification.roster import Actor, actors_of
from safety_rules.services.rectification.sheets import Refusal, workbook
from safety_rules.services.rectification.stating import FACTS
from safety_rules.services.rectification.table import Lifecycle

INSPECTION = "inspection"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: new dangers, new events, inspections, actors; and rows that were there already."""

    dangers: int
    events: int
    inspections: int
    unchanged: int
    read: Read
    refusals: tuple[Refusal, ...]
    head: Head
    actors: int = 0


def import_workbook(path: Path, store: Path, table: Lifecycle, today: datetime.date) -> Imported:
    """Append what a workbook holds and the ledger does not; a row that contradicts the ledger is refused."""
    known_actors = kept_roster(store)
    book = read(path, table, today, known_actors)
    refusals = list(book.refusals)
    if not book.lives:
        return Imported(0, 0, 0, 0, book, tuple(refusals), Head(0, ""))
    new: list[Entry] = []
    dangers = unchanged = 0
    with writing(store, create=True) as connection:
        if roster_of(connection) != known_actors:
            raise LedgerError(f"the roster of `{store.name}` changed meanwhile; import again")
        new += new_actors(book.actors, known_actors)
        actors = len(new)
        known: dict[str, list[Event]] = {}
        for e in entries(connection, EVENT):
            known.setdefault(e.key, []).append(event_of(e.key, e.body))
        for life in book.lives:
            before = known.get(life.danger.id, [])
            shared = min(len(before), len(life.events))
            if list(life.events[:shared]) != before[:shared]:
                zh = f"隐患“{life.danger.id}”与台账已有记录不一致，台账只增不改"
                reason = Name(zh, f"`{life.danger.id}` contradicts what the ledger holds")
                refusals.append(Refusal(life.row.place("隐患编号"), reason))
                continue
            fresh = [entry(e) for e in life.events[len(before) :]]
            new += fresh
            dangers += not before
            unchanged += not fresh
        events = len(new) - actors
        seen = {e.key for e in entries(connection, INSPECTION)}
        new += [_inspection_entry(i) for i in book.inspections if i.id not in seen]
        inspections = len(new) - events - actors
        latest = {e.key: e.body for e in entries(connection, FACTS)}
        new += [s.entry() for s in book.stated if latest.get(s.danger) != s.facts]
        at = append(connection, new) if new else head(connection)
    return Imported(dangers, events, inspections, unchanged, book, tuple(refusals), at, actors)


def import_roster(path: Path, store: Path, table: Lifecycle) -> tuple[int, tuple[Refusal, ...]]:
    """Append the actors of a workbook's roster that the ledger does not hold; return how many, and what is refused."""
    sheets = workbook(path, {ROSTER: ROSTER_HEADINGS})
    if ROSTER not in sheets or not sheets[ROSTER].rows:
        raise LedgerError(f"`{path.name}` has no sheet `{ROSTER}` with rows (缺少工作表“{ROSTER}”)")
    refusals: list[Refusal] = []
    actors = actors_of(sheets[ROSTER], table, {}, refusals)
    if not actors:
        return 0, tuple(refusals)
    with writing(store, create=True) as connection:
        new = new_actors(actors, roster_of(connection))
        append(connection, new)
    return len(new), tuple(refusals)


def new_actors(actors: Iterable[Actor], known: Mapping[str, Actor]) -> list[Entry]:
    """Return the actors that a roster does not hold as they are now, as entries."""
    return [a.entry() for a in actors if known.get(hand(a.name)) != a]


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
