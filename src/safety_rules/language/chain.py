"""Chaining rules as data: patterns over records of several kinds, what follows from them, and the steps taken.

A relation is a list fact of the vocabulary (`ledger.accidents`); a chain fact is one record of it, given or
derived. A record that lacks a field leaves that field unknown.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name, Value
from safety_rules.language.rule import Case, Holder
from safety_rules.language.source import Citation, Period
from safety_rules.language.verdict import Reason


@dataclass(frozen=True, slots=True)
class Pattern:
    """One record that a chain looks for: `variable` stands for it, `that` may name the records before it."""

    variable: str
    relation: str
    sentence: Name
    that: Expr | None = None
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChainRule(Holder):
    """What follows (`record`, in the relation `derives`) from records of `given`, unless others are found."""

    key: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    given: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    derives: str
    record: tuple[tuple[str, Expr], ...]
    area: str = ""
    note: Name | None = None
    cases: Sequence[Case] = field(default=(), compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ChainFact:
    """A record of a relation; `id` is `relation[key]`, and `origin` says where a given one comes from."""

    relation: str
    values: Mapping[str, Value]
    id: str
    origin: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """What names the record within its relation."""
        return self.id[len(self.relation) + 1 : -1]


@dataclass(frozen=True, slots=True)
class Step:
    """One use of a rule: the records that it rests on (in the order of `given`), and how sure it is.

    A step that is not `sure` could still be taken once `reasons` are known; `doubts` are derived records
    that would stand against it if they turned out to hold. `lacks` says why a field of the derived record
    is unknown.
    """

    rule: str
    fact: str
    support: tuple[str, ...]
    sure: bool
    reasons: frozenset[Reason] = frozenset()
    doubts: tuple[str, ...] = ()
    lacks: tuple[tuple[str, frozenset[Reason]], ...] = ()


def unlisted(relation: str) -> ChainFact:
    """Return the record that stands for all those of a relation of which nothing was given; its key is empty."""
    return ChainFact(relation, {}, f"{relation}[]")


def derived_fact(relation: str, values: Mapping[str, Value]) -> ChainFact:
    """Return a derived record, named by its content."""
    return ChainFact(relation, values, f"{relation}[~{content_key(values)}]")


def content_key(values: Mapping[str, Value]) -> str:
    """Return a name for a record's content: equal for equal values, whatever their order."""
    text = "\x1f".join(f"{name}={canonical(values[name])}" for name in sorted(values))
    return sha256(text.encode()).hexdigest()[:20]


def canonical(value: Value) -> str:
    """Return a text that is equal for equal values, and only for those."""
    match value:
        case bool():
            return f"b{value:d}"
        case Fraction():
            return f"n{value.numerator}/{value.denominator}"
        case datetime.date():
            return f"d{value.isoformat()}"
        case str():
            return f"s{len(value)}:{value}"
        case tuple():
            return "l" + ",".join(canonical(v) if isinstance(v, str) else content_key(v) for v in value)
        case _:
            raise TypeError(value)
