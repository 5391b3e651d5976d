"""What one law is written with: the columns that it names, and the conditions under which a row goes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from safety_rules.engines.sql.cell_types import Cell
from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.number import Number
from safety_rules.engines.sql.types import Reads
from safety_rules.semantics.decide import AreaOn

COLUMN = re.compile(r"\bz[0-9]+\b")


@dataclass(slots=True)
class Writer:
    """Writes one law: `columns` are what it names once, in an order in which they can be worked out.

    `doubts` are conditions under which a row is too close to call, in the scope that is being written
    (the law, or the item of a list); `items` lead from a list variable to its SQL. `maps` are constant
    look-ups by name, and `close` are comparisons of the law's own scope that may
    be too close for DOUBLE.
    """

    law: AreaOn
    dialect: Dialect
    cells: Mapping[str, Cell]
    reads: Mapping[str, Reads]
    columns: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    maps: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    items: Mapping[str, str] = field(default_factory=dict)
    outer: Writer | None = None
    close: list[tuple[str, str]] = field(default_factory=list)
    inline: bool = False

    def keep(self, sql: str, key: str = "") -> str:
        """Return the name of a column that holds the SQL; within a list, or in place, the SQL itself."""
        if self.outer is not None or self.inline or COLUMN.fullmatch(sql):
            return sql
        known = key or sql
        if known not in self.names:
            name = f"z{len(self.columns)}"
            self.columns[name], self.names[known] = sql, name
        return self.names[known]

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

    def inside(self, items: Mapping[str, str]) -> Writer:
        """Return a writer of what is worked out for each item of a list, with these variables in sight."""
        return Writer(
            self.law,
            self.dialect,
            self.cells,
            self.reads,
            self.columns,
            self.names,
            self.numbers,
            self.maps,
            [],
            items,
            self,
        )

    def in_place(self) -> Writer:
        """Return a writer that names nothing and writes all in place, with doubts of its own."""
        return replace(self, numbers=dict(self.numbers), doubts=[], close=[], inline=True)

    def stages(self) -> list[list[tuple[str, str]]]:
        """Return the columns in groups, each of which reads only the groups before it."""
        level: dict[str, int] = {}
        for name, sql in self.columns.items():
            level[name] = 1 + max((level[n] for n in set(COLUMN.findall(sql))), default=-1)
        groups: list[list[tuple[str, str]]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
        for name, sql in self.columns.items():
            groups[level[name]].append((name, sql))
        return groups
