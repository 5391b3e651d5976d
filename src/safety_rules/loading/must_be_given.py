"""Which facts records must carry, from the vocabulary's files: read when every name that a condition may use is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from safety_rules.language.expr import Expr, FactRef, ItemField
from safety_rules.language.kinds import Boolean, Name, Records
from safety_rules.language.rule import MustBeGiven
from safety_rules.language.rulebook import Area
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.context import Context, read
from safety_rules.loading.models_facts import FieldFile, MustBeGivenFile, VocabularyFile
from safety_rules.loading.scalars import text
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.reads import walk_through
from safety_rules.words.catalog import both
from safety_rules.words.near import suggestion

WHYS = ("completeness.with", "completeness.without")


def must_be_given(files: Iterable[VocabularyFile], areas: Mapping[str, Area], c: Context) -> tuple[MustBeGiven, ...]:
    """Return what must be given, in the order of the vocabulary."""
    found = (_one(at, file, fact, areas, c) for at, file, fact in _facts(files, c))
    return tuple(f for f in found if f is not None)


def _facts(files: Iterable[VocabularyFile], c: Context) -> Iterator[tuple[Scalar, FieldFile, Fact]]:
    """Yield the facts and fields that say when they must be given, each with its key as it is written."""
    for file in files:
        for at, outer in file.facts.items():
            for key, one in ((str(at), outer), *((f"{at}.{k}", f) for k, f in outer.fields_.items())):
                fact = c.vocabulary.facts.get(key)
                if one.must_be_given is not None and fact is not None:
                    yield one.zh, one, fact


def _one(at: Scalar, file: FieldFile, fact: Fact, areas: Mapping[str, Area], c: Context) -> MustBeGiven | None:
    written, report = file.must_be_given, c.report
    if fact.key in c.derived:
        report.error("must-be-given-when.derived", at, fact=fact.key)
        return None
    if not isinstance(written, MustBeGivenFile):
        if written != "true":
            report.error("must-be-given-when.nothing", written or at)
        return MustBeGiven(fact.key, at=at.at)
    outer, scope = fact.key.rpartition(".")[0], c.scope()
    in_list = c.vocabulary.is_list(outer) and written.when is not None
    if in_list is not (written.for_each is not None):
        report.error("for-each", written.for_each or written.when or at)
        return None
    if written.for_each is not None:
        scope = scope.with_variable(str(written.for_each), Records(outer))
    when = None if written.when is None else read(written.when, c, Boolean(), scope)
    others = [_beside(name, fact, c) for name in (written.given_with, written.without)]
    if written.when is not None and (written.zh is None or written.en is None):
        report.error("must-be-given-when.sentence", written.when)
    if written.when is None and written.given_with is None and written.without is None and not written.areas:
        report.error("must-be-given-when.nothing", written.zh or at)
    for name in written.areas:
        area = areas.get(str(name))
        if area is None:
            report.error("unknown-area.other", name, suggestion(name, areas))
        elif fact.key.partition(".")[0] not in area.subjects:
            report.error("must-be-given-when.area", name, fact=fact.key)
    if fact in others or (when is not None and _reads(when, fact.key, areas)):
        report.error(
            "must-be-given-when.itself", written.when or written.given_with or written.without or at, fact=fact.key
        )
    parts = [both(key, fact=f.name) for key, f in zip(WHYS, others, strict=True) if f]
    why = Name("、".join(p.zh for p in parts), " and ".join(p.en for p in parts)) if parts else None
    if written.zh is not None and written.en is not None:
        why = Name(text(written.zh, report), text(written.en, report))
    beside, instead = ("" if f is None else f.key for f in others)
    variable, areas_ = str(written.for_each) if written.for_each else None, tuple(map(str, written.areas))
    return MustBeGiven(fact.key, when, beside, instead, variable, why, areas_, str(written.when or ""), at.at)


def _beside(scalar: Scalar | None, fact: Fact, c: Context) -> Fact | None:
    """Return the fact with which another must be given: of the record, or of a list's field a field of its own record."""
    found = None if scalar is None else c.vocabulary.find(str(scalar))
    if scalar is None or found is None:
        if scalar is not None:
            c.report.error("unknown-name.vocabulary", scalar, suggestion(scalar, c.vocabulary.facts))
        return None
    own, other = (key.rpartition(".")[0] for key in (fact.key, found.key))
    if (c.vocabulary.is_list(other) and other != own) or found.key in c.derived:
        c.report.error("must-be-given-when.with", scalar, fact=fact.key)
    c.report.named(scalar, found.key, found.zh_key)
    return found


def _reads(when: Expr, key: str, areas: Mapping[str, Area]) -> bool:
    """Return whether a condition reads a fact, through the derivations of any area."""
    derivations = [{d.fact: d for d in area.derivations} for area in areas.values()] or [{}]
    nodes = (n for derived in derivations for n in walk_through(when, derived, set()))
    return any(isinstance(n, FactRef | ItemField) and n.key == key for n in nodes)
