"""Every node, operator, fold and function in every reading: it is read, or declined by name; never guessed, never handed round.

`DECLINED` is the whole list of what is declined. It may only shrink: what a reading learns is taken off it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import get_args

import pytest

from conformance.suite import ConditionCase, conditions, parsed, record
from safety_rules.engines.compiled import compiled
from safety_rules.engines.compiled.conditions import Conditions, Declined
from safety_rules.engines.compiled.plain_data import Facts
from safety_rules.engines.compiled.standing import standings
from safety_rules.engines.smt.law import open_law
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.engines.sql.dialect import DUCKDB, SPARK
from safety_rules.engines.sql.lower.tree import READINGS
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.query.builder import law_query
from safety_rules.engines.sql.query.sides import _aside
from safety_rules.engines.sql.read.facts import facts_and_cells
from safety_rules.language import expr as tree
from safety_rules.language import operators
from safety_rules.language.bounds import EITHER, FALSE, compared, doubted, just, of_kind
from safety_rules.language.expr import Aggregate, Arithmetic, Call, Compare, DaysBetween, Expr, children, kind_of, walk
from safety_rules.language.kinds import Boolean, Number
from safety_rules.language.operators import FOLDS, FUNCTIONS
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.bounds import at_any_time
from safety_rules.semantics.canonical import canonical
from safety_rules.semantics.checking.format import formatted
from safety_rules.semantics.counsel.breakpoints import TooComplex, neighbours
from safety_rules.semantics.counsel.supports import defined, settle
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.evaluate import evaluate, fact_paths
from safety_rules.semantics.grounds import grounds
from safety_rules.semantics.rebuild import rebuilt
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.services.mutants import expressions
from safety_rules.words.catalog import pattern
from safety_rules.words.explanation import texts

CASES = list(conditions())
EDGES = [
    dict(zip(("project.level", "project.stage", "project.width", "project.depth"), values, strict=True))
    for values in product(("0", "3"), ("0", "2"), ("-6", "6"), ("-6", "6"))
]
SAMPLES = [
    "project.ready",
    "project.ready == True",
    "not project.ready",
    "project.ready and project.clean",
    "project.ready or project.clean",
    "(project.ready if project.clean else False)",
    "project.level < 2",
    "project.level <= 2",
    "project.level == 2",
    "project.level != 2",
    "project.level >= 2",
    "project.level > 2",
    "project.name == 'a'",
    "project.site in ['land', 'lease']",
    "'mixing' in project.steps",
    "'mixing' in limit.steps",
    "project.width + project.depth < 1",
    "project.width - project.depth < 1",
    "project.level - project.stage < 1",
    "project.width * project.depth < 1",
    "project.width / project.depth < 1",
    "-project.width < 1",
    "project.floor <= 2[亩]",
    "project.invested / project.land >= limit.intensity",
    "project.approved + 3[月] <= project.expires",
    "project.approved + project.term <= project.expires",
    "project.approved - project.wait <= as_of",
    "project.expires - project.approved <= 30[天]",
    "project.level + limit.ended[project.approved] > 1",
    "(project.width if project.ready else project.depth) > 1",
    "sum(e.score for e in enterprise.events) > 1",
    "sum(e.score for e in enterprise.events if e.closed) > 1",
    "count(e for e in enterprise.events) > 1",
    "min(e.score for e in enterprise.events) > 1",
    "max(e.score for e in enterprise.events) > 1",
    "max(e.day for e in enterprise.events) < as_of",
    "any(e.closed for e in enterprise.events)",
    "all(e.closed for e in enterprise.events if e.score > 1)",
    "any(s == 'mixing' for s in project.steps)",
    "distinct(e.substance for e in enterprise.events if e.closed) > 1",
    "project.steps == limit.steps",
    "all(count(f for f in enterprise.events if f.substance == e.substance) == 1 for e in enterprise.events)",
    "project.code in quantity",
    "quantity[project.code].toxic",
    "any(e.substance in quantity for e in enterprise.events)",
    "quantity[project.code].amount > 1[t]",
    "quantity[project.code, project.name].amount > 1[t]",
    "starts_with(project.code, '26')",
    "ends_with(project.code, '26')",
    "contains(project.code, '26')",
    "same_text(project.code, 'ab')",
    "matches(project.code, 'plate')",
    "length(project.code) > 2",
    "min(project.width, project.depth) < 1",
    "max(project.width, project.depth) < 1",
    "abs(project.width) < 1",
    "months_between(project.expires, project.approved) > 3[月]",
    "years_between(project.expires, project.approved) > 3[年]",
    "year(project.expires) > 2019",
    "month(project.expires) > 3",
    "weekday(project.expires) > 5",
    "first_of_month(project.expires) > project.approved",
    "last_of_month(project.expires) > project.approved",
    "workdays_between(project.expires, project.approved) > 20[天]",
    "days_between(project.expires, project.approved) > 3[天]",
    "in_window(project.opens, '22:00', project.closes)",
    "floor_to(project.width, project.depth) < 1",
    "round_to(project.width, 0.5) < 1",
]


def law_of(text: str) -> AreaOn:
    return ConditionCase("", text, parsed(text, Boolean()), CASES[0].law, CASES[0].record, True, None).requirement()


def that_of(law: AreaOn) -> Expr:
    return law.rules[0].requires[0].that


def everything(law: AreaOn) -> Iterator[Expr]:
    yield from walk(that_of(law))
    for derivation in law.derivations.values():
        yield from walk(derivation.formula)


def test_the_samples_hold_every_node_operator_fold_and_function() -> None:
    found = [n for text in SAMPLES for n in walk(that_of(law_of(text)))]
    assert set(get_args(tree.Expr)) == {type(n) for n in found}
    assert set(get_args(operators.Comparison)) == {n.op for n in found if isinstance(n, Compare)}
    assert set(get_args(operators.Operator)) == {n.op for n in found if isinstance(n, Arithmetic)}
    assert set(FOLDS) == set(get_args(operators.Folding)) == {n.fold for n in found if isinstance(n, Aggregate)}
    assert {k for k, row in FUNCTIONS.items() if not row.same_as} == {n.function for n in found if isinstance(n, Call)}


def test_every_dataclass_of_the_tree_is_a_node_of_it() -> None:
    made = {v for v in vars(tree).values() if isinstance(v, type) and v.__module__ == tree.__name__}
    assert set(get_args(tree.Expr)) == made


def _evaluated(law: AreaOn) -> None:
    for case in CASES[:60]:
        evaluate(that_of(law), law.environment(case.record))


def _rebuilt(law: AreaOn) -> None:
    for node in walk(that_of(law)):
        parts = list(rebuilt(node))
        assert sorted(map(repr, children(node))) == sorted(
            repr(child) for _, child, _ in parts if child in children(node)
        )
        for _, child, build in parts:
            assert node == build(child)


def _formatted(law: AreaOn) -> None:
    book = law.rulebook
    for language in ("zh", "en"):
        text = formatted(that_of(law), book.vocabulary, book.parameters, language, book.tables)
        assert that_of(law) == parsed(text, Boolean()), text


def _supports(law: AreaOn) -> None:
    that = that_of(law)
    for case in CASES[:60]:
        env = law.environment(case.record)
        assert all(isinstance(family, frozenset) for family in (settle(that, True, env), settle(that, False, env)))
        defined(that, env)


def _explained(law: AreaOn) -> None:
    for case in CASES[:60]:
        for language in ("zh", "en"):
            texts(clause_lines(that_of(law), law.environment(case.record)), language, law.rulebook.vocabulary)


@pytest.mark.parametrize("that", [t for t in SAMPLES if re.match(r"(max|min|abs|count|sum|\w+_(between|to))\(", t)])
def test_a_function_or_fold_is_told_by_its_name(that: str) -> None:
    law = law_of(that)
    given = {
        "project.width": "-3",
        "project.depth": "2",
        "project.approved": "2019-01-15",
        "project.expires": "2020-01-15",
    }
    env = law.environment(record({**given, "enterprise.events": [{"score": "2", "closed": False}]}, law))
    told = "\n".join(texts(clause_lines(that_of(law), env), "zh", law.rulebook.vocabulary))
    node = next(n for n in walk(that_of(law)) if isinstance(n, Call | Aggregate | DaysBetween))
    key = f"function.{node.function}" if isinstance(node, Call) else f"fold.{getattr(node, 'fold', '')}"
    said = (
        "－"
        if isinstance(node, DaysBetween)
        else "〔"
        if that.startswith("sum(") and " if " not in that
        else pattern(key, "zh").partition("{")[0]
    )
    assert said in told, told


def _breakpoints(law: AreaOn) -> None:
    for case in CASES:
        env = law.environment(case.record)
        for path in fact_paths(that_of(law), env):
            fact = law.rulebook.vocabulary.facts.get(path)
            if fact is not None and isinstance(fact.kind, Number) and case.record.value_at(path) is not None:
                neighbours(that_of(law), env, path, Fraction(1, 2))


def _compiled(law: AreaOn) -> None:
    area = compiled(law)
    for case in CASES[:60]:
        masks = area.masks(case.record.values)
        standings(area)(case.record.values, masks, area.outcome(masks.violated))


def _fast(law: AreaOn) -> None:
    made = Conditions(law, Facts(law, {}), {})
    made.truth(that_of(law))


def _short(law: AreaOn) -> None:
    read, _, cells = facts_and_cells(law, {}, DUCKDB, ())
    w = Writer(law, DUCKDB, cells, read, READINGS)
    if _aside(that_of(law), w):
        raise Declined(next(n for n in reversed(walk(that_of(law))) if _aside(n, w)))


READINGS_OF: dict[str, Callable[[AreaOn], object]] = {
    "evaluate": _evaluated,
    "canonical": lambda law: canonical(that_of(law)),
    "format": _formatted,
    "rebuild": _rebuilt,
    "grounds": lambda law: [grounds(that_of(law), law.environment(c.record)) for c in CASES[:60]],
    "supports": _supports,
    "breakpoints": _breakpoints,
    "explain": _explained,
    "mutants": lambda law: list(expressions(that_of(law))),
    "compiled": _compiled,
    "fast": _fast,
    "short sql": _short,
    "DuckDB": lambda law: law_query(law, {}, DUCKDB),
    "Spark": lambda law: law_query(law, {}, SPARK),
    "smt": lambda law: open_law(law).findings(),
}


def declined() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for text in SAMPLES:
        law = law_of(text)
        for name, reading in READINGS_OF.items():
            try:
                reading(law)
            except (Declined, TooComplex, NotLowered) as no:
                found.setdefault(name, {})[text] = getattr(no, "reason", str(no))
    return found


def test_every_reading_reads_it_or_declines_it_by_name() -> None:
    found = declined()
    assert found == DECLINED


def test_what_a_condition_can_come_to_holds_what_it_comes_to() -> None:
    """`at_any_time` answers for every tree, and so must never be narrower than the truth."""
    told = 0
    for text in SAMPLES:
        law = law_of(text)
        book, that = law.rulebook, that_of(law)
        parts = [that, *(n for n in children(that) if isinstance(kind_of(n), Number) and isinstance(that, Compare))]
        bounds = [
            (part, at_any_time(part, book.vocabulary, book.parameters, frozenset(law.derivations))) for part in parts
        ]
        told += any(b not in (EITHER, doubted(EITHER), of_kind(kind_of(part))) for part, b in bounds)
        for given in [*(c.record for c in CASES), *(record(edge, law) for edge in EDGES)]:
            env = law.environment(given)
            for part, b in bounds:
                value = evaluate(part, env)
                if not isinstance(value, Unknown):
                    assert compared("==", b, just(value)) != FALSE, text
    assert told > 15


DECLINED: dict[str, dict[str, str]] = {
    "short sql": {
        "(project.ready if project.clean else False)": "If",
        "'mixing' in project.steps": "In",
        "project.approved + 3[月] <= project.expires": "Shift",
        "project.approved + project.term <= project.expires": "Shift",
        "project.approved - project.wait <= as_of": "AsOf",
        "project.expires - project.approved <= 30[天]": "DaysBetween",
        "project.level + limit.ended[project.approved] > 1": "ParameterRef",
        "(project.width if project.ready else project.depth) > 1": "If",
        "sum(e.score for e in enterprise.events) > 1": "ItemField",
        "sum(e.score for e in enterprise.events if e.closed) > 1": "ItemField",
        "count(e for e in enterprise.events) > 1": "FactRef",
        "min(e.score for e in enterprise.events) > 1": "ItemField",
        "max(e.score for e in enterprise.events) > 1": "ItemField",
        "max(e.day for e in enterprise.events) < as_of": "AsOf",
        "any(e.closed for e in enterprise.events)": "ItemField",
        "all(e.closed for e in enterprise.events if e.score > 1)": "ItemField",
        "any(s == 'mixing' for s in project.steps)": "ItemSelf",
        "all(count(f for f in enterprise.events if f.substance == e.substance) == 1 for e in enterprise.events)": "ItemField",
        "project.code in quantity": "Listed",
        "quantity[project.code].toxic": "Lookup",
        "any(e.substance in quantity for e in enterprise.events)": "ItemField",
        "quantity[project.code].amount > 1[t]": "Lookup",
        "quantity[project.code, project.name].amount > 1[t]": "Lookup",
        "starts_with(project.code, '26')": "Call",
        "ends_with(project.code, '26')": "Call",
        "contains(project.code, '26')": "Call",
        "same_text(project.code, 'ab')": "Call",
        "matches(project.code, 'plate')": "Call",
        "length(project.code) > 2": "Call",
        "min(project.width, project.depth) < 1": "Call",
        "max(project.width, project.depth) < 1": "Call",
        "abs(project.width) < 1": "Call",
        "months_between(project.expires, project.approved) > 3[月]": "Call",
        "years_between(project.expires, project.approved) > 3[年]": "Call",
        "year(project.expires) > 2019": "Call",
        "month(project.expires) > 3": "Call",
        "weekday(project.expires) > 5": "Call",
        "first_of_month(project.expires) > project.approved": "Call",
        "last_of_month(project.expires) > project.approved": "Call",
        "workdays_between(project.expires, project.approved) > 20[天]": "Call",
        "days_between(project.expires, project.approved) > 3[天]": "DaysBetween",
        "in_window(project.opens, '22:00', project.closes)": "Call",
        "floor_to(project.width, project.depth) < 1": "Call",
        "round_to(project.width, 0.5) < 1": "Call",
        "distinct(e.substance for e in enterprise.events if e.closed) > 1": "ItemField",
        "project.steps == limit.steps": "ItemSelf",
    },
    "breakpoints": {
        "project.approved + project.term <= project.expires": "Shift",
        "floor_to(project.width, project.depth) < 1": "floor_to",
        "round_to(project.width, 0.5) < 1": "round_to",
    },
    "smt": {
        "matches(project.code, 'plate')": "text-function",
        "length(project.code) > 2": "text-function",
        "distinct(e.substance for e in enterprise.events if e.closed) > 1": "distinct",
    },
    "fast": {
        "project.approved + project.term <= project.expires": "FactRef",
        "project.approved - project.wait <= as_of": "FactRef",
        "project.level + limit.ended[project.approved] > 1": "ParameterRef",
        "sum(e.score for e in enterprise.events) > 1": "Aggregate",
        "sum(e.score for e in enterprise.events if e.closed) > 1": "Aggregate",
        "min(e.score for e in enterprise.events) > 1": "Aggregate",
        "max(e.score for e in enterprise.events) > 1": "Aggregate",
        "max(e.day for e in enterprise.events) < as_of": "Aggregate",
        "project.code in quantity": "Listed",
        "quantity[project.code].toxic": "Lookup",
        "any(e.substance in quantity for e in enterprise.events)": "Listed",
        "quantity[project.code].amount > 1[t]": "Lookup",
        "quantity[project.code, project.name].amount > 1[t]": "Lookup",
        "ends_with(project.code, '26')": "Call",
        "contains(project.code, '26')": "Call",
        "same_text(project.code, 'ab')": "Call",
        "matches(project.code, 'plate')": "Call",
        "length(project.code) > 2": "Call",
        "min(project.width, project.depth) < 1": "Call",
        "max(project.width, project.depth) < 1": "Call",
        "abs(project.width) < 1": "Call",
        "months_between(project.expires, project.approved) > 3[月]": "Call",
        "years_between(project.expires, project.approved) > 3[年]": "Call",
        "year(project.expires) > 2019": "Call",
        "month(project.expires) > 3": "Call",
        "weekday(project.expires) > 5": "Call",
        "first_of_month(project.expires) > project.approved": "Call",
        "last_of_month(project.expires) > project.approved": "Call",
        "workdays_between(project.expires, project.approved) > 20[天]": "Call",
        "in_window(project.opens, '22:00', project.closes)": "Call",
        "floor_to(project.width, project.depth) < 1": "Call",
        "round_to(project.width, 0.5) < 1": "Call",
        "distinct(e.substance for e in enterprise.events if e.closed) > 1": "Aggregate",
    },
}
