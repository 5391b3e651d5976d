"""What the text of an expression reads, through the derivations of the facts that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

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
    walk,
)
from safety_rules.language.kinds import Number
from safety_rules.language.rule import Derivation
from safety_rules.language.same import Same
from safety_rules.language.vocabulary import Fact

MOST_READ = 4096


@dataclass(frozen=True, slots=True)
class Read:
    """What an expression reads, through derivations: the parameters, the reference tables, and the given facts and
    fields of lists, the latter each once in reading order; their keys; and the lists that it goes over, "" where
    one is worked out.
    """

    parameters: tuple[ParameterRef, ...]
    tables: tuple[str, ...]
    given: tuple[FactRef | ItemField, ...]
    keys: frozenset[str]
    lists: frozenset[str]


def read(expr: Expr, derivations: Mapping[str, Derivation]) -> Read:
    """Return what an expression reads; walked once for a text and a law."""
    return _read(Same(expr), Same(derivations))


@lru_cache(maxsize=MOST_READ)
def _read(expr: Same[Expr], derivations: Same[Mapping[str, Derivation]]) -> Read:
    nodes = list(walk_through(expr.it, derivations.it, set()))
    given: dict[str, FactRef | ItemField] = {}
    for n in nodes:
        if isinstance(n, FactRef | ItemField) and n.key not in derivations.it:
            given.setdefault(n.key, n)
    tables = dict.fromkeys(n.table for n in nodes if isinstance(n, Listed | Lookup))
    parameters = tuple(n for n in nodes if isinstance(n, ParameterRef))
    lists = frozenset(_list_of(n, derivations.it) for n in nodes if isinstance(n, Aggregate))
    return Read(parameters, tuple(tables), tuple(given.values()), frozenset(given), lists)


def _list_of(expr: Aggregate, derivations: Mapping[str, Derivation]) -> str:
    of = expr.list
    return of.key if isinstance(of, FactRef | ItemField) and of.key not in derivations else ""


def items_read(*parts: Expr | None) -> frozenset[str]:
    """Return the variables that expressions name: items of other lists in sight do not move them."""
    return frozenset().union(*(_items_read(Same(p)) for p in parts if p is not None))


@lru_cache(maxsize=MOST_READ)
def _items_read(expr: Same[Expr]) -> frozenset[str]:
    return frozenset(n.variable for n in walk(expr.it) if isinstance(n, ItemField | ItemSelf))


def tables_of(expr: Expr, derivations: Mapping[str, Derivation]) -> tuple[str, ...]:
    """Return the reference tables that an expression reads, through derivations, each once."""
    return read(expr, derivations).tables


def parameters_of(expr: Expr, derivations: Mapping[str, Derivation]) -> tuple[ParameterRef, ...]:
    """Return the parameters that an expression reads, through derivations."""
    return read(expr, derivations).parameters


def facts_of(parts: Iterable[Expr], derivations: Mapping[str, Derivation]) -> tuple[str, ...]:
    """Return the given facts (of lists, the list) that expressions read, through derivations, in reading order."""
    found = (n.key for part in parts for n in read(part, derivations).given if isinstance(n, FactRef))
    return tuple(dict.fromkeys(found))


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
    given = (n.key for n in read(expr, derivations).given)
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
