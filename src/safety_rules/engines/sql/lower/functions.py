"""What the numbers, days and texts of SQL can do, from which every function of the language is written."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from safety_rules.engines.sql.dialect import double
from safety_rules.engines.sql.exactness import doubles as numbers
from safety_rules.engines.sql.exactness.doubles import Number
from safety_rules.engines.sql.lower import terms
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.spelling import normal_text, odd_text
from safety_rules.language import workdays
from safety_rules.language.expr import Call
from safety_rules.language.operators import FUNCTIONS, ORDERS, Algebra

MOST_COUNTED, MOST_TIMES, MOST_IN_PLACE = 10**12, 1000, 20_000


def called(expr: Call, w: Writer) -> Any:
    """Return the value of a function: a number, or SQL; NULL where it is unknown."""
    row = FUNCTIONS[expr.function]
    arguments: list[Any] = [
        terms.held(w.number(a), w) if terms.is_number(a) else terms.short(w.value(a), w) for a in expr.arguments
    ]
    for i, taken in enumerate(row.takes):
        if taken == "time" and arguments[i].constant is None:  # seconds of a day are whole, and exact as DOUBLE
            arguments[i] = numbers.counted(arguments[i].sql, w.dialect, False)
    if row.above_zero is not None:
        arguments[row.above_zero] = _above_zero(arguments[row.above_zero], w)
    if row.apart is not None:
        one, other = (arguments[i] for i in row.apart)
        if one.constant is None or other.constant is None or one.constant == other.constant:
            differ = w.keep(f"(CASE WHEN {_stands(w, '!=', one, other)} THEN {other.sql} END)")
            arguments[row.apart[1]] = numbers.counted(differ, w.dialect, False)
    found = row.meaning(_algebra(w), *arguments)
    if isinstance(found, Number) and len(found.sql) + len(found.size) > MOST_IN_PLACE:
        w.doubt("TRUE")  # within a list that has no columns, functions of functions of functions are left to be settled
        return terms.unknown(w.dialect)
    return found


def _algebra(w: Writer) -> Algebra:
    d = w.dialect
    return Algebra(
        constant=lambda number: numbers.constant(number, d),
        stands=partial(_stands, w),
        operated=partial(_operated, w),
        absolute=lambda a: numbers.absolute(a, d),
        floor=partial(_floor, w),
        chosen=partial(_chosen, w),
        days=lambda later, earlier: numbers.counted(d.days_between(later, earlier), d, True),
        calendar=partial(_calendar, w),  # type: ignore[arg-type]
        weekday=partial(_weekday, w),
        moved=lambda day, days: d.shift_days(day, days.sql),
        workdays=partial(_workdays, w),
        length=lambda text: numbers.counted(f"length({text})", d, False),
        asked=partial(_asked, w),
    )


def _stands(w: Writer, op: str, a: Number, b: Number) -> str:
    """Return whether one number stands so to another; NULL where one of the two is."""
    found = numbers.compared(op, a, b, w.dialect, w.keep)
    w.unsure(found.near, found.unsettled)
    return found.sql


def _asked(w: Writer, test: str, text: str, other: str) -> str:
    """Return whether a text is as a function asks; a spelling whose normal form SQL does not know goes back."""
    if test != "same_text":
        return w.dialect.asked[test](text, other)
    for sql in (text, other):
        w.doubt(f"coalesce({odd_text(sql, w.dialect)}, FALSE)")
    return f"({normal_text(text, w.dialect)} = {normal_text(other, w.dialect)})"


def _operated(w: Writer, op: str, a: Number, b: Number) -> Number:
    """Return a sum, difference, product or quotient; of counts, a sum, difference or small multiple is a count again."""
    found, doubts = numbers.operated(op, a, b, w.dialect)
    for doubt in doubts:
        w.doubt(doubt)
    small = op in ("+", "-") or (op == "*" and b.constant is not None and abs(b.constant) <= MOST_TIMES)
    counts = small and _is_count(a) and _is_count(b) and found.constant is None
    return numbers.counted(found.sql, w.dialect, True) if counts else found


def _is_count(a: Number) -> bool:
    """Return whether a number is whole, exact as DOUBLE, and far from where whole numbers are not."""
    return a.integral and a.roundings == 0 and (a.constant is None or abs(a.constant) <= MOST_COUNTED)


def _chosen(w: Writer, op: str, a: Number, b: Number, then: Number, otherwise: Number) -> Number:
    """Return one number where two stand so to each other, the other where they do not; NULL where one of the two is."""

    def written(x: str, y: str, first: str, second: str) -> str:
        known = f"{y} IS NOT NULL AND {x} IS NOT NULL"
        return f"(CASE WHEN {x} {ORDERS[op].sql} {y} THEN {first} WHEN {known} THEN {second} END)"

    sql = terms.once([a.sql, b.sql, then.sql, otherwise.sql], written, w)
    if _is_count(then) and _is_count(otherwise):
        return numbers.counted(sql, w.dialect, True)
    return numbers.either(sql, f"({then.size} + {otherwise.size})", [then, otherwise])


def _floor(w: Writer, a: Number) -> Number:
    """Return the largest whole number that is not above: the nearest, or where that is above, the one before it."""
    d = w.dialect
    if a.constant is not None:
        return numbers.constant(Fraction(a.constant.numerator // a.constant.denominator), d)
    sql = w.keep(a.sql)
    a = replace(a, sql=sql, size=sql if a.size == a.sql else a.size)
    w.doubt(f"(abs({sql}) > {double(float(MOST_COUNTED))})")
    nearest = numbers.counted(w.keep(f"round({sql})"), d, True)
    found = numbers.compared("<=", nearest, a, d, w.keep)
    w.unsure(found.near, found.unsettled)
    return numbers.counted(f"(CASE WHEN {found.sql} THEN {nearest.sql} ELSE {nearest.sql} - 1E0 END)", d, True)


def _above_zero(step: Number, w: Writer) -> Number:
    """Return a number where it is above zero, NULL where it is not."""
    if step.constant is not None:
        return step if step.constant > 0 else replace(step, sql=w.dialect.null("double"), constant=None)
    found = numbers.compared(">", step, numbers.constant(Fraction(0), w.dialect), w.dialect, w.keep)
    w.unsure(found.near, found.unsettled)
    sql = w.keep(f"(CASE WHEN {found.sql} THEN {step.sql} END)")
    return replace(step, sql=sql, size=sql if step.size in (step.sql, f"abs({step.sql})") else step.size, signed=False)


def _workdays(w: Writer, day: str) -> Number:
    """Return how many working days there are up to a day: weekdays, less free runs, and the worked days of weekends."""
    d, week, working = w.dialect, workdays.WEEK, workdays.WORKED_IN_A_WEEK
    n = w.keep(d.days_between(day, d.day(workdays.MONDAY)))
    parts = [f"floor({n} / {week}E0) * {working} + least({n} % {week} + 1, {working})"]
    parts += [f"- greatest(0, least({n} - {start - 1}, {length}))" for start, length in workdays.free_runs()]
    parts += [f"+ (CASE WHEN {n} >= {start} THEN 1 ELSE 0 END)" for start in workdays.worked()]
    first, last = workdays.number(workdays.FIRST), workdays.number(workdays.LAST)
    found = w.keep(f"(CASE WHEN {n} BETWEEN {first} AND {last} THEN {' '.join(parts)} END)")
    return numbers.counted(found, d, False)


def _calendar(w: Writer, day: str) -> tuple[Number, ...]:
    day = w.keep(day)
    parts = f"year({day})", f"month({day})", f"day({day})", f"day(last_day({day}))"
    return tuple(numbers.counted(part, w.dialect, False) for part in parts)


def _weekday(w: Writer, day: str) -> Number:
    n, week = w.keep(w.dialect.days_between(day, w.dialect.day(workdays.MONDAY))), workdays.WEEK
    return numbers.counted(f"(({n} % {week} + {week}) % {week} + 1)", w.dialect, False)
