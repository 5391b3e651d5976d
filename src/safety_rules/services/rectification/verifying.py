"""Whether a ledger is as it was written, and whether the table allows what its entries say."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.importing import INSPECTION, inspection_of
from safety_rules.services.rectification.ledger import RECTIFICATIONS
from safety_rules.services.rectification.life import Danger, Event, RefusedError, after, not_yet
from safety_rules.services.rectification.recording import EVENT, TASK, event_of
from safety_rules.services.rectification.roster import ACTOR, Actor, acted, actor_of, roster
from safety_rules.services.rectification.stating import FACTS
from safety_rules.services.rectification.table import Lifecycle, task_table
from safety_rules.services.store.store import Entry, Fault, Head, content
from safety_rules.services.store.verifying import fault, store_faults
from safety_rules.words.catalog import both


def faults(
    path: Path, table: Lifecycle, kept: Head | None = None, today: datetime.date = datetime.date.max
) -> tuple[Head, tuple[Fault, ...]]:
    """Return the head that the entries really have, and every fault; none means that all is as written.

    What is dated after `today` is a fault.
    """
    return store_faults(path, RECTIFICATIONS, lambda connection: _life_faults(connection, table, today), kept)


def _life_faults(connection: sqlite3.Connection, table: Lifecycle, today: datetime.date) -> Iterator[Fault]:
    """Yield each entry that is none of ours, or that the table does not allow, though its chain may be whole."""
    lives: dict[str, dict[str, Danger]] = {EVENT: {}, TASK: {}}
    known: dict[str, Actor] = {}
    for seq, kind, key, text in connection.execute("SELECT seq, kind, key, body FROM entries ORDER BY seq"):
        try:
            body = content(key, text)
            if kind == ACTOR:
                known |= roster([actor_of(key, body)])
            elif kind in lives:
                event, of = event_of(key, body), task_table() if kind == TASK else table
                if known or event.verified:
                    _check_actor(event, known, of)
                not_yet(event.on, today)
                lives[kind][key] = after(of, lives[kind].get(key), event)
            elif kind == INSPECTION:
                not_yet(inspection_of(Entry(kind, key, body)).on, today)
            elif kind != FACTS:
                yield fault(seq, "unlawful", why=both("fault.kind", kind=kind))
            elif key not in lives[EVENT]:
                raise RefusedError(f"台账中没有隐患“{key}”", f"there is no danger `{key}` in the ledger")
        except RefusedError as error:
            yield fault(seq, "unlawful", why=error.reason)
        except LedgerError:
            yield fault(seq, "damaged")


def _check_actor(event: Event, known: dict[str, Actor], table: Lifecycle) -> None:
    """Raise where an event is not as the roster of its time has its actor."""
    wanted = acted(event, known, table)
    if not known or (event.organisation, event.code, event.verified) != (wanted.organisation, wanted.code, True):
        raise RefusedError(
            f"“{event.by}”与当时的办理人名册不符", f"`{event.by}` is not as the roster of its time has it"
        )
