"""The law of a day as data: documents in force, what rests on each, what changes next, and what is not covered."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from safety_rules.language.kinds import Name
from safety_rules.language.rulebook import Area
from safety_rules.language.source import Citation, NotCovered, Period, Source, Standing


@dataclass(frozen=True, slots=True)
class Resting:
    """Something that cites: a rule, derivation, obligation, chaining rule, parameter or table, by its kind and key."""

    kind: str
    key: str
    title: Name
    period: Period
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is cited on a day: how surely, by what, and whether it is then in force."""

    source: Source
    standing: Standing
    resting: tuple[Resting, ...]
    in_force: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens on a day: `begins`, `ended`, or has to be looked at again (`review`); or law not covered does."""

    day: datetime.date
    what: str
    of: Source | NotCovered


@dataclass(frozen=True, slots=True)
class LegalCalendar:
    """The law of a day, of one area or of all.

    `lapsed` rests on law none of which is in force on that day, and is open; `not_covered` is known law that no
    rule holds yet. `unread` are the clauses that are quoted and whose text is not held beside the rules, by document.
    """

    day: datetime.date
    area: Area | None
    documents: tuple[Document, ...]
    lapsed: tuple[Resting, ...]
    not_covered: tuple[NotCovered, ...]
    next: tuple[Turn, ...]
    unread: Mapping[Source, tuple[str, ...]] = field(default_factory=dict)
