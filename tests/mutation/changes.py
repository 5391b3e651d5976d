"""Changes of one token in Python source, each a slip that a program survives: where it is, what it says, and the module
with it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
NAMED = {"any": "all", "all": "any", "min": "max", "max": "min"}
DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


Edit = Callable[[Any], None]


@dataclass(frozen=True)
class Change:
    """One change of a module: the function that it is in (nothing at the top), its line, its statement's, and what it says."""

    function: str
    line: int
    lines: range
    what: str
    tree: Callable[[], ast.Module]


def changes(source: str) -> Iterator[Change]:
    """Yield every change of a module's source, by line; annotations and docstrings stay as they are."""
    tree = ast.parse(source)
    for at, (function, lines, node) in enumerate(_spots(tree, "", range(0))):
        for what, edit in _edits(node):
            yield Change(function, node.lineno, lines, what, partial(_changed, source, at, edit))


def _changed(source: str, at: int, edit: Edit) -> ast.Module:
    tree = ast.parse(source)
    edit(list(_spots(tree, "", range(0)))[at][2])
    return ast.fix_missing_locations(tree)


def _spots(node: ast.AST, function: str, lines: range) -> Iterator[tuple[str, range, Any]]:
    """Yield what can be changed, with the function and the lines of the statement that it is in."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if (
                not isinstance(child, ast.AST)
                or name in ("annotation", "returns", "decorator_list", "defaults", "kw_defaults")
                or _is_said(child)
            ):
                continue
            inner = function
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{function}.{child.name}" if function else child.name
            if isinstance(child, ast.stmt):
                body = getattr(child, "body", None)
                lines = range(child.lineno, body[0].lineno if body else (child.end_lineno or child.lineno) + 1)
            if hasattr(child, "lineno"):
                yield function, lines, child
            yield from _spots(child, inner, lines)


def _is_said(node: ast.AST) -> bool:
    """Whether a node is a docstring, or says of what type something is: no program reads it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return True
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Assert)


def _set(node: str, value: object) -> Edit:
    return lambda n: setattr(n, node, value)


def _edits(node: Any) -> Iterator[tuple[str, Edit]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            other = COMPARED[type(op)]
            yield f"{type(op).__name__} is {other.__name__}", _set("ops", [other()])
        case ast.BoolOp(op=op):
            yield (
                ("and is or", _set("op", ast.Or())) if isinstance(op, ast.And) else ("or is and", _set("op", ast.And()))
            )
        case ast.UnaryOp(op=ast.Not()):
            yield "not is dropped", lambda n: _become(n, n.operand)
        case ast.BinOp(op=op) if type(op) in COUNTED:
            other_op = COUNTED[type(op)]
            yield f"{type(op).__name__} is {other_op.__name__}", _set("op", other_op())
        case ast.Constant(value=bool() as value):
            yield f"{value} is {not value}", _set("value", not value)
        case ast.Constant(value=int() as value):
            yield f"{value} is {value + 1}", _set("value", value + 1)
        case ast.IfExp():
            yield "the other arm", lambda n: _become(n, n.orelse)
        case ast.If(test=test) if not isinstance(test, ast.UnaryOp):
            yield "if is if not", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMED:
            yield f"{name} is {NAMED[name]}", _set("id", NAMED[name])
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield "nothing is returned", _set("value", ast.Constant(None))
        case ast.Set(elts=elts) | ast.Tuple(elts=elts, ctx=ast.Load()) | ast.List(elts=elts, ctx=ast.Load()):
            for i, part in enumerate(elts) if len(elts) > 1 else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield f"{part.value!r} is left out", lambda n, i=i: n.elts.pop(i)
        case _ if isinstance(node, DROPPED):
            yield f"{type(node).__name__.lower()} is dropped", lambda n: _become(n, ast.Pass())


def _become(node: Any, other: Any) -> None:
    """Make a node another in its place."""
    node.__class__ = other.__class__
    place = {k: node.__dict__[k] for k in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
    node.__dict__.clear()
    node.__dict__.update({**other.__dict__, **place})
