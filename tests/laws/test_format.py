"""Parsing and formatting are inverse, in both languages, on every node of the language."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from hypothesis import Phase, given, settings

from conformance.suite import book, conditions, parsed
from effort import effort
from laws.maker import conditions as generated
from laws.maker import formulas
from laws.terms import Term
from safety_rules.language import expr as language
from safety_rules.language.expr import Expr, walk
from safety_rules.semantics.checking.format import formatted


def written(expr: Expr, words: str) -> str:
    known = book()
    return formatted(expr, known.vocabulary, known.parameters, words, known.tables)


@pytest.mark.parametrize("words", ["zh", "en"])
@settings(max_examples=effort(200))
@given(term=generated(depth=4) | formulas())
def test_a_formatted_condition_parses_to_the_same_tree(term: Term, words: str) -> None:
    tree = parsed(term.text)
    assert tree == parsed(written(tree, words)), term.text


@pytest.mark.parametrize("words", ["zh", "en"])
@pytest.mark.parametrize("text", sorted({c.that for c in conditions()}))
def test_every_condition_of_the_conformance_suite_survives_formatting(text: str, words: str) -> None:
    tree = parsed(text)
    assert tree == parsed(written(tree, words))
    assert written(tree, words) == written(parsed(written(tree, words)), words)


AWKWARD = [
    "project.invested * project.land > 0",
    "project.invested * project.invested / project.land >= 0",
    "project.invested / project.land / project.floor >= 5[万元/亩/m2]",
    "0 < project.invested / project.land",
    "0 <= project.ratio / project.land",
    "(project.ready and project.clean) and project.ready",
    "project.ready and (project.clean and project.ready)",
    "(project.ready == project.clean) == project.ready",
    "not (not project.ready)",
    "not (project.site in ['land'])",
    "-(-project.ratio) - -1 > 0",
    "project.ratio - (project.ratio - 1) > 1",
    "project.ratio / (project.ratio / 2) > 1",
    "(1 if project.ready else 2) if project.clean else (3 if project.ready else 4)",
    "1 if (project.ready if project.clean else project.ready) else 2",
    "project.code == '\\'' or project.code == '\"' or project.code == '\\\\n'",
    "project.approved + 3[年] - 2[周] < as_of",
    "project.expires - (project.approved + 1[月]) > 3[天]",
    "(project.expires - project.approved) * 2 > 3[天]",
    "project.rate == 5[百分比]",
    "sum((e.loss if e.closed else 0) for e in enterprise.events if e.closed or e.severe) > 5[元]",
    "any((e.closed if e.severe else e.closed) for e in enterprise.events)",
    "limit.period[min(e.day for e in enterprise.events)] > 3[月]",
    "max(project.invested, 3[亿元]) > 5[元]",
    "project.invested == (3[亿元] if project.ready else 5[元])",
    "project.balance + 0 > 0 - project.balance",
    "0 + project.balance > 0",
]


@pytest.mark.parametrize("words", ["zh", "en"])
@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_conditions_survive_formatting(text: str, words: str) -> None:
    tree = parsed(text)
    assert tree == parsed(written(tree, words))


def test_the_generator_reaches_every_node_of_the_language() -> None:
    found: Counter[str] = Counter()

    @settings(max_examples=300, phases=[Phase.generate], derandomize=True, database=None)
    @given(generated(depth=4))
    def collect(term: Term) -> None:
        found.update(type(node).__name__ for node in walk(parsed(term.text)))

    collect()
    assert {node.__name__ for node in get_args(language.Expr)} == set(found)
    assert min(found.values()) >= 3
