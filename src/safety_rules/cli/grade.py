"""`safety-rules grade`: units and their chemicals in, graded major hazard installations out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.options import PATH, day_option, engine_option, language_option, rules_option

if TYPE_CHECKING:
    from safety_rules.formats.result import Screening
    from safety_rules.services.grading import GradedUnit


@click.command("grade")
@click.argument("ledger", type=PATH)
@click.option("--output", "-o", type=PATH, default=None, help="Write an .xlsx workbook; else a table is printed.")
@click.option("--sheet", default=None, help="The sheet of units; else the one with most known headings.")
@engine_option
@day_option
@rules_option
@language_option
def command(
    ledger: Path,
    output: Path | None,
    sheet: str | None,
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

    if output is not None and output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"`{output.name}` does not end in .xlsx")
    if output is not None and output.exists() and ledger.exists() and output.samefile(ledger):
        raise click.UsageError("the output would overwrite the ledger; choose another name")
    screening, units = grade(ledger, area_on(rules, overlays, "major_hazard", day, require_standing), sheet, engine)
    screening.rows = watched(screening, language)
    counts: Counter[str] = Counter()
    if output is None:
        _print_table(_counted(units, counts), language)
    else:
        write_grading(screening, _counted(units, counts), output, language)
    print_notices(screening, language)
    _print_summary(screening, counts, output, language)


def _counted(units: Iterable[GradedUnit], counts: Counter[str]) -> Iterator[GradedUnit]:
    for unit in units:
        if unit.row.outcome:
            counts[unit.row.outcome] += 1
        yield unit


def _print_table(units: Iterable[GradedUnit], language: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from safety_rules.formats.grading_out import shown
    from safety_rules.language.rule import STANDING_NAMES

    heads = (
        ("行", "单元", "级别", "S", "α", "R", "依据效力")
        if language == "zh"
        else ("Row", "Unit", "Level", "S", "α", "R", "Standing")
    )
    table = Table(*heads)
    for unit in units:
        verdict = unit.row.verdict
        if verdict is None:
            continue
        figures = (shown(unit.ratio_sum), shown(unit.alpha), shown(unit.hazard_index))
        sure = STANDING_NAMES[unit.standing].in_(language)
        cells = (str(unit.row.row.number), verdict.subject, verdict.outcome_name.in_(language), *figures, sure)
        table.add_row(*(Text(c) for c in cells))
    Console().print(table)


def _print_summary(screening: Screening, counts: Counter[str], output: Path | None, language: str) -> None:
    from safety_rules.formats.result import outcome_names

    zh = language == "zh"
    on = screening.on
    total = sum(counts.values())
    click.echo(
        f"{on.area.title.zh}　审查日 {on.as_of}　共 {total} 个单元"
        if zh
        else f"{on.area.title.en}, as of {on.as_of}: {total} units"
    )
    for key, name in outcome_names(on).items():
        if counts[key]:
            click.echo(f"  {name.in_(language)}　{counts[key]}")
    if output is not None:
        click.echo(f"已写入 {output}" if zh else f"written to {output}")
