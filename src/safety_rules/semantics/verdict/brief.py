"""What decides, in three lines: the verdict, the reason that weighs most, and what has to be done or asked."""

from __future__ import annotations

from collections.abc import Sequence

from safety_rules.language.explanation import Series, Slot, Statement, statement
from safety_rules.language.kinds import Name
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import DueDuty, Finding, Status
from safety_rules.semantics.verdict.currency import not_covered_said, review_said, reviews, unasked
from safety_rules.semantics.verdict.decided import Decided
from safety_rules.semantics.verdict.explain import (
    cited,
    duty_said,
    either_said,
    headline,
    is_graded,
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
    lines += map(review_said, reviews(verdict))
    lines += not_covered_said(verdict, *unasked(verdict))
    return (*lines, *problem_lines(verdict))


def _reason(first: Sequence[Finding], violated: int, verdict: Decided) -> Statement:
    """Return the rule that decides: what of it fails, and on which law; a veto before others."""
    f = max(first, key=lambda f: f.rule.otherwise.veto)
    failed = [c.sentence for c, r in zip(f.rule.requires, f.requires, strict=True) if r.truth is Truth.FALSE]
    law = cited(min(f.rule.authority, key=lambda c: c.standing), verdict.on.rulebook.sources)
    told, more = ("graded", "graded_others") if is_graded(f, verdict) else ("reason", "others")
    others = statement(f"brief.{more}", count=violated - 1) if violated > 1 else ""
    slots: dict[str, Slot] = {"failed": Series("joint.list", tuple(failed)), "law": law, "others": others}
    if told == "graded":
        return statement("brief.graded", held=_held(verdict), title=f.rule.title, **slots)
    matter = _beside(f.rule.title, failed)
    if matter is None:
        return statement("brief.plain_reason", **slots)
    return statement("brief.reason" if matter == f.rule.title else "brief.matter_reason", title=matter, **slots)


def _beside(title: Name, failed: Sequence[Name]) -> Name | None:
    """Return what a title says beside the one sentence that fails: nothing where it is that sentence, so that it is said once."""
    if len(failed) != 1:
        return title
    if failed[0].zh == title.zh:
        return None
    zh, en = title.zh.removesuffix(f"：{failed[0].zh}"), title.en.removesuffix(f": {failed[0].en}")
    return Name(zh, en) if zh != title.zh and en != title.en else title


def _held(verdict: Decided) -> Slot:
    """Return the step that holds next below the grade: the other end of what the grade rests on."""
    area = verdict.on.area
    held = [f.rule for f in verdict.findings if f.status is Status.SATISFIED and is_graded(f, verdict)]
    worse = [r for r in held if area.rank(r.otherwise.outcome) > area.rank(verdict.at_worst)]
    if not worse:
        return ""
    return statement("brief.held", title=min(worse, key=lambda r: area.rank(r.otherwise.outcome)).title)


def _without_reason(worst: int, verdict: Decided) -> Statement:
    """Return how much was looked at where no rule is violated, or that records of a history decide."""
    if worst:
        return next(iter(either_said(verdict)), statement("brief.history"))
    said = [f.status for f in verdict.findings]
    rest, open_ = said.count(Status.NOT_APPLICABLE), said.count(Status.UNDETERMINED)
    if rest == len(said):
        return statement("brief.nothing_applies", count=rest)
    told = {k: statement(f"brief.{k}", count=n) if n else "" for k, n in (("open", open_), ("rest", rest))}
    return statement("brief.none", asked=len(said) - rest, **told)


def _next(first: Sequence[Finding], verdict: Decided) -> Statement:
    """Return what has to be asked of an open verdict, put right of a bad one, or done after a good one."""
    if not verdict.definite:
        needs = verdict.needs.smallest or verdict.needs.can_change
        more = statement("brief.more", count=len(needs) - MOST_NAMED) if len(needs) > MOST_NAMED else ""
        return statement("brief.ask", facts=reasons_said(sorted(needs)[:MOST_NAMED], verdict), more=more)
    if not all(is_graded(f, verdict) for f in first):
        return _remedy(first, verdict)
    gaps = _gaps(first, verdict)
    if gaps:
        return statement("brief.graded_gap", what=Series("joint.beside", gaps))
    documents = {c.source for f in verdict.decisive for c in f.rule.authority}
    return _duties(verdict.obligations) or statement("brief.law", count=len(documents))


def _duties(duties: Sequence[DueDuty]) -> Statement | None:
    if not duties:
        return None
    more = statement("brief.more", count=len(duties) - 1) if len(duties) > 1 else ""
    return statement("brief.duty", duty=duty_said(duties[0]), more=more)


def _gaps(first: Sequence[Finding], verdict: Decided) -> tuple[Slot, ...]:
    keys = {f.rule.key for f in first}
    return tuple(dict.fromkeys(ways_said(c) for c in verdict.clause_gaps if c.rule in keys and c.gaps))


def _remedy(first: Sequence[Finding], verdict: Decided) -> Statement:
    """Return that nothing offsets a veto; else what changes the rules that decide: gaps, advice, or duties that follow."""
    if any(f.rule.otherwise.veto for f in first):
        return statement("brief.veto")
    advised: list[Slot] = [f.rule.otherwise.remedy for f in first if f.rule.otherwise.remedy is not None]
    what = _gaps(first, verdict) or tuple(dict.fromkeys(advised))
    if what:
        return statement("brief.remedy", what=Series("joint.beside", what))
    return _duties(verdict.obligations) or statement("brief.no_remedy")
