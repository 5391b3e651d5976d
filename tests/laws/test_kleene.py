"""The tables of strong Kleene logic, written out, for every pair."""

from __future__ import annotations

import itertools

import pytest

from safety_rules.language.truth import Truth, conjunction, disjunction, negation

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
NOT = {T: F, U: U, F: T}
AND = {(T, T): T, (T, U): U, (T, F): F, (U, T): U, (U, U): U, (U, F): F, (F, T): F, (F, U): F, (F, F): F}
OR = {(T, T): T, (T, U): T, (T, F): T, (U, T): T, (U, U): U, (U, F): U, (F, T): T, (F, U): U, (F, F): F}


@pytest.mark.parametrize("a", Truth)
def test_negation_is_the_table(a: Truth) -> None:
    assert NOT[a] is negation(a)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(Truth, Truth)))
def test_conjunction_and_disjunction_are_the_tables(a: Truth, b: Truth) -> None:
    assert AND[a, b] is conjunction(a, b)
    assert OR[a, b] is disjunction(a, b)


@pytest.mark.parametrize(("a", "b", "c"), list(itertools.product(Truth, Truth, Truth)))
def test_three_operands_are_two_and_one(a: Truth, b: Truth, c: Truth) -> None:
    assert AND[AND[a, b], c] is conjunction(a, b, c)
    assert OR[OR[a, b], c] is disjunction(a, b, c)
    assert NOT[conjunction(a, b, c)] is disjunction(NOT[a], NOT[b], NOT[c])


def test_no_operands_are_true_together_and_none_of_them_is_true() -> None:
    assert conjunction() is T
    assert disjunction() is F


@pytest.mark.parametrize("a", Truth)
def test_a_truth_refuses_to_be_a_bool(a: Truth) -> None:
    with pytest.raises(TypeError, match="unknown"):
        bool(a)
