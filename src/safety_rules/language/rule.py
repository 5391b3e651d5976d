"""Rules, parameters, sources and areas as data: what the loader makes of the rule files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Kind, Name, Value
from safety_rules.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from safety_rules.language.chain import ChainRule
    from safety_rules.language.invariant import Exemption, Invariant
    from safety_rules.language.lint import Silence
    from safety_rules.language.table import Table


class Standing(IntEnum):
    """How sure a source is; the lower the surer, so the weakest of several is their `max`."""

    statute = 0
    local = 1
    secondary = 2
    parallel = 3
    recalled = 4
    assumed = 5


STANDING_NAMES: Mapping[Standing, Name] = {
    Standing.statute: Name("法规原文", "statute, read in the text"),
    Standing.local: Name("本区文件", "the district's own document"),
    Standing.secondary: Name("二手资料转述", "quoted at second hand"),
    Standing.parallel: Name("外地同类标准参照", "a comparable standard of another place"),
    Standing.recalled: Name("据通行认识，未核对原文", "general knowledge, text not read"),
    Standing.assumed: Name("暂定，待本区确认", "assumed, to be confirmed by the district"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """From a day (inclusive) until a day (inclusive); None leaves that side open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Return whether the day lies within."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Source:
    """A law, standard or document."""

    key: str
    title: Name
    number: str
    issuer: Name | None
    in_force: Period
    standing: Standing
    note: str = ""
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of a source, quoted where its text was read."""

    source: str
    clause: str
    standing: Standing
    quotation: str = ""
    note: str = ""
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter's value from a day on, with where it comes from."""

    period: Period
    value: Value
    citation: Citation
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that changes over time."""

    key: str
    zh_key: str
    name: Name
    kind: Kind
    entries: tuple[Entry, ...]
    at: Span | None = field(default=None, compare=False, repr=False)

    def entry_on(self, day: datetime.date) -> Entry | None:
        """Return the entry in force on a day."""
        for entry in self.entries:
            if entry.period.holds(day):
                return entry
        return None


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition with its sentence; `key` names it within its rule."""

    key: str
    sentence: Name
    that: Expr
    text: str = field(default="", compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """What someone has to do, and by when."""

    who: Name
    what: Name
    by: Name | None = None


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a violated rule asks for; without an outcome the rule is advice."""

    outcome: str | None
    veto: bool = False
    remedy: Name | None = None
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """An example in a rule file: data given as written, and what must come of it."""

    title: str
    on: datetime.date
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    at: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement: it applies when all of `applies_when` holds, and then all of `requires` must."""

    key: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    applies_when: tuple[Clause, ...]
    requires: tuple[Clause, ...]
    otherwise: Otherwise
    cases: tuple[Case, ...] = field(default=(), compare=False)
    note: Name | None = None
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)

    @property
    def standing(self) -> Standing:
        """How sure its authority is: the weakest citation."""
        return weakest(*(c.standing for c in self.authority))


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a fact follows from others; for a field of a list, `variable` stands for each item.

    `borrowed` marks one that an area uses and another area holds, with its cases.
    """

    key: str
    fact: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    formula: Expr
    variable: str | None = None
    text: str = field(default="", compare=False)
    cases: tuple[Case, ...] = field(default=(), compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)
    borrowed: bool = False

    @property
    def standing(self) -> Standing:
        """How sure its authority is: the weakest citation."""
        return weakest(*(c.standing for c in self.authority))


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty that follows whenever its conditions hold."""

    key: str
    title: Name
    in_force: Period
    authority: tuple[Citation, ...]
    applies_when: tuple[Clause, ...]
    duty: Duty
    cases: tuple[Case, ...] = field(default=(), compare=False)
    at: Span | None = field(default=None, compare=False, repr=False)
    file: str = field(default="", compare=False)

    @property
    def standing(self) -> Standing:
        """How sure its authority is: the weakest citation."""
        return weakest(*(c.standing for c in self.authority))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of an area's outcomes."""

    key: str
    name: Name


@dataclass(frozen=True, slots=True)
class Area:
    """Rules that together give one verdict; `outcomes` run from best to worst."""

    key: str
    title: Name
    subjects: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    rules: tuple[Rule, ...]
    derivations: tuple[Derivation, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    cases: tuple[Case, ...] = field(default=(), compare=False)
    default_on: datetime.date | None = None
    invariants: tuple[Invariant, ...] = field(default=(), compare=False)
    exemptions: tuple[Exemption, ...] = field(default=(), compare=False)

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
    """Everything the rule files say; `digest` names this exact content."""

    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    areas: Mapping[str, Area]
    digest: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    overlay_digest: str = ""
    changes: tuple[Change, ...] = ()
    chains: tuple[ChainRule, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict, compare=False)
    silences: tuple[Silence, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Someone's decision that one rule shall not count against one subject until a day (inclusive)."""

    rule: str
    subject: str
    granted_by: str
    reason: str
    until: datetime.date


def weakest(*standings: Standing) -> Standing:
    """Return the least sure of the standings; statute when there are none."""
    return max(standings, default=Standing.statute)


def counts(standing: Standing, key: str, require: Standing, confirmed: frozenset[str]) -> bool:
    """Return whether what rests on a standing counts: it is sure enough, or confirmed by its key."""
    return standing <= require or key in confirmed


def authority_on(
    authority: tuple[Citation, ...], sources: Mapping[str, Source], day: datetime.date
) -> tuple[Citation, ...]:
    """Return the citations whose source is in force on a day; all of them where none is."""
    held = tuple(c for c in authority if c.source not in sources or sources[c.source].in_force.holds(day))
    return held or authority
