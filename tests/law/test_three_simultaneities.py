"""Projects under construction without a safety pre-assessment: rejected where the law names their kind, else not."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from law.cases import cases

CASES = cases("three_simultaneities")
MEETS = {
    "site": "land",
    "land_area": 20,
    "fixed_asset_investment": 10000,
    "annual_sales": 12000,
    "annual_tax": 800,
    "processes": ["stamping_welding"],
    "main_raw_material_is_chemical": False,
    "final_product_is_chemical": False,
    "has_chemical_reaction": False,
    "is_physical_mixing_only": False,
    "made_at_atmospheric_pressure": True,
    "product_family": "vehicles",
    "catalogue_class": "not_listed",
    "national_catalogue_class": "permitted",
    "is_technical_transformation_only": False,
    "safety_preassessment": "not_required",
    "safety_design_review": "not_required",
    "environmental_assessment": "approved",
}
NOTHING: dict[str, Any] = {"listings": (), "accidents": (), "hidden_dangers": ()}


@pytest.mark.parametrize("case", CASES, ids=[c["source"] for c in CASES])
def test_the_case_has_its_answer(case: dict[str, Any]) -> None:
    stated = {k: v for k, v in case["input"].items() if k != "as_of"}
    on = sr.load().area("admission").on(case["input"]["as_of"])
    assert on.decide({"project": MEETS | stated, "enterprise": NOTHING}).outcome == case["expected"]


@pytest.mark.parametrize("code", ["3391", "3130", "3250", "2614", "5990", "1120", "33"])
def test_a_code_that_does_not_tell_asks_for_the_kind_of_project(code: str) -> None:
    project = MEETS | {"industry_code": code, "stage": "under_construction", "safety_preassessment": "not_started"}
    verdict = sr.load().area("admission").on("2026-11-29").decide({"project": project, "enterprise": NOTHING})
    assert verdict.finding("preassessment_before_construction").status.value == "undetermined"
    told = project | {"safety_category": "none_of_these"}
    verdict = sr.load().area("admission").on("2026-11-29").decide({"project": told, "enterprise": NOTHING})
    assert verdict.finding("preassessment_before_construction").status.value == "not_applicable"


@pytest.mark.parametrize(
    ("day", "cited"),
    [
        ("2021-08-31", {"three_simultaneities", "work_safety_law_2014", "zone_practice"}),
        ("2021-09-01", {"three_simultaneities", "work_safety_law_2021", "zone_practice"}),
        ("2026-05-01", {"three_simultaneities", "work_safety_law_2021", "hazardous_chemicals_law", "zone_practice"}),
    ],
)
def test_the_law_that_is_cited_is_in_force_on_the_day(day: str, cited: set[str]) -> None:
    project = MEETS | {"industry_code": "5942", "stage": "under_construction"}
    verdict = sr.load().area("admission").on(day).decide({"project": project, "enterprise": NOTHING})
    rule = verdict.finding("preassessment_before_construction").rule
    assert {c.source for c in rule.authority} == cited


@pytest.mark.parametrize(
    ("code", "stated", "expected"),
    [
        ("5942", {"safety_acceptance": "not_started"}, ("rejected", "rejected")),
        ("5942", {"safety_acceptance": "not_required"}, ("rejected", "rejected")),
        ("5942", {}, ("admitted", "rejected")),
        ("5942", {"safety_acceptance": "passed"}, ("admitted", "admitted")),
        ("3670", {"safety_acceptance": "not_started"}, ("admitted", "admitted")),
        ("3670", {}, ("admitted", "admitted")),
    ],
)
@pytest.mark.parametrize("day", ["2020-10-01", "2021-09-01", "2026-05-01"])
def test_what_is_used_before_its_acceptance_is_rejected_where_the_law_asks_for_one(
    code: str, stated: dict[str, str], expected: tuple[str, str], day: str
) -> None:
    done = {"stage": "in_production", "safety_preassessment": "passed", "safety_design_review": "passed"}
    verdict = (
        sr.load()
        .area("admission")
        .on(day)
        .decide({"project": MEETS | {"industry_code": code} | done | stated, "enterprise": NOTHING})
    )
    assert (verdict.at_best, verdict.at_worst) == expected


@pytest.mark.parametrize(
    ("day", "cited"),
    [("2026-08-14", "environmental_assessment_law"), ("2026-08-15", "ecology_and_environment_code")],
)
def test_the_environmental_law_of_the_day_is_cited(day: str, cited: str) -> None:
    project = MEETS | {"industry_code": "3670", "stage": "signed", "environmental_assessment": "pending"}
    verdict = sr.load().area("admission").on(day).decide({"project": project, "enterprise": NOTHING})
    sources = {c.source for c in verdict.finding("environmental_assessment_to_do").rule.authority}
    assert sources == {cited, "zone_practice"}


@pytest.mark.parametrize("code", ["3670", "3912", "1310", "3311", "2211", "4011"])
@pytest.mark.parametrize("kind", ["smelting", "hazardous_chemicals", "mine", "by_other_law"])
def test_a_listed_kind_against_the_code_asks_both_and_admits_nobody(code: str, kind: str) -> None:
    """Smelting stated of a maker of car parts: one of the two is wrong, and neither is believed."""
    stated = {"industry_code": code, "safety_category": kind, "stage": "under_construction"}
    project = MEETS | stated | {"safety_preassessment": "not_started"}
    verdict = sr.load().area("admission").on("2026-11-29").decide({"project": project, "enterprise": NOTHING})
    assert (verdict.at_best, verdict.at_worst) == ("admitted", "rejected")
    asked = {p.path: p.code for p in verdict.problems}
    assert asked == {"project.industry_code": "implausible", "project.safety_category": "implausible"}
    assert "不能同时成立" in verdict.problems[0].message.zh
