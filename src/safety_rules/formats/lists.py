"""Lists of records in a ledger: sheets of their own, joined by who a row is about, and words or JSON in a cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety_rules.formats.headings import Columns, columns, heading_row, spellings
from safety_rules.formats.json_in import json_data
from safety_rules.formats.table import RawTable, cell_text, folded, is_blank, usable
from safety_rules.language.kinds import Name, Records
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.admission.values import NOTHING, absent

SUFFIX = re.compile(r"(记录表|明细表|记录|明细|清单|台账|列表|情况|表)$")
COUNT = re.compile(r"^([0-9]+)\s*(条|起|项|次|件|records?)?$")
POINTER = re.compile(r"^(有|见|详见|参见|另附|附|yes|see)")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a list: its data, and whom it names; `at` leads from its fields to their columns."""

    row: int
    table: RawTable
    data: Mapping[str, Any]
    at: Mapping[str, int]
    names: Mapping[str, str]

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
    """A sheet that holds the records of one list; `joined` grows while the ledger is read."""

    fact: Fact
    table: RawTable
    items: tuple[Item, ...]
    units: Mapping[str, Unit]
    notices: tuple[Problem, ...]
    index: Mapping[tuple[str, str], tuple[int, ...]]
    joined: set[int] = field(default_factory=set)

    def left_over(self) -> list[Problem]:
        """Return a notice for each record that belongs to no row of the ledger."""
        return [_stray(item, self.fact) for i, item in enumerate(self.items) if i not in self.joined]


def _stray(item: Item, fact: Fact) -> Problem:
    who = "、".join(item.names.values())
    zh = f"“{fact.name.zh}”的本行（{who}）在台账中找不到对应的行" if who else f"“{fact.name.zh}”的本行没有写明属于谁"
    en = (
        f"this row of {fact.name.en} ({who}) belongs to no row of the ledger"
        if who
        else f"this row of {fact.name.en} does not say whose it is"
    )
    return Problem("row-joins-nothing", fact.key, item.place, Name(zh, en), who)


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


def _stem(name: str) -> str:
    text = folded(name).replace("_", "")
    return SUFFIX.sub("", text) or text


def list_sheet(table: RawTable, fact: Fact, vocabulary: Vocabulary, subjects: Sequence[str]) -> ListSheet:
    """Return a list's sheet, read whole, with an index from identities to its rows."""
    names = [vocabulary.facts[key] for s in subjects for key in vocabulary.subjects[s].identity]
    known = [*vocabulary.fields(fact.key), *names]
    top = heading_row(table, spellings(known))
    if top is None:
        message = Name(
            f"工作表“{table.name}”没有可识别的表头，未使用",
            f"the sheet `{table.name}` has no known heading and is not used",
        )
        return ListSheet(fact, table, (), {}, (Problem("no-heading", fact.key, table.name, message),), {})
    found = columns(table, top, known, vocabulary.units)
    own = vocabulary.subjects[fact.key.partition(".")[0]].identity
    items = tuple(_items(table, found, {n.key for n in names}, own))
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        for key, value in item.names.items():
            index[key, folded(value)].append(i)
    units = {c.fact.key: c.unit for c in found.columns if c.unit is not None}
    notices = [*found.notices, *_without_identity(table, found, {n.key for n in names}, names)]
    return ListSheet(fact, table, items, units, tuple(notices), {k: tuple(v) for k, v in index.items()})


def _without_identity(table: RawTable, found: Columns, keys: set[str], names: Iterable[Fact]) -> list[Problem]:
    if any(c.fact.key in keys for c in found.columns):
        return []
    zh = "、".join(f.name.zh for f in names)
    en = ", ".join(f.name.en for f in names)
    message = Name(
        f"工作表“{table.name}”没有写明属于谁的列（{zh}）",
        f"the sheet `{table.name}` has no column that says whose: {en}",
    )
    return [Problem("no-identity", "", table.name, message)]


def _items(table: RawTable, found: Columns, names: set[str], own: Sequence[str]) -> Iterable[Item]:
    at = {c.fact.field: c.index for c in found.columns if c.fact.key not in names}
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        data: dict[str, Any] = {}
        said: dict[str, str] = {}
        for column in found.columns:
            cell = row.cell(column.index)
            if column.fact.key in names:
                cell = row.merged.get(column.index, cell)
                if not absent(usable(cell)):
                    said[column.fact.key] = cell_text(cell)
            elif not is_blank(cell):
                data[column.fact.field] = usable(cell)
        whose = {k: v for k, v in said.items() if k in own} or said
        yield Item(row.number, table, data, at, whose)


@dataclass(frozen=True, slots=True)
class Joined:
    """The records that belong to one row, and those that only seem to."""

    items: tuple[Item, ...] = ()
    contradicting: tuple[Item, ...] = ()


def joined(sheets: Iterable[ListSheet], names: Mapping[str, str]) -> Joined:
    """Return the records of a list's sheets that belong to whom `names` names.

    One identity that agrees is enough, unless another one that both give disagrees.
    """
    items: list[Item] = []
    contradicting: list[Item] = []
    for sheet in sheets:
        near = {i for key, value in names.items() for i in sheet.index.get((key, folded(value)), ())}
        for i in sorted(near):
            item = sheet.items[i]
            differs = any(k in names and folded(names[k]) != folded(v) for k, v in item.names.items())
            sheet.joined.add(i)
            (contradicting if differs else items).append(item)
    return Joined(tuple(items), tuple(contradicting))


def list_value(fact: Fact, cell: Any, found: Joined) -> tuple[Any, Name | None]:
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
    if is_blank(cell) or absent(usable(cell)):
        return ([i.data for i in found.items] if found.items else None), None
    if isinstance(cell, list) and not found.items:
        return cell, None
    text = cell_text(cell)
    stated = _stated_count(text)
    if text.startswith("[") and text not in NOTHING:
        return _from_json(text, name, count)
    if stated == count and stated is not None:
        return [i.data for i in found.items], None
    if stated is not None:
        return None, Name(
            f"“{name.zh}”写明“{text}”，明细表却有 {count} 条", f"{name.en} says `{text}`, but its own sheet has {count}"
        )
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


def _stated_count(text: str) -> int | None:
    """Return how many records a cell says there are: 0 for 无, 2 for `2起`."""
    if text.casefold() in NOTHING:
        return 0
    match = COUNT.match(text.casefold())
    return int(match[1]) if match is not None and len(match[1]) < 6 else None


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
