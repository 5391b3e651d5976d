"""Documents and how sure they are: sources, citations, standings, and periods in force."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name

DAY = datetime.timedelta(days=1)


class Standing(IntEnum):
    """How sure a source is; the lower the surer, so the weakest of several is their `max`."""

    statute = 0
    local = 1
    secondary = 2
    parallel = 3
    recalled = 4
    assumed = 5


@dataclass(frozen=True, slots=True)
class Period:
    """From a day (inclusive) until a day (inclusive); None leaves that side open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Return whether the day lies within."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Source:
    """A law, standard or document; by `review_by` somebody must look at it again, `replaced_by` names what took its place."""

    key: str
    title: Name
    number: str
    issuer: Name | None
    in_force: Period
    standing: Standing
    note: str = ""
    review_by: datetime.date | None = None
    replaced_by: str = ""
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Law of some areas that is known and not in the rules while `period` lasts: what it is, and why.

    `rules` are those that ask by hand what it would say: where one of them is open, its finding names it.
    """

    key: str
    areas: tuple[str, ...]
    period: Period
    what: Name
    rules: tuple[str, ...] = ()
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of a source, quoted where its text was read; `lapsed` on days on which the source is not in force.

    `continues` says why it governs what began under it after its source has ended; `excepts` only takes from a rule.
    """

    source: str
    clause: str
    standing: Standing
    quotation: str = ""
    note: str = ""
    lapsed: bool = False
    continues: str = ""
    at: Span | None = field(default=None, compare=False, repr=False)
    named: str = field(default="", compare=False)
    excepts: bool = False


def weakest(*standings: Standing) -> Standing:
    """Return the least sure of the standings; statute when there are none."""
    return max(standings, default=Standing.statute)


def standing_key(standing: Standing | None) -> str | None:
    """Return the key of a standing; None where there is none."""
    return None if standing is None else standing.name


def authority_on(
    authority: tuple[Citation, ...], sources: Mapping[str, Source], day: datetime.date
) -> tuple[Citation, ...]:
    """Return the citations whose source is in force on a day.

    Where none is they have lapsed; where none has even begun they are followed by analogy, at best `parallel`. What
    excepts from a rule does not keep it in force.
    """
    held = tuple(c for c in authority if c.source not in sources or holds_on(c, sources[c.source], day))
    if any(not c.excepts for c in held):
        return held
    later = all(is_later(sources[c.source], day) for c in authority if not c.excepts)
    return tuple(by_analogy(c) if later else replace(c, lapsed=True) for c in authority)


def citation_on(citation: Citation, source: Source, day: datetime.date) -> Citation:
    """Return a citation as it stands on a day: as it is, by analogy before its source is in force, lapsed after it."""
    if is_later(source, day):
        return by_analogy(citation)
    return citation if holds_on(citation, source, day) else replace(citation, lapsed=True)


def by_analogy(citation: Citation) -> Citation:
    """Return a citation of what is not in force yet: no surer than a rule of another place."""
    return replace(citation, standing=max(citation.standing, Standing.parallel))


def is_later(source: Source, day: datetime.date) -> bool:
    """Return whether a source is not in force yet on a day."""
    return source.in_force.since is not None and day < source.in_force.since


def holds_on(citation: Citation, source: Source, day: datetime.date) -> bool:
    """Return whether a citation holds on a day: its source is in force, or has been and continues to govern."""
    period = source.in_force
    return Period(period.since, None if citation.continues else period.until).holds(day)


def pieces(period: Period, within: Period) -> list[Period]:
    """Return a period in parts, in order: before another period, within it, and after it."""
    first, last = datetime.date.min, datetime.date.max
    since, until = period.since or first, period.until or last
    inner = max(since, within.since or first), min(until, within.until or last)
    if inner[0] > inner[1]:
        return [period]
    parts = [Period(period.since if inner[0] == since else inner[0], period.until if inner[1] == until else inner[1])]
    if inner[0] > since:
        parts.insert(0, Period(period.since, inner[0] - DAY))
    if inner[1] < until:
        parts.append(Period(inner[1] + DAY, period.until))
    return parts
