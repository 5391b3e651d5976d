"""Needs against brute force over every completion of small finite areas."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from effort import effort
from laws.areas import OUTCOMES, RuleTerm, interval, law, rule_terms
from laws.terms import ORDERS, SITES, Term, World, chosen, conjunction, disjunction, divided, negation, strict
from safety_rules.language.record import Record
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.verdict import decide

DAY = datetime.date(2020, 10, 1)
DOMAINS: dict[str, list[Any]] = {
    "project.ready": [True, False],
    "project.clean": [True, False],
    "project.site": list(SITES),
    "project.other_site": list(SITES),
    "project.level": [Fraction(n) for n in range(4)],
    "project.stage": [Fraction(n) for n in range(3)],
}


def fact(key: str) -> Term:
    return Term(key, lambda w: w.facts.get(key))


READY, CLEAN, SITE, OTHER, LEVEL, STAGE = (fact(k) for k in DOMAINS)
NUMBERS = [
    LEVEL,
    STAGE,
    Term("(project.level + project.stage)", strict(lambda a, b: a + b, LEVEL, STAGE)),
    Term("(project.level - project.stage)", strict(lambda a, b: a - b, LEVEL, STAGE)),
    Term("(project.level * project.stage)", strict(lambda a, b: a * b, LEVEL, STAGE)),
    Term("(project.level / project.stage)", strict(divided, LEVEL, STAGE)),
    Term(
        "(project.level if project.ready else project.stage)",
        lambda w: chosen(READY.value(w), LEVEL.value(w), STAGE.value(w)),
    ),
]


@st.composite
def atoms(draw: st.DrawFn) -> Term:
    match draw(st.sampled_from(["flag", "site", "same", "number", "number", "in"])):
        case "flag":
            return draw(st.sampled_from([READY, CLEAN]))
        case "site":
            key = draw(st.sampled_from(list(SITES)))
            return Term(f"({SITE.text} == '{key}')", strict(lambda a: a == key, SITE))
        case "same":
            op = draw(st.sampled_from(["==", "!="]))
            return Term(f"({SITE.text} {op} {OTHER.text})", strict(ORDERS[op], SITE, OTHER))
        case "in":
            return Term(f"({OTHER.text} in ['land', 'shared'])", strict(lambda a: a in ("land", "shared"), OTHER))
        case _:
            number, op, edge = (
                draw(st.sampled_from(NUMBERS)),
                draw(st.sampled_from(list(ORDERS))),
                draw(st.integers(0, 4)),
            )
            return Term(f"({number.text} {op} {edge})", strict(lambda a: ORDERS[op](a, edge), number))


def combined(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pairs = st.tuples(inner, inner)
    return (
        inner.map(lambda a: Term(f"(not {a.text})", lambda w: negation(a.value(w))))
        | pairs.map(lambda p: Term(f"({p[0].text} and {p[1].text})", lambda w: conjunction([t.value(w) for t in p])))
        | pairs.map(lambda p: Term(f"({p[0].text} or {p[1].text})", lambda w: disjunction([t.value(w) for t in p])))
        | st.tuples(inner, inner, inner).map(
            lambda p: Term(
                f"({p[0].text} if {p[1].text} else {p[2].text})",
                lambda w: chosen(p[1].value(w), p[0].value(w), p[2].value(w)),
            )
        )
    )


AREAS = rule_terms(st.recursive(atoms(), combined, max_leaves=4), most=3)
RECORDS = st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in DOMAINS.items()})


def completions(keys: list[str]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*(DOMAINS[k] for k in keys)):
        yield dict(zip(keys, values, strict=True))


def settles(rules: list[RuleTerm], values: Mapping[str, Any], keys: tuple[str, ...], best: int) -> bool:
    """Return whether some answers for the keys make the verdict definite at its best."""
    return any(interval(rules, World(DAY, {**values, **c})) == (best, best) for c in completions(list(keys)))


@settings(max_examples=effort(100))
@given(AREAS, RECORDS)
def test_nothing_beyond_what_can_change_the_verdict_changes_it(rules: list[RuleTerm], values: Any) -> None:
    verdict = decide(kleene(rules), Record(values))
    named = [r.name for r in verdict.needs.can_change]
    inside = [k for k in DOMAINS if k not in values and k in named]
    outside = [k for k in DOMAINS if k not in values and k not in named]
    for answers in completions(inside):
        known = {**values, **answers}
        intervals = {interval(rules, World(DAY, {**known, **c})) for c in completions(outside)}
        assert len(intervals) == 1, answers


@settings(max_examples=effort(100))
@given(AREAS, RECORDS)
def test_the_smallest_set_settles_the_verdict_at_best_and_no_smaller_one_does(
    rules: list[RuleTerm], values: Any
) -> None:
    verdict = decide(kleene(rules), Record(values))
    best, worst = interval(rules, World(DAY, values))
    if best == worst:
        assert verdict.needs.smallest == verdict.needs.can_change == ()
        return
    event(f"at best {OUTCOMES[best]}")
    divisors = [r.name for r in verdict.needs.can_change if r.kind == "divisor"]
    open_facts = [k for k in DOMAINS if k not in values] + divisors
    sizes = range(1, len(open_facts) + 1)
    smallest = next(
        (n for n in sizes for s in itertools.combinations(open_facts, n) if settles(rules, values, s, best)), 0
    )
    event(f"smallest has {smallest}")
    named = tuple(r.name for r in verdict.needs.smallest)
    assert smallest == len(named)
    assert settles(rules, values, named, best) is bool(named)


def kleene(rules: list[RuleTerm]) -> AreaOn:
    """Return the law asked by strong Kleene alone, as the brute force asks it."""
    return replace(law(rules, DAY), bounded=False)


def test_a_zero_divisor_and_a_blank_numerator_are_both_needed() -> None:
    ratio = Term("((project.level / project.stage) < 1)", strict(lambda a: a < 1, NUMBERS[5]))
    rule = RuleTerm("0", (), (ratio,), OUTCOMES[-1])
    verdict = decide(law([rule], DAY), Record({"project.stage": Fraction(0)}))
    assert {("divisor", "project.stage"), ("fact", "project.level")} == {
        (r.kind, r.name) for r in verdict.needs.smallest
    }
