"""`safety-rules graph`: what reads what, as Mermaid or SVG."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.cli.options import OUTPUT, PATH, Verb
from safety_rules.cli.reporting import put_text


@click.command("graph", cls=Verb)
@click.argument("rules", required=False)
@click.option("--overlay", "overlays", multiple=True, type=PATH, help="An overlay file or folder; may be repeated.")
@click.option("--area", default=None, help="Only the rules of one area.")
@click.option("--rule", "chosen", multiple=True, metavar="RULE", help="Only what this rule reads; may be repeated.")
@click.option(
    "--format",
    "form",
    default=None,
    type=click.Choice(("mermaid", "svg")),
    help="mermaid, or svg for a file that is called so.",
)
@click.option("--output", "-o", type=OUTPUT, default=None, help="Write it to a file, not to the terminal.")
def command(
    rules: str | None,
    overlays: tuple[Path, ...],
    area: str | None,
    chosen: tuple[str, ...],
    form: str | None,
    output: Path | None,
    language: str,
) -> None:
    """Draw which facts, derived facts, figures and tables the rules of a folder (or rule pack) read."""
    from safety_rules.face import load
    from safety_rules.language.errors import NotFoundError
    from safety_rules.services.graph import graph
    from safety_rules.services.graph_out import mermaid, svg
    from safety_rules.words.near import did_you_mean

    book = load(rules, overlays)
    areas = book.areas if area is None else (book.area(area).area.key,)
    known = [r.key for a in areas for r in book.rulebook.areas[a].rules]
    for name in chosen:
        if name not in known:
            raise NotFoundError(f"there is no rule `{name}`; {did_you_mean(name, known)}".rstrip("; "))
    found = graph(book.rulebook, areas, chosen)
    drawn = svg if (form or ("svg" if output is not None and output.suffix == ".svg" else "")) == "svg" else mermaid
    put_text(drawn(found, language), output)
