"""Look-ups in a reference table as constant maps from spellings; rows with unusual spellings go back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from safety_rules.engines.sql import lower
from safety_rules.engines.sql.spelling import normal_text, odd_text
from safety_rules.engines.sql.writer import Writer
from safety_rules.language.expr import Expr, Listed, Literal, Lookup
from safety_rules.language.table import Edition, normal_spelling

BETWEEN = "\u0001"


def _edition(table: str, w: Writer) -> Edition | None:
    found = w.law.rulebook.tables[table].edition_on(w.law.as_of)
    return found if found is not None and lower.sure(found.citation.standing, table, w.law) else None


def _key(expr: Expr, w: Writer) -> str:
    """Return a spelling in its normal form; one whose form SQL does not know goes back."""
    if isinstance(expr, Literal):
        return w.dialect.text(normal_spelling(str(expr.value)))
    sql = lower.value(expr, w)
    w.doubt(odd_text(sql, w.dialect))
    return w.keep(normal_text(sql, w.dialect))


def listed(expr: Listed, w: Writer) -> str:
    """Return whether a table has a row of a spelling."""
    edition, d = _edition(expr.table, w), w.dialect
    if edition is None:
        return d.null("boolean")
    key = _key(expr.key, w)
    found = _look_up(f"{expr.table} rows", {k: "TRUE" for k, at in edition.index.items() if at}, key, "boolean", w)
    return w.keep(f"(CASE WHEN {key} IS NOT NULL THEN coalesce({found}, FALSE) END)")


def looked_up(expr: Lookup, w: Writer) -> str:
    """Return a cell of the row that a spelling, and where needed a qualifier, names."""
    edition, d = _edition(expr.table, w), w.dialect
    if edition is None:
        return lower.null(expr.kind, d)
    alone, qualified = _cells(edition, expr)
    type_name = {"Number": "double", "Boolean": "boolean", "Date": "date"}.get(type(expr.kind).__name__, "text")
    name, key = f"{expr.table} {expr.column}", _key(expr.keys[0], w)
    found = _look_up(name, {k: lower.literal(v, d) for k, v in alone.items()}, key, type_name, w)
    if len(expr.keys) == 1 or not qualified:
        return found
    spellings = sorted({k.partition(BETWEEN)[0] for k in qualified})
    both = f"concat({key}, {d.text(BETWEEN)}, {_key(expr.keys[1], w)})"
    both = w.keep(f"(CASE WHEN {lower.value(expr.keys[1], w)} IS NOT NULL THEN {both} END)")
    told = _look_up(f"{name} by form", {k: lower.literal(v, d) for k, v in qualified.items()}, both, type_name, w)
    return w.keep(f"(CASE WHEN {d.one_of(key, spellings)} THEN {told} ELSE {found} END)")


def _look_up(name: str, cells: dict[str, str], key: str, type_name: str, w: Writer) -> str:
    if not cells:
        return w.dialect.null(type_name)
    w.maps[name] = ([w.dialect.text(k) for k in cells], list(cells.values()))
    return w.keep(w.dialect.look_up(name, *w.maps[name], key))


def _cells(edition: Edition, expr: Lookup) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the cell of each spelling that has one, and of each spelling and qualifier for the others."""
    alone: dict[str, Any] = {}
    told: dict[str, set[Any]] = defaultdict(set)
    for spelling, positions in edition.index.items():
        rows = [edition.rows[i] for i in positions]
        cells = {row.cells.get(expr.column) for row in rows}
        if len(cells) == 1:
            alone[spelling] = cells.pop()
            continue
        for row in rows:
            told[spelling + BETWEEN + normal_spelling(row.qualifier)].add(row.cells.get(expr.column))
    qualified = {k: v.pop() if len(v) == 1 else None for k, v in told.items()}
    return {k: v for k, v in alone.items() if v is not None}, {k: v for k, v in qualified.items() if v is not None}


def cells_of(expr: Lookup, w: Writer) -> list[Any]:
    """Return every value that a look-up may give."""
    edition = _edition(expr.table, w)
    if edition is None:
        return []
    alone, qualified = _cells(edition, expr)
    return [*alone.values(), *qualified.values()]
