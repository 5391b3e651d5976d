"""Everything the rule files say, as data: areas, parameters, tables, chains, and what overlays changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safety_rules.language.chain import ChainRule
from safety_rules.language.diagnostic import Span
from safety_rules.language.invariant import Exemption, Invariant
from safety_rules.language.kinds import Name
from safety_rules.language.law import Parameter
from safety_rules.language.lint import Silence
from safety_rules.language.rule import Case, Derivation, MustBeGiven, NamedParts, Obligation, Rule
from safety_rules.language.source import NotCovered, Source
from safety_rules.language.table import Table
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.language.zones import DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of an area's outcomes."""

    key: str
    name: Name


@dataclass(frozen=True, slots=True)
class LedgerJoin:
    """A list whose records stand in a ledger: a row is a record's where each field of `by` says what the fact says.

    `instead` are further ways, in order: the first that row and record both state whole decides.
    """

    list: str
    by: tuple[tuple[str, str], ...]
    instead: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def ways(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Every way in which a row can be a record's, the first one first."""
        return (self.by, *self.instead)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each field with its fact, of all ways."""
        return tuple(pair for way in self.ways for pair in way)


@dataclass(frozen=True, slots=True)
class AcrossRows:
    """A rule of a ledger as a whole: of rows that say the same in each fact of `by` there are at most so many.

    Where a fact is `rising`, they are as many as they like, and none says less of it than a row above it.
    """

    key: str
    name: Name
    by: tuple[str, ...]
    at_most: int = 1
    rising: str = ""
    cases: Sequence[Case] = field(default=(), compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Area:
    """Rules that together give one verdict; `outcomes` run from best to worst, days are those of `zone`.

    Where the area `grades`, a rule is what a better grade asks: told as reached or not, never as a breach.
    """

    key: str
    title: Name
    subjects: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    rules: tuple[Rule, ...]
    derivations: tuple[Derivation, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    cases: Sequence[Case] = field(default=(), compare=False)
    default_on: datetime.date | None = None
    invariants: tuple[Invariant, ...] = field(default=(), compare=False)
    exemptions: tuple[Exemption, ...] = field(default=(), compare=False)
    zone: datetime.tzinfo = DEFAULT_ZONE
    from_ledger: tuple[LedgerJoin, ...] = ()
    grades: bool = field(default=False, compare=False)
    across_rows: tuple[AcrossRows, ...] = ()
    at: Span | None = field(default=None, compare=False, repr=False)

    def rank(self, outcome: str | None) -> int:
        """Return how bad an outcome is: 0 is the best; advice (None) ranks with the best."""
        return 0 if outcome is None else [o.key for o in self.outcomes].index(outcome)

    def outcome(self, key: str) -> Outcome:
        """Return an outcome by key."""
        return next(o for o in self.outcomes if o.key == key)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an overlay changed."""

    overlay: str
    what: str
    key: str
    detail: Name


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything the rule files say; `digest` names this exact content, `origin` the folder and overlays it was read from."""

    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    areas: Mapping[str, Area]
    digest: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    overlay_digest: str = ""
    changes: tuple[Change, ...] = ()
    chains: tuple[ChainRule, ...] = ()
    named: NamedParts = field(default_factory=NamedParts)
    places: Mapping[str, str] = field(default_factory=dict, compare=False)
    silences: tuple[Silence, ...] = field(default=(), compare=False)
    not_covered: tuple[NotCovered, ...] = field(default=(), compare=False)
    must_be_given: tuple[MustBeGiven, ...] = ()
    origin: tuple[str, tuple[str, ...]] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        overlaid = f", overlay {self.overlay_digest[:12]}" if self.overlay_digest else ""
        return f"<Rulebook {', '.join(self.areas)}; {self.digest[:12]}{overlaid}>"
