"""What the text of an expression reads, through the derivations of the facts that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safety_rules.language.expr import Expr, FactRef, ItemField, Listed, Lookup, ParameterRef, walk
from safety_rules.language.rule import Derivation


def tables_of(expr: Expr, derivations: Mapping[str, Derivation]) -> list[str]:
    """Return the reference tables that an expression reads, through derivations, each once."""
    return list(
        dict.fromkeys(n.table for n in walk_through(expr, derivations, set()) if isinstance(n, Listed | Lookup))
    )


def parameters_of(expr: Expr, derivations: Mapping[str, Derivation]) -> list[ParameterRef]:
    """Return the parameters that an expression reads, through derivations."""
    return [n for n in walk_through(expr, derivations, set()) if isinstance(n, ParameterRef)]


def walk_through(expr: Expr, derivations: Mapping[str, Derivation], seen: set[str]) -> Iterator[Expr]:
    """Yield every node of an expression and of the derivations that it reads, each once beside those that were `seen`."""
    for node in walk(expr):
        yield node
        if isinstance(node, FactRef | ItemField) and node.key in derivations and node.key not in seen:
            seen.add(node.key)
            yield from walk_through(derivations[node.key].formula, derivations, seen)
