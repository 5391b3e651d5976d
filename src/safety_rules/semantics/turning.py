"""What a blank may turn out to be, as cases: its few values, or days and numbers between which no open rule turns."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from safety_rules.language.expr import Compare, Expr, ItemField
from safety_rules.language.kinds import Boolean, Choice, Date, Number, Value
from safety_rules.language.record import Record
from safety_rules.language.verdict import Unknown, bits
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, walk_scoped
from safety_rules.semantics.reads import walk_through

MOST_COMPARED = 40  # times that one blank day or number is compared, for each is up to three cases of it


def options(fact: Fact) -> tuple[Value, ...]:
    """Return the values that a fact can have, where they are few."""
    match fact.kind:
        case Boolean():
            return (True, False)
        case Choice(choices):
            return tuple(o.key for o in choices.options)
        case _:
            return ()


def turns(on: AreaOn, record: Record, fact: Fact, mask: int) -> dict[str, tuple[Value, ...]]:
    """Return days, or numbers, at, between and beside all that open rules compare blank ones of a field with, by path.

    None where a blank is read in another way, or not all of that is known. All records of a list are looked at in one
    walk: where pairs of them are compared, one for each would cost the cube of its length.
    """
    found = _Compared(fact.key)
    for i in bits(mask):
        for clause in (*on.rules[i].applies_when, *on.rules[i].requires):
            found.add(clause.that, on.environment(record))
    return {path: _cases(fact, values) for path, values in found.of().items()}


def _cases(fact: Fact, found: set[Any]) -> tuple[Value, ...]:
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


@dataclass(frozen=True, slots=True)
class _Compared:
    """What a field of a list's records is compared with, by path, and how often it is read and compared."""

    key: str
    values: defaultdict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))
    read: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)

    def add(self, expr: Expr, env: Environment) -> None:
        """Add what an expression compares it with."""
        for node, scope in walk_scoped(expr, env):
            self.read.update(self._at(node, scope))
            if not isinstance(node, Compare):
                continue
            left, right = self._at(node.left, scope), self._at(node.right, scope)
            for paths, other in ((left, node.right), (right, node.left)) if left != right else ():
                for path in paths:
                    value = evaluate(other, scope)
                    if not isinstance(value, Unknown):
                        self.values[path].add(value)
                        self.beside[path] += 1

    def of(self) -> dict[str, set[Any]]:
        """Return what is compared by path, where it is read in no other way, not too often, and all of that is known.

        How often hangs on the list's length and not on what is known of it.
        """
        beside, read = self.beside, self.read
        return {p: values for p, values in self.values.items() if beside[p] == read[p] <= MOST_COMPARED}

    def _at(self, expr: Expr, env: Environment) -> list[str]:
        if isinstance(expr, ItemField) and expr.key == self.key and expr.variable in env.variables:
            return [f"{env.variables[expr.variable][0]}.{expr.key.rpartition('.')[2]}"]
        return []


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
