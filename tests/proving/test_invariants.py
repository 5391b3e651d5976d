"""The built-in areas' own invariants; the full run with three records in each list is `safety-rules prove`."""

from __future__ import annotations

import datetime
import subprocess
import sys
from dataclasses import replace

import pytest

import safety_rules as sr
from proving.pack import FILES, book
from safety_rules.language.invariant import StricterThanBase
from safety_rules.semantics.decide import area_on
from safety_rules.services.proving.answers import Answer
from safety_rules.services.proving.asking import Limits
from safety_rules.services.proving.claims import invariant_proofs
from safety_rules.services.proving.days import frozen
from safety_rules.services.proving.prove import prove, prove_invariants
from safety_rules.services.proving.words import failure, summary

BOOK = sr.load().rulebook
ONE = Limits(most_items=1)
GRADING = ("hazard_index_never_falls", "bounds_of_ratio", "outside_the_standard_is_never_graded")


def test_every_built_in_area_has_invariants() -> None:
    assert all(area.invariants for area in BOOK.areas.values())


@pytest.mark.parametrize("key", ["rectification", "hidden_danger", "admission", "appraisal"])
def test_the_invariants_of_an_area_are_proved(key: str) -> None:
    proofs = list(prove_invariants(BOOK, key, ONE))
    assert [failure(p) for p in proofs if not p.holds] == []
    asked = {p.question.of for p in proofs}
    assert asked == {i.key for i in BOOK.areas[key].invariants if not isinstance(i.claim, StricterThanBase)}


def test_grading_is_proved_for_three_chemicals_of_any_quantity() -> None:
    area = BOOK.areas["major_hazard"]
    some = replace(area, invariants=tuple(i for i in area.invariants if i.key in GRADING))
    proofs = list(invariant_proofs(BOOK, some, Limits(3, 60)))
    assert {p.answer for p in proofs} == {Answer.PROVED}
    assert {p.bound.en for p in proofs} == {"lists of at most 3 records"}
    assert {p.question.of for p in proofs} == set(GRADING)


def test_a_wrong_grading_is_refuted_with_two_records() -> None:
    area = BOOK.areas["major_hazard"]
    one = next(i for i in area.invariants if i.key == "ratio_sum_never_falls")
    wrong = replace(area, invariants=(replace(one, claim=replace(one.claim, never="rises")),))
    proof = next(iter(invariant_proofs(BOOK, wrong, ONE)))
    assert proof.answer is Answer.REFUTED
    assert len(proof.shown) == 2
    assert "record 2 of 2" in failure(proof)


def test_once_satisfied_is_asked_from_each_change_to_the_next() -> None:
    later = "      - {from: 2021-01-01, value: 30, source: code, clause: 一}\n"
    entry = "      - {from: 2020-01-01, value: 40, source: code, clause: 一}\n"
    until = entry.replace("2020-01-01,", "2020-01-01, until: 2020-12-31,")
    claim = "invariants:\n  once: {zh: 一次达标, en: Once within, once_satisfied: [not_too_much]}\n"
    kept = list(prove_invariants(book(invariants=claim)))
    assert [p.answer for p in kept] == [Answer.PROVED]
    lost = list(prove_invariants(book(invariants=claim, parameters=(entry, until + later))))
    assert [p.answer for p in lost] == [Answer.REFUTED]
    assert lost[0].question.day == datetime.date(2021, 1, 1)
    assert [s.day for s in lost[0].shown] == [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)]


def test_once_satisfied_refuses_rules_that_read_the_day() -> None:
    day = FILES["vocabulary.yaml"] + "  plant.since: {zh: 自, en: Since, kind: date}\n"
    rule = ("plant.mass <= limit.mass", "plant.since <= as_of")
    claim = "invariants:\n  once: {zh: 一次达标, en: Once within, once_satisfied: [not_too_much]}\n"
    proofs = list(prove_invariants(book(invariants=claim, vocabulary=day, not_too_much=rule)))
    assert [p.answer for p in proofs] == [Answer.UNDECIDED]
    assert "no two days are alike" in proofs[0].why.en


def test_a_new_edition_that_lets_someone_in_is_refuted() -> None:
    claim = "invariants:\n  edition: {zh: 只会更严, en: Only stricter, stricter_since: 2021-01-01}\n"
    ends = ("{from: 2020-01-01}", "{from: 2020-01-01, until: 2020-12-31}")
    proof = next(iter(prove_invariants(book(invariants=claim, staffed=ends))))
    assert proof.answer is Answer.REFUTED
    starts = ("{from: 2020-01-01}", "{from: 2021-01-01}")
    assert next(iter(prove_invariants(book(invariants=claim, staffed=starts)))).answer is Answer.PROVED


def test_a_frozen_law_is_that_of_its_day_whatever_day_it_is() -> None:
    law = frozen(area_on(BOOK, "admission", datetime.date(2020, 1, 1)), datetime.date(2024, 1, 1))
    assert law.as_of == datetime.date(2024, 1, 1)
    assert {r.key for r in law.rules} == {r.key for r in area_on(BOOK, "admission", datetime.date(2020, 1, 1)).rules}


def test_the_summary_counts_questions_and_says_within_what() -> None:
    said = summary(list(prove_invariants(book())))
    assert said == "2 invariants and 0 built-in questions: 2 proved (lists of at most 3 records)"


def test_without_z3_one_line_names_what_to_install() -> None:
    code = (
        "import sys; sys.modules['z3'] = None\n"
        "from safety_rules.cli.main import main\n"
        "sys.argv = ['safety-rules', 'prove', '--area', 'rectification', '--jobs', '1']\nmain()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert (
        ran.stderr.strip()
        == "error: z3 is missing, which this needs; install the extra `prove`: pip install 'safety-rules[prove]'"
    )


LOOKS_INTO = """
rule: {key}
title: {{zh: 名称, en: Name}}
in_force: {{from: 2020-01-01}}
authority: [{{source: code, clause: 一}}]
requires:
  named: {{zh: 名称不长, en: A short name, that: "length(plant.name) <= 30 and contains(plant.name, plant.name)"}}
otherwise: {{{otherwise}}}
"""


def test_only_what_needs_a_look_into_a_text_is_not_decided() -> None:
    """A rule about a text's length leaves open what rests on it; vetoes, other rules and worse outcomes are proved beside it."""
    found = {}
    for name, otherwise in (("advice", "advice: true"), ("mild", "outcome: fair")):
        rules = book(**{name: LOOKS_INTO.format(key=name, otherwise=otherwise)})
        found[name] = {(p.question.code, p.question.of): p.answer for p in prove(rules, "area")}
    assert {of for (_, of), answer in found["advice"].items() if answer is Answer.UNDECIDED} == {"advice"}
    mild = found["mild"]
    assert mild["invariant", "mass_never_helps"] is mild["definite-when-known", ""] is Answer.UNDECIDED
    assert mild["invariant", "reaction_is_bad"] is mild["veto-despite-blanks", "no_reaction"] is Answer.PROVED
