"""Tables that a sheet holds otherwise than as headings over rows: forms with labels at the left, several tables in one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

from safety_rules.formats.headings import Spellings, heading_row, known_headings, named_facts
from safety_rules.formats.table import RawRow, RawTable, is_blank

LONGEST_FORM = 80
FEWEST_LABELS = 5
FEWEST_HEADINGS = 3


def tables_in(table: RawTable, names: Spellings, every: Spellings) -> list[RawTable]:
    """Return the tables of a sheet: one record for a form, else one for each row of other headings.

    `names` are those of the ledger's own facts, `every` those of its lists as well.
    """
    form = _form(table, names)
    if form is not None:
        return [form]
    first = heading_row(table, names)
    if first is None or table.mark != "!":
        return [table]
    starts, below = [], []
    for row in table.rows():
        if row.number > first.number and isinstance(
            start := next((c for c in row.cells if not is_blank(c)), None), str
        ):
            if "单位" in start:
                below.append(row)
            if _begins(row, first, every):
                starts.append(row.number)
    table = replace(table, below=tuple(below))
    ends = [0, *starts, 0]
    return [_between(table, a, b) for a, b in pairwise(ends)] if starts else [table]


def _begins(row: RawRow, first: RawRow, names: Spellings) -> bool:
    """Return whether a row below the headings is the headings of another table."""
    start = next((c for c in row.cells if not is_blank(c)), None)
    if not isinstance(start, str) or not named_facts(start, names):
        return False
    filled = [c for c in row.cells if not is_blank(c)]
    known = sum(isinstance(c, str) and bool(named_facts(c, names)) for c in filled)
    again = sum(c == first.cell(i) for i, c in enumerate(row.cells) if not is_blank(c))
    return known >= FEWEST_HEADINGS and known * 2 > len(filled) and again * 2 < len(filled)


def _between(table: RawTable, start: int, end: int) -> RawTable:
    """Return the part of a sheet from one row up to another (0: to its end)."""

    def rows() -> Iterator[RawRow]:
        return (r for r in table.rows() if r.number >= start and (not end or r.number < end))

    notices = table.notices if not start else ()
    return RawTable(table.name, rows, table.mark, table.size, table.hidden, notices, table.below)


def _form(table: RawTable, names: Spellings) -> RawTable | None:
    """Return a form as a table of one row, each value with its own place; None where the sheet is none."""
    rows = list(islice(table.rows(), LONGEST_FORM + 1))
    if len(rows) > LONGEST_FORM or len(rows) < FEWEST_LABELS:
        return None
    pairs = [pair for row in rows for pair in _pairs(row, names)]
    facts = {key for label, _, _, _ in pairs for key in named_facts(label, names)}
    if len(facts) < FEWEST_LABELS or len(facts) <= 2 * max(known_headings(r, names) for r in rows):
        return None
    heads = RawRow(rows[0].number, tuple(label for label, _, _, _ in pairs))
    places = {i: table.place(number, column) for i, (_, _, number, column) in enumerate(pairs)}
    record = RawRow(rows[0].number + 1, tuple(value for _, value, _, _ in pairs), places=places)
    above: Callable[[], Iterator[RawRow]] = lambda: iter((heads, record))  # noqa: E731
    return RawTable(table.name, above, table.mark, 2, table.hidden, table.notices)


def _pairs(row: RawRow, names: Spellings) -> Iterator[tuple[str, Any, int, int]]:
    """Yield the labels of a line with the value at the right of each, and where that stands."""
    at = 0
    while at < len(row.cells):
        label = row.cell(at)
        at = max(at, row.across.get(at, at)) + 1
        if not isinstance(label, str) or not named_facts(label, names):
            continue
        value = row.cell(at)
        if isinstance(value, str) and named_facts(value, names) and at + 1 < len(row.cells):
            value = ""
        else:
            yield label, value, row.number, at
            at += 1
            continue
        yield label, value, row.number, at
