"""`safety-rules help`: the page of a code, a rule, a function or a topic, as the wheel carries it."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.cli.options import Verb, rules_option
from safety_rules.words.catalog import sentence


@click.command("help", cls=Verb)
@click.argument("word", required=False)
@click.option("--index", "all_pages", is_flag=True, help="All pages and rules in a list (llms.txt).")
@rules_option
def command(word: str | None, all_pages: bool, rules: str | None, overlays: tuple[Path, ...], language: str) -> None:
    """Print the page of WORD: a diagnostic's code, a rule, a fact or figure, a function, or a topic such as python or
    writing-rules.
    """
    from safety_rules.face import load
    from safety_rules.services.pages import index, page, topics

    if all_pages:
        click.echo(index(load(rules, overlays).rulebook), nl=False)
    elif word is None:
        own = [name for name, path in topics().items() if path.parent.name != "diagnostics"]
        click.echo(sentence("page.topics", language, topics=", ".join(own)))
    else:
        click.echo(page(word, load(rules, overlays).rulebook, language), nl=False)
