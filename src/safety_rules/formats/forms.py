"""Tables that a sheet holds otherwise than as headings over rows: forms with labels at the left, several tables in one sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

from safety_rules.formats.headings import Spellings, heading_row, known_headings, named_facts
from safety_rules.formats.table import RUNNING, RawRow, RawTable, cell_text, folded, is_blank, plain_number
from safety_rules.language.units import UnitTable

LONGEST_FORM = 80
FEWEST_LABELS = 5
FEWEST_HEADINGS = 2
MOST_KNOWN = 10_000


def tables_in(table: RawTable, names: Spellings, every: Spellings, units: UnitTable) -> list[RawTable]:
    """Return the tables of a sheet: the records of a form, else one for each row of other headings, below or beside.

    `names` are those of the ledger's own facts, `every` those of its lists as well.
    """
    form, end = _form(table, names, every, units)
    first = heading_row(table, names)
    if form is None and first is None:
        return [table]
    starts, below, before = [end] if end else [], [], None
    known: dict[str, bool] = {}
    for row in table.rows() if form is None or end else ():
        start = next((c for c in row.cells if not is_blank(c)), None)
        if start is None:
            continue
        if isinstance(start, str) and row.number > (end if first is None or form is not None else first.number):
            if "单位" in start:
                below.append(row)
            if known.get(start, True) and _begins(row, first if form is None else None, every, known):
                starts.append(before if before is not None else row.number)
        before = row.number if sum(not is_blank(c) for c in row.cells) == 1 and isinstance(start, str) else None
    table = replace(table, below=tuple(below))
    ends = [0, *starts, 0]
    parts = [_between(table, a, b) for a, b in pairwise(ends)] if starts else [table]
    if form is not None:
        return [form, *parts[1:]]
    assert first is not None
    return [*_beside(parts[0], first, every), *parts[1:]]


def _begins(row: RawRow, first: RawRow | None, names: Spellings, known: dict[str, bool]) -> bool:
    """Return whether a row is the headings of another table; `known` keeps which texts name a fact."""
    filled = [(i, c) for i, c in enumerate(row.cells) if not is_blank(c)]
    if len(filled) < FEWEST_HEADINGS or not all(isinstance(c, str) for _, c in filled):
        return False
    named = 0
    if len(known) > MOST_KNOWN:
        known.clear()
    for _, c in filled:
        if c not in known:
            known[c] = folded(c) in RUNNING or bool(named_facts(c, names))
        named += known[c]
        if not named:
            return False
    again = first is not None and all(folded(c) == folded(cell_text(first.cell(i))) for i, c in filled)
    together = filled[1][0] == filled[0][0] + 1
    return not again and together and (named == len(filled) or (named > FEWEST_HEADINGS and named * 2 > len(filled)))


def _beside(table: RawTable, first: RawRow, every: Spellings) -> list[RawTable]:
    """Return the tables that stand side by side under one row of headings, parted by a column without any."""
    parts: list[list[int]] = [[]]
    for i in range(len(first.cells)):
        if is_blank(first.cell(i)):
            parts = [*parts, []] if parts[-1] else parts
        else:
            parts[-1].append(i)
    seen: set[str] = set()
    edges = [0]
    for part in (p for p in parts if p):
        facts = [key for i in part for key in named_facts(first.cell(i), every)]
        if seen & set(facts) and len(part) >= FEWEST_HEADINGS and len(set(facts) - seen) > 0:
            edges.append(part[0])
        seen |= set(facts)
    return [_columns(table, a, b) for a, b in pairwise([*edges, 0])] if len(edges) > 1 else [table]


def _columns(table: RawTable, start: int, end: int) -> RawTable:
    """Return the part of a sheet from one column up to another (0: to its end); every cell keeps its place."""

    def rows() -> Iterator[RawRow]:
        for r in table.rows():
            cells = (*[""] * min(start, len(r.cells)), *r.cells[start : end or None])
            merged = {i: v for i, v in r.merged.items() if i >= start and (not end or i < end)}
            across = {i: v for i, v in r.across.items() if i >= start and (not end or i < end)}
            yield RawRow(r.number, cells, merged, across)

    return replace(table, rows=rows, notices=table.notices if not start else ())


def _between(table: RawTable, start: int, end: int) -> RawTable:
    """Return the part of a sheet from one row up to another (0: to its end)."""

    def rows() -> Iterator[RawRow]:
        return (r for r in table.rows() if r.number >= start and (not end or r.number < end))

    return replace(table, rows=rows, notices=table.notices if not start else ())


def _form(table: RawTable, names: Spellings, every: Spellings, units: UnitTable) -> tuple[RawTable | None, int]:
    """Return a form as a table of its records, each value with its own place, and the row of the headings of a table
    below (0: none); None where the sheet is no form. Records may stand side by side, each in a column of its own."""
    rows = list(islice(table.rows(), LONGEST_FORM + 1))
    if len(rows) > LONGEST_FORM or len(rows) < FEWEST_LABELS:
        return None, 0
    end = next((r.number for r in rows if _begins(r, None, every, {}) and r.number > FEWEST_LABELS), 0)
    rows = [r for r in rows if not end or r.number < end]
    pairs = [pair for row in rows for pair in _pairs(row, names, units)]
    facts = {key for label, _, _, _ in pairs for key in named_facts(label, names)}
    if len(facts) < FEWEST_LABELS or len(facts) <= 2 * max(known_headings(r, names) for r in rows):
        return None, 0
    by_number = {r.number: r for r in rows}
    beside = _others(pairs, by_number)
    heads = RawRow(rows[0].number, tuple(label for label, _, _, _ in pairs))
    records = [heads]
    for n, step in enumerate((0, *beside), 1):
        values = [v if not step else by_number[r].cell(c + step) for _, v, r, c in pairs]
        places = {i: table.place(number, column + step) for i, (_, _, number, column) in enumerate(pairs)}
        records.append(RawRow(rows[0].number + n, tuple(values), places=places))
    paired = {number for _, _, number, _ in pairs}
    aside = tuple(r for r in rows if r.number not in paired and not r.blank)
    made = RawTable(table.name, lambda: iter(records), table.mark, len(records), table.hidden, table.notices)
    return replace(made, aside=aside), end


def _others(pairs: Sequence[tuple[str, Any, int, int]], rows: Mapping[int, RawRow]) -> list[int]:
    """Return how far right of the first value the values of further records stand, where most lines have them."""
    if len({column for _, _, _, column in pairs}) != 1:
        return []
    found, step = [], 1
    while sum(not is_blank(rows[number].cell(column + step)) for _, _, number, column in pairs) * 2 > len(pairs):
        found.append(step)
        step += 1
    return found


def _pairs(row: RawRow, names: Spellings, units: UnitTable) -> Iterator[tuple[str, Any, int, int]]:
    """Yield the labels of a line with the value at the right of each, and where that stands."""
    at = 0
    while at < len(row.cells):
        label = row.cell(at)
        at = max(at, row.across.get(at, at)) + 1
        if not isinstance(label, str) or not named_facts(label, names):
            continue
        value = row.cell(at)
        if isinstance(value, str) and named_facts(value, names) and at + 1 < len(row.cells):
            yield label, "", row.number, at
            continue
        unit = row.cell(at + 1)
        if isinstance(unit, str) and plain_number(value) is not None and units.find(unit.strip()) is not None:
            value = f"{cell_text(value)} {unit.strip()}"
        yield label, value, row.number, at
        at += 1
