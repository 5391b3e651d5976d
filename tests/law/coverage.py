"""Which matters the criteria in force on a day hold, and for whom: written from the clause texts, not from the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping

CLASSES = ("chemical", "hazchem_producer", "hazchem_dealer", "trade_industry", "other_class")
SCOPES = ("concerns_building_site", "concerns_gas_operator", "concerns_special_equipment", "concerns_fire")
TRADES = ("metallurgy", "nonferrous", "building_materials", "machinery", "light_industry", "textiles", "tobacco")
CHEMICAL = {  # 安监总管三〔2017〕121号, its twenty items
    "managers_assessment", "special_workers", "external_distance", "process_control", "tank_farm_cut_off",
    "water_injection", "liquefied_gas_filling", "toxic_gas_pipeline", "overhead_power_line", "plant_design",
    "outdated_technology", "gas_detection", "control_room", "power_supply", "safety_fittings",
    "responsibility_system", "operating_procedures", "special_work", "new_process", "chemical_storage",
}  # fmt: skip
ALL_TRADES = {  # the special items of 2017, which 2023 kept under the same names
    "dust_building", "dust_shared_system", "dust_explosion_control", "dust_positive_pressure",
    "dust_settling_chamber", "dust_airlock", "dust_electrics", "dust_foreign_objects", "dust_spark_detection",
    "dust_cleaning", "ammonia_air_conditioning", "ammonia_freezing", "confined_space_register",
    "confined_space_approval",
}  # fmt: skip
SINCE_2023 = {"dust_hydrogen", "contractors", "special_workers", "managers_assessment"}
BY_TRADE_2017 = {  # items of a trade in 2017 that bear the name of their item of 2023, by its number
    "metallurgy": "01 02 03 04 06 07", "nonferrous": "01 02 03 04 05", "building_materials": "01 02 04 07 08",
    "machinery": "01 03 04 05 06 07", "light_industry": "01 02 03 06", "textiles": "01 02", "tobacco": "01 02",
}  # fmt: skip
SITES_2022 = {  # 建质规〔2022〕2号, by the number of the item of 2024 that says the same
    "04_1", "04_2", "04_3", "04_4", "05_1", "05_2", "05_3", "05_4", "06_1", "06_2", "06_3", "07_1", "07_2", "07_3",
    "08_1", "08_2", "08_3", "08_4", "08_6", "08_7", "09_1", "09_2", "10_1", "11_2", "11_3", "12_2", "13_1", "13_2",
    "16_b", "17_o",
}  # fmt: skip


def covers(matter: str, day: str, kind: str, trade: str | None, facts: Mapping[str, bool]) -> bool:
    """Return whether criteria in force on a day hold a matter, for an enterprise of a kind and the trade of its process."""
    for start, scope, held in (
        (r"construction_2022", "concerns_building_site", "2022-04-19" <= day <= "2024-12-12"),
        (r"construction_\d", "concerns_building_site", _site(matter[13:17], day)),
        (r"gas_\d", "concerns_gas_operator", day >= "2023-09-21"),
        (r"special_\d", "concerns_special_equipment", day >= "2024-12-01"),
        (r"fire_\d", "concerns_fire", "2018-08-01" <= day <= "2025-10-31"),
        (r"fire_protection", "concerns_fire", day >= "2025-11-01"),
    ):
        if re.match(start, matter):
            return facts[scope] and held
    if kind == "trade_industry":
        return matter in ALL_TRADES or _trade(matter, day, trade)
    return kind != "other_class" and matter in CHEMICAL and (matter != "managers_assessment" or kind != "chemical")


def _site(number: str, day: str) -> bool:
    return day >= "2024-12-13" or (day >= "2022-04-19" and number in SITES_2022)


def _trade(matter: str, day: str, trade: str | None) -> bool:
    """Return whether an item for one trade, or one of management, is in the edition of the day."""
    own = next((t for t in TRADES if re.match(rf"{t}_\d", matter)), None)
    if day >= "2023-05-15":
        return matter in SINCE_2023 or (own is not None and own == trade)
    if matter.startswith("trade_2017_"):
        return trade == "commerce" if "commerce" in matter else trade not in (None, "commerce", "textiles", "tobacco")
    if matter == "managers_assessment":
        return trade in ("metallurgy", "nonferrous")
    return own is not None and own == trade and matter[len(own) + 1 :][:2] in BY_TRADE_2017[own]
