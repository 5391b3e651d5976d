"""W2 in OpenFisca-core: one variable for each fact and rule, whole columns at once; its numbers are 32-bit floats."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.records.w1_data import OPTIONS
from benchmarks.records.w1_rules import CHOICES, FLAGS, NUMBERS, RULES
from safety_rules.semantics.decide import AreaOn

PERIOD = "2021-01"
CODES = {key: {o: i for i, o in enumerate(OPTIONS[name])} for key, name in CHOICES.items()}


def plain(key: str) -> str:
    """Return a fact's name as OpenFisca takes it."""
    return key.replace(".", "_")


def among(key: str, options: tuple[str, ...]) -> Callable[[dict[str, Any]], Any]:
    """Return the test that a choice is one of several."""
    codes = [CODES[key][o] for o in options]
    return lambda v: functools.reduce(operator.or_, (v[key] == c for c in codes))


P, E = "project.", "enterprise."
LAND, LEASE = among(P + "site", ("land",)), among(P + "site", ("lease",))
TESTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "black_list": lambda v: v[E + "black_listed"],
    "overdue_dangers": lambda v: v[E + "overdue"],
    "chemical_trade": among(P + "trade", ("trade_00", "trade_01", "trade_02", "trade_03")),
    "chemical_flag": lambda v: among(P + "stage", ("negotiating", "signed"))(v) & v[P + "chemical"],
    "distance": lambda v: v[P + "chemical"] & (v[P + "distance"] < 100),
    "land_investment": lambda v: LAND(v) & (v[P + "investment"] / v[P + "land"] < 300),
    "land_sales": lambda v: LAND(v) & (v[P + "sales"] / v[P + "land"] < 400.5),
    "land_tax": lambda v: LAND(v) & (v[P + "tax"] / v[P + "land"] < 20),
    "land_staff": lambda v: LAND(v) & (v[P + "staff"] / v[P + "land"] > 25.5),
    "lease_investment": lambda v: LEASE(v) & (v[P + "investment"] / v[P + "floor"] < 0.07),
    "lease_sales": lambda v: LEASE(v) & (v[P + "sales"] / v[P + "floor"] < 0.4),
    "land_at_most": lambda v: LAND(v) & (v[P + "land"] > 500),
    "floor_at_least": lambda v: LEASE(v) & (v[P + "floor"] < 1000),
    "shared_trades": lambda v: among(P + "site", ("shared",))(v) & ~among(P + "trade", ("trade_10", "trade_11", "trade_12"))(v),
    "height": lambda v: v[P + "height"] > 99.5,
    "water": lambda v: v[P + "water"] > 50000,
    "power": lambda v: v[P + "power"] >= 900.5,
    "investment": lambda v: v[P + "investment"] < 500,
    "capital": lambda v: v[E + "capital"] < 100,
    "debt": lambda v: v[E + "debt"] / v[E + "capital"] > 0.7,
    "workers": lambda v: v[E + "workers"] < 5,
    "review_not_refused": among(E + "review", ("refused",)),
    "review_passed": lambda v: among(P + "stage", ("in_production",))(v) & ~among(E + "review", ("passed", "not_required"))(v),
    "review_begun": lambda v: among(P + "stage", ("under_construction",))(v) & among(E + "review", ("not_started",))(v),
    "officers": lambda v: (v[E + "workers"] > 100) & (v[E + "officers"] / v[E + "workers"] < 0.02),
    "one_officer": lambda v: v[E + "officers"] < 1,
    "trained": lambda v: ~v[E + "trained"],
    "plan": lambda v: ~v[E + "has_plan"],
    "open_fire_insured": lambda v: v[P + "open_fire"] & ~v[P + "insured"],
    "open_fire_distance": lambda v: v[P + "open_fire"] & v[P + "chemical"] & (v[P + "distance"] < 250),
}  # fmt: skip


def system() -> tuple[Any, Any]:
    """Return the tax and benefit system whose variables are the facts and the rules, and its entity."""
    person = build_entity(key="project", plural="projects", label="", is_person=True)
    made = TaxBenefitSystem([person])
    kinds = {**dict.fromkeys(NUMBERS, float), **dict.fromkeys(FLAGS, bool), **dict.fromkeys(CHOICES, int)}
    for key, kind in kinds.items():
        made.add_variable(_variable(plain(key), kind, person, None))
    for key, test in TESTS.items():
        made.add_variable(_variable(f"fails_{key}", bool, person, _formula(test, list(kinds))))
    return made, person


def _formula(test: Callable[[dict[str, Any]], Any], keys: list[str]) -> Any:
    class Facts(dict):  # type: ignore[type-arg]
        def __init__(self, person: Any, period: Any) -> None:
            super().__init__()
            self.person, self.period = person, period

        def __missing__(self, key: str) -> Any:
            return self.person(plain(key), self.period)

    def formula(person: Any, period: Any) -> Any:
        return test(Facts(person, period))

    assert keys
    return formula


def _variable(name: str, kind: type, entity: Any, formula: Any) -> Any:
    body: dict[str, Any] = {"value_type": kind, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def side(law: AreaOn) -> Callable[[Path, Path], None]:
    """Return the side."""
    rules, (made, _) = [r.key for r in law.rules], system()
    asked = {key: outcome for key, outcome, *_ in RULES}
    order = ("conditional", "referred", "rejected")
    bits = {o: sum(1 << i for i, key in enumerate(rules) if asked[key] == o) for o in order}

    def run(source: Path, target: Path) -> None:
        table = pq.read_table(source, read_dictionary=list(CHOICES))
        simulation = SimulationBuilder().build_default_simulation(made, count=len(table))
        for key in (*NUMBERS, *FLAGS):
            simulation.set_input(plain(key), PERIOD, table[key].to_numpy())
        for key in CHOICES:
            column = table[key].combine_chunks()
            codes = np.array([CODES[key][o] for o in column.dictionary.to_pylist()])
            simulation.set_input(plain(key), PERIOD, codes[column.indices.to_numpy()])
        violated = np.zeros(len(table), np.int64)
        for i, key in enumerate(rules):
            violated += simulation.calculate(f"fails_{key}", PERIOD).astype(np.int64) << i
        outcome = np.zeros(len(table), np.int8)
        for code, name in enumerate(order, 1):
            outcome[violated & bits[name] != 0] = code
        names = pa.DictionaryArray.from_arrays(pa.array(outcome), pa.array(["admitted", *order]))
        pq.write_table(pa.table({"outcome": names, "violated": violated}), target)

    return run
