"""Failures as people read them: the record in YAML, the verdicts, and the rule's own line under a caret."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from safety_rules.formats.impact_words import given_lines
from safety_rules.language.clock import is_amount, is_time, time_text
from safety_rules.language.diagnostic import SourceText, Span
from safety_rules.language.errors import NotFoundError
from safety_rules.language.rule import Clause
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Finding, Status
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.dated_area import DatedArea
from safety_rules.words.diagnostic import framed
from safety_rules.words.near import did_you_mean
from safety_rules.words.values import decimal

MOST_LINES = 4


class NotAFactError(NotFoundError):
    """A property names something that the rules do not have, or not of that kind."""

    def __init__(self, name: str, known: Iterable[str], what: str = "a fact") -> None:
        super().__init__(f"`{name}` is not {what}; {did_you_mean(name, list(known))}".rstrip("; "))


def known_fact(area: DatedArea, name: str) -> Fact:
    """Return a fact by its English or Chinese name; raises NotAFactError."""
    vocabulary = area.law.rulebook.vocabulary
    fact = vocabulary.find(name)
    if fact is None:
        raise NotAFactError(name, vocabulary.facts)
    return fact


def record_text(record: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    """Return a record as the `given` of a case."""
    written = {k: _plain(v, vocabulary.find(k)) for k, v in record.items()}
    return "\n".join(["given:", *(f"  {line}" for line in given_lines(written))])


def _plain(value: Any, fact: Fact | None = None) -> Any:
    if isinstance(value, Fraction) and fact is not None and is_time(fact.kind):
        return time_text(value)
    if isinstance(value, Fraction):
        text = decimal(value)
        return f"{value}" if text.startswith("≈") else text
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def moved(
    what: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    was: Verdict,
    now: Verdict,
    fact: str = "",
) -> str:
    """Return what a verdict did that it should not, with the lines of the rules on which it did."""
    rows = [what]
    if was is not now:
        for given, verdict in ((before, was), (after, now)):
            value = f" with {fact} {_shown_value(given.get(fact), verdict, fact)}" if fact else ""
            rows.append(f"  {_ends(verdict)}{value}")
    found = list(_telling(was, now)) or [f for f in now.findings if f.status is Status.VIOLATED]
    rows += [line for f in found[:MOST_LINES] for line in _lines(f)]
    return "\n".join(rows)


def _shown_value(value: Any, verdict: Verdict, fact: str) -> str:
    kind = verdict.on.rulebook.vocabulary.facts[fact].kind
    unit = f" {kind.unit.symbol}" if is_amount(kind) and kind.unit.symbol else ""
    return "blank" if value is None else f"{_plain(value, verdict.on.rulebook.vocabulary.facts[fact])}{unit}"


def _ends(verdict: Verdict) -> str:
    return verdict.outcome if verdict.definite else f"undetermined ({verdict.at_best} to {verdict.at_worst})"


def _telling(was: Verdict, now: Verdict) -> Iterator[Finding]:
    """Yield the findings that differ, as they are where they count more."""
    old = {f.rule.key: f for f in was.findings}
    for f in now.findings:
        other = old.get(f.rule.key)
        if other is not None and other.status is not f.status:
            yield f if f.status in (Status.VIOLATED, Status.UNDETERMINED) else other


def _lines(found: Finding) -> list[str]:
    """Return the lines of the clauses on which a finding rests, each with its place and a caret."""
    clauses = {c.key: c for c in (*found.rule.applies_when, *found.rule.requires)}
    open_ = [r.key for r in (*found.applies_when, *found.requires) if r.truth is Truth.UNKNOWN]
    keys = found.failed or tuple(open_)
    return [_line(found, clauses[k]) for k in keys if clauses[k].at is not None][:MOST_LINES]


def _line(found: Finding, clause: Clause) -> str:
    assert clause.at is not None
    message = f"{found.rule.title.zh} · {found.status.value}: {clause.sentence.zh}"
    return framed("property", f"`{found.rule.key}.{clause.key}`: {message}", clause.at)


def condition_text(text: str) -> Callable[[int, int], Span]:
    """Return where a stretch of a condition that stands in Python stands."""
    source = SourceText("when", text)
    return lambda start, end: Span(source, start, end)
