"""What the law of a day comes to: the legal calendar of one area or of all."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from safety_rules.language.errors import NotFoundError
from safety_rules.language.legal_calendar import Document, LegalCalendar, Resting, Turn
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import NotCovered, Period, Source, authority_on, holds_on, weakest
from safety_rules.semantics.reads import parameters_of, tables_of
from safety_rules.services.impact.meaning import conditions, items_of
from safety_rules.services.lint.texts import texts_in
from safety_rules.words.near import did_you_mean

DAY = datetime.timedelta(days=1)


def legal_calendar(book: Rulebook, day: datetime.date, area: str | None = None) -> LegalCalendar:
    """Return the law of a day; raises NotFoundError where there is no such area."""
    if area is not None and area not in book.areas:
        raise NotFoundError(f"there is no area `{area}`; {did_you_mean(area, book.areas)}")
    every = list(_resting(book, area))
    held = [r for r in every if r.period.holds(day)]
    documents = [_document(s, held, day) for s in book.sources.values()]
    lapsed = tuple(
        r for r in held if r.citations and all(c.lapsed for c in authority_on(r.citations, book.sources, day))
    )
    missing = [n for n in book.not_covered if area is None or area in n.areas]
    return LegalCalendar(
        day, None if area is None else book.areas[area], tuple(d for d in documents if d.resting), lapsed,
        tuple(n for n in missing if n.period.holds(day)), tuple(_turns(book, every, missing, day)),
        _unread(book, held),
    )  # fmt: skip


def _unread(book: Rulebook, held: Sequence[Resting]) -> Mapping[Source, tuple[str, ...]]:
    """Return the clauses that are quoted and whose text does not stand beside the rules, by document."""
    texts = {f.stem for f in texts_in(Path(book.origin[0]))} if book.origin is not None else set[str]()
    quoted: dict[Source, dict[str, None]] = {}
    for c in (c for r in held for c in r.citations if c.quotation and c.source not in texts):
        quoted.setdefault(book.sources[c.source], {})[c.clause] = None
    return {source: tuple(clauses) for source, clauses in quoted.items()}


def boundaries(book: Rulebook, since: datetime.date, until: datetime.date) -> list[datetime.date]:
    """Return the days on which some law begins or is first no longer in force, with the day before and the two ends."""
    periods = [s.in_force for s in book.sources.values()] + [n.period for n in book.not_covered]
    periods += [r.period for r in _resting(book, None)]
    edges = {p.since for p in periods if p.since} | {p.until + DAY for p in periods if p.until and p.until < until}
    inside = {d for edge in edges for d in (edge - DAY, edge) if since <= d <= until}
    return sorted(inside | {since, until})


def _document(source: Source, held: Sequence[Resting], day: datetime.date) -> Document:
    on_it = [(r, c) for r in held for c in r.citations if c.source == source.key and holds_on(c, source, day)]
    resting = tuple(dict.fromkeys(r for r, _ in on_it))
    return Document(source, weakest(*(c.standing for _, c in on_it)), resting, source.in_force.holds(day))


def _resting(book: Rulebook, area: str | None) -> Iterator[Resting]:
    """Yield everything that cites, of an area with the figures and tables that it reads."""
    figures, tables = set[str](), set[str]()
    for key, item in items_of(book).items():
        if area not in (None, key.area):
            continue
        yield Resting(key.kind, key.key, item.title, item.in_force, item.authority)
        derivations = {d.fact: d for d in book.areas[key.area].derivations} if key.area else {}
        for formula in conditions(item):
            figures |= {p.key for p in parameters_of(formula, derivations)}
            tables |= set(tables_of(formula, derivations))
    for p in (p for p in book.parameters.values() if area is None or p.key in figures):
        yield from (Resting("parameter", p.key, p.name, e.period, (e.citation,)) for e in p.entries)
    for t in (t for t in book.tables.values() if area is None or t.key in tables):
        yield from (Resting("table", t.key, t.name, e.period, (e.citation,)) for e in t.editions)


def _turns(
    book: Rulebook, every: Sequence[Resting], missing: Sequence[NotCovered], day: datetime.date
) -> Iterator[Turn]:
    """Yield what changes after a day, in order."""
    cited = {c.source for r in every for c in r.citations}
    turns = []
    for source in (s for s in book.sources.values() if s.key in cited):
        turns += [Turn(d, what, source) for d, what in _days(source.in_force)]
        turns += [Turn(source.review_by, "review", source)] if source.review_by is not None else []
    turns += [Turn(d, what, n) for n in missing for d, what in _days(n.period)]
    yield from sorted((t for t in turns if t.day > day), key=lambda t: (t.day, t.what, t.of.key))


def _days(period: Period) -> Iterator[tuple[datetime.date, str]]:
    if period.since is not None:
        yield period.since, "begins"
    if period.until is not None and period.until < datetime.date.max:
        yield period.until + DAY, "ended"
