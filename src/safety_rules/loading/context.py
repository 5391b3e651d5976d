"""What every rule file is read against: the vocabulary, the sources, the figures, and the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from safety_rules.language import limits
from safety_rules.language.expr import Compare, Expr, FactRef, In, ItemField, Listed, Literal, Lookup, walk
from safety_rules.language.kinds import Kind, Text
from safety_rules.language.law import Parameter
from safety_rules.language.rule import NamedParts
from safety_rules.language.source import Source
from safety_rules.language.table import Table
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Made, Scalar
from safety_rules.semantics.admission.values import sayable
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.scope import Scope


@dataclass(frozen=True, slots=True)
class Context:
    """What every rule file is read against."""

    vocabulary: Vocabulary
    sources: dict[str, Source]
    parameters: dict[str, Parameter]
    derived: frozenset[str]
    report: Report
    tables: Mapping[str, Table] = field(default_factory=dict)
    named: NamedParts = field(default_factory=NamedParts)
    unsayable: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, compare=False)

    def scope(self) -> Scope:
        """Return the names that a condition may use."""
        names: dict[str, tuple[str, Kind]] = {}
        for parameter in self.parameters.values():
            names[parameter.key] = (parameter.key, parameter.kind)
            names[parameter.zh_key] = (parameter.key, parameter.kind)
        return Scope(self.vocabulary, names, tables=self.tables, spellings=self.report.spellings)


def read(scalar: Scalar, c: Context, expected: Kind | None, scope: Scope | None = None) -> Expr | None:
    """Return the tree of a condition or formula; its diagnostics go to the report."""
    names = scope or c.scope()
    if isinstance(scalar, Made):
        names = replace(names, spellings=None, longest=limits.CONDITION_MADE)
    expr, wrong = condition(str(scalar), names, scalar.span, expected)
    c.report.diagnostics.extend(wrong)
    for node in () if expr is None else walk(expr):
        for fact, key, text in _never_given(node, c):
            c.report.error(f"never-given.{key}", node.at or scalar, text=text, fact=fact.name)
    return expr


def _never_given(node: Expr, c: Context) -> Iterator[tuple[Fact, str, str]]:
    """Yield the texts that a node compares a given fact with and no data can be: words of its own, or a table's spellings."""
    match node:
        case Compare("==" | "!=", a, b):
            found = [(x, str(y.value)) for x, y in ((a, b), (b, a)) if isinstance(y, Literal)]
        case In(item, Literal(tuple() as texts)):
            found = [(item, str(text)) for text in texts]
        case Listed(table, item) | Lookup(table, (item, *_)) if _is_given_text(item, c):
            fact = c.vocabulary.facts[item.key]
            yield from ((fact, "table", spelling) for spelling in _unsayable(table, fact, c))
            return
        case _:
            return
    for item, text in found:
        if _is_given_text(item, c) and not sayable(text, c.vocabulary.facts[item.key]):
            yield c.vocabulary.facts[item.key], "literal", text


def _is_given_text(item: Expr, c: Context) -> TypeGuard[FactRef | ItemField]:
    return isinstance(item, FactRef | ItemField) and item.kind == Text() and item.key not in c.derived


def _unsayable(table: str, fact: Fact, c: Context) -> tuple[str, ...]:
    """Return a table's spellings that data of a fact cannot be, found once however many rules look there."""
    if (table, fact.key) not in c.unsayable:
        any_form = replace(fact, format="")
        spellings = (s for edition in c.tables[table].editions for row in edition.rows for s in row.spellings)
        c.unsayable[table, fact.key] = tuple(s for s in spellings if not sayable(s, any_form))
    return c.unsayable[table, fact.key]
