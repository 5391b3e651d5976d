"""W1 as a programmer writes it by hand: `if`s in floats, and the same with exact ratios.

Neither knows a blank, a unit, a wrong type or a Chinese name; both return the outcome and the failed rules.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

CHEMICAL_TRADES = frozenset({"trade_00", "trade_01", "trade_02", "trade_03"})
SHARED_TRADES = frozenset({"trade_10", "trade_11", "trade_12"})
EARLY = frozenset({"negotiating", "signed"})
PASSED = frozenset({"passed", "not_required"})


def by_hand(record: dict[str, Any]) -> tuple[str, list[str]]:
    """Return outcome and failed rules, in floats."""
    p, e = record["project"], record["enterprise"]
    failed: list[str] = []
    outcome = "admitted"
    if p["stage"] == "in_production":
        if e["review"] not in PASSED:
            failed.append("review_passed")
            outcome = "conditional"
    elif p["stage"] == "under_construction":
        if e["review"] == "not_started":
            failed.append("review_begun")
            outcome = "conditional"
    if e["workers"] > 100 and e["officers"] / e["workers"] < 0.02:
        failed.append("officers")
        outcome = "conditional"
    if e["officers"] < 1:
        failed.append("one_officer")
        outcome = "conditional"
    if not e["trained"]:
        failed.append("trained")
        outcome = "conditional"
    if not e["has_plan"]:
        failed.append("plan")
        outcome = "conditional"
    if p["open_fire"]:
        if not p["insured"]:
            failed.append("open_fire_insured")
            outcome = "conditional"
        if p["chemical"] and p["distance"] < 250:
            failed.append("open_fire_distance")
            outcome = "conditional"
    if p["height"] > 99.5:
        failed.append("height")
        outcome = "referred"
    if p["water"] > 50000:
        failed.append("water")
        outcome = "referred"
    if p["power"] >= 900.5:
        failed.append("power")
        outcome = "referred"
    if p["investment"] < 500:
        failed.append("investment")
        outcome = "referred"
    if e["capital"] < 100:
        failed.append("capital")
        outcome = "referred"
    if e["debt"] / e["capital"] > 0.7:
        failed.append("debt")
        outcome = "referred"
    if e["workers"] < 5:
        failed.append("workers")
        outcome = "referred"
    if e["review"] == "refused":
        failed.append("review_not_refused")
        outcome = "referred"
    site = p["site"]
    if site == "land":
        land = p["land"]
        if p["land"] > 500:
            failed.append("land_at_most")
            outcome = "referred"
        if p["staff"] / land > 25.5:
            failed.append("land_staff")
            outcome = "referred"
        if p["investment"] / land < 300:
            failed.append("land_investment")
            outcome = "rejected"
        if p["sales"] / land < 400.5:
            failed.append("land_sales")
            outcome = "rejected"
        if p["tax"] / land < 20:
            failed.append("land_tax")
            outcome = "rejected"
    elif site == "lease":
        floor = p["floor"]
        if p["floor"] < 1000:
            failed.append("floor_at_least")
            outcome = "referred"
        if p["investment"] / floor < 0.07:
            failed.append("lease_investment")
            outcome = "rejected"
        if p["sales"] / floor < 0.4:
            failed.append("lease_sales")
            outcome = "rejected"
    elif site == "shared" and p["trade"] not in SHARED_TRADES:
        failed.append("shared_trades")
        outcome = "referred"
    if e["black_listed"]:
        failed.append("black_list")
        outcome = "rejected"
    if e["overdue"]:
        failed.append("overdue_dangers")
        outcome = "rejected"
    if p["trade"] in CHEMICAL_TRADES:
        failed.append("chemical_trade")
        outcome = "rejected"
    if p["chemical"]:
        if p["stage"] in EARLY:
            failed.append("chemical_flag")
            outcome = "rejected"
        if p["distance"] < 100:
            failed.append("distance")
            outcome = "rejected"
    return outcome, failed


def exact(number: float) -> Decimal:
    """Return a number as the decimal that it prints as."""
    return Decimal(repr(number))


def by_hand_exactly(record: dict[str, Any]) -> tuple[str, list[str]]:
    """Return outcome and failed rules, ratios as the decimals that were written."""
    p, e = record["project"], record["enterprise"]
    failed: list[str] = []
    outcome = "admitted"
    if p["stage"] == "in_production":
        if e["review"] not in PASSED:
            failed.append("review_passed")
            outcome = "conditional"
    elif p["stage"] == "under_construction":
        if e["review"] == "not_started":
            failed.append("review_begun")
            outcome = "conditional"
    if e["workers"] > 100 and exact(e["officers"]) < Decimal("0.02") * exact(e["workers"]):
        failed.append("officers")
        outcome = "conditional"
    if e["officers"] < 1:
        failed.append("one_officer")
        outcome = "conditional"
    if not e["trained"]:
        failed.append("trained")
        outcome = "conditional"
    if not e["has_plan"]:
        failed.append("plan")
        outcome = "conditional"
    if p["open_fire"]:
        if not p["insured"]:
            failed.append("open_fire_insured")
            outcome = "conditional"
        if p["chemical"] and p["distance"] < 250:
            failed.append("open_fire_distance")
            outcome = "conditional"
    if p["height"] > 99.5:
        failed.append("height")
        outcome = "referred"
    if p["water"] > 50000:
        failed.append("water")
        outcome = "referred"
    if p["power"] >= 900.5:
        failed.append("power")
        outcome = "referred"
    if p["investment"] < 500:
        failed.append("investment")
        outcome = "referred"
    if e["capital"] < 100:
        failed.append("capital")
        outcome = "referred"
    if exact(e["debt"]) > Decimal("0.7") * exact(e["capital"]):
        failed.append("debt")
        outcome = "referred"
    if e["workers"] < 5:
        failed.append("workers")
        outcome = "referred"
    if e["review"] == "refused":
        failed.append("review_not_refused")
        outcome = "referred"
    site = p["site"]
    if site == "land":
        land = exact(p["land"])
        if p["land"] > 500:
            failed.append("land_at_most")
            outcome = "referred"
        if exact(p["staff"]) > Decimal("25.5") * land:
            failed.append("land_staff")
            outcome = "referred"
        if exact(p["investment"]) < 300 * land:
            failed.append("land_investment")
            outcome = "rejected"
        if exact(p["sales"]) < Decimal("400.5") * land:
            failed.append("land_sales")
            outcome = "rejected"
        if exact(p["tax"]) < 20 * land:
            failed.append("land_tax")
            outcome = "rejected"
    elif site == "lease":
        floor = exact(p["floor"])
        if p["floor"] < 1000:
            failed.append("floor_at_least")
            outcome = "referred"
        if exact(p["investment"]) < Decimal("0.07") * floor:
            failed.append("lease_investment")
            outcome = "rejected"
        if exact(p["sales"]) < Decimal("0.4") * floor:
            failed.append("lease_sales")
            outcome = "rejected"
    elif site == "shared" and p["trade"] not in SHARED_TRADES:
        failed.append("shared_trades")
        outcome = "referred"
    if e["black_listed"]:
        failed.append("black_list")
        outcome = "rejected"
    if e["overdue"]:
        failed.append("overdue_dangers")
        outcome = "rejected"
    if p["trade"] in CHEMICAL_TRADES:
        failed.append("chemical_trade")
        outcome = "rejected"
    if p["chemical"]:
        if p["stage"] in EARLY:
            failed.append("chemical_flag")
            outcome = "rejected"
        if p["distance"] < 100:
            failed.append("distance")
            outcome = "rejected"
    return outcome, failed
