"""The compiled functions against the definition, on every area and on data of every shape."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import safety_rules as sr
from effort import effort
from safety_rules.engines.compiled import compiled, fast
from safety_rules.language.verdict import Status
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.testing import random_records, records

RULES = sr.load()
DAYS = ("2018-06-01", "2020-10-01", "2024-03-01")
AREAS = [
    (key, day)
    for key in RULES.areas
    for day in DAYS
    if any(r.in_force.holds(datetime.date.fromisoformat(day)) for r in RULES.area(key).area.rules)
]


def exactly(number: float) -> Fraction:
    """Return a float as the decimal that it prints as."""
    return Fraction(repr(number))


def dated(key: str, day: str) -> sr.DatedArea:
    return RULES.area(key).on(day)


def statuses(masks, count: int) -> list[Status]:
    names = ((masks.violated, Status.VIOLATED), (masks.undetermined, Status.UNDETERMINED))
    names += ((masks.not_applicable, Status.NOT_APPLICABLE),)
    return [next((s for mask, s in names if mask >> i & 1), Status.SATISFIED) for i in range(count)]


@pytest.mark.parametrize(("key", "day"), AREAS)
def test_compiled_findings_are_those_of_the_definition(key: str, day: str) -> None:
    area = dated(key, day)
    functions = compiled(area.law)
    for data in random_records(area, seed=20201001, count=effort(40), blank=0.25):
        record = area.admit(data)
        expected = [f.status for f in decide(area.law, record).findings]
        assert expected == statuses(functions.masks(record.values), len(area.law.rules)), data


@pytest.mark.parametrize(("key", "day"), AREAS)
def test_a_verdict_made_by_compiled_functions_is_that_of_the_definition(key: str, day: str) -> None:
    area = dated(key, day)
    for data in [*random_records(area, 7, effort(20), blank=0.0), *random_records(area, 8, effort(30), blank=0.05)]:
        expected, made = decide(area.law, area.admit(data)), area.decide(data)
        assert (expected.at_best, expected.at_worst) == (made.at_best, made.at_worst), data
        assert expected.violated() == made.violated(), data


def without_lists(data: dict) -> dict:
    return {
        s: {k: [] if isinstance(v, list) and v and isinstance(v[0], dict) else v for k, v in g.items()}
        for s, g in data.items()
    }


def test_plain_complete_data_is_answered_by_the_fast_function() -> None:
    area = dated("admission", "2020-10-01")
    function = fast(area.law, lambda data: None)
    assert function is not None
    answered = 0
    for data in random_records(area, seed=3, count=400, blank=0.0):
        plain = without_lists(data)
        plain["enterprise"].pop("credit_code", None)
        made = function(plain)
        if made is not None:
            answered += 1
            expected = decide(area.law, area.admit(plain))
            assert expected.definite
            assert (expected.violated(), expected.outcome) == (made.violated(), made.outcome)
    assert answered > 200


def test_a_record_that_was_changed_after_its_verdict_is_not_explained_as_if_it_had_not() -> None:
    area = dated("admission", "2020-10-01")
    for data in random_records(area, seed=4, count=100, blank=0.0):
        plain = without_lists(data)
        verdict = area.decide(plain)
        if "has_chemical_reaction" in plain["project"] and "chemical_reaction" not in verdict.violated():
            plain["project"]["has_chemical_reaction"] = True
            if verdict.record.values["project.has_chemical_reaction"] is True:
                with pytest.raises(sr.RecordError, match="changed after its verdict"):
                    verdict.explain("zh")
                return
    pytest.fail("no record of the sample can show it")


ODD = [
    None, "", "未知", "征地", True, float("nan"), float("inf"), -1, 10**30, "3.2 亿元", [], ["x"], {}, "2020-10-01",
    datetime.date(2020, 1, 1), b"land", 1 + 2j, "land ", ("land",), Fraction(1, 3), 0, 1, "0", object,
]  # fmt: skip


@settings(max_examples=effort(130))
@given(st.data())
def test_odd_data_never_gets_another_answer_than_the_definition(data: st.DataObject) -> None:
    area = dated("admission", "2020-10-01")
    record = without_lists(next(random_records(area, data.draw(st.integers(0, 10**6)), 1, blank=0.0)))
    for _ in range(data.draw(st.integers(1, 3))):
        subject = data.draw(st.sampled_from(sorted(record)))
        field = data.draw(st.sampled_from([*sorted(record[subject]), "用地方式", "nonsense"]))
        record[subject][field] = data.draw(st.sampled_from(ODD))
    expected, made = decide(area.law, area.admit(record)), area.decide(record)
    assert (expected.at_best, expected.at_worst, expected.violated()) == (made.at_best, made.at_worst, made.violated())


@settings(max_examples=effort(100))
@given(st.integers(1, 10**7), st.integers(1, 10**5), st.integers(-2, 2), st.sampled_from([1, 100]))
def test_a_ratio_at_its_threshold_is_decided_as_a_rational(land: int, scale: int, off: int, digits: int) -> None:
    area = dated("admission", "2020-10-01")
    limit = area.law.rulebook.parameters["limit.land_investment_per_mu"].entries[0].value
    area_mu = Fraction(land, 100)
    investment = limit * area_mu + Fraction(off, 100)
    record = next(random_records(area, scale, 1, blank=0.0))
    record["project"] |= {"site": "land", "land_area": float(area_mu), "fixed_asset_investment": float(investment)}
    record["project"] |= {"annual_sales": 0, "annual_tax": 0, "leased_area": 10**6}  # no other ratio asks
    held = exactly(float(investment)) / exactly(float(area_mu)) >= limit
    made = area.decide(record)
    facts = area.law.rulebook.vocabulary.facts
    usable = facts["project.land_area"].unasked.admits(area_mu)
    usable &= facts["project.fixed_asset_investment"].unasked.admits(exactly(float(investment)))
    if usable:
        assert held is ("land_investment_per_mu" not in made.violated())


@settings(max_examples=effort(30))
@given(st.data())
def test_data_written_as_people_write_it_gets_the_definitions_verdict(data: st.DataObject) -> None:
    area = dated("admission", "2020-10-01")
    record = data.draw(records(area, written=True))
    expected, made = decide(area.law, area.admit(record)), area.decide(record)
    assert (expected.at_best, expected.at_worst) == (made.at_best, made.at_worst)
    assert not made.problems
