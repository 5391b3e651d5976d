"""What a verdict comes to: outcome, findings, needs, gaps and duties, worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.errors import NotFoundError, RecordError
from safety_rules.language.kinds import Name, Value
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.language.source import Standing, weakest
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import (
    ClauseGaps,
    DueDuty,
    Evidence,
    Finding,
    Gap,
    Masks,
    Needs,
    Status,
    WaiverResult,
    bits,
)
from safety_rules.semantics import decide as deciding
from safety_rules.semantics.counsel.gap import gaps
from safety_rules.semantics.counsel.needs import needs
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.splits import CUT_SHORT, NOTHING, Split, by_definition, counted, splits_of
from safety_rules.semantics.verdict.evidence import evidence
from safety_rules.semantics.verdict.incomplete import incomplete
from safety_rules.semantics.verdict.shared import Parts, Shared
from safety_rules.words.catalog import both
from safety_rules.words.said import refusal

UNDETERMINED = "undetermined"

Witness = Callable[[Any, Sequence[str] | None], tuple[Evidence, ...]]
"""An engine's way from data and violated rules (None: every rule) to their evidence."""


class Decided:
    """What one area comes to on one record as of a day.

    `outcome` is the key of the area's outcome, or `undetermined`; `at_best` and `at_worst` bound it.
    An engine that knows the interval already makes a verdict cheaply; the record, the findings and all
    that follows from them are worked out by the definition when they are asked for, from the data that
    was passed: keep it as it is. The masks that it knows spare what
    they say already, and `shared` what verdicts of the same law have worked out.
    """

    __slots__ = ("__dict__", "_data", "_granted", "_masks", "_shared", "_violated", "_witness",
                 "at_best", "at_worst", "on", "outcome")  # fmt: skip

    on: deciding.AreaOn
    at_best: str
    at_worst: str
    outcome: str
    _masks: Masks | None
    _shared: Shared | None

    def __init__(
        self,
        on: deciding.AreaOn,
        data: Any,
        at_best: str,
        at_worst: str,
        granted: Sequence[Waiver] = (),
        violated: Sequence[str] | None = None,
        witness: Witness | None = None,
        masks: Masks | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.on, self.at_best, self.at_worst = on, at_best, at_worst
        self.outcome = at_best if at_best == at_worst else UNDETERMINED
        self._data, self._granted, self._violated, self._witness = data, granted, violated, witness
        self._masks, self._shared = masks, shared

    def lift(self, split: Split) -> None:
        """Take what every case of a blank comes to at least as the outcome at best, and at most as that at worst."""
        self.split = split
        if split.rank:
            self.at_best = self.on.area.outcomes[split.rank].key
        if split.worst is not None:
            self.at_worst = self.on.area.outcomes[split.worst].key
        self.outcome = self.at_best if self.at_best == self.at_worst else UNDETERMINED

    def __repr__(self) -> str:
        return f"<Verdict {self.on.area.key} {self.outcome} on {self.on.as_of}>"

    @cached_property
    def record(self) -> Record:
        """The data as admitted: exact values, and a problem for each that could not be used."""
        return deciding.area_record(self.on, self._data)

    @cached_property
    def environment(self) -> Environment:
        """What the law's conditions are evaluated in; derived facts are worked out once for all that is told."""
        return self.on.environment(self.record)

    @cached_property
    def masks(self) -> Masks | None:
        """The findings as bits, where an engine knows them; raises RecordError where the data has changed since."""
        if self._shared is None or self._shared.masks is None or self._granted:
            return None
        if self._masks is not None and self._data is self.record:
            return self._masks
        now = self._shared.masks(self.record.values)
        self._unchanged(now.violated == self._bits() and (self._masks is None or now == self._masks))
        return now

    @property
    def _parts(self) -> Parts | None:
        return None if self._shared is None else self._shared.parts

    def _bits(self) -> int:
        """Return the violated rules that the verdict was made with, as a mask."""
        if self._masks is not None:
            return self._masks.violated
        known = frozenset(self._violated or ())
        return sum(1 << i for i, rule in enumerate(self.on.rules) if rule.key in known)

    def _unchanged(self, same: bool) -> None:
        if not same:
            raise RecordError(refusal("changed.record", outcome=self._ends, violated=", ".join(self.violated()) or "-"))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each rule in force, in the area's order; raises RecordError where the data has changed since."""
        masks, parts = self.masks, self._parts
        if masks is not None and parts is not None:
            return parts.of(self.on.rules, self.environment)
        found = deciding.findings(self.on, self.record, self._granted, self.environment)
        if masks is None and self._violated is not None and not self._granted:
            now = tuple(f.rule.key for f in found if f.status is Status.VIOLATED)
            best, worst = deciding.interval(self.on.area, found)
            split = self._split(counted(found))
            ranks = (max(self.on.area.rank(best), split.rank), split.most(self.on.area.rank(worst)))
            same = (self.on.area.rank(self.at_best), self.on.area.rank(self.at_worst)) == ranks
            self._unchanged(now == tuple(self._violated) and same)
        return found

    @property
    def _ends(self) -> str:
        """The outcome, or both ends of it, by key."""
        return self.at_best if self.definite else f"{self.at_best} … {self.at_worst}"

    @property
    def engine(self) -> str:
        """What decided: `compiled` functions, or the `definition` itself."""
        return "definition" if self._violated is None and self._masks is None else "compiled"

    @cached_property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that are violated or undetermined, in the area's order; the others are not worked out for them."""
        masks = self.masks
        if masks is None or "findings" in self.__dict__:
            return tuple(f for f in self.findings if f.status in (Status.VIOLATED, Status.UNDETERMINED))
        mask = masks.violated | masks.undetermined
        rules = [self.on.rules[i] for i in bits(mask)]
        if self._parts is not None:
            return self._parts.of(rules, self.environment) if rules else ()
        return tuple(deciding.finding(rule, self.environment) for rule in rules)

    @cached_property
    def waivers(self) -> tuple[WaiverResult, ...]:
        """What became of each waiver that names this record's subject."""
        if not self._granted:
            return ()
        return deciding.waiver_results(self.on, self.record, self._granted, self.findings)

    @property
    def definite(self) -> bool:
        """Whether nothing that is missing can change the outcome."""
        return self.at_best == self.at_worst

    @property
    def outcome_name(self) -> Name:
        """The outcome in Chinese and English."""
        return self.on.area.outcome(self.at_best).name if self.definite else both("verdict.undetermined")

    @property
    def subject(self) -> str:
        """The record's own name for itself, or empty."""
        keys = self.on.rulebook.vocabulary.subjects[self.on.area.subjects[0]].identity
        return next((str(self.record.values[k]) for k in reversed(keys[:2]) if k in self.record.values), "")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What in the data could not be used."""
        return self.record.problems

    @cached_property
    def incomplete(self) -> tuple[Problem, ...]:
        """What must be given and is not; beside the verdict, of which it moves neither end."""
        return incomplete(self.on, self.record, self.environment) if self.on.rulebook.must_be_given else ()

    @property
    def accepted(self) -> tuple[Acceptance, ...]:
        """The numbers that count although they are not plausible, since somebody confirmed them."""
        return self.record.accepted

    @cached_property
    def split(self) -> Split:
        """What the cases of blanks come to that several open rules read; nothing where they lift no outcome."""
        return self._split(self._masks or counted(self.findings))

    def _split(self, masks: Masks) -> Split:
        splits = splits_of(self.on)
        if not masks.undetermined or not splits.may_move(masks):
            return NOTHING
        return splits.of(self.record, masks, by_definition(self.on))

    @property
    def one_of(self) -> tuple[Finding, ...]:
        """The open findings of which one is violated whatever a blank turns out to be, where that decides the outcome at best."""
        wanted = {self.on.rules[i].key for i in bits(self.split.rules)}
        return tuple(f for f in self.open_findings if f.rule.key in wanted) if wanted else ()

    @property
    def held(self) -> tuple[Finding, ...]:
        """The open findings that ask for worse than the outcome at worst, which no case of a blank reaches."""
        worst, status = self.split.worst, Status.UNDETERMINED
        if worst is None:
            return ()
        ranked = [(f, self.on.area.rank(f.outcome)) for f in self.open_findings if f.status is status and not f.waived]
        return tuple(f for f, rank in ranked if rank > worst)

    @cached_property
    def decisive(self) -> tuple[Finding, ...]:
        """The findings that decided the outcome, at best while it is open."""
        found = (*deciding.deciding(self.on.area, self.findings, self.at_best), *self.one_of)
        return (*found, *(f for f in self.held if f not in found)) if self.definite else found

    @cached_property
    def standing(self) -> Standing | None:
        """The weakest standing among the findings that decided the verdict (at best, while it is open); None where none did."""
        quick = self._shared.standing if self._shared is not None else None
        if quick is not None and self.masks is not None and self.split in (NOTHING, CUT_SHORT):
            return quick(self.record.values, self.masks, self.at_best)
        standings = [f.standing for f in self.decisive if f.standing is not None]
        return weakest(*standings) if standings else None

    @cached_property
    def needs(self) -> Needs:
        """What is missing, and the fewest facts that settle the verdict at its best."""
        best, worst = self.on.area.rank(self.at_best), self.on.area.rank(self.at_worst)
        return Needs() if self.definite else needs(self.on, self.record, self.open_findings, best, worst, self._shared)

    @cached_property
    def clause_gaps(self) -> tuple[ClauseGaps, ...]:
        """For each failed numeric clause, the smallest change of each single fact with which it holds."""
        if not self.open_findings:
            return ()
        holds = None if self._parts is None else self._parts.holds
        return gaps(self.open_findings, self.environment, self.on.rulebook.vocabulary.facts, holds)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All gaps, in the order of the rules."""
        return tuple(g for clause in self.clause_gaps for g in clause.gaps)

    @cached_property
    def obligations(self) -> tuple[DueDuty, ...]:
        """Who has to do what, and by when."""
        if self._parts is not None:
            return self._parts.due(self.environment, self.open_findings)
        return deciding.due_duties(self.on, self.environment, self.open_findings)

    @cached_property
    def derived(self) -> Mapping[str, Value | None]:
        """The derived facts by path, exact; None for one that is not known yet."""
        if self._parts is not None:
            return self._parts.derived(self.record)
        return deciding.derived_values(self.on, self.record)

    def finding(self, rule: str) -> Finding:
        """Return the finding of one rule; raises NotFoundError."""
        for f in self.findings:
            if f.rule.key == rule:
                return f
        raise NotFoundError(f"no rule `{rule}` is in force in `{self.on.area.key}` on {self.on.as_of}")

    def rules_by_status(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the keys of the violated, undetermined and inapplicable rules, waived ones included; from masks where
        they are known.
        """
        masks = self._masks if self._masks is not None or "findings" in self.__dict__ else self.masks
        if masks is not None:
            violated, undetermined, absent = (
                tuple(r.key for i, r in enumerate(self.on.rules) if mask >> i & 1) for mask in masks
            )
            return violated, undetermined, absent
        statuses = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_APPLICABLE)
        violated, undetermined, absent = (
            tuple(f.rule.key for f in self.findings if f.status is status) for status in statuses
        )
        return violated, undetermined, absent

    def failed(self, rule: str) -> tuple[str, ...]:
        """Return the required clauses of a rule in force that are false."""
        if "findings" in self.__dict__:
            return self.finding(rule).failed
        found = next(r for r in self.on.rules if r.key == rule)
        return tuple(c.key for c in deciding.clause_results(found.requires, self.environment) if c.truth is Truth.FALSE)

    def violated(self) -> tuple[str, ...]:
        """Return the keys of the violated rules that count, worst first."""
        if self._violated is not None:
            return tuple(self._violated)
        if self._masks is not None:
            return tuple(self.on.rules[i].key for i in bits(self._masks.violated))
        return tuple(f.rule.key for f in self.open_findings if f.status is Status.VIOLATED and not f.waived)

    def evidence(self, *, every: bool = False) -> tuple[Evidence, ...]:
        """Return what the violated rules (or every rule in force) rest on, in the order of the law: the quick explanation."""
        if self._witness is not None and not self._granted:
            return self._witness(self._data, None if every else self._violated)
        wanted = None if every else frozenset(self.violated())
        return tuple(evidence(self.on, self.record, f) for f in self.findings if wanted is None or f.rule.key in wanted)
