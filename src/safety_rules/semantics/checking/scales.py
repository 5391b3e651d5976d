"""A scale applied to a number: what lies in each of its brackets, at the bracket's rate, added up."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction

from safety_rules.language import expr as tree
from safety_rules.language.kinds import Name, Number
from safety_rules.language.vocabulary import normal
from safety_rules.semantics.checking.kinds_and_units import as_kind, in_unit
from safety_rules.semantics.checking.parse import Reading
from safety_rules.semantics.checking.scope import Scope, dotted
from safety_rules.words.near import suggestion

CALLED = Name("分级累计", "scale")
PARTS = (Name("起点", "above"), Name("费率", "rate"))
"""The figures of a bracket, by the ends of their names."""


def brackets(name: str, scope: Scope) -> list[tuple[tuple[str, Number], ...]]:
    """Return the figures of each bracket of a scale; of none where there is no such scale."""
    found = list[tuple[tuple[str, Number], ...]]()
    while True:
        number = len(found) + 1
        spelled = [(f"{name}.{p.en}_{number}", f"{name}.{p.zh}{number}") for p in PARTS]
        pair = [next((scope.parameters[n] for n in both if n in scope.parameters), None) for both in spelled]
        known = tuple((key, kind) for key, kind in (p for p in pair if p is not None) if isinstance(kind, Number))
        if len(known) < len(PARTS):
            return found
        found.append(known)


def is_scale(node: ast.expr, scope: Scope) -> bool:
    """Return whether a name is that of a scale."""
    parts = dotted(node)
    return parts is not None and bool(brackets(normal(".".join(parts)), scope))


def scaled(node: ast.Call, read: Callable[[ast.expr], tree.Expr | None], scope: Scope, r: Reading) -> tree.Expr | None:
    """Return the sum over the brackets; None, with the diagnostic, where the first argument is no scale."""
    if len(node.args) != 2 or node.keywords:
        return r.wrong("arguments.many", node, name=ast.unparse(node.func), wanted=2)
    written, at = ".".join(dotted(node.args[0]) or ()), r.span(node)
    found = brackets(normal(written), scope)
    if not found:
        names = [n.rpartition(".")[0] for n in scope.parameters if n.endswith((".above_1", ".起点1"))]
        return r.wrong("scale.name", node.args[0], suggestion(written, names))
    r.named(node.func, CALLED.en, CALLED.zh)
    key = found[0][0][0]
    other = next((n for n, (k, _) in scope.parameters.items() if k == key != n), key)
    r.named(node.args[0], key.rpartition(".")[0], other.rpartition(".")[0])
    amount = read(node.args[1])
    if amount is None or as_kind(amount, found[0][0][1], node.args[1], r) is None:
        return None
    above, rates = [[tree.ParameterRef(key, kind, None, at) for key, kind in part] for part in zip(*found, strict=True)]
    unit = tree.kind_of(amount)
    assert isinstance(unit, Number)
    edges = [e for a in above if (e := in_unit(a, unit.unit, node, r)) is not None]
    nothing = tree.Literal(Fraction(0), Number(unit.unit, True), at)
    beyond = [tree.Call("max", (tree.Arithmetic("-", amount, e, unit.unit, at), nothing), at) for e in edges]
    inside = [
        beyond[i] if i + 1 == len(beyond) else tree.Arithmetic("-", beyond[i], beyond[i + 1], unit.unit, at)
        for i in range(len(beyond))
    ]
    total: tree.Expr | None = None
    for part, rate in zip(inside, rates, strict=True):
        kind = tree.kind_of(rate)
        assert isinstance(kind, Number)
        whole = kind.unit.times(unit.unit)
        more = tree.Arithmetic("*", rate, part, whole, at)
        total = more if total is None else tree.Arithmetic("+", total, more, whole, at)
    return total
