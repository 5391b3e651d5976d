"""Aggregates over the items of a list: NULL where an item that counts is unknown, 0 for an empty sum."""

from __future__ import annotations

from safety_rules.engines.sql import lower, quantities
from safety_rules.engines.sql.number import Number, counted, either
from safety_rules.engines.sql.writer import Writer
from safety_rules.language.expr import Aggregate, And, Expr, FactRef, ItemField, Not, Or

SIZE = "__size"


def _item(w: Writer) -> str:
    """Return the SQL name of an item, by how deep the list lies."""
    depth, at = 0, w
    while at.outer is not None:
        depth, at = depth + 1, at.outer
    return f"i{depth}"


def _doubts(source: str, item: str, inner: Writer, w: Writer) -> None:
    """Note that a row goes back when one of its items does."""
    if inner.doubts:
        w.doubt(w.dialect.some_of(source, item, f"({' OR '.join(inner.doubts)})"))


def items_of(expr: Expr, w: Writer) -> str:
    """Return a list, its records with the fields that rules work out."""
    if not isinstance(expr, FactRef) or expr.key not in w.reads or not w.reads[expr.key].derived:
        return w.keep(lower.value(expr, w))
    known, outer, d = f"items {expr.key}", w.outermost(), w.dialect
    if known in outer.names:
        return outer.names[known]
    base, reads = outer.keep(outer.cells[expr.key].value), outer.reads[expr.key]
    inner = outer.inside({})
    parts = {n: lower.field_of(f"{expr.key}.{n}", "e", inner) for n in sorted(reads.fields)}
    found = {}
    for name in reads.derived:
        ref = ItemField("e", f"{expr.key}.{name}", outer.law.rulebook.vocabulary.facts[f"{expr.key}.{name}"].kind)
        inner.items = {"e": "e"}
        if lower.is_number(ref):
            number = quantities.number(ref, inner)
            parts[name], parts[name + SIZE] = number.sql, number.size
            found[f"item {ref.key}"] = number
        else:
            parts[name] = lower.value(ref, inner)
    _doubts(base, "e", inner, outer)
    outer.numbers.update(found)
    return outer.keep(d.transform(base, d.lambda_("e", d.struct(parts))), known)


def worked_out(key: str, item: str, w: Writer) -> str | None:
    """Return a derived field of a record where its list has it as a column."""
    outer, _, name = key.rpartition(".")
    return w.dialect.member(item, name) if f"items {outer}" in w.names else None


def aggregate(expr: Aggregate, w: Writer) -> str:
    """Return `any`, `all`, or the smallest or largest of days."""
    source, item, d = items_of(expr.list, w), _item(w), w.dialect
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
    source, item, d = items_of(expr.list, w), _item(w), w.dialect
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
    if body.leaf and body.integral:  # whole numbers add up exactly
        w.doubt(f"(abs({sql}) > 1E15)")
        return Number(sql, size, 0, None, True, None, body.signed, True, True)
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
