"""What an overlay does to chaining rules: adds some; switching off and confirming are as with other rules."""

from __future__ import annotations

from dataclasses import replace

from safety_rules.language.chain import ChainRule
from safety_rules.language.expr import Literal
from safety_rules.language.kinds import Name
from safety_rules.language.rulebook import Area, Change, Rulebook
from safety_rules.loading.chains import chain, stratified
from safety_rules.loading.context import Context
from safety_rules.loading.models import OverlayFile
from safety_rules.loading.models_rules import AreaFile
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion


def with_chains(book: Rulebook, file: OverlayFile, path: str, report: Report) -> Rulebook:
    """Return the rulebook with an overlay's chaining rules, all of them checked to go together."""
    context = context_of(book, report)
    for entry in file.chains:
        area = book.areas.get(str(entry.area)) if entry.area is not None else None
        if entry.area is not None and area is None:
            report.error("unknown-area.missing", entry.area, suggestion(entry.area, book.areas))
            continue
        if any(c.key == str(entry.chain) for c in book.chains):
            report.error("defined-twice.chain", entry.chain)
            continue
        made = chain(entry, None if area is None else as_file(area, entry.chain), context, path)
        if made is not None:
            book = replace(book, chains=tuple(sorted((*book.chains, made), key=lambda c: c.key)))
            book = change(book, file, "chain", made.key, made.title)
    if file.chains:
        stratified(book.chains, context)
    return book


def is_veto(rule: ChainRule, book: Rulebook) -> bool:
    """Return whether a chaining rule derives the outcome of a veto, which no overlay takes back."""
    vetoes = {r.otherwise.outcome for a in book.areas.values() for r in a.rules if r.otherwise.veto}
    return any(isinstance(e, Literal) and e.value in vetoes for _, e in rule.record)


def change(book: Rulebook, file: OverlayFile, what: str, key: str, detail: Name) -> Rulebook:
    """Return the rulebook with a change listed."""
    return replace(book, changes=(*book.changes, Change(str(file.overlay), what, key, detail)))


def context_of(book: Rulebook, report: Report) -> Context:
    """Return what further rules of a rulebook are read with."""
    derived = frozenset(d.fact for a in book.areas.values() for d in a.derivations)
    return Context(book.vocabulary, dict(book.sources), dict(book.parameters), derived, report, book.tables, book.named)


def as_file(area: Area, at: Scalar) -> AreaFile:
    """Return an area as the file that it came from, for reading a further rule of it."""

    def scalar(text: str) -> Scalar:
        return Scalar.of(text, at.at)

    def names(of: Name) -> dict[str, Scalar]:
        return {"zh": scalar(of.zh), "en": scalar(of.en)}

    return AreaFile.model_validate(
        {
            "area": scalar(area.key),
            "title": names(area.title),
            "subjects": [scalar(s) for s in area.subjects],
            "outcomes": {scalar(o.key): names(o.name) for o in area.outcomes},
            "cases_on": scalar(str(area.default_on or "2000-01-01")),
        }
    )
