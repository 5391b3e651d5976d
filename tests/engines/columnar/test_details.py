"""Needs, gaps and what is not given, of a table: each row that has any is looked into, and says what its record says."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from conformance.suite import HERE, _read, with_rules
from doors.test_one_token import rule
from safety_rules.engines.columnar.details import details_of
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.services.dated_area import DatedArea, dated_area
from trust.test_impact import BASE

DAY = datetime.date(2020, 10, 1)


def told(area: DatedArea, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a table says of its rows beside their verdicts, and hold it to what their records say."""
    table = pa.table({k: [str(row[k]) for row in rows] for k in rows[0]})
    expected = [details_of(area.decide(row)) for row in rows]
    found = [{k: row[k] for k in expected[0]} for row in area.decide_table(table, engine="duckdb", details=True)]
    assert found == expected
    return found


@pytest.mark.parametrize("key", ["a_first", "z_last"])
def test_one_violated_rule_of_more_than_a_word_holds_has_its_gap(key: str) -> None:
    texts = {f"r{i:03d}": rule(f"r{i:03d}", "project.ready") for i in range(66)} | {
        key: rule(key, "project.staff < 10[人]")
    }
    made, wrong = rulebook(
        [*folder_files(BASE), *(RuleFileText(f"area/{k}.yaml", t.encode()) for k, t in texts.items())]
    )
    assert made is not None, [d.message for d in wrong]
    area = sr.Rules(made).area("base").on(DAY)
    own = {"project.ready": True, "project.clean": True, "project.site": "land"}
    found = told(area, [{**own, "project.staff": staff} for staff in (9, 10, 12)])
    assert [[(g["rule"], g["now"]) for g in row["gaps"]] for row in found] == [[], [(key, "10")], [(key, "12")]]


@pytest.mark.parametrize("words", [None, ["无", "不适用于此"], ["", "另行上报市里"]])
def test_a_row_whose_text_is_a_word_for_nothing_is_looked_into_however_long_that_is(words: list[str] | None) -> None:
    group = _read(HERE / "must_be_given.yaml")["verdicts"][0]
    facts = {
        "project.permit": {**group["facts"]["project.permit"], **({} if words is None else {"blank_words": words})}
    }
    area = dated_area(with_rules(group["rules"], facts), "base", DAY)
    blank = max(words or ["unknown", "待补充"], key=len)
    texts = [
        "甲",
        "XK-2020-0001号",
        blank,
        f"{blank[0]}\u200b{blank[1:]}\u2060",
        f"（{blank}）",
        f"{blank}１",
        f" {blank} ",
        f"{blank}的甲",
    ]
    found = told(area, [{"project.clean": True, "project.permit": t} for t in texts])
    assert [row["incomplete"] == ["project.permit"] for row in found][:4] == [False, False, True, True]
