"""A ledger that several processes screen comes out as by one, in its order, and a process that dies loses one row at most."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import safety_rules as sr
from safety_rules.formats.columns import result_cells
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.formats.workbook_out import write_workbook
from safety_rules.services import screening, screening_jobs

PACK = Path(__file__).parents[1] / "trust" / "one_of_each"
DAY = "2024-10-01"
COUNTED = screening._counted


@pytest.fixture(scope="module")
def area() -> sr.DatedArea:
    rules = sr.load(PACK)
    return rules.area(rules.areas[0]).on(DAY)


@pytest.fixture
def ledger(tmp_path: Path, area: sr.DatedArea) -> Path:
    vocabulary = area.law.rulebook.vocabulary
    facts = [f for s in area.law.area.subjects for f in vocabulary.of_subject(s)][:3]
    path = tmp_path / "台账.csv"
    lines = [",".join(["备注", *(f.zh_key for f in facts)]), *(f"行{n},,{n}," for n in range(1, 31))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(found: Screening) -> tuple[list[tuple[int, str, tuple[str, ...]]], Any, list[Any]]:
    rows = [(r.row.number, r.outcome, result_cells(r, "zh")) for r in found.rows]
    return rows, found.summary, found.notices


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork processes, which starts them sooner; only a machine without that spawns them."""
    if hasattr(os, "fork"):
        monkeypatch.setattr(screening_jobs, "START", "fork")


def test_by_processes_and_by_one_all_is_the_same(
    ledger: Path, area: sr.DatedArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening_jobs, "BATCH", 4)
    one = told(screening.screen(ledger, area, engine="records"))
    assert len(one[0]) == 30
    assert told(screening.screen(ledger, area, jobs=2, language="zh")) == one


def test_a_workbook_by_processes_is_that_by_one(ledger: Path, area: sr.DatedArea, tmp_path: Path) -> None:
    made = []
    for jobs in (1, 2):
        found, path = screening.screen(ledger, area, jobs=jobs, language="zh"), tmp_path / f"{jobs}.xlsx"
        write_workbook(found, found.rows, path, "zh")
        book = CalamineWorkbook.from_path(path)
        made.append({name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names})
    assert made[0] == made[1]
    assert any(len(rows) > 30 for rows in made[0].values())


def dying(row: LedgerRow, *rest: Any) -> tuple[ScreenedRow, frozenset[str]]:
    """Screen a row, unless it is the one that kills its process."""
    if row.number in (8, 21):
        os._exit(1)
    return COUNTED(row, *rest)


def test_a_process_that_dies_loses_one_row_and_the_row_is_named(
    ledger: Path, area: sr.DatedArea, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform == "win32":
        pytest.skip("forked for speed")
    monkeypatch.setattr(screening_jobs, "BATCH", 8)
    one, *_ = told(screening.screen(ledger, area, engine="records"))
    monkeypatch.setattr(screening, "_counted", dying)
    found = screening.screen(ledger, area, jobs=2, language="zh")
    rows, summary, _ = told(found)
    assert [n for n, outcome, _ in rows if outcome == "error"] == [8, 21]
    assert "异常终止" in rows[6][2][-1]
    assert [r for r in rows if r[0] not in (8, 21)] == [r for r in one if r[0] not in (8, 21)]
    assert (summary.rows, summary.outcomes["error"]) == (30, 2)
