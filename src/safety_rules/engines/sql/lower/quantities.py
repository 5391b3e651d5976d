"""Numbers of the tree as SQL with a bound on their error, nodes in the order of `expr.py`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.exactness import doubles as numbers
from safety_rules.engines.sql.exactness.doubles import Number, close
from safety_rules.engines.sql.lower import functions, lists, lookups, terms
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.numbers import default_places
from safety_rules.language import expr as tree
from safety_rules.language import kinds
from safety_rules.language.law import is_sure
from safety_rules.language.vocabulary import Fact

ONE = Fraction(1)


def number(expr: tree.Expr, w: Writer) -> Number:
    """Return a number as SQL, NULL where it is unknown; every row goes back where a fixed one is beyond DOUBLE."""
    found = _number(expr, w)
    if numbers.beyond(found):
        w.doubt("TRUE")
        return terms.unknown(w.dialect)
    return found


def _number(expr: tree.Expr, w: Writer) -> Number:
    d = w.dialect
    match expr:
        case tree.Literal(Fraction() as known):
            return numbers.constant(known, d)
        case tree.FactRef(key):
            return fact(key, w)
        case tree.ItemField():
            return _item_field(expr, w)
        case tree.ParameterRef():
            return _parameter(expr, w)
        case tree.Arithmetic(op, left, right):
            found, doubts = numbers.operated(op, number(left, w), number(right, w), d)
            for doubt in doubts:
                w.doubt(doubt)
            return found
        case tree.Negate(operand):
            return numbers.negated(number(operand, w), d)
        case tree.Scale(operand, factor):
            return numbers.scaled(number(operand, w), factor, d)
        case tree.DaysBetween(later, earlier):
            return numbers.counted(d.days_between(w.value(later), w.value(earlier)), d, True)
        case tree.If(test, then, otherwise):
            return _if(w.value(test), number(then, w), number(otherwise, w), w)
        case tree.Aggregate():
            return lists.aggregated_number(expr, w)
        case tree.Lookup():
            cells = [numbers.constant(v, d) for v in lookups.cells_of(expr, w) if isinstance(v, Fraction)]
            sql = lookups.looked_up(expr, w)
            return numbers.either(sql, sql, cells) if cells else terms.unknown(d)
        case tree.Call():
            called: Number = functions.called(expr, w)
            return called
        case (tree.Literal() | tree.ItemSelf() | tree.AsOf() | tree.Not() | tree.And() | tree.Or()
              | tree.Compare() | tree.In() | tree.Shift() | tree.Listed()):  # fmt: skip
            raise TypeError(f"{type(expr).__name__} is no number")
        case _:
            assert_never(expr)


def fact(key: str, w: Writer) -> Number:
    """Return a fact of the record, given or derived, as a column of its own."""
    if key in w.numbers:
        return w.numbers[key]
    derivation, outer, known = w.law.derivations.get(key), w.outermost(), w.law.rulebook.vocabulary.facts[key]
    if derivation is None:
        cell = w.cells[key]
        plain = _leaf(outer.keep(cell.value), cell.places, known, w.dialect, cell.factor)
        found = numbers.scaled(plain, cell.factor, w.dialect)
    elif not is_sure(derivation, w.law):
        found = terms.unknown(w.dialect)
    else:
        inner = number(derivation.formula, outer)
        name = outer.keep(inner.sql)
        size = name if inner.size == inner.sql else outer.keep(inner.size)
        found = replace(inner, sql=name, size=size)
    w.numbers[key] = found
    return found


def _leaf(sql: str, places: int, known: Fact, d: Dialect, factor: Fraction = ONE) -> Number:
    signed = known.bounds.minimum is None and known.bounds.above is None
    whole = isinstance(known.kind, kinds.Number) and known.kind.whole
    low = known.bounds.above if known.bounds.above is not None else known.bounds.minimum
    nonzero = low is not None and (low > 0 or (low == 0 and known.bounds.above is not None))
    top = known.bounds.maximum
    most = None if low is None or top is None else max(abs(low), abs(top)) / factor
    return replace(numbers.leaf(sql, places, d, signed, most), integral=whole, nonzero=nonzero)


def _item_field(expr: tree.ItemField, w: Writer) -> Number:
    derivation, item = w.law.derivations.get(expr.key), w.items[expr.variable]
    if derivation is None or derivation.variable is None:
        fact = w.law.rulebook.vocabulary.facts[expr.key]
        return _leaf(terms.field_of(expr.key, item, w), default_places(fact), fact, w.dialect)
    if not is_sure(derivation, w.law):
        return terms.unknown(w.dialect)
    records = w.record(item)
    if records is not None and expr.key in records.numbers:
        return records.numbers[expr.key]
    inner = terms.scope_of(derivation.variable, item, w)
    found = number(derivation.formula, inner)
    if records is not None:
        sql = inner.keep(found.sql)
        found = replace(found, sql=sql, size=sql if found.size == found.sql else inner.keep(found.size), exact=None)
        records.numbers[expr.key] = found
    return found


def _parameter(expr: tree.ParameterRef, w: Writer) -> Number:
    d = w.dialect
    if expr.day is None:
        known = terms.known_now(expr, w)
        return terms.unknown(d) if known is None else numbers.constant(known, d)
    each = [(e, None if v is None else numbers.constant(v, d)) for e, v in terms.entries(expr, w)]
    arms = [n for _, n in each if n is not None]
    if not arms:
        return terms.unknown(d)
    shown = [(e, d.null("double") if n is None else n.sql) for e, n in each]
    sql = terms.by_day(w.keep(w.value(expr.day)), shown, d.null("double"), d)
    return numbers.either(sql, f"abs({sql})", arms)


def _if(test: str, a: Number, b: Number, w: Writer) -> Number:
    test, a, b = terms.short(test, w), terms.held(a, w), terms.held(b, w)
    differ = a.constant is not None and b.constant is not None and a.constant != b.constant
    if not differ and not (a.leaf and b.leaf):
        w.doubt(f"({test} IS NULL AND {close(a, b)})")
    sql = terms.once([test, a.sql, b.sql], lambda t, x, y: terms.chosen(t, x, y, not differ), w)
    size = f"(CASE WHEN {test} THEN {a.size} ELSE {b.size} END)"
    return numbers.either(sql, size, [a, b])


def rounded(a: Number, d: Dialect) -> Number:
    """Return the whole number nearest to a number."""
    return Number(f"round({a.sql})", f"abs(round({a.sql}))", 0, None, True, None, True, True, True)
