"""Whether a store is as it was written: its pages and tables, its chain, its head, and a head that was kept elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from safety_rules.formats.safe import CONTROL, replacing
from safety_rules.language.errors import LedgerError
from safety_rules.services.store.store import (
    GENESIS,
    SCHEMA,
    Fault,
    Head,
    Kind,
    body_text,
    content,
    hashed,
    reading,
)
from safety_rules.words.catalog import both

HEX = set("0123456789abcdef")
ENTRIES = "table entries"
Meaning = Callable[[sqlite3.Connection], Iterator[Fault]]
"""What a kind of store asks of its entries beyond the chain."""


def store_faults(path: Path, kind: Kind, meaning: Meaning, kept: Head | None = None) -> tuple[Head, tuple[Fault, ...]]:
    """Return the head that the entries really have, and every fault; none means that all is as written.

    What the entries mean is asked where the chain is whole.
    """
    chain = _Chain(kept, kind.meant)
    try:
        with reading(path, kind) as connection:
            pages = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if pages != "ok":
                return Head(0, GENESIS), (_damaged(pages),)
            # what is no UTF-8 is read as it stands, so that its entry can be named
            connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            found = list(_schema_faults(connection))
            if not any(f.code == "schema" and ENTRIES in f.en for f in found):
                broken = [*chain.faults(connection), *_head_faults(connection, chain)]
                found += broken or meaning(connection)
    except LedgerError as error:
        if not isinstance(error.__cause__, sqlite3.DatabaseError):
            raise
        return Head(0, GENESIS), (_damaged(str(error.__cause__)),)
    found += _kept_faults(chain)
    return Head(chain.count, chain.hash), tuple(replace(f, zh=_clean(f.zh), en=_clean(f.en)) for f in found)


def kept_head(path: Path) -> Head:
    """Return the head that was written to a file; raises LedgerError where it holds none."""
    try:
        count, digest = path.read_text("utf-8").split()
        kept = Head(int(count), digest)
    except (OSError, ValueError):
        raise LedgerError(f"`{path.name}` holds no head: a count and a hash are wanted") from None
    if kept.count < 0 or len(digest) != len(GENESIS) or not set(digest) <= HEX:
        raise LedgerError(f"`{path.name}` holds no head: a count and a hash are wanted")
    return kept


def head_text(head: Head) -> str:
    """Return a head as it is kept in a file."""
    return f"{head.count} {head.hash}\n"


def write_head(made: Head, path: Path) -> None:
    """Write a head to a file, whole or not at all; raises LedgerError where it cannot be written."""
    with replacing(path) as temporary:
        temporary.write_text(head_text(made), "utf-8")


def beside(output: Path) -> Path:
    """Return where the head of what was made from a ledger stands: `台账.xlsx.head`."""
    return output.with_name(output.name + ".head")


def _clean(text: str) -> str:
    """Return a sentence that any terminal can show, whatever a forged entry put into it."""
    return CONTROL.sub("\ufffd", text)[:500]


def _damaged(said: str) -> Fault:
    said = said.splitlines()[0] if said else ""
    return Fault(0, "damaged", f"台账文件已损坏（{said}）", f"the file is damaged ({said})")


def _schema_faults(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Yield each table, index or trigger that is not there as it was made, and each that was not made by us."""
    rows = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        wanted = dict(fresh.execute(rows))
    found = dict(connection.execute(rows))
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) == found.get(name):
            continue
        zh, en = ("已被改动", "was changed") if name in wanted and name in found else ("缺失", "is missing")
        if name not in wanted:
            zh, en = "不是本程序所建", "was not made by this program"
        yield Fault(0, "schema", f"台账结构：{name} {zh}（只增不改的保护可能已被解除）", f"the ledger's {name} {en}")


class _Chain:
    """The state of one walk along the entries."""

    def __init__(self, kept: Head | None, meant: bool) -> None:
        self.meant = meant
        self.count, self.hash, self.kept = 0, GENESIS, kept
        self.met = kept is None or kept == Head(0, GENESIS)

    def faults(self, connection: sqlite3.Connection) -> Iterator[Fault]:
        rows = connection.execute("SELECT seq, kind, key, body, previous, hash FROM entries ORDER BY seq")
        for seq, kind, key, body, previous, digest in rows:
            if seq != self.count + 1:
                zh = f"第{self.count + 1}条至第{seq - 1}条缺失"
                yield Fault(self.count + 1, "removed", zh, f"entries {self.count + 1} to {seq - 1} are missing")
            elif previous != self.hash:
                yield Fault(
                    seq, "broken-chain", f"第{seq}条与前一条不衔接", f"entry {seq} does not follow the one before"
                )
            if hashed(seq, kind, key, body, previous) != digest:
                yield fault(seq, "changed")
            elif self.meant and not _is_readable(key, body):
                yield fault(seq, "damaged")
            self.count, self.hash = seq, digest
            self.met = self.met or (self.kept is not None and self.kept == Head(seq, digest))


def _is_readable(key: str, body: str) -> bool:
    """Return whether a body is the one text of its content."""
    try:
        return body == body_text(content(key, body))
    except (LedgerError, RecursionError):
        return False


def fault(seq: int, code: str, **slots: object) -> Fault:
    """Return a fault of an entry by the key of its sentence."""
    said = both(f"fault.{code}", seq=seq, **slots)
    return Fault(seq, code, said.zh, said.en)


def _head_faults(connection: sqlite3.Connection, chain: _Chain) -> Iterator[Fault]:
    row = connection.execute("SELECT count, hash FROM head").fetchone()
    if row is None or Head(*row) != Head(chain.count, chain.hash):
        written = row[0] if row else 0
        zh = f"台账自记{written}条，实有{chain.count}条，或末条不符"
        en = f"the ledger says {written} entries and holds {chain.count}, or its last is another"
        yield Fault(0, "head", zh, en)


def _kept_faults(chain: _Chain) -> Iterator[Fault]:
    kept = chain.kept
    if kept is None:
        return
    if kept.count > chain.count:
        zh = f"另存的凭证记有{kept.count}条，台账只有{chain.count}条：末尾被截去"
        yield Fault(0, "truncated", zh, f"the kept head counts {kept.count} entries, the ledger holds {chain.count}")
    elif not chain.met:
        zh = f"第{kept.count}条与另存的凭证不符：此前的记录被改写"
        yield Fault(kept.count, "rewritten", zh, f"entry {kept.count} is not the one whose head was kept")
