"""Data with blanks, and data as people write it, by the generated function: the answers of the definition."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

import safety_rules as sr
from engines.blank_campaign import compared
from safety_rules.engines.compiled.blanks import blanks
from safety_rules.semantics.decide import findings
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.testing import random_records

RULES = sr.load()


@pytest.mark.parametrize("key", ["admission", "hidden_danger", "rectification"])
def test_records_with_blanks_have_the_masks_of_the_definition(key: str) -> None:
    area = RULES.area(key).on("2024-03-01")
    said, _ = compared(area, 60, 7, every=20)
    assert said > 10, "what bounds may decide is left to the exact function, and is not all there is"


def test_a_blank_is_one_whether_it_is_absent_or_none() -> None:
    area = RULES.area("admission").on("2020-10-01")
    function = blanks(area.law.by_kleene())
    assert function is not None
    for data in random_records(area, 3, 5, blank=0.0):
        for subject, given in data.items():
            for name in given:
                without = {**data, subject: {n: v for n, v in given.items() if n != name}}
                assert function(without) == function({**data, subject: {**given, name: None}})


def test_a_unit_in_text_counts_as_the_number_in_its_own_unit() -> None:
    area = RULES.area("admission").on("2020-10-01")
    function = blanks(area.law.by_kleene())
    assert function is not None
    data = next(random_records(area, 5, 1, blank=0.0))
    data["project"] |= {"site": "land", "land_area": 40, "fixed_asset_investment": 10000}
    alike = ("1亿元", "10,000 万元", "10000", Decimal("10000"), "100000000元", "1e4", "１００００")
    for text in alike:
        other = {**data, "project": {**data["project"], "fixed_asset_investment": text, "land_area": "40 亩"}}
        assert function(other) == function(data), text


def test_a_fact_given_twice_is_left_to_admission() -> None:
    area = RULES.area("admission").on("2020-10-01")
    function = blanks(area.law.by_kleene())
    assert function is not None
    data = next(random_records(area, 5, 1, blank=0.0))
    zh = area.law.rulebook.vocabulary.facts["project.site"].zh_key
    with pytest.raises(TypeError):
        function({**data, zh: "lease"})


def test_a_record_that_was_changed_after_an_open_verdict_is_not_explained_as_if_it_had_not() -> None:
    area = RULES.area("admission").on("2020-10-01")
    data = next(random_records(area, 5, 1, blank=0.0))
    data["project"] |= {"site": None}
    verdict = area.decide(data)
    assert verdict.violated()
    data["project"]["site"] = "land"
    with pytest.raises(sr.RecordError, match="changed after its verdict"):
        verdict.explain("zh")


def test_what_an_open_verdict_tells_is_what_the_definition_tells() -> None:
    area = RULES.area("admission").on("2020-10-01")
    for data in random_records(area, 11, 4, blank=0.2):
        made, expected = area.decide(data), decide(area.law, area.admit(data))
        assert made.explain("zh") == expected.explain("zh")
        told, wanted = made.to_dict(), expected.to_dict()
        assert (told["provenance"].pop("engine"), wanted["provenance"].pop("engine")) == ("compiled", "definition")
        assert told == wanted


@pytest.mark.parametrize("key", ["hidden_danger", "major_hazard"])
def test_the_parts_of_a_verdict_are_those_of_the_definition_in_their_order(key: str) -> None:
    area = RULES.area(key).on("2024-03-01")
    for data in random_records(area, 12, 2, blank=0.1):
        made, expected = area.decide(data), decide(area.law, area.admit(data))
        assert made.needs == expected.needs
        assert made.obligations == expected.obligations
        assert (made.gaps, made.derived, made.standing) == (expected.gaps, expected.derived, expected.standing)
        for one, other in zip(made.findings, expected.findings, strict=True):
            assert one == other
            assert (list(one.parameters), list(one.derivations)) == (list(other.parameters), list(other.derivations))


def test_what_is_kept_of_one_row_is_told_of_no_other_that_reads_otherwise() -> None:
    area = RULES.area("admission").on("2020-10-01")
    rows = list(random_records(area, 13, 3, blank=0.5))
    mixed = [
        {s: {k: (a if n % 3 else b)[s].get(k) for n, k in enumerate(a[s] | b.get(s, {}))} for s in a if s in b}
        for a, b in permutations(rows, 2)
    ]
    for data in (*rows, *mixed, *rows):
        record = area.admit(data)
        assert area.decide(record).findings == findings(area.law, record)


def test_the_campaign_takes_what_cases_hold_an_outcome_at_worst_to(monkeypatch: pytest.MonkeyPatch) -> None:
    deduction = {"item": None, "points": "16198.19", "reason": "·"}
    data = {
        "appraisal": {
            "kind": "机关部门",
            "deductions": [deduction],
            "bonuses": [],
            "accidents": [],
            "major_dangers": [],
        }
    }
    area = sr.load().area("appraisal").on("2024-03-01")
    assert area.decide(data).split.worst is not None
    monkeypatch.setattr("engines.blank_campaign.samples", lambda *_: iter([data]))
    assert compared(area, 1, 1) == (1, 0)
