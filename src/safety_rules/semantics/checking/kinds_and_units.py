"""Literals read as what is expected of them, and expressions fitted to a kind and a unit."""

from __future__ import annotations

import ast
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from safety_rules.language.clock import TIME, is_time, seconds_of
from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import DaysBetween, Expr, In, Literal, Negate, Scale, Shift, kind_of
from safety_rules.language.kinds import Boolean, Choice, ChoiceList, Choices, Date, Kind, Number, Text
from safety_rules.language.units import CLOCK, DAY, MONTH, ONE, Unit
from safety_rules.semantics.checking.parse import Reading
from safety_rules.words.kinds import kind_said
from safety_rules.words.near import suggestion
from safety_rules.words.said import said

SAME_AS: Mapping[str, Callable[[Sequence[Expr], Span], Expr]] = {
    "DaysBetween": lambda parts, at: DaysBetween(parts[0], parts[1], DAY, at),
}
"""How the node is written that a function is the same as."""
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def constant(node: ast.Constant, r: Reading, expected: Kind | None) -> Expr | None:
    """Return a constant as a literal; None, with the diagnostic, where the language has no such value."""
    at = r.span(node)
    match node.value:
        case bool():
            return Literal(node.value, Boolean(), at)
        case int() | float():
            number = exact_number(node, r)
            if number is None:
                return None
            if expected is not None and is_time(expected):
                return r.wrong("time.condition", node, text=r.segment(node))
            unit = expected.unit if number == 0 and isinstance(expected, Number) else ONE
            return Literal(number, Number(unit, number.denominator == 1), at)
        case str() as text:
            return text_as(text, node, r, expected)
        case _:
            return r.wrong("not-allowed.value", node)


def exact_number(node: ast.Constant, r: Reading) -> Fraction | None:
    """Return the number as it was written, not as a binary float."""
    segment = r.segment(node)
    if not all(c in "0123456789." for c in segment):
        return r.wrong("number.condition", node)
    return Fraction(segment if not segment.endswith(".") else segment[:-1])


def text_as(text: str, node: ast.expr, r: Reading, expected: Kind | None) -> Expr | None:
    """Return text in quotes as what is expected there: a choice, a day, or text."""
    at = r.span(node)
    match expected:
        case Choice(choices) | Choices(choices):
            option = choices.find(text)
            if option is None:
                spelled = [o.key for o in choices.options] + [o.name.zh for o in choices.options]
                return r.wrong("unknown-choice", node, suggestion(text, spelled), text=text, list=choices.name)
            r.named(node, option.key, option.name.zh)
            return Literal(option.key, Choice(choices), at)
        case Date():
            day = iso_day(text)
            if day is None:
                return r.wrong("date.condition", node, text=text)
            return Literal(day, Date(), at)
        case Number() if is_time(expected):
            time = seconds_of(text)
            return r.wrong("time.condition", node, text=text) if time is None else Literal(time, TIME, at)
        case _:
            return Literal(text, Text(), at)


def iso_day(text: str) -> datetime.date | None:
    """Return the day written as 2020-10-01, or None."""
    try:
        return datetime.date.fromisoformat(text) if ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def as_kind(expr: Expr, kind: Kind, node: ast.expr, r: Reading) -> Expr | None:
    """Return the expression as a kind, converted where only the scale differs."""
    has = kind_of(expr)
    if isinstance(has, Number) and isinstance(kind, Number):
        return in_unit(expr, kind.unit, node, r)
    if type(has) is type(kind) and (isinstance(has, Boolean | Text | Date) or has == kind):
        return expr
    key = "kind.no-condition" if isinstance(kind, Boolean) else "kind.other"
    return r.wrong(key, node, kind=kind_said(has), wanted=kind_said(kind))


def in_unit(expr: Expr, unit: Unit, node: ast.expr, r: Reading) -> Expr | None:
    """Return a number converted to a unit; None, with the diagnostic, where the two measure different things."""
    has = kind_of(expr)
    assert isinstance(has, Number)
    if unit == CLOCK and not is_time(has):
        return r.wrong("time.condition", node, text=r.segment(node))
    if is_time(has) and unit != CLOCK:
        return r.wrong("time.counted", node)
    if isinstance(expr, Literal) and expr.value == 0 and has.unit == ONE:
        return Literal(expr.value, Number(unit, True), expr.at)
    if not has.unit.converts_to(unit):
        bare, none = isinstance(expr, Literal) and has.unit == ONE and unit.symbol, said("no-unit.none")
        key = "unit.bare" if bare else "unit"
        return r.wrong(key, node, has=has.unit.symbol or none, wanted=unit.symbol or none)
    return expr if has.unit.scale == unit.scale else Scale(expr, has.unit.factor_to(unit), unit, r.span(node))


def in_literal(item: Expr, left: ast.expr, right: ast.List | ast.Tuple | ast.Set, r: Reading, at: Span) -> Expr | None:
    """Return membership in a list of texts that is written out."""
    kind = kind_of(item)
    if not isinstance(kind, Choice | Text):
        return r.wrong("kind.no-choice", left, kind=kind_said(kind))
    listed = written_list(right, kind, r)
    return None if listed is None else In(item, listed, at)


def written_list(right: ast.List | ast.Tuple | ast.Set, kind: Choice | Text, r: Reading) -> Literal | None:
    """Return a list of choices or texts that is written out."""
    values: list[str] = []
    for element in right.elts:
        text = element.value if isinstance(element, ast.Constant) else None
        literal = text_as(text, element, r, kind) if isinstance(text, str) else None
        if isinstance(literal, Literal):
            values.append(str(literal.value))
        elif not isinstance(text, str):
            r.wrong("kind.no-quotes", element)
    if len(values) != len(right.elts):
        return None
    choices = kind.choices if isinstance(kind, Choice) else ChoiceList("", ())
    return Literal(tuple(values), Choices(choices), r.span(right))


def moved_date(left: Expr, right: Expr, node: ast.BinOp, r: Reading) -> Expr | None:
    """Return a date moved by a whole number of days or months, or the days between two dates."""
    kind, subtract = kind_of(right), isinstance(node.op, ast.Sub)
    if isinstance(kind, Date) and subtract:
        return DaysBetween(left, right, DAY, r.span(node))
    for unit in (DAY, MONTH):
        if isinstance(kind, Number) and kind.whole and kind.unit.converts_to(unit):
            period = right if kind.unit == unit else Scale(right, kind.unit.factor_to(unit), unit, r.span(node.right))
            return Shift(left, period, subtract, r.span(node))
    timed = isinstance(kind, Number) and any(kind.unit.converts_to(unit) for unit in (DAY, MONTH))
    return r.wrong("kind.not-whole" if timed else "kind.no-period", node.right, kind=kind_said(kind))


def written_number(expr: Expr) -> Fraction | None:
    """Return the number that a literal, its negative or its conversion is."""
    match expr:
        case Literal(Fraction() as value):
            return value
        case Negate(operand):
            inner = written_number(operand)
            return None if inner is None else -inner
        case Scale(operand, factor):
            inner = written_number(operand)
            return None if inner is None else inner * factor
        case _:
            return None
