"""Writes a verb's report to the terminal or a file."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.formats.report import Report, written


def put(report: Report, form: str, output: Path | None, language: str = "en") -> None:
    """Write a report in a format and a language."""
    put_text(written(report, form, language), output)


def put_text(text: str, output: Path | None) -> None:
    """Write a text; a file is complete or absent. Raises UsageError where its folder is missing."""
    if output is not None and not output.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder `{output.parent}`")
    if output is None:
        click.echo(text)
        return
    partial = output.with_name(output.name + ".partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(output)
