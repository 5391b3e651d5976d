"""Look-ups in a reference table as constant maps from spellings; rows with unusual spellings go back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from safety_rules.engines.sql.lower import terms
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.spelling import normal_text, odd_text
from safety_rules.language.expr import Expr, FactRef, ItemField, Listed, Literal, Lookup, kind_of
from safety_rules.language.kinds import Choice
from safety_rules.language.law import sure_edition
from safety_rules.language.table import Edition, Row, normal_spelling

BETWEEN = "\u0001"


def _edition(table: str, w: Writer) -> Edition | None:
    return sure_edition(w.law.rulebook.tables[table], w.law.as_of, w.law)


def _key(expr: Expr, w: Writer, choices: bool = False) -> str:
    """Return a spelling in its normal form; one whose form SQL does not know goes back.

    CAS numbers are in normal form; `choices` stay the keys that they are.
    """
    if isinstance(expr, Literal):
        return w.dialect.text(normal_spelling(str(expr.value)))
    sql = w.value(expr)
    if choices or _is_cas(expr, w):
        return sql
    w.doubt(odd_text(sql, w.dialect))
    return w.keep(normal_text(sql, w.dialect))


def _is_cas(expr: Expr, w: Writer) -> bool:
    if not isinstance(expr, FactRef | ItemField) or expr.key in w.law.derivations:
        return False
    return w.law.rulebook.vocabulary.facts[expr.key].format == "cas"


def _choices(expr: Expr) -> dict[str, str]:
    """Return the normal form of each choice that a key may be; none where it is no choice."""
    kind = None if isinstance(expr, Literal) else kind_of(expr)
    return {o.key: normal_spelling(o.key) for o in kind.choices.options} if isinstance(kind, Choice) else {}


def _place(expr: Listed | Lookup, edition: Edition, w: Writer) -> tuple[str, list[str]]:
    """Return where a spelling stands among those of the table, NULL where it is none of them; and what stands there."""
    key = expr.key if isinstance(expr, Listed) else expr.keys[0]
    spellings = sorted(k for k, at in edition.index.items() if at)
    choices = _choices(key)
    if not choices:
        return _look_up(expr.table, spellings, _key(key, w), w), spellings
    found = {k: s for k, s in choices.items() if s in spellings}
    return _look_up(f"{expr.table} by choice", list(found), _key(key, w, True), w), list(found.values())


def _look_up(name: str, spellings: Sequence[str], key: str, w: Writer) -> str:
    """Return the place, from 1, of a spelling among others."""
    if not spellings:
        return w.dialect.null("mask")
    w.maps[name] = ([w.dialect.text(k) for k in spellings], [str(i) for i in range(1, len(spellings) + 1)])
    return w.keep(w.dialect.look_up(name, *w.maps[name], key))


def listed(expr: Listed, w: Writer) -> str:
    """Return whether a table has a row of a spelling."""
    edition = _edition(expr.table, w)
    if edition is None:
        return w.dialect.null("boolean")
    place, key = _place(expr, edition, w)[0], w.value(expr.key)
    return w.keep(f"(CASE WHEN {key} IS NOT NULL THEN {place} IS NOT NULL END)")


def looked_up(expr: Lookup, w: Writer) -> str:
    """Return a cell of the row that a spelling, and where needed a qualifier, names."""
    edition, d = _edition(expr.table, w), w.dialect
    if edition is None:
        return terms.null(expr.kind, d)
    alone, qualified = _cells(edition, expr)
    place, spellings = _place(expr, edition, w)
    found = _cell(f"{expr.table} {expr.column}", [alone.get(s) for s in spellings], place, expr, w)
    if len(expr.keys) == 1 or not qualified:
        return w.keep(found)
    key, form = (_key(k, w) for k in expr.keys)
    both = f"concat({key}, {d.text(BETWEEN)}, {form})"
    both = w.keep(f"(CASE WHEN {w.value(expr.keys[1])} IS NOT NULL THEN {both} END)")
    forms = sorted({s + BETWEEN + normal_spelling(row.qualifier) for s, row in _rows(edition)})
    told = _cell(
        f"{expr.table} {expr.column} by form",
        [qualified.get(f) for f in forms],
        _look_up(f"{expr.table} by form", forms, both, w),
        expr,
        w,
    )
    return w.keep(f"coalesce({found}, {told})")


def _cell(name: str, cells: Sequence[Any], place: str, expr: Lookup, w: Writer) -> str:
    """Return the cell at a place of a column."""
    if all(cell is None for cell in cells):
        return terms.null(expr.kind, w.dialect)
    w.maps[name] = ([], ["NULL" if cell is None else terms.literal(cell, w.dialect) for cell in cells])
    return w.dialect.at(name, w.maps[name][1], place)


def _rows(edition: Edition) -> Iterator[tuple[str, Row]]:
    """Yield every spelling with each row that it may mean."""
    return ((spelling, edition.rows[i]) for spelling, positions in edition.index.items() for i in positions)


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
