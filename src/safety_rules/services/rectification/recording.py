"""Events in and out of the ledger: one event recorded, all dangers as they stand."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.forms import TASKS
from safety_rules.services.rectification.ledger import reading, writing
from safety_rules.services.rectification.life import (
    Change,
    Danger,
    Details,
    Event,
    RefusedError,
    after,
    not_yet,
    replay,
)
from safety_rules.services.rectification.roster import ACTOR, Actor, acted, actor_of, roster
from safety_rules.services.rectification.stating import FACTS
from safety_rules.services.rectification.table import SAME, SETTLED, Lifecycle, lifecycle, task_table
from safety_rules.services.store.store import Entry, append, content, day_of, entries, text_of

EVENT, TASK = "event", "task"
MAY_BE_UNSAID = {"way", *TASKS.fields.values()} - {"field", "text", "unit"}  # which older entries do not have
FILE_NAME = re.compile(r"^[^\s，。；]+\.(?:jpe?g|png|pdf|docx?|xlsx?|zip|mp4|txt)$", re.IGNORECASE)


def entry(event: Event, kind: str = EVENT) -> Entry:
    """Return an event as an entry; what is not stated is left out."""
    body: dict[str, Any] = {"event": event.name, "by": event.by, "role": event.role, "on": event.on.isoformat()}
    if event.evidence:
        body["evidence"] = event.evidence
    if event.deadline is not None:
        body["deadline"] = event.deadline.isoformat()
    if event.details is not None:
        body["details"] = {n: text for n, text in asdict(event.details).items() if text or n not in MAY_BE_UNSAID}
    if event.change is not None:
        body["change"] = asdict(event.change)
    body |= {n: text for n, text in (("organisation", event.organisation), ("code", event.code)) if text}
    body["role_is"] = "verified" if event.verified else "claimed"
    return Entry(kind, event.danger, body)


def event_of(key: str, body: Mapping[str, Any]) -> Event:
    """Return the event of an entry; raises LedgerError where the entry is none."""
    texts = {n: text_of(key, body, n, "") for n in ("evidence", "organisation", "code", "role_is")}
    return Event(
        key,
        text_of(key, body, "event"),
        text_of(key, body, "by"),
        text_of(key, body, "role"),
        day_of(key, body, "on"),
        texts["evidence"],
        day_of(key, body, "deadline") if "deadline" in body else None,
        _part(key, body, "details", Details) if "details" in body else None,
        _part(key, body, "change", Change) if "change" in body else None,
        texts["organisation"],
        texts["code"],
        texts["role_is"] == "verified",
    )


def _part(key: str, body: Mapping[str, Any], name: str, of: type) -> Any:
    """Return a part of an entry that is several texts; raises LedgerError where it is not."""
    held = body[name]
    try:
        if isinstance(held, dict) and all(isinstance(v, str) for v in held.values()):
            return of(**held)
    except TypeError:  # a text too many or too few
        pass
    raise LedgerError(f"an entry of `{key}` is damaged (`{name}`); run `rectify verify`")


def dangers(path: Path, table: Lifecycle, on: datetime.date) -> dict[str, Danger]:
    """Return every danger of a ledger as its events up to a day made it."""
    with reading(path) as connection:
        return replay(table, (event_of(e.key, e.body) for e in entries(connection, EVENT)), on)


UNSETTLED = """
WITH steps AS (
  SELECT seq, key, CASE WHEN json_valid(body) THEN json_extract(body, '$.event') END AS event,
    CASE WHEN json_valid(body) THEN json_extract(body, '$.on') END AS day
  FROM entries WHERE kind = :kind
)
SELECT key, body FROM entries WHERE kind = :kind AND key IN (
  SELECT key FROM (
    SELECT key, max(seq), event FROM steps
    WHERE day <= :day AND event NOT IN (SELECT value FROM json_each(:same)) GROUP BY key
  ) WHERE event NOT IN (SELECT value FROM json_each(:settling))
  UNION SELECT key FROM steps WHERE event IS NULL OR day IS NULL
) ORDER BY seq
"""  # SQLite takes a bare column from the row of the max; a body that is damaged is read, so that it is named


def unsettled(path: Path, table: Lifecycle, on: datetime.date) -> dict[str, Danger]:
    """Return the dangers of a ledger that are open on a day: by their last steps, so that no settled one is lived again.

    What the table does not allow in the life of a settled one is for `verify` to find.
    """
    same, settling = ([key for key, e in table.events.items() if e.to in to] for to in ((SAME,), SETTLED))
    asked = {"kind": EVENT, "day": on.isoformat(), "same": json.dumps(same), "settling": json.dumps(settling)}
    with reading(path) as connection:
        found = connection.execute(UNSETTLED, asked)
        return replay(table, (event_of(key, content(key, body)) for key, body in found), on)


def tasks(path: Path, on: datetime.date) -> dict[str, Danger]:
    """Return every task of a ledger as its events up to a day made it."""
    with reading(path) as connection:
        return replay(task_table(), (event_of(e.key, e.body) for e in entries(connection, TASK)), on)


def table_of(path: Path, id: str) -> Lifecycle:
    """Return the table that what has this number goes by: that of tasks, or else that of dangers."""
    with reading(path) as connection:
        return task_table() if _kind(connection, id) == TASK else lifecycle()


def _kind(connection: sqlite3.Connection, id: str) -> str:
    return TASK if next(iter(entries(connection, TASK, id)), None) is not None else EVENT


def history(path: Path, danger: str) -> tuple[Event, ...]:
    """Return the events of one danger or task; raises RefusedError where there is none."""
    with reading(path) as connection:
        found = tuple(event_of(e.key, e.body) for e in entries(connection, _kind(connection, danger), danger))
    if not found:
        raise RefusedError(f"台账中没有隐患“{danger}”", f"there is no danger `{danger}` in the ledger")
    return found


def latest_facts(path: Path, danger: str) -> Mapping[str, Any]:
    """Return what was stated last about a danger beside its events, by Chinese names; nothing where nothing was."""
    with reading(path) as connection:
        return next((e.body for e in reversed(list(entries(connection, FACTS, danger)))), {})


def roster_of(connection: sqlite3.Connection) -> dict[str, Actor]:
    """Return the roster of a ledger; empty where none was imported."""
    return roster(actor_of(e.key, e.body) for e in entries(connection, ACTOR))


def record(path: Path, table: Lifecycle, event: Event, today: datetime.date) -> tuple[Event, Danger]:
    """Append an event and return it as recorded, and the danger after it; raises RefusedError, and then nothing is written."""
    not_yet(event.on, today)
    with writing(path) as connection:
        kind = _kind(connection, event.danger)
        table = task_table() if kind == TASK else table
        event = acted(event, roster_of(connection), table)
        before = replay(table, (event_of(e.key, e.body) for e in entries(connection, kind, event.danger)))
        danger = after(table, before.get(event.danger), event)
        append(connection, [entry(event, kind)])
    return event, danger


def evidence(text: str) -> str:
    """Return evidence as it is recorded: a text, or a file's name with the hash of its content."""
    path = Path(text)
    try:
        if path.is_file():
            return f"{path.name} (sha256 {hashlib.sha256(path.read_bytes()).hexdigest()})"
    except OSError:  # a long text is no path
        return text.strip()
    if FILE_NAME.match(text.strip()):
        raise RefusedError(f"找不到佐证文件“{text}”", f"there is no file `{text}`")
    return text.strip()
