"""Generated small areas: a few rules over generated conditions, beside what they mean."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from conformance.suite import book, parsed
from laws.maker import conditions
from laws.terms import Term, World, conjunction
from laws.worlds import FIELDS
from safety_rules.language.kinds import Name
from safety_rules.language.rule import Clause, Otherwise, Rule
from safety_rules.language.source import Citation, Period, Standing
from safety_rules.semantics.decide import AreaOn, area_on

OUTCOMES = ("admitted", "conditional", "referred", "rejected")
STATUS = {  # (applies, requires): the table of the design
    (True, True): "satisfied",
    (True, False): "violated",
    (True, None): "undetermined",
    (None, True): "satisfied",
    (None, False): "undetermined",
    (None, None): "undetermined",
}


@dataclass(frozen=True)
class RuleTerm:
    """A rule as terms; `outcome` None is advice."""

    key: str
    applies_when: tuple[Term, ...]
    requires: tuple[Term, ...]
    outcome: str | None

    def status(self, world: World) -> str:
        """Return what the rule says, by the table."""
        applies = conjunction([t.value(world) for t in self.applies_when])
        requires = conjunction([t.value(world) for t in self.requires])
        return "not_applicable" if applies is False else STATUS[applies, requires]


def interval(rules: Sequence[RuleTerm], world: World) -> tuple[int, int]:
    """Return the rank of the outcome at best and at worst."""
    best = worst = 0
    for rule in rules:
        rank, status = 0 if rule.outcome is None else OUTCOMES.index(rule.outcome), rule.status(world)
        best = max(best, rank) if status == "violated" else best
        worst = max(worst, rank) if status in ("violated", "undetermined") else worst
    return best, worst


def law(rules: Sequence[RuleTerm], day: datetime.date) -> AreaOn:
    """Return the rules as an area's law on a day."""
    return with_rules(area_on(book(), "base", day), [_rule(r) for r in rules])


def with_rules(on: AreaOn, rules: Sequence[Rule]) -> AreaOn:
    """Return a law with other rules."""
    return replace(on, rules=tuple(rules), area=replace(on.area, rules=tuple(rules)))


def _rule(rule: RuleTerm) -> Rule:
    title, cited = Name(rule.key, rule.key), Citation("statute", "一", Standing.statute)
    applies = tuple(_clause(f"when_{i}", t) for i, t in enumerate(rule.applies_when))
    requires = tuple(_clause(f"clause_{i}", t) for i, t in enumerate(rule.requires))
    return Rule(rule.key, title, Period(), (cited,), applies, requires, Otherwise(rule.outcome))


def _clause(key: str, term: Term) -> Clause:
    return Clause(key, Name(term.text, term.text), parsed(term.text), term.text)


def rule_terms(conditions: st.SearchStrategy[Term], most: int = 4) -> st.SearchStrategy[list[RuleTerm]]:
    """Return lists of rules over the conditions."""
    parts = st.tuples(
        st.lists(conditions, max_size=2).map(tuple),
        st.lists(conditions, min_size=1, max_size=2).map(tuple),
        st.sampled_from([*OUTCOMES[1:], *OUTCOMES[1:], None]),
    )
    listed = st.lists(parts, min_size=1, max_size=most)
    return listed.map(lambda rules: [RuleTerm(f"r{i}", *r) for i, r in enumerate(rules)])


AREAS = rule_terms(conditions(depth=2))


def learned(draw: Any, values: Mapping[str, Any], facts: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Return the values with one missing fact, or one missing field of one item, learned."""
    missing = [k for k in facts if k not in values]
    items = values.get("enterprise.events", ())
    holes = [(i, f) for i, item in enumerate(items) for f in FIELDS if f not in item]
    if holes and (not missing or draw(st.booleans())):
        index, name = draw(st.sampled_from(holes))
        changed = [dict(item) for item in items]
        changed[index][name] = draw(FIELDS[name])
        return {**values, "enterprise.events": tuple(changed)}
    if not missing:
        return dict(values)
    key = draw(st.sampled_from(missing))
    return {**values, key: draw(facts[key])}
