"""Rules, derivations and obligations as data, with their clauses and cases."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Name
from safety_rules.language.source import Citation, Period, Standing, weakest


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition with its sentence; `key` names it within its rule, `named` is the name that it is referred to by."""

    key: str
    sentence: Name
    that: Expr
    text: str = field(default="", compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)
    named: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """What someone has to do, and by when; `named` is the name that a rule refers to it by.

    With the outcome `lapses_with`, if any, there is nothing left to do it for.
    """

    who: Name
    what: Name
    by: Name | None = None
    at: Span | None = field(default=None, compare=False, repr=False)
    named: str = field(default="", compare=False)
    lapses_with: str = ""


@dataclass(frozen=True, slots=True)
class NamedParts:
    """The clauses, duties and citations that rules refer to by name; what is `broken` has been reported."""

    clauses: Mapping[str, Clause] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    citations: Mapping[str, Citation] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MustBeGiven:
    """A fact that records of an area (of all where none is named) must carry: always, or in some cases.

    It must be given where `when` is true (of a list's field for the item that `variable` stands for), the fact
    `given_with` is given, and the fact `without` is not; `why` says when that is. No verdict reads it: what is not
    given is told beside the verdict.
    """

    fact: str
    when: Expr | None = None
    given_with: str = ""
    without: str = ""
    variable: str | None = None
    why: Name | None = None
    areas: tuple[str, ...] = ()
    text: str = field(default="", compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a violated rule asks for; without an outcome the rule is advice."""

    outcome: str | None
    veto: bool = False
    remedy: Name | None = None
    duties: tuple[Duty, ...] = ()


TO_BE_WRITTEN = "待填写"
"""What a proposed case expects until a person says what the law wants: it is read, and holds to nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """An example in a rule file: data given as written, and what must come of it."""

    title: str
    on: datetime.date
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    at: Span = field(compare=False, repr=False)

    @property
    def place(self) -> Span:
        """Where what it expects is written; where its title is, of rules that were kept without it."""
        at: Span = getattr(self.expect.get("expect"), "at", self.at)
        return at


class LaterCases(Sequence[Case]):
    """Cases that are read when they are first asked for: most that is done with rules needs none."""

    def __init__(self, length: int, read: Callable[[], tuple[Case, ...]]) -> None:
        self._length, self._read = length, read

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        return self._read()

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:
        return self._cases[at]

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._cases == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._cases,)


class Holder:
    """What cites its authority: a rule, a derivation, an obligation, a chaining rule."""

    __slots__ = ()

    key: str
    authority: tuple[Citation, ...]

    @property
    def standing(self) -> Standing:
        """How sure its authority is: the weakest citation."""
        return weakest(*(c.standing for c in self.authority))

    @property
    def lapsed(self) -> bool:
        """Whether nothing that it cites is in force on the day for which it was taken."""
        return bool(self.authority) and all(c.lapsed for c in self.authority)


@dataclass(frozen=True, slots=True, repr=False)
class Rule(Holder):
    """A requirement: it applies when all of `applies_when` holds, and then all of `requires` must.

    `row_of` is the set of criteria whose entry it was made from, with the cases that the entry draws.
    """

    key: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    applies_when: tuple[Clause, ...]
    requires: tuple[Clause, ...]
    otherwise: Otherwise
    cases: Sequence[Case] = field(default=(), compare=False)
    note: Name | None = None
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)
    row_of: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return f"<Rule {self.key}>"


@dataclass(frozen=True, slots=True)
class Derivation(Holder):
    """How a fact follows from others; for a field of a list, `variable` stands for each item.

    `borrowed` marks one that an area uses and another area holds, with its cases; `row_of` the set of criteria it
    was made from.
    """

    key: str
    fact: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    formula: Expr
    variable: str | None = None
    text: str = field(default="", compare=False)
    cases: Sequence[Case] = field(default=(), compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)
    borrowed: bool = False
    row_of: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Obligation(Holder):
    """A duty that follows whenever its conditions hold."""

    key: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    applies_when: tuple[Clause, ...]
    duty: Duty
    cases: Sequence[Case] = field(default=(), compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Someone's decision that one rule shall not count against one subject until a day (inclusive)."""

    rule: str
    subject: str
    granted_by: str
    reason: str
    until: datetime.date
