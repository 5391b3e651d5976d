"""Generated enterprises of seven fields, and how the clauses of the criteria decide them: read from the texts, not
from `rules/`.

What is known is True or False, what is not is None. A clause says whether its document covers the danger of this
enterprise on this day, and whether the state that it names is there.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Known: TypeAlias = "bool | None"
Facts: TypeAlias = dict[str, Any]
Said: TypeAlias = tuple[Known, Known]  # covered, and the state of the clause is there
DAYS = ("2020-03-01", "2022-06-01", "2023-10-01", "2024-12-20", "2026-10-15")
NOTHING: Said = (False, False)


def both(*parts: Known) -> Known:
    """Return the strong Kleene `and`."""
    return False if False in parts else None if None in parts else True


def either(*parts: Known) -> Known:
    """Return the strong Kleene `or`."""
    return True if True in parts else None if None in parts else False


def no(part: Known) -> Known:
    """Return the negation; of the unknown, the unknown."""
    return None if part is None else not part


@dataclass(frozen=True, slots=True)
class Matter:
    """What an inspector ticks, the facts that are asked for it, and what the clauses say by day and enterprise."""

    key: str
    facts: tuple[str, ...]
    says: Callable[[str, str, Facts], Said]


def _gas(
    *facts: str, key: str, says: Callable[[Facts], Known], scope: Callable[[Facts], Known] = lambda f: True
) -> Matter:
    """建城规〔2023〕4号 第二条: the gas operator; from 2023-09-21."""
    own = ("concerns_gas_operator", *facts)
    return Matter(
        key,
        own,
        lambda d, e, f: (both(f["concerns_gas_operator"], scope(f)), says(f)) if d >= "2023-09-21" else NOTHING,
    )


def _equipment(*facts: str, key: str, says: Callable[[Facts], Known]) -> Matter:
    """GB 45067-2024: from 2024-12-01."""
    own = ("concerns_special_equipment", *facts)
    return Matter(
        key, own, lambda d, e, f: (f["concerns_special_equipment"], says(f)) if d >= "2024-12-01" else NOTHING
    )


def _fire(*facts: str, key: str, says: Callable[[Facts], Known]) -> Matter:
    """GB 35181-2017 5.1.2, 5.1.3: an element that cannot be put right at once, and none of the exclusions; until 2025-10-31."""
    own = ("concerns_fire", "fire_is_put_right_at_once", "fire_is_excluded", *facts)

    def said(day: str, enterprise: str, f: Facts) -> Said:
        state = both(no(f["fire_is_put_right_at_once"]), no(f["fire_is_excluded"]), says(f))
        return (f["concerns_fire"], state) if day <= "2025-10-31" else NOTHING

    return Matter(key, own, said)


def _site(key: str, old: Callable[[Facts], Known] | None, new: Callable[[Facts], Known], *facts: str) -> Matter:
    """建质规〔2022〕2号 until 2024-12-12, 建质规〔2024〕5号 since: a site of building or municipal works."""
    own = ("concerns_building_site", *facts)

    def said(day: str, enterprise: str, f: Facts) -> Said:
        if day >= "2024-12-13":
            return f["concerns_building_site"], new(f)
        return (f["concerns_building_site"], old(f)) if old is not None and day >= "2022-04-19" else NOTHING

    return Matter(key, own, said)


def _trade(key: str, old: Callable[[Facts], Said], new: Callable[[Facts], Said], *facts: str) -> Matter:
    """安监总管四〔2017〕129号 until 2023-05-14, 应急管理部令第10号 since: 工贸企业."""

    def said(day: str, enterprise: str, f: Facts) -> Said:
        if enterprise != "trade_industry":
            return NOTHING
        return new(f) if day >= "2023-05-15" else old(f)

    return Matter(key, facts, said)


CHEMICAL = ("chemical", "hazchem_producer", "hazchem_dealer")


def _chemical(key: str, says: Callable[[Facts], Said], *facts: str) -> Matter:
    """安监总管三〔2017〕121号: chemical enterprises, producers of and dealers in hazardous chemicals."""
    return Matter(key, facts, lambda d, e, f: says(f) if e in CHEMICAL else NOTHING)


def _workers(day: str, enterprise: str, f: Facts) -> Said:
    """Special workers: 化工 第二项, 令10号 第三条（二）; the 2017 criteria of trade have no such item."""
    held = enterprise in CHEMICAL or (enterprise == "trade_industry" and day >= "2023-05-15")
    return (True, no(f["special_workers_certified"])) if held else NOTHING


S = "construction_"
FIELDS: dict[str, tuple[Sequence[str], Sequence[Matter]]] = {
    "危险化学品": (
        (*CHEMICAL, "other_class"),
        (
            Matter("special_workers", ("special_workers_certified",), _workers),
            _chemical("safety_fittings", lambda f: (True, no(f["fittings_are_in_use"])), "fittings_are_in_use"),
            _chemical(
                "control_room",
                lambda f: (f["control_room_faces_plant"], no(f["control_room_meets_standard"])),
                "control_room_faces_plant",
                "control_room_meets_standard",
            ),
            _chemical(
                "chemical_storage",
                lambda f: (
                    True,
                    either(no(f["storage_is_zoned"]), f["stores_beyond_limits"], f["mixes_incompatible_goods"]),
                ),
                "storage_is_zoned",
                "stores_beyond_limits",
                "mixes_incompatible_goods",
            ),
        ),
    ),
    "建筑工地": (
        ("other_class", "trade_industry"),
        (
            _site(
                S + "04_1_licence",
                lambda f: no(f[S + "04_1_licence_licensed"]),
                lambda f: either(no(f[S + "04_1_licence_licensed"]), no(f[S + "04_1_licence_qualified"])),
                S + "04_1_licence_licensed",
                S + "04_1_licence_qualified",
            ),
            _site(
                S + "09_3_platform",
                None,
                lambda f: both(f[S + "09_3_platform_unstable"], no(f[S + "09_3_platform_connected"])),
                S + "09_3_platform_unstable",
                S + "09_3_platform_connected",
            ),
            _site(
                S + "11_3_attendant",
                lambda f: no(f[S + "11_3_attendant_attendant"]),
                lambda f: either(no(f[S + "11_3_attendant_attendant"]), no(f[S + "11_3_attendant_manager"])),
                S + "11_3_attendant_attendant",
                S + "11_3_attendant_manager",
            ),
            _site(
                S + "13_2_inflow",
                lambda f: both(
                    f[S + "13_2_inflow_occurs"], f[S + "2022_13_2_inflow_grows"], no(f[S + "13_2_inflow_measures"])
                ),
                lambda f: both(f[S + "13_2_inflow_occurs"], no(f[S + "13_2_inflow_measures"])),
                S + "13_2_inflow_occurs",
                S + "2022_13_2_inflow_grows",
                S + "13_2_inflow_measures",
            ),
        ),
    ),
    "燃气": (
        ("other_class", "trade_industry"),
        (
            _gas(
                "gas_05_1_tank_monitoring_monitored",
                "gas_05_1_tank_monitoring_alarms",
                key="gas_05_1_tank_monitoring",
                says=lambda f: either(
                    no(f["gas_05_1_tank_monitoring_monitored"]), no(f["gas_05_1_tank_monitoring_alarms"])
                ),
            ),
            _gas(
                "gas_06_1_built_over_medium_pressure",
                "gas_06_1_built_over_free",
                key="gas_06_1_built_over",
                says=lambda f: no(f["gas_06_1_built_over_free"]),
                scope=lambda f: f["gas_06_1_built_over_medium_pressure"],
            ),
            _gas(
                "gas_06_2_buried_structure_inside",
                "gas_06_2_buried_structure_must_cross",
                "gas_06_2_buried_structure_protected",
                key="gas_06_2_buried_structure",
                says=lambda f: both(
                    f["gas_06_2_buried_structure_inside"],
                    no(both(f["gas_06_2_buried_structure_must_cross"], f["gas_06_2_buried_structure_protected"])),
                ),
            ),
            _gas(
                "gas_09_2_bathroom_pipes_found",
                "gas_user_is_notified",
                key="gas_09_2_bathroom_pipes",
                says=lambda f: both(f["gas_09_2_bathroom_pipes_found"], no(f["gas_user_is_notified"])),
            ),
        ),
    ),
    "粉尘涉爆": (
        ("trade_industry", "other_class"),
        (
            _trade(
                "dust_building",
                lambda f: (True, either(f["is_in_multistorey_building"], f["is_too_near_people"])),
                lambda f: (True, either(f["is_in_multistorey_building"], f["has_people_gathering_inside"])),
                "is_in_multistorey_building",
                "is_too_near_people",
                "has_people_gathering_inside",
            ),
            _trade(
                "dust_explosion_control",
                lambda f: (f["is_dry_dust_system"], no(f["has_explosion_control"])),
                lambda f: (f["is_dry_dust_system"], either(no(f["has_explosion_control"]), no(f["devices_work"]))),
                "is_dry_dust_system",
                "has_explosion_control",
                "devices_work",
            ),
            _trade(
                "dust_settling_chamber",
                lambda f: (True, either(f["uses_settling_chamber"], f["uses_tunnel_as_duct"])),
                lambda f: (True, either(f["uses_settling_chamber"], f["uses_tunnel_as_duct"])),
                "uses_settling_chamber",
                "uses_tunnel_as_duct",
            ),
        ),
    ),
    "有限空间": (
        ("trade_industry", "hazchem_dealer"),
        (
            _trade(
                "confined_space_register",
                lambda f: (True, either(no(f["confined_spaces_are_identified"]), no(f["confined_spaces_are_signed"]))),
                lambda f: (
                    True,
                    both(
                        no(both(f["confined_spaces_are_identified"], f["confined_spaces_are_registered"])),
                        no(f["confined_spaces_are_signed"]),
                    ),
                ),
                "confined_spaces_are_identified",
                "confined_spaces_are_registered",
                "confined_spaces_are_signed",
            ),
            _trade(
                "confined_space_approval",
                lambda f: (True, no(f["confined_work_is_approved"])),
                lambda f: (
                    True,
                    either(
                        no(f["confined_work_is_approved"]),
                        no(f["confined_work_is_ventilated_and_tested"]),
                        no(f["confined_work_has_attendant"]),
                    ),
                ),
                "confined_work_is_approved",
                "confined_work_is_ventilated_and_tested",
                "confined_work_has_attendant",
            ),
        ),
    ),
    "特种设备": (
        ("trade_industry", "other_class"),
        (
            _equipment(
                "equipment_is_in_use",
                "special_06_e_lift_near",
                "special_06_e_lift_guarded",
                key="special_06_e_lift",
                says=lambda f: both(
                    f["equipment_is_in_use"], f["special_06_e_lift_near"], no(f["special_06_e_lift_guarded"])
                ),
            ),
            _equipment(
                "equipment_is_in_use",
                "special_02_b_boiler_lost",
                "special_02_b_boiler_watched",
                key="special_02_b_boiler",
                says=lambda f: both(
                    f["equipment_is_in_use"], f["special_02_b_boiler_lost"], no(f["special_02_b_boiler_watched"])
                ),
            ),
            _equipment(
                "special_05_b_filling_right",
                key="special_05_b_filling",
                says=lambda f: no(f["special_05_b_filling_right"]),
            ),
        ),
    ),
    "消防": (
        ("trade_industry", "other_class"),
        (
            _fire(
                "fire_06_02_mixed_use_own_building",
                "fire_06_02_mixed_use_distance",
                key="fire_06_02_mixed_use",
                says=lambda f: either(
                    no(f["fire_06_02_mixed_use_own_building"]), no(f["fire_06_02_mixed_use_distance"])
                ),
            ),
            _fire(
                "fire_06_04_basement_not_below",
                key="fire_06_04_basement",
                says=lambda f: no(f["fire_06_04_basement_not_below"]),
            ),
        ),
    ),
}


def enterprises(field: str, count: int = 20) -> list[tuple[str, list[Matter], Facts]]:
    """Return generated enterprises of a field: class, what is ticked, and facts, some of them not known."""
    chance = random.Random(field)
    classes, matters = FIELDS[field]
    made = []
    for _ in range(count):
        ticked = chance.sample(list(matters), chance.choice((1, 1, 1, 2)))
        asked = dict.fromkeys(k for m in ticked for k in m.facts)
        facts = {k: chance.choice((True, True, False, False, None)) for k in asked}
        for scope in (k for k in facts if k.startswith("concerns_")):
            facts[scope] = chance.choice((True, True, True, True, False, None))
        facts["is_general_under_other_criteria"] = chance.choice((True, False, None))
        facts["is_general_under_aq3067"] = chance.choice((True, True, False, None))
        facts["has_storage"] = chance.choice((True, False, None))
        facts["needs_shutdown"] = facts["needs_time"] = chance.choice((False, False, False, True))
        facts["is_beyond_own_power"] = False
        made.append((chance.choice(classes), ticked, facts))
    return made


def decided(day: str, enterprise: str, ticked: Sequence[Matter], f: Facts) -> str:
    """Return the grade by the clauses: major, general, or undetermined."""
    said = [m.says(day, enterprise, f) for m in ticked]
    criteria = [both(covered, state) for covered, state in said]
    asked = both(no(both(*(covered for covered, _ in said))), no(f["is_general_under_other_criteria"]))
    shutdown = either(both(f["needs_shutdown"], f["needs_time"]), f["is_beyond_own_power"])  # 总局令第16号 第三条
    chemical = False  # AQ 3067-2026, from 2026-09-30: chemical enterprises, producers, dealers with storage; not read, so asked
    if day >= "2026-09-30" and enterprise in CHEMICAL:
        dealer = enterprise == "hazchem_dealer"
        chemical = both(f["has_storage"] if dealer else True, no(f["is_general_under_aq3067"]))
    major = either(*criteria, asked, shutdown, chemical)
    return "undetermined" if major is None else "major" if major else "general"


def record(enterprise: str, ticked: Sequence[Matter], f: Facts) -> dict[str, Any]:
    """Return the record of an enterprise as the library takes it."""
    known = {k: v for k, v in f.items() if v is not None}
    return {"enterprise": {"supervision_class": enterprise}, "danger": {"matters": [m.key for m in ticked], **known}}


def days_of_edges(edges: Sequence[str]) -> list[str]:
    """Return each day and the day before it."""
    found = [datetime.date.fromisoformat(d) for d in edges]
    return [str(d + datetime.timedelta(days=n)) for d in found for n in (-1, 0)]
