"""Where a condition or choice is open, what every completion of the blanks decides alike: asked only there.

The generated function asks the definition's bounds of one node, on the record at hand. A node that bounds can never
decide, which is known when it is written, is not asked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import is_, load
from safety_rules.engines.compiled.doubt import Check, may_matter, ordinary_days
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language.bounds import only
from safety_rules.language.expr import Expr, FactRef
from safety_rules.language.record import Record
from safety_rules.language.same import Same
from safety_rules.semantics.bounds import asks_bounds, bounds_of, may_decide, quantifies
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import items_read, read

MOST_LASTING, MOST_LAWS = 20_000, 64


def certain(expr: Expr, found: ast.expr, w: Writer) -> ast.expr:
    """Return what a node comes to: by its bounds where it is None, and these may decide it."""
    if not w.law.bounded or not asks_bounds(expr) or (isinstance(found, ast.Constant) and found.value is not None):
        return found
    blank = w.blank()
    if not may_decide(expr, blank):
        return found
    variables = list(w.items)
    name = f"certain_{len(w.constants)}"
    matters = None if variables else may_matter(expr, w.law, blank)
    w.constants[name] = _asking(expr, w.law, variables, _remembered(Same(w.law)), matters)
    asked = code.call(name, load("get"), *(load(w.items[v]) for v in variables))
    return w.keep(code.choose(is_(found, None), asked, found))


class _Values:
    """A record's values by the look-up of a generated function."""

    __slots__ = ("get",)

    def __init__(self, get: Callable[[str], Any]) -> None:
        self.get = get


class _Remembered:
    """What the bounds of one record's parts came to; the functions of one law read one record after another.

    What follows from records of lists alone is kept beyond one record: a search changes one of them at a time.
    Record and memo are held as one pair, so that several threads never take each other's.
    """

    __slots__ = ("held", "lasting")

    def __init__(self) -> None:
        self.held: tuple[Any, dict[Any, Any]] = (None, {})
        self.lasting: dict[Any, Any] = {}

    def of(self, get: Callable[[str], Any]) -> dict[Any, Any]:
        """Return the memo of the record that a look-up reads; a new one where that cannot be told."""
        values, held = getattr(get, "__self__", None), self.held
        if values is None or values is not held[0]:
            self.held = held = (values, {})
            if len(self.lasting) > MOST_LASTING:
                self.lasting = {}
        return held[1]


@lru_cache(maxsize=MOST_LAWS)
def _remembered(_: Same[AreaOn]) -> _Remembered:
    """Return what all functions of one law share; that of the last few laws is kept."""
    return _Remembered()


def _asking(
    expr: Expr, law: AreaOn, variables: Sequence[str], remembered: _Remembered, matters: Check | None
) -> Callable[..., Any]:
    """Return the function from a record's look-up and the items in sight to what a node's bounds decide, else None."""
    listed = expr.list.key if quantifies(expr) and isinstance(expr.list, FactRef) else ""
    one, hardly = _only_item(expr, law, variables), ordinary_days(expr, law, variables)

    def asked(get: Callable[[str], Any], *items: Any) -> Any:
        if (listed and get(listed) is not None) or (matters is not None and not matters(get)):
            return None
        if hardly is not None and hardly(items):
            return None
        return by_bounds(get, items, remembered.of(get))

    def asked_of_item(get: Callable[[str], Any], *items: Any) -> Any:
        item, lasting = items[one or 0], remembered.lasting
        found = lasting.get((name, id(item)))
        if found is None:
            lasting[name, id(item)] = found = (item, by_bounds(get, items, remembered.of(get)))
        return found[1]

    def by_bounds(get: Callable[[str], Any], items: Sequence[Any], memo: dict[Any, Any]) -> Any:
        record = Record(cast(Any, _Values(get)))
        in_sight = {v: (f"[{id(item)}]", item) for v, item in zip(variables, items, strict=True)}
        env = Environment(
            record, law.as_of, law.rulebook.parameters, law.derivations, in_sight, law.require, law.confirmed,
            law.rulebook.vocabulary, law.rulebook.tables, memo, lasting=remembered.lasting,
        )  # fmt: skip
        return only(bounds_of(expr, env))

    name = ("only", id(expr))
    return asked if one is None else asked_of_item


def _only_item(expr: Expr, law: AreaOn, variables: Sequence[str]) -> int | None:
    """Return which of the items in sight is all that an expression reads, through derivations; None where it reads more."""
    named, reads = items_read(expr), read(expr, law.derivations)
    alone = len(named) == 1 and not reads.lists and not any(isinstance(n, FactRef) for n in reads.given)
    return variables.index(next(iter(named))) if alone else None
