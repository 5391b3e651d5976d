"""A cell under a heading as data for admission, held against the other columns of its fact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from safety_rules.formats.headings import Column, Columns
from safety_rules.formats.table import RawRow, cell_text, folded, is_blank, plain_number, usable
from safety_rules.language.kinds import Date, Number
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.values import absent
from safety_rules.words.said import said

LIKELY = (10, 1_000_000)  # in the fact's own unit, where a line of the sheet gives another one


def agreed(cell: Any, column: Column, found: Columns, row: RawRow) -> Any:
    """Return a cell; it is unread where another column of the same fact says something else in this row."""
    for other in (c for c in found.doubled if c.fact.key == column.fact.key):
        beside = row.merged.get(other.index, row.cell(other.index))
        if not is_blank(beside) and not absent(usable(beside), column.fact.blank_words):
            if _amount(cell, column) != _amount(beside, other):
                shown = f"{cell_text(cell)} | {cell_text(beside)}"
                return Unread(shown, said("columns-differ", one=column.heading, other=other.heading, shown=shown))
    return cell


def _amount(cell: Any, column: Column) -> Fraction | str:
    """Return a cell so that two of one fact can be compared: a number in the fact's unit, or its folded text."""
    amount = plain_number(cell) if isinstance(column.fact.kind, Number) and column.unit_at is None else None
    if amount is None or not isinstance(column.fact.kind, Number):
        return folded(cell_text(cell))
    return amount if column.unit is None else amount * column.unit.factor_to(column.fact.kind.unit)


def datum(cell: Any, column: Column, row: RawRow) -> Any:
    """Return a cell as data; a figure whose unit is only assumed, and would be out of all proportion, is unread."""
    if column.marks:
        return {"1": "是", "0": "否"}.get(folded(cell_text(cell)), usable(cell))
    if column.unit_at is not None and not isinstance(cell, Unread):
        unit = cell_text(row.merged.get(column.unit_at, row.cell(column.unit_at)))
        return f"{cell_text(cell)} {unit}" if unit else Unread(cell_text(cell), said("unit-blank"))
    if column.foreign and column.unit is not None and not isinstance(cell, Unread):
        text = cell_text(cell)
        return text if text.endswith(column.unit.symbol) else f"{text} {column.unit.symbol}"
    if isinstance(column.fact.kind, Date) and isinstance(cell, int | float) and float(cell).is_integer():
        return str(int(cell))
    if not column.assumed or column.unit is None or column.fact.key.count(".") > 1:
        return usable(cell)
    assert isinstance(column.fact.kind, Number)
    own, amount = column.fact.kind.unit, plain_number(cell)
    if amount is None or amount == 0 or LIKELY[0] <= abs(amount * column.unit.factor_to(own)) <= LIKELY[1]:
        return usable(cell)
    shown = cell_text(cell)
    return Unread(shown, said("unit-doubted", shown=shown, unit=column.unit.symbol, own=own.symbol))
