"""Grading held to an independent computation; exact at every edge; monotone; bad input named and never guessed."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import safety_rules as sr
from major_hazard.oracle import BETAS, GASES, NAMED, graded
from safety_rules.engines.compiled.derived import derived, duties
from safety_rules.language.law import edition_on
from safety_rules.language.table import Row
from safety_rules.semantics.decide import derived_values
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.services.grading import compare, notes

AREA = sr.load().area("major_hazard").on("2020-10-01")
VALUES = derived(AREA.law)
NAMES = sorted(NAMED)
SYMBOLS = sorted(BETAS)
OTHERS = sorted({*GASES} - {"氯化氢"})  # 氯化氢 by itself is in Table 1 only where it is anhydrous
LEVELS = ["not_major", "level_4", "level_3", "level_2", "level_1"]
Chemical = tuple[str, Fraction, list[str]]


def record(chemicals: list[Chemical], population: int | None) -> dict:
    listed = [{"name": n, "cas": "无", "quantity": q, "categories": c} for n, q, c in chemicals]
    unit = {"scope": "in_scope", "chemicals": listed}
    return {"unit": unit if population is None else {**unit, "exposed_population": population}}


def random_unit(rng: Random) -> tuple[list[Chemical], int]:
    chemicals: list[Chemical] = []
    for _ in range(rng.randrange(1, 6)):
        name = rng.choice([*NAMES, *OTHERS, "某未列名物质"])
        quantity = Fraction(rng.randrange(1, 400_000), 1000) if rng.random() < 0.5 else Fraction(rng.randrange(1, 60))
        chemicals.append((name, quantity, rng.sample(SYMBOLS, rng.randrange(1, 4))))
    return chemicals, rng.choice([0, 1, 29, 30, 49, 50, 99, 100, 5000])


def test_ten_thousand_random_units_agree_with_the_independent_computation() -> None:
    rng = Random(18218)
    for _ in range(10_000):
        chemicals, population = random_unit(rng)
        expected = graded(chemicals, population)
        admitted = AREA.admit(record(chemicals, population))
        assert not admitted.problems
        values = VALUES(admitted.values)
        verdict = AREA.decide(admitted)
        assert expected == (values["unit.ratio_sum"], values["unit.hazard_index"], verdict.outcome), chemicals
        assert values["unit.level"] == verdict.outcome


def test_compiled_derived_values_are_those_of_the_definition() -> None:
    rng = Random(7)
    for _ in range(60):
        chemicals, population = random_unit(rng)
        partial = record(chemicals, population if rng.random() < 0.7 else None)
        for item in partial["unit"]["chemicals"]:
            for key in ("quantity", "categories", "cas"):
                if rng.random() < 0.2:
                    item.pop(key)
        admitted = AREA.admit(partial)
        assert derived_values(AREA.law, admitted) == VALUES(admitted.values)


EXACT = [("苯", 10, ["W5.3"]), ("氨", 7, []), ("甲醇", 50, ["W5.3"])]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_benzene_ammonia_and_methanol_are_exactly_one_in_every_order(order: tuple[int, ...]) -> None:
    verdict = AREA.decide(record([(n, Fraction(q), c) for n, q, c in (EXACT[i] for i in order)], 0))
    assert verdict.derived["unit.ratio_sum"] == 1
    assert verdict.outcome == "level_4"


@pytest.mark.parametrize(("edge", "level"), [(10, "level_3"), (50, "level_2"), (100, "level_1")])
@pytest.mark.parametrize(
    ("population", "alpha"),
    [(0, "0.5"), (1, "1"), (29, "1"), (30, "1.2"), (49, "1.2"), (50, "1.5"), (99, "1.5"), (100, "2")],
)
def test_levels_change_exactly_at_their_edges(edge: int, level: str, population: int, alpha: str) -> None:
    tonnes = Fraction(edge) / Fraction(alpha) * 5  # ammonia: β 2, Q 10, so R = α·q/5
    at = AREA.decide(record([("氨", tonnes, [])], population))
    below = AREA.decide(record([("氨", tonnes - Fraction(1, 10**12), [])], population))
    assert at.outcome == level
    assert LEVELS.index(below.outcome) == LEVELS.index(level) - 1


units = st.lists(
    st.tuples(
        st.sampled_from([*NAMES[:20], *OTHERS, "某未列名物质"]),
        st.fractions(min_value=Fraction(1, 1000), max_value=500, max_denominator=1000),
        st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=2, unique=True),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=120, deadline=None)
@given(units, st.integers(0, 200), st.integers(0, 3), st.fractions(min_value=0, max_value=100, max_denominator=100))
def test_more_of_a_chemical_never_lowers_r_or_the_level(
    chemicals: list[Chemical], population: int, which: int, more: Fraction
) -> None:
    name, quantity, categories = chemicals[which % len(chemicals)]
    larger = [*chemicals]
    larger[which % len(chemicals)] = (name, quantity + more, categories)
    before, after = AREA.decide(record(chemicals, population)), AREA.decide(record(larger, population))
    assert before.derived["unit.hazard_index"] <= after.derived["unit.hazard_index"]
    assert LEVELS.index(before.outcome) <= LEVELS.index(after.outcome)


@settings(max_examples=80, deadline=None)
@given(units, st.integers(0, 200), st.integers(0, 200))
def test_more_people_never_lower_r(chemicals: list[Chemical], one: int, other: int) -> None:
    few, many = sorted((one, other))
    before, after = AREA.decide(record(chemicals, few)), AREA.decide(record(chemicals, many))
    assert before.derived["unit.hazard_index"] <= after.derived["unit.hazard_index"]
    assert LEVELS.index(before.outcome) <= LEVELS.index(after.outcome)


@settings(max_examples=80, deadline=None)
@given(units, st.integers(0, 200), st.sampled_from(SYMBOLS))
def test_a_further_category_never_lowers_r(chemicals: list[Chemical], population: int, symbol: str) -> None:
    more = [(n, q, sorted({*c, symbol})) for n, q, c in chemicals]
    before, after = AREA.decide(record(chemicals, population)), AREA.decide(record(more, population))
    assert before.derived["unit.hazard_index"] <= after.derived["unit.hazard_index"]


@settings(max_examples=80, deadline=None)
@given(units)
def test_an_unknown_population_leaves_every_level_that_some_population_gives(chemicals: list[Chemical]) -> None:
    open_verdict = AREA.decide(record(chemicals, None))
    possible = [LEVELS.index(AREA.decide(record(chemicals, n)).outcome) for n in (0, 1, 30, 50, 100)]
    bounds = (LEVELS.index(open_verdict.at_best), LEVELS.index(open_verdict.at_worst))
    assert bounds == (min(possible), max(possible))


BAD = [
    ({"name": "氨", "quantity": -3}, "out-of-bounds", "quantity"),
    ({"name": "氨", "quantity": 0}, "out-of-bounds", "quantity"),
    ({"name": "氨", "quantity": 10**9}, "out-of-bounds", "quantity"),
    ({"name": "氨", "quantity": "5 车"}, "unknown-unit", "quantity"),
    ({"name": "氨", "quantity": "5 亩"}, "wrong-unit", "quantity"),
    ({"name": "氨", "quantity": "若干"}, "not-a-number", "quantity"),
    ({"name": "某物", "cas": "7664-41-8", "quantity": 5}, "cas-check", "cas"),
    ({"name": "某物", "cas": "七六六四", "quantity": 5}, "cas", "cas"),
    ({"name": "某物", "cas": "无", "categories": ["J9"], "quantity": 5}, "not-a-choice", "categories"),
]


@pytest.mark.parametrize(("chemical", "code", "field"), BAD)
def test_a_wrong_chemical_is_named_and_leaves_the_unit_open(chemical: dict, code: str, field: str) -> None:
    verdict = AREA.decide({"unit": {"scope": "in_scope", "exposed_population": 0, "chemicals": [chemical]}})
    assert [(code, f"unit.chemicals[0].{field}")] == [(p.code, p.path) for p in verdict.problems]
    assert not verdict.definite


def test_an_empty_list_is_named_and_is_not_an_empty_unit() -> None:
    verdict = AREA.decide({"unit": {"scope": "in_scope", "exposed_population": 0, "chemicals": []}})
    assert [p.code for p in verdict.problems] == ["empty-list"]
    assert (verdict.at_best, verdict.at_worst) == ("not_major", "level_1")


def test_an_edition_change_is_compared_with_its_duties() -> None:
    unit = record([("硝酸铵", Fraction(100), ["W9.2"])], 0)
    unit["unit"]["chemicals"][0]["qualifier"] = "含可燃物≤0.2%"
    rules = sr.load().area("major_hazard")
    before, after = rules.on("2018-06-01").decide(unit), rules.on("2019-03-01").decide(unit)
    change = compare(before, after)
    assert (change.before, change.after) == ("not_major", "level_4")
    assert {"monitoring", "plan_drills", "county_filing", "reassess"} <= {d.key for d in change.gained}
    assert change.lost == ()
    assert (Fraction(1, 3), Fraction(2)) == change.values["unit.ratio_sum"]


def test_the_explanation_prints_the_formula_with_the_units_numbers() -> None:
    said = AREA.decide(record([("氯", Fraction(5, 2), []), ("氨", Fraction(5), [])], 60)).explain(
        "zh", ["below_level_3"]
    )
    assert (
        "分级指标R ＝ 暴露人员校正系数α 1.5 × （〔氯〕校正系数β 4 × 存在量 2.5 t ÷ 临界量 5 t ＋ 〔氨〕校正系数β 2 × 存在量 5 t ÷ 临界量 10 t） ＝ 4.5"
        in said
    )


def test_the_definition_decides_as_the_compiled_functions_do() -> None:
    rng = Random(3)
    for _ in range(80):
        chemicals, population = random_unit(rng)
        data = record(chemicals, population if rng.random() < 0.7 else None)
        expected, made = decide(AREA.law, AREA.admit(data)), AREA.decide(data)
        assert (expected.at_best, expected.at_worst) == (made.at_best, made.at_worst)


def test_compiled_duties_are_those_of_the_definition() -> None:
    rng = Random(11)
    due = duties(AREA.law)
    for _ in range(60):
        chemicals, population = random_unit(rng)
        data = record(chemicals, population if rng.random() < 0.7 else None)
        for fact in ("has_toxic_gas", "stores_highly_toxic", "is_new_or_changed"):
            if rng.random() < 0.5:
                data["unit"][fact] = rng.random() < 0.5
        if rng.random() < 0.6:
            data["unit"]["holder"] = rng.choice(["licensed", "user"])
        admitted = AREA.admit(data)
        expected = {(d.key, d.certain) for d in decide(AREA.law, admitted).obligations}
        assert expected == {(d.key, d.certain) for d in due(admitted.values)}


def test_a_name_and_a_cas_number_that_contradict_are_named_and_the_name_counts() -> None:
    unit = {"unit": {"chemicals": [{"name": "苯", "cas": "7664-41-7", "categories": ["W5.3"], "quantity": 5}]}}
    verdict = AREA.decide(unit)
    assert [n.zh for n in notes(verdict)] == ["品名“苯”与CAS号 7664-41-7（氨）不是同一物质，按品名计算，请核对"]
    assert verdict.derived["unit.ratio_sum"] == Fraction(1, 10)


def test_one_substance_under_two_names_is_added_up_and_said() -> None:
    verdict = AREA.decide({"unit": {"chemicals": [{"name": "氨", "quantity": 6}, {"name": "液氨", "quantity": 4}]}})
    assert [n.en for n in notes(verdict)] == ["`氨, 液氨` is given 2 times; the quantities are added up"]
    assert verdict.derived["unit.ratio_sum"] == 1


@settings(max_examples=80, deadline=None)
@given(
    units,
    st.sampled_from([0, 1, 30, 50, 100]),
    st.integers(0, 15),
    st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=3),
)
def test_blank_categories_leave_every_level_that_some_categories_give(
    chemicals: list[Chemical], population: int, blanks: int, symbols: list[str]
) -> None:
    filled = [(n, q, symbols if blanks >> i & 1 else c) for i, (n, q, c) in enumerate(chemicals)]
    data = record(filled, population)
    known = LEVELS.index(AREA.decide(data).outcome)
    for i, item in enumerate(data["unit"]["chemicals"]):
        if blanks >> i & 1:
            item.pop("categories")
    open_verdict = AREA.decide(data)
    assert LEVELS.index(open_verdict.at_best) <= known <= LEVELS.index(open_verdict.at_worst)


def names_of(row: Row) -> set[str]:
    """Return a row's spellings without its CAS numbers."""
    return {s for s in row.spellings if not re.fullmatch(r"[0-9-]+", s)}


def test_the_bounds_of_blank_facts_hold_every_row_of_the_tables() -> None:
    for day in ("2018-06-01", "2020-10-01"):
        tables = {
            k: edition_on(t, sr.load().area("major_hazard").on(day).law.as_of)
            for k, t in AREA.law.rulebook.tables.items()
        }
        listed = tables["listed_substances"].rows
        categories = [r.cells for r in tables["category_quantities"].rows]
        assert min(c["quantity"] for c in categories) == 1
        assert {min(c["beta"] for c in categories), max(c["beta"] for c in categories)} == {1, 4}
        assert min(r.cells["quantity"] for r in listed if r.cells["listed"]) == Fraction("0.3")
        assert max(r.cells["beta"] for r in tables["gas_beta"].rows) == 20
        for row in listed:
            mates = [r for r in listed if names_of(r) & names_of(row)]
            always = all(r.cells["listed"] for r in mates)
            quantities = [r.cells["quantity"] for r in mates if r.cells["listed"]]
            assert row.cells["always"] is always
            assert row.cells["least"] == min([*quantities, *([] if always else [Fraction(1)])])
            assert row.cells.get("most") == (max(quantities) if always else None)
