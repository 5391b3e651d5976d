"""The append-only store: SQLite, each entry chained by hash to the one before, its head kept elsewhere if wanted.

A commit is on the disk before it is acknowledged; writers queue for the lock; nothing is ever changed or removed.
A file that holds nothing yet (a first writer that died leaves one) is a store without entries.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_rules.language.errors import LedgerError

GENESIS = "0" * 64
ENCODED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
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
class Kind:
    """What a store holds: the numbers that SQLite keeps of it, its name, and what makes one.

    `wal` lets readers and writers not wait for one another; where one file holds all, also between commits, it is off.
    `meant` says that `verify` also reads every body, since what one says bears on the next.
    """

    application: int
    version: int
    name: str
    of: str
    made_by: str
    wal: bool = False
    meant: bool = True


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


def body_text(body: object) -> str:
    """Return an entry's body as it is stored: one text for one content."""
    return ENCODED(body)


def hashed(seq: int, kind: str, key: str, body: str, previous: str) -> str:
    """Return the hash of an entry, by its body's text, after the one before it."""
    whole = f'{{"body":{body},"key":{ENCODED(key)},"kind":{ENCODED(kind)},"previous":{ENCODED(previous)},"seq":{seq}}}'
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()


@contextmanager
def reading(path: Path, kind: Kind) -> Iterator[sqlite3.Connection]:
    """Yield a connection that reads one consistent state of a ledger; raises LedgerError where there is none."""
    with _errors(path, kind), closing(_connected(path, kind, create=False)) as connection:
        connection.execute("BEGIN")
        if not _is_empty(connection):
            yield connection
            return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as nothing:
        _made(nothing, kind)
        yield nothing


@contextmanager
def writing(path: Path, kind: Kind, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection that holds the write lock; what it appended is durable when the block ends, or undone."""
    with _errors(path, kind), closing(_connected(path, kind, create=create)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            _made(connection, kind)
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@contextmanager
def _errors(path: Path, kind: Kind) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerError(f"`{path.name}` cannot be read or written as a {kind.name}: {error}") from error


def _connected(path: Path, kind: Kind, *, create: bool) -> sqlite3.Connection:
    if not create and not path.is_file():
        raise LedgerError(f"there is no {kind.name} `{path}`; {kind.made_by}")
    if create and not path.absolute().parent.is_dir():
        raise LedgerError(f"there is no folder `{path.absolute().parent}`")
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        # EXTRA is FULL, and the folder is synced as well when a commit removes its journal.
        connection.execute("PRAGMA synchronous=EXTRA")
        _check_kind(connection, path, kind)
        if create and kind.wal:
            connection.execute("PRAGMA journal_mode=WAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0)


def _check_kind(connection: sqlite3.Connection, path: Path, kind: Kind) -> None:
    """Raise where the file is no ledger of ours, or of a newer version."""
    connection.execute("BEGIN")  # one look at all three, since another may be making it
    try:
        empty = _is_empty(connection)
        with_us = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.rollback()
    if version > kind.version and with_us == kind.application:
        raise LedgerError(
            f"`{path.name}` is a {kind.name} of version {version}, this program knows up to {kind.version}; use a newer one"
        )
    if with_us != kind.application and not empty:
        raise LedgerError(f"`{path.name}` is a database, but no {kind.name} of {kind.of}")


def _made(connection: sqlite3.Connection, kind: Kind) -> None:
    """Make the tables where there are none yet; under the write lock, so only one writer does."""
    if not _is_empty(connection):
        return
    connection.execute(f"PRAGMA application_id={kind.application}")
    connection.execute(f"PRAGMA user_version={kind.version}")
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
        body = body_text(entry.body)
        digest = hashed(count, entry.kind, entry.key, body, previous)
        rows.append((count, entry.kind, entry.key, body, previous, digest))
        previous = digest
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.execute("UPDATE head SET count = ?, hash = ?", (count, previous))
    return Head(count, previous)


def head(connection: sqlite3.Connection) -> Head:
    """Return a ledger's head."""
    row = connection.execute("SELECT count, hash FROM head").fetchone()
    if row is None:
        raise LedgerError("the ledger has no head; verify it")
    return Head(*row)


def entries(connection: sqlite3.Connection, kind: str, key: str | None = None) -> Iterator[Entry]:
    """Yield the entries of a kind, or of one key, in their order."""
    where, values = ("kind = ?", [kind]) if key is None else ("kind = ? AND key = ?", [kind, key])
    for of_kind, of_key, body in connection.execute(
        f"SELECT kind, key, body FROM entries WHERE {where} ORDER BY seq", values
    ):
        yield Entry(of_kind, of_key, content(of_key, body))


def content(key: str, body: str) -> dict[str, Any]:
    """Return the body of an entry from its text; raises LedgerError where it is none, whatever it is."""
    try:
        made = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        made = None
    if not isinstance(made, dict):
        raise LedgerError(f"an entry of `{key}` is damaged; verify it")
    return made


def text_of(key: str, body: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Return a text of an entry's body; raises LedgerError where it is another kind, or missing without a default."""
    text = body.get(name, default)
    if not isinstance(text, str):
        raise LedgerError(f"an entry of `{key}` is damaged (`{name}`); verify it")
    return text


def day_of(key: str, body: Mapping[str, Any], name: str) -> datetime.date:
    """Return a day of an entry's body; raises LedgerError where it is none."""
    try:
        return datetime.date.fromisoformat(text_of(key, body, name))
    except ValueError:
        raise LedgerError(f"an entry of `{key}` is damaged (`{name}`); verify it") from None
