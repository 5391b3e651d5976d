"""`safety-rules check`: every mistake in rule files at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import PATH, format_option


@click.command("check")
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
@format_option
def command(rules: str | None, overlays: tuple[Path, ...], form: str, output: Path | None) -> None:
    """Check the rule files of a folder (or rule pack); the built-in rules by default."""
    from safety_rules.cli.reporting import put
    from safety_rules.face import overlay_files, resolve_folder
    from safety_rules.formats.report import Report, of_diagnostics
    from safety_rules.language.diagnostic import Severity
    from safety_rules.loading.rulebook import folder_files, rulebook

    folder = resolve_folder(rules)
    files = folder_files(folder)
    book, diagnostics = rulebook(files, overlay_files(overlays), f"{folder.as_posix()}/")
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    warnings = len(diagnostics) - errors
    summary = f"{len(files)} files: {errors} errors, {warnings} warnings"
    if book is not None:
        count = sum(len(a.rules) for a in book.areas.values())
        summary = f"{len(files)} files, {len(book.areas)} areas, {count} rules: no errors, {warnings} warnings"
    marked = {d.at.source.name for d in diagnostics}
    passed = tuple(f.path for f in files if f"{folder.as_posix()}/{f.path}" not in marked)
    put(Report("check", of_diagnostics(diagnostics), passed, summary), form, output)
    if book is None:
        sys.exit(ExitCode.RULES)
