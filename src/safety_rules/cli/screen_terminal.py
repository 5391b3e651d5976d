"""What `screen` shows on the terminal: a table, notices, a summary, and progress while it takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from safety_rules.formats.columns import result_cells, result_headings
from safety_rules.formats.result import ERROR, outcome_names, rule_names
from safety_rules.language.source import Standing
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.words.values import standing_words

if TYPE_CHECKING:
    from safety_rules.formats.result import ScreenedRow, Screening
    from safety_rules.language.record import Problem

MOST_ROWS = 500
MOST_LISTED = 8
PLAIN_WIDTH = 160
PATIENCE = 1.0
HEADS = {
    "zh": ("行", "对象", "结论", "不满足的规则", "差额", "最少补齐", "数据问题"),
    "en": ("Row", "Subject", "Verdict", "Rules violated", "Gaps", "Fewest needed to settle", "Data problems"),
}
SHOWN = (0, 3, 5, 6, 11)


def console() -> Console:
    """Return the terminal; text that goes elsewhere is as wide as a wide terminal."""
    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False, soft_wrap=False)


def watched(screening: Screening, language: str) -> Iterator[ScreenedRow]:
    """Return the rows; after a second, and only on a terminal, with a progress bar on standard error."""
    return _watched(screening.rows, screening, language) if sys.stderr.isatty() else screening.rows


def _watched(rows: Iterator[ScreenedRow], screening: Screening, language: str) -> Iterator[ScreenedRow]:
    if screening.prepare is not None:
        with deciding(language) as told:
            screening.prepare(told)
    size = screening.ledger.size
    total = size - screening.ledger.heading_row if size is not None else None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    started = time.monotonic()

    def patient() -> None:
        if time.monotonic() - started > PATIENCE and not progress.live.is_started:
            progress.start()

    try:
        task = progress.add_task("审查" if language == "zh" else "screening", total=total)
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
    task, started = progress.add_task("计算" if language == "zh" else "deciding", total=100), time.monotonic()

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
    heads = (*HEADS[language], *((result_headings(language, True)[-1],) if screening.with_history else ()))
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
        out.print(
            f"另有 {hidden} 行未显示，请用 -o 输出到文件" if language == "zh" else f"{hidden} more rows; use -o for all"
        )


def print_notices(notices: Iterable[Problem], language: str) -> None:
    """Print, on standard error, what of the ledger was not used."""
    out = Console(stderr=True, highlight=False, soft_wrap=True)
    titles = ("提示：", "假定：") if language == "zh" else ("notice: ", "assumed: ")
    for notice in notices:
        out.print(Text(titles[notice.code.startswith("assumed")] + notice.text(language), "yellow"))


def print_summary(screening: Screening, language: str, output: Path | None) -> None:
    """Print the day, the law, and the counts."""
    zh, on, summary, out = language == "zh", screening.on, screening.summary, console()
    standing = standing_words(on.require, language)
    if zh:
        out.print(
            Text(f"{on.area.title.zh}　审查日 {on.as_of}　{screening.ledger.path.name}　共 {summary.rows} 行", "bold")
        )
    else:
        out.print(
            Text(f"{on.area.title.en}, as of {on.as_of}, {screening.ledger.path.name}: {summary.rows} rows", "bold")
        )
    if on.require < max(Standing):
        out.print(f"依据效力要求：{standing}" if zh else f"standing required: {standing}")
    for key, name in outcome_names(on).items():
        count = summary.outcomes[key]
        if count or key in {o.key for o in on.area.outcomes}:
            out.print(
                Text(f"  {name.in_(language)}　{count}" if zh else f"  {name.en}: {count}", style_of(key, screening))
            )
    titles = rule_names(on)
    violated = [(titles[k].in_(language), n) for k, n in summary.violated.most_common(MOST_LISTED)]
    missing = [(summary.names[r].in_(language), n) for r, n in summary.missing.most_common(MOST_LISTED)]
    _print_counts(out, "不满足最多的规则" if zh else "rules violated most", violated, zh)
    _print_counts(out, "最常缺的数据" if zh else "missing most", missing, zh)
    if summary.problems:
        out.print(
            f"数据问题 {summary.problems} 处（按未知处理）"
            if zh
            else f"{summary.problems} data problems (count as unknown)"
        )
    if output is not None:
        out.print(Text(f"已写入 {output}" if zh else f"written to {output}"))


def _print_counts(out: Console, title: str, counts: list[tuple[str, int]], zh: bool) -> None:
    if counts:
        out.print(title + ("：" if zh else ":"))
    for name, count in counts:
        out.print(Text(f"  {count:>5}　{name}" if zh else f"  {count:>5}  {name}"))
