"""Grading in twenty lines of Fractions, from the checked tables and the words of GB 18218-2018 alone."""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache
from pathlib import Path

TABLES = Path(__file__).with_name("reference")


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


NAMED = {r["name"]: Fraction(r["critical_quantity_t"]) for r in rows("table1_2018.csv")}
NAMED["一氧化碳"] = next(q for n, q in NAMED.items() if n.startswith("煤气(CO,"))
GASES = {r["gas"]: Fraction(r["beta"]) for r in rows("beta_gas.csv")}
QUANTITIES = {r["symbol"]: Fraction(r["critical_quantity_t"]) for r in rows("table2_2018.csv")}
BETAS = {r["symbol"]: Fraction(r["beta"]) for r in rows("beta_category.csv")}
ALPHAS = [(int(r["population_min"]), Fraction(r["alpha"])) for r in rows("alpha.csv")]
LEVELS = [(100, "level_1"), (50, "level_2"), (10, "level_3"), (0, "level_4")]


def graded(chemicals: list[tuple[str, Fraction, list[str]]], population: int) -> tuple[Fraction, Fraction, str]:
    """Return S, R and the level of a unit; each chemical is (name, tonnes, categories)."""
    total = index = Fraction(0)
    for name, quantity, categories in chemicals:
        critical = NAMED[name] if name in NAMED else min(QUANTITIES[c] for c in categories)
        gas = name.removesuffix("(无水)")
        beta = GASES[gas] if gas in GASES else max(BETAS[c] for c in categories)
        total += quantity / critical
        index += beta * quantity / critical
    index *= max((least, alpha) for least, alpha in ALPHAS if population >= least)[1]
    level = "not_major" if total < 1 else next(name for edge, name in LEVELS if index >= edge)
    return total, index, level
