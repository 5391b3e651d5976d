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
    """Law of some areas that is known and not in the rules while `period` lasts: what it is, and why."""

    key: str
    areas: tuple[str, ...]
    period: Period
    what: Name
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of a source, quoted where its text was read; `lapsed` on days on which the source is not in force.

    `continues` says why it governs what began under it after its source has ended.
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


def weakest(*standings: Standing) -> Standing:
    """Return the least sure of the standings; statute when there are none."""
    return max(standings, default=Standing.statute)


def standing_key(standing: Standing | None) -> str | None:
    """Return the key of a standing; None where there is none."""
    return None if standing is None else standing.name


def authority_on(
    authority: tuple[Citation, ...], sources: Mapping[str, Source], day: datetime.date
) -> tuple[Citation, ...]:
    """Return the citations whose source is in force on a day; all of them, as lapsed, where none is."""
    held = tuple(c for c in authority if c.source not in sources or holds_on(c, sources[c.source], day))
    return held or tuple(replace(c, lapsed=True) for c in authority)


def holds_on(citation: Citation, source: Source, day: datetime.date) -> bool:
    """Return whether a citation holds on a day: its source is in force, or has been and continues to govern."""
    period = source.in_force
    return Period(period.since, None if citation.continues else period.until).holds(day)


def pieces(period: Period, within: Period) -> list[tuple[Period, bool]]:
    """Return a period in parts, in order, each with whether it lies within the other."""
    first, last = datetime.date.min, datetime.date.max
    since, until = period.since or first, period.until or last
    inner = max(since, within.since or first), min(until, within.until or last)
    if inner[0] > inner[1]:
        return [(period, False)]
    parts = [(period.since if inner[0] == since else inner[0], period.until if inner[1] == until else inner[1], True)]
    if inner[0] > since:
        parts.insert(0, (period.since, inner[0] - DAY, False))
    if inner[1] < until:
        parts.append((inner[1] + DAY, period.until, False))
    return [(Period(a, b), within_) for a, b, within_ in parts]
