"""The arms of a decision table: a chain of `if`s, the first of which that holds gives the value."""

from __future__ import annotations

from dataclasses import dataclass

from safety_rules.language.expr import Expr, If


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: its number from the top, the tests on the way to it with what they must be, and its value."""

    number: int
    tests: tuple[tuple[Expr, bool], ...]
    gives: Expr


def arms(formula: Expr) -> list[Arm]:
    """Return the arms of a formula; one that is no chain of `if`s has one."""
    found = _arms(formula, ())
    return [Arm(i, tests, gives) for i, (tests, gives) in enumerate(found, start=1)]


def _arms(formula: Expr, tests: tuple[tuple[Expr, bool], ...]) -> list[tuple[tuple[tuple[Expr, bool], ...], Expr]]:
    if not isinstance(formula, If):
        return [(tests, formula)]
    return [
        *_arms(formula.then, (*tests, (formula.test, True))),
        *_arms(formula.otherwise, (*tests, (formula.test, False))),
    ]
