"""Hidden dangers as the criteria and public questions grade them, on the days for which they are asked."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from law.cases import cases

MORE: dict[str, dict[str, object]] = {  # what a case tells in words, and no fact of its input does
    "已审批、已通风检测，无监护人员": {"confined_work_has_attendant": False},
    "控爆装置已设但失效": {"devices_work": False},
}
ENTERED: dict[str, dict[str, object]] = {  # what could only be entered as another matter, and is an item now
    "锂离子电池储存仓库未隔离故障电池": {
        "matters": ["light_industry_07_lithium_store"],
        "trade": "light_industry",
        "light_industry_07_lithium_store_isolated": False,
    },
}
CASES = cases("hidden_danger")


@pytest.mark.parametrize("case", CASES, ids=[f"{c['source']} {c['expected']}" for c in CASES])
def test_the_danger_is_graded_as_the_case_says(case: dict[str, Any]) -> None:
    record = {k: dict(v) for k, v in case["input"].items() if k != "as_of"}
    for words, facts in (MORE | ENTERED).items():
        record["danger"] |= facts if words in case["source"] else {}
    verdict = sr.load().area("hidden_danger").on(case["input"]["as_of"]).decide(record)
    assert verdict.outcome == case["expected"].partition(" (")[0]


@pytest.mark.parametrize("words", sorted(MORE))
def test_what_a_case_tells_in_words_alone_is_asked(words: str) -> None:
    (case,) = (c for c in CASES if words in c["source"])
    record = {k: v for k, v in case["input"].items() if k != "as_of"}
    verdict = sr.load().area("hidden_danger").on(case["input"]["as_of"]).decide(record)
    assert (verdict.outcome, verdict.at_worst) == ("undetermined", "major")


def test_the_sets_hold_as_many_items_as_their_documents() -> None:
    rules = sr.load().rulebook.areas["hidden_danger"].rules
    items = {r.authority[0].clause for r in rules if r.file.endswith("trade_2023.yaml")}
    assert len(items) == 64
    assert sum(r.file.endswith("chemical_2017.yaml") for r in rules) == 20


def test_one_tick_leaves_the_other_items_closed() -> None:
    danger = {"matters": ["dust_building"], "needs_shutdown": False, "needs_time": False, "is_beyond_own_power": False}
    record = {"enterprise": {"supervision_class": "trade_industry"}, "danger": danger}
    verdict = sr.load().area("hidden_danger").on("2026-11-29").decide(record)
    assert {r.name for r in verdict.needs.can_change} == {
        "danger.is_in_multistorey_building",
        "danger.has_people_gathering_inside",
    }


@pytest.mark.parametrize("outside", [{"supervision_class": "other_class"}, {"supervision_class": "trade_industry"}])
def test_an_item_that_is_ticked_and_does_not_cover_the_enterprise_is_asked(outside: dict[str, str]) -> None:
    danger = {
        "matters": ["machinery_07_paint_rooms"],
        "trade": "textiles",
        "needs_shutdown": False,
        "needs_time": False,
        "is_beyond_own_power": False,
    }
    verdict = sr.load().area("hidden_danger").on("2026-11-29").decide({"enterprise": outside, "danger": danger})
    assert (verdict.outcome, verdict.finding("uncovered_matters").status.value) == ("undetermined", "undetermined")


PLAIN = {"needs_shutdown": False, "needs_time": False, "is_beyond_own_power": False}


def graded(on: str, **danger: object) -> tuple[str, str]:
    """Return the outcome of a danger of another enterprise on a day, and the worst that it can be."""
    record = {"enterprise": {"supervision_class": "other_class"}, "danger": PLAIN | danger}
    verdict = sr.load().area("hidden_danger").on(on).decide(record)
    return verdict.outcome, verdict.at_worst


def test_every_item_of_gas_special_equipment_and_fire_is_there() -> None:
    rules = sr.load().rulebook.areas["hidden_danger"].rules
    held = {name: sum(r.file.endswith(f"{name}.yaml") for r in rules) for name in SETS}
    assert held == SETS


SETS = {
    "gas_2023": 22,
    "special_equipment_2024": 46,
    "fire_2017": 11,
    "fire_2025": 1,
    "construction_2024": 53,
    "construction_2022": 34,
    "trade_2017": 61,
}


@pytest.mark.parametrize(
    ("on", "item", "field", "question", "outcome"),
    [
        ("2023-09-20", "gas_08_odour", "concerns_gas_operator", "gas_08_odour_odorised", "undetermined"),
        ("2023-09-21", "gas_08_odour", "concerns_gas_operator", "gas_08_odour_odorised", "major"),
        (
            "2024-11-30",
            "special_05_b_filling",
            "concerns_special_equipment",
            "special_05_b_filling_right",
            "undetermined",
        ),
        ("2024-12-01", "special_05_b_filling", "concerns_special_equipment", "special_05_b_filling_right", "major"),
        ("2018-07-31", "fire_06_04_basement", "concerns_fire", "fire_06_04_basement_not_below", "undetermined"),
        ("2025-10-31", "fire_06_04_basement", "concerns_fire", "fire_06_04_basement_not_below", "major"),
        ("2025-11-01", "fire_06_04_basement", "concerns_fire", "fire_06_04_basement_not_below", "undetermined"),
    ],
)
def test_what_a_field_has_no_set_for_on_a_day_is_asked(
    on: str, item: str, field: str, question: str, outcome: str
) -> None:
    fire = {"fire_is_put_right_at_once": False, "fire_is_excluded": False}
    assert graded(on, matters=[item], **{field: True, question: False}, **fire) == (outcome, "major")


def test_a_danger_of_two_fields_is_judged_by_both() -> None:
    both = {
        "matters": ["gas_08_odour", "special_05_b_filling"],
        "concerns_gas_operator": True,
        "concerns_special_equipment": True,
    }
    gas, filled = {"gas_08_odour_odorised": True}, {"special_05_b_filling_right": True}
    assert graded("2026-11-29", **both, **gas, **filled) == ("general", "general")
    assert graded("2026-11-29", **both, **gas, special_05_b_filling_right=False) == ("major", "major")
    assert graded("2026-11-29", **both, **filled, gas_08_odour_odorised=False) == ("major", "major")
    assert graded("2026-11-29", **both, **filled) == ("undetermined", "major")


def test_the_gas_of_a_user_is_not_judged_as_an_operators() -> None:
    user = {"matters": ["gas_08_odour"], "concerns_gas_operator": False, "gas_08_odour_odorised": False}
    assert graded("2026-11-29", **user) == ("undetermined", "major")
