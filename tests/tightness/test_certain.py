"""What a project's or unit's known data decide whatever its blanks turn out to be; the answers were worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.semantics.verdict.verdict import decide

DAY = "2020-10-01"
ACCIDENTS: dict[str, tuple[list[dict[str, Any]], tuple[str, str]]] = {
    "12 deaths, the rest blank": ([{"date": "2020-01-01", "deaths": 12}], ("rejected", "rejected")),
    "9 deaths, the rest blank": ([{"date": "2020-01-01", "deaths": 9}], ("referred", "rejected")),
    "2 deaths, the rest blank": ([{"date": "2020-01-01", "deaths": 2}], ("conditional", "rejected")),
    "two larger ones, of a third nothing is known": (
        [{"date": "2020-01-01", "deaths": 3}, {"date": "2020-02-01", "deaths": 3}, {}],
        ("rejected", "rejected"),
    ),
    "one larger one, of a second nothing is known": (
        [{"date": "2020-01-01", "deaths": 3}, {}],
        ("referred", "rejected"),
    ),
}
UNIT = {
    "unit.scope": "in_scope",
    "unit.chemicals": [{"name": "液氨", "quantity": "250 t"}],
    "unit.has_monitoring": False,
    "unit.is_filed_with_county": False,
}


def project(accidents: Any) -> dict[str, Any]:
    """Return the area's own passing example with other accidents."""
    given = dict(sr.load().area("admission").area.cases[0].given)
    return {**given, "enterprise.accidents": accidents}


@pytest.mark.parametrize("name", ACCIDENTS)
def test_known_parts_decide_whatever_is_blank(name: str) -> None:
    accidents, ends = ACCIDENTS[name]
    area = sr.load().area("admission").on(DAY)
    by_definition = decide(area.law, area.admit(project(accidents)))
    compiled = area.decide(project(accidents))
    assert (by_definition.at_best, by_definition.at_worst) == (compiled.at_best, compiled.at_worst) == ends


def test_a_table_says_the_same(tmp_path: Path) -> None:
    import pyarrow as pa

    area = sr.load().area("admission").on(DAY)
    rows = [area.admit(project(accidents)).values for accidents, _ in ACCIDENTS.values()]
    columns = {
        key: [[{k: str(v) for k, v in i.items()} for i in row[key]] if key == "enterprise.accidents"
              else str(row[key]) if not isinstance(row[key], tuple | bool) else row[key] for row in rows]
        for key in rows[0]
    }  # fmt: skip
    fields = pa.list_(pa.struct([(name, pa.string()) for name in ("date", "deaths")]))
    table = pa.table({k: pa.array(v, fields) if k == "enterprise.accidents" else v for k, v in columns.items()})
    found = [(row["at_best"], row["at_worst"]) for row in area.decide_table(table)]
    assert found == [ends for _, ends in ACCIDENTS.values()]


def test_a_unit_that_certainly_is_a_major_hazard_has_its_duties_for_certain() -> None:
    verdict = sr.load().area("major_hazard_duties").on("2021-06-01").decide(UNIT)
    assert "is_monitored" in verdict.violated()
    assert "is_filed" in verdict.violated()
    filing = [d for d in verdict.obligations if d.key in ("county_filing", "is_filed")]
    assert filing
    assert all(d.certain for d in filing)
