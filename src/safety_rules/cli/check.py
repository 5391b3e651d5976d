"""`safety-rules check`: every mistake in rule files at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import PATH


@click.command("check")
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
def command(rules: str | None, overlays: tuple[Path, ...]) -> None:
    """Check the rule files of a folder (or rule pack); the built-in rules by default."""
    from safety_rules.face import overlay_files, resolve_folder
    from safety_rules.language.diagnostic import Severity
    from safety_rules.loading.rulebook import folder_files, rulebook

    folder = resolve_folder(rules)
    files = folder_files(folder)
    book, diagnostics = rulebook(files, overlay_files(overlays), f"{folder.as_posix()}/")
    for diagnostic in diagnostics:
        click.echo(diagnostic.text())
    errors = sum(d.severity is Severity.ERROR for d in diagnostics)
    warnings = len(diagnostics) - errors
    if book is None:
        click.echo(f"{len(files)} files: {errors} errors, {warnings} warnings", err=True)
        sys.exit(ExitCode.RULES)
    rules_count = sum(len(a.rules) for a in book.areas.values())
    click.echo(f"{len(files)} files, {len(book.areas)} areas, {rules_count} rules: no errors, {warnings} warnings")
