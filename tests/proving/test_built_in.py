"""The built-in questions: all hold on the built-in rules, and each notices the fault that it is for."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest

import safety_rules as sr
from safety_rules.language.invariant import QUESTIONS
from safety_rules.services.proving.answers import Answer, Proof
from safety_rules.services.proving.days import changes
from safety_rules.services.proving.prove import prove_built_in

BOOK = sr.load().rulebook


def failures(proofs: list[Proof]) -> list[str]:
    return [f"{p.question.title}: {p.answer.value}: {p.why.en}" for p in proofs if not p.holds]


@pytest.fixture(scope="module")
def admission() -> list[Proof]:
    return list(prove_built_in(BOOK, "admission"))


def test_every_built_in_question_about_admission_is_answered_and_holds(admission: list[Proof]) -> None:
    assert failures(admission) == []
    assert {p.question.code for p in admission} == set(QUESTIONS)


def test_every_rule_is_asked_about_on_every_day_on_which_something_changes(admission: list[Proof]) -> None:
    days = changes(BOOK, BOOK.areas["admission"])
    assert [str(d) for d in days] == ["2020-01-01", "2020-05-10", "2023-10-01", "2024-02-01"]
    asked = Counter(p.question.day for p in admission if p.question.code == "can-be-violated")
    in_force = {d: sum(r.in_force.holds(d) for r in BOOK.areas["admission"].rules) for d in days}
    assert asked == in_force


def test_what_holds_not_by_law_is_said_with_its_reason(admission: list[Proof]) -> None:
    accepted = [p for p in admission if p.answer is Answer.ACCEPTED]
    assert {p.question.of for p in accepted} == {"supervised_process"}
    assert all("grounds of their own" in p.why.en for p in accepted)
    narrowed = [p for p in admission if p.exempt is not None and p.exempt.where is not None]
    assert {p.question.code for p in narrowed} == {"definite-when-known"}
    assert {p.answer for p in narrowed} == {Answer.PROVED}


def test_a_record_shows_that_a_rule_can_be_violated(admission: list[Proof]) -> None:
    by_rule = {p.question.of: p for p in admission if p.question.code == "can-be-violated"}
    for rule, proof in by_rule.items():
        law = sr.load().area("admission").on(proof.shown[0].day)
        assert rule in law.decide(proof.shown[0].record).violated()


def test_days_are_those_on_which_a_rule_a_figure_or_a_table_changes() -> None:
    day = datetime.date
    assert changes(BOOK, BOOK.areas["major_hazard"]) == [day(2009, 12, 1), day(2011, 12, 1), day(2019, 3, 1)]
