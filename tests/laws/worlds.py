"""Generated facts, as data for the library and as a world for the meanings in `terms`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from laws.terms import CHOICES, DATES, DAYS, GRADES, ITEM_NUMBERS, NUMBERS, SITES, STEPS, TEXTS, WORDS, World

F = Fraction
AMOUNTS = st.sampled_from([F(0), F(1), F(2), F(1, 2), F(7, 100), F(21), F(300), F(6000), F(-1)])
WHOLE = st.integers(0, 4).map(F)
AT_LEAST_ZERO = {"project.invested", "project.floor", "project.mass"}

_plain: dict[str, st.SearchStrategy[Any]] = {
    "project.ready": st.booleans(),
    "project.clean": st.booleans(),
    "project.staff": WHOLE,
    "project.term": st.integers(-2, 40).map(F),
    "project.wait": st.integers(-40, 40).map(F),
    "project.steps": st.lists(st.sampled_from(list(STEPS)), max_size=3, unique=True).map(tuple),
    "project.land": AMOUNTS.filter(lambda n: n > 0),
}
_plain |= {k: AMOUNTS.map(abs) if k in AT_LEAST_ZERO else AMOUNTS for k in NUMBERS if k not in _plain}
_plain |= {k: st.sampled_from(DAYS) for k in DATES}
_plain |= {k: st.sampled_from(list(SITES)) for k in CHOICES}
_plain |= {k: st.sampled_from(WORDS) for k in TEXTS}

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "day": st.sampled_from(DAYS),
    "deaths": WHOLE,
    "loss": st.sampled_from([F(0), F(1, 2), F(999), F(1000)]),
    "score": st.integers(0, 12).map(lambda n: F(n, 2)),
    "grade": st.sampled_from(list(GRADES)),
    "closed": st.booleans(),
    "substance": st.sampled_from(WORDS),
}
_items = st.lists(st.fixed_dictionaries({}, optional=FIELDS), max_size=3).map(tuple)

FACTS = {**_plain, "enterprise.events": _items}
RECORDS = st.fixed_dictionaries({}, optional=FACTS)
FULL = st.fixed_dictionaries(FACTS)
ON = st.sampled_from(DAYS)


def world(values: Mapping[str, Any], day: Any) -> World:
    """Return admitted values as a world: numbers in base units."""
    facts = {k: v * NUMBERS[k][2] if k in NUMBERS else v for k, v in values.items()}
    if "enterprise.events" in facts:
        facts["enterprise.events"] = [_item(i) for i in facts["enterprise.events"]]
    return World(day, facts)


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v * ITEM_NUMBERS[k][2] if k in ITEM_NUMBERS else v for k, v in item.items()}
