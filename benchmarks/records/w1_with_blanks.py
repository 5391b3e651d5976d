"""W1 as a programmer writes it by hand where a fact may be blank: three-valued `if`s in floats.

It returns the failed rules and those that a blank leaves open, each in the order in which it looks; it knows no
unit, no wrong type and no Chinese name, and decides some records at a threshold wrongly.
"""

from __future__ import annotations

from typing import Any

from benchmarks.records.w1_by_hand import CHEMICAL_TRADES, EARLY, PASSED, SHARED_TRADES


def by_hand_with_blanks(record: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return failed and open rules; a fact that is absent or None is blank."""
    p, e = record.get("project", {}).get, record.get("enterprise", {}).get
    failed: list[str] = []
    left: list[str] = []
    black, overdue = e("black_listed"), e("overdue")
    if black is None:
        left.append("black_list")
    elif black:
        failed.append("black_list")
    if overdue is None:
        left.append("overdue_dangers")
    elif overdue:
        failed.append("overdue_dangers")
    trade, stage, chemical, distance = p("trade"), p("stage"), p("chemical"), p("distance")
    if trade is None:
        left.append("chemical_trade")
    elif trade in CHEMICAL_TRADES:
        failed.append("chemical_trade")
    if (stage is None or stage in EARLY) and chemical is not False:
        (left if stage is None or chemical is None else failed).append("chemical_flag")
    if chemical is not False:
        if distance is None:
            left.append("distance")
        elif distance < 100:
            (left if chemical is None else failed).append("distance")
    site, land, staff = p("site"), p("land"), p("staff")
    investment, sales, tax, floor = p("investment"), p("sales"), p("tax"), p("floor")
    if site is None or site == "land":
        broken = left if site is None else failed
        if land is None or investment is None:
            left.append("land_investment")
        elif investment / land < 300:
            broken.append("land_investment")
        if land is None or sales is None:
            left.append("land_sales")
        elif sales / land < 400.5:
            broken.append("land_sales")
        if land is None or tax is None:
            left.append("land_tax")
        elif tax / land < 20:
            broken.append("land_tax")
        if land is None or staff is None:
            left.append("land_staff")
        elif staff / land > 25.5:
            broken.append("land_staff")
        if land is None:
            left.append("land_at_most")
        elif land > 500:
            broken.append("land_at_most")
    if site is None or site == "lease":
        broken = left if site is None else failed
        if floor is None or investment is None:
            left.append("lease_investment")
        elif investment / floor < 0.07:
            broken.append("lease_investment")
        if floor is None or sales is None:
            left.append("lease_sales")
        elif sales / floor < 0.4:
            broken.append("lease_sales")
        if floor is None:
            left.append("floor_at_least")
        elif floor < 1000:
            broken.append("floor_at_least")
    if site is None or site == "shared":
        if trade is None:
            left.append("shared_trades")
        elif trade not in SHARED_TRADES:
            (left if site is None else failed).append("shared_trades")
    height, water, power = p("height"), p("water"), p("power")
    if height is None:
        left.append("height")
    elif height > 99.5:
        failed.append("height")
    if water is None:
        left.append("water")
    elif water > 50000:
        failed.append("water")
    if power is None:
        left.append("power")
    elif power >= 900.5:
        failed.append("power")
    if investment is None:
        left.append("investment")
    elif investment < 500:
        failed.append("investment")
    capital, debt, workers, officers = e("capital"), e("debt"), e("workers"), e("officers")
    if capital is None:
        left.append("capital")
    elif capital < 100:
        failed.append("capital")
    if debt is None or capital is None:
        left.append("debt")
    elif debt / capital > 0.7:
        failed.append("debt")
    if workers is None:
        left.append("workers")
    elif workers < 5:
        failed.append("workers")
    review = e("review")
    if review is None:
        left.append("review_not_refused")
    elif review == "refused":
        failed.append("review_not_refused")
    if (stage is None or stage == "in_production") and review not in PASSED:
        (left if stage is None or review is None else failed).append("review_passed")
    if (stage is None or stage == "under_construction") and (review is None or review == "not_started"):
        (left if stage is None or review is None else failed).append("review_begun")
    if workers is None:
        left.append("officers")
    elif workers > 100:
        if officers is None:
            left.append("officers")
        elif officers / workers < 0.02:
            failed.append("officers")
    if officers is None:
        left.append("one_officer")
    elif officers < 1:
        failed.append("one_officer")
    trained, plan = e("trained"), e("has_plan")
    if trained is None:
        left.append("trained")
    elif not trained:
        failed.append("trained")
    if plan is None:
        left.append("plan")
    elif not plan:
        failed.append("plan")
    fire, insured = p("open_fire"), p("insured")
    if fire is not False:
        if not insured:
            (left if fire is None or insured is None else failed).append("open_fire_insured")
        if chemical is not False and (distance is None or distance < 250):
            (left if fire is None or chemical is None or distance is None else failed).append("open_fire_distance")
    return failed, left
