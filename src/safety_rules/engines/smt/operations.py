"""Operations on symbolic values: what each node of the tree does once its parts are read."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import z3

from safety_rules.engines.smt import days, numbers
from safety_rules.engines.smt.days import Day
from safety_rules.engines.smt.logic import Condition, Truths, conjunction, disjunction, negation
from safety_rules.engines.smt.numbers import Quotient
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.engines.smt.values import (
    MOST_CASES,
    UNKNOWN,
    Cases,
    Members,
    Symbolic,
    mapped,
    merged,
    one_case,
    paired,
)
from safety_rules.language.expr import Expr, FactRef, ItemField
from safety_rules.language.kinds import Boolean, Choices, Kind
from safety_rules.language.operators import FUNCTIONS, TEXT_TESTS, Algebra
from safety_rules.language.rule import Derivation
from safety_rules.semantics.reads import walk_through


def nothing(kind: Kind) -> Symbolic:
    """Return the value that is never known."""
    if isinstance(kind, Boolean):
        return Truths(False, False)
    return Members(False, {}) if isinstance(kind, Choices) else UNKNOWN


def by_guard(kind: Kind, found: list[tuple[Any, Symbolic]]) -> Symbolic:
    """Return the value of the entry whose guard holds."""
    if isinstance(kind, Boolean):
        parts = [(g, v) for g, v in found if isinstance(v, Truths)]
        return Truths(
            disjunction(*(conjunction(g, v.true) for g, v in parts)),
            disjunction(*(conjunction(g, v.false) for g, v in parts)),
        )
    if isinstance(kind, Choices):
        lists = [(g, v) for g, v in found if isinstance(v, Members)]
        keys = dict.fromkeys(k for _, v in lists for k in v.members)
        inside = {k: disjunction(*(g for g, v in lists if k in v.members)) for k in keys}
        return Members(disjunction(*(g for g, _ in lists)), inside)
    return merged((conjunction(g, c), v) for g, cases_ in found if isinstance(cases_, Cases) for c, v in cases_.cases)


def ordered(op: str, a: Cases, b: Cases, definitions: list[Condition]) -> Truths:
    """Return the comparison of two numbers or two days."""
    if any(isinstance(v, Day) for _, v in (*a.cases, *b.cases)):
        parts = [(conjunction(g, h), days.compared(op, x, y, definitions)) for g, x in a.cases for h, y in b.cases]
    else:
        a, b = (one_case(s) if len(a.cases) * len(b.cases) > MOST_CASES else s for s in (a, b))
        parts = [(conjunction(g, h), numbers.compared(op, x, y)) for g, x in a.cases for h, y in b.cases]
    holds = disjunction(*(conjunction(g, c) for g, c in parts))
    fails = disjunction(*(conjunction(g, negation(c)) for g, c in parts))
    return Truths(holds, fails)


def same_words(a: Cases, b: Cases) -> Cases:
    """Return the texts or choices on which two agree."""
    others = {v: g for g, v in b.cases}
    return Cases(tuple((conjunction(g, others[v]), v) for g, v in a.cases if v in others))


def inside_of(item: Cases, container: Members) -> Truths:
    """Return whether a choice or text is in a list."""
    inside = disjunction(*(conjunction(g, container.members.get(v, False)) for g, v in item.cases))
    outside = disjunction(*(conjunction(g, negation(container.members.get(v, False))) for g, v in item.cases))
    return Truths(conjunction(container.known, inside), conjunction(container.known, outside))


def operated(op: str, a: Cases, b: Cases) -> Cases:
    """Return a sum, difference, product or quotient; a quotient by zero is unknown."""
    match op:
        case "+":
            return paired(a, b, numbers.total)
        case "-":
            return paired(a, b, lambda x, y: numbers.total(x, numbers.negative(y)))
        case "*":
            return paired(a, b, numbers.product)
        case "/":
            return paired(a, b, _divided)
        case _:
            raise TypeError(op)


def _divided(a: Quotient, b: Quotient) -> Any:
    """Return the quotient where the divisor is not zero; it is unknown where it is."""
    if isinstance(b.top, Fraction):
        return None if b.top == 0 else numbers.product(a, numbers.inverse(b))
    not_zero = True if b.top_positive else b.top != 0
    return not_zero, numbers.product(a, numbers.inverse(b))


def days_between(a: Day, b: Day, definitions: list[Condition]) -> Quotient:
    """Return how many days one day is after another."""
    if a.settled is not None and b.settled is not None:
        return numbers.constant(Fraction(a.settled - b.settled))
    return Quotient(z3.ToReal(days.number_of(a, definitions) - days.number_of(b, definitions)))


def number_of_day(day: Day, definitions: list[Condition]) -> Any:
    """Return a day as a term."""
    found = days.number_of(day, definitions)
    return z3.IntVal(found) if isinstance(found, int) else found


def called(function: str, arguments: list[Cases], definitions: list[Condition]) -> Symbolic:
    """Return the value of a function; what its days need to be defined goes to `definitions`."""
    row, zero = FUNCTIONS[function], numbers.constant(Fraction(0))
    if row.above_zero is not None:
        step = arguments[row.above_zero].cases
        arguments[row.above_zero] = Cases(tuple((conjunction(g, numbers.compared(">", v, zero)), v) for g, v in step))
    if row.apart is not None:
        start, end = row.apart
        differ = ordered("!=", arguments[start], arguments[end], definitions).true
        arguments[end] = Cases(tuple((conjunction(g, differ), v) for g, v in arguments[end].cases))
    found: Symbolic = row.meaning(_algebra(definitions), *arguments)
    return found


def _algebra(definitions: list[Condition]) -> Algebra:
    """Return what symbolic values can do."""
    none = Cases(((True, numbers.constant(Fraction(0))),))

    def calendar(day: Cases) -> tuple[Cases, ...]:
        parts = [(g, days.calendar_of(d, definitions)) for g, d in day.cases]
        return tuple(merged((g, Quotient(found[i])) for g, found in parts) for i in range(4))

    def moved(day: Day, count: Quotient) -> Day:
        if count.constant is not None:
            return days.later_by(day, count.constant, False, False)
        return Day(days.clamped(days.number_of(day, definitions) + z3.ToInt(numbers.real(count.top))))

    def worked(day: Cases) -> Cases:
        parts = [(g, *days.working_days(d, definitions)) for g, d in day.cases]
        return merged((conjunction(g, known), Quotient(count)) for g, known, count in parts)

    return Algebra(
        constant=lambda number: Cases(((True, numbers.constant(number)),)),
        stands=lambda op, a, b: ordered(op, a, b, definitions),
        operated=operated,
        absolute=lambda a: _chosen(">=", a, none, a, mapped(a, numbers.negative)),
        floor=lambda a: mapped(a, numbers.floor),
        chosen=_chosen,
        days=lambda later, earlier: paired(later, earlier, lambda a, b: days_between(a, b, definitions)),
        calendar=calendar,  # type: ignore[arg-type]
        weekday=lambda day: mapped(day, lambda d: Quotient(days.weekday_of(d, definitions))),
        moved=lambda day, count: paired(day, count, moved),
        workdays=worked,
        length=_not_put,
        asked=_asked,
    )


def _chosen(op: str, a: Cases, b: Cases, then: Cases, otherwise: Cases) -> Cases:
    """Return one value where two numbers stand so to each other, the other where they do not."""
    test = ordered(op, a, b, [])
    arms = ((test.true, then), (test.false, otherwise))
    return merged((conjunction(holds, guard), value) for holds, arm in arms for guard, value in arm.cases)


def _not_put(text: Cases) -> Cases:
    raise NotLowered("text-function")


def _asked(test: str, text: Cases, other: Cases) -> Truths:
    """Return whether a text is as a function asks of it and another, which is written."""
    holds, part = TEXT_TESTS[test], other.cases[0][1]
    return Truths(
        disjunction(*(g for g, v in text.cases if holds(v, part))),
        disjunction(*(g for g, v in text.cases if not holds(v, part))),
    )


def facts_read(expr: Expr, derivations: Mapping[str, Derivation]) -> set[str]:
    """Return the keys of the facts that an expression reads, through derivations."""
    return {n.key for n in walk_through(expr, derivations, set()) if isinstance(n, FactRef | ItemField)}
