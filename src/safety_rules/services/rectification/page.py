"""The figures of a ledger of dangers as one HTML page that stands alone: by week, field, unit and way, and what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safety_rules.formats.overview import digest
from safety_rules.formats.page_out import FOLDER, environment
from safety_rules.formats.safe import printable, replacing
from safety_rules.language.kinds import Name
from safety_rules.services.rectification.life import Danger
from safety_rules.services.rectification.reports import Reported, late, late_tasks, task_line
from safety_rules.services.rectification.stats import Rate, percent
from safety_rules.services.rectification.story import stated, table_for
from safety_rules.words.catalog import LANGUAGES, both

LARGEST = 5_000  # overdue dangers on a page; all of them are in the workbook


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: how many were found (its bar's share of the longest), closed, left, and the rate."""

    name: Name
    found: int
    closed: int
    left: int
    rate: str
    share: float


def write_page(made: Reported, path: Path, language: str) -> None:
    """Write the page; it opens in `language` and shows the other at a switch."""
    s, t, day = made.stats, made.stats.total, both("story.day", day=made.on)
    told = {"found": t.found, "closed": t.closed, "open": t.found - t.closed, "rate": percent(t.rate)}
    answer = [both("stats.total", **told), both("stats.major", major=s.major, overdue=s.overdue)]
    weeks = [(f"{w.monday}~{w.sunday:%m-%d}", w.found, w.closed, w.left, w.so_far.rate) for w in s.weeks]
    most = max((w.found for w in s.weeks), default=0) or 1
    rows = [Line(Name(n, n), f, c, o, percent(r), 100 * f / most) for n, f, c, o, r in weeks]
    charts = [(both("stats.weeks"), "reports.period_heads", rows)]
    for key, rates in (("stats.fields", s.fields), ("stats.units", s.units), ("stats.ways", s.ways)):
        if rates:
            charts.append((both(key), "reports.rate_heads", _lines(rates)))
    tables = [(both("reports.late"), "reports.list_heads", [_cells(d, made) for d in late(made)[:LARGEST]])]
    if made.tasks:
        answer.append(Name(*(task_line(made, language) for language in LANGUAGES)))
        charts.append((both("tasks.units"), "tasks.rate_heads", _lines(made.task_stats.units)))
        tables.append((both("tasks.late"), "reports.task_heads", [_cells(t, made) for t in late_tasks(made)[:LARGEST]]))
    html = environment().get_template("rectification.html").render(
        language=language, title=both("stats.title", day=day), answer=answer, charts=charts,
        about=both("reports.about", file=made.path.name, day=day),
        tables=tables,
        units=[_both(unit) for unit in sorted({d.details.unit for d in (*late(made), *late_tasks(made))})],
        foot=both("reports.foot", data=digest(made.path)), style=(FOLDER / "page.css").read_text("utf-8"),
    )  # fmt: skip
    with replacing(path, made.path) as temporary:
        temporary.write_text(html, encoding="utf-8")


def _lines(rates: Sequence[Rate]) -> list[Line]:
    most = max(r.found for r in rates) or 1
    return [
        Line(_both(r.name), r.found, r.closed, r.found - r.closed, percent(r.rate), 100 * r.found / most)
        for r in rates
    ]  # fmt: skip


def _both(text: str) -> Name:
    return Name(*(printable(stated(text, language)) for language in LANGUAGES))


def _cells(danger: Danger, made: Reported) -> list[Name]:
    what, over = danger.details, (made.on - (danger.deadline or made.on)).days
    texts = (danger.id, what.enterprise or what.office, what.text, what.unit)
    state, deadline = table_for(danger, made.table).states[danger.state].name, str(danger.deadline)
    return [*map(_both, texts), state, Name(deadline, deadline), both("due.overdue", days=over)]
