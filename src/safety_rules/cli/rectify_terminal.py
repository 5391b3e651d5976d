"""What `rectify` shows on the terminal."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from safety_rules.cli.screen_terminal import console, print_notices
from safety_rules.language.kinds import Name
from safety_rules.services.rectification.deadlines import overdue
from safety_rules.services.rectification.life import Danger, Event
from safety_rules.services.rectification.reports import Reported, task_line
from safety_rules.services.rectification.stats import Rate, Stats, offices, percent
from safety_rules.services.rectification.story import stated, story
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import listed as joined

if TYPE_CHECKING:
    from safety_rules.services.rectification.importing import Imported
    from safety_rules.services.rectification.sheets import Refusal
    from safety_rules.services.rectification.table import Lifecycle
    from safety_rules.services.store.store import Fault, Head

MOST_REFUSALS = 50
MOST_LINES = 60
WIDTH = 80


def _table(title: str, heads: Sequence[str], right: int) -> Table:
    """Return an empty table whose columns from `right` on hold numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for i, head in enumerate(heads):
        number = i >= right
        table.add_column(head, justify="right" if number else "left", overflow="fold", min_width=5 if number else None)
    return table


def _print(table: Table) -> None:
    """Print a table in 80 columns, as a terminal counts Chinese; of a narrower terminal in its own."""
    console().print(table, width=min(console().width, WIDTH))


def _say(key: str, language: str, style: str = "", /, **slots: object) -> None:
    console().print(sentence(key, language, **slots), style=style)


def print_import(imported: Imported, workbook: Path, store: Path, language: str) -> None:
    """Print what an import wrote, and what it refused."""
    i = imported
    print_notices(i.read.notices, language, "rectify.alike")
    _say("rectify.imported", language, workbook=workbook.name, store=store.name)
    if not i.written:
        _say("rectify.would", language, "bold")
    new = {"dangers": i.dangers, "events": i.events, "inspections": i.inspections, "unchanged": i.unchanged}
    _say("rectify.written", language, **new)
    if i.tasks or i.read.tasks:
        _say("tasks.new", language, count=i.tasks)
    if i.goes_on or i.settled or i.differs:
        _say("rectify.changes", language, goes_on=i.goes_on, settled=i.settled, differs=i.differs)
    if i.gone:
        more = ["…"] if len(i.gone) > MOST_REFUSALS else []
        _say("rectify.gone", language, count=len(i.gone), listed=joined([*i.gone[:MOST_REFUSALS], *more], language))
    if i.read.actors:
        _say("rectify.roster", language, count=len(i.read.actors), new=i.actors)
    for name, count in i.read.joined:
        _say("rectify.joined", language, name=name, count=count)
    if i.head.hash:
        _say("rectify.head", language, count=i.head.count, hash=i.head.hash[:16])
    print_refusals(i.refusals, language)
    if i.differs:
        _say("rectify.settle", language)


def print_actors(count: int, refusals: Sequence[Refusal], store: Path, language: str) -> None:
    """Print how many actors were written to the roster, and the rows that were refused."""
    _say("rectify.actors", language, store=store.name, count=count)
    print_refusals(refusals, language)


def print_refusals(refusals: Sequence[Refusal], language: str) -> None:
    """Print the rows that were refused, each with its cell and reason."""
    if not refusals:
        return
    _say("rectify.refused", language, "bold red", count=len(refusals))
    shown = refusals[:MOST_REFUSALS]
    width = max(cell_len(r.place) for r in shown)
    for r in shown:
        console().print(Text(f"  {r.place}{' ' * (width - cell_len(r.place))}  {r.reason.in_(language)}"))
    if len(refusals) > len(shown):
        _say("rectify.more", language, count=len(refusals) - len(shown))


def print_due(
    listed: Sequence[Danger], on: datetime.date, lifecycle: Lifecycle, language: str, file: Path | None = None,
    of: str = "due",
) -> None:  # fmt: skip
    """Print what is overdue or due this week, a table for each responsible unit; of a long list, in a file, how many.

    `of` says whose words are taken: those of dangers (due) or of tasks.
    """
    late = sum(overdue(d, on) for d in listed)
    for unit in dict.fromkeys(d.details.unit for d in listed):
        own = [d for d in listed if d.details.unit == unit]
        over = sum(overdue(d, on) for d in own)
        title = sentence("due.unit", language, unit=stated(unit, language), over=over, due=len(own) - over)
        if file is not None:
            console().print(Text(title))
            continue
        table = _table(title, texts("due.heads" if of == "due" else "tasks.due_heads", language), 6)
        table.columns[4].no_wrap = table.columns[0].no_wrap = True
        for d in own:
            table.add_row(*_due_cells(d, on, lifecycle, language), style="red" if overdue(d, on) else "")
        _print(table)
    key = ("due.total" if listed else "due.none") if of == "due" else "tasks.due"
    _say(key, language, "bold", day=on, over=late, due=len(listed) - late)
    if file is not None:
        _say("due.long", language, count=len(listed), file=file)


def _due_cells(danger: Danger, on: datetime.date, lifecycle: Lifecycle, language: str) -> tuple[str, ...]:
    state = lifecycle.states[danger.state]
    days = ((danger.deadline or on) - on).days
    left = sentence("due.overdue" if days < 0 else "due.left" if days else "due.today", language, days=abs(days))
    name = state.name.in_(language)
    if danger.escalated:
        name = sentence("rectify.escalated", language, state=name)
    rests = lifecycle.parties[state.rests_with].in_(language) if state.rests_with else ""
    named = sentence("due.state", language, state=name, party=rests) if rests else name
    return (
        danger.id,
        danger.details.enterprise or stated(danger.details.office, language),
        danger.details.text,
        named,
        str(danger.deadline),
        left,
    )


def is_long(stats: Stats) -> bool:
    """Return whether a table of these figures is longer than a terminal should show."""
    return max(map(len, (stats.fields, stats.units, stats.ways, stats.weeks))) > MOST_LINES


def print_stats(stats: Stats, language: str, file: Path | None = None) -> None:
    """Print the closing rate in all, by field, by unit and by week, and the campaign's figures; long ones in part."""
    t = stats.total
    _say("stats.title", language, "bold", day=stats.on)
    _say("stats.total", language, found=t.found, closed=t.closed, open=t.found - t.closed, rate=percent(t.rate))
    _say("stats.major", language, major=stats.major, overdue=stats.overdue)
    if stats.withdrawn or stats.extended or stats.corrected:
        told = {"withdrawn": stats.withdrawn, "extended": stats.extended, "corrected": stats.corrected}
        _say("stats.apart", language, **told)
    if stats.households:
        finds = [sentence("stats.find", language, name=name, count=n) for name, n in stats.finds]
        key = "stats.finds" if finds else "stats.households"
        _say(key, language, count=stats.households, finds=joined(finds, language))
    _say("stats.terms", language)
    _print_rates(stats.fields, "stats.fields", language)
    _print_rates(stats.units, "stats.units", language)
    if stats.ways:
        _print_rates(stats.ways, "stats.ways", language)
    _print_weeks(stats, language)
    if file is not None:
        _say("stats.long", language, count=MOST_LINES, file=file)


def print_tasks(made: Reported, language: str) -> None:
    """Print how many tasks are closed and overdue, by responsible unit and by leading office."""
    console().print(Text(task_line(made, language)), style="bold")
    _print_rates(made.task_stats.units, "tasks.units", language, "tasks.rate_heads")
    if by_office := offices(made.tasks):
        _print_rates(by_office, "tasks.offices", language, "tasks.rate_heads")


def _print_rates(rates: Sequence[Rate], title: str, language: str, heads: str = "stats.rate_heads") -> None:
    table = _table(sentence(title, language), texts(heads, language), 1)
    for r in rates[:MOST_LINES]:
        table.add_row(stated(r.name, language), str(r.found), str(r.closed), str(r.found - r.closed), percent(r.rate))
    _print(table)


def _print_weeks(stats: Stats, language: str) -> None:
    table = _table(sentence("stats.weeks", language), texts("stats.week_heads", language), 1)
    table.columns[0].no_wrap = True
    for w in stats.weeks[-MOST_LINES:]:
        numbers = (w.carried, w.found, w.closed, w.left, w.so_far.found, w.so_far.closed)
        table.add_row(f"{w.monday}~{w.sunday:%m-%d}", *map(str, numbers), percent(w.so_far.rate))
    _print(table)


def print_recorded(event: Event, danger: Danger, lifecycle: Lifecycle, language: str) -> None:
    """Print what was recorded and whose move is next."""
    name, state = lifecycle.events[event.name].name.in_(language), lifecycle.states[danger.state]
    rests = lifecycle.parties[state.rests_with].in_(language) if state.rests_with else ""
    role = sentence("rectify.verified_role" if event.verified else "rectify.claimed_role", language)
    told = {"danger": danger.id, "event": name, "by": event.by, "day": event.on, "state": state.name.in_(language)}
    _say("rectify.recorded_next" if rests else "rectify.recorded", language, next=rests, role=role, **told)


def print_life(events: Sequence[Event], lifecycle: Lifecycle, explanation: str, language: str) -> None:
    """Print the life of a danger, event by event, and then what the rules make of it."""
    for line in story(events, lifecycle, language):
        console().print(Text(line))
    console().print()
    console().print(Text(explanation), soft_wrap=True)


def print_verified(store: Path, head: Head, found: Sequence[Fault], kept: bool, language: str) -> None:
    """Print whether a ledger is as it was written."""
    if not found:
        agrees = sentence("rectify.kept", language) if kept else ""
        told = {"store": store.name, "count": head.count, "kept": agrees, "head": head.hash}
        _say("rectify.whole", language, "green", **told)
    else:
        _say("rectify.faults", language, "bold red", store=store.name, count=len(found))
        for fault in found[:MOST_REFUSALS]:
            console().print(Text(f"  [{fault.code}] {Name(fault.zh, fault.en).in_(language)}"))
    _say("fault.limits_kept" if kept else "fault.limits", language)
