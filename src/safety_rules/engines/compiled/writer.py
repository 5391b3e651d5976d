"""What a generated function over admitted values is written with: statements, names and constants."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from safety_rules.engines.compiled.code import assign, constant, load
from safety_rules.language.record import Record
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment


@dataclass(slots=True)
class Writer:
    """Writes the statements of one function: `constants` become its globals, `items` are loop variables.

    With `ready`, the values that the function reads hold the derived facts already.
    """

    law: AreaOn
    constants: dict[str, Any]
    body: list[ast.stmt] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    count: list[int] = field(default_factory=lambda: [0])
    loading: list[ast.stmt] = field(default_factory=list)
    fields: dict[tuple[str, str], ast.expr] = field(default_factory=dict)
    ready: bool = False
    nothing: list[Environment] = field(default_factory=list)

    def blank(self) -> Environment:
        """Return the law on a record of which nothing is known; what is worked out in it is kept."""
        if not self.nothing:
            self.nothing.append(self.law.environment(Record({})))
        return self.nothing[0]

    def name(self, stem: str = "t") -> str:
        """Return a new name."""
        self.count[0] += 1
        return f"{stem}{self.count[0]}"

    def keep(self, value: ast.expr) -> ast.expr:
        """Assign a value to a new name and return a read of it; names and constants stay as they are."""
        if isinstance(value, ast.Name | ast.Constant):
            return value
        name = self.name()
        self.body.append(assign(name, value))
        return load(name)

    def fixed(self, value: Any) -> ast.expr:
        """Return a constant of the function: written out when Python can, else a global."""
        if value is None or isinstance(value, bool | str):
            return constant(value)
        plain = isinstance(value, Fraction | datetime.date | tuple)
        for name, known in self.constants.items():
            if known is value or (plain and type(known) is type(value) and known == value):
                return load(name)
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return load(name)

    def inside(self, items: Mapping[str, str]) -> Writer:
        """Return a writer of a nested block, sharing names and constants; what it works out is known in it only."""
        known = dict(self.fields)
        return Writer(
            self.law, self.constants, [], self.facts, items, self.count, self.loading, known, self.ready, self.nothing
        )
