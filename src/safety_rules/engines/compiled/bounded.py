"""Where a condition or choice is open, what every completion of the blanks decides alike: asked only there.

The generated function asks the definition's bounds of one node, on the record at hand. A node that bounds can never
decide, which is known when it is written, is not asked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, cast

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import is_, load
from safety_rules.engines.compiled.doubt import Check, may_matter
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language.bounds import only
from safety_rules.language.expr import Expr, FactRef
from safety_rules.language.record import Record
from safety_rules.semantics.bounds import asks_bounds, bounds_of, may_decide, quantifies
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment


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
    remembered = w.constants.setdefault("bounds_of_record", _Remembered())
    w.constants[name] = _asking(expr, w.law, variables, remembered, matters)
    asked = code.call(name, load("get"), *(load(w.items[v]) for v in variables))
    return w.keep(code.choose(is_(found, None), asked, found))


class _Values:
    """A record's values by the look-up of a generated function."""

    __slots__ = ("get",)

    def __init__(self, get: Callable[[str], Any]) -> None:
        self.get = get


class _Remembered:
    """What the bounds of one record's parts came to; the functions of one law read one record after another.

    Record and memo are held as one pair, so that several threads never take each other's.
    """

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held: tuple[Any, dict[Any, Any]] = (None, {})

    def of(self, get: Callable[[str], Any]) -> dict[Any, Any]:
        """Return the memo of the record that a look-up reads; a new one where that cannot be told."""
        values, held = getattr(get, "__self__", None), self.held
        if values is None or values is not held[0]:
            self.held = held = (values, {})
        return held[1]


def _asking(
    expr: Expr, law: AreaOn, variables: Sequence[str], remembered: _Remembered, matters: Check | None
) -> Callable[..., Any]:
    """Return the function from a record's look-up and the items in sight to what a node's bounds decide, else None."""
    listed = expr.list.key if quantifies(expr) and isinstance(expr.list, FactRef) else ""

    def asked(get: Callable[[str], Any], *items: Any) -> Any:
        if (listed and get(listed) is not None) or (matters is not None and not matters(get)):
            return None
        record = Record(cast(Any, _Values(get)))
        in_sight = {v: (f"[{id(item)}]", item) for v, item in zip(variables, items, strict=True)}
        env = Environment(
            record, law.as_of, law.rulebook.parameters, law.derivations, in_sight, law.require, law.confirmed,
            law.rulebook.vocabulary, law.rulebook.tables, remembered.of(get),
        )  # fmt: skip
        return only(bounds_of(expr, env))

    return asked
