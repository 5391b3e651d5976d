"""A time of day by every door: text, Chinese words, a spreadsheet's cell, Python's time, a column of a table; nothing
else is one.
"""

from __future__ import annotations

import csv
import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from conformance.suite import book, with_rules
from safety_rules.formats.ledger import ledger
from safety_rules.formats.models import json_schema, record_model
from safety_rules.semantics.admission.admit import admit
from safety_rules.services.dated_area import DatedArea, dated_area

TIME = datetime.time
OPENS = [
    ("22:00", 79200), ("8:05", 29100), ("08:05:30", 29130), ("２２：００", 79200), ("22时30分", 81000), ("8点", 28800),
    ("23:59:59", 86399), ("21:59:59.9999999", 79200), (TIME(22), 79200), (TIME(8, 5, 30), 29130), (TIME(0), 0),
]  # fmt: skip
NONE = ["24:00", "22", 22, 0.9166666, "22:60", "10pm", TIME(8, tzinfo=datetime.UTC), datetime.timedelta(hours=22), True]
RULES = {"at_night": {"requires": "in_window(project.opens, '22:00', '06:00')", "outcome": "rejected"}}


@cache
def law() -> DatedArea:
    return dated_area(with_rules(RULES), "base", datetime.date(2020, 10, 1))


@pytest.mark.parametrize(("data", "seconds"), OPENS, ids=str)
def test_a_time_is_read(data: Any, seconds: int) -> None:
    assert admit({"project.opens": data}, book().vocabulary).values == {"project.opens": Fraction(seconds)}


@pytest.mark.parametrize("data", NONE, ids=str)
def test_nothing_else_is_one(data: Any) -> None:
    found = admit({"project.opens": data}, book().vocabulary)
    assert [p.code for p in found.problems] == ["not-a-time"]
    assert law().decide({"project": {"opens": data}}).definite is False


@pytest.mark.parametrize(("data", "seconds"), OPENS, ids=str)
def test_a_record_is_decided_alike_however_it_is_read(data: Any, seconds: int) -> None:
    night = not 6 * 3600 <= seconds < 22 * 3600
    for given in ({"project": {"opens": data}}, {"项目.开门": data}, law().admit({"project.opens": data})):
        assert law().decide(given).violated() == (() if night else ("at_night",))


def test_a_table_is_decided_as_its_records_are(tmp_path: Path) -> None:
    texts = [*(str(data) for data, _ in OPENS), *(str(data) for data in NONE), "未知"]
    cells = [{"project.opens": t} for t in texts]
    expected = [law().decide(c).outcome for c in cells]
    assert {"admitted", "rejected"} < set(expected)
    with (tmp_path / "开门.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["project.opens"], *([t] for t in texts)])
    frame = pa.table({"project.opens": texts})
    for source in (tmp_path / "开门.csv", frame):
        found = law().decide_table(source, engine="duckdb")
        assert [row["outcome"] for row in found.arrow().to_pylist()] == expected, source


def test_a_column_of_times_is_read_and_one_of_numbers_is_not() -> None:
    times = [TIME(22), TIME(6), None, TIME(8, 5, 30, 500_000)]
    expected = [law().decide({"project.opens": t}).outcome for t in times]
    found = law().decide_table(pa.table({"project.opens": pa.array(times, pa.time64("us"))}), engine="duckdb")
    assert [row["outcome"] for row in found.arrow().to_pylist()] == expected
    found = law().decide_table(pa.table({"project.opens": [22, 79200]}), engine="duckdb")
    assert {row["outcome"] for row in found.arrow().to_pylist()} == {law().decide({}).outcome}


def test_a_spreadsheet_shows_times(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet, clock = made.add_worksheet(), made.add_format({"num_format": "hh:mm"})
        sheet.write_row(0, 0, ["名称", "开门（24小时制）"])
        for i, minute in enumerate(range(0, 24 * 60, 7), 1):
            sheet.write_row(i, 0, [f"项目{i}"])
            sheet.write_datetime(i, 1, TIME(minute // 60, minute % 60), clock)
        sheet.write_row(i + 1, 0, ["末", "22:00"])
    rows = list(ledger(path, book().vocabulary, ("project",), None).rows)
    found = [admit(r.data, book().vocabulary).values["project.opens"] for r in rows]
    assert found == [Fraction(60 * minute) for minute in range(0, 24 * 60, 7)] + [Fraction(79200)]


def test_models_and_schemas_know_times() -> None:
    area = book().areas["base"]
    made = record_model(book(), area).model_validate({"project": {"opens": "22:00"}})
    assert law().decide(made).violated() == ()
    opens = json_schema(book(), area)["$defs"]["ProjectRecord"]["properties"]["opens"]
    assert {"format": "time", "type": "string"} in opens["anyOf"]
    assert "unit" not in opens


def test_a_verdict_tells_times_as_people_write_them() -> None:
    verdict = law().decide({"project.opens": "12:00"})
    assert "开门 12:00" in verdict.explain("zh")
    assert '"12:00"' in repr(verdict.to_dict()).replace("'", '"')
