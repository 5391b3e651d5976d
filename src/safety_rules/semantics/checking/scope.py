"""The names that a condition may use, and what each of them is."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from safety_rules.language import limits
from safety_rules.language.expr import Expr, ItemField, ItemSelf
from safety_rules.language.kinds import Kind, Records
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.table import Table
from safety_rules.language.vocabulary import Vocabulary, normal
from safety_rules.semantics.checking.parse import Reading, Spelling
from safety_rules.words.kinds import kind_said
from safety_rules.words.near import suggestion


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a condition may use; `variables` stand for items of a list."""

    vocabulary: Vocabulary
    parameters: Mapping[str, tuple[str, Kind]]
    variables: Mapping[str, Kind] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    spellings: list[Spelling] | None = None
    longest: int = limits.CONDITION

    def with_variable(self, name: str, kind: Kind) -> Scope:
        """Return the scope inside an aggregate."""
        return replace(self, variables={**self.variables, name: kind})

    def names(self, chinese: bool) -> list[str]:
        """Return every dotted name of one language, for a near-name search."""
        facts = [(f.zh_key if chinese else f.key) for f in self.vocabulary.facts.values()]
        keys = {key for key, _ in self.parameters.values()}
        return facts + [n for n in self.parameters if (n not in keys) == chinese] + list(self.variables)


def scope_of(book: Rulebook) -> Scope:
    """Return the names that a condition of a rulebook may use."""
    names = {n: (p.key, p.kind) for p in book.parameters.values() for n in (p.key, p.zh_key)}
    return Scope(book.vocabulary, names, tables=book.tables)


def dotted(node: ast.expr) -> list[str] | None:
    """Return the parts of a dotted name."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=attr):
            head = dotted(value)
            return None if head is None else [*head, attr]
        case _:
            return None


def table_named(node: ast.expr, scope: Scope, r: Reading) -> Table | None:
    """Return the reference table that a name means; None, with the diagnostic, where there is none."""
    parts = dotted(node)
    name = normal(".".join(parts)) if parts else ""
    found = next((t for t in scope.tables.values() if name in (t.key, normal(t.zh_key))), None)
    if found is None:
        names = [t.key if name.isascii() else t.zh_key for t in scope.tables.values()]
        return r.wrong("unknown-name.table", node, suggestion(name, names))
    r.named(node, found.key, found.zh_key)
    return found


def item_named(parts: list[str], node: ast.expr, scope: Scope, r: Reading) -> Expr | None:
    """Return what a list's variable, or a field of its record, means; None, with the diagnostic, where it is nothing."""
    kind = scope.variables[parts[0]]
    if len(parts) == 1:
        if isinstance(kind, Records):
            return r.wrong("record-as-value", node, name=parts[0])
        return ItemSelf(parts[0], kind, r.span(node))
    if not isinstance(kind, Records):
        return r.wrong("no-fields", node, name=parts[0], kind=kind_said(kind))
    fields = scope.vocabulary.fields(kind.of)
    for fact in fields:
        if normal(parts[1]) in (fact.field, normal(fact.zh_key.rpartition(".")[2])) and len(parts) == 2:
            r.named(node, fact.field, fact.zh_key.rpartition(".")[2], last=True)
            return ItemField(parts[0], fact.key, fact.kind, r.span(node))
    names = [f.field for f in fields] if parts[1].isascii() else [f.zh_key.rpartition(".")[2] for f in fields]
    return r.wrong("unknown-name.field", node, suggestion(parts[1], names), name=".".join(parts[1:]), list=kind.of)
