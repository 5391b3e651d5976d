"""What a leader and an officer take from a ledger of dangers: 周报, 月报, 台账现状, 逾期清单, one danger's life, to print."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

from safety_rules.formats.overview import digest
from safety_rules.formats.sections_out import (
    CHART_ROWS,
    CLOSED,
    FOUND,
    Chart,
    Section,
    put_chart,
    write_report,
    write_rows,
)
from safety_rules.formats.styles import Styles, new_workbook, set_page, styles_of
from safety_rules.services.rectification.deadlines import is_open, overdue, week
from safety_rules.services.rectification.life import Danger, Event, after
from safety_rules.services.rectification.stats import Rate, Stats, offices, percent, stats
from safety_rules.services.rectification.story import heading, role_said, stated, table_for
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.words.catalog import sentence, texts

Day = datetime.date
PAGE = (17, 28, 35, 18, 13, 13, 13)
TABLE = (24, 12, 12, 16, 14)
LEDGER = (13, 14, 8, 40, 12, 20, 24, 12, 12, 14, 12, 10, 12, 12)
TASKS = (11, 22, 14, 20, 36, 18, 14, 10, 10, 12, 10, 8, 12)
LIFE = (6, 12, 14, 22, 26, 12, 44, 14)
MOST_LINES = 12
MOST_LISTED = 10  # of each list of a report, which is two pages at most
PERIODS = 12
MOST_BARS = 8
SOON = 7


@dataclass(frozen=True, slots=True)
class Reported:
    """What reports are made of: a ledger's dangers on a day, its figures, its file, and the table of steps."""

    path: Path
    dangers: Sequence[Danger]
    stats: Stats
    table: Lifecycle
    tasks: Sequence[Danger] = ()

    @property
    def on(self) -> Day:
        """The day as of which all is said."""
        return self.stats.on

    @property
    def counted(self) -> list[Danger]:
        """The dangers that figures count: those that were not withdrawn."""
        return [d for d in self.dangers if d.withdrawn_on is None]

    @property
    def task_stats(self) -> Stats:
        """The figures of the tasks, which are in none of the dangers'."""
        return stats(self.tasks, (), self.on)


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month: its name, its days, and what was found and closed in it and up to its end."""

    name: str
    since: Day
    until: Day
    found: int
    closed: int
    so_far: Rate


def write_reports(made: Reported, path: Path, language: str) -> None:
    """Write 周报 and 月报 with charts, the ledger as it stands, what is overdue, and the figures behind the charts."""
    names = texts("reports.sheets", language)
    weeks = periods(made.counted, week, lambda d: d + datetime.timedelta(days=7), _week_name, made.on)
    months = periods(made.counted, lambda d: d.replace(day=1), _next_month, lambda s, _: f"{s:%Y-%m}", made.on)
    with new_workbook(path, made.path) as book:
        sheets = {name: book.add_worksheet(name) for name in names}
        styles = styles_of(book)
        for name, sheet in sheets.items():
            set_page(sheet, language, f"{made.path.name}　{name}")
        week_sheet, month_sheet, ledger, listed, *tables = sheets.values()
        heads = texts("reports.period_heads", language)
        for sheet, found in zip(tables[:2], (weeks, months), strict=True):
            write_rows(sheet, _table(heads, found, language), TABLE, styles)
        heads = texts("reports.rate_heads", language)
        for sheet, key, name, rates in (
            (tables[2], "chart_fields", names[6], made.stats.fields),
            (tables[3], "chart_units", names[7], made.stats.units),
        ):
            write_rows(sheet, _rates("", heads, rates, language), TABLE, styles)
            put_chart(book, sheet, len(rates) + 3, _by_name(key, name, rates, language))
        at = _report(week_sheet, "week", made, weeks, styles, language)
        put_chart(book, week_sheet, at, _over_time("chart_weeks", names[4], weeks, language))
        at = _report(month_sheet, "month", made, months, styles, language)
        put_chart(book, month_sheet, at, _over_time("chart_months", names[5], months, language))
        write_rows(ledger, _ledger(made, language), LEDGER, styles, frozen=1)
        write_rows(listed, _listed("", late(made), made, language, whole=True), PAGE, styles)
        if made.tasks:
            sheet = book.add_worksheet(sentence("tasks.sheet", language))
            set_page(sheet, language, f"{made.path.name}　{sentence('tasks.sheet', language)}", wide=True)
            write_rows(sheet, _task_list(made, language), TASKS, styles, frozen=1)


def write_due(made: Reported, listed: Sequence[Danger], path: Path, language: str) -> None:
    """Write what is overdue or due, sorted as it was listed."""
    with new_workbook(path, made.path) as book:
        sheet, styles = book.add_worksheet(texts("reports.sheets", language)[3]), styles_of(book)
        title = sentence("reports.due", language)
        set_page(sheet, language, title, alone=True)
        dangers = [d for d in listed if not d.details.task]
        over = sum(overdue(d, made.on) for d in dangers)
        day = sentence("story.day", language, day=made.on)
        said = sentence("due.total" if dangers else "due.none", language, day=day, over=over, due=len(dangers) - over)
        tasks = [d for d in listed if d.details.task]
        sections = [_listed("", dangers, made, language, whole=True)]
        if tasks:
            sections.append(_listed(sentence("tasks.sheet", language), tasks, made, language, whole=True))
        write_report(sheet, title, [_about(made, language), said], sections, PAGE, styles, _foot(made, language))


def write_life(path: Path, store: Path, events: Sequence[Event], table: Lifecycle, said: str, language: str) -> None:
    """Write one danger's life, a line for each event, and what the rules make of it below."""
    danger: Danger | None = None
    rows: list[tuple[Any, ...]] = []
    for number, event in enumerate(events, 1):
        danger = after(table, danger, event)
        state, name = table.states[danger.state].name, table.events[event.name].name
        rows.append((
            number, event.on, name.in_(language), event.by, role_said(event, table, language), event.deadline,
            event.evidence, state.in_(language),
        ))  # fmt: skip
    assert danger is not None, "a life begins with its finding"
    with new_workbook(path, store) as book:
        sheet, styles = book.add_worksheet(danger.id[:31].translate(NO_NAME)), styles_of(book)
        title = sentence("reports.life", language)
        set_page(sheet, language, title, alone=True)
        head = heading(danger, language)
        section = Section("", texts("reports.life_heads", language), rows, "")
        foot = [*said.splitlines(), sentence("reports.foot", language, data=digest(store))]
        write_report(sheet, title, [head], [section], LIFE, styles, foot)


NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))


def late(made: Reported) -> list[Danger]:
    """Return the dangers that are overdue, the longest first."""
    return _by_deadline(d for d in made.dangers if overdue(d, made.on))


def late_tasks(made: Reported) -> list[Danger]:
    """Return the tasks that are overdue, the longest first."""
    return _by_deadline(t for t in made.tasks if overdue(t, made.on))


def periods(
    dangers: Sequence[Danger], start: Callable[[Day], Day], following: Callable[[Day], Day],
    named: Callable[[Day, Day], str], on: Day,
) -> list[Period]:  # fmt: skip
    """Return every period from the first finding to a day's, those without any included."""
    if not dangers:
        return []
    found = Counter(start(d.found_on) for d in dangers)
    closed = Counter(start(d.closed_on) for d in dangers if d.closed_on is not None)
    starts, at = [], min(found)
    while at <= start(on):
        starts.append(at)
        at = following(at)
    all_found, all_closed = (accumulate([c[s] for s in starts]) for c in (found, closed))
    made = []
    for since, f, c in zip(starts, all_found, all_closed, strict=True):
        until = following(since) - datetime.timedelta(days=1)
        made.append(Period(named(since, until), since, until, found[since], closed[since], Rate("", f, c)))
    return made


def _week_name(since: Day, until: Day) -> str:
    return f"{since:%Y-%m-%d} ~ {until:%m-%d}"


def _next_month(day: Day) -> Day:
    return (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)


def _about(made: Reported, language: str) -> str:
    day = sentence("story.day", language, day=made.on)
    return sentence("reports.about", language, file=made.path.name, day=day)


def _foot(made: Reported, language: str) -> list[str]:
    return [
        sentence("reports.terms", language), sentence("reports.foot", language, data=digest(made.path)),
        sentence("overview.signed", language),
    ]  # fmt: skip


def _report(sheet: Any, kind: str, made: Reported, found: Sequence[Period], styles: Styles, language: str) -> int:
    """Write a report of the period in which the day lies; return where its charts go."""
    total, on = made.stats.total, made.on
    day = sentence("story.day", language, day=on)
    told: dict[str, Any] = {"day": day, "all_found": total.found, "all_closed": total.closed}
    told |= {"rate": percent(total.rate), "overdue": made.stats.overdue}
    last = found[-1] if found else None
    if last is not None:
        since, until = (sentence("story.day", language, day=d) for d in (last.since, min(last.until, on)))
        major = sum(d.details.level == "重大" and last.since <= d.found_on <= last.until for d in made.counted)
        told |= {"period": sentence("reports.period", language, since=since, until=until), "major": major}
        told |= {"found": last.found, "closed": last.closed}
    else:
        told |= {"period": day}
    answer = "answer" if last is not None and (last.found or last.closed) else "none"
    said = [_about(made, language), sentence(f"reports.{answer}", language, **told)]
    soon = [d for d in made.counted if is_open(d) and d.deadline and 0 <= (d.deadline - on).days <= SOON]
    major_ones = [d for d in made.counted if d.details.level == "重大" and d.closed_on is None]
    heads = texts("reports.rate_heads", language)
    sections = [
        _listed(sentence("reports.overdue", language), late(made), made, language),
        _listed(sentence("reports.major", language), _by_deadline(major_ones), made, language),
        _listed(sentence("reports.next", language), _by_deadline(soon), made, language),
        _rates(sentence("reports.units", language), heads, made.stats.units[:MOST_LINES], language),
        _rates(sentence("reports.fields", language), heads, made.stats.fields[:MOST_LINES], language),
    ]
    if made.stats.ways:
        sections.append(_rates(sentence("reports.ways", language), heads, made.stats.ways[:MOST_LINES], language))
    if made.tasks:
        said.append(task_line(made, language))
        sections += _task_sections(made, texts("tasks.rate_heads", language), language)
    title, room = sentence(f"reports.{kind}", language), CHART_ROWS
    return write_report(sheet, title, said, sections, PAGE, styles, _foot(made, language), room if found else 0)


def task_line(made: Reported, language: str) -> str:
    """Return the figures of the tasks in a sentence."""
    s, t = made.task_stats, made.task_stats.total
    told = {"found": t.found, "closed": t.closed, "rate": percent(t.rate), "overdue": s.overdue}
    return sentence("tasks.total", language, day=sentence("story.day", language, day=made.on), **told)


def _task_sections(made: Reported, heads: Sequence[str], language: str) -> list[Section]:
    by_unit, by_office = made.task_stats.units, offices(made.tasks)
    sections = [
        _listed(sentence("tasks.late", language), late_tasks(made), made, language),
        _rates(sentence("tasks.units", language), heads, by_unit[:MOST_LINES], language),
    ]
    if by_office:
        sections.append(_rates(sentence("tasks.offices", language), heads, by_office[:MOST_LINES], language))
    return sections


def _task_list(made: Reported, language: str) -> Section:
    rows = []
    for t in made.tasks:
        d, state = t.details, task_table().states[t.state].name.in_(language)
        over = (made.on - t.deadline).days if overdue(t, made.on) and t.deadline is not None else None
        rows.append((
            t.id, d.problem, d.field, d.task, d.text, d.unit, d.office, d.person, d.leader, t.deadline, state, over, t.closed_on,
        ))  # fmt: skip
    return Section("", texts("tasks.heads", language), rows, sentence("reports.nothing", language))


def _by_deadline(dangers: Iterable[Danger]) -> list[Danger]:
    return sorted(dangers, key=lambda d: (d.deadline or Day.max, d.id))


def _listed(title: str, dangers: Sequence[Danger], made: Reported, language: str, whole: bool = False) -> Section:
    """Return a list of dangers; of a report only the first, and how many more there are."""
    shown = dangers if whole else dangers[:MOST_LISTED]
    rows: list[tuple[Any, ...]] = []
    for d in shown:
        state, what = table_for(d, made.table).states[d.state].name.in_(language), d.details
        if d.escalated:
            state = sentence("rectify.escalated", language, state=state)
        left = (d.deadline - made.on).days if d.deadline is not None else None
        key = "due.left" if left is None or left > 0 else "due.overdue" if left else "due.today"
        over = "" if left is None else sentence(key, language, days=abs(left))
        rows.append(
            (
                d.id,
                what.enterprise or stated(what.office, language),
                what.text,
                stated(what.unit, language),
                state,
                d.deadline,
                over,
            )
        )
    if len(shown) < len(dangers):
        rows.append((sentence("reports.more", language, count=len(dangers) - len(shown)), *[None] * 6))
    heads = "reports.task_heads" if dangers and dangers[0].details.task else "reports.list_heads"
    return Section(title, texts(heads, language), rows, sentence("reports.nothing", language))


def _rates(title: str, heads: Sequence[str], rates: Sequence[Rate], language: str) -> Section:
    rows = [(stated(r.name, language), r.found, r.closed, r.found - r.closed, _share(r.rate)) for r in rates]
    return Section(title, heads, rows, sentence("reports.nothing", language), frozenset({4}))


def _table(heads: Sequence[str], found: Sequence[Period], language: str) -> Section:
    rows = [(p.name, p.found, p.closed, p.so_far.found - p.so_far.closed, _share(p.so_far.rate)) for p in found]
    return Section("", heads, rows, sentence("reports.nothing", language), frozenset({4}))


def _share(rate: Fraction | None) -> Fraction | str:
    return "—" if rate is None else rate


def _ledger(made: Reported, language: str) -> Section:
    rows = []
    for d in made.dangers:
        state, what = made.table.states[d.state], d.details
        rests = made.table.parties[state.rests_with].in_(language) if state.rests_with else ""
        over = (made.on - d.deadline).days if overdue(d, made.on) and d.deadline is not None else None
        rows.append((
            d.id, stated(what.field, language), stated(what.level, language), what.text, what.way, stated(what.unit, language),
            what.enterprise, d.found_on, d.deadline, state.name.in_(language), rests, over, d.accepted_on, d.closed_on,
        ))  # fmt: skip
    return Section("", texts("reports.ledger_heads", language), rows, sentence("reports.nothing", language))


def _over_time(key: str, sheet: str, found: Sequence[Period], language: str) -> Chart:
    count = min(PERIODS, len(found))
    series = [(1, sentence("reports.found", language), FOUND), (2, sentence("reports.closed", language), CLOSED)]
    title, line = sentence(f"reports.{key}", language), (3, sentence("reports.open", language))
    return Chart(title, sheet, count, 1 + len(found) - count, series, line)


def _by_name(key: str, sheet: str, rates: Sequence[Rate], language: str) -> Chart:
    series = [(1, sentence("reports.found", language), FOUND), (2, sentence("reports.closed", language), CLOSED)]
    return Chart(sentence(f"reports.{key}", language), sheet, min(MOST_BARS, len(rates)), 1, series, bars=True)
