"""The limit of a search for the smallest change holds, building the question included."""

from __future__ import annotations

import time
from typing import Any

import pytest

import safety_rules as sr

AREA = sr.load().area("admission").on("2020-10-01")
ACCIDENT = {"date": "2020-05-01", "deaths": 0, "serious_injuries": 0, "direct_loss": 1}


def record(accidents: int) -> dict[str, Any]:
    figures = {"site": "land", "land_area": 20, "fixed_asset_investment": 9000, "annual_sales": 100, "annual_tax": 5}
    return {"project": figures, "enterprise": {"accidents": [ACCIDENT] * accidents, "listings": "无"}}


def test_a_question_of_hundreds_of_accidents_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: looked.append(1) or real())
    with pytest.raises(sr.SafetyRulesError, match=r"no smallest change was found within 0\.5 seconds"):
        AREA.smallest_change(record(300), seconds=0.5)
    assert len(looked) < 100_000  # the clock is looked at for each expression, and ends the reading


def test_a_change_that_is_found_is_proven() -> None:
    figures = {"site": "land", "land_area": 20, "fixed_asset_investment": 9000}
    found = AREA.smallest_change({"project": figures, "enterprise": {"listings": "无"}})
    assert found is not None
    assert found.proven
