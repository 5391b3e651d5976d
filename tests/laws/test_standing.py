"""How sure a verdict is: requiring just that changes nothing, and the compiled standing is the definition's."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from laws.areas import AREAS, RuleTerm, law
from laws.worlds import ON, RECORDS
from safety_rules.engines.compiled import compiled
from safety_rules.engines.compiled.standing import standings
from safety_rules.language.record import Record
from safety_rules.language.source import Standing
from safety_rules.semantics.verdict.verdict import decide


@settings(max_examples=120, deadline=None)
@given(AREAS, RECORDS, ON)
def test_a_verdict_is_the_same_where_its_own_standing_is_required(
    rules: list[RuleTerm], values: Any, day: datetime.date
) -> None:
    on, record = law(rules, day), Record(values)
    verdict = decide(on, record)
    if verdict.definite:
        again = decide(replace(on, require=verdict.standing or Standing.statute), record)
        assert (verdict.at_best, verdict.at_worst) == (again.at_best, again.at_worst)


@settings(max_examples=120, deadline=None)
@given(AREAS, RECORDS, ON)
def test_requiring_more_never_settles_otherwise(rules: list[RuleTerm], values: Any, day: datetime.date) -> None:
    on, record = law(rules, day), Record(values)
    verdict = decide(on, record)
    for require in Standing:
        sure = decide(replace(on, require=require), record)
        best, worst = on.area.rank(verdict.at_best), on.area.rank(verdict.at_worst)
        assert on.area.rank(sure.at_best) <= best <= worst <= on.area.rank(sure.at_worst)


@settings(max_examples=80, deadline=None)
@given(AREAS, RECORDS, ON)
def test_the_compiled_standing_is_that_of_the_definition(
    rules: list[RuleTerm], values: Any, day: datetime.date
) -> None:
    on = law(rules, day)
    area = compiled(on)
    verdict = decide(on, Record(values))
    assert verdict.standing is standings(area)(values, area.masks(values), verdict.at_best)
