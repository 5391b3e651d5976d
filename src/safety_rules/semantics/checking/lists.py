"""Two lists of choices compared, as what is asked of each choice in them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from itertools import count

from safety_rules.language import expr as tree
from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Boolean, Choice, Choices
from safety_rules.semantics.checking.kinds_and_units import written_list
from safety_rules.semantics.checking.parse import Reading
from safety_rules.semantics.checking.scope import Scope

WITHIN: Mapping[str, tuple[str, ...]] = {"<=": ("<=",), ">=": (">=",), "==": ("<=", ">="), "!=": ("<=", ">=")}
WRITTEN_OUT = ast.List | ast.Tuple | ast.Set


def written_pair(
    left: ast.expr, right: ast.expr, read: Callable[[ast.expr], tree.Expr | None], r: Reading
) -> tuple[tree.Expr, tree.Expr] | None:
    """Return two lists of choices of which one is written out; None where neither is, or where it is wrong, and that is told."""
    if not isinstance(left, WRITTEN_OUT) and not isinstance(right, WRITTEN_OUT):
        return None
    sides = [None if isinstance(n, WRITTEN_OUT) else read(n) for n in (left, right)]
    kind = next((k for s in sides if s is not None and isinstance(k := tree.kind_of(s), Choices)), None)
    if kind is None:
        return None
    a, b = (
        written_list(n, Choice(kind.choices), r) if s is None and isinstance(n, WRITTEN_OUT) else s
        for n, s in zip((left, right), sides, strict=True)
    )
    return None if a is None or b is None else (a, b)


def compared_lists(symbol: str, a: tree.Expr, b: tree.Expr, scope: Scope, at: Span) -> tree.Expr:
    """Return the comparison of two lists of choices: each choice of one is in the other, or of both."""
    parts = [
        _each_in(one, other, scope, at) for sign, one, other in (("<=", a, b), (">=", b, a)) if sign in WITHIN[symbol]
    ]
    found = parts[0] if len(parts) == 1 else tree.And(tuple(parts), at)
    return tree.Not(found, at) if symbol == "!=" else found


def _each_in(one: tree.Expr, other: tree.Expr, scope: Scope, at: Span) -> tree.Expr:
    kind = tree.kind_of(one)
    assert isinstance(kind, Choices)
    choice = Choice(kind.choices)
    if isinstance(one, tree.Literal) and isinstance(one.value, tuple):
        parts = tuple(tree.In(tree.Literal(str(key), choice, at), other, at) for key in one.value)
        return parts[0] if len(parts) == 1 else tree.And(parts, at) if parts else tree.Literal(True, Boolean(), at)
    taken = {*scope.variables, *scope.vocabulary.by_name}
    name = next(n for i in count() if (n := f"x{i or ''}") not in taken)
    return tree.Aggregate("all", tree.In(tree.ItemSelf(name, choice, at), other, at), name, one, None, at)
