"""What one law is written with: the columns that it names, and the conditions under which a row goes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.exactness.doubles import Number
from safety_rules.engines.sql.lower.items import Items, free_variables
from safety_rules.engines.sql.read.cell_types import Cell
from safety_rules.engines.sql.read.types import Reads
from safety_rules.language.expr import Expr
from safety_rules.semantics.decide import AreaOn

COLUMN = re.compile(r"\bz[0-9]+\b")


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of an expression into SQL, which call each other for its parts: as any value, and as a number."""

    value: Callable[[Expr, Any], str]
    number: Callable[[Expr, Any], Number]


@dataclass(slots=True)
class Writer:
    """Writes one law: `columns` are what it names once, in an order in which they can be worked out.

    `doubts` are conditions under which a row is too close to call, in the scope that is being written
    (the law, or the item of a list); `items` lead from a list variable to its SQL. `maps` are constant
    look-ups by name, and `close` are comparisons of the law's own scope that may
    be too close for DOUBLE. `lists` are those whose records have columns of their own; `records` is the one of them
    whose record is being written of.
    """

    law: AreaOn
    dialect: Dialect
    cells: Mapping[str, Cell]
    reads: Mapping[str, Reads]
    readings: Readings
    columns: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    maps: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    items: Mapping[str, str] = field(default_factory=dict)
    outer: Writer | None = None
    close: list[tuple[str, str]] = field(default_factory=list)
    inline: bool = False
    lists: dict[str, Items] = field(default_factory=dict)
    records: Items | None = None

    def value(self, expr: Expr) -> str:
        """Return an expression as SQL, NULL where it is unknown."""
        return self.readings.value(expr, self)

    def number(self, expr: Expr) -> Number:
        """Return a number as SQL with a bound on its error, NULL where it is unknown."""
        return self.readings.number(expr, self)

    def keep(self, sql: str, key: str = "") -> str:
        """Return the name of a column that holds the SQL; of an item that has none, or in place, the SQL itself."""
        if self.inline or COLUMN.fullmatch(sql):
            return sql
        if self.outer is not None:
            return self._kept_of_record(sql, key)
        known = key or sql
        if known not in self.names:
            name = f"z{len(self.columns)}"
            self.columns[name], self.names[known] = sql, name
        return self.names[known]

    def _kept_of_record(self, sql: str, key: str) -> str:
        """Return the column of the record that holds the SQL, where that speaks of the record and of no other item."""
        free = free_variables(sql)
        at: Writer | None = self
        while at is not None and at.records is None:
            at = at.outer
        if at is None or at.records is None or free != {at.records.variable} or self._circular(sql, at.records):
            return sql
        return at.records.keep(sql, key)

    def _circular(self, sql: str, records: Items) -> bool:
        """Return whether SQL reads, by way of the row's columns, the finished list itself."""
        seen, todo = set[str](), COLUMN.findall(sql)
        while todo:
            name = todo.pop()
            if name == records.name:
                return True
            if name not in seen:
                seen.add(name)
                todo += COLUMN.findall(self.columns.get(name, ""))
        return False

    def doubt(self, condition: str | None) -> None:
        """Note a condition under which the row goes back."""
        if condition is not None and condition not in self.doubts:
            self.doubts.append(condition)

    def unsure(self, near: str | None, unsettled: str | None) -> None:
        """Note where a comparison is too close for DOUBLE, and where it stays so."""
        if near is None or unsettled is None or self.outer is not None:
            self.doubt(near if unsettled is None else f"(CASE WHEN {near} THEN {unsettled} ELSE FALSE END)")
        elif (near, unsettled) not in self.close:
            self.close.append((near, unsettled))

    def outermost(self) -> Writer:
        """Return the writer outside every list."""
        return self if self.outer is None else self.outer.outermost()

    def inside(self, items: Mapping[str, str], records: Items | None = None) -> Writer:
        """Return a writer of what is worked out for each item of a list, with these variables in sight."""
        return Writer(
            self.law, self.dialect, self.cells, self.reads, self.readings, self.columns, self.names, self.numbers,
            self.maps, [] if records is None else records.doubts, items, self, lists=self.lists, records=records,
        )  # fmt: skip

    def record(self, item: str) -> Items | None:
        """Return the list whose records an item stands for, if they have columns of their own."""
        return next((found for found in self.lists.values() if found.variable == item), None)

    def in_place(self) -> Writer:
        """Return a writer that names nothing and writes all in place, with doubts of its own."""
        return replace(self, numbers=dict(self.numbers), doubts=[], close=[], inline=True)

    def stages(self) -> list[list[tuple[str, str]]]:
        """Return the columns in groups, each of which reads only the groups before it; the lists are finished by that."""
        for found in self.lists.values():
            self.columns[found.name] = found.finished(self.columns)
            if found.doubts:
                self.doubt(self.dialect.some_of(found.name, found.variable, f"({' OR '.join(found.doubts)})"))
        level: dict[str, int] = {}
        for name in self.columns:
            self._level(name, level)
        groups: list[list[tuple[str, str]]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
        for name, sql in self.columns.items():
            groups[level[name]].append((name, sql))
        return groups

    def _level(self, name: str, level: dict[str, int]) -> int:
        if name not in level:
            inner = [n for n in set(COLUMN.findall(self.columns[name])) if n in self.columns]
            level[name] = 1 + max((self._level(n, level) for n in inner), default=-1)
        return level[name]
