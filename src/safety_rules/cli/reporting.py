"""Writes a verb's report to the terminal or a file."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.cli.language import answered
from safety_rules.formats.report import Report, written


def put(report: Report, form: str, output: Path | None, language: str = "") -> None:
    """Write a report in a format and a language, that of the verb by default."""
    put_text(written(report, form, language or answered()), output)


def put_text(text: str, output: Path | None) -> None:
    """Write a text; a file is complete or absent. Raises UsageError where its folder is missing."""
    from safety_rules.formats.safe import replacing

    if output is None:
        click.echo(text)
        return
    if not output.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder `{output.parent}`")
    with replacing(output) as unfinished:
        unfinished.write_text(text + "\n", "utf-8", "backslashreplace")
