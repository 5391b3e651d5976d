"""What decides, in three lines: the verdict, the reason that weighs most, and what has to be done or asked."""

from __future__ import annotations

from collections.abc import Sequence

from safety_rules.language.explanation import Series, Slot, Statement, statement
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Finding, Status
from safety_rules.semantics.verdict.currency import not_covered_said, review_said, reviews
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.semantics.verdict.explain import (
    cited,
    duty_said,
    either_said,
    headline,
    problem_lines,
    reasons_said,
    ways_said,
)

MOST_NAMED = 5


def brief(verdict: Decided) -> tuple[Statement, ...]:
    """Return the three lines, and below them what in the data was not used and which law must be looked at again."""
    violated = [f for f in verdict.findings if f.status is Status.VIOLATED and not f.waived and f.outcome is not None]
    area, worst = verdict.on.area, verdict.on.area.rank(verdict.at_best)
    first = [f for f in violated if area.rank(f.outcome) == worst] if worst else []
    lines = [
        headline(verdict),
        _reason(first, len(violated), verdict) if first else _without_reason(worst, verdict),
        _next(first or verdict.one_of, verdict),
    ]
    lines += [*map(review_said, reviews(verdict)), *not_covered_said(verdict)]
    return (*lines, *problem_lines(verdict))


def _reason(first: Sequence[Finding], violated: int, verdict: Decided) -> Statement:
    """Return the rule that decides: what of it fails, and on which law; a veto before others."""
    f = max(first, key=lambda f: f.rule.otherwise.veto)
    failed: list[Slot] = [
        c.sentence for c, r in zip(f.rule.requires, f.requires, strict=True) if r.truth is Truth.FALSE
    ]
    law = cited(min(f.rule.authority, key=lambda c: c.standing), verdict.on.rulebook.sources)
    others = statement("brief.others", count=violated - 1) if violated > 1 else ""
    return statement(
        "brief.reason", title=f.rule.title, failed=Series("joint.list", tuple(failed)), law=law, others=others
    )


def _without_reason(worst: int, verdict: Decided) -> Statement:
    """Return how much was looked at where no rule is violated, or that records of a history decide."""
    if worst:
        return next(iter(either_said(verdict)), statement("brief.history"))
    said = [f.status for f in verdict.findings]
    asked = len(said) - said.count(Status.NOT_APPLICABLE)
    return statement("brief.none", asked=asked, open=said.count(Status.UNDETERMINED), rest=len(said) - asked)


def _next(first: Sequence[Finding], verdict: Decided) -> Statement:
    """Return what has to be asked of an open verdict, put right of a bad one, or done after a good one."""
    if not verdict.definite:
        needs = verdict.needs.smallest or verdict.needs.can_change
        more = statement("brief.more", count=len(needs) - MOST_NAMED) if len(needs) > MOST_NAMED else ""
        return statement("brief.ask", facts=reasons_said(sorted(needs)[:MOST_NAMED], verdict), more=more)
    if first:
        return _remedy(first, verdict)
    duties: tuple[Slot, ...] = tuple(duty_said(d) for d in verdict.obligations)
    if duties:
        more = statement("brief.more", count=len(duties) - 1) if len(duties) > 1 else ""
        return statement("brief.duty", duty=duties[0], more=more)
    weak = len({c.source for f in verdict.decisive for c in f.rule.authority})
    return statement("brief.law", count=weak)


def _remedy(first: Sequence[Finding], verdict: Decided) -> Statement:
    """Return what changes the rules that decide: the gaps, or what their authors advise; a veto is said to be one."""
    keys = {f.rule.key for f in first}
    gaps: list[Slot] = [ways_said(c) for c in verdict.clause_gaps if c.rule in keys and c.gaps]
    advised: list[Slot] = [f.rule.otherwise.remedy for f in first if f.rule.otherwise.remedy is not None]
    if gaps or advised:
        return statement("brief.remedy", what=Series("joint.beside", tuple(dict.fromkeys(gaps or advised))))
    return statement("brief.veto" if any(f.rule.otherwise.veto for f in first) else "brief.no_remedy")
