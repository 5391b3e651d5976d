"""The legal calendar as lines of 80 columns and as JSON-ready data."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Any

from safety_rules.language.diagnostic import width
from safety_rules.language.kinds import Name
from safety_rules.language.legal_calendar import Document, LegalCalendar, Resting, Turn
from safety_rules.language.source import NotCovered, Source
from safety_rules.words.catalog import sentence
from safety_rules.words.values import standing_words

WIDTH = 80
SHOWN_TURNS = 8
SCHEMA = "safety_rules.law/1"
NEVER_FIRST = frozenset("，。、；：）》”〕］")
PARTS = re.compile(r"[!-~]+|.", re.DOTALL)


def law_lines(law: LegalCalendar, language: str) -> Iterator[str]:
    """Yield the calendar's lines, none of them wider than 80 columns."""
    area = law.area.title.in_(language) if law.area is not None else sentence("law.all", language)
    yield from folded(sentence("law.head", language, day=law.day, area=area), "")
    for key, documents in (
        ("law.documents", [d for d in law.documents if d.in_force]),
        ("law.older", [d for d in law.documents if not d.in_force]),
    ):
        if documents or key == "law.documents":
            yield ""
            yield sentence(key, language, count=len(documents))
        for document in documents:
            yield from _document(document, law.day, language)
    if law.lapsed:
        yield ""
        yield sentence("law.lapsed", language, count=len(law.lapsed))
        yield from (line for r in law.lapsed for line in folded(f"{r.title.in_(language)}［{r.key}］", "  "))
    yield ""
    yield sentence("law.missing", language, count=len(law.not_covered))
    yield from (line for n in law.not_covered for line in folded(n.what.in_(language), "  "))
    if law.unread:
        yield ""
        yield sentence("law.unread", language, count=sum(map(len, law.unread.values())))
    for source, clauses in law.unread.items():
        yield from folded(title(source, language), "  ")
        yield from folded(sentence("law.list", language).join(clauses), "    ")
    yield ""
    yield sentence("law.next", language)
    yield from _turns(law.next, language)


def _document(d: Document, day: datetime.date, language: str) -> Iterator[str]:
    source = d.source
    yield from folded(title(source, language), "  ")
    period = source.in_force
    said = [sentence("law.from", language, day=period.since)] if period.since is not None else []
    said += [sentence("law.until", language, day=period.until)] if period.until is not None else []
    said = said or [sentence("law.undated", language)]
    said.append(sentence("law.standing", language, standing=standing_words(d.standing, language)))
    if source.review_by is not None:
        said.append(
            sentence("law.reviewed" if source.review_by < day else "law.review", language, day=source.review_by)
        )
    yield from folded(sentence("law.parts", language).join(said), "    ")
    names = sentence("law.list", language).join(dict.fromkeys(r.title.in_(language) for r in d.resting))
    yield from folded(sentence("law.resting", language, count=len(d.resting), names=names), "    ")


def _turns(turns: Sequence[Turn], language: str) -> Iterator[str]:
    for turn in turns[:SHOWN_TURNS]:
        of = turn.of
        gap = isinstance(of, NotCovered)
        key = {"begins": "law.gap-begins", "ended": "law.gap-ended"} if gap else {"review": "law.due"}
        said = of.what.in_(language) if isinstance(of, NotCovered) else title(of, language)
        yield from folded(sentence(key.get(turn.what, f"law.{turn.what}"), language, day=turn.day, title=said), "  ")
    if not turns:
        yield "  " + sentence("law.none", language)
    if len(turns) > SHOWN_TURNS:
        yield "  " + sentence("law.more", language, count=len(turns) - SHOWN_TURNS, day=turns[-1].day)


def title(source: Source, language: str) -> str:
    """Return a document's title with its number."""
    number = sentence("citation.number", language, number=source.number) if source.number else ""
    marked = "《" in source.title.zh or source.title.zh.startswith("（")
    key = "law.titled" if marked else "law.title"
    return sentence(key, language, title=source.title.in_(language), number=number)


def folded(text: str, indent: str) -> Iterator[str]:
    """Yield a text in lines of at most 80 columns after an indent, the further ones deeper; words of letters stay whole."""
    line = indent
    for part in PARTS.findall(text):
        most = WIDTH if part in NEVER_FIRST else WIDTH - 2
        if wide(line + part) > most and line.strip():
            yield line.rstrip()
            line, part = indent + "  ", part.lstrip()
        line += part
    yield line.rstrip()


def wide(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(width, text))


def law_data(law: LegalCalendar) -> dict[str, Any]:
    """Return the calendar as JSON-ready data, every name in both languages."""
    return {
        "schema": SCHEMA,
        "day": law.day.isoformat(),
        "area": None if law.area is None else law.area.key,
        "documents": [
            {
                **_of(d.source),
                "standing": d.standing.name,
                "in_force": {"from": _day(d.source.in_force.since), "until": _day(d.source.in_force.until)},
                "in_force_on_the_day": d.in_force,
                "review_by": _day(d.source.review_by),
                "replaced_by": d.source.replaced_by or None,
                "resting": [_resting(r) for r in d.resting],
            }
            for d in law.documents
        ],
        "lapsed": [_resting(r) for r in law.lapsed],
        "not_covered": [_of(n) for n in law.not_covered],
        "quoted_without_text": [{**_of(s), "clauses": list(clauses)} for s, clauses in law.unread.items()],
        "next": [{"day": t.day.isoformat(), "what": t.what, **_of(t.of)} for t in law.next],
    }


def _of(of: Source | NotCovered) -> dict[str, Any]:
    if isinstance(of, NotCovered):
        return {"not_covered": of.key, "what": _name(of.what)}
    return {"source": of.key, "title": _name(of.title), "number": of.number}


def _resting(r: Resting) -> dict[str, Any]:
    return {"kind": r.kind, "key": r.key, "title": _name(r.title)}


def _name(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _day(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()
