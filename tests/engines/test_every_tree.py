"""Every form of the language as each operand of each form, in every engine: no difference from the definition, no exception.

All pairs by the compiled functions and both queries of DuckDB, a share of them by the solver; three within each
other by a sample. `python -m engines.tree_campaign` in `tests/` asks for all of it.
"""

from __future__ import annotations

from random import Random

import pytest

from engines.every_tree import Compared, by_formula, by_query, compared_by, compiled_exact, compiled_fast
from engines.trees import FORMS, LEAVES, Tree, records, texts, trees
from safety_rules.language.expr import Expr, children
from safety_rules.language.operators import FOLDS, FUNCTIONS, ORDERS, SIGNS
from safety_rules.language.record import Record

PAIRS = trees(texts())
TRIPLES = trees(Random(3).sample(list(texts(3)), 400))
RECORDS = records(24)


def by_compiled_and_tables(found: list[Tree], over: list[Record], bounded: bool = False) -> Compared:
    """Compare the compiled functions and both queries with the definition, a few trees to a law.

    What is asked of a whole law at once, and left to the exact engine as a whole, is asked of fewer at a time.
    """
    queries = {f"{name} query": by_query(name) for name in ("full", "short")}
    return compared_by({"exact": compiled_exact, **queries}, found, over, 10, bounded) + compared_by(
        {"fast": compiled_fast}, found, over, 3, bounded
    )


def said(what: str, found: list[Tree], over: list[Record], compared: Compared) -> None:
    """Print how many trees and records were compared; fails where anything differs."""
    print(
        f"\n{len(found)} trees, {what}, on {len(over)} records: {dict(compared.answers)}; left to the exact engine: {dict(compared.left)}"
    )
    assert not compared.differences, "\n".join(compared.differences[:40])


def test_every_pair_is_what_the_definition_says() -> None:
    compared = by_compiled_and_tables(PAIRS, RECORDS)
    said("each form in each", PAIRS, RECORDS, compared)
    assert compared.answers["exact"] == len(PAIRS) * len(RECORDS)
    assert compared.answers["full query"] > 0.7 * compared.answers["exact"]
    assert compared.answers["short query"] > 0.1 * compared.answers["exact"]
    assert compared.answers["fast"] > 0.2 * compared.answers["exact"]


def test_a_sample_of_three_within_each_other_is_what_the_definition_says() -> None:
    said("three within each other", TRIPLES, RECORDS, by_compiled_and_tables(TRIPLES, RECORDS))


def test_a_sample_is_what_the_definition_says_by_its_bounds() -> None:
    """Rows that bounds may decide leave SQL; what stays there is what the definition says."""
    found = [*PAIRS[::40], *TRIPLES[::10]]
    said("by bounds", found, RECORDS, by_compiled_and_tables(found, RECORDS, bounded=True))


UNSOLVED = ("distinct", "length", "matches", "same_text")  # what the solver declines, or mostly


@pytest.mark.parametrize("found", [PAIRS[::18], TRIPLES[::14]], ids=["pairs", "triples"])
def test_the_solver_agrees_on_records_that_are_pinned(found: list[Tree]) -> None:
    over = RECORDS[:3]
    compared = compared_by({"solver": by_formula}, found, over, 1)
    said("by formula", found, over, compared)
    left = [text for text, _ in found if any(f"{name}(" in text for name in UNSOLVED)]
    assert compared.answers["solver"] > 0.9 * (len(found) - len(left)) * len(over)


def test_nothing_of_the_language_is_left_out() -> None:
    """Every node, operator, fold and function stands in a pair, and every kind of leaf fills a slot."""
    nodes: set[str] = set()
    names: set[str] = set()

    def gather(expr: Expr) -> None:
        nodes.add(type(expr).__name__)
        names.update(str(getattr(expr, at)) for at in ("op", "fold", "function") if hasattr(expr, at))
        for child in children(expr):
            gather(child)

    for _, tree in PAIRS:
        gather(tree)
    assert {node.__name__ for node in Expr.__args__} == nodes  # type: ignore[attr-defined]
    written_as_nodes = {key for key, row in FUNCTIONS.items() if row.same_as}
    assert {*ORDERS, *SIGNS, *FOLDS, *FUNCTIONS} - written_as_nodes <= names
    assert {kind for form in FORMS for kind in form.slots} <= set(LEAVES)
    assert len(PAIRS) > 2400
