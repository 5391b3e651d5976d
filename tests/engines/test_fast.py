"""The fast function on what it must not mistake, the index on `applies_when`, and evidence, against the definition."""

from __future__ import annotations

import pickle
import sys
from collections import OrderedDict, defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import safety_rules as sr
from safety_rules.engines.compiled.decide import decider
from safety_rules.engines.compiled.fast import fast
from safety_rules.language.expr import Compare, FactRef, Literal
from safety_rules.language.kinds import Choice, Name
from safety_rules.language.rule import Clause
from safety_rules.semantics.verdict.evidence import evidence
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.testing import random_records

RULES = sr.load()
ADMISSION = RULES.area("admission").on("2020-10-01")
FAST = fast(ADMISSION.law, lambda data: None)


class ScalarLikeNumpy(float):
    """A float of another class, whose arithmetic might round otherwise."""


def records(seed: int, count: int) -> list[dict]:
    found = []
    for data in random_records(ADMISSION, seed, count, blank=0.0):
        data["enterprise"].pop("credit_code", None)
        found.append(data)
    return found


def same(law, data, made) -> None:
    expected = decide(law, ADMISSION.admit(data))
    assert (expected.at_best, expected.at_worst, expected.outcome) == (made.at_best, made.at_worst, made.outcome), data
    assert expected.violated() == made.violated(), data


def test_records_with_lists_are_answered_by_the_fast_function_as_the_definition_does() -> None:
    assert FAST is not None
    answered = 0
    for data in records(11, 150):
        made = FAST(data)
        if made is not None:
            answered += any(data["enterprise"][key] for key in ("accidents", "listings", "hidden_dangers"))
            same(ADMISSION.law, data, made)
    assert answered > 30


ODD_NUMBERS = [
    np.float64(20.1), np.float32(0.1), np.int64(7), Decimal("300"), Fraction(7, 2), ScalarLikeNumpy(3.5), True, "3.5", float("nan"), float("inf"), 10**400, -0.0, None,
]  # fmt: skip


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=str)
@pytest.mark.parametrize("field", ["land_area", "fixed_asset_investment", "annual_sales"])
def test_a_number_of_another_class_is_left_to_admission(number: object, field: str) -> None:
    for data in records(12, 6):
        data["project"] |= {"site": "land", field: number}
        assert FAST is not None
        if number.__class__ not in (int, float) or number != number or number in (float("inf"), 10**400):
            assert FAST(data) is None
        same(ADMISSION.law, data, ADMISSION.decide(data))


def test_a_chinese_name_beside_the_english_one_is_never_overlooked() -> None:
    for data in records(13, 20):
        site = data["project"]["site"]
        data["project"]["用地方式"] = "租赁厂房" if site == "land" else "单体征地"
        assert FAST is not None
        assert FAST(data) is None
        same(ADMISSION.law, data, ADMISSION.decide(data))


@pytest.mark.parametrize("mapping", [OrderedDict, lambda d: defaultdict(dict, d)], ids=["ordered", "with defaults"])
def test_other_mappings_are_left_to_admission(mapping) -> None:
    for data in records(14, 5):
        assert FAST is not None
        assert FAST(mapping(data)) is None
        same(ADMISSION.law, data, ADMISSION.decide(mapping(data)))


def test_a_subject_that_no_rule_reads_is_looked_at_for_names_too() -> None:
    assert FAST is not None
    data = next(d for d in records(15, 20) if FAST(d) is not None)
    other = next(s for s in ADMISSION.law.rulebook.vocabulary.subjects if s not in ("project", "enterprise"))
    assert FAST(data | {other: {}}) is not None
    assert FAST(data | {other: {"nonsense": 1}}) is None
    assert FAST(data | {other: []}) is None
    assert FAST(data | {"nonsense": {}}) is None


def rules_by_choice():
    """Return the law with a copy of some rules for every option of four choices, in no order of options."""
    facts = ADMISSION.law.rulebook.vocabulary.facts
    keys = ("project.product_family", "project.catalogue_class", "project.stage", "project.site")
    options = [(key, option.key) for key in keys for option in facts[key].kind.choices.options]
    rules = []
    for rule, (key, option) in product(ADMISSION.law.rules[:20:4], options[::2] + options[1::2]):
        kind = facts[key].kind
        assert isinstance(kind, Choice)
        that = Compare("==", FactRef(key, kind), Literal(option, kind))
        clause = Clause("belongs", Name("属于", "belongs"), that)
        rules.append(replace(rule, key=f"{rule.key}_{option}", applies_when=(*rule.applies_when, clause)))
    ranks = ADMISSION.law.area.rank
    return replace(ADMISSION.law, rules=tuple(sorted(rules, key=lambda r: -ranks(r.otherwise.outcome))))


@pytest.mark.parametrize("branches", [3, 32, 10**6])
def test_the_index_on_applies_when_changes_no_answer(branches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["safety_rules.engines.compiled.fast"], "MOST_BRANCHES", branches)
    law, answered = rules_by_choice(), 0
    function = decider(law)
    alone = fast(law, lambda data: None)
    assert alone is not None
    for data in records(16, 12):
        answered += alone(data) is not None
        same(law, data, function.decided(data))
    assert answered > 3


@pytest.mark.parametrize("key", ["admission", "hidden_danger", "rectification", "major_hazard_duties"])
def test_the_evidence_of_every_rule_is_that_of_the_definition(key: str) -> None:
    area = RULES.area(key).on("2024-03-01")
    failed = 0
    for data in random_records(area, 17, 40, blank=0.02):
        verdict = area.decide(data)
        expected = [evidence(area.law, verdict.record, f) for f in decide(area.law, verdict.record).findings]
        made = verdict.evidence(every=True)
        assert [(e.rule.key, e.status, e.failed) for e in expected] == [(e.rule.key, e.status, e.failed) for e in made]
        usable = verdict.record.values.keys()  # what cannot be used, and did not matter, is shown as it was given
        assert [e.values.keys() for e in expected] == [e.values.keys() & usable for e in made]
        violated = verdict.evidence()
        assert [e for e in made if e.rule.key in verdict.violated()] == list(violated)
        failed += len(violated)
    assert failed > 5


def test_evidence_shows_the_values_on_which_a_rule_failed() -> None:
    data = records(18, 1)[0]
    data["project"] |= {"site": "land", "land_area": 20.5, "fixed_asset_investment": 100}
    found = {e.rule.key: e for e in ADMISSION.decide(data).evidence()}["land_investment_per_mu"]
    assert found.failed == ("investment_is_enough",)
    shown = {"project.site": "land", "project.fixed_asset_investment": 100, "project.land_area": 20.5}
    assert shown == found.values


def test_a_verdict_travels_to_another_process_with_its_evidence() -> None:
    data = records(19, 1)[0]
    verdict = ADMISSION.decide(data)
    there = pickle.loads(pickle.dumps(verdict))
    assert (verdict.outcome, verdict.violated()) == (there.outcome, there.violated())
    assert [(e.rule.key, e.failed) for e in verdict.evidence()] == [(e.rule.key, e.failed) for e in there.evidence()]
    assert verdict.explain("zh") == there.explain("zh")
