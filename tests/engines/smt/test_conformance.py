"""Every conformance case by its formula; what is not put into a formula is listed by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

import safety_rules as sr
from conformance.suite import ConditionCase, VerdictCase, asserted, conditions, parsed, verdicts
from engines.smt.by_formula import statuses
from safety_rules.engines.smt.law import open_law
from safety_rules.engines.smt.texts import Use, domain
from safety_rules.engines.smt.unsupported import UNSUPPORTED, NotLowered
from safety_rules.language.kinds import Name
from safety_rules.language.operators import FUNCTIONS

CONDITIONS, VERDICTS = list(conditions()), list(verdicts())


@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in CONDITIONS])
def test_a_condition_has_the_truth_that_is_written(case: ConditionCase) -> None:
    try:
        found = statuses(case.requirement(), case.record)
    except NotLowered as no:
        found, reason = [], no.reason
        assert LOOKED_INTO[case.that] == reason
    assert found == ([] if case.that in LOOKED_INTO else [case.by_kleene()]), case.that


@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in VERDICTS])
def test_a_rule_has_the_status_that_is_written(case: VerdictCase) -> None:
    assert asserted(case, statuses(case.law, case.record)) >= 4


LOOKED_INTO = {
    "contains(project.name, project.code)": "prefix-from-data",
    "length(project.name)": "text-function",
    "字数(项目.名称) <= 4": "text-function",
    "matches(project.code, 'plate')": "text-function",
    "符合格式(项目.代码, '批号')": "text-function",
    "distinct(e.substance for e in enterprise.events)": "distinct",
    "不同数(e.grade for e in enterprise.events if e.closed)": "distinct",
    "distinct(e.day for e in enterprise.events) >= 2": "distinct",
    "distinct(e.day for e in enterprise.events) >= 1": "distinct",
    "distinct(s for s in project.steps)": "distinct",
}
LEFT = {
    "starts_with(project.code, 'a') and same_text(project.code, 'ab')": "text-function",
    "same_text(project.code, '甲')": "text-function",
    "starts_with(project.code, enterprise.name)": "prefix-from-data",
    "project.code in quantity and starts_with(project.code, 'a')": "prefix-and-table",
    "project.code == enterprise.name and starts_with(project.code, 'a')": "prefix-and-comparison",
    "any(s == 'mixing' for s in (project.steps if project.ready else limit.steps))": "list-from-data",
}


@pytest.mark.parametrize("that", LEFT)
def test_what_is_not_put_into_a_formula_is_refused_by_name(that: str) -> None:
    case = CONDITIONS[0]
    law = ConditionCase("", that, parsed(that), case.law, case.record, True, None).requirement()
    with pytest.raises(NotLowered) as refused:
        open_law(law).findings()
    assert refused.value.reason == LEFT[that]


def test_the_list_of_what_is_left_out_holds_no_more() -> None:
    assert {*LEFT.values(), *LOOKED_INTO.values(), "prefix-of-code"} == set(UNSUPPORTED)


def test_a_function_that_looks_into_a_text_is_refused_until_it_is_known_what_it_tells_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = replace(FUNCTIONS["starts_with"], name=Name("读作", "sounds_like"))
    monkeypatch.setitem(FUNCTIONS, "sounds_like", ends)
    that = "sounds_like(project.code, '26')"
    law = ConditionCase("", that, parsed(that), CONDITIONS[0].law, CONDITIONS[0].record, True, None).requirement()
    with pytest.raises(NotLowered) as refused:
        open_law(law).findings()
    assert refused.value.reason == "text-function"


def test_a_code_with_a_check_digit_is_not_compared_by_how_it_starts() -> None:
    law = sr.load().area("admission").on("2020-10-01").law
    fact = law.rulebook.vocabulary.facts["enterprise.credit_code"]
    with pytest.raises(NotLowered) as refused:
        domain(fact, (law,), {fact.key: Use(asked={("starts_with", "91")})})
    assert refused.value.reason == "prefix-of-code"
