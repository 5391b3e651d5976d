"""A district's overlay applied to a rulebook: its figures, sources, rules, chaining rules and decisions."""

from __future__ import annotations

from dataclasses import replace

from safety_rules.language.chain import ChainRule
from safety_rules.language.expr import And, AsOf, Compare, FactRef, Literal, Not, walk
from safety_rules.language.kinds import Date, Name
from safety_rules.language.law import Entry
from safety_rules.language.rule import Clause, Rule
from safety_rules.language.rulebook import Area, Change, Rulebook
from safety_rules.language.source import Period, Source
from safety_rules.loading.areas import clauses, rule
from safety_rules.loading.chains import chain, stratified
from safety_rules.loading.context import Context
from safety_rules.loading.models import OverlayFile
from safety_rules.loading.models_base import CitationFile
from safety_rules.loading.models_facts import EntryFile
from safety_rules.loading.models_rules import AreaFile
from safety_rules.loading.overlay_cases import with_cases
from safety_rules.loading.parameters import entries, source, succeeded
from safety_rules.loading.report import Report
from safety_rules.loading.scalars import citation, name
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion
from safety_rules.words.said import said


def overlaid(book: Rulebook, file: OverlayFile, path: str, report: Report) -> Rulebook:
    """Return the rulebook as the overlay changes it; what it changed is listed."""
    report.alike(str(file.overlay), file.overlay)
    known = dict(book.sources)
    others = {k: s for k, s in file.sources.items() if str(k) not in known or known[str(k)].at is not k.at}
    for key, entry in others.items():
        known[str(key)] = source(key, entry, report)
    for key, entry in others.items():
        succeeded(key, entry, known, report)
    book = _listed(replace(book, sources=known), file, report)
    book = _parameters(book, file, known, report)
    book = _confirmed(book, file, known, report)
    book = _switched_off(book, file, report)
    book = with_chains(_added(book, file, path, report), file, path, report)
    book = _excepted(book, file, report)
    return with_cases(book, file, as_file, context_of(book, report))


def _listed(book: Rulebook, file: OverlayFile, report: Report) -> Rulebook:
    """List what an overlay has added to the files of the rules, or put in their place."""
    named = [("fact", k, name(f, report)) for k, f in file.facts.items()]
    named += [("parameter", k, name(f, report)) for k, f in (*file.figures.items(), *file.scales.items())]
    named += [("table", t.table, name(t, report)) for t in file.tables]
    named += [("derivation", d.derive, name(d.title, report)) for d in (*file.derivations, *file.replaces)]
    for what, key, detail in named:
        book = change(book, file, what, str(key), detail)
    return book


def _parameters(book: Rulebook, file: OverlayFile, known: dict[str, Source], report: Report) -> Rulebook:
    for key, timeline in file.parameters.items():
        parameter = book.parameters.get(str(key))
        if parameter is None:
            report.error("unknown-parameter.value", key, suggestion(key, book.parameters))
            continue
        made = entries(timeline.entries, parameter.kind, book.vocabulary, known, report)
        _covers(key, parameter.entries, made, timeline.entries, report)
        if made == parameter.entries:
            report.error("overlay-does-nothing", key)
        book = replace(book, parameters={**book.parameters, parameter.key: replace(parameter, entries=made)})
        detail = said("overlay-change.values", overlay=_title(file)).name
        book = change(book, file, "parameter", parameter.key, detail)
    return book


def _title(file: OverlayFile) -> Name:
    return Name(str(file.title.zh), str(file.title.en))


def _covers(
    key: Scalar, old: tuple[Entry, ...], new: tuple[Entry, ...], files: list[EntryFile], report: Report
) -> None:
    """Report days on which the built-in timeline has a value and the overlay's has none."""
    if not old or not new:
        return
    first, since = old[0].period.since, new[0].period.since
    if first is not None and since is not None and since > first:
        report.error("timeline-hole.overlay-starts", files[0].since, name=key, first=first, since=since)
    last, until = old[-1].period.until, new[-1].period.until
    if until is not None and (last is None or until < last):
        report.error("timeline-hole.overlay-ends", files[-1].until or key, name=key, until=until)


def _confirmed(book: Rulebook, file: OverlayFile, known: dict[str, Source], report: Report) -> Rulebook:
    """Put the district's own citation on a parameter's entries, a rule or a derivation, whose content stays as it is."""
    for key, cited in file.confirm.items():
        made = citation(CitationFile.model_validate(cited), known, report)
        if made is None:
            continue
        parameter = book.parameters.get(str(key))
        holders = [a for a in book.areas.values() if str(key) in _confirmable(a)]
        chains = tuple(replace(c, authority=(made,)) if c.key == str(key) else c for c in book.chains)
        if parameter is None and not holders and chains == book.chains:
            names = [*book.parameters, *(c.key for c in book.chains)]
            names += [k for a in book.areas.values() for k in _confirmable(a)]
            report.error("unknown-parameter.confirm", key, suggestion(key, names))
            continue
        if parameter is not None:
            timeline = tuple(replace(e, citation=made) for e in parameter.entries)
            book = replace(book, parameters={**book.parameters, parameter.key: replace(parameter, entries=timeline)})
        for area in holders:
            rules = tuple(replace(r, authority=(made,)) if r.key == str(key) else r for r in area.rules)
            facts = tuple(replace(d, authority=(made,)) if d.key == str(key) else d for d in area.derivations)
            changed = replace(area, rules=rules, derivations=facts)
            book = replace(book, areas={**book.areas, area.key: changed})
        book = replace(book, chains=chains)
        detail = said("overlay-change.confirmed", overlay=_title(file)).name
        book = change(book, file, "confirm", str(key), detail)
    return book


def _confirmable(area: Area) -> list[str]:
    """Return the keys of an area's rules and derivations."""
    return [r.key for r in area.rules] + [d.key for d in area.derivations]


def _switched_off(book: Rulebook, file: OverlayFile, report: Report) -> Rulebook:
    for key, why in file.switch_off.items():
        holders = [a for a in book.areas.values() if any(r.key == str(key) for r in a.rules)]
        chains = tuple(c for c in book.chains if c.key != str(key))
        if not holders and chains == book.chains:
            known = [*(r.key for a in book.areas.values() for r in a.rules), *(c.key for c in book.chains)]
            report.error("unknown-rule.rule", key, suggestion(key, known))
            continue
        vetoed = any(r.otherwise.veto for a in holders for r in a.rules if r.key == str(key))
        if vetoed or any(is_veto(c, book) for c in book.chains if c.key == str(key)):
            report.error("veto-switched-off", key)
            continue
        if any(_holds_criteria(r, a) for a in holders for r in a.rules if r.key == str(key)):
            report.error("criteria-switched-off", key)
            continue
        for area in holders:
            kept = replace(area, rules=tuple(r for r in area.rules if r.key != str(key)))
            book = replace(book, areas={**book.areas, area.key: kept})
        book = change(replace(book, chains=chains), file, "switch_off", str(key), name(why, report))
    return book


def _excepted(book: Rulebook, file: OverlayFile, report: Report) -> Rulebook:
    """Take from rules, but from no veto, whom an exception names while its document is in force."""
    context = context_of(book, report)
    for key, files in file.exceptions.items():
        area = next((a for a in book.areas.values() if any(r.key == str(key) for r in a.rules)), None)
        if area is None:
            report.error(
                "unknown-rule.rule", key, suggestion(key, [r.key for a in book.areas.values() for r in a.rules])
            )
            continue
        was = next(r for r in area.rules if r.key == str(key))
        if was.otherwise.veto or _holds_criteria(was, area):
            report.error("veto-switched-off" if was.otherwise.veto else "criteria-switched-off", key)
            continue
        for twice in (k for k in files if any(c.key == str(k) for c in (*was.applies_when, *was.requires))):
            report.error("clause-twice.rule", twice)
        cited = {str(k): citation(f, dict(book.sources), report) for k, f in files.items()}
        found = [(c, cited[c.key]) for c in clauses(files, context, was.in_force)]
        beside = [(_unless(c, book.sources[by.source].in_force), replace(by, excepts=True)) for c, by in found if by]
        authority = (*was.authority, *(by for _, by in beside))
        now = replace(was, applies_when=(*was.applies_when, *(c for c, _ in beside)), authority=authority)
        rules = tuple(now if r is was else r for r in area.rules)
        book = replace(book, areas={**book.areas, area.key: replace(area, rules=rules)})
        for clause, _ in beside:
            book = change(book, file, "exception", f"{key}.{clause.key}", clause.sentence)
    return book


def _unless(clause: Clause, while_: Period) -> Clause:
    """Return the clause that somebody is not excepted, on the days of a document."""
    since = [Compare(">=", AsOf(), Literal(while_.since, Date()))] if while_.since is not None else []
    until = [Compare("<=", AsOf(), Literal(while_.until, Date()))] if while_.until is not None else []
    that = And((*since, *until, clause.that)) if since or until else clause.that
    return replace(clause, that=Not(that), sentence=said("overlay-change.excepted", clause=clause.sentence).name)


def _holds_criteria(rule: Rule, area: Area) -> bool:
    """Return whether a rule is an item of a criteria set, or asks what the sets do not cover.

    Without it what was reported as that item would count as judged, and come out at the best.
    """
    covers = {d.fact for d in area.derivations if d.row_of}
    reads = {n.key for c in rule.applies_when for n in walk(c.that) if isinstance(n, FactRef)}
    return bool(rule.row_of) or not covers.isdisjoint(reads)


def _added(book: Rulebook, file: OverlayFile, path: str, report: Report) -> Rulebook:
    context = context_of(book, report)
    for entry in file.rules:
        area = book.areas.get(str(entry.area)) if entry.area is not None else None
        if area is None:
            at = entry.area if entry.area is not None else entry.rule
            report.error("unknown-area.overlay", at, suggestion(str(entry.area), book.areas))
            continue
        if any(r.key == str(entry.rule) for r in area.rules):
            report.error("defined-twice.rule", entry.rule)
            continue
        made = rule(entry, as_file(area, entry.rule), context, path)
        if made is not None:
            longer = replace(
                area, rules=tuple(sorted((*area.rules, made), key=lambda r: (-area.rank(r.otherwise.outcome), r.key)))
            )
            book = replace(book, areas={**book.areas, area.key: longer})
            book = change(book, file, "rule", made.key, made.title)
    return book


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
