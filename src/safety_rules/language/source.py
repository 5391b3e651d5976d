"""Documents and how sure they are: sources, citations, standings, and periods in force."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name


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
    """A law, standard or document."""

    key: str
    title: Name
    number: str
    issuer: Name | None
    in_force: Period
    standing: Standing
    note: str = ""
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause of a source, quoted where its text was read."""

    source: str
    clause: str
    standing: Standing
    quotation: str = ""
    note: str = ""
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
    """Return the citations whose source is in force on a day; all of them where none is."""
    held = tuple(c for c in authority if c.source not in sources or sources[c.source].in_force.holds(day))
    return held or authority
