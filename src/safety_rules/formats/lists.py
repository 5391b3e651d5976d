"""Lists of records in a ledger: sheets of their own, joined by who a row is about, and words or JSON in a cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from safety_rules.formats.belonging import Unattached, incomparable, kinds, of_any_writing, unattached
from safety_rules.formats.datum import agreed, datum
from safety_rules.formats.headings import Column, Columns, columns, heading_row, in_units, named_facts, spellings
from safety_rules.formats.lines import KINDS, kind_of_line, tells_a_record
from safety_rules.formats.mentions import firms_in, named_in, of_anybody, parts, stem
from safety_rules.formats.table import RawRow, RawTable, cell_text, folded, is_blank, owner, plain_number
from safety_rules.language.kinds import Date, Name, Number, Records
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.words.problem import problem

COUNTING = re.compile(r"^\(?[0-9]{1,3}\)?$|^[A-Za-z]$")  # what stands under the headings of a line that numbers them
MOST_PLACES = 5
REMARK = re.compile(r"^(?:注|备注|说明|附注|注释)[0-9]*[:：]")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a list: its data, and whom it names; `at` leads from its fields to their columns.

    `owner_cells` says whether anything stands where the owner would, understood or not; `others` are owners under
    other headings. `text` is that of a line that is no record, `nameless` whether it may tell of anybody's.
    """

    row: int
    table: RawTable
    data: Mapping[str, Any]
    at: Mapping[str, int]
    names: Mapping[str, str]
    owner_cells: bool = False
    others: tuple[str, ...] = ()
    text: str = ""
    nameless: bool = False

    @property
    def place(self) -> str:
        """Where the record stands."""
        return self.table.place(self.row)

    @property
    def places(self) -> Mapping[str, str]:
        """Where each part stands."""
        return {name: self.table.place(self.row, self.at[name]) for name in self.data}


@dataclass(slots=True)
class ListSheet:
    """A sheet that holds the records of one list; `loose` are those of no row for certain, once `attach` was called.

    `doubtful` are lines that are no records, and may tell of one.
    """

    fact: Fact
    table: RawTable
    items: tuple[Item, ...]
    notices: tuple[Problem, ...]
    index: Mapping[tuple[str, str], tuple[int, ...]]
    fields: Sequence[Fact] = ()
    read: bool = True
    row: int = 0
    columns: tuple[Column, ...] = ()
    loose: Unattached = field(default_factory=Unattached)
    doubtful: tuple[Item, ...] = ()

    def attach(self, rows: Sequence[Mapping[str, str]], vocabulary: Vocabulary) -> list[Problem]:
        """Learn whom the ledger's rows name; return a notice for each record that belongs to none of them."""
        there = {(key, folded(value)) for names in rows for key, value in names.items()}
        strays = [i for i in self.items if not any((k, folded(v)) in there for k, v in i.names.items())]
        loose = {i.row for i in strays}
        own = self._own(vocabulary)
        told: dict[tuple[str, str], set[str]] = defaultdict(set)
        for names in rows:
            for pair in ((key, folded(value)) for key, value in names.items()):
                told[pair].update(k for k in names if k in own)
        self.loose, alike = unattached(((i.names, i.place) for i in strays), rows, vocabulary)
        self._hear(rows, {i.row for i in strays}, vocabulary)
        for item in self.items:
            known = frozenset(item.names).union(*(told.get((k, folded(v)), ()) for k, v in item.names.items()))
            if item.row not in loose and known:
                self.loose.kinds[of_any_writing(known)].append(item.place)
        if not self.read:
            self.loose.anybody.append(self.table.name)
        apart = {kinds(names) for names in rows}
        return [_stray(i, self.fact, alike.get(i.place, ""), incomparable(i.names, apart)) for i in strays]

    def _hear(self, rows: Sequence[Mapping[str, str]], strays: set[int], vocabulary: Vocabulary) -> None:
        """Add what lines tell of those whom they name in another way than by their own column, or name almost."""
        name = next(k for k in (*self._own(vocabulary), "") if not k or not vocabulary.facts[k].format)
        almost: list[tuple[Mapping[str, str], str]] = []
        everyone: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for pair in ((key, folded(value)) for names in rows for key, value in names.items()):
            everyone[pair[1]][pair] = None
        pairs = {value: tuple(of) for value, of in everyone.items()}
        for item in self.items:
            said = item.others if item.row not in strays else (*item.names.values(), *item.others)
            for pair in (q for text in said for p in (folded(text), *parts(text)) for q in pairs.get(p, ())):
                self.loose.like[pair].append(item.place)
        for line in self.doubtful:
            itself = folded(line.text)  # a remark that was taken for a row does not name one
            found = [p for p in named_in(line.text, pairs) if p[1] != itself]
            found += [p for n in line.names.values() for p in named_in(n, pairs)]
            for pair in found:
                self.loose.like[pair].append(line.place)
            if line.nameless and not found:
                self.loose.anybody.append(line.place)
            elif name and not found:
                almost += [({name: firm}, line.place) for firm in firms_in(line.text)]
        meant = unattached(almost, rows, vocabulary)[0]
        for pair, places in meant.like.items():
            self.loose.like[pair] += places
        for known, places in meant.kinds.items():
            self.loose.kinds[known] += places

    def _own(self, vocabulary: Vocabulary) -> Sequence[str]:
        return vocabulary.subjects[self.fact.key.partition(".")[0]].identity


def _stray(item: Item, fact: Fact, like: str, apart: bool) -> Problem:
    who = "、".join(item.names.values())
    if not who:
        key = "row-joins-nothing.nameless"
    elif like:
        key = "row-joins-nothing.like"
    else:
        key = "row-joins-nothing.apart" if apart else "row-joins-nothing.unknown"
    return problem(key, fact.key, item.place, who, fact=fact.name, who=who, like=like)


def list_of(sheet_name: str, facts: Iterable[Fact]) -> Fact | None:
    """Return the list that a sheet's name means, by name, key or alias, with or without 表, 记录, 明细."""
    wanted = stem(sheet_name)
    found = [
        f
        for f in facts
        if isinstance(f.kind, Records)
        and wanted in {stem(n) for n in (f.name.zh, f.name.en, f.key, f.field, f.zh_key, *f.headings)}
    ]
    return found[0] if len(found) == 1 else None


def list_by_headings(
    table: RawTable, facts: Sequence[Fact], vocabulary: Vocabulary, subjects: Sequence[str], notices: list[Problem]
) -> Fact | None:
    """Return the one list that a sheet under another name holds by its headings, and say so."""
    names = [vocabulary.facts[key] for s in subjects for key in vocabulary.subjects[s].identity]
    found = []
    for fact in (f for f in facts if isinstance(f.kind, Records)):
        top = heading_row(table, spellings([*vocabulary.fields(fact.key), *names]))
        keys = {k for c in (top.cells if top else ()) for k in named_facts(c, spellings(vocabulary.fields(fact.key)))}
        own = {folded(n) for f in vocabulary.fields(fact.key) for n in (f.name.zh, f.zh_key)}
        exact = any(folded(cell_text(c)) in own for c in (top.cells if top else ()))
        owned = any(named_facts(c, spellings(names)) for c in (top.cells if top else ()))
        if len(keys) > 1 or (exact and owned):  # records of nobody may be anybody's
            found.append((len(keys), fact))
    most = max((n for n, _ in found), default=0)
    best = [f for n, f in found if n == most]
    if len(best) != 1:
        return None
    message = Name(
        f"工作表“{table.name}”按其表头作为“{best[0].name.zh}”读取",
        f"by its headings the sheet `{table.name}` is read as {best[0].name.en}",
    )
    notices.append(Problem("assumed-list", best[0].key, table.name, message))
    return best[0]


def inner_list(
    table: RawTable, found: Columns, facts: Sequence[Fact], vocabulary: Vocabulary, subjects: Sequence[str]
) -> tuple[Fact, set[str]] | None:
    """Return the list whose records stand in the rows of the ledger itself, and the headings of its fields."""
    unknown = {n.given for n in found.notices if n.code == "heading"}
    best: tuple[Fact, set[str]] | None = None
    for fact in (f for f in facts if isinstance(f.kind, Records) and f.key not in {c.fact.key for c in found.columns}):
        names = spellings(vocabulary.fields(fact.key))
        used = {h for h in unknown if named_facts(h, names)}
        if len(used) > max(1, len(best[1]) if best else 0):
            best = fact, used
    return best


def list_sheet(
    table: RawTable, fact: Fact, vocabulary: Vocabulary, subjects: Sequence[str], units: dict[str, Unit]
) -> ListSheet:
    """Return a list's sheet, read whole, with an index from identities to its rows; its units are put to `units`."""
    names = [vocabulary.facts[key] for s in subjects for key in vocabulary.subjects[s].identity]
    fields = vocabulary.fields(fact.key)
    known = [*fields, *names]
    top = heading_row(table, spellings(known))
    if top is None:
        notice = problem("no-heading.sheet", fact.key, table.name, sheet=table.name, fact=fact.name)
        return ListSheet(fact, table, (), (notice,), {}, fields, read=False)
    found = in_units(columns(table, top, known, vocabulary.units, by_row=True), units)
    own = vocabulary.subjects[fact.key.partition(".")[0]].identity
    notices = [*table.notices, *found.notices, *_without_identity(table, found, {n.key for n in names}, names)]
    items, doubtful = _lines(table, found, {n.key for n in names}, own, notices)
    headings = spellings(fields)
    if any(folded(name) in headings for item in items for name in item.names.values()):  # it is laid out by columns
        notice = problem("no-heading.sheet", fact.key, table.name, sheet=table.name, fact=fact.name)
        return ListSheet(fact, table, (), (*table.notices, notice), {}, fields, read=False)
    items = _filled_down(items, fact, notices)
    if any(isinstance(f.kind, Date) for f in fields):
        items = _each_once(items, fact, notices)
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        for key, value in item.names.items():
            index[key, folded(value)].append(i)
    by_name = {k: tuple(v) for k, v in index.items()}
    return ListSheet(
        fact,
        table,
        tuple(items),
        tuple(notices),
        by_name,
        fields,
        True,
        found.row,
        found.columns,
        doubtful=tuple(doubtful),
    )


def _filled_down(items: list[Item], fact: Fact, notices: list[Problem]) -> list[Item]:
    """Return the records of a sheet in blocks, each with the owner that its block's first line names.

    A sheet is in blocks where every owner is named once, at the top of its block, and two blocks or more have
    lines below without one. A single line without an owner is an owner that was forgotten.
    """
    named = [i for i, item in enumerate(items) if item.names]
    owners = {tuple(sorted(items[i].names.items())) for i in named}
    sizes = [after - at for at, after in pairwise([*named, len(items)])]
    ditto = any(not item.names and item.owner_cells for item in items)
    if not named or named[0] != 0 or len(owners) < len(named) or sum(s > 1 for s in sizes) < 2 or ditto:
        return items
    filled: list[Item] = []
    for item in items:
        filled.append(item if item.names else replace(item, names=filled[-1].names))
    blank = "、".join(item.place for item in items if not item.names)
    notices.append(problem("assumed-owner", fact.key, items[0].table.name, places=blank[:200]))
    return filled


def _each_once(items: Iterable[Item], fact: Fact, notices: list[Problem]) -> list[Item]:
    """Return the records; an event that a row says again in every cell counts as that one, and is named."""
    first: dict[Any, Item] = {}
    for item in items:
        same = first.setdefault((repr(sorted(item.data.items())), tuple(sorted(item.names.items()))), item)
        if same is not item and item.data:
            notices.append(problem("assumed-same", fact.key, item.place, place=same.place))
    return list(first.values())


def _without_identity(table: RawTable, found: Columns, keys: set[str], names: Iterable[Fact]) -> list[Problem]:
    if any(c.fact.key in keys for c in found.columns):
        return []
    facts = list(names)
    several = Name("、".join(f.name.zh for f in facts), ", ".join(f.name.en for f in facts))
    return [problem("no-identity.sheet", "", table.name, sheet=table.name, names=several)]


def _lines(
    table: RawTable, found: Columns, names: set[str], own: Sequence[str], notices: list[Problem]
) -> tuple[list[Item], list[Item]]:
    """Return the records of a sheet, and the lines that seem to be none and may yet tell of a record."""
    items: list[Item] = []
    doubtful: list[Item] = []
    totals: list[Item] = []
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        item = _item(row, table, found, names, own)
        if not (kind := kind_of_line(row, found.headings)):
            items += [item] if item.data or item.names else []
            continue
        notices.append(Problem(kind, "", table.place(row.number), KINDS[kind]))
        if kind == "total":
            totals.append(item)
        elif _may_tell(kind, item, row, found):
            doubtful.append(replace(item, text=_text(row), nameless=kind == "numbering"))
    doubtful += [replace(t, names={}, nameless=True) for t in totals if _exceeds(t, items, found)]
    return items, doubtful


def _item(row: RawRow, table: RawTable, found: Columns, names: set[str], own: Sequence[str]) -> Item:
    data: dict[str, Any] = {}
    said: dict[str, str] = {}
    given = False
    for column in found.columns:
        cell = row.merged.get(column.index, row.cell(column.index))
        if column.fact.key in names:
            given = given or not is_blank(cell)
            if text := owner(cell):
                said[column.fact.key] = text
        elif not is_blank(cell := agreed(cell, column, found, row)):
            data[column.fact.field] = datum(cell, column, row)
    beside = [c for c in found.doubled if c.fact.key in names]
    others = tuple(t for c in beside if (t := owner(row.merged.get(c.index, row.cell(c.index)))))
    at = {c.fact.field: c.index for c in found.columns if c.fact.key not in names}
    return Item(row.number, table, data, at, {k: v for k, v in said.items() if k in own} or said, given, others)


def _may_tell(kind: str, item: Item, row: RawRow, found: Columns) -> bool:
    """Return whether a line that is no record by its looks holds what one holds, or is a remark upon the records."""
    if kind == "numbering":
        return bool(item.data) and not any(COUNTING.match(n) for n in item.names.values())
    if kind == "note" and REMARK.match(_text(row)):
        return True
    kinds = {c.fact.field: c.fact.kind for c in found.columns}
    return tells_a_record(kind, ((kinds[name], value) for name, value in item.data.items()))


def _exceeds(total: Item, items: Sequence[Item], found: Columns) -> bool:
    """Return whether a line of totals (of one owner, where it names one) counts more than the records that were read."""
    same = [i for i in items if any(i.names.get(k) == v for k, v in total.names.items())] or items
    for name in (c.fact.field for c in found.columns if isinstance(c.fact.kind, Number)):
        stated = plain_number(total.data.get(name))
        if stated is not None and stated > sum(plain_number(i.data.get(name)) or 0 for i in same):
            return True
    return False


def _text(row: RawRow) -> str:
    return " ".join(cell_text(c) for c in row.cells if isinstance(c, str) and not is_blank(c))


def remarks(table: RawTable, fact: Fact, told: Sequence[RawRow], telling: frozenset[int]) -> ListSheet:
    """Return lines of a sheet that are read as no table and tell of a list: whom they name may have records there.

    Of the lines that tell by themselves one that names no firm may be of anybody.
    """
    texts = [(r.number, _text(r)) for r in told]
    lines = tuple(
        Item(n, table, {}, {}, {}, text=text, nameless=n in telling and of_anybody(text)) for n, text in texts
    )
    places = "、".join(i.place for i in lines[:MOST_PLACES])
    notice = problem("lines-tell", fact.key, table.name, sheet=table.name, places=places, fact=fact.name)
    return ListSheet(fact, table, (), (notice,), {}, doubtful=lines)
