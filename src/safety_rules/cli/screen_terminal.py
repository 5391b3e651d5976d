"""What `screen` shows on the terminal: a table, notices, a summary, and progress while it takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)  # fmt: skip
from rich.table import Table
from rich.text import Text

from safety_rules.formats.columns import result_cells, result_headings
from safety_rules.formats.result import ERROR, outcome_names, rule_names
from safety_rules.language.source import Standing
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import standing_words

if TYPE_CHECKING:
    from safety_rules.formats.result import ScreenedRow, Screening
    from safety_rules.language.record import Problem

MOST_ROWS = 500
MOST_LISTED = 8
MOST_ALIKE, FEW = 12, 3  # of more notices of a kind, only so many are printed
PLAIN_WIDTH = 160
PATIENCE = 1.0
SHOWN = (0, 3, 5, 6, 11)


class Terminal(Console):
    """A terminal that tells when nobody reads what is written to it."""

    def on_broken_pipe(self) -> None:
        """Raise the error, which Rich would end the program for with a code of its own."""
        raise BrokenPipeError


class Rate(ProgressColumn):
    """How many rows a second are done."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def render(self, task: Task) -> Text:
        """Return the rate in words, nothing before there is one."""
        return Text(sentence("screening.rate", self.language, rate=round(task.speed)) if task.speed else "")


def console() -> Console:
    """Return the terminal; text that goes elsewhere is as wide as a wide terminal."""
    return Terminal(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False, soft_wrap=False)


def watched(screening: Screening, language: str) -> Iterator[ScreenedRow]:
    """Return the rows; after a second, and only on a terminal, with a progress bar on standard error."""
    return _watched(screening.rows, screening, language) if sys.stderr.isatty() else screening.rows


def _watched(rows: Iterator[ScreenedRow], screening: Screening, language: str) -> Iterator[ScreenedRow]:
    if screening.prepare is not None:
        with deciding(language) as told:
            screening.prepare(told)
    size = screening.ledger.size
    total = size - screening.ledger.heading_row if size is not None else None
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(language), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    started = time.monotonic()

    def patient() -> None:
        if time.monotonic() - started > PATIENCE and not progress.live.is_started:
            progress.start()

    try:
        task = progress.add_task(sentence("screening.screening", language), total=total)
        for row in rows:
            patient()
            yield row
            progress.advance(task)
    finally:
        progress.stop()


@contextmanager
def deciding(language: str) -> Iterator[Callable[[float], None] | None]:
    """Give what takes the share that is decided, shown after a second and only on a terminal; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task, started = progress.add_task(sentence("screening.deciding", language), total=100), time.monotonic()

    def told(share: float) -> None:
        if time.monotonic() - started > PATIENCE and not progress.live.is_started:
            progress.start()
        progress.update(task, completed=round(share * 100))

    try:
        yield told
    finally:
        progress.stop()


def style_of(outcome: str, screening: Screening) -> str:
    """Return the terminal style of an outcome: green for the best, red for the worst, yellow between."""
    outcomes = [o.key for o in screening.on.area.outcomes]
    if outcome == ERROR:
        return "bold magenta"
    if outcome == UNDETERMINED:
        return "bold cyan"
    return "green" if outcome == outcomes[0] else "bold red" if outcome == outcomes[-1] else "yellow"


def print_table(screening: Screening, rows: Iterable[ScreenedRow], language: str) -> None:
    """Print one line a row: verdict, rules violated, gaps, needs and problems."""
    table = Table(show_lines=True, header_style="bold")
    heads = (
        *texts("screening.printed", language),
        *((result_headings(language, True)[-1],) if screening.with_history else ()),
    )
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i == 0 else "left", overflow="fold", ratio=None if i < 3 else 1)
    hidden = 0
    for row in rows:
        if not row.outcome:
            continue
        if table.row_count >= MOST_ROWS:
            hidden += 1
            continue
        cells = result_cells(row, language, screening.with_history)
        verdict, *rest = (*(cells[i] for i in SHOWN), *cells[len(result_headings(language)) :])
        who = row.verdict.subject if row.verdict is not None else ""
        said = Text(verdict, style_of(row.outcome, screening))
        table.add_row(Text(str(row.row.number)), Text(who), said, *(Text(text) for text in rest))
    out = console()
    out.print(table)
    if hidden:
        out.print(sentence("screening.hidden", language, count=hidden))


def print_notices(notices: Iterable[Problem], language: str, more: str = "screening.alike") -> None:
    """Print, on standard error, what of the ledger was not used; of many alike the first, and how many more there are."""
    out = Terminal(stderr=True, highlight=False, soft_wrap=True)
    alike: dict[str, list[Problem]] = {}
    for notice in notices:
        alike.setdefault(notice.code, []).append(notice)
    for code, found in alike.items():
        key = "line.assumed" if code.startswith("assumed") else "line.notice"
        shown = found if len(found) <= MOST_ALIKE else found[:FEW]
        for notice in shown:
            said = sentence("screening.told", language, sort=sentence(key, language), text=notice.text(language))
            out.print(Text(said, "yellow"))
        if len(shown) < len(found):
            out.print(Text(sentence(more, language, count=len(found) - len(shown)), "yellow"))


def print_summary(screening: Screening, language: str, output: Path | None) -> None:
    """Print the day, the law, and the counts."""
    on, summary, out, area = screening.on, screening.summary, console(), screening.on.area
    head = {"area": area.title.in_(language), "day": on.as_of, "ledger": screening.ledger.path.name}
    out.print(Text(sentence("screening.summary", language, count=summary.rows, **head), "bold"))
    if on.require < max(Standing):
        out.print(sentence("screening.require", language, standing=standing_words(on.require, language)))
    for key, name in outcome_names(on).items():
        count = summary.outcomes[key]
        if count or key in {o.key for o in area.outcomes}:
            said = sentence("screening.outcome", language, outcome=name.in_(language), count=count)
            out.print(Text(said, style_of(key, screening)))
    titles = rule_names(on)
    violated = [(titles[k].in_(language), n) for k, n in summary.violated.most_common(MOST_LISTED)]
    missing = [(summary.names[r].in_(language), n) for r, n in summary.missing.most_common(MOST_LISTED)]
    for key, counts in (("screening.most_violated", violated), ("screening.most_missing", missing)):
        if counts:
            out.print(sentence(key, language))
        for title, count in counts:
            out.print(Text(sentence("screening.counted", language, name=title, count=f"{count:>5}")))
    if summary.problems:
        out.print(sentence("screening.problems", language, count=summary.problems))
    if output is not None:
        out.print(Text(sentence("screening.written", language, file=output)))
