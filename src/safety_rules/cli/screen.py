"""`safety-rules screen`: a ledger in, the same ledger with verdicts out."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import (
    OUTPUT,
    PATH,
    Verb,
    accept_option,
    area_of,
    area_option,
    day_option,
    engine_option,
    headings_options,
    history_option,
    ledgers_option,
    log_of,
    log_options,
    rules_option,
    wanted_headings,
)
from safety_rules.words.catalog import sentence

if TYPE_CHECKING:
    from safety_rules.formats.result import ScreenedRow, Screening
    from safety_rules.services.chaining.deciding import AreaWithHistory
    from safety_rules.services.chaining.from_ledger import AreaWithLedger
    from safety_rules.services.dated_area import DatedArea
    from safety_rules.words.diagnostic import Diagnostic

    Writer = Callable[[Screening, Iterable[ScreenedRow], Path, str], None]

FORMATS = ("xlsx", "csv", "jsonl", "parquet", "html", "table")
ENDINGS = {
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
}


def area_on(
    rules: str | None,
    overlays: Iterable[Path],
    area: str | None,
    day: str | None,
    require_standing: str,
    accepted: Path | None = None,
) -> DatedArea:
    """Return the law that the options name; today's without a day."""
    from safety_rules.face import load

    chosen = area_of(load(rules, tuple(overlays)), area)
    dated = chosen.on(day if day is not None else datetime.date.today(), require_standing)
    return dated if accepted is None else dated.accepting(accepted)


def history_of(
    dated: DatedArea, histories: tuple[Path, ...], ledgers: tuple[Path, ...]
) -> AreaWithHistory | AreaWithLedger | None:
    """Return the law with the history and the ledgers that were named, if any was."""
    if not histories:
        return dated.with_ledger(*ledgers) if ledgers else None
    from safety_rules.services.chaining.deciding import with_history

    known = with_history(dated, *histories)
    return known.with_ledger(*ledgers) if ledgers else known


@click.command("screen", cls=Verb)
@click.argument("ledger", type=PATH)
@click.option(
    "--output",
    "-o",
    type=OUTPUT,
    default=None,
    help="Write .xlsx, .html, .csv, .parquet or .jsonl; else a table is printed.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default=None, help="The output's format; by its ending.")
@area_option
@click.option("--sheet", default=None, help="The sheet of a workbook; else the one with most known headings.")
@click.option(
    "--waivers", type=PATH, default=None, help="A YAML or CSV list: rule, subject, granted_by, reason, until."
)
@click.option(
    "--fail-on", "fail_on", multiple=True, metavar="OUTCOME",
    help="Exit with 5 when a row is certain to come out at this outcome or worse; `undetermined`: when a row is "
    "undetermined or could not be screened. May be repeated.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=None, metavar="N",
    help="Processes that screen rows for xlsx, csv and parquet; by default one, and one per core above 5,000 rows.",
)  # fmt: skip
@accept_option
@history_option
@ledgers_option
@log_options
@headings_options
@engine_option
@day_option
@rules_option
def command(
    ledger: Path,
    output: Path | None,
    form: str | None,
    area: str | None,
    sheet: str | None,
    explain_headings: bool,
    mapped: Path | None,
    propose: Path | None,
    waivers: Path | None,
    fail_on: tuple[str, ...],
    jobs: int | None,
    accepted: Path | None,
    histories: tuple[Path, ...],
    ledgers: tuple[Path, ...],
    log: Path | None,
    masks: tuple[str, ...],
    engine: str,
    day: str | None,
    require_standing: str,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Screen each row of LEDGER (xlsx, csv, JSON lines, parquet): say why, what is missing, and by how much."""
    from safety_rules.cli.screen_terminal import print_notices, print_summary, print_table, watched
    from safety_rules.formats.text_out import json_line
    from safety_rules.services.screening import screen
    from safety_rules.services.screening_waivers import waivers as waivers_of

    form, kept = _format(output, form), log_of(log, masks)
    dated = area_on(rules, overlays, area, day, require_standing, accepted)
    wanted = wanted_headings(ledger, dated.law, sheet, explain_headings, mapped, propose, language)
    failing = _failing(dated, fail_on)
    emptied = _emptied(rules, dated) if fail_on and overlays else []
    granted = waivers_of(waivers, dated.law.area) if waivers is not None else ()
    worded = language if form in ("xlsx", "csv", "parquet") else None
    screening = screen(ledger, dated, wanted, granted, engine, history_of(dated, histories, ledgers), jobs, worded)
    refused = []

    def counted(rows: Iterable[ScreenedRow]) -> Iterable[ScreenedRow]:
        for row in rows:
            if failing(row):
                refused.append(row.row.number)
            yield row

    rows: Iterable[ScreenedRow] = watched(screening, language)
    rows = counted(rows if kept is None else kept.logged(rows, lambda row: row.verdict))
    if output is None and form == "table":
        print_table(screening, rows, language)
    elif output is None:
        for row in rows:
            if row.outcome:
                click.echo(json_line(row))
    else:
        _writer(form)(screening, rows, output, language)
    print_notices(screening.notices, language)
    if kept is not None:
        click.echo(sentence("replay.logged", language, log=kept.path.name, count=len(kept)), err=True)
    if output is not None or form == "table":
        print_summary(screening, language, output)
    for said in emptied:
        click.echo(said.line(language), err=True)
    if refused:
        click.echo(f"{len(refused)} rows are at or beyond `--fail-on`, the first in row {refused[0]}", err=True)
    if refused or emptied:
        sys.exit(ExitCode.REFUSED)


def _emptied(rules: str | None, dated: DatedArea) -> list[Diagnostic]:
    """Return the vetoes that overlays make milder on the day: no row would be refused by what they have emptied."""
    from safety_rules.loading.folders import rulebook_of
    from safety_rules.services.lint.vetoes import veto_figures

    law = dated.law
    return list(veto_figures(rulebook_of(rules), law.rulebook, law.area.key, law.as_of))


def _format(output: Path | None, form: str | None) -> str:
    """Return the output's format; raises UsageError where it cannot be told."""
    if output is None:
        if form in (None, "table", "jsonl"):
            return form or "table"
        raise click.UsageError(f"`--format {form}` needs a file: add -o NAME.{form}")
    if form == "table":
        raise click.UsageError("a table is printed; leave out -o, or choose xlsx, html, csv, parquet or jsonl")
    form = form or ENDINGS.get(output.suffix.lower())
    if form is None:
        raise click.UsageError(
            f"`{output.name}` has no known ending: .xlsx, .html, .csv, .parquet or .jsonl; or add --format"
        )
    if not output.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder `{output.parent}`")
    return form


def _writer(form: str) -> Writer:
    if form == "xlsx":
        from safety_rules.formats.workbook_out import write_workbook

        return write_workbook
    if form == "html":
        from safety_rules.formats.page_out import write_page

        return write_page
    if form == "parquet":
        from safety_rules.formats.parquet_out import write_parquet

        return write_parquet
    from safety_rules.formats.text_out import write_csv, write_json_lines

    return write_csv if form == "csv" else write_json_lines


def _failing(dated: DatedArea, fail_on: Iterable[str]) -> Callable[[ScreenedRow], bool]:
    """Return whether a row is refused: certain to be at an outcome or worse, or open where that was asked for."""
    from safety_rules.language.errors import NotFoundError
    from safety_rules.semantics.verdict.decided import UNDETERMINED
    from safety_rules.words.near import did_you_mean

    area = dated.law.area
    known = [*(o.key for o in area.outcomes), UNDETERMINED]
    asked = list(fail_on)
    for outcome in asked:
        if outcome not in known:
            raise NotFoundError(f"`{area.key}` has no outcome `{outcome}`; {did_you_mean(outcome, known)}")
    ranks = [area.rank(o) for o in asked if o != UNDETERMINED]
    open_too = UNDETERMINED in asked

    def failing(row: ScreenedRow) -> bool:
        came = row.came
        if came is None:
            return row.error is not None and open_too
        if ranks and area.rank(came.at_best) >= min(ranks):
            return True
        return open_too and not came.definite

    return failing
