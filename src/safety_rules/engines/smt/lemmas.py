"""What is proved of each record of a list by itself, so that sums over the list need no case split over all of them.

A sum of three chemicals, each of ninety substances, has too many cases to go through together. That each
chemical adds no less to one sum than to another has ninety: proved once, it is handed to the solver,
which then compares the sums term by term. All orders that hold are found at once: an assumed order that
some record breaks is dropped until none is broken.
"""

from __future__ import annotations

import time
from typing import Any

import z3

from safety_rules.engines.smt.logic import Condition, conjunction, implication
from safety_rules.engines.smt.record import holds
from safety_rules.engines.smt.solver import Search

MOST_SUMMANDS = 16

Order = tuple[Condition, Any, Any]


def add_lemmas(search: Search, *premises: Condition) -> int:
    """Add to a search every order between two summands of one record of a list; return how many.

    `premises` hold in the question that follows, and may be needed for the orders.
    """
    search.assume()
    search.solver.add(*(p for p in premises if p is not True))
    found = 0
    for path in dict.fromkeys(p for record in search.records() for p in record.summands):
        orders = _proved(search, _orders(search, path))
        for sure, small, large in orders:
            search.solver.add(z3.Implies(sure, small <= large) if sure is not True else small <= large)
        found += len(orders)
    return found


def _orders(search: Search, path: str) -> list[Order]:
    named = [s for record in search.records() for s in record.summands.get(path, {}).values()]
    distinct = list({s[1].get_id(): s for s in named}.values())[:MOST_SUMMANDS]
    return [
        (conjunction(sure_a, sure_b), a, b)
        for i, (sure_a, a) in enumerate(distinct)
        for j, (sure_b, b) in enumerate(distinct)
        if i != j
    ]


def _proved(search: Search, orders: list[Order]) -> list[Order]:
    """Return the orders that hold: none of them is broken by any record."""
    until = time.monotonic() + search.limit_s
    while orders:
        broken = z3.Or(*(z3.Not(z3.BoolVal(True) if o is True else o) for o in map(_held, orders)))
        search.solver.push()
        search.solver.add(broken)
        said = search.check(until - time.monotonic())
        model = search.solver.model() if said == z3.sat else None
        search.solver.pop()
        if said == z3.unsat:
            return orders
        if model is None:
            return []
        orders = [o for o in orders if holds(model, _held(o))]
    return []


def _held(order: Order) -> Any:
    sure, small, large = order
    return implication(sure, small <= large)
