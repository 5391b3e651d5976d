"""Aggregates over the items of a list: NULL where an item that counts is unknown, 0 for an empty sum."""

from __future__ import annotations

from safety_rules.engines.sql.exactness.doubles import Number, counted, either
from safety_rules.engines.sql.lower import terms
from safety_rules.engines.sql.lower.items import Items
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.language.expr import Aggregate, And, Expr, FactRef, Not, Or


def _item(w: Writer) -> str:
    """Return the SQL name of an item, by how deep the list lies."""
    depth, at = 0, w
    while at.outer is not None:
        depth, at = depth + 1, at.outer
    return f"i{depth}"


def _doubts(source: str, item: str, inner: Writer, w: Writer) -> None:
    """Note that a row goes back when one of its items does; a list with columns of its own says so when it is finished."""
    if inner.doubts and inner.records is None:
        w.doubt(w.dialect.some_of(source, item, f"({' OR '.join(inner.doubts)})"))


def items_of(expr: Expr, w: Writer) -> tuple[str, str, Items | None]:
    """Return a list, the name of its items, and where rules work out fields of them, the list of their columns.

    Within a record of the same list its items are read as given, under a name of their own.
    """
    if not isinstance(expr, FactRef) or expr.key not in w.reads or not w.reads[expr.key].derived:
        return w.keep(w.value(expr)), _item(w), None
    found = w.lists.get(expr.key)
    if found is not None and found.variable in w.items.values():
        return w.outermost().keep(found.base), _item(w), None
    if found is None:
        outer, variable = w.outermost(), f"e{len(w.lists)}"
        base, fields = outer.keep(outer.cells[expr.key].value), sorted(outer.reads[expr.key].fields)
        given = {n: terms.given_field(f"{expr.key}.{n}", variable, outer) for n in fields}
        name = outer.keep(f"items {expr.key}")
        found = w.lists[expr.key] = Items(name, variable, base, given, w.dialect)
    return found.name, found.variable, found


def aggregate(expr: Aggregate, w: Writer) -> str:
    """Return `any`, `all`, or the smallest or largest of days."""
    d = w.dialect
    source, item, records = items_of(expr.list, w)
    inner = w.inside({**w.items, expr.variable: item}, records)
    if expr.fold in ("min", "max"):
        return _extreme(expr, source, item, inner, w, inner.value(expr.body))
    if expr.fold not in ("any", "all"):
        raise TypeError(f"{expr.fold} is no condition")
    some = expr.fold == "any"
    guarded = expr.body
    if expr.where is not None:
        guarded = And((expr.where, expr.body)) if some else Or((Not(expr.where), expr.body))
    body = inner.value(guarded)
    _doubts(source, item, inner, w)
    found = d.any_of(source, item, body if some else f"(NOT {body})")
    return w.keep(found if some else f"(NOT {found})")


def _extreme(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer, body: str) -> str:
    """Return the smallest or largest; NULL where there is none, or one is unknown."""
    d, items = w.dialect, _known_items(expr, source, item, inner, w, body)
    found = d.smallest(items) if expr.fold == "min" else d.largest(items)
    return w.keep(f"(CASE WHEN {d.any_of(items, 'v', 'v IS NULL')} THEN NULL ELSE {found} END)")


def _known_items(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer, body: str) -> str:
    """Return the list of what the items that count come to; NULL among it where one is unknown."""
    d = w.dialect
    kept, known = source, body
    if expr.where is not None:
        where = inner.value(expr.where)
        kept = d.filter(source, d.lambda_(item, f"coalesce({where}, TRUE)"))
        known = f"(CASE WHEN {where} THEN {body} END)"
    _doubts(source, item, inner, w)
    return w.keep(d.transform(kept, d.lambda_(item, known)))


def aggregated_number(expr: Aggregate, w: Writer) -> Number:
    """Return a sum, a count, or the smallest or largest of numbers."""
    d = w.dialect
    source, item, records = items_of(expr.list, w)
    inner = w.inside({**w.items, expr.variable: item}, records)
    if expr.fold == "count":
        return _count(expr, source, item, inner, w)
    if expr.fold == "distinct":
        items = _known_items(expr, source, item, inner, w, inner.value(expr.body))
        unknown = d.any_of(items, "v", "v IS NULL")
        return counted(w.keep(f"(CASE WHEN {unknown} THEN NULL ELSE {d.length(d.distinct(items))} END)"), d, False)
    if expr.fold not in ("sum", "min", "max"):
        raise TypeError(f"{expr.fold} is no number")
    body = inner.number(expr.body)
    if expr.fold != "sum":
        sql = _extreme(expr, source, item, inner, w, body.sql)
        size = sql if body.size == body.sql else _total(expr, source, item, inner, w, body.size)
        return either(sql, f"abs({sql})" if body.leaf else size, [body])
    sql = _total(expr, source, item, inner, w, body.sql)
    size = sql if body.size == body.sql else _total(expr, source, item, inner, w, body.size)
    _doubts(source, item, inner, w)
    if body.leaf and body.integral:  # whole numbers add up exactly
        w.doubt(f"(abs({sql}) > 1E15)")
        return Number(sql, size, 0, None, True, None, body.signed, True, True)
    several = f"({size} * (1 + {d.length(source)}))"
    return Number(sql, several, body.roundings + 1, None, False, None, body.signed, not body.signed and body.firm)


def _total(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer, body: str) -> str:
    if expr.where is not None:
        parts = [inner.value(expr.where), body]
        body = terms.once(parts, lambda w, b: f"(CASE WHEN {w} THEN {b} WHEN NOT {w} THEN 0E0 END)", inner)
    return w.keep(w.dialect.total_of(source, item, body))


def _count(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer) -> Number:
    d = w.dialect
    if expr.where is None:
        return counted(w.keep(f"(CASE WHEN {source} IS NOT NULL THEN {d.length(source)} END)"), d, False)
    where = inner.value(expr.where)
    _doubts(source, item, inner, w)
    ones = terms.once([where], lambda w: f"(CASE WHEN {w} THEN 1E0 WHEN NOT {w} THEN 0E0 END)", inner)
    return counted(w.keep(d.total_of(source, item, ones)), d, False)
