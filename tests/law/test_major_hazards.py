"""Units of public questions graded by GB 18218, and who must be responsible for one on which day."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from law.cases import cases

CASES = cases("gb18218")
CORRECTED = {  # the published answer rests on a wrong critical quantity or level; the case's note gives the right figure
    "boteman 丙酮45+苯30(题中丙酮Q=50有误)": "not_major",  # 45/500 + 30/50 = 0.69
    "61948781035 q-563 液氨50t 称一级": "level_3",  # R = 2 × 2 × 50/10 = 20
}
DIESEL = {
    "2013-06-01": "G10",
    "2026-11-29": "W5.4",
}  # no name of Table 1: its category and CAS number have to be stated


def stated(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case's unit, with what the standard of the day asks of diesel."""
    of = DIESEL.get(case["day"], "")
    chemicals = [
        c | ({"categories": [of], "cas": "68334-30-5"} if c["name"] == "柴油" else {})
        for c in case["input"]["chemicals"]
    ]
    return case["input"] | {"chemicals": chemicals}


@pytest.mark.parametrize("case", CASES, ids=[c["source"] for c in CASES])
def test_the_unit_has_the_level_of_the_case(case: dict[str, Any]) -> None:
    made = sr.load().area("major_hazard").on(case["day"]).decide({"unit": stated(case)})
    expected = CORRECTED.get(case["source"], case["expected"])
    if expected == "major":  # the case tells S alone, which no blank leaves open
        assert made.at_best != "not_major"
    else:
        assert made.outcome == expected


@pytest.mark.parametrize("holder", ["licensed", "user"])
@pytest.mark.parametrize("day", ["2022-01-01", "2024-02-03", "2024-02-04", "2026-04-30", "2026-05-01", "2026-11-29"])
def test_a_unit_without_a_responsible_person_is_never_compliant(day: str, holder: str) -> None:
    unit = {
        "scope": "in_scope", "exposed_population": 100, "chemicals": [{"name": "液氨", "quantity": 10}],
        "holder": holder, "responsible_persons": (), "has_monitoring": True, "has_video": True,
        "gas_tight_suit_count": 2, "last_special_drill": day, "last_on_site_drill": day, "plan_is_filed": True,
        "is_filed_with_county": True, "last_assessment": day,
    }  # fmt: skip
    made = sr.load().area("major_hazard_duties").on(day).decide({"unit": unit})
    named = {"three_persons_are_named", "responsibility_is_established"} & set(made.violated())
    # before the law of 2026 a user followed the system by local reference only
    assert bool(named) is (holder == "licensed" or day >= "2026-05-01")
