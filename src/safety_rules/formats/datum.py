"""A cell under a heading as data for admission."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from safety_rules.formats.headings import Column
from safety_rules.formats.table import cell_text, usable
from safety_rules.language.kinds import Date, Name, Number
from safety_rules.semantics.admission.values import Unread

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
    shown, unit = cell_text(cell), column.unit.symbol
    message = Name(
        f"表头没有写单位，按表上单位{shown}{unit}与实际相差悬殊，请核对单位是{unit}还是{own.symbol}",
        f"without a unit in the heading, {shown} {unit} is out of all proportion: is it {unit} or {own.symbol}?",
    )
    return Unread(shown, "assumed-unit", message)


def plain_number(cell: Any) -> Fraction | None:
    """Return a cell as a number where it is one and states no unit; else None."""
    text = cell_text(cell).replace(",", "")
    return Fraction(text) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) else None
