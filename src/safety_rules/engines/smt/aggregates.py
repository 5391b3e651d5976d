"""One value from the items that a list may hold, each with the condition under which it is there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import z3

from safety_rules.engines.smt.logic import Condition, Truths, conjunction, disjunction, implication, negation
from safety_rules.engines.smt.numbers import Quotient, Term, constant, plain, plus, real
from safety_rules.engines.smt.values import Cases, merged, one_case


def quantified(
    fold: str, known: Condition, present: Sequence[Condition], wheres: Sequence[Truths], bodies: Sequence[Truths]
) -> Truths:
    """Return the truth of `any` (`where and body`) or `all` (`where implies body`)."""
    parts = list(zip(present, wheres, bodies, strict=True))
    if fold == "any":
        some = [conjunction(there, w.true, b.true) for there, w, b in parts]
        none = [disjunction(negation(there), w.false, b.false) for there, w, b in parts]
        return Truths(conjunction(known, disjunction(*some)), conjunction(known, *none))
    every = [disjunction(negation(there), w.false, b.true) for there, w, b in parts]
    fails = [conjunction(there, w.true, b.false) for there, w, b in parts]
    return Truths(conjunction(known, *every), conjunction(known, disjunction(*fails)))


def sure(present: Sequence[Condition], wheres: Sequence[Truths], bodies: Sequence[Cases]) -> list[Condition]:
    """Return of each item that, if it is there, it is known whether it counts and what it is worth."""
    return [
        implication(there, disjunction(w.false, conjunction(w.true, body.known)))
        for there, w, body in zip(present, wheres, bodies, strict=True)
    ]


def folded(
    fold: str, known: Condition, present: Sequence[Condition], wheres: Sequence[Truths], bodies: Sequence[Cases]
) -> Cases:
    """Return the sum, count, least or largest of the bodies of the items that count.

    It is unknown where it is unknown of an item there whether it counts, or what it is worth.
    """
    settled = conjunction(known, *sure(present, wheres, bodies))
    active = [conjunction(there, w.true) for there, w in zip(present, wheres, strict=True)]
    match fold:
        case "count":
            return Cases(((settled, _count(active)),))
        case "sum":
            return Cases(((settled, total(summands(active, bodies))),))
        case "min" | "max":
            guard = conjunction(settled, disjunction(*active))
            return merged((conjunction(guard, g), v) for g, v in _extreme(fold, active, bodies).cases)
        case _:
            raise TypeError(fold)


def _count(active: Sequence[Condition]) -> Quotient:
    if all(isinstance(a, bool) for a in active):
        return constant(Fraction(sum(active)))
    ones = [z3.If(a, z3.Q(1, 1), z3.Q(0, 1)) for a in active if not isinstance(a, bool)]
    sure = Fraction(sum(a is True for a in active))
    return Quotient(plus(z3.Sum(*ones) if len(ones) > 1 else ones[0], sure), counted=tuple(active))


def summands(active: Sequence[Condition], bodies: Sequence[Cases]) -> list[Term]:
    """Return what each item adds to a sum: nothing where it does not count."""
    found: list[Term] = []
    for counts, body in zip(active, bodies, strict=True):
        if counts is False or not body.cases:
            found.append(Fraction(0))
            continue
        term = plain(one_case(body).cases[0][1])
        found.append(term if counts is True else z3.If(counts, real(term), z3.Q(0, 1)))
    return found


def total(terms: Sequence[Term]) -> Quotient:
    """Return the sum of terms."""
    found: Term = Fraction(0)
    for term in terms:
        found = plus(found, term)
    return Quotient(found)


def _extreme(fold: str, active: Sequence[Condition], bodies: Sequence[Cases]) -> Cases:
    """Return the least or largest: by its settled values in order, or as a term that chooses."""
    if all(v.constant is not None for body in bodies for _, v in body.cases):
        return _settled_extreme(fold, active, bodies)
    best: Any = None
    seen: Condition = False
    for counts, body in zip(active, bodies, strict=True):
        if counts is False or not body.cases:
            continue
        term = real(plain(one_case(body).cases[0][1]))
        if best is None:
            best = term
        else:
            nearer = term < best if fold == "min" else term > best
            takes = conjunction(counts, disjunction(negation(seen), nearer))
            best = term if takes is True else best if takes is False else z3.If(takes, term, best)
        seen = disjunction(seen, counts)
    return Cases(()) if best is None else Cases(((True, Quotient(best)),))


def _settled_extreme(fold: str, active: Sequence[Condition], bodies: Sequence[Cases]) -> Cases:
    at: dict[Fraction, list[Condition]] = {}
    for counts, body in zip(active, bodies, strict=True):
        for guard, one in body.cases:
            at.setdefault(one.constant, []).append(conjunction(counts, guard))
    found = []
    before: list[Condition] = []
    for number in sorted(at, reverse=fold == "max"):
        here = disjunction(*at[number])
        found.append((conjunction(here, *(negation(b) for b in before)), constant(number)))
        before.append(here)
    return merged(found)
