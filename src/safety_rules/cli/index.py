"""`safety-rules index`: the index page of a rules folder."""

from __future__ import annotations

import sys

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.language import answered
from safety_rules.cli.options import Verb


@click.command("index", cls=Verb)
@click.argument("rules", required=False)
@click.option("--check", is_flag=True, help="Write nothing; fail when the page is not fresh.")
def command(rules: str | None, check: bool) -> None:
    """Write README.md in a rules folder: each rule with its law, consequence and standing."""
    from safety_rules.face import load
    from safety_rules.loading.folders import resolve_folder
    from safety_rules.services.rule_index import index_page
    from safety_rules.words.catalog import sentence

    page = index_page(load(rules).rulebook)
    path = resolve_folder(rules) / "README.md"
    fresh = path.is_file() and path.read_text(encoding="utf-8") == page
    if check and not fresh:
        click.echo(sentence("lock.stale_index", answered(), path=path), err=True)
        sys.exit(ExitCode.RULES)
    if not check:
        path.write_text(page, encoding="utf-8")
    click.echo(sentence("lock.index_fresh" if fresh else "lock.index_written", answered(), path=path))
