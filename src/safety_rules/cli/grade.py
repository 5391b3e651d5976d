"""`safety-rules grade`: units and their chemicals in, graded major hazard installations out."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.options import (
    OUTPUT,
    PATH,
    Verb,
    accept_option,
    day_option,
    engine_option,
    headings_options,
    log_of,
    log_options,
    rules_option,
    wanted_headings,
)

if TYPE_CHECKING:
    from safety_rules.formats.heading_map import Wanted
    from safety_rules.language.record import Problem
    from safety_rules.semantics.decide import AreaOn
    from safety_rules.services.dated_area import DatedArea
    from safety_rules.services.grading import GradedUnit

ENDINGS = (".xlsx", ".csv", ".parquet")


@click.command("grade", cls=Verb)
@click.argument("ledger", type=PATH)
@click.option(
    "--output",
    "-o",
    type=OUTPUT,
    default=None,
    help="Write an .xlsx workbook (units, chemicals, duties), or a .csv or .parquet table of levels and figures; else a table is printed, of a large ledger the counts.",
)
@click.option("--sheet", default=None, help="The sheet of units; else the one with most known headings.")
@accept_option
@log_options
@headings_options
@engine_option
@day_option
@rules_option
def command(
    ledger: Path,
    output: Path | None,
    sheet: str | None,
    accepted: Path | None,
    log: Path | None,
    masks: tuple[str, ...],
    explain_headings: bool,
    mapped: Path | None,
    propose: Path | None,
    engine: str,
    day: str | None,
    require_standing: str,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Grade the units of LEDGER (a sheet of units, a sheet of chemicals joined by unit name) by GB 18218."""
    from safety_rules.cli.screen import area_on
    from safety_rules.cli.screen_terminal import print_notices, watched
    from safety_rules.formats.grading_out import write_grading
    from safety_rules.services.grading import grade
    from safety_rules.services.screening_tables import engine_for

    if output is not None and output.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"`{output.name}` has no known ending: {', '.join(ENDINGS)}")
    kept = log_of(log, masks)
    if kept is not None and output is not None and output.suffix.lower() != ".xlsx":
        raise click.UsageError("levels in .csv and .parquet are worked out all at once; with `--log` write .xlsx")
    area = area_on(rules, overlays, "major_hazard", day, require_standing, accepted)
    wanted = wanted_headings(ledger, area.law, sheet, explain_headings, mapped, propose, language)
    # What is confirmed is told of each record, which a table of many does not do.
    chosen, notices = engine_for(ledger, "records" if accepted is not None and engine == "auto" else engine)
    counts_alone = kept is None and output is None and engine == "auto" and chosen == "duckdb"
    if counts_alone or (output is not None and output.suffix.lower() != ".xlsx"):
        _as_table(ledger, area, wanted, chosen, output, language, notices)
        return
    screening, units = grade(ledger, area, wanted, engine)
    screening.rows = watched(screening, language)
    if kept is not None:
        units = kept.logged(units, lambda unit: unit.row.verdict)
    counts: Counter[str] = Counter()
    if output is None:
        _print_table(_counted(units, counts), language)
    else:
        write_grading(screening, _counted(units, counts), output, language)
    print_notices(screening.notices, language)
    _print_summary(area.law, counts, output, language)


def _as_table(
    ledger: Path,
    area: DatedArea,
    sheet: Wanted,
    engine: str,
    output: Path | None,
    language: str,
    notices: Iterable[Problem],
) -> None:
    """Grade all units at once: levels and figures into a table, or without an output the counts alone."""
    from safety_rules.cli.screen_terminal import deciding, print_notices
    from safety_rules.formats.grading_tables_out import write_units
    from safety_rules.formats.result import outcome_names
    from safety_rules.services.grading_tables import unit_table
    from safety_rules.words.catalog import sentence

    with ExitStack() as stack:
        with deciding(language) as told:
            units = unit_table(ledger, area, sheet, engine, stack, told)
        if output is None:
            deque(units, 0)
        else:
            write_units(units, outcome_names(area.law), output, language)
    print_notices([*notices, *units.notices], language)
    _print_summary(area.law, units.counts, output, language)
    if units.problems:
        click.echo(sentence("grading.with_problem", language, count=units.problems))
    if output is None:
        click.echo(sentence("grading.use_output", language))


def _counted(units: Iterable[GradedUnit], counts: Counter[str]) -> Iterator[GradedUnit]:
    for unit in units:
        if unit.row.outcome:
            counts[unit.row.outcome] += 1
        yield unit


def _print_table(units: Iterable[GradedUnit], language: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from safety_rules.cli.screen_terminal import MOST_ROWS, console
    from safety_rules.formats.grading_out import shown
    from safety_rules.words.catalog import sentence, texts
    from safety_rules.words.values import standing_words

    table, hidden = Table(*texts("grading.printed", language)), 0
    for unit in units:
        verdict = unit.row.verdict
        if verdict is None:
            continue
        if table.row_count >= MOST_ROWS:
            hidden += 1
            continue
        figures = (shown(unit.ratio_sum), shown(unit.alpha), shown(unit.hazard_index))
        sure = standing_words(unit.standing, language)
        cells = (str(unit.row.row.number), verdict.subject, verdict.outcome_name.in_(language), *figures, sure)
        table.add_row(*(Text(c) for c in cells))
    console().print(table)
    if hidden:
        click.echo(sentence("grading.hidden", language, count=hidden))


def _print_summary(on: AreaOn, counts: Counter[str], output: Path | None, language: str) -> None:
    from safety_rules.formats.result import outcome_names
    from safety_rules.words.catalog import sentence

    area, total = on.area.title.in_(language), sum(counts.values())
    click.echo(sentence("grading.summary", language, area=area, day=on.as_of, count=total))
    for key, name in outcome_names(on).items():
        if counts[key]:
            click.echo(f"  {name.in_(language)}　{counts[key]}")
    if output is not None:
        click.echo(sentence("screening.written", language, file=output))
