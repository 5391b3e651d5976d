"""`safety-rules explain`: why one row of a ledger has its verdict."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.explain_gaps import gaps_options, gaps_text
from safety_rules.cli.options import PATH, day_option, history_option, language_option, rules_option
from safety_rules.cli.screen import area_on, history_of


@click.command("explain")
@click.argument("ledger", type=PATH)
@click.option("--row", "number", type=click.IntRange(1), default=None, help="The row's number, as the sheet shows it.")
@click.option("--id", "identity", default=None, help="In place of --row: the number, name or code of the subject.")
@click.option(
    "--rule", "chosen", multiple=True, metavar="RULE", help="Only this rule, whatever it says; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON, with all that is needed to replay it.")
@click.option("--area", default="admission", show_default=True, help="The area whose rules are applied.")
@click.option("--sheet", default=None, help="The sheet of a workbook; else the one with most known headings.")
@gaps_options
@history_option
@day_option
@rules_option
@language_option
def command(
    ledger: Path,
    number: int | None,
    identity: str | None,
    chosen: tuple[str, ...],
    as_json: bool,
    area: str,
    sheet: str | None,
    gaps: bool,
    weights: tuple[str, ...],
    outcome: str | None,
    histories: tuple[Path, ...],
    day: str | None,
    require_standing: str,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Explain the verdict on one row of LEDGER as a tree: rule, clause, values, law, gap, and what is missing."""
    from safety_rules.services.screening import row_numbered, row_of
    from safety_rules.words.catalog import sentence

    if (weights or outcome is not None) and not gaps:
        raise click.UsageError("`--weight` and `--to` go with `--gaps`")
    if (number is None) == (identity is None):
        raise click.UsageError("name the row: either --row NUMBER or --id NUMBER-NAME-OR-CODE")
    dated = area_on(rules, overlays, area, day, require_standing)
    history = history_of(dated, histories)
    if number is not None:
        row = row_numbered(ledger, dated, number, sheet, history)
    else:
        row = row_of(ledger, dated, identity or "", sheet, history)
    if row.verdict is None:
        said = row.error.in_(language) if row.error is not None else ""
        click.echo(sentence("problem.at", language, place=row.row.place, message=said), err=True)
        sys.exit(ExitCode.LEDGER)
    if as_json:
        click.echo(json.dumps(row.verdict.to_dict(), ensure_ascii=False, indent=2))
        return
    click.echo(row.verdict.explain(language, chosen))
    if gaps:
        click.echo(gaps_text(dated, row.verdict, weights, outcome, language))
