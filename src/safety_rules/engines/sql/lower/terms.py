"""What every reading into SQL is made of: literals, unknowns, fields of records, entries of parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.exactness.doubles import Number as NumberTerm
from safety_rules.engines.sql.exactness.doubles import constant
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.language.expr import Expr, ParameterRef, kind_of
from safety_rules.language.kinds import Boolean, Choices, Date, Kind, Number, Records
from safety_rules.language.law import Entry, sure_value, sure_values

SHORT, MOST_REPEATED = 40, 400  # characters


def is_number(expr: Expr) -> bool:
    """Return whether the expression's value is a number."""
    return isinstance(kind_of(expr), Number)


def literal(known: Any, d: Dialect) -> str:
    """Return a known value as SQL."""
    match known:
        case bool():
            return str(known).upper()
        case str():
            return d.text(known)
        case tuple():
            return d.literal_list(d.texts(known))
        case _:
            return d.day(known) if hasattr(known, "isoformat") else constant(known, d).sql


def null(kind: Kind, d: Dialect) -> str:
    """Return unknown of a kind."""
    match kind:
        case Boolean():
            return d.null("boolean")
        case Number():
            return d.null("double")
        case Date():
            return d.null("date")
        case Choices() | Records():
            return f"CAST(NULL AS {d.list_of(d.types['text'])})"
        case _:
            return d.null("text")


def unknown(d: Dialect) -> NumberTerm:
    """Return a number that is unknown whatever the record."""
    sql = d.null("double")
    return NumberTerm(sql, sql, 0, None, True, None, False, True, True)


def scope_of(variable: str, item: str, w: Writer) -> Writer:
    """Return the writer of what rules work out of an item by itself."""
    records = w.record(item)
    if records is not None:
        return w.outermost().inside({variable: item}, records)
    inner = w.inside({variable: item})
    inner.doubts = w.doubts
    return inner


def field_of(key: str, item: str, w: Writer) -> str:
    """Return a given field of a record."""
    if w.record(item) is not None:
        return w.dialect.member(item, key.rpartition(".")[2])
    return given_field(key, item, w)


def given_field(key: str, item: str, w: Writer) -> str:
    """Return a given field of a record of the list as it was read."""
    outer, _, name = key.rpartition(".")
    return w.cells[outer].fields[name].replace("{item}", item)


def entries(expr: ParameterRef, w: Writer) -> list[tuple[Entry, Any]]:
    """Return a parameter's entries with their values, None for one that is not sure enough."""
    return sure_values(w.law.rulebook.parameters[expr.key], w.law)


def known_now(expr: ParameterRef, w: Writer) -> Any:
    """Return what a parameter comes to on the day of the law; None where nothing is sure enough."""
    return sure_value(w.law.rulebook.parameters[expr.key], w.law.as_of, w.law)


def by_day(day: str, shown: list[tuple[Entry, str]], otherwise: str, d: Dialect) -> str:
    """Return what holds on a day that is worked out; unknown where the day is."""
    arms = []
    for entry, sql in shown:
        since, until = entry.period.since, entry.period.until
        tests = [f"{day} >= {d.day(since)}"] if since else [f"{day} IS NOT NULL"]
        tests += [f"{day} <= {d.day(until)}"] if until else []
        arms.append(f"WHEN {' AND '.join(tests)} THEN {sql}")
    return f"(CASE {' '.join(arms)} ELSE {otherwise} END)" if arms else otherwise


def kept(expr: Expr, w: Writer) -> NumberTerm:
    """Return a number whose SQL is a column of its own, so that it is worked out once."""
    found = w.number(expr)
    if found.leaf:
        return found
    sql = w.keep(found.sql)
    return replace(found, sql=sql, size=sql if found.size == found.sql else found.size)


def held(found: NumberTerm, w: Writer) -> NumberTerm:
    """Return a number that is read several times: where it is long, a column of its own, and its size too."""
    sql = short(found.sql, w)
    return replace(found, sql=sql, size=sql if found.size == found.sql else short(found.size, w))


def short(sql: str, w: Writer) -> str:
    """Return SQL that is read several times: itself where it is short, else a column if it can have one."""
    return sql if len(sql) <= SHORT else w.keep(sql)


def once(parts: Sequence[str], written: Callable[..., str], w: Writer) -> str:
    """Return SQL that names its parts several times: what is long and has no column becomes a record's field."""
    kept, d = [short(part, w) for part in parts], w.dialect
    if sum(map(len, kept)) <= MOST_REPEATED:
        return written(*kept)
    names = [f"u{i}" for i in range(len(kept))]
    record, body = d.struct(dict(zip(names, kept, strict=True))), written(*(d.member("u", n) for n in names))
    return d.word_of(d.transform(d.array(record), d.lambda_("u", body)), 0)


def chosen(test: str, then: str, otherwise: str, may_agree: bool) -> str:
    """Return one of two; where the test is unknown, both if they agree."""
    agree = f" WHEN {then} = {otherwise} THEN {then}" if may_agree else ""
    return f"(CASE WHEN {test} THEN {then} WHEN NOT {test} THEN {otherwise}{agree} END)"
