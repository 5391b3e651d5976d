"""What functions of the language come to while facts are blank: by their corners, or by their meaning over bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from safety_rules.language.bounds import (
    DAYS,
    EITHER,
    INFINITE,
    MOST_VALUES,
    NEVER,
    ZERO,
    Among,
    Between,
    Bounded,
    between,
    can,
    compared,
    doubted,
    ends,
    finite,
    highest,
    hull,
    is_whole,
    just,
    only,
    operated,
)
from safety_rules.language.operators import FUNCTIONS, KNOWN, Algebra, Function, shifted


def called(row: Function, arguments: Sequence[Bounded]) -> Bounded:
    """Return what a function can be: by the corners where it only rises, else by its meaning over bounds."""
    unsure = any(a.unsure for a in arguments)
    if row.above_zero is not None:
        step = ends(arguments[row.above_zero])
        if step is None:
            return NEVER
        unsure = unsure or not (step[0] is not None and (step[0] > 0 or (step[0] == 0 and step[1])))
        if step[2] is not None and step[2] <= 0:
            return NEVER
    if row.apart is not None:
        true, false, open_ = can(compared("!=", *(arguments[i] for i in row.apart)))
        if not true:
            return NEVER
        unsure = unsure or false or open_
    known = [only(replace(a, unsure=False)) for a in arguments]
    if None not in known:
        value = row.value(*known)
        return NEVER if value is None else doubted(just(value), unsure)
    moving = [i for i, value in enumerate(known) if value is None]
    if row.rises and all(i in row.rises for i in moving):
        return _cornered(row, arguments, unsure)
    return doubted(row.meaning(BOUNDS, *arguments), unsure)


def _cornered(row: Function, arguments: Sequence[Bounded], unsure: bool) -> Bounded:
    found = [ends(a) for a in arguments]
    if any(e is None for e in found):
        return NEVER
    lows = [-INFINITE if e is None or e[0] is None else e[0] for e in found]
    highs = [INFINITE if e is None or e[2] is None else e[2] for e in found]
    return between(_corner(row, lows), _corner(row, highs), False, False, False, unsure)


def _corner(row: Function, values: Sequence[Any]) -> Any:
    try:
        return finite(row.value(*values))
    except (OverflowError, ValueError):
        return None


def _absolute(a: Bounded) -> Bounded:
    found = ends(a)
    if found is None:
        return NEVER
    if isinstance(a, Among) and len(a.values) <= MOST_VALUES:
        return Among(frozenset(abs(v) for v in a.values), a.unsure)
    low, low_open, high, high_open = found
    if low is not None and low >= 0:
        return a
    far, far_open = highest([(high, high_open), (None if low is None else -low, low_open)])
    near = (-high, high_open) if high is not None and high < 0 else (ZERO, False)
    return between(near[0], far, near[1], far_open, is_whole(a), a.unsure)


def _floor(a: Bounded) -> Bounded:
    found = ends(a)
    if found is None:
        return NEVER
    if isinstance(a, Among) and len(a.values) <= MOST_VALUES:
        return Among(frozenset(Fraction(math.floor(v)) for v in a.values), a.unsure)
    return between(
        None if found[0] is None else Fraction(math.floor(found[0])),
        None if found[2] is None else Fraction(math.floor(found[2])), False, False, True, a.unsure,
    )  # fmt: skip


def _chosen(op: str, a: Bounded, b: Bounded, x: Bounded, y: Bounded) -> Bounded:
    true, false, unsure = can(compared(op, a, b))
    return doubted(hull([*([x] if true else []), *([y] if false else [])]), unsure)


def _days(later: Bounded, earlier: Bounded) -> Bounded:
    x, y = ends(later), ends(earlier)
    if x is None or y is None:
        return NEVER
    low, high = Fraction((x[0] - y[2]).days), Fraction((x[2] - y[0]).days)
    return between(low, high, False, False, True, later.unsure or earlier.unsure)


def _calendar(day: Bounded) -> tuple[Bounded, Bounded, Bounded, Bounded]:
    """Return the year, month, day of the month and length of the month that a day can have."""
    known, found = only(replace(day, unsure=False)), ends(day)
    if known is not None:
        year, month, of_month, length = map(just, KNOWN.calendar(known))
        return year, month, of_month, length
    if found is None:
        return NEVER, NEVER, NEVER, NEVER
    first, last = found[0], found[2]
    months = _whole(first.month, last.month) if first.year == last.year else _whole(1, 12)
    return _whole(first.year, last.year), months, _whole(1, 31), _whole(28, 31)


def _weekday(day: Bounded) -> Bounded:
    known = only(replace(day, unsure=False))
    return NEVER if ends(day) is None else _whole(1, 7) if known is None else just(KNOWN.weekday(known))


def _whole(low: int, high: int) -> Bounded:
    return between(Fraction(low), Fraction(high), False, False, True)


def _length(text: Bounded) -> Bounded:
    if not isinstance(text, Among):
        return Between(ZERO, whole=True)
    return Among(frozenset(KNOWN.length(t) for t in text.values))


def _asked(test: str, a: Bounded, b: Bounded) -> Bounded:
    if not isinstance(a, Among) or not isinstance(b, Among):
        return EITHER
    return Among(frozenset(KNOWN.asked(test, x, y) for x in a.values for y in b.values))


BOUNDS = Algebra(
    constant=just,
    stands=compared,
    operated=operated,
    absolute=_absolute,
    floor=_floor,
    chosen=_chosen,
    days=_days,
    calendar=_calendar,
    weekday=_weekday,
    moved=lambda day, days: moved(day, days, partial(shifted, months=False, backwards=False)),
    workdays=lambda day: Between(whole=True, unsure=True),  # a year may have no table
    length=_length,
    asked=_asked,
)
"""What bounds can do, from which the meaning of every function over them is made."""


def days_between(later: Bounded, earlier: Bounded) -> Bounded:
    """Return the days from one day to another."""
    return called(FUNCTIONS["days_between"], [later, earlier])


def moved(day: Bounded, period: Bounded, shift: Callable[[Any, Any], Any]) -> Bounded:
    """Return a day moved by a period, where `shift` moves a known one: later by more, or earlier by more."""
    unsure = day.unsure or period.unsure
    x, y = ends(day), ends(period)
    if x is None or y is None:
        return NEVER
    if y[0] is None or y[2] is None:
        return doubted(DAYS, unsure)
    reached = [shift(d, p) for d in (x[0], x[2]) for p in (y[0], y[2])]
    return between(min(reached), max(reached), False, False, False, unsure)
