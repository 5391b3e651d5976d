"""`safety-rules eval`: what one condition or formula comes to on the facts that are given."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.cli.options import Verb, area_option, day_option, rules_option


@click.command("eval", cls=Verb)
@click.argument("text", metavar="EXPR")
@click.option(
    "--given", "facts", multiple=True, metavar="FACT=VALUE", help="A fact's value, with a unit where it has one; a list as JSON. May be repeated."
)  # fmt: skip
@area_option
@day_option
@rules_option
def command(
    text: str,
    facts: tuple[str, ...],
    area: str | None,
    day: str | None,
    require_standing: str,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Work out the condition or formula EXPR: its value, what it can still be where facts are blank, and why."""
    from safety_rules.cli.screen import area_on
    from safety_rules.services.worth import worth

    law = area_on(rules, overlays, area, day, require_standing).law
    for line in worth(law, text, dict(_given(f) for f in facts)).said(language):
        click.echo(line)


def _given(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.UsageError(f"`{text}` gives no fact; write FACT=VALUE, such as 项目.用地面积=40亩")
    return name.strip(), value.strip()
