"""Connectives over z3 conditions that fold what is settled, so that formulas stay small."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import z3

Condition: TypeAlias = Any  # a Python bool, or a z3 BoolRef


def conjunction(*parts: Condition) -> Condition:
    """Return the `and` of the parts."""
    return _joined(parts, True, z3.Z3_mk_and)


def disjunction(*parts: Condition) -> Condition:
    """Return the `or` of the parts."""
    return _joined(parts, False, z3.Z3_mk_or)


def _joined(parts: Iterable[Condition], neutral: bool, join: Callable[..., Any]) -> Condition:
    """Return the open parts joined, each once; what is `neutral` adds nothing, and its opposite settles the whole.

    z3's own function joins them: `z3.And` looks for a common sort in conditions that are known to be truths, which is
    most of the time that lowering takes.
    """
    kept: dict[int, Condition] = {}
    for part in parts:
        if not isinstance(part, bool):
            kept[part.get_id()] = part
        elif part is not neutral:
            return part
    if len(kept) <= 1:
        return next(iter(kept.values()), neutral)
    context = next(iter(kept.values())).ctx
    terms = (z3.Ast * len(kept))(*(part.as_ast() for part in kept.values()))
    return z3.BoolRef(join(context.ref(), len(kept), terms), context)


def negation(part: Condition) -> Condition:
    """Return the `not` of a part."""
    if isinstance(part, bool):
        return not part
    return part.arg(0) if z3.is_not(part) else z3.Not(part)


def implication(premise: Condition, conclusion: Condition) -> Condition:
    """Return `premise implies conclusion`."""
    return disjunction(negation(premise), conclusion)


@dataclass(frozen=True, slots=True)
class Truths:
    """When a condition is surely true and when surely false; unknown where neither."""

    true: Condition
    false: Condition

    @property
    def known(self) -> Condition:
        """When it is one of both."""
        return disjunction(self.true, self.false)


def all_of(parts: list[Truths]) -> Truths:
    """Return the strong Kleene `and`."""
    return Truths(conjunction(*(p.true for p in parts)), disjunction(*(p.false for p in parts)))


def any_of(parts: list[Truths]) -> Truths:
    """Return the strong Kleene `or`."""
    return Truths(disjunction(*(p.true for p in parts)), conjunction(*(p.false for p in parts)))


def inverse(part: Truths) -> Truths:
    """Return the strong Kleene `not`."""
    return Truths(part.false, part.true)
