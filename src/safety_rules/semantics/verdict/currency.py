"""What is told of documents that are no longer in force, or that somebody must look at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from safety_rules.language.explanation import Series, Slot, Statement, statement
from safety_rules.language.kinds import Name
from safety_rules.language.source import Citation, NotCovered, Source
from safety_rules.language.verdict import Finding, Status
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
    missing = [n.what for n in _not_covered(verdict) if f.status is Status.UNDETERMINED and f.rule.key in n.rules]
    return (*missing, *([] if f.rule.note is None else [f.rule.note]))


def not_covered_said(verdict: Decided) -> tuple[Statement, ...]:
    """Return in one line which law of the day the open findings would need and the rules do not hold; nothing where none."""
    asked = {f.rule.key for f in verdict.open_findings if f.status is Status.UNDETERMINED}
    found = tuple(n.what for n in _not_covered(verdict) if asked & set(n.rules))
    return (statement("currency.not_covered", what=Series("joint.beside", found)),) if found else ()


def _not_covered(verdict: Decided) -> list[NotCovered]:
    on = verdict.on
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
