"""The records of a list while a law is written: what is worked out for each of them once, in an order in which it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.number import Number

VARIABLE = re.compile(r"\b[ei][0-9]+\b")
BOUND = re.compile(r"\blambda ([ei][0-9]+):|\b([ei][0-9]+) ->")


def free_variables(sql: str) -> set[str]:
    """Return the items that SQL speaks of, without those of lists that it walks through itself."""
    bound = {a or b for a, b in BOUND.findall(sql)}
    return set(VARIABLE.findall(sql)) - bound


@dataclass(slots=True)
class Items:
    """A list of records: `base` is the list as given, `given` its fields as SQL over a record of it.

    Every further column is SQL over the fields and columns before it. The finished list is the column `name` of its
    row; `doubts` are conditions under which one of its records is too close to call.
    """

    name: str
    variable: str
    base: str
    given: Mapping[str, str]
    dialect: Dialect
    columns: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def keep(self, sql: str, key: str = "") -> str:
        """Return the column that holds the SQL of a record, by a key of its own or by the SQL itself."""
        name = key or sql
        if name not in self.known:
            self.known[name] = self._member(sql) or self._added(sql)
        return self.known[name]

    def _added(self, sql: str) -> str:
        if sql in self.known:
            return self.known[sql]
        column = f"y{len(self.columns)}"
        self.columns[column] = sql
        self.known[sql] = self.dialect.member(self.variable, column)
        return self.known[sql]

    def _member(self, sql: str) -> str | None:
        """Return SQL that is a field or column already."""
        return sql if sql in {self.dialect.member(self.variable, n) for n in (*self.given, *self.columns)} else None

    def text(self) -> str:
        """Return the finished list: one pass for the fields, and one for each group of columns that read those before."""
        d, e = self.dialect, self.variable
        found = d.transform(self.base, d.lambda_(e, d.struct(self.given)))
        ready = list(self.given)
        for group in self._groups():
            parts = {n: d.member(e, n) for n in ready} | group
            found = d.transform(found, d.lambda_(e, d.struct(parts)))
            ready += group
        return found

    def _groups(self) -> list[dict[str, str]]:
        members = {d: n for n in self.columns for d in [self.dialect.member(self.variable, n)]}
        pattern = re.compile("|".join(re.escape(m) + r"(?![0-9])" for m in members) or "(?!)")
        levels: dict[str, int] = {}
        for name, sql in self.columns.items():
            levels[name] = 1 + max((levels[members[m]] for m in set(pattern.findall(sql))), default=-1)
        return [
            {n: self.columns[n] for n, at in levels.items() if at == level}
            for level in range(max(levels.values(), default=-1) + 1)
        ]
