"""Properties of rules: the package's own hold, wrong ones are broken by a record, empty ones say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings

import safety_rules as sr
from safety_rules.language.kinds import Records
from safety_rules.testing import (
    Example,
    independent_of,
    invariant_under,
    monotone_in,
    never_better_than,
    records,
    rule_property,
)
from safety_rules.testing.passing import passing_record

RULES = sr.load()
ADMISSION = RULES.area("admission").on("2020-10-01")
HAZARD = RULES.area("major_hazard").on("2024-01-01")
DANGER = RULES.area("hidden_danger").on("2024-01-01")
OTHER = sr.load(overlay="examples/overlays/456-另一口径.yaml").area("admission").on("2020-10-01")


def listed_backwards(record: dict[str, Any]) -> Mapping[str, Any]:
    return {k: list(reversed(v)) if isinstance(v, list | tuple) else v for k, v in record.items()}


FEW: dict[str, Any] = {"examples": 25}
test_more_investment_never_hurts = rule_property(
    ADMISSION, check=monotone_in("project.fixed_asset_investment"), given={"project.site": "land"}, **FEW
)
test_more_land_never_helps = rule_property(ADMISSION, check=monotone_in("项目.用地面积", "less"), **FEW)
test_the_name_of_a_project_decides_nothing = rule_property(ADMISSION, check=independent_of("project.name"), **FEW)
test_the_order_of_accidents_decides_nothing = rule_property(ADMISSION, check=invariant_under(listed_backwards), **FEW)
test_the_order_of_chemicals_decides_nothing = rule_property(HAZARD, check=invariant_under(listed_backwards), **FEW)
test_a_chemical_reaction_is_never_better_than_rejected = rule_property(
    ADMISSION,
    check=never_better_than("rejected", when="项目.涉及化学反应或涉化环节"),
    given={"project.has_chemical_reaction": True},
    **FEW,
)


@rule_property(DANGER, **FEW)
def test_a_danger_is_never_milder_than_its_best(example: Example) -> None:
    verdict = example.decide()
    area = DANGER.law.area
    assert area.rank(verdict.at_best) <= area.rank(verdict.at_worst)


WRONG = [
    ("less investment is better", monotone_in("project.fixed_asset_investment", "less"), {"project.site": "land"},
     "that: 项目.固定资产投资 / 项目.用地面积 >= 标准.征地亩均投资"),
    ("more land is better", monotone_in("project.land_area"), {"project.site": "land"}, "project.land_area"),
    ("the site decides nothing", independent_of("project.site"), {}, "it depends on `project.site`"),
    ("forgetting decides nothing", invariant_under(lambda record: {}), {}, "changes the verdict"),
    ("land projects are rejected", never_better_than("rejected", when="project.site == 'land'"),
     {"project.site": "land"}, " is better than `rejected`"),
    ("the other reading is only stricter", never_better_than(OTHER),
     {"project.site": "land", "project.land_area": 20, "project.annual_tax": 1000},
     "under the other rules"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "check", "facts", "said"), WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_property_is_broken_by_a_record_and_shows_the_line(
    name: str, check: Any, facts: dict[str, Any], said: str
) -> None:
    wrong = rule_property(ADMISSION, check=check, given=facts, examples=400)
    with pytest.raises(AssertionError) as error:
        wrong()
    text = str(error.value)
    assert said in text
    assert "\ngiven:\n" in text
    if "better than" not in text and "forgetting" not in name:
        assert ".yaml:" in text
        assert "^^^" in text


def test_a_property_that_discards_most_examples_says_so_and_fails() -> None:
    rare = rule_property(ADMISSION, check=never_better_than("rejected", when="project.land_area == 13.37[亩]"), **FEW)
    with pytest.raises(AssertionError, match="discards most examples: 0 of"):
        rare()


@pytest.mark.parametrize(
    "check",
    [monotone_in("project.land_aera"), independent_of("project.sight"), monotone_in("project.site"),
     never_better_than("admited")],
)  # fmt: skip
def test_a_property_that_names_what_is_not_there_says_so(check: Any) -> None:
    with pytest.raises(sr.NotFoundError):
        rule_property(ADMISSION, check=check, **FEW)()


def test_a_condition_that_cannot_be_read_is_shown_with_a_caret() -> None:
    with pytest.raises(AssertionError, match=r"when:1:1: error\[unknown-name\]"):
        rule_property(ADMISSION, check=never_better_than("rejected", when="project.sight == 'land'"), **FEW)()


def test_given_facts_that_do_not_exist_are_refused() -> None:
    with pytest.raises(sr.NotFoundError, match=r"project\.sight"):
        rule_property(ADMISSION, check=independent_of("project.name"), given={"project.sight": 1}, **FEW)()


def test_an_areas_key_needs_the_plugin() -> None:
    with pytest.raises(sr.NotFoundError, match="plugin"):
        rule_property("admission", check=independent_of("project.name"))()


@pytest.mark.parametrize("key", RULES.areas)
def test_records_of_every_area_have_blanks_edges_and_units_and_are_understood(key: str) -> None:
    area = RULES.area(key).on("2024-01-01")
    kinds = area.law.rulebook.vocabulary.facts
    blank, seen = [], set()

    @settings(max_examples=15, deadline=None, database=None)
    @given(records(area, written=True))
    def understood(record: dict[str, Any]) -> None:
        verdict = area.decide(record)
        assert [p.message.en for p in verdict.problems if p.code not in ("cas-check", "credit-code-check")] == []
        blank.append(len(record))
        seen.update(k for k, v in record.items() if not isinstance(kinds[k].kind, Records))

    understood()
    assert min(blank) < max(blank)
    assert seen


def test_a_passing_record_of_admission_is_admitted() -> None:
    verdict = ADMISSION.decide(passing_record(ADMISSION, {"project.site": "land"}))
    assert (verdict.outcome, verdict.record.values["project.site"]) == ("admitted", "land")
