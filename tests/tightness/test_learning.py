"""Learning a fact, a list or a field of a list's record never widens a verdict, in any area."""

from __future__ import annotations

import pytest

import safety_rules as sr
from effort import effort
from safety_rules.semantics.verdict.verdict import decide
from tightness import learning
from tightness.campaign import DAY, DAYS, areas
from tightness.learning import learned


@pytest.mark.parametrize("key", areas([]))
def test_learning_never_widens(key: str) -> None:
    done, wide = learned(sr.load().area(key).on(DAYS.get(key, DAY)), effort(100), "7")
    assert done >= 100
    assert wide == []


def test_what_is_forgotten_again_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = "project.catalogue_class"
    told = [("project.site", "land"), (chosen, "eliminated"), (chosen, None)]
    monkeypatch.setattr(learning, "steps", lambda *_: iter(told))
    assert learned(sr.load().area("admission").on("2020-10-01"), 3, "7") == (3, told)


def test_a_list_that_is_there_by_now_leaves_what_another_one_decides() -> None:
    """Two accidents without a day hold the outcome at worst, whether or not deductions are known to be two."""
    area = sr.load().area("appraisal").on("2024-03-01")
    accidents = [
        {"deaths": 3, "serious_injuries": 50},
        {"is_liable": False, "was_concealed": True, "direct_loss": 60.01, "serious_injuries": 1283},
        {"date": "2999-12-31", "is_liable": True, "was_concealed": True, "direct_loss": 9999.99, "deaths": 81, "serious_injuries": 299},
    ]  # fmt: skip
    record = area.admit({
        "appraisal.kind": "territory", "appraisal.period_from": "2024-03-02", "appraisal.period_until": "1900-01-01",
        "appraisal.major_dangers": [], "appraisal.bonuses": [{}], "appraisal.accidents": accidents,
    })  # fmt: skip
    for known in (record, record.with_value("appraisal.deductions", ({}, {}))):
        assert area.decide(known).at_worst == "failed"
        assert decide(area.law, known).at_worst == "failed"
