"""Hypothesis strategies for records: boundary-seeking, with blanks, written as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from safety_rules.language.clock import is_time, time_text
from safety_rules.language.kinds import Boolean, Choice, Choices, Number, Records
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.counsel.candidates import turns, typical
from safety_rules.semantics.decide import AreaOn, contradictions_of
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.impact.edges import focused, read_facts
from safety_rules.testing.sampling import in_proportion
from safety_rules.testing.shown import known_fact
from safety_rules.words.values import decimal

MOST_ITEMS = 3


def records(area: DatedArea, blanks: bool = True, written: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of flat records of an area, by fact key.

    With `blanks`, facts may be missing. With `written`, values come as people write them: in any unit
    of the dimension, choices by any of their names, 是 and 否.
    """
    law = area.law
    facts = [
        f for s in law.area.subjects for f in law.rulebook.vocabulary.of_subject(s) if f.key not in law.derivations
    ]
    paired = {key for pair in contradictions_of(law) for key in (pair.text, pair.choice)}
    later = [f for f in facts if isinstance(f.kind, Number) or f.key in paired]  # written once they agree
    values = {f.key: _value(law, f, written and f not in later) for f in facts}
    writings = {f.key: _writings(law, f) for f in later} if written else {}
    found = st.fixed_dictionaries({}, optional=values) if blanks else st.fixed_dictionaries(values)
    sound = found.map(lambda record: in_proportion(record, law))
    if not written:
        return sound
    return sound.flatmap(
        lambda record: st.fixed_dictionaries(
            {k: writings[k](v) if k in writings else st.just(v) for k, v in record.items()}
        )
    )


def values(area: DatedArea, name: str, written: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy of the values of one fact, by its English or Chinese name; raises NotFoundError."""
    return _value(area.law, known_fact(area, name), written)


def edges_of(area: DatedArea, record: Mapping[str, Any], name: str) -> list[Fraction]:
    """Return the numbers at and beside which a rule that reads a fact turns, given the rest of a record."""
    law, fact = area.law, area.law.rulebook.vocabulary.find(name)
    if fact is None or not isinstance(fact.kind, Number):
        return []
    readers = [r for r in law.rules if any(f.key == fact.key for f in read_facts(focused(r, law)[1]))]
    admitted: Record = area.admit({k: v for k, v in record.items() if k != fact.key})
    return turns(law, admitted, readers, fact.key)


def _value(law: AreaOn, fact: Fact, written: bool) -> st.SearchStrategy[Any]:
    if isinstance(fact.kind, Records):
        fields = [f for f in law.rulebook.vocabulary.fields(fact.key) if f.key not in law.derivations]
        item = st.fixed_dictionaries({}, optional={f.field: _value(law, f, written) for f in fields})
        return st.lists(item, min_size=int(fact.bounds.minimum or 0), max_size=MOST_ITEMS)
    edges = st.sampled_from(typical(law, fact))
    if isinstance(fact.kind, Number):
        numbers = edges | _between(fact)
        return numbers.flatmap(_writings(law, fact)) if written else numbers
    if isinstance(fact.kind, Choices):
        return st.lists(st.sampled_from([o.key for o in fact.kind.choices.options]), max_size=4, unique=True)
    return edges.flatmap(_writings(law, fact)) if written else edges


def _between(fact: Fact) -> st.SearchStrategy[Fraction]:
    """Return numbers of two decimals (or whole ones) that are plausible for the fact."""
    assert isinstance(fact.kind, Number)
    scale = 1 if fact.kind.whole else 100
    if is_time(fact.kind):
        return st.integers(0, 1439).map(lambda n: Fraction(60 * n))
    return st.integers(0, 10**7).map(lambda n: Fraction(n, scale)).filter(fact.unasked.admits)


def _writings(law: AreaOn, fact: Fact) -> Callable[[Any], st.SearchStrategy[Any]]:
    """Return, for a value, a strategy of the ways in which people write it."""

    def writings(value: Any) -> st.SearchStrategy[Any]:
        match fact.kind:
            case Number() if is_time(fact.kind):
                return st.sampled_from([value, time_text(value)])
            case Number(unit):
                units = [u for u in law.rulebook.vocabulary.units.units.items() if u[1].dimension == unit.dimension]
                exact = [(s, value * unit.factor_to(u)) for s, u in units]
                shown = [f"{decimal(n)} {s}".strip() for s, n in exact if not decimal(n).startswith("≈")]
                return st.sampled_from([value, *shown])
            case Boolean():
                return st.sampled_from([value, "是" if value else "否", "yes" if value else "no"])
            case Choice(choices):
                return st.sampled_from(list(choices[value].spellings))
            case _:
                return st.just(value)

    return writings
