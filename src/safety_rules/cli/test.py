"""`safety-rules test`: the cases that stand in rule files, what they leave untried, and changes they miss."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.accepting import Accepting, accepted
from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.language import answered
from safety_rules.cli.options import PATH, Watched, acceptance_options, format_option, watch_option
from safety_rules.cli.reporting import put
from safety_rules.formats.report import Problem, Report, of_diagnostics, worded
from safety_rules.words.catalog import CHINESE, both, sentence

if TYPE_CHECKING:
    from safety_rules.language.kinds import Name
    from safety_rules.language.rulebook import Rulebook
    from safety_rules.services.cases import CaseResult
    from safety_rules.services.readers import Reader


MOST_LISTED = 5


@click.command("test", cls=Watched)
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
@click.option("--area", default=None, help="Only the cases of one area.")
@click.option("-k", "only", default="", metavar="TEXT", help="Only cases whose RULE::CASE has the text in it.")
@click.option("--explain", is_flag=True, help="Also show each case's clauses with the values put in.")
@click.option(
    "--engine",
    default="compiled",
    help="What must agree with the definition: `compiled` (what decides a record), `all` (DuckDB's queries as well), or `spark`.",
)
@click.option("--coverage", is_flag=True, help="Also name what no case tries; fail when there is something.")
@click.option("--mutate", is_flag=True, help="Also change the rules one at a time; fail when no case notices a change.")
@click.option(
    "--mutate-data",
    is_flag=True,
    help="Also change what rules read by, rows of tables and spellings of options; fail when no case notices.",
)
@click.option("--propose", is_flag=True, help="Also write cases for what is untried; what they expect is the author's.")
@click.option(
    "--durations", type=click.IntRange(1), default=None, metavar="N", help="Also name the N cases that took longest."
)
@acceptance_options
@format_option
@watch_option
def command(
    rules: str | None,
    overlays: tuple[Path, ...],
    area: str | None,
    only: str,
    explain: bool,
    engine: str,
    coverage: bool,
    mutate: bool,
    mutate_data: bool,
    propose: bool,
    durations: int | None,
    old: Path | None,
    write_baseline: bool,
    waivers: Path | None,
    day: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Run the cases of a rules folder (or rule pack); those of the built-in rules by default."""
    from safety_rules.face import load
    from safety_rules.loading.folders import resolve_folder
    from safety_rules.services.cases import run_cases
    from safety_rules.services.readers import readers

    by = readers(engine)
    book, shown_at = load(rules, overlays), f"{resolve_folder(rules).as_posix()}/"
    if area is not None:
        book.area(area)
    gc.freeze()  # the rules stay: looking through them for garbage takes a tenth of the run
    timed = list(_timed(run_cases(book.rulebook, area, only)))
    results = [r for r, _ in timed]
    problems = list(_told(book.rulebook, results))
    failed = sum(not r.passed for r in results)
    said = [_said("cases", cases=len(results), hold=len(results) - failed, failed=failed)]
    if not results:
        said = [_said("none_called" if only else "no_cases", only=only)]
    differing, told = _differences(results, by)
    problems += differing
    said += [told] if results else []
    if coverage:
        left = list(_untried(book.rulebook, area))
        problems += left
        said.append(_said("untried" if left else "tried", left=len(left)))
    if mutate and not failed:
        alive, made = _survivors(book.rulebook, area)
        problems += alive
        said.append(_said("changes", made=made, noticed=made - len(alive), left=len(alive)))
    if mutate_data and not failed:
        alive, made = _unheld(book.rulebook)
        problems += alive
        said.append(_said("data_changes", made=made, noticed=made - len(alive), left=len(alive)))
    problems, known = accepted(problems, book.rulebook, shown_at, Accepting(old, write_baseline, waivers, day))
    said += [_said("known", known=len(known))] if known else []
    passed = tuple(f"{r.of or r.area}: {r.case}" for r in results if r.passed)
    if explain:
        holding = [(r.of or r.area, r) for r in results if r.passed]
        problems += [
            worded("case", both("test.holds", case=r.case), None, of, _clauses(r), "note") for of, r in holding
        ]
    proposed = _proposed(book.rulebook, area) if propose else []
    said += [_said("proposed", cases=len(proposed))] if propose else []
    slowest = _slowest(timed, durations)
    summary = ("；" if answered() == CHINESE else "; ").join(said) + (
        "\n" + "\n".join(slowest) if slowest and form == "text" else ""
    )
    summary += "\n\n" + "\n".join(proposed) if proposed and form == "text" else ""
    extra = {**({"proposed": proposed} if propose else {}), **({"slowest": slowest} if durations else {})}
    put(Report("test", tuple(problems), passed, summary, extra, tuple(known)), form, output)
    if any(p.level != "note" for p in problems) or not results:
        sys.exit(ExitCode.CASE)


def _said(key: str, **slots: object) -> str:
    return sentence(f"test.{key}", answered(), **slots)


def _told(book: Rulebook, results: Sequence[CaseResult]) -> Iterator[Problem]:
    """Return failed cases as problems: those that share a figure, row or derivation as one, where that stands."""
    from safety_rules.services.shared_cause import shared_causes

    causes, alone = shared_causes(book, results)
    for cause in causes:
        first = cause.cases[0]
        told = _failed(first, first.told[:1])
        said = both("test.shared", cases=len(cause.cases), kind=both(f"item.{cause.kind}"), name=cause.name, first=told)
        listed = [f"  {r.at.place}: {_failed(r, r.told).in_(answered())}" for r in cause.cases]
        more = len(listed) - MOST_LISTED
        listed = [*listed[:MOST_LISTED], *([f"  {_said('more', more=more)}"] if more > 0 else [])]
        yield worded("case-failed", said, cause.at or first.at, cause.name, "\n".join(listed))
    yield from (p for r in alone for p in _failures(r))


def _timed(results: Iterator[CaseResult]) -> Iterator[tuple[CaseResult, float]]:
    """Yield each result with the seconds that it took."""
    started = time.perf_counter()
    for result in results:
        yield result, time.perf_counter() - started
        started = time.perf_counter()


def _slowest(timed: Sequence[tuple[CaseResult, float]], most: int | None) -> list[str]:
    """Return the cases that took longest, a line each."""
    ordered = sorted(timed, key=lambda t: -t[1])[: most or 0]
    return [f"{seconds * 1000:8.1f} ms  {r.of or r.area}: {r.case}" for r, seconds in ordered]


def _failures(result: CaseResult) -> Iterator[Problem]:
    """Return a case's failures as problems."""
    of = result.of or result.area
    for n, told in enumerate(result.told):
        shown = "" if n else _clauses(result)
        yield worded("case-failed", _failed(result, [told]), result.at, of, shown)


def _failed(result: CaseResult, told: Sequence[Name]) -> Name:
    """Return on a line of which case it is told that it does not hold to what."""
    from safety_rules.services.case_words import inside

    return both("test.failed", of=result.of or result.area, case=result.case, why=inside(told))


def _clauses(result: CaseResult) -> str:
    """Return the clauses of a case with the values put in, a line each."""
    from safety_rules.services.cases import clauses_of

    return "\n".join(clauses_of(result.ran, answered()))


def _differences(results: Sequence[CaseResult], engines: Sequence[Reader]) -> tuple[list[Problem], str]:
    """Return where an engine differs from the definition, and how much each was asked, in words."""
    from safety_rules.services.agreement import differences

    counted = Counter[str]()
    found = list(of_diagnostics(list(differences(results, engines, counted))))
    asked = ", ".join(f"{name} {count}" for name, count in counted.items())
    return found, _said("differ" if found else "agree", asked=asked, found=len(found))


def _untried(rulebook: Rulebook, area: str | None) -> Iterator[Problem]:
    """Return what no case tries as problems."""
    from safety_rules.services.coverage import untried

    for one in untried(rulebook, area):
        yield worded("untried", both("untried.line", name=one.name, what=one.what), one.at, one.of)


def _survivors(rulebook: Rulebook, area: str | None) -> tuple[list[Problem], int]:
    """Return the changes that no case notices or that cannot be tried, and how many were made; none is a problem too."""
    from safety_rules.services.mutant_fate import Fate, fate
    from safety_rules.services.mutants import mutants

    alive, made = [], 0
    for m in mutants(rulebook, area):
        made += 1
        came, why = fate(m)
        if came is Fate.UNNOTICED:
            alive.append(worded("unnoticed", both("mutant.unnoticed", of=m.of, what=m.what), m.at, m.of))
        elif came is Fate.BROKEN:
            alive.append(worded("mutant-broken", both("mutant.broken", of=m.of, what=m.what, why=why), m.at, m.of))
    if not made:
        alive.append(worded("no-mutants", both("mutant.none"), None))
    return alive, made


def _unheld(rulebook: Rulebook) -> tuple[list[Problem], int]:
    """Return the changes of rows and spellings that no case notices, and how many were made."""
    from safety_rules.services.data_mutants import CasesByText, data_mutants

    cases, alive, made = CasesByText(rulebook), list[Problem](), 0
    for m in data_mutants(rulebook):
        made += 1
        if not cases.notice(m):
            alive.append(worded("unnoticed", both("mutant.unnoticed", of=m.of, what=m.what), m.at, m.of))
    return alive, made


def _proposed(rulebook: Rulebook, area: str | None) -> list[str]:
    """Return cases for what is untried, in YAML, each to be completed by the author."""
    from safety_rules.formats.impact_words import given_lines
    from safety_rules.services.proposing import proposal_text, proposals

    return [proposal_text(p, given_lines, answered()) for p in proposals(rulebook, area)]
