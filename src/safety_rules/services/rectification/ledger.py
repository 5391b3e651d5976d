"""The ledger of rectifications: a store of its own kind."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from safety_rules.services.store import store

RECTIFICATIONS = store.Kind(0x53525A47, 1, "ledger", "rectifications", "import one first")


def reading(path: Path) -> AbstractContextManager[sqlite3.Connection]:
    """Return a connection that reads one consistent state of a ledger; raises LedgerError where there is none."""
    return store.reading(path, RECTIFICATIONS)


def writing(path: Path, *, create: bool = False) -> AbstractContextManager[sqlite3.Connection]:
    """Return a connection that holds the write lock; what it appended is durable when the block ends, or undone."""
    return store.writing(path, RECTIFICATIONS, create=create)
