"""A ledger whose entries are not what this program writes: each is named by its entry, and nothing raises."""

from __future__ import annotations

import datetime
import hashlib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rectification.ledgers import DEPARTMENT, day, head_of, ledger, life
from rectification.workbooks import book
from safety_rules.language.errors import LedgerError, SafetyRulesError
from safety_rules.services.rectification.exporting import export
from safety_rules.services.rectification.importing import import_workbook
from safety_rules.services.rectification.ledger import writing
from safety_rules.services.rectification.life import Event
from safety_rules.services.rectification.recording import dangers, entry, history, latest_facts, record
from safety_rules.services.rectification.stats import stats_of_store
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults
from safety_rules.services.store.store import GENESIS, Fault, Head, append
from safety_rules.services.store.verifying import beside, kept_head, write_head

TABLE = lifecycle()
TODAY = datetime.date(2020, 9, 30)
ORDER = {"event": "order", "by": DEPARTMENT, "role": "department", "on": "2020-09-02", "deadline": "2020-09-10"}
ODD = [None, True, 7, 1.5, "", "x", [], ["order"], {}, {"a": 1}, [[[]]], "\ud800", "2020-02-30", "9999-12-31", 10**400]


def text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def forged(path: Path, kind: str, key: str, body: str | bytes) -> int:
    """Append an entry as one who knows the format would, with its right hash; return its number."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    with closing(sqlite3.connect(path)) as connection:
        count, previous = connection.execute("SELECT count, hash FROM head").fetchone()
        names = (json.dumps(t, ensure_ascii=False).encode() for t in (key, kind, previous))
        whole = b'{"body":%s,"key":%s,"kind":%s,"previous":%s,"seq":%d}' % (raw, *names, count + 1)
        digest = hashlib.sha256(whole).hexdigest()
        connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?)", (count + 1, kind, key, raw, previous, digest)
        )
        connection.execute("UPDATE head SET count = ?, hash = ?", (count + 1, digest))
        connection.commit()
    return int(count) + 1


def found(path: Path, kept: Head | None = None) -> tuple[Fault, ...]:
    return faults(path, TABLE, kept, TODAY)[1]


def named(path: Path) -> list[tuple[int, str]]:
    for fault in found(path):
        assert fault.zh.isprintable()
        assert fault.en.encode("utf-8")
    return [(f.seq, f.code) for f in found(path)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ledger(tmp_path / "台账.db", count=1, steps=1)
    return tmp_path / "台账.db"


BODIES: dict[str, tuple[str, str | bytes]] = {
    "by is a number": ("event", text(ORDER | {"by": 7})),
    "event is a list": ("event", text(ORDER | {"event": ["order"]})),
    "role is nothing": ("event", text(ORDER | {"role": None})),
    "on is a mapping": ("event", text(ORDER | {"on": {}})),
    "evidence is a list": ("event", text(ORDER | {"evidence": []})),
    "details are text": ("event", text(ORDER | {"details": "x"})),
    "details hold a number": ("event", text(ORDER | {"details": {"field": 1}})),
    "no event at all": ("event", "{}"),
    "a list": ("event", "[]"),
    "a number": ("event", "7"),
    "no JSON": ("event", "x"),
    "empty": ("event", ""),
    "20,000 deep": ("event", "[" * 20_000 + "]" * 20_000),
    "20,000 deep inside": ("event", '{"by":' + "[" * 20_000 + "]" * 20_000 + "}"),
    "a long number": ("event", '{"by":' + "9" * 20_000 + "}"),
    "not UTF-8": ("event", b'{"by":"\xff\xfe"}'),
    "half a pair": ("event", '{"by":"\\ud800"}'),
    "spaced otherwise": ("event", '{"by": "x"}'),
    "NUL": ("event", '{"by":"\\u0000"}'),
    "an odd actor": ("actor", text({"role": 1, "organisation": "a", "code": ""})),
    "an odd inspection": ("inspection", text({"unit": "a", "on": 3, "result": "b"})),
    "odd facts": ("facts", "[]"),
}


@pytest.mark.parametrize("name", BODIES)
def test_an_entry_with_any_body_is_named_and_no_reader_raises_anything_else(path: Path, name: str) -> None:
    kind, body = BODIES[name]
    seq = forged(path, kind, "YH-1", body)
    assert named(path) == [(seq, "damaged")]
    for read in readers(path):
        with suppress(SafetyRulesError):
            read()


def readers(path: Path) -> Iterator[Callable[[], object]]:
    yield lambda: dangers(path, TABLE, TODAY)
    yield lambda: history(path, "YH-1")
    yield lambda: latest_facts(path, "YH-1")
    yield lambda: stats_of_store(path, TABLE, TODAY)
    yield lambda: record(path, TABLE, Event("YH-1", "escalate", DEPARTMENT, "department", day(3)), TODAY)
    yield lambda: import_workbook(book(path.with_name("a.xlsx"), {}), path, TABLE, TODAY)


UNLAWFUL: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "an unknown kind": ("note", "YH-1", {}, "没有“note”这一类记录"),
    "an unknown event": ("event", "YH-1", ORDER | {"event": "bless"}, "没有“bless”这一事件"),
    "the end of days": ("event", "YH-1", ORDER | {"on": "9999-12-31", "deadline": "9999-12-31"}, "尚未到来"),
    "an inspection to come": ("inspection", "X-1", {"unit": "a", "on": "9999-12-31", "result": "b"}, "尚未到来"),
    "an unlawful step": ("event", "YH-1", ORDER | {"event": "close", "evidence": "照片"}, "须为“验收合格”"),
    "another's danger": ("event", "YH-9", ORDER, "台账中没有隐患“YH-9”"),
    "facts of nothing": ("facts", "YH-9", {}, "台账中没有隐患“YH-9”"),
    "an unknown role": ("event", "YH-1", ORDER | {"role": "boss"}, "boss无权办理"),
    "by its own hand": ("event", "YH-1", ORDER | {"by": "示例企业"}, "不得办理本单位隐患"),
    "verified by no roster": ("event", "YH-1", ORDER | {"role_is": "verified"}, "名册不符"),
}


@pytest.mark.parametrize("name", UNLAWFUL)
def test_what_follows_a_kept_head_is_held_to_the_table(path: Path, name: str) -> None:
    kept = head_of(path)
    kind, key, body, said = UNLAWFUL[name]
    seq = forged(path, kind, key, text(body))
    assert [(f.seq, f.code) for f in found(path, kept)] == [(seq, "unlawful")]
    assert said in found(path, kept)[0].zh


def test_bodies_made_at_random_are_named_or_lawful(path: Path) -> None:
    rng, clean = Random(20201005), path.read_bytes()
    seen: set[str] = set()
    for _ in range(300):
        path.write_bytes(clean)
        kind, body = _body(rng)
        try:
            seq = forged(path, kind, rng.choice(["YH-1", "YH-2", "\x00", "'; --"]), text(body))
        except UnicodeEncodeError:  # a key that no file can hold
            continue
        codes = named(path)
        assert codes in ([], [(seq, "damaged")], [(seq, "unlawful")]), (kind, body)
        seen |= {code for _, code in codes} or {"lawful"}
    assert seen == {"damaged", "unlawful", "lawful"}


def _body(rng: Random) -> tuple[str, Any]:
    whole: dict[str, Any] = dict(ORDER)
    for name in rng.sample(
        [*ORDER, "evidence", "details", "organisation", "code", "role_is", "more"], rng.randint(0, 2)
    ):
        whole[name] = rng.choice(ODD)
    for name in rng.sample(list(whole), rng.choice([0, 0, 0, 1])):
        del whole[name]
    return rng.choice(["event", "event", "event", "actor", "inspection", "facts", "", "EVENT"]), whole


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE entries RENAME TO old; CREATE TABLE entries (seq, kind, key, body, previous, hash)",
        "ALTER TABLE entries RENAME TO old; CREATE VIEW entries AS SELECT 'x' seq, 1 kind, NULL key, 2 body, 3 previous, 4 hash",
        "DROP TABLE entries",
        "DROP TABLE head",
        "ALTER TABLE head DROP COLUMN hash",
    ],
)
def test_tables_of_another_make_are_named(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statement)
    assert {f.code for f in found(path)} <= {"schema", "damaged", "head"} != set()


@pytest.mark.parametrize("content", [b"", None])
def test_a_file_that_holds_nothing_is_a_new_ledger(tmp_path: Path, content: bytes | None) -> None:
    store = tmp_path / "台账.db"
    if content is None:
        with closing(sqlite3.connect(store)) as connection:
            connection.execute("VACUUM")
    else:
        store.write_bytes(content)
    assert faults(store, TABLE, None, TODAY) == (Head(0, GENESIS), ())
    assert dangers(store, TABLE, TODAY) == {}
    with pytest.raises(SafetyRulesError, match="there is no danger"):
        record(store, TABLE, Event("YH-1", "escalate", DEPARTMENT, "department", day(3)), TODAY)
    assert import_workbook(book(tmp_path / "a.xlsx", {}), store, TABLE, TODAY).dangers == 1
    assert found(store) == ()


def test_a_ledger_cut_to_nothing_is_found_by_its_head(path: Path) -> None:
    kept = head_of(path)
    path.write_bytes(b"")
    assert [f.code for f in found(path, kept)] == ["truncated"]


def test_a_first_import_that_dies_leaves_a_ledger_that_can_be_begun(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    with suppress(KeyboardInterrupt), writing(store, create=True) as connection:
        append(connection, [entry(e) for e in life()])
        raise KeyboardInterrupt
    assert store.read_bytes() == b""
    assert import_workbook(book(tmp_path / "a.xlsx", {}), store, TABLE, TODAY).dangers == 1


def test_a_head_is_written_whole_or_not_at_all(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        export(path, TABLE, tmp_path / "周报.xlsx", TODAY) == kept_head(beside(tmp_path / "周报.xlsx")) == head_of(path)
    )
    with pytest.raises(LedgerError, match="cannot be written"):
        write_head(head_of(path), Path("/dev/full") / "x" if sys.platform != "linux" else Path("/proc/head"))
    old, write = (tmp_path / "周报.xlsx.head").read_bytes(), Path.write_text

    def full(self: Path, *args: Any, **options: Any) -> int:
        write(self, "", "utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    for target in (tmp_path / "周报.xlsx.head", tmp_path / "new.head"):
        with pytest.raises(LedgerError, match="no space left"):
            write_head(head_of(path), target)
    assert (tmp_path / "周报.xlsx.head").read_bytes() == old
    assert not (tmp_path / "new.head").exists()
    assert list(tmp_path.glob(".*")) == []
