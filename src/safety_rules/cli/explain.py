"""`safety-rules explain`: why one row of a ledger has its verdict; with `--gaps`, the cheapest change of several facts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import (
    PATH,
    Verb,
    accept_option,
    area_option,
    day_option,
    headings_options,
    history_option,
    ledgers_option,
    log_of,
    log_options,
    rules_option,
    wanted_headings,
)
from safety_rules.cli.screen import area_on, history_of
from safety_rules.words.catalog import sentence

if TYPE_CHECKING:
    from safety_rules.language.verdict import Adjustment, SmallestChange
    from safety_rules.semantics.verdict.verdict import Verdict
    from safety_rules.services.dated_area import DatedArea


F = TypeVar("F", bound=Callable[..., Any])


def gaps_options(function: F) -> F:
    """Add `--gaps`, `--weight` and `--to`."""
    gaps = click.option(
        "--gaps", is_flag=True, help="Also the cheapest change of several facts at once that gets the best outcome."
    )
    weight = click.option(
        "--weight", "weights", multiple=True, metavar="FACT=COST",
        help="What one unit of a fact costs to change, for --gaps; may be repeated. By default a fact counts by its share.",
    )  # fmt: skip
    to = click.option("--to", "outcome", default=None, metavar="OUTCOME", help="With --gaps: another outcome.")
    return gaps(weight(to(function)))


@click.command("explain", cls=Verb)
@click.argument("ledger", type=PATH)
@click.option("--row", "number", type=click.IntRange(1), default=None, help="The row's number, as the sheet shows it.")
@click.option("--id", "identity", default=None, help="In place of --row: the number, name or code of the subject.")
@click.option(
    "--rule", "chosen", multiple=True, metavar="RULE", help="Only this rule, whatever it says; may be repeated."
)
@click.option("--all", "every", is_flag=True, help="The whole tree: each rule with its clauses, values, law and gap.")
@click.option(
    "--standing",
    is_flag=True,
    help="As --all, with each citation that makes the verdict less sure, not the first alone.",
)
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON, with all that is needed to replay it.")
@area_option
@click.option("--sheet", default=None, help="The sheet of a workbook; else the one with most known headings.")
@gaps_options
@accept_option
@history_option
@ledgers_option
@log_options
@headings_options
@day_option
@rules_option
def command(
    ledger: Path,
    number: int | None,
    identity: str | None,
    chosen: tuple[str, ...],
    every: bool,
    standing: bool,
    as_json: bool,
    area: str | None,
    sheet: str | None,
    gaps: bool,
    weights: tuple[str, ...],
    outcome: str | None,
    accepted: Path | None,
    histories: tuple[Path, ...],
    ledgers: tuple[Path, ...],
    log: Path | None,
    masks: tuple[str, ...],
    explain_headings: bool,
    mapped: Path | None,
    propose: Path | None,
    day: str | None,
    require_standing: str,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Explain the verdict on one row of LEDGER: what decides, in three lines; with --all as a tree of every rule."""
    from safety_rules.services.screening import row_numbered, row_of

    if (weights or outcome is not None) and not gaps:
        raise click.UsageError("`--weight` and `--to` go with `--gaps`")
    dated = area_on(rules, overlays, area, day, require_standing, accepted)
    wanted = wanted_headings(ledger, dated.law, sheet, explain_headings, mapped, propose, language)
    if (number is None) == (identity is None):
        raise click.UsageError("name the row: either --row NUMBER or --id NUMBER-NAME-OR-CODE")
    kept = log_of(log, masks)
    history = history_of(dated, histories, ledgers)
    if number is not None:
        row = row_numbered(ledger, dated, number, wanted, history)
    else:
        row = row_of(ledger, dated, identity or "", wanted, history)
    if row.verdict is None:
        said = row.error.in_(language) if row.error is not None else ""
        click.echo(sentence("problem.at", language, place=row.row.place, message=said), err=True)
        sys.exit(ExitCode.LEDGER)
    if kept is not None:
        kept.append(row.verdict)
    if as_json:
        click.echo(json.dumps(row.verdict.to_dict(), ensure_ascii=False, indent=2))
        return
    if every or chosen or standing:
        click.echo(row.verdict.explain(language, chosen, standing))
    else:
        click.echo("\n".join([*row.verdict.brief(language), sentence("brief.all", language)]))
    if gaps:
        click.echo(gaps_text(dated, row.verdict, weights, outcome, language))


def gaps_text(area: DatedArea, verdict: Verdict, weights: Sequence[str], outcome: str | None, language: str) -> str:
    """Return the cheapest change that gets a record an outcome, in words; raises UsageError for a wrong weight."""
    found = area.smallest_change(verdict.record, outcome, dict(_weight(w) for w in weights) or None)
    wanted = area.law.area.outcome(outcome or area.law.area.outcomes[0].key).name.in_(language)
    if found is None:
        return sentence("smallest.unreachable", language, outcome=wanted)
    if not found.adjustments:
        return sentence("smallest.nothing", language, outcome=wanted)
    return _change_text(found, verdict, wanted, language)


def _weight(text: str) -> tuple[str, str]:
    name, equals, cost = text.partition("=")
    if not equals or not name or not cost:
        raise click.UsageError(f"`{text}` is no weight; write FACT=COST, such as 项目.用地面积=300")
    return name, cost


def _change_text(found: SmallestChange, verdict: Verdict, wanted: str, language: str) -> str:
    from safety_rules.language.verdict import Status
    from safety_rules.words.values import decimal

    lines = [sentence("smallest.head", language, outcome=wanted, cost=decimal(found.cost))]
    lines += (_adjusted(a, verdict, language) for a in found.adjustments)
    if not found.proven:
        lines.append(sentence("smallest.unproven", language))
    if any(f.status is Status.UNDETERMINED and f.outcome is not None for f in verdict.findings):
        lines.append(sentence("smallest.blanks", language))
    return "\n".join(lines)


def _adjusted(a: Adjustment, verdict: Verdict, language: str) -> str:
    from safety_rules.words.values import decimal, label, shown

    vocabulary = verdict.on.rulebook.vocabulary
    now, to = (shown(n, vocabulary.fact_at(a.path).kind, language) for n in (a.now, a.to))
    key, name = "smallest.more" if a.change > 0 else "smallest.less", label(a.path, vocabulary, language)
    return sentence(key, language, name=name, now=now, to=to, by=decimal(abs(a.change)))
