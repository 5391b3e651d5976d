"""Rules that stand apart: whichever are left to the exact function, every answer is that of the definition."""

from __future__ import annotations

import datetime
import sys
from random import Random

import pytest

import safety_rules as sr
from conformance.suite import with_rules
from effort import effort
from safety_rules.engines.compiled.apart import apart, clause_apart
from safety_rules.engines.compiled.decide import decider
from safety_rules.engines.compiled.fast import fast
from safety_rules.language.source import Standing
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.verdict.evidence import evidence
from safety_rules.semantics.verdict.verdict import Verdict, decide
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.readings import Reading, readings
from safety_rules.testing import random_records

RULES = sr.load()
DAYS = dict.fromkeys(RULES.areas, "2024-03-01") | {"admission": "2020-10-01"}


def answers(verdict: Verdict) -> list[object]:
    return [verdict.outcome, verdict.at_best, verdict.at_worst, verdict.violated(), verdict.standing]


def shown(verdict: Verdict, every: bool) -> list[object]:
    return [(e.rule.key, e.status, e.failed) for e in verdict.evidence(every=every)]


def compared(area: DatedArea, law: AreaOn, seed: int, count: int, blank: float) -> int:
    """Compare the answers of a law on records with the definition's; return how many the fast function gave."""
    alone, function = fast(law, lambda data: None), decider(law)
    answered = 0
    for data in random_records(area, seed, count, blank=blank):
        for subject, facts in data.items():
            data[subject] = {k: v for k, v in facts.items() if k != "credit_code"}
        expected, made = decide(law, area.admit(data)), function.decided(data)
        assert answers(expected) == answers(made), data
        found = [(e.rule.key, e.status, e.failed) for e in (evidence(law, made.record, f) for f in expected.findings)]
        assert found == shown(made, True), data
        assert [e for e in found if e[0] in made.violated()] == shown(made, False), data
        answered += alone is not None and alone(data) is not None
    return answered


def plant(monkeypatch: pytest.MonkeyPatch, keys: frozenset[str]) -> None:
    """Have the fast function decline the rules of these keys, beside those that it declines anyway."""
    module = sys.modules["safety_rules.engines.compiled.apart"]
    really = module._declined
    monkeypatch.setattr(module, "_declined", lambda rule, *rest: "planted" if rule.key in keys else really(rule, *rest))


@pytest.mark.parametrize("key", RULES.areas)
@pytest.mark.parametrize("share", [0.03, 0.3, 0.9])
def test_whichever_rules_stand_apart_the_answers_are_those_of_the_definition(
    key: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    area, rng = RULES.area(key).on(DAYS[key]), Random(f"{key} {share}")
    few = key in ("major_hazard", "major_hazard_duties", "hidden_danger")  # whose findings take the definition long
    for seed in range(effort(1)):
        chosen = frozenset(r.key for r in area.law.rules if rng.random() < share)
        with monkeypatch.context() as patch:
            plant(patch, chosen)
            assert chosen <= set(apart(area.law).why)
            compared(area, area.law, seed, 2 if few else 10, 0.0)
            compared(area, area.law, seed, 1 if few else 4, 0.03)


@pytest.mark.parametrize("branches", [3, 10**6])
def test_rules_apart_keep_their_place_among_branches(branches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["safety_rules.engines.compiled.fast"], "MOST_BRANCHES", branches)
    area = RULES.area("hidden_danger").on("2024-03-01")
    plant(monkeypatch, frozenset(r.key for r in area.law.rules[::3]))
    assert compared(area, area.law, 5, 12, 0.0) > 6


def test_most_records_are_answered_where_one_rule_stands_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    area = RULES.area("rectification").on("2024-03-01")
    whole = compared(area, area.law, 6, 40, 0.0)
    plant(monkeypatch, frozenset([area.law.rules[4].key]))
    assert whole == compared(area, area.law, 6, 40, 0.0) > 20


DAY = datetime.date(2020, 10, 1)
OTHERS = {
    "plain": {"requires": "project.invested >= 7[万元]", "outcome": "rejected"},
    "mild": {"applies_when": "project.ready", "requires": "project.sales <= 3[亿元]", "outcome": "conditional"},
}
DATA = {
    "project": {"code": "ammonia", "invested": 5.5, "sales": 2, "ready": True},
    "enterprise": {"events": [{"loss": 4.2}, {"loss": 6}]},
}
SLOW = {
    "abs(project.invested - project.sales) <= 100[亿元]": True,
    "max(project.invested, 5[万元]) >= 6[万元]": True,
    "quantity[project.code].amount >= 1[t]": True,
    "sum(e.loss for e in enterprise.events) <= 10[万元]": False,
}


@pytest.mark.parametrize("that", SLOW)
def test_one_slow_construct_takes_its_own_rule_off_and_no_other(that: str) -> None:
    law = area_on(with_rules({"slow": {"requires": that, "outcome": "rejected"}, **OTHERS}), "base", DAY)
    left = apart(law)
    assert ({"slow"} if SLOW[that] else set()) == set(left.why)
    assert (set() if SLOW[that] else {"slow"}) == set(left.lists.empty)
    slow = next(r for r in law.rules if r.key == "slow")
    clause = clause_apart(slow, law)
    assert clause is not None
    assert clause.text == that
    made = fast(law, lambda data: None)
    assert made is not None
    for invested in (4, 5.5, 7.25):
        data = {"project": DATA["project"] | {"invested": invested}, "enterprise": DATA["enterprise"]}
        expected = decide(law, admit(data, law.rulebook.vocabulary, derived=frozenset(law.derivations)))
        assert answers(expected) == answers(made(data)), data


def test_an_open_rule_apart_leaves_the_record_to_the_whole_law() -> None:
    law = area_on(
        with_rules({"slow": {"requires": "abs(project.floor) > 0[亩]", "outcome": "rejected"}, **OTHERS}), "base", DAY
    )
    made = fast(law, lambda data: None)
    assert made is not None
    assert made(DATA) is None
    assert (decider(law).decided(DATA).outcome, tuple(decider(law).decided(DATA).violated())) == (
        "rejected",
        ("plain",),
    )


def test_the_reading_of_each_rule_is_told_with_what_is_in_the_way() -> None:
    for that, apart_always in SLOW.items():
        law = area_on(with_rules({"slow": {"requires": that, "outcome": "rejected"}, **OTHERS}), "base", DAY)
        told = {r.rule: r for r in readings(law)}
        assert told["plain"] == Reading("plain", "fast")
        assert told["slow"].how == ("exact" if apart_always else "fast if empty")
        assert told["slow"].why in that if apart_always else told["slow"].why == "enterprise.events"
    unsure = area_on(
        with_rules({"weak": {"requires": "project.ready", "source": "guess"}}), "base", DAY, Standing.local
    )
    assert {r.how for r in readings(unsure)} == {"exact"}
