"""A verdict: what the findings come to, with needs, gaps and explanation worked out when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from safety_rules.language.errors import NotFoundError
from safety_rules.language.kinds import Name, Value
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Standing, Waiver
from safety_rules.language.verdict import ClauseGaps, DueDuty, Finding, Gap, Needs, Status, WaiverResult
from safety_rules.semantics.admit import admit
from safety_rules.semantics.decide import (
    AreaOn,
    derived_values,
    due_duties,
    finding,
    findings,
    interval,
    verdict_standing,
    waiver_results,
)
from safety_rules.semantics.explain import explanation
from safety_rules.semantics.gap import gaps
from safety_rules.semantics.needs import needs
from safety_rules.semantics.serial import to_dict
from safety_rules.semantics.shared import Shared

UNDETERMINED = "undetermined"
UNDETERMINED_NAME = Name("待核实", "undetermined")
LANGUAGES = ("zh", "en")


class Verdict:
    """The verdict of one area on one record as of a day.

    `outcome` is the key of the area's outcome, or `undetermined`; `at_best` and `at_worst` bound it.
    An engine that knows the interval already makes a verdict cheaply; the record, the findings and all
    that follows from them are worked out by the definition when they are asked for. The masks that it
    knows (bit i is the i-th rule) spare what they say already, and `shared` what verdicts of the same law
    have worked out.
    """

    def __init__(
        self,
        on: AreaOn,
        data: Any,
        at_best: str,
        at_worst: str,
        granted: Sequence[Waiver] = (),
        violated: int | None = None,
        undetermined: int | None = None,
        not_applicable: int | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.on, self.at_best, self.at_worst = on, at_best, at_worst
        self._data, self._granted, self._violated, self._undetermined = data, granted, violated, undetermined
        self._not_applicable, self._shared = not_applicable, shared

    def __repr__(self) -> str:
        return f"<Verdict {self.on.area.key} {self.outcome} on {self.on.as_of}>"

    @cached_property
    def record(self) -> Record:
        """The data as admitted: exact values, and a problem for each that could not be used."""
        if isinstance(self._data, Record):
            return self._data
        return admit(self._data, self.on.rulebook.vocabulary, derived=frozenset(self.on.derivations))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each rule in force, in the area's order."""
        return findings(self.on, self.record, self._granted)

    @cached_property
    def open_findings(self) -> tuple[Finding, ...]:
        """The findings that are violated or undetermined, in the area's order; the others are not worked out for them."""
        if self._violated is None or self._undetermined is None or "findings" in self.__dict__:
            return tuple(f for f in self.findings if f.status in (Status.VIOLATED, Status.UNDETERMINED))
        mask = self._violated | self._undetermined
        if not mask:
            return ()
        env = self.on.environment(self.record)
        return tuple(finding(r, env) for i, r in enumerate(self.on.rules) if mask >> i & 1)

    @cached_property
    def waivers(self) -> tuple[WaiverResult, ...]:
        """What became of each waiver that names this record's subject."""
        return waiver_results(self.on, self.record, self._granted, self.findings)

    @property
    def definite(self) -> bool:
        """Whether nothing that is missing can change the outcome."""
        return self.at_best == self.at_worst

    @property
    def outcome(self) -> str:
        """The outcome's key, or `undetermined`."""
        return self.at_best if self.definite else UNDETERMINED

    @property
    def outcome_name(self) -> Name:
        """The outcome in Chinese and English."""
        return self.on.area.outcome(self.at_best).name if self.definite else UNDETERMINED_NAME

    @property
    def subject(self) -> str:
        """The record's own name for itself, or empty."""
        subjects = self.on.rulebook.vocabulary.subjects
        keys = [k for s in self.on.area.subjects for k in subjects[s].identity]
        return next((str(self.record.values[k]) for k in reversed(keys[:2]) if k in self.record.values), "")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What in the data could not be used."""
        return self.record.problems

    @cached_property
    def standing(self) -> Standing:
        """The weakest standing among the findings that decided the verdict (at best, while it is open)."""
        if self.at_best != self.on.area.outcomes[0].key:
            return verdict_standing(self.on.area, self.open_findings, self.at_best)
        known: Any = self._violated, self._undetermined, self._not_applicable
        if self._shared is None or None in known:
            return verdict_standing(self.on.area, self.findings, self.at_best)
        return self._shared.answer(known, lambda: verdict_standing(self.on.area, self.findings, self.at_best))

    @cached_property
    def needs(self) -> Needs:
        """What is missing, and the fewest facts that settle the verdict at its best."""
        return Needs() if self.definite else needs(self.on, self.record, self.open_findings, self._shared)

    @cached_property
    def clause_gaps(self) -> tuple[ClauseGaps, ...]:
        """For each failed numeric clause, the smallest change of each single fact with which it holds."""
        if not self.open_findings:
            return ()
        return gaps(self.open_findings, self.on.environment(self.record), self.on.rulebook.vocabulary.facts)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All gaps, in the order of the rules."""
        return tuple(g for clause in self.clause_gaps for g in clause.gaps)

    @cached_property
    def obligations(self) -> tuple[DueDuty, ...]:
        """Who has to do what, and by when."""
        return due_duties(self.on, self.record, self.open_findings)

    @cached_property
    def derived(self) -> Mapping[str, Value | None]:
        """The derived facts by path, exact; None for one that is not known yet."""
        return derived_values(self.on, self.record)

    def finding(self, rule: str) -> Finding:
        """Return the finding of one rule; raises NotFoundError."""
        for f in self.findings:
            if f.rule.key == rule:
                return f
        raise NotFoundError(f"no rule `{rule}` is in force in `{self.on.area.key}` on {self.on.as_of}")

    def violated(self) -> tuple[str, ...]:
        """Return the keys of the violated rules that count, worst first."""
        if self._violated is not None:
            return tuple(r.key for i, r in enumerate(self.on.rules) if self._violated >> i & 1)
        return tuple(f.rule.key for f in self.open_findings if f.status is Status.VIOLATED and not f.waived)

    def explain(self, language: str = "zh", rules: Iterable[str] = ()) -> str:
        """Return the explanation in `zh` or `en`, of the rules named or of all that matter."""
        if language not in LANGUAGES:
            raise NotFoundError(f"there is no language `{language}`; one of `zh`, `en`")
        asked = tuple(rules)
        for rule in asked:
            self.finding(rule)
        return explanation(self, language, asked)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data for JSON, with all that is needed to replay it."""
        return to_dict(self)


def decide(on: AreaOn, record: Record, waivers: Sequence[Waiver] = ()) -> Verdict:
    """Return the verdict of an area's law on a record."""
    found = findings(on, record, waivers)
    verdict = Verdict(on, record, *interval(on.area, found), waivers)
    verdict.findings = found
    return verdict
