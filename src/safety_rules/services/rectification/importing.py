"""A hidden-danger workbook into the ledger: what is new is appended, what contradicts the ledger is refused."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from safety_rules.language.kinds import Name
from safety_rules.services.rectification.book import Inspection, Read, Refusal, read
from safety_rules.services.rectification.ledger import Entry, Head, append, entries, head, writing
from safety_rules.services.rectification.life import Event
from safety_rules.services.rectification.recording import EVENT, entry, event_of
from safety_rules.services.rectification.stating import FACTS
from safety_rules.services.rectification.table import Lifecycle

INSPECTION = "inspection"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: new dangers, new events, inspections, rows that were there already."""

    dangers: int
    events: int
    inspections: int
    unchanged: int
    read: Read
    refusals: tuple[Refusal, ...]
    head: Head


def import_workbook(path: Path, store: Path, table: Lifecycle, today: datetime.date) -> Imported:
    """Append what a workbook holds and the ledger does not; a row that contradicts the ledger is refused."""
    book = read(path, table, today)
    refusals = list(book.refusals)
    if not book.lives:
        return Imported(0, 0, 0, 0, book, tuple(refusals), Head(0, ""))
    new: list[Entry] = []
    dangers = unchanged = 0
    with writing(store, create=True) as connection:
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
        events = len(new)
        seen = {e.key for e in entries(connection, INSPECTION)}
        new += [_inspection_entry(i) for i in book.inspections if i.id not in seen]
        inspections = len(new) - events
        latest = {e.key: e.body for e in entries(connection, FACTS)}
        new += [s.entry() for s in book.stated if latest.get(s.danger) != s.facts]
        at = append(connection, new) if new else head(connection)
    return Imported(dangers, events, inspections, unchanged, book, tuple(refusals), at)


def _inspection_entry(inspection: Inspection) -> Entry:
    body = {"unit": inspection.unit, "on": inspection.on.isoformat(), "result": inspection.result}
    return Entry(INSPECTION, inspection.id, body | ({"danger": inspection.danger} if inspection.danger else {}))


def inspection_of(made: Entry) -> Inspection:
    """Return the inspection of an entry."""
    body = made.body
    on = datetime.date.fromisoformat(body["on"])
    return Inspection(made.key, body["unit"], on, body["result"], body.get("danger", ""))
