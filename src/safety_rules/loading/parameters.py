"""Sources and dated parameters from their files."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from safety_rules.language.kinds import Choice, Choices, Kind, Name, Number, Records, Value
from safety_rules.language.law import Entry, Parameter
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import NotCovered, Period, Source, Standing, citation_on, pieces
from safety_rules.language.table import Edition
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.loading import models_facts as shapes
from safety_rules.loading.report import Report
from safety_rules.loading.scalars import citation, day, key, name, period, standing
from safety_rules.loading.tree import Scalar
from safety_rules.loading.vocabulary import fact_kind
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import value_of
from safety_rules.words.near import suggestion

Dated = TypeVar("Dated", Entry, Edition)


def sources(files: Sequence[shapes.SourcesFile], report: Report) -> dict[str, Source]:
    """Return every source by key."""
    found: dict[str, Source] = {}
    for file in files:
        for source_key, entry in file.sources.items():
            if str(source_key) in found:
                report.error("defined-twice.source", source_key)
            found[str(source_key)] = source(source_key, entry, report)
    for file in files:
        for source_key, entry in file.sources.items():
            succeeded(source_key, entry, found, report)
    return found


def succeeded(source_key: Scalar, entry: shapes.SourceFile, known: Mapping[str, Source], report: Report) -> None:
    """Report a successor that is no other source."""
    named = entry.replaced_by
    if named is not None and (str(named) not in known or str(named) == str(source_key)):
        report.error("unknown-source", named, suggestion(named, [k for k in known if k != str(source_key)]))


def not_covered(
    files: Iterable[shapes.SourcesFile], areas: Mapping[str, Area], report: Report
) -> tuple[NotCovered, ...]:
    """Return what is known not to be covered, in order of its first day."""
    found: dict[str, NotCovered] = {}
    for file in files:
        for own, entry in file.not_covered.items():
            if str(own) in found:
                report.error("defined-twice.source", own)
            for area in entry.areas:
                if str(area) not in areas:
                    report.error("unknown-area.other", area, suggestion(area, areas))
            names = tuple(str(a) for a in entry.areas)
            rules = [r.key for a in names if a in areas for r in areas[a].rules]
            for rule in entry.rules:
                if str(rule) not in rules:
                    report.error("unknown-rule.rule", rule, suggestion(rule, rules))
            found[str(own)] = NotCovered(
                key(own, report), names, period(entry.in_force, report), name(entry.what, report),
                tuple(str(r) for r in entry.rules), own.at,
            )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda n: (n.period.since or datetime.date.min, n.key)))


def dated_by_sources(book: Rulebook) -> Rulebook:
    """Return the rulebook with its figures and tables marked where, within their days, their source is not in force."""
    figures = {k: replace(p, entries=_dated(p.entries, book.sources)) for k, p in book.parameters.items()}
    tables = {k: replace(t, editions=_dated(t.editions, book.sources)) for k, t in book.tables.items()}
    return replace(book, parameters=figures, tables=tables)


def _dated(dated: tuple[Dated, ...], known: Mapping[str, Source]) -> tuple[Dated, ...]:
    return tuple(
        replace(e, period=part, citation=citation_on(e.citation, source, part.since or datetime.date.min))
        for e in dated
        for source in (known[e.citation.source],)
        for part in pieces(e.period, source.in_force)
    )


def source(source_key: Scalar, entry: shapes.SourceFile, report: Report) -> Source:
    """Return one source."""
    return Source(
        key(source_key, report), name(entry.title, report), str(entry.number) if entry.number is not None else "",
        None if entry.issuer is None else name(entry.issuer, report), period(entry.in_force, report),
        standing(entry.standing, Standing.assumed, report), str(entry.note) if entry.note is not None else "",
        day(entry.review_by, report), str(entry.replaced_by) if entry.replaced_by is not None else "", source_key.at,
    )  # fmt: skip


def parameters(
    files: Iterable[shapes.ParametersFile], vocabulary: Vocabulary, known: dict[str, Source], report: Report
) -> dict[str, Parameter]:
    """Return every parameter by key."""
    found: dict[str, Parameter] = {}
    spelled: dict[str, str] = {}
    for file in files:
        for parameter_key, entry in file.parameters.items():
            made = _parameter(parameter_key, entry, vocabulary, known, report)
            if made is None:
                continue
            for spelling in (made.key, made.zh_key):
                other = spelled.get(normal(spelling)) or vocabulary.by_name.get(normal(spelling))
                if other is not None:
                    report.error("defined-twice.names", parameter_key, name=spelling, other=other)
                spelled[normal(spelling)] = made.key
            found[made.key] = made
    return found


def _parameter(
    parameter_key: Scalar, file: shapes.ParameterFile, vocabulary: Vocabulary, known: dict[str, Source], report: Report
) -> Parameter | None:
    shape = shapes.FieldFile(zh=file.zh, en=file.en, kind=file.kind, unit=file.unit, choices=file.choices)
    kind = fact_kind(shape, dict(vocabulary.choices), vocabulary.units, str(parameter_key), report)
    if kind is None:
        return None
    if isinstance(kind, Records):
        report.error("unknown-kind.parameter", file.kind)
        return None
    if not all(part.isidentifier() for part in str(file.called).split(".")):
        report.error("chinese-name", file.called)
    for spelled in (parameter_key, file.called):
        report.alike(str(spelled), spelled)
    made = entries(file.entries, kind, vocabulary, known, report)
    if isinstance(kind, Number) and all(_whole(e.value) for e in made):
        kind = Number(kind.unit, whole=True)
    label = name(file, report)
    return Parameter(key(parameter_key, report), str(file.called), label, kind, made, parameter_key.at)


def _whole(value: Value) -> bool:
    return getattr(value, "denominator", 0) == 1


def entries(
    files: list[shapes.EntryFile], kind: Kind, vocabulary: Vocabulary, known: dict[str, Source], report: Report
) -> tuple[Entry, ...]:
    """Return a timeline: each entry lasts until its own end, or until the next begins."""
    made: list[tuple[datetime.date, datetime.date | None, Value, shapes.EntryFile]] = []
    for file in files:
        since, value = day(file.since, report), _value(file, kind, vocabulary, report)
        if since is not None and value is not None:
            made.append((since, day(file.until, report), value, file))
    made.sort(key=lambda m: m[0])
    result: list[Entry] = []
    for i, (since, until, value, file) in enumerate(made):
        cited = citation(file, known, report)
        following = made[i + 1][0] if i + 1 < len(made) else None
        end = _end(since, until, following, file, report)
        if cited is not None:
            result.append(Entry(Period(since, end), value, cited, file.since.at))
    return tuple(result)


def _end(
    since: datetime.date,
    until: datetime.date | None,
    following: datetime.date | None,
    file: shapes.EntryFile,
    report: Report,
) -> datetime.date | None:
    one = datetime.timedelta(days=1)
    if until is not None and until < since:
        report.error("period.entry", file.until or file.since, until=until)
    if following is None:
        return until
    if following == since:
        report.error("timeline-overlap.same", file.since, since=since)
    if until is not None and until >= following and following != since:
        end, at = following - one, file.until or file.since
        report.error("timeline-overlap.runs", at, until=until, following=following, end=end)
    if until is not None and until < following - one:
        report.error("timeline-hole.between", file.until or file.since, first=until + one, last=following - one)
    return following - one


def _value(file: shapes.EntryFile, kind: Kind, vocabulary: Vocabulary, report: Report) -> Value | None:
    at = file.value if isinstance(file.value, Scalar) else file.since
    if isinstance(kind, Choices) and not isinstance(file.value, Scalar):
        found: list[str] = []
        for item in file.value:
            one = _one(item, Choice(kind.choices), vocabulary, item, report)
            found += [] if one is None else [str(one)]
        return tuple(found)
    return _one(file.value, kind, vocabulary, at, report)


def _one(data: object, kind: Kind, vocabulary: Vocabulary, at: Scalar, report: Report) -> Value | None:
    try:
        return value_of(data, Fact("value", Name("值", "value"), kind, "值"), vocabulary.units)
    except Unusable as wrong:
        report.add(wrong.code, wrong.said, at)
        return None
