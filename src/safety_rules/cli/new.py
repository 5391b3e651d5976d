"""`safety-rules new`: a pack, an area, a rule or an overlay to begin with, which passes every check as it is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import click

from safety_rules.cli.options import PATH, Day, Verbs
from safety_rules.words.catalog import sentence

ZH = click.option("--zh", default="", help="Its Chinese name; the English one by default.")


@click.group("new", cls=Verbs)
def command() -> None:
    """Write a new pack, area, rule or overlay that passes check, test, lint and prove; nothing is overwritten."""


@command.command("pack")
@click.argument("folder", type=PATH)
@click.option("--area", default="warehouse", show_default=True, help="The key of its first area.")
@ZH
def pack(folder: Path, area: str, zh: str, language: str) -> None:
    """Write a pack of rules as a project of its own, with a first area, its cases and a CI file, into FOLDER."""
    from safety_rules.services.scaffold.scaffold import new_pack

    made = new_pack(folder, area, zh)
    _told(made, folder, language)


@command.command("area")
@click.argument("rules", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("area")
@ZH
def area(rules: Path, area: str, zh: str, language: str) -> None:
    """Write an area into the rules folder RULES: facts, a figure, a document, a rule, cases and a claim to prove."""
    from safety_rules.face import load
    from safety_rules.loading.folders import resolve_folder
    from safety_rules.services.scaffold.scaffold import new_area

    _told(new_area(load(rules).rulebook, resolve_folder(rules), area, zh), rules, language)


@command.command("rule")
@click.argument("rules", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("area")
@click.argument("rule")
@click.option(
    "--from", "since", default=None, metavar="DAY", type=Day(), help="Since when it is in force; next year by default."
)
@ZH
def rule(rules: Path, area: str, rule: str, since: datetime.date | None, zh: str, language: str) -> None:
    """Write a rule into an area of RULES, with the fact that it asks for; its clause is yours to fill in."""
    from safety_rules.face import load
    from safety_rules.loading.folders import resolve_folder
    from safety_rules.services.scaffold.scaffold import after_all_cases, new_rule

    book = load(rules).rulebook
    _told(new_rule(book, resolve_folder(rules), area, rule, zh, since), rules, language)
    begins = since or after_all_cases(book.areas[area])
    if begins > datetime.date.today():
        click.echo(sentence("new.begins", language, rule=rule, day=begins))


@command.command("overlay")
@click.argument("path", type=PATH)
@click.option("--rules", default=None, help="A rules folder or an installed rule pack; built-in by default.")
@click.option("--figure", default=None, help="The figure that it confirms; the first assumed one by default.")
def overlay(path: Path, rules: str | None, figure: str | None, language: str) -> None:
    """Write an overlay that confirms an assumed figure into the file PATH."""
    from safety_rules.face import load
    from safety_rules.services.scaffold.scaffold import new_overlay

    for made in new_overlay(load(rules).rulebook, path, figure):
        click.echo(sentence("new.wrote", language, path=made))
    click.echo(sentence("new.overlay", language, rules=rules or "", path=path))


def _told(made: Sequence[Path], rules: Path, language: str) -> None:
    for path in made:
        click.echo(sentence("new.wrote", language, path=path))
    click.echo(sentence("new.next", language, rules=rules))
