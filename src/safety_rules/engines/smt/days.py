"""Days as numbers of the calendar: periods moved over to the other side of a comparison, exactly.

A day moved by a settled period never moves backwards against a later day, so comparing it with a
settled day is comparing the day itself with a threshold, which is searched for with the definition.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import z3

from safety_rules.engines.smt.logic import Condition, conjunction, negation
from safety_rules.language import workdays
from safety_rules.language.operators import KNOWN, ORDERS, shifted

FIRST, LAST = datetime.date.min.toordinal(), datetime.date.max.toordinal()
Period: TypeAlias = tuple[int, bool]  # how many, and whether months


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar's number `base` (an int, or a z3 Int), moved by settled periods in turn."""

    base: Any
    moves: tuple[Period, ...] = ()

    @property
    def key(self) -> tuple[Any, Any]:
        """What tells this day from others, as far as can be seen."""
        return (self.base if isinstance(self.base, int) else ("term", self.base.get_id())), self.moves

    @property
    def settled(self) -> int | None:
        """The day's number, where it is settled."""
        return _moved(self.base, self.moves) if isinstance(self.base, int) else None


def settled_day(day: datetime.date) -> Day:
    """Return a day that is settled."""
    return Day(day.toordinal())


def later_by(day: Day, count: Fraction, months: bool, backwards: bool) -> Day:
    """Return the day moved by a settled period."""
    step = -int(count) if backwards else int(count)
    return day if step == 0 else replace(day, moves=(*day.moves, (step, months)))


def _moved(number: int, moves: tuple[Period, ...]) -> int:
    day = datetime.date.fromordinal(number)
    for count, months in moves:
        day = shifted(day, Fraction(abs(count)), months, count < 0)
    return day.toordinal()


def compared(op: str, a: Day, b: Day, definitions: list[Condition]) -> Condition:
    """Return the comparison; what a day in months needs to be defined goes to `definitions`."""
    if a.settled is not None and b.settled is not None:
        return ORDERS[op].value(a.settled, b.settled)
    if b.settled is not None:
        return _threshold(op, a, b.settled)
    if a.settled is not None:
        return _threshold(ORDERS[op].turned, b, a.settled)
    return ORDERS[op].value(number_of(a, definitions), number_of(b, definitions))


def _threshold(op: str, day: Day, other: int) -> Condition:
    """Return the comparison of a moved day with a settled one, as bounds on the day before it moves."""
    at_least = _from(day, _first(day.moves, other))
    above = _from(day, _first(day.moves, other + 1))
    exactly = conjunction(at_least, negation(above))
    return {
        "<": negation(at_least), "<=": negation(above), "==": exactly, "!=": negation(exactly),
        ">=": at_least, ">": above,
    }[op]  # fmt: skip


def _from(day: Day, first: int) -> Condition:
    if first <= FIRST:
        return True
    return False if first > LAST else day.base >= first


def _first(moves: tuple[Period, ...], other: int) -> int:
    """Return the first day that, moved, is at or after the other; past the calendar's end where none is."""
    low, high = FIRST, LAST + 1
    while low < high:
        middle = (low + high) // 2
        if _moved(middle, moves) >= other:
            high = middle
        else:
            low = middle + 1
    return low


def number_of(day: Day, definitions: list[Condition]) -> Any:
    """Return the day's number as a term; a move by months is defined through years and months."""
    term = day.base
    for count, months in day.moves:
        term = moved_term(term, z3.IntVal(count), definitions) if months else clamped(term + count)
    return term


def clamped(term: Any) -> Any:
    """Return a day's number, stopped at the calendar's ends."""
    return z3.If(term < FIRST, z3.IntVal(FIRST), z3.If(term > LAST, z3.IntVal(LAST), term))


def moved_term(day: Any, months: Any, definitions: list[Condition]) -> Any:
    """Return the number of a day moved by calendar months and clamped to the month's end."""
    year, month, number = _parts(z3.IntVal(day) if isinstance(day, int) else day, definitions)
    index = year * 12 + month - 1 + months
    to_year, to_month = index / 12, index % 12 + 1
    length = _length(to_year, to_month)
    found = _before(to_year, to_month) + z3.If(number < length, number, length)
    return z3.If(to_year < 1, z3.IntVal(FIRST), z3.If(to_year > 9999, z3.IntVal(LAST), found))


def _parts(term: Any, definitions: list[Condition]) -> tuple[Any, Any, Any]:
    """Return year, month and day of the month as new terms that the definitions tie to the day."""
    tag = term.get_id()
    year, month, number = (z3.Int(f"{part} of {tag}") for part in ("year", "month", "day"))
    tied = [
        year >= 1, year <= 9999, month >= 1, month <= 12, number >= 1, number <= _length(year, month),
        term == _before(year, month) + number,
    ]  # fmt: skip
    inside = z3.And(term >= FIRST, term <= LAST)
    definitions.append(z3.Implies(inside, z3.And(*tied)))
    return year, month, number


def calendar_of(day: Day, definitions: list[Condition]) -> tuple[Any, ...]:
    """Return a day's year, month, day of the month, and the length of that month, as terms of numbers."""
    if day.settled is not None:
        return KNOWN.calendar(datetime.date.fromordinal(day.settled))
    year, month, number = _parts(number_of(day, definitions), definitions)
    return tuple(z3.ToReal(part) for part in (year, month, number, _length(year, month)))


def weekday_of(day: Day, definitions: list[Condition]) -> Any:
    """Return a day's number in its week, from 1 for Monday, as a term or a number; the calendar's first day is a Monday."""
    if day.settled is not None:
        return KNOWN.weekday(datetime.date.fromordinal(day.settled))
    return z3.ToReal((number_of(day, definitions) - FIRST) % workdays.WEEK + 1)


LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _leap(year: Any) -> Any:
    return z3.And(year % 4 == 0, z3.Or(year % 100 != 0, year % 400 == 0))


def _length(year: Any, month: Any) -> Any:
    short = z3.Or(*(month == m for m in (4, 6, 9, 11)))
    return z3.If(month == 2, z3.If(_leap(year), 29, 28), z3.If(short, z3.IntVal(30), z3.IntVal(31)))


def _before(year: Any, month: Any) -> Any:
    """Return how many days of the calendar lie before the first of a month."""
    past = year - 1
    days = 365 * past + past / 4 - past / 100 + past / 400
    in_year = z3.IntVal(sum(LENGTHS[:11]))
    for m in range(11, 0, -1):
        in_year = z3.If(month == m, z3.IntVal(sum(LENGTHS[: m - 1])), in_year)
    return days + in_year + z3.If(z3.And(month > 2, _leap(year)), z3.IntVal(1), z3.IntVal(0))


def within(day: Day, since: datetime.date | None, until: datetime.date | None) -> Condition:
    """Return whether a day lies within a period, its ends included."""
    parts: list[Condition] = []
    if since is not None:
        parts.append(compared(">=", day, settled_day(since), []))
    if until is not None:
        parts.append(compared("<=", day, settled_day(until), []))
    return conjunction(*parts)


def either_day(cases: list[tuple[Condition, Day]], definitions: list[Condition]) -> Any:
    """Return one term that is each case's day where its condition holds."""
    term: Any = None
    for guard, day in reversed(cases):
        number = z3.IntVal(day.settled) if day.settled is not None else number_of(day, definitions)
        term = (
            number if term is None else z3.If(guard if not isinstance(guard, bool) else z3.BoolVal(guard), number, term)
        )
    return term


def working_days(day: Day, definitions: list[Condition]) -> tuple[Condition, Any]:
    """Return whether a day's year has its table, and the number of working days up to it, as a term or a number."""
    if day.settled is not None:
        settled = datetime.date.fromordinal(day.settled)
        known = workdays.is_known(settled)
        return known, Fraction(workdays.working_days_up_to(settled)) if known else Fraction(0)
    n = number_of(day, definitions) - workdays.MONDAY.toordinal()
    term = n / workdays.WEEK * workdays.WORKED_IN_A_WEEK + _least(n % workdays.WEEK + 1, workdays.WORKED_IN_A_WEEK)
    for start, length in workdays.free_runs():
        term = term - z3.If(n < start, 0, _least(n - start + 1, length))
    for start in workdays.worked():
        term = term + z3.If(n >= start, 1, 0)
    inside = z3.And(n >= workdays.number(workdays.FIRST), n <= workdays.number(workdays.LAST))
    return inside, z3.ToReal(term)


def _least(term: Any, most: int) -> Any:
    return z3.If(term < most, term, z3.IntVal(most))
