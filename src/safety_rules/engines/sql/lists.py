"""Aggregates over the items of a list: NULL where an item that counts is unknown, 0 for an empty sum."""

from __future__ import annotations

from safety_rules.engines.sql import lower, quantities
from safety_rules.engines.sql.number import Number, counted, either
from safety_rules.engines.sql.writer import Writer
from safety_rules.language.expr import Aggregate, And, Not, Or


def _item(w: Writer) -> str:
    """Return the SQL name of an item, by how deep the list lies."""
    depth, at = 0, w
    while at.outer is not None:
        depth, at = depth + 1, at.outer
    return f"i{depth}"


def _doubts(source: str, item: str, inner: Writer, w: Writer) -> None:
    """Note that a row goes back when one of its items does."""
    if inner.doubts:
        body = " OR ".join(f"coalesce({c}, FALSE)" for c in inner.doubts)
        w.doubt(w.dialect.any_of(source, item, f"({body})"))


def aggregate(expr: Aggregate, w: Writer) -> str:
    """Return `any`, `all`, or the smallest or largest of days."""
    source, item, d = w.keep(lower.value(expr.list, w)), _item(w), w.dialect
    inner = w.inside({**w.items, expr.variable: item})
    if expr.fold in ("min", "max"):
        return _extreme(expr, source, item, inner, w, lower.value(expr.body, inner))
    some = expr.fold == "any"
    guarded = expr.body
    if expr.where is not None:
        guarded = And((expr.where, expr.body)) if some else Or((Not(expr.where), expr.body))
    body = lower.value(guarded, inner)
    _doubts(source, item, inner, w)
    found = d.any_of(source, item, body if some else f"(NOT {body})")
    return w.keep(found if some else f"(NOT {found})")


def _extreme(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer, body: str) -> str:
    """Return the smallest or largest; NULL where there is none, or one is unknown."""
    d = w.dialect
    kept, known = source, body
    if expr.where is not None:
        where = lower.value(expr.where, inner)
        kept = d.filter(source, d.lambda_(item, f"coalesce({where}, TRUE)"))
        known = f"(CASE WHEN {where} THEN {body} END)"
    _doubts(source, item, inner, w)
    items = w.keep(d.transform(kept, d.lambda_(item, known)))
    found = d.smallest(items) if expr.fold == "min" else d.largest(items)
    return w.keep(f"(CASE WHEN {d.any_of(items, 'v', 'v IS NULL')} THEN NULL ELSE {found} END)")


def aggregated_number(expr: Aggregate, w: Writer) -> Number:
    """Return a sum, a count, or the smallest or largest of numbers."""
    source, item, d = w.keep(lower.value(expr.list, w)), _item(w), w.dialect
    inner = w.inside({**w.items, expr.variable: item})
    if expr.fold == "count":
        return _count(expr, source, item, inner, w)
    body = quantities.number(expr.body, inner)
    if expr.fold in ("min", "max"):
        sql = _extreme(expr, source, item, inner, w, body.sql)
        size = sql if body.size == body.sql else _total(expr, source, item, inner, w, body.size)
        return either(sql, f"abs({sql})" if body.leaf else size, [body])
    sql = _total(expr, source, item, inner, w, body.sql)
    size = sql if body.size == body.sql else _total(expr, source, item, inner, w, body.size)
    _doubts(source, item, inner, w)
    several = f"({size} * (1 + {d.length(source)}))"
    return Number(sql, several, body.roundings + 1, None, False, None, body.signed, not body.signed and body.firm)


def _total(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer, body: str) -> str:
    if expr.where is not None:
        where = lower.value(expr.where, inner)
        body = f"(CASE WHEN {where} THEN {body} WHEN NOT {where} THEN 0E0 END)"
    return w.keep(w.dialect.total_of(source, item, body))


def _count(expr: Aggregate, source: str, item: str, inner: Writer, w: Writer) -> Number:
    d = w.dialect
    if expr.where is None:
        return counted(w.keep(f"(CASE WHEN {source} IS NOT NULL THEN {d.length(source)} END)"), d, False)
    where = lower.value(expr.where, inner)
    _doubts(source, item, inner, w)
    ones = f"(CASE WHEN {where} THEN 1E0 WHEN NOT {where} THEN 0E0 END)"
    return counted(w.keep(d.total_of(source, item, ones)), d, False)
