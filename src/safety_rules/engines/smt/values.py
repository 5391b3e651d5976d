"""The value of an expression on every record at once: cases with conditions, at most one of which holds.

Unknown is where no case holds. Cases of one value are one case, so that a table of ninety rows with a
dozen figures is a dozen cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import z3

from safety_rules.engines.smt.days import Day, either_day, settled_day
from safety_rules.engines.smt.logic import Condition, Truths, conjunction, disjunction, negation
from safety_rules.engines.smt.numbers import ONE, Quotient, constant, real

MOST_CASES = 48


@dataclass(frozen=True, slots=True)
class Cases:
    """A number (Quotient), day (Day), or text or choice (str), by conditions that exclude one another."""

    cases: tuple[tuple[Condition, Any], ...]

    @property
    def known(self) -> Condition:
        """When there is a value."""
        return disjunction(*(guard for guard, _ in self.cases))


@dataclass(frozen=True, slots=True)
class Members:
    """A list of choices: when it is known, and which are in it (in no order, each once)."""

    known: Condition
    members: Mapping[str, Condition]


@dataclass(frozen=True, slots=True)
class Slot:
    """One record that a list may hold; the list is as long as its present slots."""

    path: str
    present: Condition


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of records: when it is known, and its slots."""

    known: Condition
    slots: tuple[Slot, ...]


Symbolic: TypeAlias = Truths | Cases | Members | Listing
UNKNOWN = Cases(())


def key_of(value: Any) -> Any:
    """Return what two equal values share."""
    return value if isinstance(value, str) else (type(value).__name__, value.key)


def merged(cases: Iterable[tuple[Condition, Any]]) -> Cases:
    """Return the cases with those of one value put together."""
    found: dict[Any, tuple[list[Condition], Any]] = {}
    for guard, value in cases:
        if guard is not False:
            found.setdefault(key_of(value), ([], value))[0].append(guard)
    return Cases(tuple((disjunction(*guards), value) for guards, value in found.values()))


def settled(value: Any) -> Symbolic:
    """Return the symbolic value of a known one."""
    if isinstance(value, bool):
        return Truths(value, not value)
    if isinstance(value, Fraction):
        return Cases(((True, constant(value)),))
    if isinstance(value, tuple):
        return Members(True, dict.fromkeys(value, True))
    return Cases(((True, value if isinstance(value, str) else settled_day(value)),))


def paired(a: Cases, b: Cases, result: Callable[[Any, Any], Any]) -> Cases:
    """Return the result over each pair of cases; a result of None is unknown."""
    if len(a.cases) * len(b.cases) > MOST_CASES:
        a, b = (one_case(a), b) if _settled_count(a) < _settled_count(b) else (a, one_case(b))
    found = []
    for ga, va in a.cases:
        for gb, vb in b.cases:
            guard = conjunction(ga, gb)
            made = result(va, vb) if guard is not False else None
            if made is not None:
                found.append((guard, made) if not isinstance(made, tuple) else (conjunction(guard, made[0]), made[1]))
    return merged(found)


def _settled_count(a: Cases) -> int:
    """Return how many cases are lost as settled numbers when they become one term."""
    return sum(isinstance(v, Quotient) and v.constant is not None for _, v in a.cases)


def mapped(a: Cases, result: Callable[[Any], Any]) -> Cases:
    """Return the result over each case."""
    return merged((guard, result(value)) for guard, value in a.cases)


def one_case(a: Cases) -> Cases:
    """Return numbers as a single case: one term that chooses."""
    if len(a.cases) <= 1 or not isinstance(a.cases[0][1], Quotient):
        return a
    top = _chosen([(g, v.top) for g, v in a.cases])
    plain = all(isinstance(v.bottom, Fraction) and v.bottom == ONE for _, v in a.cases)
    bottom = ONE if plain else _chosen([(g, v.bottom) for g, v in a.cases])
    positive = all(v.top_positive for _, v in a.cases), all(v.bottom_positive for _, v in a.cases)
    return Cases(((a.known, Quotient(top, bottom, *positive)),))


def _chosen(cases: list[tuple[Condition, Any]]) -> Any:
    term = real(cases[-1][1])
    for guard, value in reversed(cases[:-1]):
        term = real(value) if guard is True else z3.If(guard, real(value), term)
    return term


def one_day(a: Cases, definitions: list[Condition]) -> Cases:
    """Return days as a single case."""
    return a if len(a.cases) <= 1 else Cases(((a.known, Day(either_day(list(a.cases), definitions))),))


def chosen(test: Truths, a: Symbolic, b: Symbolic, equal: Callable[[Cases, Cases], Cases]) -> Symbolic:
    """Return `a if test else b`; where the test is unknown, the value on which both agree."""
    if isinstance(a, Truths) and isinstance(b, Truths):
        return Truths(_consensus(test, a.true, b.true), _consensus(test, a.false, b.false))
    assert isinstance(a, Cases)
    assert isinstance(b, Cases)
    open_test = conjunction(negation(test.true), negation(test.false))
    agreed = equal(a, b) if open_test is not False else UNKNOWN
    arms = ((test.true, a), (test.false, b), (open_test, agreed))
    return merged((conjunction(there, guard), value) for there, arm in arms for guard, value in arm.cases)


def _consensus(test: Truths, a: Condition, b: Condition) -> Condition:
    return disjunction(conjunction(test.true, a), conjunction(test.false, b), conjunction(a, b))
