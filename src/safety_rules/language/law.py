"""Which entry holds on a day, and whether it is sure enough: the only place that asks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Protocol

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Kind, Name, Value
from safety_rules.language.rule import Holder
from safety_rules.language.source import Citation, Period, Standing
from safety_rules.language.table import Edition, Table


class Requirement(Protocol):
    """How sure a figure, table or rule must be to count; `confirmed` names those that count all the same."""

    @property
    def require(self) -> Standing:
        """The weakest standing that counts."""

    @property
    def confirmed(self) -> frozenset[str]:
        """The keys of parameters, tables, rules and derivations that somebody confirmed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter's value from a day on, with where it comes from."""

    period: Period
    value: Value
    citation: Citation
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that changes over time."""

    key: str
    zh_key: str
    name: Name
    kind: Kind
    entries: tuple[Entry, ...]
    at: Span | None = field(default=None, compare=False, repr=False)


def is_enough(standing: Standing, key: str, law: Requirement) -> bool:
    """Return whether what rests on a standing counts: it is sure enough, or confirmed by its key."""
    return standing <= law.require or key in law.confirmed


def is_sure(holder: Holder, law: Requirement) -> bool:
    """Return whether the authority of a rule, derivation or chaining rule is in force and sure enough to count."""
    if holder.lapsed:
        return holder.key in law.confirmed
    return law.require is Standing.assumed or is_enough(holder.standing, holder.key, law)


def counts(citation: Citation, key: str, law: Requirement) -> bool:
    """Return whether a figure or table counts by its citation: in force and sure enough, or confirmed by its key."""
    return key in law.confirmed or (not citation.lapsed and citation.standing <= law.require)


def entry_on(parameter: Parameter, day: datetime.date) -> Entry | None:
    """Return a parameter's entry in force on a day, sure or not."""
    return next((e for e in parameter.entries if e.period.holds(day)), None)


def sure_entry(parameter: Parameter, day: datetime.date, law: Requirement) -> Entry | None:
    """Return a parameter's entry on a day; None where there is none, or it is not sure enough."""
    entry = entry_on(parameter, day)
    return entry if entry is not None and counts(entry.citation, parameter.key, law) else None


def sure_values(parameter: Parameter, law: Requirement) -> list[tuple[Entry, Value | None]]:
    """Return all entries of a parameter with their values, None for one that is not sure enough."""
    return [(e, e.value if counts(e.citation, parameter.key, law) else None) for e in parameter.entries]


def edition_on(table: Table, day: datetime.date) -> Edition | None:
    """Return a table's edition in force on a day, sure or not."""
    return next((e for e in table.editions if e.period.holds(day)), None)


def sure_edition(table: Table, day: datetime.date, law: Requirement) -> Edition | None:
    """Return a table's edition on a day; None where there is none, or it is not sure enough."""
    edition = edition_on(table, day)
    return edition if edition is not None and counts(edition.citation, table.key, law) else None


def sure_value(parameter: Parameter, day: datetime.date, law: Requirement) -> Value | None:
    """Return what a parameter comes to on a day; None where there is no entry, or it is not sure enough."""
    entry = sure_entry(parameter, day, law)
    return None if entry is None else entry.value
