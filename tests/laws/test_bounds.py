"""What is decided while facts are blank is what every way to fill them in decides; the oracle knows no bounds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.suite import book, parsed
from laws.maker import conditions, formulas
from laws.terms import Term
from laws.worlds import FULL, ON, RECORDS, world
from safety_rules.language.bounds import FALSE, compared, just, only
from safety_rules.language.expr import kind_of
from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.bounds import bounds_of
from safety_rules.semantics.decide import area_on
from safety_rules.semantics.evaluate import evaluate

FILLED = st.lists(FULL, min_size=4, max_size=4)
EVENTS = "enterprise.events"


def filled(values: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record whose blanks are filled in from a full one, those of its list's records from the other's."""
    whole = {**by, **values}
    if EVENTS in values and by[EVENTS]:
        others = by[EVENTS]
        whole[EVENTS] = tuple({**others[i % len(others)], **item} for i, item in enumerate(values[EVENTS]))
    return whole


@settings(max_examples=60)
@given(conditions(), RECORDS, FILLED, ON)
def test_what_is_decided_is_what_every_completion_decides(
    term: Term, values: Any, completions: Sequence[Any], day: datetime.date
) -> None:
    expr, on = parsed(term.text), area_on(book(), "base", day)
    found = evaluate(expr, on.environment(Record(values)))
    kleene = term.value(world(values, day))
    if kleene is not None:
        assert found is kleene, term.text
    elif not isinstance(found, Unknown):
        for one in completions:
            told = term.value(world(filled(values, one), day))
            whole = evaluate(expr, replace(on, bounded=False).environment(Record(filled(values, one))))
            blank = isinstance(whole, Unknown) and any(r.kind == "fact" for r in whole.reasons)
            assert told is (None if blank else found), term.text


@settings(max_examples=60)
@given(conditions() | formulas(), RECORDS, FILLED, ON)
def test_bounds_hold_what_every_completion_comes_to(
    term: Term, values: Any, completions: Sequence[Any], day: datetime.date
) -> None:
    expr, on = parsed(term.text), area_on(book(), "base", day)
    bounds = bounds_of(expr, on.environment(Record(values)))
    for one in completions:
        record = Record(filled(values, one))
        value = evaluate(expr, replace(on, bounded=False).environment(record))
        if isinstance(value, Unknown):
            blank = any(r.kind == "fact" for r in value.reasons)
            if not blank:
                assert bounds.unsure, term.text
        else:
            assert compared("==", bounds, just(value)) != FALSE, term.text
            narrower = bounds_of(expr, on.environment(record))
            if isinstance(kind_of(expr), Number) and not narrower.unsure:
                assert only(narrower) == value, term.text
