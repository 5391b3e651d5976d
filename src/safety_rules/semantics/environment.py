"""What an expression is read in, and what its readings share: records, the law of a day, what has been worked out."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from safety_rules.language.bounds import Bounded
from safety_rules.language.expr import Expr
from safety_rules.language.law import Parameter
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation
from safety_rules.language.source import Standing
from safety_rules.language.table import Row, Table, normal_spelling
from safety_rules.language.vocabulary import Vocabulary

Held = TypeVar("Held", bound=Expr | Derivation)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression is evaluated in: a record, a day, and what the rulebook says on that day.

    `variables` hold, for each list item in sight, its path and its values. A parameter entry of a
    standing weaker than `require` counts as unknown, unless `confirmed` names the parameter. `memo`,
    where there is one, keeps what each part came to: it goes with one record and one requirement.
    `bounded` asks of what is unknown whether every completion decides it alike; `narrowed` is what is
    supposed of blanks, by path, and `any_day` says that no day is meant.
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
    memo: dict[tuple[str, int, Hashable], Any] | None = field(default=None, compare=False, repr=False)
    bounded: bool = True
    narrowed: Mapping[str, Bounded] = field(default_factory=dict)
    any_day: bool = False

    def with_item(self, variable: str, path: str, item: Any) -> Environment:
        """Return the environment inside an aggregate."""
        return self.seeing({**self.variables, variable: (path, item)})

    def seeing(self, variables: Mapping[str, tuple[str, Any]]) -> Environment:
        """Return the environment with these items in sight: by the constructor, for `replace` takes three times as long."""
        return Environment(
            self.record, self.as_of, self.parameters, self.derivations, variables, self.require, self.confirmed,
            self.vocabulary, self.tables, self.memo, self.bounded, self.narrowed, self.any_day,
        )  # fmt: skip


def remembered(
    what: str, of: Held, env: Environment, work: Callable[[Held, Environment], T], seen: Hashable = None
) -> T:
    """Return what is worked out of an expression or derived fact, once for each record and the items in sight.

    Where it depends on these by what is `seen` of them alone, once for that.

    Without a memo it is worked out each time. What is asked for by several readings, and by one of them at every
    level of a condition, would otherwise cost more with each level.
    """
    if env.memo is None:
        return work(of, env)
    if seen is None:
        seen = tuple([path for path, _ in env.variables.values()]) if env.variables else ()
    key = (what, id(of), seen)
    if key not in env.memo:
        env.memo[key] = of, work(of, env)  # held, so that its id is nobody else's
    found: T = env.memo[key][1]
    return found


def qualifies(row: Row, qualifier: str) -> bool:
    """Return whether a row of a table is the one that a qualifier tells apart."""
    return normal_spelling(row.qualifier) == normal_spelling(qualifier)
