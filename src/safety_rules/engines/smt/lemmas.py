"""What is proved of one record of a list by itself, so that sums over the list need no case split over all of them.

A sum of three chemicals, each of ninety substances, has too many cases to go through together. That each
chemical adds no less to one sum than to another has ninety: proved once, on a list of one record, it holds
of each record of a longer one, since no record's part depends on another record. The solver then compares
the sums term by term. All such orders are found together: an assumed order that some record breaks is
dropped, until none is broken.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import z3

from safety_rules.engines.smt.logic import Condition, conjunction, implication
from safety_rules.engines.smt.record import holds
from safety_rules.engines.smt.solver import Search

MOST_SUMMANDS = 16

Pairs = tuple[tuple[int, int], ...]


def orders(search: Search, *premises: Condition) -> Mapping[str, Pairs]:
    """Return, for each list, which parts of sums are never above which others, by their order of making.

    The search is over lists of at most one record; `premises` hold in the question that is asked later.
    """
    search.assume()
    search.solver.push()
    search.solver.add(*(p for p in premises if p is not True))
    found = {}
    for path in _paths(search):
        named = _summands(search, path)
        every = [(i, j) for i in range(len(named)) for j in range(len(named)) if i != j]
        found[path.partition("[")[0]] = _proved(search, named, every)
    search.solver.pop()
    return found


def add_orders(search: Search, found: Mapping[str, Pairs]) -> None:
    """Tell a search over longer lists the orders, of each record of each list."""
    search.assume()
    for path in _paths(search):
        named = _summands(search, path)
        for i, j in found.get(path.partition("[")[0], ()):
            order = _order(named, i, j)
            search.solver.add(*([] if order is True else [order]))


def _paths(search: Search) -> list[str]:
    return list(dict.fromkeys(path for record in search.records() for path in record.summands))


def _summands(search: Search, path: str) -> list[tuple[Condition, Any]]:
    """Return what a record adds to sums: when it is known, and its name; each once."""
    named = [s for record in search.records() for s in record.summands.get(path, {}).values()]
    return list({one.get_id(): (sure, one) for sure, one in named}.values())[:MOST_SUMMANDS]


def _order(named: list[tuple[Condition, Any]], i: int, j: int) -> Condition:
    """Return that one part is not above another, where both are known."""
    (sure_small, small), (sure_large, large) = named[i], named[j]
    return implication(conjunction(sure_small, sure_large), small <= large)


def _proved(search: Search, named: list[tuple[Condition, Any]], pairs: list[tuple[int, int]]) -> Pairs:
    """Return the orders that no record breaks."""
    until, left = time.process_time() + search.limit_s, pairs
    while left:
        search.solver.push()
        search.solver.add(z3.Or(*(z3.Not(_order(named, i, j)) for i, j in left)))
        said = search.check(until - time.process_time())
        model = search.solver.model() if said == z3.sat else None
        search.solver.pop()
        if said == z3.unsat:
            return tuple(left)
        if model is None:
            return ()
        left = [p for p in left if holds(model, _order(named, *p))]
    return ()
