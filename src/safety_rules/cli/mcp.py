"""`safety-rules mcp`: the engine for an assistant, over standard input and output, read-only."""

from __future__ import annotations

from pathlib import Path

import click

from safety_rules.cli.options import Verb, rules_option


@click.command("mcp", cls=Verb)
@rules_option
def command(rules: str | None, overlays: tuple[Path, ...]) -> None:
    """Serve read-only tools to an assistant (Model Context Protocol) over standard input and output.

    The tools are areas, schema, decide, explain, needs, gap, law and check; the engine decides, an assistant never
    does.
    """
    from safety_rules.face import live

    try:
        from safety_rules.assistants import server
    except ImportError:
        raise click.UsageError("this needs the extra `mcp`: pip install 'safety-rules[mcp]'") from None
    server(live(rules, overlays)).run("stdio")
