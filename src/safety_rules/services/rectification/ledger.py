"""The append-only ledger: SQLite, each entry chained by hash to the one before, its head kept elsewhere if wanted.

A commit is on the disk before it is acknowledged; writers queue for the lock; nothing is ever changed or removed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_rules.language.errors import LedgerError

APPLICATION = 0x53525A47
SCHEMA_VERSION = 1
GENESIS = "0" * 64
PATIENCE = 60.0
SCHEMA = """
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,
  body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_key ON entries (kind, key, seq);
CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), count INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER entries_are_kept BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what kind of record, of which key, and its body."""

    kind: str
    key: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the hash of the last."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a ledger that is not as it was written; `seq` is 0 for the ledger as a whole."""

    seq: int
    code: str
    zh: str
    en: str


def canonical(seq: int, entry: Entry, previous: str) -> bytes:
    """Return the bytes that an entry's hash is taken of."""
    whole = {"seq": seq, "kind": entry.kind, "key": entry.key, "body": entry.body, "previous": previous}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def body_text(body: object) -> str:
    """Return an entry's body as it is stored: one text for one content."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(seq: int, entry: Entry, previous: str) -> str:
    """Return the hash of an entry after the one before it."""
    return hashlib.sha256(canonical(seq, entry, previous)).hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that reads one consistent state of a ledger; raises LedgerError where there is none."""
    with _errors(path), closing(_connected(path, create=False)) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def writing(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection that holds the write lock; what it appended is durable when the block ends, or undone."""
    with _errors(path), closing(_connected(path, create=create)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if create:
                _made(connection)
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerError(f"`{path.name}` cannot be read or written as a ledger: {error}") from error


def _connected(path: Path, *, create: bool) -> sqlite3.Connection:
    if not create and not path.is_file():
        raise LedgerError(f"there is no ledger `{path}`; import one first")
    if create and not path.absolute().parent.is_dir():
        raise LedgerError(f"there is no folder `{path.absolute().parent}`")
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        # EXTRA is FULL, and the folder is synced as well when a commit removes its journal.
        connection.execute("PRAGMA synchronous=EXTRA")
        _check_kind(connection, path, create)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_kind(connection: sqlite3.Connection, path: Path, create: bool) -> None:
    """Raise where the file is no ledger of ours, or of a newer version."""
    connection.execute("BEGIN")  # one look at all three, since another may be making it
    try:
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        with_us = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.rollback()
    if version > SCHEMA_VERSION and with_us == APPLICATION:
        raise LedgerError(
            f"`{path.name}` is a ledger of version {version}, this program knows up to {SCHEMA_VERSION}; use a newer one"
        )
    if with_us != APPLICATION and not (create and empty):
        raise LedgerError(f"`{path.name}` is a database, but no ledger of rectifications")


def _made(connection: sqlite3.Connection) -> None:
    """Make the tables where there are none yet; under the write lock, so only one writer does."""
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return
    connection.execute(f"PRAGMA application_id={APPLICATION}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    for statement in SCHEMA.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute("INSERT INTO head VALUES (1, 0, ?)", (GENESIS,))


def append(connection: sqlite3.Connection, new: Iterable[Entry]) -> Head:
    """Append entries under the write lock and return the new head."""
    now = head(connection)
    count, previous = now.count, now.hash
    rows = []
    for entry in new:
        count += 1
        digest = chained(count, entry, previous)
        rows.append((count, entry.kind, entry.key, body_text(entry.body), previous, digest))
        previous = digest
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("UPDATE head SET count = ?, hash = ?", (count, previous))
    return Head(count, previous)


def head(connection: sqlite3.Connection) -> Head:
    """Return a ledger's head."""
    row = connection.execute("SELECT count, hash FROM head").fetchone()
    if row is None:
        raise LedgerError("the ledger has no head; run `rectify verify`")
    return Head(*row)


def entries(connection: sqlite3.Connection, kind: str, key: str | None = None) -> Iterator[Entry]:
    """Yield the entries of a kind, or of one key, in their order."""
    where, values = ("kind = ?", [kind]) if key is None else ("kind = ? AND key = ?", [kind, key])
    for of_kind, of_key, body in connection.execute(
        f"SELECT kind, key, body FROM entries WHERE {where} ORDER BY seq", values
    ):
        yield Entry(of_kind, of_key, json.loads(body))
