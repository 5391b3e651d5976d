"""Numbers that no DOUBLE holds: exact where they are exact, named where a door cannot carry them, the other rows go on."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import python_calamine

from doors.reading import area
from safety_rules.formats.parquet_out import write_parquet
from safety_rules.formats.text_out import write_csv, write_json_lines
from safety_rules.formats.workbook_out import write_workbook
from safety_rules.services.screening import screen

NUMBERS = {
    "a tiny fraction": Fraction(1, 10**5000),
    "a huge integer": 10**400,
    "more than Python writes": 10**5000,
    "3,900 digits": "9" * 3900,
    "a decimal": Decimal("9" * 3900),
    "beyond the largest": "1e400",
}


def project(number: Any) -> dict[str, Any]:
    return {"project": {"site": "land", "land_area": 15, "fixed_asset_investment": number}}


@pytest.mark.parametrize("name", NUMBERS)
def test_nothing_that_is_asked_of_a_verdict_raises(name: str) -> None:
    verdict = area().decide(project(NUMBERS[name]))
    json.dumps(verdict.to_dict(), default=str)
    for language in ("zh", "en"):
        assert verdict.explain(language)
    assert verdict.at_worst == "rejected"


@pytest.mark.parametrize("name", NUMBERS)
def test_the_other_rows_go_on(name: str) -> None:
    rows = [{"用地方式": "land", "用地面积（亩）": 15, "固定资产投资（万元）": n} for n in (9000, NUMBERS[name], 9000)]
    found = [row["undetermined"] for row in area().decide_table(rows, engine="records")]
    assert found[0] == found[2]


@pytest.mark.parametrize("engine", ["records", "duckdb"])
@pytest.mark.parametrize("write", [write_workbook, write_csv, write_json_lines, write_parquet])
def test_a_ledger_with_a_number_that_no_cell_holds_is_written(tmp_path: Path, write: Any, engine: str) -> None:
    source, target = tmp_path / "a.json", tmp_path / "out"
    source.write_text(
        json.dumps([{"project.id": "XM-1", "project.land_area": 10**400}, {"project.id": "XM-2"}]), "utf-8"
    )
    screening = screen(source, area(), engine=engine)
    write(screening, screening.rows, target, "zh")
    assert target.stat().st_size
    if write is write_workbook:
        with target.open("rb") as file:
            rows = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_name("审查结果").to_python()
            cells = [cell for row in rows for cell in row]
        assert str(10**400) in cells


def test_pandas_frames_are_read_record_by_record_as_by_duckdb() -> None:
    frame = pd.DataFrame(
        {
            "项目编号": ["1", "2", None],
            "用地方式": ["land", None, "land"],
            "用地面积（亩）": [15, float("nan"), 20.5],
            "固定资产投资（万元）": pd.array([9000, None, 1], dtype="Int64"),
            "安全预评价完成日期": [pd.NaT, pd.Timestamp("2020-01-01"), pd.NaT],
        }
    )
    found = []
    for engine in ("records", "duckdb"):
        decision = area().decide_table(frame, engine=engine, keep=("项目编号",))
        found.append([{k: v for k, v in row.items() if k != "again"} for row in decision])
        decision.close()
    assert found[0] == found[1]
