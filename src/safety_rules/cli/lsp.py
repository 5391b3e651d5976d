"""`safety-rules lsp`: the language server of rule files, for an editor that starts it."""

from __future__ import annotations

import click

from safety_rules.cli.options import Verb


@click.command("lsp", cls=Verb)
def command(language: str) -> None:
    """Serve an editor over standard input and output: mistakes as they are typed, completion, hover, definition, quick fixes."""
    try:
        from safety_rules.lsp.server import server
    except ImportError:
        raise click.UsageError("this needs the extra `lsp`: pip install 'safety-rules[lsp]'") from None
    server(language).start_io()
