"""Connectives over z3 conditions that fold what is settled, so that formulas stay small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import z3

Condition: TypeAlias = Any  # a Python bool, or a z3 BoolRef


def conjunction(*parts: Condition) -> Condition:
    """Return the `and` of the parts."""
    open_parts: dict[int, Any] = {}
    for part in parts:
        if part is False:
            return False
        if part is not True:
            open_parts[part.get_id()] = part
    if not open_parts:
        return True
    kept = list(open_parts.values())
    return kept[0] if len(kept) == 1 else z3.And(*kept)


def disjunction(*parts: Condition) -> Condition:
    """Return the `or` of the parts."""
    open_parts: dict[int, Any] = {}
    for part in parts:
        if part is True:
            return True
        if part is not False:
            open_parts[part.get_id()] = part
    if not open_parts:
        return False
    kept = list(open_parts.values())
    return kept[0] if len(kept) == 1 else z3.Or(*kept)


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
