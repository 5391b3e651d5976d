"""Histories kept beside a log, once for one digest, and a verdict that rests on one made again from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from safety_rules.formats.safe import replacing
from safety_rules.language.errors import LedgerError, SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.verdict.receipt import record_of
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.chaining.deciding import AreaWithHistory, Joined, joined
from safety_rules.services.chaining.filling import ADDED
from safety_rules.services.chaining.kept import IDENTITY, JoinedHistory, joined_history
from safety_rules.services.chaining.verdict import KeptHistory
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.decisions.packs import folder_of


def keep(log: Path, history: KeptHistory) -> None:
    """Keep a history beside a log; raises LedgerError where it cannot be written."""
    path = _path(log, history.digest)
    if path.is_file() or not log.absolute().parent.is_dir():
        return
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as unfinished:
            unfinished.write_text(history.text(), "utf-8", "surrogatepass")
    except OSError as error:
        raise LedgerError(
            f"the history cannot be kept in `{path.parent}`: {(error.strerror or str(error)).lower()}"
        ) from None


def kept_history(log: Path, digest: str, vocabulary: Vocabulary) -> JoinedHistory | None:
    """Return the history that a log keeps under its digest; None where it is not there, or not what it was."""
    try:
        found = joined_history(_path(log, digest).read_text("utf-8", "surrogatepass"), vocabulary)
    except (OSError, ValueError, SafetyRulesError):
        return None
    return found if found.digest == digest else None


def tells(hidden: frozenset[str]) -> bool:
    """Return whether a kept history would tell a fact that a log is not to keep."""
    lists = tuple(f"{fact}." for fact in ("ledger", *ADDED))
    return any(fact in (*IDENTITY, *ADDED) or fact.startswith(lists) for fact in hidden)


def joined_again(area: DatedArea, history: JoinedHistory) -> Joined:
    """Return what follows from a kept history under a law."""
    return joined(AreaWithHistory(area, history.history), history.records)


def again(known: Joined, record: Record, chains: Mapping[str, Any], waivers: Sequence[Waiver]) -> Verdict | None:
    """Return a verdict with what a history adds to a record; None where the history has no such record."""
    row, own = chains.get("row"), chains.get("own")
    if not isinstance(row, int) or not isinstance(own, Mapping) or not 0 <= row < len(known.subjects):
        return None
    stated = record_of(own, (), {}, known.area.law.rulebook.vocabulary).values
    values = {k: v for k, v in record.values.items() if k not in ADDED} | dict(stated)
    return known.verdict(replace(record, values=values), row, waivers)


def _path(log: Path, digest: str) -> Path:
    return folder_of(log) / f"{digest}.history.json"
