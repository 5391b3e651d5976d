"""The records of a list while a law is written: what is worked out for each of them once, in an order in which it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.exactness.doubles import Number

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

    def finished(self, readers: MutableMapping[str, str]) -> str:
        """Return the finished list: one pass for the fields, and one for each group of columns that read those before.

        `readers` are the row's own columns. What is read once is worked out where it is read, and so, in an arm of
        CASE, only where it is asked for; what nothing reads any more is left behind.
        """
        columns = dict(self.columns)
        self._inline(columns, readers)
        d, e = self.dialect, self.variable
        members = {n: d.member(e, n) for n in (*self.given, *columns)}
        asked = [*readers.values(), *self.doubts]
        groups = self._groups(columns)
        found = d.transform(self.base, d.lambda_(e, d.struct(self.given)))
        ready = list(self.given)
        for i, group in enumerate(groups):
            later = [*asked, *(sql for g in groups[i + 1 :] for sql in g.values())]
            ready = [n for n in ready if any(members[n] in sql for sql in later)]
            found = d.transform(found, d.lambda_(e, d.struct({n: members[n] for n in ready} | group)))
            ready += group
        return found

    def _inline(self, columns: dict[str, str], readers: MutableMapping[str, str]) -> None:
        for name in reversed(list(columns)):
            member = self.dialect.member(self.variable, name)
            places = [texts for texts in (columns, readers) for sql in texts.values() for _ in range(sql.count(member))]
            doubted = sum(sql.count(member) for sql in self.doubts)
            if len(places) + doubted > 1:
                continue
            sql = columns.pop(name)
            for texts in places:
                texts.update({n: t.replace(member, f"({sql})") for n, t in texts.items() if member in t})
            if doubted:
                self.doubts[:] = [t.replace(member, f"({sql})") for t in self.doubts]

    def _groups(self, columns: Mapping[str, str]) -> list[dict[str, str]]:
        members = {self.dialect.member(self.variable, n): n for n in columns}
        pattern = re.compile("|".join(map(re.escape, members)) or "(?!)")
        levels: dict[str, int] = {}
        for name, sql in columns.items():
            levels[name] = 1 + max((levels[members[m]] for m in set(pattern.findall(sql))), default=-1)
        return [
            {n: columns[n] for n, at in levels.items() if at == level}
            for level in range(max(levels.values(), default=-1) + 1)
        ]
