"""A tree with one of its direct parts replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace

from safety_rules.language.expr import Expr


def rebuilt(expr: Expr) -> Iterator[tuple[str, Expr, Callable[[Expr], Expr]]]:
    """Yield each direct part of an expression, with its place, and a function that puts another in its stead."""
    for part in fields(expr):
        value = getattr(expr, part.name)
        if isinstance(value, tuple) and value and all(_is_node(v) for v in value):
            for i, child in enumerate(value):
                yield f"{part.name}[{i}]", child, _in_tuple(expr, part.name, value, i)
        elif _is_node(value):
            yield part.name, value, _in_field(expr, part.name)


def _is_node(value: object) -> bool:
    return is_dataclass(value) and type(value).__module__ == "safety_rules.language.expr"


def _in_field(expr: Expr, name: str) -> Callable[[Expr], Expr]:
    return lambda other: replace(expr, **{name: other})  # type: ignore[arg-type]


def _in_tuple(expr: Expr, name: str, value: tuple[Expr, ...], i: int) -> Callable[[Expr], Expr]:
    return lambda other: replace(expr, **{name: (*value[:i], other, *value[i + 1 :])})  # type: ignore[arg-type]
