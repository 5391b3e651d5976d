"""`safety-rules prove`: what holds of rules on every record, or a record on which it does not."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.language import answered
from safety_rules.cli.options import PATH, Verb, format_option
from safety_rules.cli.reporting import put
from safety_rules.formats.report import Problem, Report
from safety_rules.words.catalog import sentence
from safety_rules.words.said import series

if TYPE_CHECKING:
    from safety_rules.services.proving.answers import Proof


@click.command("prove", cls=Verb)
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
@click.option("--area", default=None, help="Only the questions about one area.")
@click.option("--built-in-only", is_flag=True, help="Ask no invariants; without this, having none is an error.")
@click.option(
    "--items", default=3, show_default=True, type=click.IntRange(1, 6), help="How many records a list holds at most."
)
@click.option(
    "--seconds", default=60.0, show_default=True, type=click.FloatRange(0.1), help="The limit for one question."
)
@click.option("--jobs", default=None, type=click.IntRange(1), help="How many processes; one a processor by default.")
@format_option
def command(
    rules: str | None,
    overlays: tuple[Path, ...],
    area: str | None,
    built_in_only: bool,
    items: int,
    seconds: float,
    jobs: int | None,
    form: str,
    output: Path | None,
) -> None:
    """Ask the rules of a folder (or rule pack) the built-in questions and their own invariants."""
    from safety_rules.face import load
    from safety_rules.services.proving.asking import Limits
    from safety_rules.services.proving.prove import Task, proofs_of
    from safety_rules.services.proving.words import headline, summary

    book = load(rules, overlays)
    if area is not None:
        book.area(area)
    limits = Limits(items, seconds)
    parts = ("built-in",) if built_in_only else ("built-in", "invariants")
    chosen = [a for a in book.areas if area is None or a == area]
    tasks = [Task(rules, overlays, a, part, limits) for a in chosen for part in parts]
    proofs = proofs_of(tasks, jobs or os.cpu_count() or 1)
    problems = [_problem(p) for p in proofs if not p.holds]
    problems += _nothing_asked(proofs, built_in_only)
    passed = tuple(headline(p, answered()) for p in proofs if p.holds)
    extra = {"limits": {"items": items, "seconds": seconds}}
    rows = series(r.key for a in chosen for r in book.rulebook.areas[a].across_rows).in_(answered())
    said = summary(proofs, answered()) + (sentence("proving.rows", answered(), rules=rows) if rows else "")
    put(Report("prove", tuple(problems), passed, said, extra), form, output)
    if problems:
        sys.exit(ExitCode.NOT_PROVED)


def _problem(proof: Proof) -> Problem:
    from safety_rules.services.proving.words import headline, record_of

    of = proof.question.of or proof.question.area
    return Problem(
        proof.answer.value,
        "error",
        headline(proof, answered()),
        proof.question.at,
        "",
        of,
        detail=record_of(proof, answered()),
    )


def _nothing_asked(proofs: list[Proof], built_in_only: bool) -> list[Problem]:
    """Return that nothing was asked, or no invariant, as problems: green would say more than is known."""
    if not proofs:
        return [Problem("no-questions", "error", sentence("proving.no_questions", answered()), None)]
    if not built_in_only and not any(p.question.code == "invariant" for p in proofs):
        return [Problem("no-invariants", "error", sentence("proving.no_invariants", answered()), None)]
    return []
