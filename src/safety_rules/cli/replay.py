"""`safety-rules replay`: every decision of a log made again, its chain verified first."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.options import OUTPUT, PATH, Verb, rules_option
from safety_rules.words.catalog import sentence

if TYPE_CHECKING:
    from safety_rules.language.rulebook import Rulebook
    from safety_rules.services.decisions.log import DecisionLog, ReplayedDecision

MOST_SHOWN = 20
MOST_PLACES = 10


@click.command("replay", cls=Verb)
@click.argument("log", type=PATH)
@click.option("--head", "kept", type=PATH, default=None, help="A head that was kept elsewhere.")
@click.option("--write-head", type=OUTPUT, default=None, help="Write the head to a file, to be kept elsewhere.")
@click.option("--chain-only", is_flag=True, help="Verify the chain; decide nothing again.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each decision that is not the same.")
@rules_option
def command(
    log: Path,
    kept: Path | None,
    write_head: Path | None,
    chain_only: bool,
    as_json: bool,
    rules: str | None,
    overlays: tuple[Path, ...],
    language: str,
) -> None:
    """Verify LOG (made by `--log`) and make its decisions again: the same, or what differs and which input is gone.

    The rules kept beside the log decide; where these are gone, those that are named, or the built-in ones.
    """
    from safety_rules.loading.folders import rulebook_of
    from safety_rules.services.decisions.log import DecisionLog

    held = DecisionLog(log)
    _verified(held, kept, write_head, language)
    if not chain_only and _replayed(held, rulebook_of(rules, overlays), as_json, language):
        sys.exit(ExitCode.REFUSED)


def _verified(log: DecisionLog, kept: Path | None, write_head: Path | None, language: str) -> None:
    """Say whether the log is as it was written; ends where it is not."""
    from safety_rules.language.kinds import Name
    from safety_rules.services.store.verifying import kept_head
    from safety_rules.services.store.verifying import write_head as written

    head, faults = log.verify(kept_head(kept) if kept is not None else None)
    if faults:
        click.echo(sentence("replay.faults", language, log=log.path.name, count=len(faults)), err=True)
        for fault in faults[:MOST_SHOWN]:
            click.echo(f"  [{fault.code}] {Name(fault.zh, fault.en).in_(language)}", err=True)
        sys.exit(ExitCode.LEDGER)
    agrees = sentence("rectify.kept", language) if kept is not None else ""
    told = {"log": log.path.name, "count": head.count, "kept": agrees, "head": head.hash}
    click.echo(sentence("replay.whole", language, **told), err=True)
    if write_head is not None:
        written(head, write_head)


def _replayed(log: DecisionLog, rules: Rulebook, as_json: bool, language: str) -> bool:
    """Make every decision again and say what came of it; return whether any is not the same."""
    same = different = unable = 0
    for found in log.replay(rules):
        if found.same:
            same += 1
            continue
        left = found.replay is None or (found.partly and found.replay.same)
        unable += left
        different += not left
        if as_json:
            click.echo(json.dumps(_data(found), ensure_ascii=False, default=str))
        elif different + unable <= MOST_SHOWN:
            for line in _lines(found, language):
                click.echo(line)
    hidden = different + unable - MOST_SHOWN
    if hidden > 0 and not as_json:
        click.echo(sentence("replay.more", language, count=hidden))
    told = {"count": same + different + unable, "same": same, "different": different, "unable": unable}
    click.echo(sentence("replay.summary", language, **told), err=as_json)
    return bool(different or unable)


def _lines(found: ReplayedDecision, language: str) -> list[str]:
    about = {"number": found.logged.number, "subject": found.logged.receipt.get("subject", "")}
    if found.replay is None:
        return [sentence("replay.unable", language, why=found.error, **about)]
    nothing = sentence("replay.nothing", language)
    lines = [sentence("replay.partly" if found.replay.same else "replay.different", language, **about)]
    for gone in found.replay.gone:
        told = {
            "what": sentence(f"input.{gone.what}", language),
            "then": gone.then[:16],
            "now": gone.now[:16] or nothing,
        }
        lines.append(sentence("replay.gone", language, **told))
    for d in found.replay.differences[:MOST_PLACES]:
        lines.append(
            sentence("replay.differs", language, path=d.path, then=_short(d.then, nothing), now=_short(d.now, nothing))
        )
    hidden = len(found.replay.differences) - MOST_PLACES
    return [*lines, sentence("replay.more", language, count=hidden)] if hidden > 0 else lines


def _short(value: Any, nothing: str) -> str:
    return nothing if value in (None, "", [], {}) else json.dumps(value, ensure_ascii=False, default=str)[:80]


def _data(found: ReplayedDecision) -> dict[str, Any]:
    made = found.replay
    return {
        "number": found.logged.number,
        "subject": found.logged.receipt.get("subject", ""),
        "error": found.error or None,
        "gone": [] if made is None else [{"what": g.what, "then": g.then, "now": g.now} for g in made.gone],
        "differences": []
        if made is None
        else [{"path": d.path, "then": d.then, "now": d.now} for d in made.differences],
    }
