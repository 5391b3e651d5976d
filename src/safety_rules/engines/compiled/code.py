"""Small helpers that build Python syntax trees, so that no generated code is ever pasted text."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from safety_rules.language.operators import ORDERS, SIGNS

LOAD = ast.Load()


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking a growing syntax tree, none of which is garbage, again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def load(name: str) -> ast.expr:
    """Return a read of a name."""
    return ast.Name(name, LOAD)


def assign(name: str, value: ast.expr) -> ast.stmt:
    """Return `name = value`."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def constant(value: Any) -> ast.expr:
    """Return a constant of None, bool, int, float or str."""
    return ast.Constant(value)


def call(function: str, *arguments: ast.expr) -> ast.expr:
    """Return `function(arguments)`."""
    return ast.Call(load(function), list(arguments), [])


def test(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    """Return one comparison."""
    return ast.Compare(left, [op], [right])


def is_(left: ast.expr, value: bool | None) -> ast.expr:
    """Return `left is value`; of a constant the answer, for Python warns of a literal there."""
    if isinstance(left, ast.Constant):
        return constant(left.value is value)
    return test(left, ast.Is(), constant(value))


def either(*operands: ast.expr) -> ast.expr:
    """Return the `or` of the operands; False when there are none."""
    if not operands:
        return constant(False)
    return operands[0] if len(operands) == 1 else ast.BoolOp(ast.Or(), list(operands))


def both(*operands: ast.expr) -> ast.expr:
    """Return the `and` of the operands; True when there are none."""
    if not operands:
        return constant(True)
    return operands[0] if len(operands) == 1 else ast.BoolOp(ast.And(), list(operands))


def choose(condition: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """Return `then if condition else otherwise`."""
    return ast.IfExp(condition, then, otherwise)


def when(condition: ast.expr, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt] = ()) -> ast.stmt:
    """Return an `if` statement."""
    return ast.If(condition, list(then) or [ast.Pass()], list(otherwise))


def larger(node: ast.AST, most: int) -> bool:
    """Return whether a syntax tree has more nodes than that, each counted where it stands."""
    return next(islice(ast.walk(node), most, None), None) is not None


def function(name: str, arguments: Sequence[str], body: Sequence[ast.stmt]) -> ast.FunctionDef:
    """Return a function definition."""
    args = ast.arguments([], [ast.arg(a) for a in arguments], None, [], [], None, [])
    return ast.FunctionDef(name, args, list(body) or [ast.Pass()], [], None, None)


def functions(definitions: Sequence[ast.stmt], names: dict[str, Any], file: str) -> dict[str, Any]:
    """Return the namespace in which the definitions have been executed."""
    module = ast.Module(list(definitions), [])
    _place(module)
    namespace: dict[str, Any] = {"__builtins__": {}, **names}
    exec(compile(module, file, "exec"), namespace)
    return namespace


def _place(module: ast.Module) -> None:
    """Give every node the one line that generated code has: `ast.fix_missing_locations` takes twice as long as compiling."""
    todo: list[Any] = [module]
    while todo:
        node = todo.pop()
        if node is None or "lineno" in node.__dict__:  # nothing, or a node that stands in two places
            continue
        held = node.__dict__
        for part in held.values():
            if part.__class__ is list:
                todo += part
            elif isinstance(part, ast.AST):
                todo.append(part)
        held.update(PLACE)


PLACE = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
COMPARISONS: dict[str, ast.cmpop] = {op: row.syntax() for op, row in ORDERS.items()}
OPERATORS: dict[str, ast.operator] = {op: row.syntax() for op, row in SIGNS.items()}
