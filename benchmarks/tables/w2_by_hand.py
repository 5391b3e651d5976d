"""W2 as it is written by hand in SQL, in floats: the outcome and the mask of failed rules, bit i is rule i.

Or, for complete rows, all that a verdict says of them: the outcome at best and at worst as well, which are one
where nothing is blank, and the masks of undetermined rules, of which there are none, and of inapplicable ones.

DuckDB and Spark take the same text, but for how a column and the table are named.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.records.w1_rules import RULES

TESTS = {
    "black_list": "ebl",
    "overdue_dangers": "eod",
    "chemical_trade": "trade IN ('trade_00', 'trade_01', 'trade_02', 'trade_03')",
    "chemical_flag": "stage IN ('negotiating', 'signed') AND chemical",
    "distance": "chemical AND distance < 100",
    "land_investment": "site = 'land' AND investment / land < 300",
    "land_sales": "site = 'land' AND sales / land < 400.5D",
    "land_tax": "site = 'land' AND tax / land < 20",
    "land_staff": "site = 'land' AND staff / land > 25.5D",
    "lease_investment": "site = 'lease' AND investment / floor < 0.07D",
    "lease_sales": "site = 'lease' AND sales / floor < 0.4D",
    "land_at_most": "site = 'land' AND land > 500",
    "floor_at_least": "site = 'lease' AND floor < 1000",
    "shared_trades": "site = 'shared' AND trade NOT IN ('trade_10', 'trade_11', 'trade_12')",
    "height": "height > 99.5D",
    "water": "water > 50000",
    "power": "power >= 900.5D",
    "investment": "investment < 500",
    "capital": "capital < 100",
    "debt": "debt / capital > 0.7D",
    "workers": "workers < 5",
    "review_not_refused": "review = 'refused'",
    "review_passed": "stage = 'in_production' AND review NOT IN ('passed', 'not_required')",
    "review_begun": "stage = 'under_construction' AND review = 'not_started'",
    "officers": "workers > 100 AND officers / workers < 0.02D",
    "one_officer": "officers < 1",
    "trained": "NOT trained",
    "plan": "NOT has_plan",
    "open_fire_insured": "open_fire AND NOT insured",
    "open_fire_distance": "open_fire AND chemical AND distance < 250",
}
APPLIES = {
    "stage IN ('negotiating', 'signed')": ("chemical_flag",),
    "chemical": ("distance",),
    "site = 'land'": ("land_investment", "land_sales", "land_tax", "land_staff", "land_at_most"),
    "site = 'lease'": ("lease_investment", "lease_sales", "floor_at_least"),
    "site = 'shared'": ("shared_trades",),
    "stage = 'in_production'": ("review_passed",),
    "stage = 'under_construction'": ("review_begun",),
    "workers > 100": ("officers",),
    "open_fire": ("open_fire_insured",),
    "open_fire AND chemical": ("open_fire_distance",),
}
NAMES = {"enterprise.black_listed": "ebl", "enterprise.overdue": "eod"}
OUTCOMES = ("rejected", "referred", "conditional")


def short(key: str) -> str:
    """Return a column's name in the hand-written text."""
    return NAMES.get(key, key.partition(".")[2])


def query(source: str, keys: Sequence[str], rules: Sequence[str], quote: str, double: str) -> str:
    """Return the query; bit i is rule i of `rules`; `double` is how a literal of type DOUBLE ends (`D` in Spark, `E0`
    in DuckDB).
    """
    columns = ", ".join(f"{quote}{k}{quote} AS {short(k)}" for k in keys)
    bits = " + ".join(f"CASE WHEN {TESTS[key]} THEN {1 << i} ELSE 0 END" for i, key in enumerate(rules))
    bits = _doubles(bits, double)
    asked = {key: outcome for key, outcome, *_ in RULES}
    masks = {o: sum(1 << i for i, key in enumerate(rules) if asked[key] == o) for o in OUTCOMES}
    arms = " ".join(f"WHEN violated & {masks[o]} <> 0 THEN '{o}'" for o in OUTCOMES)
    inner = f"SELECT CAST({bits} AS BIGINT) AS violated FROM (SELECT {columns} FROM {source})"
    return f"SELECT CASE {arms} ELSE 'admitted' END AS outcome, violated FROM ({inner})"


def whole_query(source: str, keys: Sequence[str], rules: Sequence[str], quote: str, double: str) -> str:
    """Return the query that gives the verdict and all masks of complete rows."""
    bit = {key: 1 << i for i, key in enumerate(rules)}
    parts = " + ".join(f"CASE WHEN {g} THEN 0 ELSE {sum(bit[k] for k in ks)} END" for g, ks in APPLIES.items())
    lean = query(source, keys, rules, quote, double)
    wide = lean.replace(" AS violated FROM", f" AS violated, CAST({parts} AS BIGINT) AS not_applicable FROM", 1)
    wide = wide.replace("AS outcome, violated FROM", "AS outcome, violated, not_applicable FROM", 1)
    columns = "outcome, outcome AS at_best, outcome AS at_worst, violated, CAST(0 AS BIGINT) AS undetermined"
    return f"SELECT {columns}, not_applicable FROM ({wide})"


def _doubles(text: str, ending: str) -> str:
    for literal in ("400.5D", "25.5D", "0.07D", "0.4D", "99.5D", "900.5D", "0.7D", "0.02D"):
        text = text.replace(f" {literal}", f" {literal[:-1]}{ending}")
    return text
