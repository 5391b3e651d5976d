"""`safety-rules check`: every mistake in rule files at once, and with `--lint` what is doubtful in them."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safety_rules.cli.accepting import Accepting, accepted
from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import PATH, Watched, acceptance_options, calendar_day, format_option, watch_option
from safety_rules.cli.reporting import put
from safety_rules.formats.report import Problem, Report, Suppressed, of_diagnostics
from safety_rules.words.catalog import sentence

if TYPE_CHECKING:
    from safety_rules.language.rulebook import Rulebook
    from safety_rules.loading.files import RuleFileText


@click.command("check", cls=Watched)
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
@click.option("--lint", is_flag=True, help="Also name what is doubtful; fail when something is not silenced.")
@click.option(
    "--source-texts",
    "texts",
    type=PATH,
    help="A folder of texts, SOURCE.txt each, to find quotations in; `texts` beside the rules by default.",
)
@acceptance_options
@format_option
@watch_option
def command(
    rules: str | None,
    overlays: tuple[Path, ...],
    lint: bool,
    texts: Path | None,
    old: Path | None,
    write_baseline: bool,
    waivers: Path | None,
    day: str | None,
    form: str,
    output: Path | None,
    language: str,
) -> None:
    """Check the rule files of a folder (or rule pack); the built-in rules by default."""
    from safety_rules.loading.files import folder_files
    from safety_rules.loading.folders import overlay_files, resolve_folder, rulebook_of
    from safety_rules.loading.rulebook import rulebook
    from safety_rules.services.cases import given_wrongly
    from safety_rules.services.lint.sources import overdue_reviews
    from safety_rules.services.lint.texts import texts_in
    from safety_rules.services.lock import NAME

    accepting = Accepting(old, write_baseline, waivers, day)
    if not lint and (texts is not None or accepting != Accepting(None, False, None, day)):
        raise click.UsageError("`--source-texts`, `--baseline` and `--waivers` go with `--lint`")
    on = calendar_day(day) or datetime.date.today()
    folder = resolve_folder(rules)
    files = folder_files(folder)
    over = overlay_files(overlays)
    shown_at = f"{folder.as_posix()}/"
    book, diagnostics = rulebook(files, over, shown_at)
    problems: Sequence[Problem] = of_diagnostics(diagnostics)
    overdue = of_diagnostics(list(overdue_reviews(book, on))) if book is not None else ()
    lost = _lost(folder / NAME, shown_at, rulebook_of(rules) if over else book, waivers) if book is not None else ()
    lost = [*lost, *(_lost_of(rules, overlays) if book is not None else ())]
    given = of_diagnostics(list(given_wrongly(book))) if book is not None else ()
    problems = [*problems, *given, *overdue, *lost]
    suppressed: Sequence[Suppressed] = ()
    if lint and book is not None:
        texts = folder / "texts" if texts is None and texts_in(folder) else texts
        doubtful, silenced = _lint(book, texts, [f.path for f in over], on)
        counted, known = accepted([*problems, *doubtful], book, shown_at, accepting)
        problems, suppressed = [*counted, *_emptied(rules, over, book)], [*silenced, *known]
    summary = _summary(len(files), book, problems, language)
    summary += sentence("check-summary.known", language, known=len(suppressed)) if suppressed else ""
    marked = {p.at.source.name for p in problems if p.at is not None}
    passed = tuple(f.path for f in files if f"{shown_at}{f.path}" not in marked)
    put(Report("check", tuple(problems), passed, summary, {}, tuple(suppressed)), form, output, language)
    if book is None or given or overdue or lost or (lint and any(p.level != "note" for p in problems)):
        sys.exit(ExitCode.RULES)


def _summary(files: int, book: Rulebook | None, problems: Sequence[Problem], language: str) -> str:
    errors = sum(p.level == "error" for p in problems)
    warnings = sum(p.level == "warning" for p in problems)
    if book is None or errors:
        return sentence("check-summary.wrong", language, files=files, errors=errors, warnings=warnings)
    counts = {"files": files, "areas": len(book.areas), "rules": sum(len(a.rules) for a in book.areas.values())}
    return sentence("check-summary.right", language, **counts, warnings=warnings)


def _emptied(rules: str | None, overlays: Sequence[RuleFileText], book: Rulebook) -> Sequence[Problem]:
    """Return the vetoes that overlays make milder: nothing silences, waives or grandfathers them."""
    from safety_rules.loading.folders import rulebook_of
    from safety_rules.services.lint.vetoes import veto_figures

    return of_diagnostics(list(veto_figures(rulebook_of(rules), book))) if overlays else ()


def _lost(path: Path, shown_at: str, book: Rulebook, waivers: Path | None) -> Sequence[Problem]:
    """Return what the rules lost, altered or widened against the lock that stands beside them, overlays apart."""
    from safety_rules.services.lint.waivers import lint_waivers
    from safety_rules.services.lock import against, holds_all, kept_lock, lock, texts_beside

    kept, texts = kept_lock(path), texts_beside(path.parent)
    if kept is None or (waivers is None and holds_all(kept, book, texts)):
        return ()
    granted = lint_waivers(waivers) if waivers is not None else ()
    return of_diagnostics(list(against(kept, lock(book, shown_at, granted, texts), waivers is not None)))


def _lost_of(rules: str | None, overlays: Sequence[Path]) -> Sequence[Problem]:
    """Return what each overlay lost, altered or widened against the lock beside it, on top of those before it."""
    from safety_rules.loading.folders import rulebook_of
    from safety_rules.services.lock import against, beside, kept_lock, lock, of_overlay

    found: list[Problem] = []
    for n, overlay in enumerate(overlays):
        path, shown_at = beside(overlay)
        if (kept := kept_lock(path)) is None:
            continue
        below, made = (lock(rulebook_of(rules, overlays[:m]), shown_at) for m in (n, n + 1))
        found += of_diagnostics(list(against(kept, of_overlay(made, below, kept), with_waivers=False)))
    return found


def _lint(
    book: Rulebook, texts: Path | None, overlays: Sequence[str], on: datetime.date
) -> tuple[list[Problem], list[Suppressed]]:
    """Return what lint finds, and what its authors silenced."""
    from safety_rules.services.lint.findings import linted
    from safety_rules.services.lint.texts import source_texts

    found = linted(book, source_texts(texts, book) if texts is not None else None, overlays, on)
    silenced = [Suppressed(of_diagnostics([d])[0], "silence", s.reason) for d, s in found.silenced]
    return list(of_diagnostics(found.standing)), silenced
