"""The append-only ledger against tampering, other writers, and being killed."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rectification.ledgers import head_of, ledger, life
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.ledger import writing
from safety_rules.services.rectification.recording import entry, history
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults
from safety_rules.services.store.store import GENESIS, Head, append
from safety_rules.services.store.verifying import head_text, kept_head

TABLE = lifecycle()
WRITER = Path(__file__).with_name("writer.py")
ROUNDS = 12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ledger(tmp_path / "台账.db")
    return tmp_path / "台账.db"


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a ledger without its triggers, as one with the file in hand would have it, and put them back."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def tampered(path: Path, *statements: str) -> None:
    """Change a ledger behind its back."""
    with unguarded(path) as connection:
        for statement in statements:
            connection.execute(statement)


def codes(path: Path, kept: Head | None = None) -> set[str]:
    return {f.code for f in faults(path, TABLE, kept)[1]}


def rewritten(path: Path) -> None:
    """Recompute every hash from the bodies, and the head, as a forger who knows the format would."""
    with unguarded(path) as connection:
        previous, count = "0" * 64, 0
        for rowid, kind, key, body in connection.execute(
            "SELECT seq, kind, key, body FROM entries ORDER BY seq"
        ).fetchall():
            count += 1
            whole = {"seq": count, "kind": kind, "key": key, "body": json.loads(body), "previous": previous}
            text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(text.encode()).hexdigest()
            connection.execute(
                "UPDATE entries SET seq=?, previous=?, hash=? WHERE seq=?", (count, previous, digest, rowid)
            )
            previous = digest
        connection.execute("UPDATE head SET count=?, hash=?", (count, previous))


def test_what_was_written_verifies_with_its_head(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "凭证.txt"
    kept.write_text(head_text(head_of(path)))
    assert faults(path, TABLE, kept_head(kept)) == (head_of(path), ())
    assert head_of(path).count == 21


def test_a_head_kept_earlier_still_holds_after_more_was_appended(path: Path) -> None:
    kept = head_of(path)
    with writing(path) as connection:
        append(connection, [entry(e) for e in life("YH-4")])
    assert codes(path, kept) == set()


def test_the_head_of_every_state_holds_after_it_that_of_nothing_too(tmp_path: Path) -> None:
    store, heads = tmp_path / "台账.db", [Head(0, GENESIS)]
    for event in life():
        with writing(store, create=True) as connection:
            heads.append(append(connection, [entry(event)]))
    assert [(h.count, codes(store, h)) for h in heads] == [(n, set()) for n in range(len(heads))]


def test_the_tables_themselves_refuse_changes(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("UPDATE entries SET body = '{}'", "DELETE FROM entries"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE entries SET body = replace(body, '2020-09-06', '2020-09-05') WHERE seq = 6", {"changed"}),
        ("UPDATE entries SET key = 'YH-2' WHERE seq = 6", {"changed"}),
        ("UPDATE entries SET kind = 'inspection' WHERE seq = 6", {"changed"}),
        ("UPDATE entries SET body = 'x' WHERE seq = 6", {"changed"}),
        ("UPDATE entries SET hash = previous WHERE seq = 6", {"changed", "broken-chain"}),
        ("DELETE FROM entries WHERE seq = 9", {"removed"}),
        ("DELETE FROM entries WHERE seq = 1", {"removed"}),
        ("DELETE FROM entries WHERE seq > 15", {"head"}),
        ("DELETE FROM entries", {"head"}),
        ("DELETE FROM head", {"head"}),
    ],
)
def test_changed_removed_and_truncated_entries_are_found(path: Path, statement: str, found: set[str]) -> None:
    tampered(path, statement)
    assert codes(path) == found


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TRIGGER entries_stay", "trigger entries_stay 缺失"),
        ("DROP TRIGGER entries_are_kept", "trigger entries_are_kept 缺失"),
        ("DROP INDEX entries_by_key", "index entries_by_key 缺失"),
        ("CREATE TABLE more (a)", "table more 不是本程序所建"),
        ("ALTER TABLE head ADD COLUMN note TEXT", "table head 已被改动"),
    ],
)
def test_a_schema_that_is_not_as_it_was_made_is_found(path: Path, statement: str, said: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()
    found = faults(path, TABLE)[1]
    assert [f.code for f in found] == ["schema"]
    assert said in found[0].zh


def test_a_trigger_that_was_weakened_is_found(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute("CREATE TRIGGER entries_stay BEFORE UPDATE ON entries WHEN 0 BEGIN SELECT 1; END")
        connection.commit()
    assert codes(path) == {"schema"}


def test_reordered_entries_are_found(path: Path) -> None:
    swap = ("UPDATE entries SET seq = -1 WHERE seq = 3", "UPDATE entries SET seq = 3 WHERE seq = 4")
    tampered(path, *swap, "UPDATE entries SET seq = 4 WHERE seq = -1")
    assert codes(path) == {"broken-chain", "changed"}


def test_a_truncation_with_a_forged_head_is_found_by_the_head_kept_elsewhere(path: Path) -> None:
    kept = head_of(path)
    tampered(path, "DELETE FROM entries WHERE seq > 14")
    rewritten(path)
    assert codes(path) == set()
    assert codes(path, kept) == {"truncated"}


def test_a_rewritten_history_is_found_by_the_head_kept_elsewhere(path: Path) -> None:
    kept = head_of(path)
    tampered(path, "UPDATE entries SET body = replace(body, '整改前后照片', '无') WHERE seq = 7")
    rewritten(path)
    assert codes(path) == set()
    assert codes(path, kept) == {"rewritten"}


def test_a_forged_event_that_the_table_does_not_allow_is_found_without_a_head(path: Path) -> None:
    tampered(path, "UPDATE entries SET body = replace(body, '示例主管部门', '示例企业') WHERE seq = 6")
    rewritten(path)
    assert codes(path) == {"unlawful"}


@pytest.mark.parametrize("text", ["", "3", "x y", "-1 " + GENESIS, "3 abc", "3 " + "g" * 64])
def test_a_file_that_holds_no_head_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "head").write_text(text)
    with pytest.raises(LedgerError, match="holds no head"):
        kept_head(tmp_path / "head")


def is_noticed(path: Path) -> bool:
    """Return whether `verify` finds a fault, or says that this is no ledger at all."""
    try:
        return codes(path) != set()
    except LedgerError:
        return True


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.7, 0.9])
def test_a_torn_file_is_noticed(path: Path, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert is_noticed(path)


def test_a_blotted_file_is_noticed_or_reads_as_it_was_written(path: Path) -> None:
    whole, rng, noticed = path.read_bytes(), Random(7), 0
    for _ in range(20):
        at = rng.randrange(4096, len(whole) - 64)
        path.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
        if is_noticed(path):
            noticed += 1
        else:  # unused space: every entry still reads as it was written
            assert [life(f"YH-{n}") for n in (1, 2, 3)] == [history(path, f"YH-{n}") for n in (1, 2, 3)]
    assert noticed > 0


def test_a_newer_ledger_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = path.read_bytes()
    for attempt in (lambda: head_of(path), lambda: ledger(path), lambda: faults(path, TABLE)):
        with pytest.raises(LedgerError, match="version 2, this program knows up to 1"):
            attempt()
    assert path.read_bytes() == before


def test_another_database_is_no_ledger_and_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "其他.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="no ledger of rectifications"):
        ledger(path)
    assert path.read_bytes() == before


def test_no_ledger_and_no_database_are_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        head_of(tmp_path / "没有.db")
    (tmp_path / "文本.db").write_text("这不是数据库" * 200)
    with pytest.raises(LedgerError, match="cannot be read"):
        head_of(tmp_path / "文本.db")


def started(store: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), str(store), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def recorded(store: Path) -> list[str]:
    return [e.by for e in history(store, "YH-1") if e.name == "escalate"]


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    ledger(store, count=1, steps=2)
    writers = [started(store, name, 15) for name in "甲乙丙丁"]
    said = [line for w in writers for line in w.communicate(timeout=120)[0].split()]
    assert [w.returncode for w in writers] == [0, 0, 0, 0]
    assert len(said) == 60
    assert sorted(recorded(store)) == sorted(said)
    assert codes(store) == set()


def test_writers_that_make_the_same_ledger_at_once_make_one(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    code = "import sys; from pathlib import Path; from rectification.ledgers import life; from safety_rules.services.rectification.ledger import writing; from safety_rules.services.store.store import append; from safety_rules.services.rectification.recording import entry\nwith writing(Path(sys.argv[1]), create=True) as c: append(c, [entry(e) for e in life(sys.argv[2])])"
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    }
    makers = [subprocess.Popen([sys.executable, "-c", code, str(store), f"YH-{n}"], env=environment) for n in range(4)]
    assert [m.wait(timeout=60) for m in makers] == [0, 0, 0, 0]
    assert (head_of(store).count, codes(store)) == (28, set())


def test_a_ledger_that_another_makes_while_it_is_looked_at_is_a_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, connect, made = tmp_path / "台账.db", sqlite3.connect, []

    def other(statement: str) -> None:
        if "sqlite_schema" in statement and not made:
            made.append(statement)
            ledger(store, count=1, steps=2)

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(other)
        return connection

    monkeypatch.setattr(sqlite3, "connect", watched)
    with writing(store, create=True):
        assert made


def test_a_process_killed_at_any_moment_loses_no_acknowledged_event(tmp_path: Path) -> None:
    store, rng = tmp_path / "台账.db", Random(20201005)
    ledger(store, count=1, steps=2)
    said: list[str] = []
    for number in range(ROUNDS):
        writer = started(store, f"第{number}轮", 100_000)
        assert writer.stdout is not None
        said.append(writer.stdout.readline().strip())  # it is writing now
        time.sleep(rng.uniform(0, 0.12))
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read()  # `communicate` with a timeout passes over what `readline` read beyond its line
        said += [line for line in rest.split("\n")[:-1] if line]  # a line that was cut off is no acknowledgement
        assert writer.wait(timeout=60) == -signal.SIGKILL
        writer.stdout.close()
        kept = recorded(store)
        assert set(said) <= set(kept)
        assert len(kept) <= len(said) + number + 1  # at most one a round was written and not yet acknowledged
        assert codes(store) == set()
    assert len(said) > ROUNDS
