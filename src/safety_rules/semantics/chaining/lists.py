"""The given records over which conditions aggregate, narrowed to those that an aggregate can count.

Leaving out items for which an aggregate's own test is false changes nothing; it keeps `count(d for d in
ledger.dangers if d.enterprise == e.credit_code ...)` from reading the whole ledger for every enterprise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from safety_rules.language.chain import ChainFact
from safety_rules.language.expr import Aggregate, And, Compare, Expr, FactRef, ItemField, walk
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation
from safety_rules.language.verdict import Reason, Unknown
from safety_rules.semantics.chaining.pool import Pool, variables
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate


@dataclass(frozen=True, slots=True)
class Narrowing:
    """An equality of a `field` with `other`, without which an aggregate leaves an item of the relation out."""

    relation: str
    field: str
    other: Expr
    needs: frozenset[str]


@dataclass(slots=True)
class Lists:
    """The given records of each relation that is aggregated, and how each formula narrows them."""

    records: Mapping[str, Sequence[ChainFact]]
    pool: Pool = field(default_factory=Pool)
    narrowings: dict[int, tuple[Narrowing, ...]] = field(default_factory=dict)

    def value(self, expr: Expr, env: Environment) -> Any:
        """Return the value of a condition or formula; an unknown names records by their ids."""
        narrow, ids = self.narrowed(expr, env)
        value = evaluate(expr, narrow)
        return Unknown(frozenset(named(r, ids) for r in value.reasons)) if isinstance(value, Unknown) else value

    def narrowed(self, expr: Expr, env: Environment) -> tuple[Environment, Mapping[str, Sequence[ChainFact]]]:
        """Return the environment with the lists that the formula has to read, and the records in them."""
        found: dict[str, Sequence[ChainFact]] = {}
        for narrowing in self._of(expr, env.derivations):
            if narrowing.relation in self.records and narrowing.needs <= env.variables.keys():
                wanted = evaluate(narrowing.other, env)
                if not isinstance(wanted, Unknown):
                    found[narrowing.relation] = self.pool.candidates(narrowing.relation, [(narrowing.field, wanted)])
        if not found:
            return env, self.records
        lists = {relation: tuple(f.values for f in facts) for relation, facts in found.items()}
        return replace(env, record=Record({**env.record.values, **lists}), memo=None), {**self.records, **found}

    def _of(self, expr: Expr, derivations: Mapping[str, Derivation]) -> tuple[Narrowing, ...]:
        if id(expr) not in self.narrowings:
            self.narrowings[id(expr)] = narrowings(expr, derivations) if self.records else ()
        return self.narrowings[id(expr)]


def lists_of(records: Mapping[str, Sequence[ChainFact]]) -> Lists:
    """Return the lists of given records."""
    made = Lists(records)
    for facts in records.values():
        for fact in facts:
            made.pool.add(fact)
    return made


def narrowings(expr: Expr, derivations: Mapping[str, Derivation]) -> tuple[Narrowing, ...]:
    """Return, for each relation that the formula reads in one aggregate and nowhere else, how that narrows it."""
    read = Counter(n.key for n in walk(expr) if isinstance(n, FactRef))
    read.update(n.key for d in derivations.values() for n in walk(d.formula) if isinstance(n, FactRef))
    found = []
    for node in walk(expr):
        if isinstance(node, Aggregate) and isinstance(node.list, FactRef) and read[node.list.key] == 1:
            found += list(_equalities(node, node.list.key))[:1]
    return tuple(found)


def _equalities(node: Aggregate, relation: str) -> Iterable[Narrowing]:
    for test in [*_conjuncts(node.where), *(_conjuncts(node.body) if node.fold == "any" else [])]:
        if isinstance(test, Compare) and test.op == "==":
            for one, other in ((test.left, test.right), (test.right, test.left)):
                if isinstance(one, ItemField) and one.variable == node.variable and one.key.startswith(relation + "."):
                    needs = variables(other)
                    if node.variable not in needs and not any(isinstance(n, Aggregate) for n in walk(other)):
                        yield Narrowing(relation, one.key.rpartition(".")[2], other, needs)


def _conjuncts(expr: Expr | None) -> Sequence[Expr]:
    return expr.operands if isinstance(expr, And) else () if expr is None else (expr,)


def named(reason: Reason, records: Mapping[str, Sequence[ChainFact]]) -> Reason:
    """Return a reason that names a record by its id, not by its place in a list."""
    head, bracket, rest = reason.name.partition("[")
    if not bracket:
        return reason
    if rest.startswith("="):
        return replace(reason, name=f"{head}[{rest[1:]}")
    position, _, field_ = rest.partition("]")
    return replace(reason, name=records[head][int(position)].id + field_)
