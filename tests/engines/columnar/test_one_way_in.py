"""One way in for tables: details on request, the same columns record by record, and an honest word without DuckDB."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engines.columnar.test_tables import DATA, area, arrow  # noqa: F401
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.services.dated_area import DatedArea
from safety_rules.tables import decide as tables
from safety_rules.words.values import json_value


def test_details_are_the_needs_and_gaps_of_each_verdict(area: DatedArea) -> None:  # noqa: F811
    decision = area.decide_table(arrow(), details=True)
    for number, row in enumerate(decision, start=1):
        verdict = decision.verdict(number)
        assert row["needs"] == [r.name for r in verdict.needs.can_change]
        assert row["smallest"] == [r.name for r in verdict.needs.smallest]
        gaps = [(g.rule, g.clause, g.path) for g in verdict.gaps]
        assert gaps == [(g["rule"], g["clause"], g["fact"]) for g in row["gaps"]]
        facts = area.law.rulebook.vocabulary.facts
        assert [json_value(g.change, facts[g.path].kind) for g in verdict.gaps] == [g["change"] for g in row["gaps"]]
    assert {"0.01"} <= {g["change"] for row in decision for g in row["gaps"]}
    assert any(row["needs"] for row in decision)


def test_details_are_written_with_the_rest(area: DatedArea, tmp_path: Path) -> None:  # noqa: F811
    shares: list[float] = []
    area.decide_table(arrow(), tmp_path / "out.parquet", details=True, progress=shares.append)
    assert pl.read_parquet(tmp_path / "out.parquet").columns[-3:] == ["needs", "smallest", "gaps"]
    assert shares[-1] == 1.0


SOURCES: dict[str, Any] = {
    "Arrow": lambda folder: arrow(),
    "Polars": lambda folder: pl.DataFrame(DATA),
    "mappings": lambda folder: arrow().to_pylist(),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_records_have_the_columns_and_answers_of_a_table(kind: str, area: DatedArea, tmp_path: Path) -> None:  # noqa: F811
    table = area.decide_table(arrow(), keep=["项目名称"], details=True)
    records = area.decide_table(SOURCES[kind](tmp_path), keep=["项目名称"], details=True, engine="records")
    for one, other in zip(table, records, strict=True):
        assert {**one, "again": True} == other
        assert list(one) == list(other)
    assert (table.counts(), table.rules) == (records.counts(), records.rules)
    assert records.explain_row(2) == table.explain_row(2)
    with pytest.raises(NotFoundError):
        records.verdict(6)


def test_without_duckdb_a_table_is_decided_by_records_and_it_is_said(
    area: DatedArea,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = [r["outcome"] for r in area.decide_table(arrow())]
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    decision = area.decide_table(arrow(), tmp_path / "out.csv")
    assert [n.code for n in decision.notices] == ["no-duckdb"]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["outcome"] for row in csv.DictReader(file)] == expected
    with pytest.raises(LedgerError, match="without DuckDB"):
        area.decide_table(arrow(), tmp_path / "out.parquet")
    with pytest.raises(LedgerError, match="needs DuckDB"):
        area.decide_table(arrow(), engine="duckdb")
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
