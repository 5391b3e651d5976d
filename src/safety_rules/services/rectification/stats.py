"""The figures of a hidden-danger ledger: 整改率 in all, by unit, field, way of inspecting and week, as exact fractions.

整改率 is taken as closed ÷ found; no document that was read defines it (standing: assumed).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from safety_rules.services.rectification.book import Inspection, Read
from safety_rules.services.rectification.deadlines import due_this_week, overdue, week
from safety_rules.services.rectification.importing import INSPECTION, inspection_of
from safety_rules.services.rectification.ledger import reading
from safety_rules.services.rectification.life import Danger, replay
from safety_rules.services.rectification.recording import EVENT, event_of
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.services.store.store import entries

Day = datetime.date


@dataclass(frozen=True, slots=True)
class Rate:
    """How many were found and how many of them are closed."""

    name: str
    found: int
    closed: int

    @property
    def rate(self) -> Fraction | None:
        """The closing rate; None where nothing was found."""
        return Fraction(self.closed, self.found) if self.found else None


@dataclass(frozen=True, slots=True)
class Week:
    """One week: carried over, found, closed, still open at its end, and the totals so far."""

    monday: Day
    carried: int
    found: int
    closed: int
    so_far: Rate

    @property
    def left(self) -> int:
        """How many are open at the end of the week."""
        return self.carried + self.found - self.closed

    @property
    def sunday(self) -> Day:
        """The last day of the week."""
        return self.monday + datetime.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Stats:
    """All figures of a ledger as of a day; what was withdrawn as no danger is counted by itself only."""

    on: Day
    total: Rate
    major: int
    overdue: int
    units: tuple[Rate, ...]
    fields: tuple[Rate, ...]
    weeks: tuple[Week, ...]
    households: int
    finds: tuple[tuple[str, int], ...]
    withdrawn: int = 0
    extended: int = 0
    corrected: int = 0
    ways: tuple[Rate, ...] = ()


def stats(dangers: Iterable[Danger], inspections: Iterable[Inspection], on: Day) -> Stats:
    """Return the figures of dangers as they stand on a day."""
    everything = list(dangers)
    found = [d for d in everything if d.withdrawn_on is None]
    seen = [i for i in inspections if i.on <= on]
    finds = Counter(i.result for i in seen if i.danger)
    return Stats(
        on,
        _rate("合计", found),
        sum(d.details.level == "重大" for d in found),
        sum(overdue(d, on) for d in found),
        _rates(found, "unit"),
        _rates(found, "field"),
        _weeks(found),
        len(seen),
        tuple(sorted(finds.items())),
        len(everything) - len(found),
        sum(d.extended > 0 for d in found),
        sum(d.corrected > 0 for d in found),
        _rates(found, "way") if any(d.details.way for d in found) else (),
    )


def _rate(name: str, dangers: list[Danger]) -> Rate:
    return Rate(name, len(dangers), sum(d.closed_on is not None for d in dangers))


def _rates(dangers: Iterable[Danger], of: str) -> tuple[Rate, ...]:
    """Return the rate of each name, the lowest first, so that who lags behind stands on top."""
    named: dict[str, list[Danger]] = {}
    for danger in dangers:
        named.setdefault(getattr(danger.details, of), []).append(danger)
    rates = [_rate(name, theirs) for name, theirs in named.items()]
    return tuple(sorted(rates, key=lambda r: (r.rate or Fraction(0), -r.found, r.name)))


def _weeks(dangers: list[Danger]) -> tuple[Week, ...]:
    """Return every week from the first finding to the last finding or closing, those without any included."""
    if not dangers:
        return ()
    found = Counter(week(d.found_on) for d in dangers)
    closed = Counter(week(d.closed_on) for d in dangers if d.closed_on is not None)
    monday, last = min(found), max([*found, *closed])
    weeks: list[Week] = []
    all_found = all_closed = 0
    while monday <= last:
        carried = all_found - all_closed
        all_found += found[monday]
        all_closed += closed[monday]
        weeks.append(Week(monday, carried, found[monday], closed[monday], Rate("", all_found, all_closed)))
        monday += datetime.timedelta(days=7)
    return tuple(weeks)


def of_workbook(book: Read, table: Lifecycle, on: Day) -> tuple[tuple[Danger, ...], tuple[Inspection, ...]]:
    """Return the dangers of a workbook's good rows as they stood on a day, and its inspections."""
    events = (event for life in book.lives for event in life.events)
    return tuple(replay(table, events, on).values()), book.inspections


def of_store(path: Path, table: Lifecycle, on: Day) -> tuple[tuple[Danger, ...], tuple[Inspection, ...]]:
    """Return the dangers of a ledger as it stood on a day, and its inspections, both read from one state of it."""
    with reading(path) as connection:
        dangers = replay(table, (event_of(e.key, e.body) for e in entries(connection, EVENT)), on)
        inspections = tuple(inspection_of(e) for e in entries(connection, INSPECTION))
    return tuple(dangers.values()), inspections


def tasks_of_workbook(book: Read, on: Day) -> tuple[Danger, ...]:
    """Return the tasks of a workbook's good rows as they stood on a day; they are in no figure of dangers."""
    return tuple(replay(task_table(), (event for life in book.tasks for event in life.events), on).values())


def offices(tasks: Iterable[Danger]) -> tuple[Rate, ...]:
    """Return how much of its tasks each leading office has closed, where lists name one."""
    counted = [t for t in tasks if t.withdrawn_on is None and t.details.office]
    return _rates(counted, "office")


def stats_of_workbook(book: Read, table: Lifecycle, on: Day) -> Stats:
    """Return the figures of a workbook's good rows as they stood on a day."""
    return stats(*of_workbook(book, table, on), on)


def stats_of_store(path: Path, table: Lifecycle, on: Day) -> Stats:
    """Return the figures of a ledger as it stood on a day."""
    return stats(*of_store(path, table, on), on)


def due(dangers: Iterable[Danger], on: Day) -> tuple[Danger, ...]:
    """Return what is overdue, or due by the end of a day's week, by unit and then by deadline."""
    listed = [d for d in dangers if overdue(d, on) or due_this_week(d, on)]
    return tuple(sorted(listed, key=lambda d: (d.details.unit, d.deadline or on, d.id)))


def percent(rate: Fraction | None, digits: int = 1) -> str:
    """Return a rate as percent, rounded half up only here.

    >>> percent(Fraction(5121, 5307)), percent(Fraction(1, 2000)), percent(None)
    ('96.5%', '0.1%', '—')
    """
    if rate is None:
        return "—"
    scale = 10**digits
    units = int(rate * 100 * scale + Fraction(1, 2))
    return f"{units // scale}.{units % scale:0{digits}d}%" if digits else f"{units}%"
