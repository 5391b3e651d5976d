"""The order of rules, of clauses and of facts never matters."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from effort import effort
from laws.areas import AREAS, RuleTerm, law, with_rules
from laws.terms import Term
from laws.worlds import ON, RECORDS
from safety_rules.language.record import Record
from safety_rules.semantics.verdict.verdict import Verdict, decide


def shown(verdict: Verdict) -> Any:
    findings = {f.rule.key: (f.status, f.standing, f.reasons, frozenset(f.failed)) for f in verdict.findings}
    gaps = {(g.rule, g.clause, g.path, g.to) for g in verdict.gaps}
    needs = (set(verdict.needs.can_change), len(verdict.needs.smallest), verdict.needs.proven)
    return verdict.outcome, verdict.at_best, verdict.at_worst, findings, gaps, needs


@settings(max_examples=effort(30))
@given(AREAS, RECORDS, ON, st.randoms(use_true_random=False))
def test_order_never_matters(rules: list[RuleTerm], values: Any, day: datetime.date, random: Any) -> None:
    on = law(rules, day)
    shuffled = []
    for rule in random.sample(on.rules, len(on.rules)):
        applies = tuple(random.sample(rule.applies_when, len(rule.applies_when)))
        requires = tuple(random.sample(rule.requires, len(rule.requires)))
        shuffled.append(replace(rule, applies_when=applies, requires=requires))
    facts = dict(random.sample(list(values.items()), len(values)))
    assert shown(decide(on, Record(values))) == shown(decide(with_rules(on, shuffled), Record(facts)))


SEARCHED_FOR_LONG = (
    "project.ready",
    "(1[人] + 1[人]) < sum(1[人] for x0 in enterprise.events if x0.closed) < limit.deaths",
    "any(x0.closed for x0 in enterprise.events) if 'melting' in project.steps else project.ready",
)


def test_a_search_whose_budget_is_spent_says_the_same_in_any_order() -> None:
    rules = tuple(RuleTerm(f"r{i}", (), (Term(text, str),), "conditional") for i, text in enumerate(SEARCHED_FOR_LONG))
    on = law(rules, datetime.date(2018, 6, 1))
    orders = [shown(decide(with_rules(on, list(order)), Record({}))) for order in permutations(on.rules)]
    assert all(order == orders[0] for order in orders)
