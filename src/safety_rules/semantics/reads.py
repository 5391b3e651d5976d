"""What the text of an expression reads, through the derivations of the facts that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from safety_rules.language.expr import (
    Aggregate,
    Expr,
    FactRef,
    ItemField,
    ItemSelf,
    Listed,
    Lookup,
    ParameterRef,
    children,
)
from safety_rules.language.kinds import Number
from safety_rules.language.rule import Derivation
from safety_rules.language.vocabulary import Fact


def tables_of(expr: Expr, derivations: Mapping[str, Derivation]) -> list[str]:
    """Return the reference tables that an expression reads, through derivations, each once."""
    return list(
        dict.fromkeys(n.table for n in walk_through(expr, derivations, set()) if isinstance(n, Listed | Lookup))
    )


def parameters_of(expr: Expr, derivations: Mapping[str, Derivation]) -> list[ParameterRef]:
    """Return the parameters that an expression reads, through derivations."""
    return [n for n in walk_through(expr, derivations, set()) if isinstance(n, ParameterRef)]


def facts_of(parts: Iterable[Expr], derivations: Mapping[str, Derivation]) -> tuple[str, ...]:
    """Return the given facts (of lists, the list) that expressions read, through derivations, in reading order."""
    seen: set[str] = set()
    nodes = (n for part in parts for n in walk_through(part, derivations, seen))
    return tuple(dict.fromkeys(n.key for n in nodes if isinstance(n, FactRef) and n.key not in derivations))


def reads_one_fact(expr: Expr, derivations: Mapping[str, Derivation]) -> bool:
    """Return whether an expression reads one given fact or field, through derivations, and that no list."""
    read, lists = set[tuple[str, str]](), False
    for node in walk_through(expr, derivations, set()):
        lists = lists or isinstance(node, Aggregate | ItemSelf)
        if isinstance(node, FactRef | ItemField) and node.key not in derivations:
            read.add((node.variable if isinstance(node, ItemField) else "", node.key))
    return len(read) == 1 and not lists


def numbers_of(expr: Expr, derivations: Mapping[str, Derivation], facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Return the given number facts that an expression reads, through derivations, those of list records among them."""
    nodes = walk_through(expr, derivations, set())
    given = dict.fromkeys(n.key for n in nodes if isinstance(n, FactRef | ItemField) and n.key not in derivations)
    return tuple(key for key in given if key in facts and isinstance(facts[key].kind, Number))


def walk_through(expr: Expr, derivations: Mapping[str, Derivation], seen: set[str]) -> Iterator[Expr]:
    """Yield every node of an expression and of the derivations that it reads, each derivation once."""
    todo = [expr]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, FactRef | ItemField) and node.key in derivations and node.key not in seen:
            seen.add(node.key)
            todo.append(derivations[node.key].formula)
        todo.extend(reversed(children(node)))
