"""`safety-rules serve`: the page on this machine, or with `--api` the service that other programs ask."""

from __future__ import annotations

import os
import secrets
import signal
import socket
from pathlib import Path
from typing import Any

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import Verb, log_of, log_options, rules_option

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN = "SAFETY_RULES_TOKEN"
AT_ONCE = 64  # requests; more are told to come again


@click.command("serve", cls=Verb)
@click.option("--api", is_flag=True, help="Not the page but the service: records in as JSON, verdicts out.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; beyond this machine, a token is asked for."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="The port; 0 for any free one."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@rules_option
@log_options
def command(
    api: bool,
    host: str,
    port: int,
    opens: bool,
    rules: str | None,
    overlays: tuple[Path, ...],
    log: Path | None,
    masks: tuple[str, ...],
    language: str,
) -> None:
    """Open a page where a ledger is put in and results and papers are taken out; nothing leaves this machine.

    With --api: a service for other programs, described at /openapi.json; --rules and --overlay are followed while
    it runs, and --log keeps each decision. Its token is that of the variable SAFETY_RULES_TOKEN, or a new one
    beyond this machine.
    """
    try:
        import uvicorn

        from safety_rules.web import api as service
        from safety_rules.web import app as page
    except ImportError:
        raise click.UsageError("this needs the extra `web`: pip install 'safety-rules[web]'") from None
    if not api and (rules is not None or overlays or log is not None):
        raise click.UsageError("`--rules`, `--overlay` and `--log` go with `--api`")
    if api and opens:
        raise click.UsageError("`--open` goes without `--api`")
    token = os.environ.get(TOKEN, "") if api else ""
    token = token or ("" if host in LOOPBACK else secrets.token_urlsafe(16))
    application: Any
    if api:
        from safety_rules.face import live

        kept = log_of(log, masks)
        application = service.application(service.Service(live(rules, overlays), token, kept))
    else:
        application = page.application(token)
    listening = _listening(host, port)
    at, shown = listening.getsockname()[1], f"[{host}]" if ":" in host else host
    told = service.lines(f"http://{shown}:{at}", token, language) if api else page.lines(shown, at, token, language)
    for line in told:
        click.echo(line)
    if opens:
        import threading
        import webbrowser

        threading.Timer(
            1.0, webbrowser.open, (f"http://127.0.0.1:{at}/" + (f"?token={token}" if token else ""),)
        ).start()
    signal.signal(
        signal.SIGTERM, _stopped
    )  # uvicorn, which ends what it has begun, passes the signal on when that is done
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, timeout_graceful_shutdown=5, limit_concurrency=AT_ONCE
    )
    uvicorn.Server(config).run(sockets=[listening])


def _stopped(number: int, _: object) -> None:
    """End as a verb that is done."""
    raise SystemExit(ExitCode.DONE)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that is bound; raises UsageError where the address cannot be used."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(2_048)  # who asks as soon as the address is told waits, and is not refused
    except OSError as error:
        raise click.UsageError(
            f"`{host}:{port}` cannot be used: {(error.strerror or str(error)).lower()}; try --port 0"
        ) from None
    return made
