"""The records of a ledger that are touched by what leads elsewhere: they write it, are read otherwise for it, or are told it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from safety_rules.language.kinds import Choice, Choices, Number
from safety_rules.language.law import edition_on
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.table import normal_spelling
from safety_rules.language.verdict import Status
from safety_rules.language.vocabulary import Fact, Vocabulary, fact_key
from safety_rules.semantics.admission.folding import unfolded
from safety_rules.semantics.admission.values import choice_parts
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.impact.compare import moved_leads
from safety_rules.services.impact.leads import NOWHERE, Lead, row_names
from safety_rules.services.impact.touched import SAID, TOLD_BY_READERS, Moved

COUNTS = (Status.VIOLATED, Status.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Touched:
    """What leads elsewhere, from where to where, and the numbers of the rows that it touches."""

    lead: Lead
    before: str
    after: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """What of a row is looked at: its words by fact, the rows of tables that they name, what is read otherwise, what is told."""

    written: frozenset[tuple[str, str]]
    named: frozenset[tuple[str, str]]
    otherwise: frozenset[str]
    told: frozenset[str]


class Touching:
    """Gathers which rows of a ledger are touched by each thing that leads elsewhere between two rulebooks on a day."""

    def __init__(self, old: Rulebook, new: Rulebook, area: str, day: datetime.date) -> None:
        self._books, self._area, self._day = (old, new), area, day
        moved = moved_leads(old, new, [day])[0]
        self._moved = [m for m in moved if not any(x and x.kind in TOLD_BY_READERS for x in m)]
        self._rows: list[list[int]] = [[] for _ in self._moved]
        self._names = [_spelled(book, day) for book in self._books]

    def see(self, number: int, data: tuple[Any, Any], verdicts: tuple[Verdict, Verdict]) -> None:
        """Take in a row: its data as each side reads its headings, and both verdicts."""
        row = self._row(data, verdicts)
        for rows, pair in zip(self._rows, self._moved, strict=True):
            if any(self._touches(lead, row) for lead in pair if lead is not None):
                rows.append(number)

    def touched(self) -> list[Touched]:
        """Return everything that leads elsewhere, with its rows."""
        return [_told(pair, rows) for pair, rows in zip(self._moved, self._rows, strict=True)]

    def _row(self, data: tuple[Any, Any], verdicts: tuple[Verdict, Verdict]) -> _Row:
        words = [frozenset(_words(d, b.vocabulary)) for d, b in zip(data, self._books, strict=True)]
        texts = {normal_spelling(text) for side in words for _, text in side}
        named = {pair for names in self._names for text in texts for pair in names.get(text, ())}
        told = {f.rule.key for v in verdicts for f in v.findings if f.status in COUNTS}
        moved = {key for key, _ in words[0] ^ words[1]}
        values = [dict(_values(v, b.vocabulary)) for v, b in zip(verdicts, self._books, strict=True)]
        moved |= {k for k in values[0].keys() | values[1].keys() if values[0].get(k) != values[1].get(k)}
        return _Row(words[0] | words[1], frozenset(named), frozenset(moved), frozenset(told))

    def _touches(self, lead: Lead, row: _Row) -> bool:
        match lead.kind:
            case "spelling":
                return any((f, lead.data[0].casefold()) in row.written for f in self._facts(lead))
            case "row" | "row_spelling":
                return (lead.owner, lead.key.partition(": ")[2]) in row.named
            case kind if kind in SAID:
                return lead.owner in row.told and lead.key.startswith(f"{self._area}/")
            case _:
                return bool(self._facts(lead) & row.otherwise)

    def _facts(self, lead: Lead) -> frozenset[str]:
        """Return the facts that are read by what leads elsewhere."""
        words = self._books[1].vocabulary
        match lead.kind:
            case "spelling" | "choices":
                return frozenset(k for k, f in words.facts.items() if _list_of(f.kind) == lead.owner)
            case "heading" | "name":
                return frozenset(lead.says.split(", "))
            case "units":
                unit = words.units.find(lead.key)
                same = unit.dimension if unit is not None else ()
                return frozenset(
                    k for k, f in words.facts.items() if isinstance(f.kind, Number) and f.kind.unit.dimension == same
                )
            case "ratio":
                return frozenset(f for r in words.ratios if r.key == lead.key for f in (r.of, r.per))
            case "contradiction":
                return frozenset(f for c in words.contradictions if c.key == lead.key for f in (c.text, c.choice))
            case _:
                return frozenset({lead.owner})


def _list_of(kind: object) -> str:
    return kind.choices.name if isinstance(kind, Choice | Choices) else ""


def _told(pair: Moved, rows: list[int]) -> Touched:
    was, now = pair
    lead = now if now is not None else was
    assert lead is not None
    return Touched(lead, was.says if was else NOWHERE, now.says if now else NOWHERE, tuple(rows))


def _words(data: Any, words: Vocabulary, within: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a row's data writes, by fact: of a list of options each, as it is understood, in lower case."""
    for key, value in data.items() if isinstance(data, Mapping) else ():
        fact = words.find(f"{within}.{key}" if within else str(key))
        if fact is None:
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, Mapping):
                yield from _words(one, words, fact.key)
            elif isinstance(one, str):
                text = unfolded(one, fact.kind)
                parts = choice_parts(text, fact.kind.choices) if isinstance(fact.kind, Choices) else [text]
                yield from ((fact.key, part.strip().casefold()) for part in (*parts, one))
            elif one is not None:
                yield fact.key, str(one)


def _values(verdict: Verdict, words: Vocabulary) -> Iterator[tuple[str, Any]]:
    """Yield what was admitted by fact, an amount as one of its dimension, of lists by field; and which facts have a problem."""
    for key, value in verdict.record.values.items():
        yield key, _amount(value, words.facts[key])
        items = [v for v in value if isinstance(v, Mapping)] if isinstance(value, tuple) else []
        fields = dict.fromkeys(k for item in items for k in item)
        yield from (
            (f"{key}.{field}", [_amount(i.get(field), words.facts[f"{key}.{field}"]) for i in items])
            for field in fields
        )
    yield from ((fact_key(p.path), p.code) for p in verdict.record.problems if p.path not in verdict.record.values)


def _amount(value: Any, fact: Fact) -> Any:
    return value * fact.kind.unit.scale if isinstance(fact.kind, Number) and isinstance(value, Fraction) else value


def _spelled(book: Rulebook, day: datetime.date) -> dict[str, set[tuple[str, str]]]:
    """Return to which rows and spellings of tables each normal spelling leads on a day."""
    found: dict[str, set[tuple[str, str]]] = {}
    for key, table in book.tables.items():
        edition = edition_on(table, day)
        names = row_names(edition) if edition is not None else []
        for text, places in edition.index.items() if edition is not None else ():
            found.setdefault(text, set()).update({(key, text), *((key, names[i]) for i in places)})
    return found
