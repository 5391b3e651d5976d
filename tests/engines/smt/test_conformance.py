"""Every conformance case by its formula; what is not put into a formula is listed by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

import safety_rules as sr
from conformance.suite import ConditionCase, VerdictCase, asserted, conditions, parsed, verdicts
from engines.smt.by_formula import statuses
from safety_rules.engines.smt.law import open_law
from safety_rules.engines.smt.texts import Use, domain, uses
from safety_rules.engines.smt.unsupported import UNSUPPORTED, NotLowered
from safety_rules.language.kinds import Name
from safety_rules.language.operators import FUNCTIONS

CONDITIONS, VERDICTS = list(conditions()), list(verdicts())


@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in CONDITIONS])
def test_a_condition_has_the_truth_that_is_written(case: ConditionCase) -> None:
    assert [case.by_kleene()] == statuses(case.requirement(), case.record), case.that


@pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in VERDICTS])
def test_a_rule_has_the_status_that_is_written(case: VerdictCase) -> None:
    assert asserted(case, statuses(case.law, case.record)) >= 4


LEFT = {
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
    assert set(LEFT.values()) | {"prefix-of-code", "text-function"} == set(UNSUPPORTED)


def test_a_function_that_looks_into_a_text_is_refused_until_it_is_known_what_it_tells_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = replace(FUNCTIONS["starts_with"], name=Name("结尾为", "ends_with"))
    monkeypatch.setitem(FUNCTIONS, "ends_with", ends)
    with pytest.raises(NotLowered) as refused:
        uses([parsed("ends_with(project.code, '26')")], {})
    assert refused.value.reason == "text-function"


def test_a_code_with_a_check_digit_is_not_compared_by_how_it_starts() -> None:
    law = sr.load().area("admission").on("2020-10-01").law
    fact = law.rulebook.vocabulary.facts["enterprise.credit_code"]
    with pytest.raises(NotLowered) as refused:
        domain(fact, (law,), {fact.key: Use(prefixes={"91"})})
    assert refused.value.reason == "prefix-of-code"
