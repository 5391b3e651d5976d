"""The cheapest change of several numbers is what trying every change finds, and applying it does what it should."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

import safety_rules as sr
from proving.pack import FILES
from safety_rules.engines.smt.change import smallest_change
from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.loading.files import RuleFileText
from safety_rules.loading.rulebook import loaded
from safety_rules.semantics.decide import AreaOn, area_on, findings, interval

FACTS = """
subjects:
  plant: {zh: 厂, en: Plant}
facts:
  plant.a: {zh: 甲, en: A, kind: number, whole: true, minimum: 0, maximum: 12}
  plant.b: {zh: 乙, en: B, kind: number, whole: true, minimum: 1, maximum: 12}
  plant.c: {zh: 丙, en: C, kind: boolean}
"""
CONDITIONS = (
    "plant.a / plant.b > {0}", "plant.a + plant.b < {1}", "plant.a > {0}", "plant.a * 2 >= plant.b + {0}",
    "plant.c or plant.b >= {0}", "plant.a != {0}", "plant.b / (plant.a - {0}) < 3",
)  # fmt: skip


def law(rng: Random) -> AreaOn:
    files = {p: FILES[p] for p in ("units.yaml", "sources.yaml", "area/area.yaml")} | {"vocabulary.yaml": FACTS}
    for i in range(3):
        that = rng.choice(CONDITIONS).format(rng.randrange(2, 6), rng.randrange(8, 20))
        text = FILES["area/no_reaction.yaml"].replace("no_reaction", f"rule_{i}").replace(", veto: true", "")
        outcome = rng.choice(("fair", "bad"))
        files[f"area/rule_{i}.yaml"] = text.replace("not plant.reacts", f'"{that}"').replace("bad", outcome)
    book = loaded([RuleFileText(path, text.encode()) for path, text in files.items()])
    return area_on(book, "area", book.areas["area"].rules[0].in_force.since)  # type: ignore[arg-type]


def by_trying(on: AreaOn, record: Record, rank: int, weights: dict[str, Fraction]) -> Fraction | None:
    """Return the least cost at which no violated rule asks for worse, by trying every value."""
    costs = []
    for a, b in itertools.product(range(13), range(1, 13)):
        changed = Record({**record.values, "plant.a": Fraction(a), "plant.b": Fraction(b)})
        best, _ = interval(on.area, findings(on, changed))
        if on.area.rank(best) <= rank:
            moved = (abs(a - record.values["plant.a"]), abs(b - record.values["plant.b"]))  # type: ignore[operator]
            costs.append(weights["plant.a"] * moved[0] + weights["plant.b"] * moved[1])
    return min(costs, default=None)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_cheaper_gets_there(seed: int) -> None:
    rng = Random(seed)
    on = law(rng)
    values = {"plant.a": Fraction(rng.randrange(13)), "plant.b": Fraction(rng.randrange(1, 13)), "plant.c": False}
    weights = {"plant.a": Fraction(rng.randrange(1, 5), 2), "plant.b": Fraction(rng.randrange(1, 5), 3)}
    record = Record(values)
    for rank, outcome in enumerate(("good", "fair")):
        found = smallest_change(on, record, outcome, weights, 20)
        assert (None if found is None else found.cost) == by_trying(on, record, rank, weights)


ADMISSION = sr.load().area("admission").on("2020-10-01")
SHORT = {
    "project": {
        "site": "land", "land_area": "20 亩", "fixed_asset_investment": 8000, "annual_sales": 9000, "annual_tax": 500,
    }
}  # fmt: skip


def test_less_land_and_more_tax_together_are_cheaper_than_either() -> None:
    weights = {"project.land_area": 300, "项目.固定资产投资": 1, "project.annual_sales": "0.2", "project.annual_tax": 5}
    found = ADMISSION.smallest_change(SHORT, weights=weights)
    assert found is not None
    assert [(a.path, a.to) for a in found.adjustments] == [("project.land_area", 15), ("project.annual_tax", 600)]
    assert found.cost == 2000


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_is_the_same_however_rules_are_arranged(seed: int) -> None:
    law = ADMISSION.law
    shuffled = Random(seed).sample(law.rules, len(law.rules))
    record = ADMISSION.decide(SHORT).record
    weights = {f"project.{f}": Fraction(w) for f, w in (("land_area", 300), ("annual_sales", "0.2"), ("annual_tax", 5))}
    found = smallest_change(replace(law, rules=tuple(shuffled)), record, "admitted", weights, 20)
    assert found is not None
    assert (found.cost, found.proven) == (2000, True)


def test_a_strict_bound_is_met_by_the_smallest_step() -> None:
    found = ADMISSION.smallest_change({"project": {"site": "land", "land_area": 20, "annual_tax": "799.995"}})
    assert found is not None
    assert [(a.path, a.to) for a in found.adjustments] == [("project.annual_tax", 800)]


def test_what_no_change_of_the_named_facts_reaches_is_said_so() -> None:
    assert ADMISSION.smallest_change(SHORT, weights={"project.annual_tax": 1}) is None
    reacting = {"project": {**SHORT["project"], "has_chemical_reaction": True}}
    assert ADMISSION.smallest_change(reacting) is None


def test_wrong_names_costs_and_outcomes_are_named() -> None:
    with pytest.raises(NotFoundError, match=r"did you mean `project\.land_area`"):
        ADMISSION.smallest_change(SHORT, weights={"project.land_are": 1})
    with pytest.raises(NotFoundError, match="not a number that could change"):
        ADMISSION.smallest_change(SHORT, weights={"project.site": 1})
    with pytest.raises(SafetyRulesError, match="write a number above 0"):
        ADMISSION.smallest_change(SHORT, weights={"project.land_area": "-1"})
    with pytest.raises(NotFoundError, match="there is no outcome `admited`"):
        ADMISSION.smallest_change(SHORT, to="admited")
