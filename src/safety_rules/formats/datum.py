"""A cell under a heading as data for admission."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from safety_rules.formats.headings import Column
from safety_rules.formats.table import cell_text, usable
from safety_rules.language.kinds import Date, Number
from safety_rules.semantics.admission.values import Unread
from safety_rules.words.said import said

LIKELY = (10, 1_000_000)  # in the fact's own unit, where a line of the sheet gives another one


def datum(cell: Any, column: Column) -> Any:
    """Return a cell as data; a figure whose unit is only assumed, and would be out of all proportion, is unread."""
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


def plain_number(cell: Any) -> Fraction | None:
    """Return a cell as a number where it is one and states no unit; else None."""
    text = cell_text(cell).replace(",", "")
    return Fraction(text) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) else None
