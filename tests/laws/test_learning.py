"""Learning a fact never overturns a decided condition or a definite verdict; it only narrows what is open."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.suite import book, parsed
from effort import effort
from laws.areas import AREAS, RuleTerm, interval, law, learned
from laws.maker import conditions, formulas
from laws.terms import Term
from laws.worlds import FACTS, ON, RECORDS, world
from safety_rules.language.record import Record
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.decide import area_on
from safety_rules.semantics.evaluate import evaluate
from safety_rules.semantics.verdict.verdict import decide

RANKS = {"admitted": 0, "conditional": 1, "referred": 2, "rejected": 3}


@settings(max_examples=effort(200))
@given(conditions() | formulas(), RECORDS, ON, st.data())
def test_learning_a_fact_never_overturns_a_decided_condition(
    term: Term, values: Any, day: datetime.date, data: st.DataObject
) -> None:
    expr, on = parsed(term.text), area_on(book(), "base", day)
    before = evaluate(expr, on.environment(Record(values)))
    more = learned(data.draw, values, FACTS)
    after = evaluate(expr, on.environment(Record(more)))
    if not isinstance(before, Unknown):
        assert before == after, (term.text, more)


@settings(max_examples=effort(120))
@given(AREAS, RECORDS, ON, st.data())
def test_learning_a_fact_only_narrows_a_verdict(
    rules: list[RuleTerm], values: Any, day: datetime.date, data: st.DataObject
) -> None:
    on = law(rules, day)
    verdict = decide(on, Record(values))
    for _ in range(4):
        values = learned(data.draw, values, FACTS)
        after = decide(on, Record(values))
        assert RANKS[verdict.at_best] <= RANKS[after.at_best] <= RANKS[after.at_worst] <= RANKS[verdict.at_worst]
        verdict = after


@settings(max_examples=effort(120))
@given(AREAS, RECORDS, ON)
def test_findings_and_the_interval_are_those_of_the_design(
    rules: list[RuleTerm], values: Any, day: datetime.date
) -> None:
    verdict, here = decide(replace(law(rules, day), bounded=False), Record(values)), world(values, day)
    assert [r.status(here) for r in rules] == [f.status.value for f in verdict.findings]
    assert interval(rules, here) == (RANKS[verdict.at_best], RANKS[verdict.at_worst])
    assert (verdict.outcome == "undetermined") is (verdict.at_best != verdict.at_worst)
