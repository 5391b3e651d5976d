"""What rests on little: standings below `local`, rules in force when their source is not, quotations not found."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterator, Mapping

from safety_rules.language.diagnostic import Span
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Citation, Period, Standing, holds_on
from safety_rules.services.impact.meaning import items_of
from safety_rules.words.diagnostic import Diagnostic

DAY = datetime.timedelta(days=1)
SLIP = 7 * DAY
Cited = tuple[str, Period, tuple[Citation, ...], Span | None]


def cited(book: Rulebook) -> Iterator[Cited]:
    """Yield everything that cites: its name, when it holds, its citations, and where it stands."""
    for key, item in items_of(book).items():
        yield key.key, item.in_force, item.authority, item.at
    for parameter in book.parameters.values():
        for entry in parameter.entries:
            yield f"{parameter.key} from {entry.period.since}", entry.period, (entry.citation,), entry.at
    for table in book.tables.values():
        for edition in table.editions:
            name = f"{table.key} from {edition.period.since}"
            yield name, edition.period, (edition.citation,), edition.citation.at


def weak_standings(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield each source that is cited below `local`: nobody in the district has confirmed what rests on it."""
    weak: dict[str, list[Citation]] = {}
    for _, _, citations, _ in cited(book):
        for citation in citations:
            if citation.standing > Standing.local:
                weak.setdefault(citation.source, []).append(citation)
    for key, found in weak.items():
        at = book.sources[key].at
        if at is not None:
            standings = ", ".join(sorted({c.standing.name for c in found}))
            many = "weak-standing.one" if len(found) == 1 else "weak-standing.many"
            yield Diagnostic.doubt(many, at, count=len(found), source=key, standings=standings)


def out_of_force(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield what is in force on a day on which none of its sources is."""
    for name, period, citations, at in cited(book):
        sources = [book.sources[c.source] for c in citations]
        hole = _uncovered(period, _held(citations, book))
        where = at or next((c.at for c in citations if c.at is not None), None)
        if hole is None or where is None:
            continue
        key = "source-not-in-force.one" if len(sources) == 1 else "source-not-in-force.many"
        yield Diagnostic.doubt(key, where, name=name, day=hole, sources=tuple(s.key for s in sources))


def _held(citations: tuple[Citation, ...], book: Rulebook) -> list[Period]:
    """Return on which days each citation governs."""
    periods = [(c, book.sources[c.source].in_force) for c in citations]
    return [Period(p.since, None if c.continues else p.until) for c, p in periods]


def beside_sources(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield what begins or ends a few days beside a document that it cites and with none: a slip of the pen."""
    for name, period, citations, at in cited(book):
        where = at or next((c.at for c in citations if c.at is not None), None)
        if where is not None:
            for day, other in _slips(period, _held(citations, book)):
                yield Diagnostic.doubt("day-beside-source", where, name=name, day=day, other=other)


def _slips(period: Period, held: list[Period]) -> Iterator[tuple[datetime.date, datetime.date]]:
    begins = [h.since for h in held] + [h.until + DAY for h in held if h.until is not None]
    for day, others in ((period.since, begins), (period.until, [h.until for h in held])):
        near = [o for o in others if day is not None and o is not None and abs(day - o) <= SLIP]
        if day is not None and near and day not in near and any(h.holds(day) for h in held):
            yield day, near[0]


def is_told_by_sources(period: Period, citations: tuple[Citation, ...], book: Rulebook) -> bool:
    """Return whether lint finds that days do not agree with the documents cited, so that no case need try them."""
    held = _held(citations, book)
    return _uncovered(period, held) is not None or any(True for _ in _slips(period, held))


def lapsed(book: Rulebook, day: datetime.date) -> Iterator[Diagnostic]:
    """Yield what is in force on the day of the check when nothing that it cites is, with what took its place."""
    for name, period, citations, at in cited(book):
        sources = [book.sources[c.source] for c in citations]
        where = at or next((c.at for c in citations if c.at is not None), None)
        held = any(holds_on(c, book.sources[c.source], day) for c in citations)
        if where is None or not period.holds(day) or held or not sources:
            continue
        later = tuple(dict.fromkeys(s.replaced_by for s in sources if s.replaced_by))
        many = "source-lapsed.successor" if later else "source-lapsed.none"
        yield Diagnostic.doubt(many, where, name=name, day=day, sources=tuple(s.key for s in sources), later=later)


def superseded(book: Rulebook, day: datetime.date) -> Iterator[Diagnostic]:
    """Yield what rests, on the day of the check, on a document that is known to have a newer one in force."""
    for name, period, citations, at in cited(book):
        keys = {c.source for c in citations}
        for source in (book.sources[k] for k in dict.fromkeys(c.source for c in citations)):
            newer = book.sources.get(source.replaced_by)
            where = at or next((c.at for c in citations if c.at is not None), None)
            if newer is None or where is None or newer.key in keys or not period.holds(day):
                continue
            if source.in_force.holds(day) and newer.in_force.holds(day):
                yield Diagnostic.doubt("source-replaced", where, name=name, source=source.key, newer=newer.key)


def overdue_reviews(book: Rulebook, day: datetime.date) -> Iterator[Diagnostic]:
    """Yield, as an error, each source that somebody had to look at again by a day that has passed."""
    for source in book.sources.values():
        if source.review_by is not None and source.review_by < day and source.at is not None:
            yield Diagnostic.of("review-passed", source.at, source=source.key, by=source.review_by, day=day)


def _uncovered(period: Period, sources: list[Period]) -> datetime.date | None:
    """Return a day of the period on which none of the sources is in force; None where there is none."""
    day = period.since or datetime.date.min
    last = period.until or datetime.date.max
    while day <= last:
        ends = [s.until or datetime.date.max for s in sources if s.holds(day)]
        if not ends:
            return day
        end = max(ends)
        if end == datetime.date.max:
            return None
        day = end + DAY
    return None


def quotations(book: Rulebook, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield the quotations that do not appear in the given text of their source; `texts` are by source.

    Where a text gives each clause a line of its own, its number and a tab before it, a quotation is held to its
    clause, to the sign.
    """
    by_clause = {key: _clauses(text) for key, text in texts.items() if "\t" in text}
    flat = {key: _plain(text) for key, text in texts.items()}
    for name, _, citations, _ in cited(book):
        for citation in citations:
            if not citation.quotation or citation.source not in flat or citation.at is None:
                continue
            quoted = citation.quotation.replace("……", "\n").replace("...", "\n")
            if citation.source in by_clause:
                clauses = by_clause[citation.source]
                texts_of = [t for number, t in clauses if citation.clause == number or _begins(citation.clause, number)]
                parts = ["".join(p.split()) for p in quoted.split("\n")]
                missing = next((p for p in parts if not any(p in t for t in texts_of)), None)
            else:
                parts = [p for p in _plain(quoted, "\n").split("\n") if p]
                missing = next((p for p in parts if p not in flat[citation.source]), None)
            if missing is not None:
                slots = {"name": name, "source": citation.source, "part": missing[:30]}
                yield Diagnostic.doubt("quotation-not-found", citation.at, **slots)


def _clauses(text: str) -> list[tuple[str, str]]:
    """Return the clauses of a text that gives each a line: their numbers, and what they say without blanks."""
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return [(number.strip(), "".join(said.split())) for number, _, said in lines if said]


def _begins(clause: str, number: str) -> bool:
    """Return whether a clause as cited begins with a number, and no longer number goes on there."""
    return clause.startswith(number) and not clause[len(number) :].lstrip().startswith(("（", "第", ".", *"0123456789"))


def _plain(text: str, keep: str = "") -> str:
    """Return a text without blanks, and without differences of width and of quotation marks."""
    marks = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
    flat = unicodedata.normalize("NFKC", text).translate(marks)
    return "".join(c for c in flat if not c.isspace() or c in keep)
