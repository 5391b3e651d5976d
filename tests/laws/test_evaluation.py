"""The definition without bounds agrees with the meanings written by hand, on generated expressions and facts."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.suite import book, parsed
from effort import effort
from laws.maker import conditions, formulas
from laws.terms import Term
from laws.worlds import FULL, ON, RECORDS, world
from safety_rules.language.expr import kind_of
from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.decide import area_on
from safety_rules.semantics.evaluate import evaluate


def value(text: str, values: Any, day: datetime.date) -> Any:
    expr = parsed(text)
    found = evaluate(expr, replace(area_on(book(), "base", day), bounded=False).environment(Record(values)))
    if isinstance(found, Unknown):
        assert found.reasons, "an unknown names what it comes from"
        return None
    kind = kind_of(expr)
    return found * kind.unit.scale if isinstance(kind, Number) else found


@settings(max_examples=effort(200))
@given(conditions(), RECORDS | FULL, ON)
def test_a_condition_has_the_truth_that_its_words_mean(term: Term, values: Any, day: datetime.date) -> None:
    assert term.value(world(values, day)) == value(term.text, values, day), term.text


@settings(max_examples=effort(150))
@given(formulas(), FULL | RECORDS, ON)
def test_a_formula_has_the_number_that_its_words_mean(term: Term, values: Any, day: datetime.date) -> None:
    assert term.value(world(values, day)) == value(term.text, values, day), term.text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_float_in_data_means_its_shortest_decimal(number: float) -> None:
    record = admit({"project.ratio": number}, book().vocabulary)
    assert Fraction(repr(number)) == record.values["project.ratio"]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_a_decimal_and_its_text_are_the_same_number(number: Any) -> None:
    vocabulary = book().vocabulary
    by_text = admit({"project.ratio": f"{number:f}"}, vocabulary).values["project.ratio"]
    assert Fraction(number) == by_text == admit({"project.ratio": number}, vocabulary).values["project.ratio"]


@given(st.sampled_from(["nan", "inf", "-inf"]))
def test_nan_and_infinity_are_refused_and_unknown(written: str) -> None:
    record = admit({"project.ratio": float(written)}, book().vocabulary)
    assert dict(record.values) == {}
    assert [p.code for p in record.problems] == ["not-a-number"]


def test_a_decimal_of_an_absurd_size_is_refused_at_once() -> None:
    for written in ("1E+999999999", "1E-999999999"):
        record = admit({"project.ratio": Decimal(written)}, book().vocabulary)
        assert dict(record.values) == {}
        assert [p.code for p in record.problems] == ["not-a-number"]


@given(st.integers(0, 10**9), st.sampled_from(["m2", "亩", "平方米", "㎡"]))
def test_areas_convert_exactly(amount: int, unit: str) -> None:
    scale = {"亩": Fraction(1)}.get(unit, Fraction(3, 2000))
    record = admit({"project.land": f"{amount + 1} {unit}"}, book().vocabulary)
    assert (amount + 1) * scale == record.values["project.land"]


@given(st.integers(-(10**9), 10**9), st.integers(0, 4), st.sampled_from([("元", -4), ("万元", 0), ("亿元", 4)]))
def test_money_converts_exactly(amount: int, places: int, unit: tuple[str, int]) -> None:
    number = Fraction(amount, 10**places)
    text = f"{'-' if amount < 0 else ''}{abs(amount) // 10**places}.{abs(amount) % 10**places:0{max(places, 1)}d}"
    record = admit({"project.balance": f"{text}{unit[0]}"}, book().vocabulary)
    assert number * Fraction(10) ** unit[1] == record.values["project.balance"]
