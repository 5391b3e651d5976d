"""Accidents as public questions grade them: what is known bounds the grade, in admission, chains and appraisal alike."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from law.cases import cases

CASES = cases("accidents_493")
GRADES = ("一般", "较大", "重大", "特别重大")
BOUNDS = ("reaches_larger", "reaches_major")
OUTCOMES = {"一般": "conditional", "较大": "referred", "重大": "rejected", "特别重大": "rejected"}
CODE = "91320991MAK3DGFBAG"  # generated; only its check character is right
NAMES = [c["source"] for c in CASES]


def figures(case: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that a case states; an absent one is unknown, never zero."""
    return {k: v for k, v in case["input"].items() if v is not None}


def least(reached: dict[str, Any]) -> str:
    """Return the least grade that some bounds leave, as far as they tell: the two upper grades are one."""
    return GRADES[sum(reached.get(b) is True for b in BOUNDS)]


def as_far(grade: str) -> str:
    return "重大" if grade == "特别重大" else grade


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_admission_is_never_better_than_the_least_grade_asks(case: dict[str, Any]) -> None:
    record = {"enterprise": {"accidents": [{"date": "2026-06-01", **figures(case)}]}}
    verdict = sr.load().area("admission").on("2026-11-29").decide(record)
    assert verdict.at_best == OUTCOMES[case["expected"]]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_chains_know_the_least_grade(case: dict[str, Any]) -> None:
    accident = {"id": "S1", "enterprise": CODE, "date": "2026-06-01", **figures(case)}
    history = {"ledger.accidents": [accident], "ledger.dangers": "无", "ledger.recorded_listings": "无"}
    area = sr.load().area("admission").on("2026-11-29")
    project = {"project": {"id": "P1"}, "enterprise": {"credit_code": CODE, "name": "示例公司"}}
    result = sr.with_history(area, history).decide(project).result
    (graded,) = result.derived("ledger.graded_accidents")
    assert least(dict(graded.values)) == as_far(case["expected"])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_appraisal_vetoes_a_zone_by_the_least_grade(case: dict[str, Any]) -> None:
    accident = {"date": "2026-06-01", "is_liable": True, **figures(case)}
    year = {"period_from": "2026-01-01", "period_until": "2026-12-31", "kind": "territory"}
    verdict = sr.load().area("appraisal").on("2026-11-29").decide({"appraisal": {**year, "accidents": [accident]}})
    assert ("territory_accidents" in verdict.violated()) is (as_far(case["expected"]) == "重大")


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_grade_is_stated_only_where_nothing_that_is_blank_can_raise_it(case: dict[str, Any]) -> None:
    record = {"enterprise": {"accidents": [{"date": "2026-06-01", **figures(case)}]}}
    made = sr.load().area("admission").on("2026-11-29").decide(record).to_dict()
    grade = made["derived"].get("enterprise.accidents[0].grade")
    settled = len(figures(case)) == 3 or case["expected"] == "特别重大"
    names = {"general": "一般", "larger": "较大", "major": "重大", "especially_major": "特别重大"}
    assert names.get(str(grade)) == (case["expected"] if settled else None)
