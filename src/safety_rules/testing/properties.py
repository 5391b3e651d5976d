"""Properties of rules: what holds of every record, tried on records at and beside every edge.

A property lives in a test file (`test_x = rule_property(area, check=...)`), or in a `properties.py`
beside the rules, where the pytest plugin finds it and gives it the area that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from safety_rules.language.errors import NotFoundError
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.dated_area import DatedArea
from safety_rules.testing.passing import near_passing
from safety_rules.testing.shown import known_fact, record_text
from safety_rules.testing.strategies import edges_of, records, values

LEAST_KEPT = 0.5  # of the records made: where more are discarded, the property says little
T = TypeVar("T")


@dataclass(slots=True)
class Tally:
    """How many records a property was tried on, and how many of them it discarded."""

    tried: int = 0
    discarded: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """One record that a property is tried on: the facts as data, by key, and the area that decides."""

    area: DatedArea
    record: Mapping[str, Any]
    data: st.DataObject = field(repr=False)
    tally: Tally = field(repr=False)
    edges: dict[str, list[Fraction]] = field(default_factory=dict, repr=False)

    def decide(self, record: Mapping[str, Any] | None = None) -> Verdict:
        """Return the verdict on this record, or on another."""
        return self.area.decide(dict(self.record if record is None else record))

    def another(self, fact: str) -> Any:
        """Return another value of a fact: where a rule turns on this record, at or beside an edge, or anywhere."""
        if fact not in self.edges:
            self.edges[fact] = edges_of(self.area, self.record, fact)
        made, edges = values(self.area, fact), self.edges[fact]
        return self.data.draw(st.sampled_from(edges) | made if edges else made, label=fact)

    def assume(self, condition: bool) -> None:
        """Discard this record where the condition does not hold; a property that discards most of them fails."""
        if not condition:
            self.tally.discarded += 1
        assume(condition)


Check = Callable[[Example], None]


@dataclass(frozen=True, slots=True)
class RuleProperty:
    """A check with the area that it is about; `area` is one, or the key of one in the folder it stands in."""

    area: DatedArea | str
    check: Check
    on: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    examples: int = 100
    blanks: bool = True

    def bound(self, area: DatedArea) -> Callable[[], None]:
        """Return the test of this property on an area."""
        return lambda: tried(self, area)


def rule_property(
    area: DatedArea | str,
    *,
    check: Check | None = None,
    on: str = "",
    given: Mapping[str, Any] | None = None,
    examples: int = 100,
    blanks: bool = True,
) -> Any:
    """Return a test of `check`, or a decorator that makes a test of a function of one `Example`.

    `given` are facts that every record has, by English or Chinese name. An area's key stands for the area
    of the folder in which the plugin finds the property, as of the day `on`.
    """

    def made(function: Check) -> Callable[[], None]:
        facts = dict(given or {})
        found = RuleProperty(area, function, on, facts, examples, blanks)

        def test() -> None:
            if isinstance(found.area, str):
                raise NotFoundError(f"`{found.area}` names an area of a rules folder; run it through the plugin")
            tried(found, found.area)

        test.__name__ = getattr(function, "__name__", "test_property")
        test.__doc__ = function.__doc__
        test.rule_property = found  # type: ignore[attr-defined]
        return test

    return made if check is None else made(check)


def tried(found: RuleProperty, area: DatedArea) -> None:
    """Try a property on generated records; raises AssertionError with the smallest record that breaks it."""
    fixed = _by_key(found.given, area)
    tally = Tally()

    @settings(
        max_examples=found.examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    @given(records(area, found.blanks) | near_passing(area, fixed), st.data())
    def run(record: dict[str, Any], data: st.DataObject) -> None:
        tally.tried += 1
        example = Example(area, {**record, **fixed}, data, tally)
        try:
            found.check(example)
        except AssertionError as error:
            raise AssertionError(f"{error}\n\n{record_text(example.record, area.law.rulebook.vocabulary)}") from None

    broken = ""
    try:
        run()
    except AssertionError as error:
        broken = str(error)
    except Unsatisfiable:
        tally.discarded = max(tally.discarded, 1)
    if broken:
        raise AssertionError(broken)
    kept = tally.tried - tally.discarded
    if kept < tally.tried * LEAST_KEPT:
        raise AssertionError(
            f"the property discards most examples: {kept} of {tally.tried} were kept; "
            "give the facts that it wants (`given=`), or assume less"
        )


def _by_key(facts: Mapping[str, Any], area: DatedArea) -> dict[str, Any]:
    return {known_fact(area, name).key: value for name, value in facts.items()}
