"""The history of a zone's enterprises: accidents, dangers and published listings, from workbooks and ledgers.

A record belongs to the enterprise whose credit code or name it states. What cannot be read counts as unknown and
is named; a sheet that is not there counts as holding anything, and is named as well.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.formats.headings import Columns, columns, heading_row, spellings
from safety_rules.formats.lists import list_of
from safety_rules.formats.table import RawTable, cell_text, folded, is_blank, usable
from safety_rules.formats.workbook_in import sheets
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.admit import admit

ENTERPRISES = "ledger.enterprises"
RELATIONS = ("ledger.accidents", "ledger.dangers", "ledger.recorded_listings")
NAME = f"{ENTERPRISES}.name"
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


@dataclass(slots=True)
class _Raw:
    """Records as they are written, with their places, before admission."""

    data: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    closings: set[int] = field(default_factory=set)


def history(sources: Iterable[Path | str], vocabulary: Vocabulary, on: datetime.date) -> History:
    """Return what workbooks (.xlsx) and rectification ledgers (.db) hold, as it stood on a day.

    Raises LedgerError where a file cannot be read, or holds none of the lists.
    """
    raw: dict[str, _Raw] = {}
    notices: list[Problem] = []
    for source in (Path(s) for s in sources):
        if source.is_dir() or not source.exists():
            raise LedgerError(f"there is no file `{source}`")
        before = len(raw)
        if source.suffix.lower() in STORES:
            _from_store(source, raw, on)
        else:
            _from_workbook(source, raw, vocabulary, notices)
        if len(raw) == before and not any(r in raw for r in RELATIONS):
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


def _from_workbook(path: Path, raw: dict[str, _Raw], vocabulary: Vocabulary, notices: list[Problem]) -> None:
    """Read the sheets of a workbook whose names mean a list of the history."""
    facts = [vocabulary.facts[r] for r in (ENTERPRISES, *RELATIONS)]
    try:
        tables = sheets(path)
    except OSError as error:
        raise LedgerError(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}") from None
    for table in tables:
        fact = list_of(table.name, facts)
        if fact is None:
            continue
        known = [*vocabulary.fields(fact.key), *([vocabulary.facts[NAME]] if fact.key != ENTERPRISES else [])]
        top = heading_row(table, spellings(known))
        if top is None:
            raise LedgerError(f"the sheet `{table.name}` of `{path.name}` has no known heading (没有可识别的表头)")
        found = columns(table, top, known, vocabulary.units)
        _check_headings(table, fact.key, found)
        notices += [n for n in found.notices if n.code == "heading-twice"]
        _read_sheet(table, fact.key, found, raw.setdefault(fact.key, _Raw()))


def _check_headings(table: RawTable, relation: str, found: Columns) -> None:
    """Raise where a sheet does not say whose its records are."""
    keys = {c.fact.key for c in found.columns}
    if not keys & {f"{relation}.enterprise", f"{ENTERPRISES}.credit_code", NAME}:
        raise LedgerError(f"the sheet `{table.name}` lacks the heading 统一社会信用代码 (or 企业名称)")


def _read_sheet(table: RawTable, relation: str, found: Columns, raw: _Raw) -> None:
    headed = {c.fact.field for c in found.columns}
    for column in found.columns:
        if column.unit is not None:
            raw.units[column.fact.key] = column.unit
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        at, item, name = len(raw.data), dict[str, Any](), ""
        for column in found.columns:
            cell = row.merged.get(column.index, row.cell(column.index))
            if column.fact.key == NAME and relation != ENTERPRISES:
                name = cell_text(cell)
            elif not is_blank(cell):
                item[column.fact.field] = usable(cell)
                raw.cells[f"{relation}[{at}].{column.fact.field}"] = table.place(row.number, column.index)
        if "closed_on" in headed and "is_closed" not in item:
            raw.closings.add(at)
        raw.data.append(item)
        raw.names.append(name)
        raw.places.append(table.place(row.number))


def _from_store(path: Path, raw: dict[str, _Raw], on: datetime.date) -> None:
    """Read the dangers of a rectification ledger as they stood on a day; one without an order has no deadline yet."""
    from safety_rules.services.rectification.recording import dangers
    from safety_rules.services.rectification.table import lifecycle

    into = raw.setdefault("ledger.dangers", _Raw())
    for danger in dangers(path, lifecycle(), on).values():
        if danger.deadline is None:
            continue
        item = {"id": danger.id, "level": danger.details.level, "found_on": danger.found_on}
        item |= {"deadline": danger.deadline, "is_closed": danger.closed_on is not None}
        into.data.append(item | ({"enterprise": danger.details.code} if danger.details.code else {}))
        into.names.append(danger.details.enterprise)
        into.places.append(f"{path.name}:{danger.id}")


def _admitted(raw: Mapping[str, _Raw], vocabulary: Vocabulary, on: datetime.date, notices: list[Problem]) -> History:
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
            message = Name(
                f"历史台账没有“{name.zh}”，按可能有记录处理", f"the history holds no {name.en}: any may be missing"
            )
            notices.append(Problem("history-lacks", relation, name.zh, message))
            continue
        own, found = raw[relation], []
        for i, entry in enumerate(_entries(record.values[relation], own.names, own.places, relation)):
            made = _with_closing(entry, on, notices) if _states_closing(relation, i, own, wrong) else entry
            if not _is_later(made, on):
                found.append(made)
            if not (entry.code or entry.name):
                message = Name(
                    "未写明属于哪家企业，可能属于任何企业", "it does not say whose it is: it may be anybody's"
                )
                notices.append(Problem("no-identity", relation, entry.place, message))
        entries[relation] = tuple(found)
    return History(entries, _enterprises(record.values.get(ENTERPRISES, ())), tuple(notices))


def _entries(items: Any, names: Sequence[str], places: Sequence[str], relation: str) -> Iterator[Entry]:
    """Yield each record with whose it is; one without a number is named by its place."""
    for i, item in enumerate(items):
        place = places[i] if i < len(places) else ""
        values = {"id": place} | dict(item) if place else dict(item)
        code = str(values.pop("enterprise", ""))
        yield Entry(values, code, names[i].strip() if i < len(names) else "", place or f"{relation}[{i}]")


def _states_closing(relation: str, index: int, raw: _Raw, wrong: set[str]) -> bool:
    return index in raw.closings and not wrong & {f"{relation}[{index}].{n}" for n in ("closed_on", "found_on")}


def _with_closing(entry: Entry, on: datetime.date, notices: list[Problem]) -> Entry:
    """Return a danger with whether it was closed on a day; a blank in the column of closings is one that is open."""
    closed, found = entry.values.get("closed_on"), entry.values.get("found_on")
    if closed is not None and found is not None and closed < found:
        zh = f"日期颠倒：销号日期{closed}早于发现日期{found}，是否销号按未知处理"
        en = f"dates out of order: closed on {closed}, found on {found}; whether it is closed is unknown"
        notices.append(Problem("dates", "ledger.dangers", entry.place, Name(zh, en)))
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
