"""What comes of applying rules to a record: findings, needs, gaps and their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any, NamedTuple

from safety_rules.language.kinds import Number
from safety_rules.language.rule import Duty, Rule
from safety_rules.language.source import Citation, Standing
from safety_rules.language.truth import Truth


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why something is unknown.

    `kind` is `fact` (missing, named by its path), `divisor` (a fact that makes a divisor zero), `step` (one
    that makes a step zero or less), `calendar` (a day whose year has no table of working days), `year` (such a
    year, of the day of the verdict or a written one),
    `parameter` (no entry, or not sure enough) or `authority` (a rule or derivation that is not sure enough).
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of what cannot be known yet, with everything that it comes from."""

    reasons: frozenset[Reason]


class Status(Enum):
    """What one rule says of one record."""

    NOT_APPLICABLE = "not_applicable"
    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """The truth of one clause, and what it still lacks."""

    key: str
    truth: Truth
    reasons: frozenset[Reason] = frozenset()


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """What one rule says of one record, and on what.

    `parameters` are the figures and tables that its conditions name, `derivations` the derived facts, by key, that
    its truth rests on and whose authority is weaker than statute; each with its weakest citation. A finding that
    does not apply has no standing, unless a figure that is less than sure keeps it from applying.
    """

    rule: Rule
    status: Status
    standing: Standing | None
    applies_when: tuple[ClauseResult, ...]
    requires: tuple[ClauseResult, ...]
    reasons: frozenset[Reason] = frozenset()
    parameters: Mapping[str, Citation] = field(default_factory=dict)
    derivations: Mapping[str, Citation] = field(default_factory=dict)
    waived: bool = False

    def __repr__(self) -> str:
        return f"<Finding {self.rule.key} {self.status.value}{', waived' if self.waived else ''}>"

    @property
    def failed(self) -> tuple[str, ...]:
        """The keys of the required clauses that are false."""
        return tuple(c.key for c in self.requires if c.truth is Truth.FALSE)

    @property
    def outcome(self) -> str | None:
        """What the rule asks for when violated; None is advice."""
        return self.rule.otherwise.outcome


BY_BIT = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_APPLICABLE)


class Masks(NamedTuple):
    """The findings of one record: bit i is the i-th rule of the law; no bit set is satisfied."""

    violated: int
    undetermined: int
    not_applicable: int

    def status(self, i: int) -> Status:
        """Return what the i-th rule says."""
        found = (self.violated >> i & 1, self.undetermined >> i & 1, self.not_applicable >> i & 1)
        return BY_BIT[found.index(1)] if any(found) else Status.SATISFIED

    def among(self, mask: int) -> Masks:
        """Return the findings of some rules alone."""
        return Masks(*(found & mask for found in self))


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Evidence(NamedTuple):
    """What one rule says of a record, and the data on which it says it.

    `failed` are the keys of the required clauses that are false; `values` are the given facts that the
    rule reads, by key, those that are missing left out. A number of plain data is as it was given, and
    means the decimal that it prints as; a number of admitted data is exact.
    """

    rule: Rule
    status: Status
    failed: tuple[str, ...]
    values: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<Evidence {self.rule.key} {self.status.value}{''.join(f', {c}' for c in self.failed)}>"


@dataclass(frozen=True, slots=True, repr=False)
class Gap:
    """The smallest change of one fact with which a failed clause holds.

    `change` is `to - now`, all in the unit of the fact's kind.
    """

    rule: str
    clause: str
    path: str
    now: Fraction
    to: Fraction
    kind: Number

    def __repr__(self) -> str:
        return (
            f"<Gap {self.rule}.{self.clause}: {self.path} {self.now} to {self.to} {self.kind.unit.symbol}".rstrip()
            + ">"
        )

    @property
    def change(self) -> Fraction:
        """How much to add (or, below zero, to take away)."""
        return self.to - self.now


@dataclass(frozen=True, slots=True)
class ClauseGaps:
    """The gaps of one failed clause; empty where no change of a single fact makes it hold."""

    rule: str
    clause: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What an undetermined verdict lacks.

    `can_change` are all the missing things that can still change the verdict; `smallest` are the
    fewest that, answered well, settle it at its best (empty where no answers were found that do).
    `proven` is False where the search was cut short, or found none.
    """

    can_change: tuple[Reason, ...] = ()
    smallest: tuple[Reason, ...] = ()
    proven: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class DueDuty:
    """A duty that follows from the verdict; `certain` is False while a fact is missing, or its law has ended."""

    key: str
    duty: Duty
    authority: tuple[Citation, ...]
    certain: bool
    standing: Standing
    reasons: frozenset[Reason] = frozenset()

    def __repr__(self) -> str:
        return f"<DueDuty {self.key}: {self.duty.who.en}{'' if self.certain else ', not certain'}>"


@dataclass(frozen=True, slots=True)
class WaiverResult:
    """What became of a waiver: `applied`, `expired`, `unused`, or `refused` (a veto, or an unknown rule)."""

    rule: str
    subject: str
    result: str
    granted_by: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One fact as it is and as it would be, in its declared unit."""

    path: str
    now: Fraction
    to: Fraction

    @property
    def change(self) -> Fraction:
        """How much to add (or, below zero, to take away)."""
        return self.to - self.now


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """The cheapest change of several facts at once with which no violated rule asks for worse than an outcome.

    `cost` is each change's size times the weight of its fact, added up; nothing cheaper does it, as far as `proven`.
    """

    adjustments: tuple[Adjustment, ...]
    cost: Fraction
    outcome: str
    proven: bool = True
