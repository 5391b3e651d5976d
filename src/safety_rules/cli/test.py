"""`safety-rules test`: the cases that stand in rule files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import PATH

if TYPE_CHECKING:
    from safety_rules.language.rule import Rulebook
    from safety_rules.services.mutants import Mutant


@click.command("test")
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
@click.option("--area", default=None, help="Only the cases of one area.")
@click.option("--coverage", is_flag=True, help="Also name what no case tries; fail when there is something.")
@click.option("--mutate", is_flag=True, help="Also change the rules one at a time; fail when no case notices a change.")
def command(rules: str | None, overlays: tuple[Path, ...], area: str | None, coverage: bool, mutate: bool) -> None:
    """Run the cases of a rules folder (or rule pack); those of the built-in rules by default."""
    from safety_rules.face import load
    from safety_rules.services.cases import run_cases
    from safety_rules.services.coverage import untried

    book = load(rules, overlays)
    if area is not None:
        book.area(area)
    results = list(run_cases(book.rulebook, area))
    for result in results:
        for failure in result.failures:
            click.echo(f"{result.at.place}: failed: {result.of or result.area}: {result.case}: {failure}")
    failed = sum(not r.passed for r in results)
    if not results:
        click.echo("no cases were run: the rule files hold none", err=True)
        sys.exit(ExitCode.CASE)
    click.echo(f"{len(results)} cases: {len(results) - failed} hold, {failed} failed")
    left = list(untried(book.rulebook, area)) if coverage else []
    for one in left:
        click.echo(one.text())
    if coverage:
        click.echo(
            f"{len(left)} things are untried"
            if left
            else "every clause is tried: true, failing alone, at its boundary, unknown"
        )
    alive = _survivors(book.rulebook, area) if mutate and not failed else []
    if failed or left or alive:
        sys.exit(ExitCode.CASE)


def _survivors(rulebook: Rulebook, area: str | None) -> list[Mutant]:
    """Print and return the changes that no case notices."""
    from safety_rules.services.mutants import mutants, survives

    made = list(mutants(rulebook, area))
    alive = [m for m in made if survives(m)]
    for mutant in alive:
        click.echo(f"unnoticed: {mutant.text()}")
    if not made:
        click.echo("no rule could be changed", err=True)
        sys.exit(ExitCode.CASE)
    click.echo(f"{len(made)} changes: {len(made) - len(alive)} noticed, {len(alive)} not")
    return alive
