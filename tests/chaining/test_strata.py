"""In which order chaining rules are worked out: what a rule may not find is complete before it is asked."""

from __future__ import annotations

import pytest

from safety_rules.language.chain import ChainRule, Pattern
from safety_rules.language.kinds import Name
from safety_rules.language.source import Period
from safety_rules.semantics.chaining.strata import cycles_through_unless, strata

NAME = Name("某", "some")


def rule(key: str, derives: str, given: str = "", unless: str = "") -> ChainRule:
    """Return a rule by the letters of the relations that it derives, is given and may not find."""
    found, avoided = (tuple(Pattern(x, x, NAME) for x in side) for side in (given, unless))
    return ChainRule(key, NAME, Period(), (), found, avoided, derives, ())


@pytest.mark.parametrize(
    ("rules", "ordered"),
    [
        ([rule("2", "y", "a", "x"), rule("1", "x", "a")], [["1"], ["2"]]),
        ([rule("2", "y", "x"), rule("1", "x", "a")], [["1", "2"]]),
        ([rule("1", "z", "y"), rule("2", "y", "a", "x"), rule("3", "x", "a")], [["3"], ["1", "2"]]),
        ([rule("1", "z", "a", "y"), rule("2", "y", "a", "x"), rule("3", "x", "a")], [["3"], ["2"], ["1"]]),
        ([rule("1", "y", "a", "b")], [["1"]]),
        ([rule("1", "x", "xa"), rule("2", "y", "a", "x")], [["1"], ["2"]]),
        ([rule("1", "x", "a", "y"), rule("2", "x", "a"), rule("3", "y", "a")], [["3"], ["1", "2"]]),
    ],
)
def test_what_a_rule_may_not_find_is_of_an_earlier_stratum(rules: list[ChainRule], ordered: list[list[str]]) -> None:
    for turned in (rules, rules[::-1]):
        assert [[r.key for r in stratum] for stratum in strata(turned)] == ordered


def test_rules_that_depend_on_their_own_absence_have_no_order() -> None:
    with pytest.raises(ValueError, match="depend on themselves through `unless`"):
        strata([rule("1", "x", "a", "y"), rule("2", "y", "x")])


@pytest.mark.parametrize(
    ("rules", "cycles"),
    [
        ([rule("1", "x", "a", "x")], [["1"]]),
        ([rule("1", "x", "a", "y"), rule("2", "y", "x")], [["1", "2"]]),
        ([rule("1", "x", "a", "y"), rule("2", "y", "z"), rule("3", "z", "x"), rule("4", "y", "x")], [["1", "4"]]),
        ([rule("1", "x", "a", "y"), rule("2", "y", "z"), rule("3", "z", "y")], []),
        ([rule("1", "x", "a", "y"), rule("2", "y", "b", "x")], [["1", "2"], ["2", "1"]]),
    ],
)
def test_a_cycle_through_unless_is_told_by_its_shortest_way(rules: list[ChainRule], cycles: list[list[str]]) -> None:
    assert [[r.key for r in cycle] for cycle in cycles_through_unless(rules)] == cycles
