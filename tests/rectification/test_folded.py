"""The state that is kept beside the entries is what they make of each danger, on every day, or `verify` says so."""

from __future__ import annotations

import datetime
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rectification.ledgers import DEPARTMENT, day, ledger, life
from rectification.workbooks import book
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.importing import import_workbook
from safety_rules.services.rectification.ledger import append, entries, reading, version_of, writing
from safety_rules.services.rectification.life import Danger, Event, replay
from safety_rules.services.rectification.recording import EVENT, dangers, entry, event_of, record
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults

TABLE, TODAY = lifecycle(), datetime.date(2020, 9, 30)


def bare(found: dict[str, Danger]) -> list[Danger]:
    return [replace(d, hands=frozenset(), past=()) for d in found.values()]


def by_entries(path: Path, on: datetime.date) -> list[Danger]:
    """Return the dangers as all entries make them, lived through one by one."""
    with reading(path) as connection:
        events = [event_of(e.key, e.body) for e in entries(connection, EVENT)]
    return bare(replay(TABLE, events, on))


def folded(path: Path) -> Path:
    """Write three dangers, of which two went on by recorded events, out of order."""
    with writing(path, create=True) as connection:
        append(connection, [entry(e) for n in (1, 2, 3) for e in life(f"YH-{n}")[:2]])
    for danger in ("YH-3", "YH-1"):
        record(path, TABLE, Event(danger, "escalate", DEPARTMENT, "department", day(9)), TODAY)
    return path


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def codes(path: Path) -> set[str]:
    return {f.code for f in faults(path, TABLE)[1]}


def test_on_every_day_the_state_is_that_of_the_entries(tmp_path: Path) -> None:
    path = folded(tmp_path / "台账.db")
    for on in [day(n) for n in range(1, 12)]:
        assert bare(dangers(path, TABLE, on)) == by_entries(path, on)
    assert codes(path) == set()


def test_what_was_appended_and_not_folded_counts(tmp_path: Path) -> None:
    path = folded(tmp_path / "台账.db")
    with writing(path) as connection:
        append(connection, [entry(e) for e in life("YH-4")])
    assert [d.state for d in dangers(path, TABLE, TODAY).values()][-1] == "closed"
    assert bare(dangers(path, TABLE, TODAY)) == by_entries(path, TODAY)
    assert codes(path) == set()


def test_an_import_folds_what_it_writes(tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    import_workbook(
        book(tmp_path / "a.xlsx", {}, {"销号日期": "", "销号部门": "", "销号佐证": ""}, {}), path, TABLE, TODAY
    )
    with closing(sqlite3.connect(path)) as connection:
        ((kept,),) = connection.execute("SELECT count(*) FROM state").fetchall()
        assert (
            connection.execute("SELECT count FROM folded").fetchall()
            == connection.execute("SELECT count FROM head").fetchall()
        )
    expected = by_entries(path, TODAY)
    assert kept == len(expected)
    assert bare(dangers(path, TABLE, TODAY)) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE state SET deadline = '2020-12-31' WHERE danger = 'YH-1'",
        "UPDATE state SET state = 'closed', closed_on = '2020-09-09' WHERE danger = 'YH-3'",
        "DELETE FROM state WHERE danger = 'YH-2'",
        "INSERT INTO state SELECT 9, 'YH-9', touched, state, found_on, last_on, deadline, accepted_on, closed_on, withdrawn_on, "
        "escalated, extended, corrected, field, level, text, unit, enterprise, code FROM state WHERE danger = 'YH-1'",
        "UPDATE folded SET count = 99",
    ],
)
def test_a_state_that_its_entries_do_not_make_is_found(tmp_path: Path, statement: str) -> None:
    path = folded(tmp_path / "台账.db")
    run(path, statement)
    assert codes(path) == {"state"}


def test_a_damaged_state_is_said(tmp_path: Path) -> None:
    path = folded(tmp_path / "台账.db")
    run(path, "UPDATE state SET found_on = 'x' WHERE danger = 'YH-1'")
    with pytest.raises(LedgerError, match="the state of `YH-1` is damaged"):
        dangers(path, TABLE, TODAY)


def test_a_ledger_of_the_first_version_is_read_and_goes_on(tmp_path: Path) -> None:
    path = folded(tmp_path / "台账.db")
    run(path, "DROP TABLE state", "DROP TABLE folded", "PRAGMA user_version = 1")
    expected = by_entries(path, TODAY)
    assert bare(dangers(path, TABLE, TODAY)) == expected
    assert codes(path) == set()
    record(path, TABLE, Event("YH-2", "escalate", DEPARTMENT, "department", day(9)), TODAY)
    with reading(path) as connection:
        assert version_of(connection) == 2
    assert bare(dangers(path, TABLE, TODAY)) == by_entries(path, TODAY)
    assert codes(path) == set()


def test_three_dangers_in_one_ledger_are_in_the_order_of_finding(tmp_path: Path) -> None:
    ledger(tmp_path / "台账.db")
    assert list(dangers(tmp_path / "台账.db", TABLE, TODAY)) == ["YH-1", "YH-2", "YH-3"]
