"""What a table may hold under keys of which not all is known: whether a row is there, and what its cell can be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from safety_rules.language.bounds import EITHER, NEVER, Among, Bounded, doubted, hull, just
from safety_rules.language.law import sure_edition
from safety_rules.language.table import Edition, Row
from safety_rules.semantics.environment import Environment, qualifies


def edition_of(table: str, env: Environment) -> Edition | None:
    """Return the edition of a table that is in force and sure enough; None where no day is meant, or there is none."""
    return None if env.any_day else sure_edition(env.tables[table], env.as_of, env)


def in_table(table: str, key: Bounded, env: Environment) -> Bounded:
    """Return whether a table can have a row of a key."""
    edition = edition_of(table, env)
    if edition is None:
        return doubted(EITHER)
    if not isinstance(key, Among):
        return doubted(EITHER, key.unsure)
    return Among(frozenset(bool(edition.matching(s)) for s in key.values), key.unsure)


def cells_of(rows: Iterable[Row], column: str, qualifier: Bounded | None) -> Bounded:
    """Return what the cell of rows of one spelling can be."""
    found = list(rows)
    cells = {row.cells.get(column) for row in found}
    if len(cells) == 1:
        return _cell(cells)
    if qualifier is None or not found:
        return NEVER
    if not isinstance(qualifier, Among):
        return Among(frozenset(c for c in cells if c is not None), True)
    each = [_cell({r.cells.get(column) for r in found if qualifies(r, q)}) for q in qualifier.values]
    return doubted(hull(each), qualifier.unsure)


def _cell(cells: set[Any]) -> Among:
    value = cells.pop() if len(cells) == 1 else None
    return NEVER if value is None else just(value)
