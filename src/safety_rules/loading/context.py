"""What every rule file is read against: the vocabulary, the sources, the figures, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from safety_rules.language.expr import Expr
from safety_rules.language.kinds import Kind
from safety_rules.language.law import Parameter
from safety_rules.language.rule import NamedParts
from safety_rules.language.source import Source
from safety_rules.language.table import Table
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.loading.report import Report
from safety_rules.loading.tree import Made, Scalar
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
        names = replace(names, spellings=None)
    expr, wrong = condition(str(scalar), names, scalar.span, expected)
    c.report.diagnostics.extend(wrong)
    return expr
