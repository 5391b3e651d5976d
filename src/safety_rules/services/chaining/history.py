"""The history of a zone's enterprises: accidents, dangers and published listings, from workbooks and ledgers.

A record belongs to the enterprise whose credit code or name it states. What cannot be read counts as unknown and
is named; a sheet that is not there counts as holding anything, and is named as well.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_rules.formats.table import folded
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.admission.admit import admit
from safety_rules.services.chaining.sources import ENTERPRISES, RELATIONS, Raw, from_store, from_workbook
from safety_rules.words.problem import problem

STORES = (".db", ".sqlite", ".sqlite3")
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the history: its exact values without its enterprise, whose it is, and where it stands."""

    values: Item
    code: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class History:
    """The records of each list; a list that is not there was not given, and may hold anything."""

    entries: Mapping[str, tuple[Entry, ...]]
    enterprises: tuple[tuple[str, str], ...]
    notices: tuple[Problem, ...]


def history(sources: Iterable[Path | str], vocabulary: Vocabulary, on: datetime.date) -> History:
    """Return what workbooks, files of one list and rectification ledgers (.db) hold, as it stood on a day.

    Raises LedgerError where a file cannot be read, or holds none of the lists.
    """
    raw: dict[str, Raw] = {}
    notices: list[Problem] = []
    paths = [Path(s) for s in sources]
    for source in paths:
        if source.is_dir() or not source.exists():
            raise LedgerError(f"there is no file `{source}`")
        if sum(p.exists() and p.samefile(source) for p in paths) > 1:
            raise LedgerError(f"`{source}` is named twice as a history")
        if source.suffix.lower() in STORES:
            found = from_store(source, raw, on)
        else:
            found = from_workbook(source, raw, vocabulary, notices, f"{source.name} " if len(paths) > 1 else "")
        if not found:
            wanted = "、".join(vocabulary.facts[r].name.zh for r in RELATIONS)
            raise LedgerError(f"`{source.name}` holds no history: no sheet of {wanted} (没有事故、隐患或名单的工作表)")
    return _admitted(raw, vocabulary, on, notices)


def history_of(given: Mapping[str, Any], vocabulary: Vocabulary, on: datetime.date) -> History:
    """Return the history that a mapping holds: `ledger.accidents`, `.dangers`, `.recorded_listings`, `.enterprises`."""
    record = admit(dict(given), vocabulary)
    entries = {}
    for relation in (r for r in RELATIONS if r in record.values):
        found = _entries(record.values[relation], [], [], relation)
        entries[relation] = tuple(e for e in found if not _is_later(e, on))
    return History(entries, _enterprises(record.values.get(ENTERPRISES, ())), record.problems)


def _admitted(raw: Mapping[str, Raw], vocabulary: Vocabulary, on: datetime.date, notices: list[Problem]) -> History:
    """Return the records as exact values; what is wrong with them becomes notices."""
    units = {k: u for r in raw.values() for k, u in r.units.items()}
    cells = {path: place for r in raw.values() for path, place in r.cells.items()}
    record = admit({k: r.data for k, r in raw.items()}, vocabulary, units, lambda p: cells.get(p, ""))
    notices += record.problems
    wrong = {p.path for p in record.problems}
    entries: dict[str, tuple[Entry, ...]] = {}
    for relation in RELATIONS:
        name = vocabulary.facts[relation].name
        if relation not in raw or relation not in record.values:
            notices.append(problem("history-lacks", relation, name.zh, fact=name))
            continue
        own, found = raw[relation], []
        for i, entry in enumerate(_entries(record.values[relation], own.names, own.places, relation)):
            made = _with_closing(entry, on, notices) if _states_closing(relation, i, own, wrong) else entry
            if not _is_later(made, on):
                found.append(made)
            if not (entry.code or entry.name):
                notices.append(problem("no-identity.row", relation, entry.place))
        entries[relation] = tuple(_each_once(found, relation, notices))
    return History(entries, _enterprises(record.values.get(ENTERPRISES, ())), tuple(notices))


def _each_once(entries: Iterable[Entry], relation: str, notices: list[Problem]) -> Iterator[Entry]:
    """Yield the records; one without a number of its own that says what another says counts as that one, and is named."""
    first: dict[Any, Entry] = {}
    for entry in entries:
        content = frozenset((n, v) for n, v in entry.values.items() if n != "id")
        same = first.setdefault((content, entry.code, entry.name), entry)
        if same is entry or entry.values.get("id") != entry.place:
            yield entry
            continue
        notices.append(problem("given-again.record", relation, entry.place, place=same.place))


def _entries(items: Any, names: Sequence[str], places: Sequence[str], relation: str) -> Iterator[Entry]:
    """Yield each record with whose it is; one without a number is named by its place."""
    for i, item in enumerate(items):
        place = places[i] if i < len(places) else ""
        values = {"id": place} | dict(item) if place else dict(item)
        code = str(values.pop("enterprise", ""))
        yield Entry(values, code, names[i].strip() if i < len(names) else "", place or f"{relation}[{i}]")


def _states_closing(relation: str, index: int, raw: Raw, wrong: set[str]) -> bool:
    return index in raw.closings and not wrong & {f"{relation}[{index}].{n}" for n in ("closed_on", "found_on")}


def _with_closing(entry: Entry, on: datetime.date, notices: list[Problem]) -> Entry:
    """Return a danger with whether it was closed on a day; a blank in the column of closings is one that is open."""
    closed, found = entry.values.get("closed_on"), entry.values.get("found_on")
    if closed is not None and found is not None and closed < found:
        notices.append(problem("dates", "ledger.dangers", entry.place, closed=closed, found=found))
        return entry
    values = dict(entry.values) | {"is_closed": closed is not None and closed <= on}
    return Entry(values, entry.code, entry.name, entry.place)


def _is_later(entry: Entry, on: datetime.date) -> bool:
    found = entry.values.get("found_on")
    return found is not None and found > on


def _enterprises(items: Any) -> tuple[tuple[str, str], ...]:
    """Return the enterprises that the history knows, as (name, credit code)."""
    return tuple((str(i.get("name", "")), str(i["credit_code"])) for i in items if "credit_code" in i)


def key_of(text: str) -> str:
    """Return a name or code for comparison: width, case and blanks make no other enterprise of it."""
    return folded(text)
