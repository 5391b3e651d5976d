"""`safety-rules serve`: the page on this machine."""

from __future__ import annotations

import secrets
import socket

import click

from safety_rules.cli.options import Verb, language_option

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command("serve", cls=Verb)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; beyond this machine, a token is asked for."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="The port; 0 for any free one."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@language_option
def command(host: str, port: int, opens: bool, language: str) -> None:
    """Open a page where a ledger is put in and results and papers are taken out; nothing leaves this machine."""
    try:
        import uvicorn

        from safety_rules.web.app import application, lines
    except ImportError:
        raise click.UsageError("this needs the extra `web`: pip install 'safety-rules[web]'") from None
    token = "" if host in LOOPBACK else secrets.token_urlsafe(16)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise click.UsageError(
            f"`{host}:{port}` cannot be used: {(error.strerror or str(error)).lower()}; try --port 0"
        ) from None
    at = listening.getsockname()[1]
    told = list(lines(f"[{host}]" if ":" in host else host, at, token, language))
    for line in told:
        click.echo(line)
    if opens:
        import threading
        import webbrowser

        threading.Timer(
            1.0, webbrowser.open, (f"http://127.0.0.1:{at}/" + (f"?token={token}" if token else ""),)
        ).start()
    config = uvicorn.Config(application(token), log_level="warning", timeout_graceful_shutdown=5)
    uvicorn.Server(config).run(sockets=[listening])
