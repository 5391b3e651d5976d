"""What people are told in rule files: each sentence, by what says it and the place in it, and each citation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple, get_args

from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Kind, Name
from safety_rules.language.rule import Case, Clause, Duty, Otherwise
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Citation
from safety_rules.language.table import Edition
from safety_rules.services.impact.meaning import items_of

TOLD_ELSEWHERE: tuple[Any, ...] = (*get_args(Expr), *get_args(Kind), Span, Case, Otherwise, Duty, Citation, Edition)


class Said(NamedTuple):
    """One sentence or citation: who says it, the place in it, what it says, to what it belongs, and where that stands."""

    of: str
    place: str
    says: str
    owner: str
    at: Span | None = None

    @property
    def key(self) -> str:
        """Its name among all that is said."""
        return f"{self.of}: {self.place}"


def sentences(book: Rulebook) -> Iterator[Said]:
    """Yield every sentence once: one that several rules share by its own name, and remedies and duties elsewhere."""
    named: set[str] = set()
    for of, owner, thing in _holders(book):
        at = book.areas[owner].at if of == owner else getattr(thing, "at", None)
        for place, says, shared in _names(thing, ""):
            if not shared:
                yield Said(of, place, says, owner, at)
            elif shared not in named:
                named.add(shared)
                yield Said("named", shared, says, "", book.named.clauses[shared].at)


def _holders(book: Rulebook) -> Iterator[tuple[str, str, Any]]:
    """Yield what says something, with its name among such things and the key of what it belongs to."""
    words = book.vocabulary
    for area in book.areas.values():
        yield area.key, area.key, (("title", area.title), *area.outcomes, *area.across_rows)
    for key, item in items_of(book).items():
        yield f"{key.area}/{key.key}", key.key, item
    kinds: Mapping[str, Iterable[Any]] = {
        "fact": words.facts.values(),
        "subject": words.subjects.values(),
        "figure": book.parameters.values(),
        "table": book.tables.values(),
        "source": book.sources.values(),
        "not-covered": book.not_covered,
        "ratio": words.ratios,
        "contradiction": words.contradictions,
        "format": words.formats.values(),
    }
    for kind, things in kinds.items():
        yield from ((f"{kind} {thing.key}", thing.key, thing) for thing in things)
    yield from ((f"choices {name}", name, listed) for name, listed in words.choices.items())
    for i, one in enumerate(book.must_be_given):
        yield f"must be given {one.fact} {i + 1}", one.fact, one


def _names(thing: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """Yield the sentences within a thing: the place, what it says, and the name by which things share it."""
    match thing:
        case Name(zh, en):
            yield place, f"{zh} · {en}", ""
        case (str() as key, Name(zh, en)):
            yield key, f"{zh} · {en}", ""
        case Clause(named=str() as named) if named:
            yield place, f"{thing.sentence.zh} · {thing.sentence.en}", named
        case Mapping():
            for name, part in thing.items():
                yield from _names(part, _within(place, name))
        case tuple():
            for i, part in enumerate(thing):
                inner = str(getattr(part, "key", getattr(part, "variable", "")) or i + 1)
                yield from _names(part, place if isinstance(part, tuple) else _within(place, inner))
        case _ if is_dataclass(thing) and not isinstance(thing, TOLD_ELSEWHERE):
            for field in fields(thing) if not isinstance(thing, type) else ():
                part = getattr(thing, field.name) if field.repr else None
                inner = place if field.name in ("name", "sentence") and place else _within(place, field.name)
                if isinstance(part, str) and part and field.name == "note":
                    yield inner, part, ""
                elif not isinstance(part, str):
                    yield from _names(part, inner)


def _within(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def citations(book: Rulebook) -> Iterator[Said]:
    """Yield every citation, with its standing and the words that it quotes."""
    for key, item in items_of(book).items():
        yield from _cited(f"{key.area}/{key.key}", key.key, item.authority, item.at)
    for parameter in book.parameters.values():
        cited = [e.citation for e in parameter.entries]
        yield from _cited(f"figure {parameter.key}", parameter.key, cited, parameter.at)
    for table in book.tables.values():
        yield from _cited(f"table {table.key}", table.key, [e.citation for e in table.editions])


def _cited(of: str, owner: str, authority: Iterable[Citation], at: Span | None = None) -> Iterator[Said]:
    seen: dict[str, int] = {}
    for c in authority:
        place = f"{c.source} {c.clause}"
        seen[place] = seen.get(place, 0) + 1
        named = place if seen[place] == 1 else f"{place} ({seen[place]})"
        quoted = f" “{c.quotation}”" if c.quotation else ""
        goes_on = ", continues" if c.continues else ""
        yield Said(of, named, f"{c.standing.name}{goes_on}{quoted}", owner, c.at or at)
