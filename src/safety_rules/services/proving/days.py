"""The days on which an area's law changes, and what of the law an answer depends on."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace

from safety_rules.language.expr import AsOf, Expr, Listed, Lookup, ParameterRef, walk
from safety_rules.language.law import edition_on, entry_on
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Period
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.reads import walk_through

DAY = datetime.timedelta(days=1)


def changes(rulebook: Rulebook, area: Area) -> list[datetime.date]:
    """Return the days on which something changes for an area and a rule of it is in force."""
    days: set[datetime.date] = set()
    for period in _periods(rulebook, area):
        days |= {period.since} if period.since is not None else set()
        days |= {period.until + DAY} if period.until is not None and period.until < datetime.date.max else set()
    first = area.default_on or datetime.date(2000, 1, 1)
    return sorted(d for d in days or {first} if any(r.in_force.holds(d) for r in area.rules))


def _periods(rulebook: Rulebook, area: Area) -> Iterator[Period]:
    conditions = [c.that for r in area.rules for c in r.applies_when + r.requires]
    conditions += [d.formula for d in area.derivations]
    yield from (r.in_force for r in area.rules)
    yield from (d.in_force for d in area.derivations)
    for node in (n for c in conditions for n in walk(c)):
        if isinstance(node, ParameterRef):
            yield from (e.period for e in rulebook.parameters[node.key].entries)
        elif isinstance(node, Listed | Lookup):
            yield from (e.period for e in rulebook.tables[node.table].editions)


def read_on(law: AreaOn, conditions: Iterable[Expr]) -> Hashable:
    """Return what conditions read of a law: equal on two days means that an answer is the same on both."""
    found, seen = set[Hashable](), set[str]()
    for node in (n for c in conditions for n in walk_through(c, law.derivations, seen)):
        match node:
            case AsOf():
                found.add(("as of", law.as_of))
            case ParameterRef(key, _, day):
                entry = entry_on(law.rulebook.parameters[key], law.as_of) if day is None else None
                found.add(("parameter", key, day is None, str(entry.value) if entry is not None else ""))
            case Listed(table) | Lookup(table):
                edition = edition_on(law.rulebook.tables[table], law.as_of)
                found.add(("table", table, str(edition.period) if edition is not None else ""))
            case _:
                continue
    return frozenset(found | {("derivation", key, law.derivations[key].key) for key in seen})


def laws(rulebook: Rulebook, area: Area) -> Iterator[AreaOn]:
    """Yield an area's law on every day on which something changes."""
    for day in changes(rulebook, area):
        yield area_on(rulebook, area.key, day)


def reads_day(law: AreaOn, conditions: Iterable[Expr]) -> bool:
    """Return whether conditions depend on the day of the verdict itself."""
    nodes = (n for c in conditions for n in walk_through(c, law.derivations, set()))
    return any(isinstance(n, AsOf) for n in nodes)


def frozen(law: AreaOn, day: datetime.date) -> AreaOn:
    """Return a day's law as of another day: its rules, its figures and its tables, whatever is in force then.

    A figure that is looked up by a day of the record keeps its whole timeline.
    """
    book, always = law.rulebook, Period()
    by_day = {n.key for c in _conditions(law) for n in walk(c) if isinstance(n, ParameterRef) and n.day is not None}
    figures = dict(book.parameters)
    for key, parameter in book.parameters.items():
        entry = entry_on(parameter, law.as_of)
        if key not in by_day:
            figures[key] = replace(parameter, entries=() if entry is None else (replace(entry, period=always),))
    tables = dict(book.tables)
    for key, table in book.tables.items():
        edition = edition_on(table, law.as_of)
        tables[key] = replace(table, editions=() if edition is None else (replace(edition, period=always),))
    return replace(law, rulebook=replace(book, parameters=figures, tables=tables), as_of=day)


def _conditions(law: AreaOn) -> Iterator[Expr]:
    yield from (c.that for r in law.rules for c in r.applies_when + r.requires)
    yield from (d.formula for d in law.derivations.values())
