"""Scales as the figures of their brackets: where each begins, and its rate, each with its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from safety_rules.language.kinds import Kind, Name, Number
from safety_rules.language.law import Entry, Parameter
from safety_rules.language.source import Source
from safety_rules.language.vocabulary import Fact, Vocabulary, normal
from safety_rules.loading import models_facts as shapes
from safety_rules.loading.parameters import entries
from safety_rules.loading.report import Report
from safety_rules.loading.scalars import key, name
from safety_rules.loading.tree import Scalar
from safety_rules.loading.vocabulary import fact_kind
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import value_of
from safety_rules.semantics.checking.scales import PARTS
from safety_rules.words.catalog import both


def with_scales(
    files: Iterable[shapes.ParametersFile],
    figures: dict[str, Parameter],
    vocabulary: Vocabulary,
    known: dict[str, Source],
    report: Report,
) -> dict[str, Parameter]:
    """Return the figures with those of every scale's brackets."""
    found = dict(figures)
    taken = {normal(n): p.key for p in figures.values() for n in (p.key, p.zh_key)} | dict(vocabulary.by_name)
    for file in files:
        for at, entry in file.scales.items():
            for made in _scale(at, entry, vocabulary, known, report):
                for spelled in (made.key, made.zh_key):
                    if taken.setdefault(normal(spelled), made.key) != made.key or made.key in found:
                        report.error("defined-twice.names", at, name=spelled, other=taken[normal(spelled)])
                found[made.key] = made
    return found


def _scale(
    at: Scalar, file: shapes.ScaleFile, vocabulary: Vocabulary, known: dict[str, Source], report: Report
) -> list[Parameter]:
    """Return two figures for each bracket; a timeline with fewer brackets repeats its last, which then adds nothing."""
    kinds = [_kind(unit, at, vocabulary, report) for unit in (file.unit, file.rate_unit)]
    if not all(part.isidentifier() for part in str(file.called).split(".")):
        report.error("chinese-name", file.called)
    for entry in file.entries:
        _joined(entry.brackets, kinds[0], vocabulary, report)
    label, own, most = name(file, report), key(at, report), max(len(e.brackets) for e in file.entries)
    made = []
    for number in range(most):
        for part, kind in zip(PARTS, kinds, strict=True):
            timeline = [_entry(e, getattr(e.brackets[min(number, len(e.brackets) - 1)], part.en)) for e in file.entries]
            found: tuple[Entry, ...] = () if kind is None else entries(timeline, kind, vocabulary, known, report)
            called = both(f"scale.{part.en}", scale=label, number=number + 1)
            keys = f"{own}.{part.en}_{number + 1}", f"{file.called}.{part.zh}{number + 1}"
            made.append(Parameter(*keys, Name(called.zh, called.en), kind or Number(), found, at.at))
    return made


def _kind(unit: Scalar | None, at: Scalar, vocabulary: Vocabulary, report: Report) -> Kind | None:
    shape = shapes.FieldFile.model_construct(kind=Scalar.of("number", at.at), unit=unit, whole=None)
    return fact_kind(shape, {}, vocabulary.units, str(at), report)


def _entry(file: shapes.ScaleEntryFile, value: Scalar) -> shapes.EntryFile:
    """Return one figure of a bracket as an entry of its own."""
    return shapes.EntryFile.model_construct(
        since=file.since, until=file.until, value=value, source=file.source, clause=file.clause,
        standing=file.standing, quotation=file.quotation, note=file.note,
    )  # fmt: skip


def _joined(brackets: list[shapes.BracketFile], kind: Kind | None, vocabulary: Vocabulary, report: Report) -> None:
    """Report brackets that do not follow each other: a hole, an overlap, an end too many or too few."""
    for lower, upper in pairwise(brackets):
        if lower.up_to is None:
            report.error("scale.open", lower.rate)
        elif kind is not None:
            edges = list(_numbers([lower.above, lower.up_to, upper.above], kind, vocabulary, report))
            if len(edges) == 3 and edges[1] <= edges[0]:
                report.error("scale.empty", lower.up_to)
            elif len(edges) == 3 and edges[1] != edges[2]:
                hole = "scale.hole" if edges[1] < edges[2] else "scale.overlap"
                report.error(hole, upper.above, low=lower.up_to, high=upper.above)
    if (end := brackets[-1].up_to) is not None:
        report.error("scale.end", end)


def _numbers(scalars: list[Scalar], kind: Kind, vocabulary: Vocabulary, report: Report) -> Iterator[Fraction]:
    for scalar in scalars:
        try:
            value = value_of(scalar, Fact("value", Name("值", "value"), kind, "值"), vocabulary.units)
            assert isinstance(value, Fraction)
            yield value
        except Unusable as wrong:
            report.add(wrong.code, wrong.said, scalar)
