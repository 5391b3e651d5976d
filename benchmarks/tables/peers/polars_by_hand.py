"""W2 by hand in Polars: read whole (a lazy scan did not keep the order of rows), floats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.records.w1_rules import RULES
from safety_rules.semantics.decide import AreaOn

P, E = "project.", "enterprise."


def tests() -> dict[str, pl.Expr]:
    """Return, for each rule, where it is violated."""
    c = pl.col
    land, lease = c(P + "site") == "land", c(P + "site") == "lease"
    stage, review = c(P + "stage"), c(E + "review")
    chemical, fire = c(P + "chemical"), c(P + "open_fire")
    return {
        "black_list": c(E + "black_listed"),
        "overdue_dangers": c(E + "overdue"),
        "chemical_trade": c(P + "trade").is_in(["trade_00", "trade_01", "trade_02", "trade_03"]),
        "chemical_flag": stage.is_in(["negotiating", "signed"]) & chemical,
        "distance": chemical & (c(P + "distance") < 100),
        "land_investment": land & (c(P + "investment") / c(P + "land") < 300),
        "land_sales": land & (c(P + "sales") / c(P + "land") < 400.5),
        "land_tax": land & (c(P + "tax") / c(P + "land") < 20),
        "land_staff": land & (c(P + "staff") / c(P + "land") > 25.5),
        "lease_investment": lease & (c(P + "investment") / c(P + "floor") < 0.07),
        "lease_sales": lease & (c(P + "sales") / c(P + "floor") < 0.4),
        "land_at_most": land & (c(P + "land") > 500),
        "floor_at_least": lease & (c(P + "floor") < 1000),
        "shared_trades": (c(P + "site") == "shared") & ~c(P + "trade").is_in(["trade_10", "trade_11", "trade_12"]),
        "height": c(P + "height") > 99.5,
        "water": c(P + "water") > 50000,
        "power": c(P + "power") >= 900.5,
        "investment": c(P + "investment") < 500,
        "capital": c(E + "capital") < 100,
        "debt": c(E + "debt") / c(E + "capital") > 0.7,
        "workers": c(E + "workers") < 5,
        "review_not_refused": review == "refused",
        "review_passed": (stage == "in_production") & ~review.is_in(["passed", "not_required"]),
        "review_begun": (stage == "under_construction") & (review == "not_started"),
        "officers": (c(E + "workers") > 100) & (c(E + "officers") / c(E + "workers") < 0.02),
        "one_officer": c(E + "officers") < 1,
        "trained": ~c(E + "trained"),
        "plan": ~c(E + "has_plan"),
        "open_fire_insured": fire & ~c(P + "insured"),
        "open_fire_distance": fire & chemical & (c(P + "distance") < 250),
    }


def side(law: AreaOn) -> Callable[[Path, Path], None]:
    """Return the side."""
    rules, failing = [r.key for r in law.rules], tests()
    asked = {key: outcome for key, outcome, *_ in RULES}
    violated = pl.sum_horizontal(
        *(
            pl.when(failing[key]).then(pl.lit(1 << i, pl.Int64)).otherwise(pl.lit(0, pl.Int64))
            for i, key in enumerate(rules)
        )
    )
    bits = {
        o: sum(1 << i for i, key in enumerate(rules) if asked[key] == o)
        for o in ("rejected", "referred", "conditional")
    }
    mask = pl.col("violated")
    outcome = (
        pl.when(mask & bits["rejected"] != 0).then(pl.lit("rejected"))
        .when(mask & bits["referred"] != 0).then(pl.lit("referred"))
        .when(mask & bits["conditional"] != 0).then(pl.lit("conditional"))
        .otherwise(pl.lit("admitted"))
    )  # fmt: skip

    def run(source: Path, target: Path) -> None:
        rows = pl.read_parquet(source).select(violated.alias("violated"))
        rows.select(outcome.alias("outcome"), "violated").write_parquet(target, compression="snappy")

    return run
