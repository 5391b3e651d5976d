"""What reads what: rules and derived facts, and the facts, figures and tables that their conditions name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safety_rules.language.chain import ChainRule
from safety_rules.language.expr import FactRef, ItemField, Listed, Lookup, ParameterRef, walk
from safety_rules.language.kinds import Name
from safety_rules.language.rule import Derivation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.impact.meaning import Item, ItemKey, conditions, items_of

KINDS = ("rule", "derived", "figure", "fact")


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that reads or is read: what it is, its key and its name."""

    kind: str
    key: str
    name: Name


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by their keys, and who reads whom."""

    nodes: Mapping[str, Node]
    edges: tuple[tuple[str, str], ...]


def graph(book: Rulebook, areas: Sequence[str], rules: Sequence[str] = ()) -> Graph:
    """Return what the rules of areas read, through derived facts; of the rules named, or of all."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], None] = {}
    for key in areas:
        area = book.areas[key]
        derived: dict[str, list[Derivation]] = {}
        for derivation in area.derivations:
            derived.setdefault(derivation.fact, []).append(derivation)
        todo: list[Rule | Derivation] = [r for r in area.rules if not rules or r.key in rules]
        while todo:
            item = todo.pop()
            at = _node(item, book)
            seen = at.key in nodes and isinstance(item, Rule)
            nodes[at.key] = at
            for read in () if seen else _read(item, book, derived):
                if read.key not in nodes:
                    nodes[read.key] = read
                    todo += derived.get(read.key, ())
                edges[at.key, read.key] = None
    return Graph(nodes, tuple(edges))


def readers(book: Rulebook) -> dict[str, list[tuple[ItemKey, Name]]]:
    """Return what reads each fact, figure or table itself: rules, derivations, obligations and chaining rules, with titles."""
    found: dict[str, list[tuple[ItemKey, Name]]] = {}
    for at, item in items_of(book).items():
        for key in _keys_read(item, book):
            found.setdefault(key, []).append((at, item.title))
    return found


def _keys_read(item: Item | ChainRule, book: Rulebook) -> set[str]:
    lists = {p.relation for p in (*item.given, *item.unless)} if isinstance(item, ChainRule) else set()
    return lists | {node.key for node in _read(item, book, {})}


def _node(item: Rule | Derivation, book: Rulebook) -> Node:
    if isinstance(item, Rule):
        return Node("rule", item.key, item.title)
    return Node("derived", item.fact, book.vocabulary.facts[item.fact].name)


def _read(item: Item | ChainRule, book: Rulebook, derived: Mapping[str, object]) -> Iterator[Node]:
    for expr in conditions(item):
        for node in walk(expr):
            if isinstance(node, FactRef | ItemField) and node.key in book.vocabulary.facts:
                fact = book.vocabulary.facts[node.key]
                yield Node("derived" if node.key in derived else "fact", node.key, fact.name)
            elif isinstance(node, ParameterRef):
                yield Node("figure", node.key, book.parameters[node.key].name)
            elif isinstance(node, Listed | Lookup):
                yield Node("figure", node.table, book.tables[node.table].name)
