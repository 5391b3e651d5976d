"""What is told of documents that are no longer in force, or that somebody must look at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from safety_rules.language.explanation import Series, Slot, Statement, statement
from safety_rules.language.kinds import Name
from safety_rules.language.source import Citation, NotCovered, Source
from safety_rules.language.verdict import Finding, Status
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.decided import Decided


def lapsed_said(citation: Citation, sources: Mapping[str, Source]) -> Statement:
    """Return what has lapsed, until when it was in force, and what took its place."""
    source = sources[citation.source]
    next_ = sources.get(source.replaced_by)
    after: Slot = "" if next_ is None else statement("currency.successor", title=next_.title, number=_number(next_))
    ended = source.in_force.until
    until: Slot = "" if ended is None else statement("currency.until", day=ended.isoformat())
    return statement("currency.lapsed", title=source.title, number=_number(source), until=until, after=after)


def all_lapsed(citations: Iterable[Citation], sources: Mapping[str, Source]) -> Series:
    """Return what is said of several lapsed citations, each document once."""
    once = {c.source: c for c in citations if c.lapsed}
    return Series("joint.list", tuple(lapsed_said(c, sources) for c in once.values()))


def notes_of(f: Finding, verdict: Decided) -> tuple[Name, ...]:
    """Return what is noted beside a finding: of an open one which law of its day is not covered, then what its rule says."""
    missing = [n.what for n in not_covered(verdict.on) if f.status is Status.UNDETERMINED and f.rule.key in n.rules]
    return (*missing, *([] if f.rule.note is None else [f.rule.note]))


def not_covered_said(verdict: Decided, *more: NotCovered) -> tuple[Statement, ...]:
    """Return in one line which law of the day an open verdict would need and the rules do not hold; nothing where none."""
    found = tuple(n.what for n in (*asked_by_hand(verdict), *more))
    return (statement("currency.not_covered", what=Series("joint.beside", found)),) if found else ()


def asked_by_hand(verdict: Decided) -> list[NotCovered]:
    """Return the law of the day that the open findings would need and the rules do not hold; none where nothing hangs on it."""
    asked = (
        set() if verdict.definite else {f.rule.key for f in verdict.open_findings if f.status is Status.UNDETERMINED}
    )
    return [n for n in not_covered(verdict.on) if asked & set(n.rules)]


def unasked(verdict: Decided) -> list[NotCovered]:
    """Return the law of the day that no rule asks about and that could only make it worse; none where it is the worst."""
    worst = verdict.at_best == verdict.on.area.outcomes[-1].key
    return [] if worst else [n for n in not_covered(verdict.on) if not n.rules]


def not_covered(on: AreaOn) -> list[NotCovered]:
    """Return the law of an area and its day that the rules do not hold."""
    return [n for n in on.rulebook.not_covered if on.area.key in n.areas and n.period.holds(on.as_of)]


def reviews(verdict: Decided) -> tuple[Source, ...]:
    """Return the documents of the findings that decide or are open whose day of review has passed."""
    counted = [*verdict.open_findings, *verdict.decisive]
    cited = [c for f in counted for c in (*f.rule.authority, *f.parameters.values(), *f.derivations.values())]
    found = (verdict.on.rulebook.sources[c.source] for c in cited)
    return tuple(dict.fromkeys(s for s in found if s.review_by is not None and s.review_by < verdict.on.as_of))


def review_said(source: Source) -> Statement:
    """Return that a document had to be looked at again by a day that has passed."""
    day = source.review_by.isoformat() if source.review_by is not None else ""
    return statement("currency.review", title=source.title, number=_number(source), day=day)


def _number(source: Source) -> Slot:
    return statement("citation.number", number=source.number) if source.number else ""
