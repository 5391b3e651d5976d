"""`safety-rules lock`: the sound state of a rules folder, written down, so that every loss against it is named."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import PATH, Verb
from safety_rules.words.catalog import sentence


@click.command("lock", cls=Verb)
@click.argument("rules", required=False)
@click.option(
    "--overlay", type=PATH, default=None, help="Lock what an overlay file or folder adds and changes, beside it."
)
@click.option("--waivers", type=PATH, default=None, help="The waivers of lint that stand beside the rules.")
@click.option(
    "--accept", "reason", default=None, metavar="REASON", help="Take what is lost, altered or widened, and why."
)
@click.option("--check", is_flag=True, help="Write nothing; fail when the lock is not fresh.")
def command(
    rules: str | None, overlay: Path | None, waivers: Path | None, reason: str | None, check: bool, language: str
) -> None:
    """Write rules.lock in a rules folder; refuse what is lost, altered or widened against the one there, but with a reason."""
    from safety_rules.formats.safe import replacing
    from safety_rules.loading.folders import resolve_folder, rulebook_of
    from safety_rules.services.lint.waivers import lint_waivers
    from safety_rules.services.lock import (
        NAME,
        against,
        beside,
        kept_lock,
        lock,
        lock_text,
        of_overlay,
        state,
        texts_beside,
    )  # fmt: skip

    if reason is not None and len(reason.strip()) < 2:
        raise click.UsageError("`--accept` needs the reason in words")
    folder = resolve_folder(rules)
    path, shown_at = (folder / NAME, f"{folder.as_posix()}/") if overlay is None else beside(overlay)
    granted = lint_waivers(waivers) if waivers is not None else ()
    book = rulebook_of(rules, () if overlay is None else overlay)
    texts = texts_beside(folder)
    whole, kept = lock(book, shown_at, granted, texts), kept_lock(path)
    made, now = whole, whole
    if overlay is not None:
        below = lock(rulebook_of(rules), shown_at, granted, texts)
        made, now = of_overlay(whole, below), of_overlay(whole, below, kept)
    found = list(against(kept, now, waivers is not None)) if kept is not None else []
    for diagnostic in found:
        click.echo(diagnostic.line(language))
    if found and reason is None:
        click.echo(sentence("lock.refused", language, count=len(found), path=path.name), err=True)
        sys.exit(ExitCode.RULES)
    fresh = kept is not None and {k: one for k, (one, _) in kept.things.items()} == made
    if check:
        click.echo(sentence("lock.fresh" if fresh else "lock.stale", language, path=path.name), err=not fresh)
        sys.exit(0 if fresh else ExitCode.RULES)
    before = kept.accepted if kept is not None else ()
    said = [f"{datetime.date.today()} ({len(found)}): {' '.join(reason.split())}"] if reason is not None else []
    with replacing(path) as temporary:
        temporary.write_text(lock_text(made, state(book, texts), (*before, *said)), encoding="utf-8", newline="\n")
    click.echo(sentence("lock.written", language, path=path.name, count=len(made), accepted=len(found)))
