"""Dangers of the seven key fields, decided as the clauses say on five days, and asked on every day that no set covers."""

from __future__ import annotations

import datetime
from functools import cache

import pytest

import safety_rules as sr
from law.enterprises import DAYS, FIELDS, days_of_edges, decided, enterprises, record
from safety_rules.semantics.decide import area_on, area_record, findings, interval
from safety_rules.services.dated_area import DatedArea


@cache
def on(day: str) -> DatedArea:
    """Return the grading of dangers on a day."""
    return sr.load().area("hidden_danger").on(day)


def defined(day: str, given: dict[str, object]) -> str:
    """Return the outcome by the definition: many days are asked here, and none is compiled for it."""
    law = area_on(sr.load().rulebook, "hidden_danger", datetime.date.fromisoformat(day))
    best, worst = interval(law.area, findings(law, area_record(law, given)))
    return best if best == worst else "undetermined"


@pytest.mark.parametrize("field", FIELDS)
def test_enterprises_of_a_field_are_decided_as_the_clauses_say(field: str) -> None:
    made = [(day, *one) for day in DAYS for one in enterprises(field)]
    expected = [decided(*one) for one in made]
    assert {"major", "undetermined"} <= set(expected)
    assert [on(day).decide(record(*one)).outcome for day, *one in made] == expected


EDGES = ("2022-04-19", "2023-05-15", "2023-09-21", "2024-12-01", "2024-12-13", "2025-11-01", "2026-09-30")
HELD = {  # the days on which a set holds what is ticked, and the enterprise that it is for
    "safety_fittings": ("chemical", "", "2017-11-13", "2026-09-29"),
    "dust_settling_chamber": ("trade_industry", "", "2017-11-30", ""),
    "construction_06_2_formwork_load": ("other_class", "concerns_building_site", "2022-04-19", ""),
    "construction_14_1_pit_load": ("other_class", "concerns_building_site", "2024-12-13", ""),
    "gas_08_odour": ("other_class", "concerns_gas_operator", "2023-09-21", ""),
    "special_05_b_filling": ("other_class", "concerns_special_equipment", "2024-12-01", ""),
    "fire_06_04_basement": ("other_class", "concerns_fire", "2018-08-01", "2025-10-31"),
}
WELL = {
    "fittings_are_in_use": True,
    "uses_settling_chamber": False,
    "uses_tunnel_as_duct": False,
    "construction_06_2_formwork_load_load": True,
    "construction_14_1_pit_load_within": True,
    "gas_08_odour_odorised": True,
    "special_05_b_filling_right": True,
    "fire_06_04_basement_not_below": True,
    "fire_is_put_right_at_once": False,
    "fire_is_excluded": False,
    "needs_shutdown": False,
    "needs_time": False,
    "is_beyond_own_power": False,
}


@pytest.mark.parametrize("matter", HELD)
def test_a_danger_is_general_only_while_a_set_holds_it(matter: str) -> None:
    """Around each day on which an edition begins or ends, and on the first and last days that are asked about."""
    kind, scope, since, until = HELD[matter]
    facts = {**WELL, "matters": [matter], **({scope: True} if scope else {})}
    days = ["2020-01-01", *days_of_edges(EDGES), "2026-12-31"]
    given = {"enterprise": {"supervision_class": kind}, "danger": facts}
    came = {day: defined(day, given) for day in days}
    assert came == {d: "general" if since <= d <= (until or d) else "undetermined" for d in days}


def test_every_set_in_force_cites_a_document_in_force_on_each_day_of_seven_years() -> None:
    """The law changes only on the days around which dangers are asked above."""
    book = sr.load().rulebook
    rules = book.areas["hidden_danger"].rules
    start, end = datetime.date(2020, 1, 1), datetime.date(2026, 12, 31)
    known = {datetime.date.fromisoformat(d) for d in EDGES}
    day = datetime.timedelta(days=1)
    periods = [r.in_force for r in rules]
    ends = {p.until + day for p in periods if p.until is not None}
    changes = {p.since for p in periods if p.since is not None} | ends
    assert {d for d in changes if start <= d <= end} <= known


@pytest.mark.parametrize(
    "danger",
    [
        {"matters": []},
        {"matters": ["dust_explosion_control"], "is_dry_dust_system": False},
        {"matters": ["gas_06_1_built_over"], "gas_06_1_built_over_medium_pressure": False},
        {"matters": ["special_05_b_filling"], "concerns_special_equipment": False},
    ],
    ids=lambda d: str(d["matters"]),
)
def test_nothing_ticked_and_an_item_out_of_its_scope_are_asked_by_name(danger: dict[str, object]) -> None:
    facts = {**WELL, "concerns_gas_operator": True, **danger}
    verdict = on("2026-09-01").decide({"enterprise": {"supervision_class": "trade_industry"}, "danger": facts})
    assert (verdict.outcome, verdict.at_worst) == ("undetermined", "major")
    assert verdict.finding("uncovered_matters").status.value == "undetermined"


def test_a_stopped_device_is_no_major_danger() -> None:
    """GB 45067-2024 asks for continued use: where that is false the standard has answered, and nothing is left to ask."""
    facts = {
        **WELL,
        "matters": ["special_06_e_lift"],
        "concerns_special_equipment": True,
        "equipment_is_in_use": False,
        "special_06_e_lift_near": True,
        "special_06_e_lift_guarded": False,
    }
    verdict = on("2026-09-01").decide({"enterprise": {"supervision_class": "other_class"}, "danger": facts})
    assert verdict.outcome == "general"
