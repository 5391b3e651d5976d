"""What an expression is read in, and what its readings share: records, the law of a day, what has been worked out."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from safety_rules.language.bounds import Bounded
from safety_rules.language.expr import Expr, FactRef
from safety_rules.language.law import Parameter
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation
from safety_rules.language.source import Standing
from safety_rules.language.table import Row, Table, normal_spelling
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.reads import items_read, read

Held = TypeVar("Held", bound=Expr | Derivation)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression is evaluated in: a record, a day, and what the rulebook says on that day.

    `variables` hold, for each list item in sight, its path and its values. A parameter entry of a standing weaker
    than `require` counts as unknown, unless `confirmed` names the parameter. `memo`, where there is one, keeps what
    each part came to: it goes with one record and one requirement. `lasting`, where there is one, keeps what
    follows from records of lists alone, by their identity: it goes with one law. `bounded` asks of what is unknown
    whether every completion decides it alike; `narrowed` is what is supposed of blanks, by path, and `any_day` says
    that no day is meant.
    """

    record: Record
    as_of: datetime.date
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    derivations: Mapping[str, Derivation] = field(default_factory=dict)
    variables: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    require: Standing = Standing.assumed
    confirmed: frozenset[str] = field(default_factory=frozenset)
    vocabulary: Vocabulary | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    memo: dict[Hashable, Any] | None = field(default=None, compare=False, repr=False)
    bounded: bool = True
    narrowed: Mapping[str, Bounded] = field(default_factory=dict)
    any_day: bool = False
    lasting: dict[Hashable, Any] | None = field(default=None, compare=False, repr=False)

    def with_item(self, variable: str, path: str, item: Any) -> Environment:
        """Return the environment inside an aggregate."""
        return self.seeing({**self.variables, variable: (path, item)})

    def seeing(self, variables: Mapping[str, tuple[str, Any]]) -> Environment:
        """Return the environment with these items in sight: by the constructor, for `replace` takes three times as long."""
        return Environment(
            self.record, self.as_of, self.parameters, self.derivations, variables, self.require, self.confirmed,
            self.vocabulary, self.tables, self.memo, self.bounded, self.narrowed, self.any_day,
            self.lasting,
        )  # fmt: skip


def remembered(
    what: str, of: Held, env: Environment, work: Callable[[Held, Environment], T], seen: Hashable = None
) -> T:
    """Return what is worked out of an expression or derived fact, once for each record and the items that it names.

    Where it depends on these by what is `seen` of them alone, once for that.

    Without a memo it is worked out each time. What is asked for by several readings, and by one of them at every
    level of a condition, would otherwise cost more with each level.
    """
    memo = env.memo
    if memo is None:
        return work(of, env)
    held: Any = of  # so that its id is nobody else's
    if seen is None and env.variables:
        named, alone = _named(of, env, memo)
        if env.lasting is not None and alone:
            items = [env.variables[name][1] for name in named]
            memo, seen, held = env.lasting, tuple(map(id, items)), (of, items)
        else:
            seen = tuple([env.variables[name][0] for name in named])
    key = (what, id(of), seen)
    if key not in memo:
        memo[key] = held, work(of, env)
    found: T = memo[key][1]
    return found


def _named(of: Expr | Derivation, env: Environment, memo: dict[Hashable, Any]) -> tuple[list[str], bool]:
    """Return the items in sight that an expression names, and whether it reads nothing beside them.

    Where pairs are compared, what names one of them is worked out once for each record and not once for each pair.
    """
    found = memo.get((id(of), *env.variables))
    if found is None:
        expr = of.formula if isinstance(of, Derivation) else of
        named = items_read(expr)
        known = list(env.variables) if isinstance(of, Derivation) else [v for v in env.variables if v in named]
        alone = env.lasting is not None and len(named) > 0 and _reads_items_alone(expr, env)
        memo[(id(of), *env.variables)] = found = (of, (known, alone))
    answer: tuple[list[str], bool] = found[1]
    return answer


def _reads_items_alone(expr: Expr, env: Environment) -> bool:
    """Return whether an expression reads fields of items and no list, and no fact beside them, through derivations."""
    reads = read(expr, env.derivations)
    return not reads.lists and not any(isinstance(n, FactRef) for n in reads.given)


def qualifies(row: Row, qualifier: str) -> bool:
    """Return whether a row of a table is the one that a qualifier tells apart."""
    return normal_spelling(row.qualifier) == normal_spelling(qualifier)
