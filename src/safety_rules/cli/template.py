"""`safety-rules template`: a blank ledger with headings, units and drop-down lists, made from the vocabulary."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.cli.options import OUTPUT, Verb, day_option, rules_option


@click.command("template", cls=Verb)
@click.argument("kind")
@click.option("--output", "-o", type=OUTPUT, required=True, help="The workbook (xlsx).")
@click.option("--field", default="", help="Of 检查表: only what the criteria of this field ask, 燃气, 特种设备, 化工.")
@day_option
@rules_option
def command(
    kind: str, output: Path, field: str, day: str | None, require_standing: str, rules: str | None,
    overlays: tuple[Path, ...], language: str,
) -> None:  # fmt: skip
    """Write a blank ledger of KIND: 项目, 单元, 隐患, 任务, 检查表, 企业, 考核, or the key of an area.

    What is filled in under its headings is read back without a notice.
    """
    from safety_rules.cli.screen import area_on
    from safety_rules.formats.blank_out import write_blank
    from safety_rules.services.blank import blank_sheets
    from safety_rules.words.catalog import sentence

    if output.suffix.lower() != ".xlsx":
        raise click.UsageError(f"`{output}` is no .xlsx")
    sheets = blank_sheets(kind, lambda area: area_on(rules, overlays, area, day, require_standing).law, language, field)
    write_blank(sheets, output, language)
    told = {"file": output, "count": len(sheets), "columns": sum(len(s.columns) for s in sheets)}
    click.echo(sentence("blank.written", language, **told))
