"""Exact numbers as quotients of z3 terms: divisors are multiplied out, never handed to the solver."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import z3

from safety_rules.engines.smt.logic import Condition, conjunction, disjunction, negation
from safety_rules.language.operators import ORDERS

Term: TypeAlias = Any  # a Fraction, or a z3 ArithRef of sort Real

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Quotient:
    """`top / bottom`, where `bottom` is not zero; the flags say that a part is surely above zero.

    `counted` are the conditions that a count counts, so that comparing it needs no sum.
    """

    top: Term
    bottom: Term = ONE
    top_positive: bool = False
    bottom_positive: bool = True
    counted: tuple[Condition, ...] | None = None

    @property
    def key(self) -> tuple[Any, Any]:
        """What tells this number from others, as far as can be seen."""
        return _term_key(self.top), _term_key(self.bottom)

    @property
    def constant(self) -> Fraction | None:
        """The number, where it is settled."""
        return self.top if isinstance(self.top, Fraction) and self.bottom == ONE else None


def _term_key(term: Term) -> Any:
    return term if isinstance(term, Fraction) else ("term", term.get_id())


def constant(value: Fraction) -> Quotient:
    """Return a settled number."""
    return Quotient(value, top_positive=value > 0)


def real(term: Term) -> Any:
    """Return a term as z3 takes it."""
    return z3.Q(term.numerator, term.denominator) if isinstance(term, Fraction) else term


def plain(a: Quotient) -> Term:
    """Return the number as one term, divided by the solver where the divisor is a fact."""
    return a.top if isinstance(a.bottom, Fraction) else real(a.top) / a.bottom


def plus(a: Term, b: Term) -> Term:
    """Return the sum of two terms."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    if isinstance(a, Fraction) and a == 0:
        return b
    if isinstance(b, Fraction) and b == 0:
        return a
    return real(a) + real(b)


def times(a: Term, b: Term) -> Term:
    """Return the product of two terms."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    if isinstance(b, Fraction):
        a, b = b, a
    if isinstance(a, Fraction):
        if a == 0:
            return ZERO
        return b if a == 1 else _scaled(a, b)
    return a * b


def _scaled(factor: Fraction, term: Any) -> Any:
    """Return a factor times a term; factors in a row become one, so that equal products look equal."""
    if z3.is_mul(term) and z3.is_rational_value(term.arg(0)) and term.num_args() == 2:
        return times(factor * term.arg(0).as_fraction(), term.arg(1))
    return real(factor) * term


def negative(a: Quotient) -> Quotient:
    """Return the number with the other sign."""
    return replace(a, top=times(Fraction(-1), a.top), top_positive=False, counted=None)


def floor(a: Quotient) -> Quotient:
    """Return the largest whole number that is not above."""
    known = a.constant
    return Quotient(z3.ToReal(z3.ToInt(real(plain(a))))) if known is None else constant(Fraction(math.floor(known)))


def total(a: Quotient, b: Quotient) -> Quotient:
    """Return the sum."""
    positive = a.top_positive and b.top_positive
    if isinstance(a.bottom, Fraction) and isinstance(b.bottom, Fraction):
        return Quotient(plus(a.top, b.top), ONE, positive)
    top = plus(times(a.top, b.bottom), times(b.top, a.bottom))
    bottom_positive = a.bottom_positive and b.bottom_positive
    return Quotient(top, times(a.bottom, b.bottom), positive and bottom_positive, bottom_positive)


def product(a: Quotient, b: Quotient) -> Quotient:
    """Return the product."""
    return Quotient(
        times(a.top, b.top),
        times(a.bottom, b.bottom),
        a.top_positive and b.top_positive,
        a.bottom_positive and b.bottom_positive,
    )


def inverse(a: Quotient) -> Quotient:
    """Return one over a number that is not zero."""
    if isinstance(a.top, Fraction):
        return Quotient(times(1 / a.top, a.bottom), ONE, a.bottom_positive and a.top > 0)
    return Quotient(a.bottom, a.top, a.bottom_positive, a.top_positive)


def compared(op: str, a: Quotient, b: Quotient) -> Condition:
    """Return the comparison as a condition without divisors."""
    counting = _count_compared(op, a, b)
    if counting is not None:
        return counting
    left, right, bottom = times(a.top, b.bottom), times(b.top, a.bottom), times(a.bottom, b.bottom)
    if isinstance(bottom, Fraction) or (a.bottom_positive and b.bottom_positive):
        return _ordered(op, left, right)
    return disjunction(
        conjunction(bottom > 0, _ordered(op, left, right)), conjunction(bottom < 0, _ordered(op, right, left))
    )


def _ordered(op: str, a: Term, b: Term) -> Condition:
    settled = isinstance(a, Fraction) and isinstance(b, Fraction)
    left, right = (a, b) if settled else (real(a), real(b))
    return ORDERS[op].value(left, right)


def _count_compared(op: str, a: Quotient, b: Quotient) -> Condition | None:
    """Return a count compared with a settled number, by how many conditions hold."""
    if a.counted is None and b.counted is not None:
        a, b, op = b, a, ORDERS[op].turned
    limit = b.constant
    if a.counted is None or limit is None:
        return None
    whole = limit.denominator == 1
    floor = limit.numerator // limit.denominator
    at_least = _at_least(a.counted, floor if whole else floor + 1)
    above = _at_least(a.counted, floor + 1)
    exactly = conjunction(at_least, negation(above)) if whole else False
    return {
        "<": negation(at_least), "<=": negation(above), "==": exactly, "!=": negation(exactly), ">=": at_least, ">": above,
    }[op]  # fmt: skip


def _at_least(parts: tuple[Condition, ...], number: int) -> Condition:
    sure = sum(p is True for p in parts)
    maybe = [p for p in parts if not isinstance(p, bool)]
    number -= sure
    if number <= 0:
        return True
    if number > len(maybe):
        return False
    return disjunction(*maybe) if number == 1 else z3.AtLeast(*maybe, number)
