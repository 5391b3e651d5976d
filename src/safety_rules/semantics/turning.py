"""What a blank may turn out to be, as cases: its few values, or days and numbers between which no open rule turns."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from safety_rules.language.expr import Compare, Expr, FactRef, ItemField
from safety_rules.language.kinds import Boolean, Choice, Date, Number, Value
from safety_rules.language.record import Record
from safety_rules.language.verdict import Unknown, bits
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, walk_scoped
from safety_rules.semantics.reads import walk_through


def options(fact: Fact) -> tuple[Value, ...]:
    """Return the values that a fact can have, where they are few."""
    match fact.kind:
        case Boolean():
            return (True, False)
        case Choice(choices):
            return tuple(o.key for o in choices.options)
        case _:
            return ()


def turns(on: AreaOn, record: Record, path: str, fact: Fact, mask: int) -> tuple[Value, ...]:
    """Return days, or numbers, at, between and beside all that open rules compare a blank one with; none where not all is known."""
    found = set[Any]()
    for i in bits(mask):
        rule = on.rules[i]
        for clause in (*rule.applies_when, *rule.requires):
            if not _compared(clause.that, on.environment(record), path, found):
                return ()
    if not found:
        return ()
    if isinstance(fact.kind, Date):
        return tuple(_days(found))
    limits = (fact.bounds.minimum, fact.bounds.above, fact.bounds.maximum)
    points = sorted(found | {limit for limit in limits if limit is not None})
    return tuple(v for v in _beside(points, isinstance(fact.kind, Number) and fact.kind.whole) if fact.bounds.admits(v))


def only_compared(parts: Iterable[Expr], on: AreaOn) -> set[str]:
    """Return the fields of lists that expressions read, through derivations, only as a side of a comparison."""
    seen, beside, within = set[str](), Counter[str](), Counter[str]()
    for part in parts:
        for node in walk_through(part, on.derivations, seen):
            within.update([node.key] if isinstance(node, ItemField) else [])
            sides = (node.left, node.right) if isinstance(node, Compare) else ()
            beside.update(side.key for side in sides if isinstance(side, ItemField))
    return {key for key, count in within.items() if count == beside[key]}


def _compared(expr: Expr, env: Environment, path: str, found: set[Any]) -> bool:
    """Add what a blank is compared with; return whether it is read in no other way, and all of that is known."""
    compared, read = 0, 0
    for node, scope in walk_scoped(expr, env):
        read += _is_at(node, scope, path)
        if not isinstance(node, Compare) or _is_at(node.left, scope, path) == _is_at(node.right, scope, path):
            continue
        other = evaluate(node.right if _is_at(node.left, scope, path) else node.left, scope)
        if isinstance(other, Unknown):
            return False
        found.add(other)
        compared += 1
    return compared == read


def _is_at(expr: Expr, env: Environment, path: str) -> bool:
    match expr:
        case FactRef(key):
            return key == path
        case ItemField(variable, key) if variable in env.variables:
            return f"{env.variables[variable][0]}.{key.rpartition('.')[2]}" == path
        case _:
            return False


def _beside(points: Sequence[Fraction], whole: bool) -> list[Fraction]:
    """Return the points, one value between each two, and one beyond either end; whole ones where a number is."""
    values = {points[0] - 1, *points, *((a + b) / 2 for a, b in pairwise(points)), points[-1] + 1}
    if whole:
        values = {Fraction(v.numerator // v.denominator + n) for v in values for n in (0, 1)}
    return sorted(values)


def _days(points: Iterable[datetime.date]) -> Iterator[datetime.date]:
    """Yield the days and those before and after each: between them no comparison turns."""
    found = {day.toordinal() + beside for day in points for beside in (-1, 0, 1)}
    yield from (datetime.date.fromordinal(n) for n in sorted(found) if 1 <= n <= datetime.date.max.toordinal())
