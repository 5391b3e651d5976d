"""Checks of rules by name: monotone in a quantity, independent of a fact, invariant under a change, never better than."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Literal

from safety_rules.language.kinds import Boolean, Number
from safety_rules.language.record import Record
from safety_rules.language.truth import Truth
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.scope import scope_of
from safety_rules.semantics.evaluate import truth
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.dated_area import DatedArea
from safety_rules.testing.properties import Check, Example
from safety_rules.testing.sampling import in_proportion
from safety_rules.testing.shown import NotAFactError, condition_text, known_fact, moved

When = str | Callable[[Mapping[str, Any]], bool]


def monotone_in(fact: str, better: Literal["more", "less"] = "more") -> Check:
    """Return the check that more (or less) of a number never makes a verdict worse, at best or at worst.

    Records in which a ratio is not plausible are left out: there a number is asked, not used.
    """

    def check(example: Example) -> None:
        found = _number(example, fact)
        one, other = sorted(_value(example.another(found.key)) for _ in range(2))
        low, high = ({**example.record, found.key: v} for v in (one, other))
        example.assume(all(in_proportion(r, example.area.law) == r for r in (low, high)))
        worse, good = (low, high) if better == "more" else (high, low)
        before, after = example.decide(worse), example.decide(good)
        if _rank(after, "at_best") > _rank(before, "at_best") or _rank(after, "at_worst") > _rank(before, "at_worst"):
            raise AssertionError(moved(f"{better} `{found.key}` makes it worse", worse, good, before, after, found.key))

    return check


def independent_of(fact: str) -> Check:
    """Return the check that a verdict is the same whatever a fact is, or where it is blank."""

    def check(example: Example) -> None:
        found = known_fact(example.area, fact)
        one = {**example.record, found.key: example.another(found.key)}
        blank = {k: v for k, v in example.record.items() if k != found.key}
        for other in ({**one, found.key: example.another(found.key)}, blank):
            before, after = example.decide(one), example.decide(other)
            if _ends(before) != _ends(after):
                raise AssertionError(moved(f"it depends on `{found.key}`", one, other, before, after, found.key))

    return check


def invariant_under(change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Check:
    """Return the check that a change of the record (its order, its spelling) changes no verdict."""

    def check(example: Example) -> None:
        other = change(dict(example.record))
        before, after = example.decide(), example.decide(other)
        if _ends(before) != _ends(after):
            name = getattr(change, "__name__", "the change")
            raise AssertionError(moved(f"`{name}` changes the verdict", example.record, other, before, after))

    return check


def never_better_than(bound: str | DatedArea, when: When | None = None) -> Check:
    """Return the check that no verdict is better than an outcome, or than another area's (an older edition's).

    With `when`, a condition in the language of rules or a function, only records for which it is certain count.
    """

    def check(example: Example) -> None:
        example.assume(when is None or _certain(when, example))
        verdict = example.decide()
        if isinstance(bound, str):
            least, said = example.area.law.area.rank(known_outcome(example.area, bound)), f"`{bound}`"
        else:
            older = bound.decide(dict(example.record))
            least, said = _rank(older, "at_best"), f"under the other rules, {_shown(older)}"
        if _rank(verdict, "at_best") < least:
            text = f"{_shown(verdict)} is better than {said}"
            raise AssertionError(moved(text, example.record, example.record, verdict, verdict))

    return check


def known_outcome(area: DatedArea, key: str) -> str:
    """Return an outcome of an area; raises NotAFactError where there is none of that key."""
    keys = [o.key for o in area.law.area.outcomes]
    if key not in keys:
        raise NotAFactError(key, keys, "an outcome")
    return key


def _number(example: Example, name: str) -> Fact:
    fact = known_fact(example.area, name)
    if not isinstance(fact.kind, Number):
        raise NotAFactError(name, [], "a number")
    return fact


def _value(drawn: Any) -> Fraction:
    return drawn if isinstance(drawn, Fraction) else Fraction(str(drawn))


def _rank(verdict: Verdict, end: str) -> int:
    return verdict.on.area.rank(getattr(verdict, end))


def _ends(verdict: Verdict) -> tuple[str, str]:
    return (verdict.at_best, verdict.at_worst)


def _shown(verdict: Verdict) -> str:
    return verdict.outcome if verdict.definite else f"{verdict.at_best} to {verdict.at_worst}"


def _certain(when: When, example: Example) -> bool:
    """Return whether a condition is certainly true of an example's record."""
    if not isinstance(when, str):
        return when(example.record)
    law = example.area.law
    expr, wrong = condition(when, scope_of(law.rulebook), condition_text(when), Boolean())
    if expr is None or wrong:
        raise AssertionError("\n".join(d.text() for d in wrong))
    record: Record = example.area.admit(dict(example.record))
    return truth(expr, law.environment(record))[0] is Truth.TRUE
