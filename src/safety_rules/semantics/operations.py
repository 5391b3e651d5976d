"""What operators and functions give for values that are known."""

from __future__ import annotations

import calendar
import datetime
from fractions import Fraction
from typing import Any

from safety_rules.language.expr import Expr, kind_of
from safety_rules.language.kinds import Number


def compare(op: str, a: Any, b: Any) -> bool:
    """Return the comparison of two known values of one kind."""
    match op:
        case "<":
            return bool(a < b)
        case "<=":
            return bool(a <= b)
        case "==":
            return bool(a == b)
        case "!=":
            return bool(a != b)
        case ">=":
            return bool(a >= b)
        case ">":
            return bool(a > b)
        case _:
            raise TypeError(op)


def operate(op: str, a: Any, b: Any) -> Any:
    """Return the sum, difference, product or quotient of two numbers (the divisor is not zero)."""
    match op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b
        case _:
            raise TypeError(op)


def in_months(period: Expr) -> bool:
    """Return whether a period is one of months, not of days."""
    kind = kind_of(period)
    return isinstance(kind, Number) and kind.unit.dimension == (("month", 1),)


def shifted(day: datetime.date, period: Fraction, months: bool, backwards: bool) -> Any:
    """Return the day moved by whole days, or by calendar months and clamped to the month's end.

    A move beyond the calendar's years 1 to 9999 stops at its end.
    """
    count = -int(period) if backwards else int(period)
    try:
        if not months:
            return day + datetime.timedelta(days=count)
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return datetime.date.min if count < 0 else datetime.date.max


def folded(fold: str, values: tuple[Any, ...]) -> Any:
    """Return the sum, count, smallest or largest of known values."""
    match fold:
        case "sum":
            return sum(values, Fraction(0))
        case "count":
            return Fraction(len(values))
        case "min":
            return min(values)
        case "max":
            return max(values)
        case _:
            raise TypeError(fold)


def call(function: str, *arguments: Any) -> Any:
    """Return the value of a function on known arguments."""
    match function:
        case "starts_with":
            return arguments[0].startswith(arguments[1])
        case "min":
            return min(arguments)
        case "max":
            return max(arguments)
        case "abs":
            return abs(arguments[0])
        case _:
            raise TypeError(function)
