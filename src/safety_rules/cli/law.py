"""`safety-rules law`: the legal calendar of a day."""

from __future__ import annotations

import json
from pathlib import Path

import click

from safety_rules.cli.options import Verb, calendar_day, rules_option


@click.command("law", cls=Verb)
@click.option("--on", "day", default=None, metavar="DAY", help="The day, 2020-10-01; today by default.")
@click.option("--area", default=None, help="One area; all by default.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every change to come.")
@rules_option
def command(
    day: str | None, area: str | None, as_json: bool, rules: str | None, overlays: tuple[Path, ...], language: str
) -> None:
    """Say which documents are in force on a day, what rests on each, what is not covered, and what changes next."""
    import datetime

    from safety_rules.face import load
    from safety_rules.formats.law_out import law_data, law_lines

    law = load(rules, overlays).law(calendar_day(day) or datetime.date.today(), area)
    if as_json:
        click.echo(json.dumps(law_data(law), ensure_ascii=False, indent=2))
        return
    for line in law_lines(law, language):
        click.echo(line)
