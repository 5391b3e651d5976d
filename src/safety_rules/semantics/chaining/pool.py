"""The records of a chaining, found by relation and by the value of a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety_rules.language.chain import ChainFact, ChainRule, Pattern
from safety_rules.language.expr import And, Compare, Expr, ItemField, ItemSelf, walk


@dataclass(frozen=True, slots=True)
class Key:
    """An equality that a record of `variable` has to meet: its `field` with `other`, which names `needs`."""

    variable: str
    field: str
    other: Expr
    needs: frozenset[str]


@dataclass(slots=True)
class Pool:
    """Records by id and by relation, with an index of every field that was asked for."""

    facts: dict[str, ChainFact] = field(default_factory=dict)
    by_relation: dict[str, list[ChainFact]] = field(default_factory=dict)
    _indexes: dict[tuple[str, str], _Index] = field(default_factory=dict)

    def add(self, fact: ChainFact) -> None:
        """Add a record whose id is new."""
        if fact.id in self.facts:
            raise ValueError(f"two records are named `{fact.id}`")
        self.facts[fact.id] = fact
        self.by_relation.setdefault(fact.relation, []).append(fact)
        for (relation, name), index in self._indexes.items():
            if relation == fact.relation:
                index.add(fact, name)

    def candidates(self, relation: str, wanted: Iterable[tuple[str, Any]]) -> Sequence[ChainFact]:
        """Return the records of a relation that have, or could have, the values of one of the wanted fields."""
        best: Sequence[ChainFact] = self.by_relation.get(relation, [])
        for name, value in wanted:
            index = self._index(relation, name)
            found = [*index.having.get(value, []), *index.lacking]
            best = found if len(found) < len(best) else best
        return best

    def _index(self, relation: str, name: str) -> _Index:
        if (relation, name) not in self._indexes:
            index = self._indexes[relation, name] = _Index()
            for fact in self.by_relation.get(relation, []):
                index.add(fact, name)
        return self._indexes[relation, name]


@dataclass(slots=True)
class _Index:
    having: dict[Any, list[ChainFact]] = field(default_factory=dict)
    lacking: list[ChainFact] = field(default_factory=list)

    def add(self, fact: ChainFact, name: str) -> None:
        value = fact.values.get(name)
        (self.lacking if value is None else self.having.setdefault(value, [])).append(fact)


def join_keys(rule: ChainRule, derived: Mapping[str, Any]) -> tuple[Key, ...]:
    """Return the equalities that the conditions of a rule ask of fields that are given, not derived.

    What an `unless` pattern asks narrows the search for its own record only.
    """
    found: list[Key] = []
    avoided = {p.variable for p in rule.unless}
    for pattern in (*rule.given, *rule.unless):
        for comparison in equalities(pattern):
            for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                if isinstance(one, ItemField) and one.key not in derived:
                    needs = variables(other)
                    own = pattern.variable not in avoided or one.variable == pattern.variable
                    if own and one.variable not in needs:
                        found.append(Key(one.variable, one.key.rpartition(".")[2], other, needs))
    return tuple(found)


def equalities(pattern: Pattern) -> list[Compare]:
    """Return the equalities of which a pattern's condition is the conjunction, with whatever else."""
    expr = pattern.that
    parts = expr.operands if isinstance(expr, And) else () if expr is None else (expr,)
    return [p for p in parts if isinstance(p, Compare) and p.op == "=="]


def variables(expr: Expr) -> frozenset[str]:
    """Return the variables that an expression names."""
    return frozenset(n.variable for n in walk(expr) if isinstance(n, ItemField | ItemSelf))
