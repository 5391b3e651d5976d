"""Every danger as it stands, kept in the store beside its entries: folded with each event, so that no question replays them.

The entries decide: what was appended since, or is asked about as of an earlier day, is lived through from them, and
`verify` builds all of it again and compares (decision 64).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.ledger import head, version_of
from safety_rules.services.rectification.life import Danger, Day, Details

EVENTS = "SELECT key FROM entries WHERE kind = 'event' AND seq > ? ORDER BY seq"
COLUMNS = """danger, touched, state, found_on, last_on, deadline, accepted_on, closed_on, withdrawn_on, escalated, extended,
  corrected, field, level, text, unit, enterprise, code"""
CELLS = tuple(name.strip() for name in COLUMNS.split(","))
FOLD = f"""INSERT INTO state ({COLUMNS}) VALUES ({", ".join("?" * len(CELLS))})
  ON CONFLICT (danger) DO UPDATE SET {", ".join(f"{c} = excluded.{c}" for c in CELLS if c not in ("danger", "touched"))},
  touched = max(touched, excluded.touched)"""
Lived = tuple[Danger, Day]
Living = Callable[[str, Day], Lived | None]
"""What lives through the entries of one danger up to a day: the danger, and the day of its latest event."""


def row_of(danger: Danger, touched: Day) -> tuple[str | int | None, ...]:
    """Return a danger as it is kept; `touched` is the day of its latest event."""
    d, days = danger.details, (danger.found_on, danger.last_on, danger.deadline, danger.accepted_on, danger.closed_on)
    written = (None if on is None else on.isoformat() for on in (*days, danger.withdrawn_on))
    counts = (int(danger.escalated), danger.extended, danger.corrected)
    said = (d.field, d.level, d.text, d.unit, d.enterprise, d.code)
    return (danger.id, touched.isoformat(), danger.state, *written, *counts, *said)


def _danger_of(row: tuple[Any, ...]) -> Danger:
    """Return the danger of a row, without its hands and its steps; raises LedgerError where it is none."""
    key, _, state, found_on, last_on, *days, escalated, extended, corrected = row[:12]
    try:
        deadline, accepted, closed, withdrawn = (None if on is None else Day.fromisoformat(on) for on in days)
        found, last = Day.fromisoformat(found_on), Day.fromisoformat(last_on)
    except (TypeError, ValueError):
        raise LedgerError(f"the state of `{key}` is damaged; run `rectify verify`") from None
    return Danger(
        key, Details(*row[12:]), state, found, last, deadline, accepted, closed, bool(escalated), frozenset(), withdrawn,
        extended, corrected,
    )  # fmt: skip


def rows(connection: sqlite3.Connection) -> Iterator[tuple[str | int | None, ...]]:
    """Yield the kept rows in the order of finding."""
    return connection.execute(f"SELECT {COLUMNS} FROM state ORDER BY found")


def folded_count(connection: sqlite3.Connection) -> int:
    """Return up to which entry the state is folded; 0 for a ledger that was made before there was one."""
    if version_of(connection) < 2:
        return 0
    found = connection.execute("SELECT count FROM folded").fetchone()
    if found is None:
        raise LedgerError("the ledger's state has no count; run `rectify verify`")
    return int(found[0])


def fold(connection: sqlite3.Connection, living: Living, known: Mapping[str, Lived]) -> None:
    """Bring the state up to the last entry, under the write lock; `known` are dangers that were lived through already."""
    changed = dict.fromkeys(key for (key,) in connection.execute(EVENTS, (folded_count(connection),)))
    lived = (known.get(key) or living(key, Day.max) for key in changed)
    connection.executemany(FOLD, (row_of(*one) for one in lived if one is not None))
    connection.execute("UPDATE folded SET count = ?", (head(connection).count,))


def standing(connection: sqlite3.Connection, living: Living, on: Day) -> dict[str, Danger]:
    """Return every danger as it stood on a day, in the order of finding, without its hands and its steps."""
    late = dict.fromkeys(key for (key,) in connection.execute(EVENTS, (folded_count(connection),)))
    found: dict[str, Danger | None] = {}
    day = on.isoformat()
    for row in rows(connection) if version_of(connection) >= 2 else ():
        key = str(row[0])
        known = key not in late and isinstance(row[1], str) and row[1] <= day
        found[key] = _danger_of(row) if known else _alone(living(key, on))
    found |= {key: _alone(living(key, on)) for key in late if key not in found}
    return {key: danger for key, danger in found.items() if danger is not None}


def _alone(lived: Lived | None) -> Danger | None:
    return None if lived is None else lived[0]
