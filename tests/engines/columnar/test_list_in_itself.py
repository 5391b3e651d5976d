"""A field of a list's record that counts the records of the same list: the table says what the record says."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.engines.columnar.cases import masks_by_duckdb

AREA = sr.load().area("admission").on("2020-10-01")
ALONE = [{"date": datetime.date(2018, 5, 9), "deaths": 3, "serious_injuries": 0, "direct_loss": 12}]
LATER = [{"date": datetime.date(2021, 10, 1), "deaths": 3, "serious_injuries": 0, "direct_loss": 12}, *ALONE]
TWICE = [{"date": datetime.date(2018, 9, 1), "deaths": 4, "serious_injuries": 0, "direct_loss": 1}, *ALONE]


@pytest.mark.parametrize(("accidents", "violated"), [(ALONE, False), (LATER, False), (TWICE, True)])
def test_two_larger_accidents_within_a_year_are_a_ground_and_one_is_none(
    accidents: list[dict[str, Any]], violated: bool
) -> None:
    record = AREA.admit({"enterprise.accidents": accidents, "enterprise.listings": []})
    masks = masks_by_duckdb("full")(AREA.law, [record])[0]
    assert masks is not None
    place = next(i for i, r in enumerate(AREA.law.rules) if r.key == "black_list_ground")
    assert ("black_list_ground" in AREA.decide(record).violated(), bool(masks[0] >> place & 1)) == (violated, violated)
