"""Lists of records in a ledger: sheets of their own, joined by who a row is about, and words or JSON in a cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from safety_rules.formats.belonging import Unattached, unattached
from safety_rules.formats.datum import datum
from safety_rules.formats.headings import Column, Columns, columns, heading_row, in_units, named_facts, spellings
from safety_rules.formats.lines import KINDS, kind_of_line
from safety_rules.formats.stated_counts import stated_count
from safety_rules.formats.table import RawTable, cell_text, folded, is_blank, owner, usable
from safety_rules.language.exact_json import json_data
from safety_rules.language.kinds import Choice, Date, Name, Records
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.values import NOTHING, absent
from safety_rules.words.problem import problem

SUFFIX = re.compile(r"(记录表|明细表|记录|明细|清单|台账|列表|情况|表)$")
MOST_TOLD = 5
POINTER = re.compile(r"^(有|见|详见|参见|另附|附|yes|see)")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a list: its data, and whom it names; `at` leads from its fields to their columns.

    `owner_cells` says whether anything stands where the owner would, understood or not.
    """

    row: int
    table: RawTable
    data: Mapping[str, Any]
    at: Mapping[str, int]
    names: Mapping[str, str]
    owner_cells: bool = False

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
    """A sheet that holds the records of one list; `loose` are those of no row for certain, once `attach` was called."""

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

    def attach(self, rows: Sequence[Mapping[str, str]], vocabulary: Vocabulary) -> list[Problem]:
        """Learn whom the ledger's rows name; return a notice for each record that belongs to none of them."""
        there = {(key, folded(value)) for names in rows for key, value in names.items()}
        strays = [i for i in self.items if not any((k, folded(v)) in there for k, v in i.names.items())]
        loose = {i.row for i in strays}
        own = vocabulary.subjects[self.fact.key.partition(".")[0]].identity
        told: dict[tuple[str, str], set[str]] = defaultdict(set)
        for names in rows:
            for pair in ((key, folded(value)) for key, value in names.items()):
                told[pair].update(k for k in names if k in own)
        self.loose, alike = unattached(((i.names, i.place) for i in strays), rows, vocabulary)
        for item in self.items:
            known = frozenset(item.names).union(*(told.get((k, folded(v)), ()) for k, v in item.names.items()))
            if item.row not in loose and known:
                self.loose.kinds[known].append(item.place)
        if not self.read:
            self.loose.anybody.append(self.table.name)
        return [_stray(item, self.fact, alike.get(item.place, "")) for item in strays]


def _stray(item: Item, fact: Fact, like: str) -> Problem:
    who = "、".join(item.names.values())
    if not who:
        key = "row-joins-nothing.nameless"
    else:
        key = "row-joins-nothing.like" if like else "row-joins-nothing.unknown"
    return problem(key, fact.key, item.place, who, fact=fact.name, who=who, like=like)


def list_of(sheet_name: str, facts: Iterable[Fact]) -> Fact | None:
    """Return the list that a sheet's name means, by name, key or alias, with or without 表, 记录, 明细."""
    wanted = _stem(sheet_name)
    found = [
        f
        for f in facts
        if isinstance(f.kind, Records)
        and wanted in {_stem(n) for n in (f.name.zh, f.name.en, f.key, f.field, f.zh_key, *f.headings)}
    ]
    return found[0] if len(found) == 1 else None


def list_meant(name: str, facts: Iterable[Fact], vocabulary: Vocabulary) -> Fact | None:
    """Return the list that a sheet speaks of by its name (企业黑名单, 2019年事故汇总): it may hold anybody's records."""
    for fact in (f for f in facts if isinstance(f.kind, Records)):
        fields = vocabulary.fields(fact.key)
        words = {_stem(n) for n in (fact.name.zh, *fact.headings)} - {folded(f.name.zh) for f in fields}
        kinds = [f.kind for f in fields if isinstance(f.kind, Choice)]
        words |= {folded(o.name.zh) for k in kinds for o in k.choices.options if len(o.name.zh) > 2}
        if any(len(w) > 1 and w in folded(name) for w in words):
            return fact
    return None


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
        if (len(keys) > 1 or exact) and owned:
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


def _stem(name: str) -> str:
    text = folded(name).replace("_", "")
    return SUFFIX.sub("", text) or text


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
    found = in_units(columns(table, top, known, vocabulary.units), units)
    own = vocabulary.subjects[fact.key.partition(".")[0]].identity
    notices = [*table.notices, *found.notices, *_without_identity(table, found, {n.key for n in names}, names)]
    items = _filled_down(list(_items(table, found, {n.key for n in names}, own, notices)), fact, notices)
    if any(isinstance(f.kind, Date) for f in fields):
        items = _each_once(items, fact, notices)
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        for key, value in item.names.items():
            index[key, folded(value)].append(i)
    by_name = {k: tuple(v) for k, v in index.items()}
    return ListSheet(fact, table, tuple(items), tuple(notices), by_name, fields, True, found.row, found.columns)


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


def _items(
    table: RawTable, found: Columns, names: set[str], own: Sequence[str], notices: list[Problem]
) -> Iterable[Item]:
    at = {c.fact.field: c.index for c in found.columns if c.fact.key not in names}
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        if kind := kind_of_line(row, found.headings):
            notices.append(Problem(kind, "", table.place(row.number), KINDS[kind]))
            continue
        data: dict[str, Any] = {}
        said: dict[str, str] = {}
        given = False
        for column in found.columns:
            cell = row.merged.get(column.index, row.cell(column.index))
            if column.fact.key in names:
                given = given or not is_blank(cell)
                if text := owner(cell):
                    said[column.fact.key] = text
            elif not is_blank(cell):
                data[column.fact.field] = datum(cell, column, row)
        if data or said:
            whose = {k: v for k, v in said.items() if k in own} or said
            yield Item(row.number, table, data, at, whose, given)


@dataclass(frozen=True, slots=True)
class Joined:
    """The records that belong to one row, those that only seem to, and where some stand that may."""

    items: tuple[Item, ...] = ()
    contradicting: tuple[Item, ...] = ()
    possible: tuple[str, ...] = ()


def joined(sheets: Iterable[ListSheet], names: Mapping[str, str], also: Sequence[tuple[str, str]] = ()) -> Joined:
    """Return the records of a list's sheets that belong to whom `names` names, and may belong to whom `also` names.

    One identity that agrees is enough, unless another one that both give disagrees.
    """
    items: list[Item] = []
    contradicting: list[Item] = []
    possible: list[str] = []
    for sheet in sheets:
        near = {i for key, value in names.items() for i in sheet.index.get((key, folded(value)), ())}
        for i in sorted(near):
            item = sheet.items[i]
            differs = any(k in names and folded(names[k]) != folded(v) for k, v in item.names.items())
            (contradicting if differs else items).append(item)
        possible += sheet.loose.possible(names)
        for key, value in also:
            possible += [p for places in (sheet.loose.like.get((key, folded(value)), ()),) for p in places]
            possible += [sheet.items[i].place for i in sheet.index.get((key, folded(value)), ()) if i not in near]
    return Joined(tuple(items), tuple(contradicting), tuple(possible))


def list_value(fact: Fact, cell: Any, found: Joined, fields: Sequence[Fact] = ()) -> tuple[Any, Name | None]:
    """Return a list from a cell of the ledger and its own sheet's records: (data or None, what is wrong).

    A blank without records is unknown, never none; a cell and records that contradict each other are
    named, and the list is unknown.
    """
    count, name = len(found.items), fact.name
    if found.contradicting:
        at = "、".join(i.place for i in found.contradicting)
        return None, Name(
            f"“{name.zh}”的 {at} 与本行的名称或代码只有一部分相符，不能确定是否属于本行",
            f"{at} of {name.en} agrees with only a part of this row's names and codes",
        )
    if isinstance(cell, Unread):
        return None, cell.why.name
    if found.possible:
        at = "、".join(found.possible[:MOST_TOLD])
        return None, Name(
            f"“{name.zh}”有不能确定属于谁的记录（{at}），可能属于本行",
            f"{name.en} has records that may be this row's own: {at}",
        )
    if is_blank(cell) or absent(usable(cell), fact.blank_words):
        return ([i.data for i in found.items] if found.items else None), None
    if isinstance(cell, list) and not found.items:
        return cell, None
    text = cell_text(cell)
    if text.startswith("[") and text not in NOTHING:
        return _from_json(text, name, count)
    stated = stated_count(text, [i.data for i in found.items], fields)
    if stated == count:
        return [i.data for i in found.items], None
    if isinstance(stated, int):
        return None, Name(
            f"“{name.zh}”写明“{text}”，明细表却有 {count} 条", f"{name.en} says `{text}`, but its own sheet has {count}"
        )
    if isinstance(stated, Name):
        return None, stated
    if POINTER.match(text.casefold()) or folded(text).find(_stem(name.zh)) >= 0:
        if found.items:
            return [i.data for i in found.items], None
        return None, Name(f"“{name.zh}”写明“{text}”，但没有明细", f"{name.en} says `{text}`, but there is no record")
    if found.items:
        return None, Name(
            f"“{name.zh}”的“{text}”不能理解，明细表有 {count} 条",
            f"`{text}` in {name.en} is not understood; its own sheet has {count}",
        )
    return usable(cell), None


def _from_json(text: str, name: Name, count: int) -> tuple[Any, Name | None]:
    try:
        data = json_data(text)
    except ValueError as error:
        return None, Name(f"“{name.zh}”不是有效的 JSON", f"{name.en} is not JSON: {str(error).lower()}")
    if count:
        return None, Name(
            f"“{name.zh}”在单元格和明细表中都有填写", f"{name.en} is given in the cell and in its own sheet"
        )
    return data, None
