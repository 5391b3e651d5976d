"""W2 by hand in ibis on DuckDB, floats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis

from benchmarks.records.w1_rules import RULES
from safety_rules.semantics.decide import AreaOn


def tests(t: Any) -> dict[str, Any]:
    """Return, for each rule, where it is violated."""

    def p(name: str) -> Any:
        return t[f"project.{name}"]

    def e(name: str) -> Any:
        return t[f"enterprise.{name}"]

    land, lease = p("site") == "land", p("site") == "lease"
    return {
        "black_list": e("black_listed"),
        "overdue_dangers": e("overdue"),
        "chemical_trade": p("trade").isin(["trade_00", "trade_01", "trade_02", "trade_03"]),
        "chemical_flag": p("stage").isin(["negotiating", "signed"]) & p("chemical"),
        "distance": p("chemical") & (p("distance") < 100),
        "land_investment": land & (p("investment") / p("land") < 300),
        "land_sales": land & (p("sales") / p("land") < 400.5),
        "land_tax": land & (p("tax") / p("land") < 20),
        "land_staff": land & (p("staff") / p("land") > 25.5),
        "lease_investment": lease & (p("investment") / p("floor") < 0.07),
        "lease_sales": lease & (p("sales") / p("floor") < 0.4),
        "land_at_most": land & (p("land") > 500),
        "floor_at_least": lease & (p("floor") < 1000),
        "shared_trades": (p("site") == "shared") & ~p("trade").isin(["trade_10", "trade_11", "trade_12"]),
        "height": p("height") > 99.5,
        "water": p("water") > 50000,
        "power": p("power") >= 900.5,
        "investment": p("investment") < 500,
        "capital": e("capital") < 100,
        "debt": e("debt") / e("capital") > 0.7,
        "workers": e("workers") < 5,
        "review_not_refused": e("review") == "refused",
        "review_passed": (p("stage") == "in_production") & ~e("review").isin(["passed", "not_required"]),
        "review_begun": (p("stage") == "under_construction") & (e("review") == "not_started"),
        "officers": (e("workers") > 100) & (e("officers") / e("workers") < 0.02),
        "one_officer": e("officers") < 1,
        "trained": ~e("trained"),
        "plan": ~e("has_plan"),
        "open_fire_insured": p("open_fire") & ~p("insured"),
        "open_fire_distance": p("open_fire") & p("chemical") & (p("distance") < 250),
    }


def side(law: AreaOn) -> Callable[[Path, Path], None]:
    """Return the side."""
    rules = [r.key for r in law.rules]
    asked = {key: outcome for key, outcome, *_ in RULES}
    order = ("rejected", "referred", "conditional")
    bits = {o: sum(1 << i for i, key in enumerate(rules) if asked[key] == o) for o in order}

    def run(source: Path, target: Path) -> None:
        con = ibis.duckdb.connect()
        table = con.read_parquet(str(source))
        failing = tests(table)
        total = sum(
            (
                ibis.ifelse(failing[key], ibis.literal(1 << i, "int64"), ibis.literal(0, "int64"))
                for i, key in enumerate(rules)
            ),
            ibis.literal(0, "int64"),
        )
        masked = table.select(violated=total.cast("int64"))
        arms = [((masked.violated & bits[o]) != 0, o) for o in order]
        found = masked.select(outcome=ibis.cases(*arms, else_="admitted"), violated=masked.violated)
        con.to_parquet(found, str(target))
        con.disconnect()

    return run
