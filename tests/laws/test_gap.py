"""Gaps against brute force over every step within the bounds of each fact."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from effort import effort
from laws.areas import RuleTerm, law
from laws.terms import ORDERS, Term, World, chosen, conjunction, disjunction, divided, negation, strict
from safety_rules.language.record import Record
from safety_rules.semantics.verdict.verdict import decide

F = Fraction
DAY = datetime.date(2020, 10, 1)
STEP = F(1, 2)
WIDTHS = [F(n, 2) for n in range(-12, 13)]
SCORES = [F(n, 2) for n in range(13)]
LEVELS = [F(n) for n in range(4)]
BOUNDS = {"project.width": WIDTHS, "project.depth": WIDTHS, "project.level": LEVELS}


def fact(key: str) -> Term:
    return Term(key, lambda w: w.facts.get(key))


WIDTH, DEPTH, LEVEL, READY = (fact(k) for k in ("project.width", "project.depth", "project.level", "project.ready"))
EDGES = st.sampled_from(["0", "1", "2", "3", "5", "0.3", "2.25", "7"])


def summed(world: World, where: Any) -> Any:
    values = [i.get("score") for i in world.facts["enterprise.events"] if where(i)]
    return None if None in values else sum(values, F(0))


def largest(world: World) -> Any:
    values = [i.get("score") for i in world.facts["enterprise.events"]]
    return None if None in values or not values else max(values)


AGGREGATES = [
    Term("sum(e.score for e in enterprise.events)", lambda w: summed(w, lambda i: True)),
    Term("sum(e.score for e in enterprise.events if e.closed)", lambda w: summed(w, lambda i: i["closed"])),
    Term("sum(e.score for e in enterprise.events if e.score >= 2)", lambda w: summed(w, lambda i: i["score"] >= 2)),
    Term("max(e.score for e in enterprise.events)", largest),
    Term(
        "count(e for e in enterprise.events if e.score > 1)",
        lambda w: F(sum(i["score"] > 1 for i in w.facts["enterprise.events"])),
    ),
]


@st.composite
def numbers(draw: st.DrawFn, depth: int = 2) -> Term:
    if depth == 0:
        edge = draw(EDGES)
        return draw(st.sampled_from([WIDTH, DEPTH, LEVEL, *AGGREGATES, Term(edge, lambda w: F(edge))]))
    a, b = draw(numbers(depth - 1)), draw(numbers(depth - 1))
    kind = draw(st.sampled_from(["+", "-", "*", "*", "/", "/", "if", "abs", "min", "max", "leaf"]))
    match kind:
        case "leaf":
            return a
        case "if":
            test = draw(comparisons(depth - 1))
            text = f"({a.text} if {test.text} else {b.text})"
            return Term(text, lambda w: chosen(test.value(w), a.value(w), b.value(w)))
        case "abs":
            return Term(f"abs({a.text})", strict(abs, a))
        case "min" | "max":
            return Term(f"{kind}({a.text}, {b.text})", strict({"min": min, "max": max}[kind], a, b))
        case "/":
            return Term(f"({a.text} / {b.text})", strict(divided, a, b))
        case _:
            operate = {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y}[kind]
            return Term(f"({a.text} {kind} {b.text})", strict(operate, a, b))


@st.composite
def comparisons(draw: st.DrawFn, depth: int = 2) -> Term:
    left, right, op = draw(numbers(depth)), draw(numbers(0)), draw(st.sampled_from([*ORDERS, ">=", "<="]))
    return Term(f"({left.text} {op} {right.text})", strict(ORDERS[op], left, right))


@st.composite
def clauses(draw: st.DrawFn) -> Term:
    first = draw(comparisons())
    second = draw(st.just(READY) | comparisons(1))
    match draw(st.sampled_from(["one", "one", "and", "or", "not"])):
        case "and":
            pair = f"({first.text} and {second.text})"
            return Term(pair, lambda w: conjunction([first.value(w), second.value(w)]))
        case "or":
            return Term(f"({first.text} or {second.text})", lambda w: disjunction([first.value(w), second.value(w)]))
        case "not":
            return Term(f"(not {first.text})", lambda w: negation(first.value(w)))
        case _:
            return first


ITEMS = st.lists(st.fixed_dictionaries({"score": st.sampled_from(SCORES), "closed": st.booleans()}), max_size=3).map(
    tuple
)
RECORDS = st.fixed_dictionaries(
    {
        "project.width": st.sampled_from(WIDTHS),
        "project.depth": st.sampled_from(WIDTHS),
        "project.level": st.sampled_from(LEVELS),
        "project.ready": st.booleans(),
        "enterprise.events": ITEMS,
    }
)


def changes(values: Mapping[str, Any]) -> Iterator[tuple[str, list[Fraction], Fraction]]:
    """Yield each number by path, with all its steps and its present value."""
    for key, steps in BOUNDS.items():
        yield key, steps, values[key]
    for i, item in enumerate(values["enterprise.events"]):
        yield f"enterprise.events[{i}].score", SCORES, item["score"]


def changed(values: Mapping[str, Any], path: str, to: Fraction) -> World:
    if "[" not in path:
        return World(DAY, {**values, path: to})
    index = int(path[path.index("[") + 1 : path.index("]")])
    items = [{**item, "score": to} if i == index else item for i, item in enumerate(values["enterprise.events"])]
    return World(DAY, {**values, "enterprise.events": tuple(items)})


def expected(term: Term, values: Mapping[str, Any]) -> set[tuple[str, Fraction]]:
    """Return the nearest passing steps above and below each present value."""
    found = set()
    for path, steps, now in changes(values):
        passing = [s for s in steps if term.value(changed(values, path, s)) is True]
        found |= {(path, s) for s in [s for s in passing if s > now][:1] + [s for s in passing if s < now][-1:]}
    return found


@settings(max_examples=effort(250))
@given(clauses(), RECORDS)
def test_gaps_are_the_nearest_steps_that_pass_and_an_empty_list_means_that_none_does(term: Term, values: Any) -> None:
    verdict = decide(law([RuleTerm("r", (), (term,), "rejected")], DAY), Record(values))
    if term.value(World(DAY, values)) is not False:
        assert verdict.clause_gaps == ()
        return
    looked_at = {g.path for g in verdict.gaps}
    event(f"{len(looked_at)} facts with a gap")
    wanted = expected(term, values)
    assert wanted == {(g.path, g.to) for g in verdict.gaps}, term.text
    for gap in verdict.gaps:
        assert term.value(changed(values, gap.path, gap.to)) is True
        back = gap.to - STEP * (1 if gap.change > 0 else -1) * (2 if gap.path == "project.level" else 1)
        if back != gap.now:
            assert term.value(changed(values, gap.path, back)) is not True
