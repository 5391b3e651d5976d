"""A condition's tree as the text that parses back to it, with English or Chinese names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from safety_rules.language import expr as tree
from safety_rules.language.clock import is_time, time_text
from safety_rules.language.expr import Aggregate, Expr, Literal
from safety_rules.language.kinds import Choice, ChoiceList, Choices, Number
from safety_rules.language.law import Parameter
from safety_rules.language.operators import FOLDS, FUNCTIONS
from safety_rules.language.table import Table
from safety_rules.language.units import ONE
from safety_rules.language.vocabulary import Vocabulary

Names = tuple[Vocabulary, Mapping[str, Parameter], Mapping[str, Table], str]

IF, OR, AND, NOT, COMPARE, ADD, MULTIPLY, UNARY, ATOM = range(9)


def formatted(
    expr: Expr,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Parameter],
    language: str,
    tables: Mapping[str, Table] | None = None,
) -> str:
    """Return the condition as text in `zh` or `en`; parsing it gives the same tree."""
    return _text(expr, (vocabulary, parameters, tables or {}, language), IF)


def _table(key: str, names: Names) -> str:
    return names[2][key].zh_key if names[3] == "zh" else key


def _text(expr: Expr, names: Names, least: int) -> str:
    level, text = _parts(expr, names)
    return text if level >= least else f"({text})"


def _parts(expr: Expr, names: Names) -> tuple[int, str]:
    vocabulary, parameters, _tables, language = names
    match expr:
        case tree.Literal():
            return ATOM, _literal(expr, language)
        case tree.FactRef(key):
            return ATOM, vocabulary.facts[key].zh_key if language == "zh" else key
        case tree.ItemField(variable, key):
            name = vocabulary.facts[key].zh_key if language == "zh" else key
            return ATOM, f"{variable}.{name.rpartition('.')[2]}"
        case tree.ItemSelf(variable):
            return ATOM, variable
        case tree.ParameterRef(key, _, day):
            name = parameters[key].zh_key if language == "zh" else key
            return ATOM, name if day is None else f"{name}[{_text(day, names, IF)}]"
        case tree.AsOf():
            return ATOM, "审查日" if language == "zh" else "as_of"
        case tree.Not(tree.In(item, container)):
            return COMPARE, f"{_text(item, names, ADD)} not in {_text(container, names, ADD)}"
        case tree.Not(tree.Listed(table, key)):
            return COMPARE, f"{_text(key, names, ADD)} not in {_table(table, names)}"
        case tree.Not(operand):
            return NOT, f"not {_text(operand, names, NOT)}"
        case tree.And(operands):
            return AND, " and ".join(_text(o, names, NOT) for o in operands)
        case tree.Or(operands):
            return OR, " or ".join(_text(o, names, AND) for o in operands)
        case tree.Compare(op, left, right):
            return COMPARE, f"{_text(left, names, ADD)} {op} {_text(right, names, ADD)}"
        case tree.In(item, container):
            return COMPARE, f"{_text(item, names, ADD)} in {_text(container, names, ADD)}"
        case tree.Arithmetic(op, left, right):
            level = ADD if op in "+-" else MULTIPLY
            return level, f"{_text(left, names, level)} {op} {_text(right, names, level + 1)}"
        case tree.Negate(operand):
            return UNARY, f"-{_text(operand, names, UNARY)}"
        case tree.Scale(operand):
            return _parts(operand, names)
        case tree.Shift(day, period, backwards):
            return ADD, f"{_text(day, names, ADD)} {'-' if backwards else '+'} {_text(period, names, MULTIPLY)}"
        case tree.DaysBetween(later, earlier):
            return ADD, f"{_text(later, names, ADD)} - {_text(earlier, names, MULTIPLY)}"
        case tree.If(test, then, otherwise):
            return IF, f"{_text(then, names, OR)} if {_text(test, names, OR)} else {_text(otherwise, names, IF)}"
        case tree.Aggregate():
            return ATOM, _aggregate(expr, names)
        case tree.Listed(table, key):
            return COMPARE, f"{_text(key, names, ADD)} in {_table(table, names)}"
        case tree.Lookup(table, keys, column):
            found = names[2][table].columns[column]
            cell = found.zh_key if language == "zh" else column
            return ATOM, f"{_table(table, names)}[{', '.join(_text(k, names, IF) for k in keys)}].{cell}"
        case tree.Call("matches", (text, tree.Literal(pattern))):
            form = names[0].format_of(str(pattern))
            named = form.name.zh if language == "zh" else form.key
            return ATOM, f"{FUNCTIONS['matches'].name.in_(language)}({_text(text, names, IF)}, {named!r})"
        case tree.Call(function, arguments):
            name = FUNCTIONS[function].name.in_(language)
            return ATOM, f"{name}({', '.join(_text(a, names, IF) for a in arguments)})"
        case _:
            assert_never(expr)


def _aggregate(expr: Aggregate, names: Names) -> str:
    body = expr.variable if expr.fold == "count" else _text(expr.body, names, IF)
    source = _text(expr.list, names, OR)
    where = "" if expr.where is None else f" if {_text(expr.where, names, OR)}"
    return f"{FOLDS[expr.fold].name.in_(names[3])}({body} for {expr.variable} in {source}{where})"


def _literal(expr: Literal, language: str) -> str:
    match expr.value, expr.kind:
        case bool() as value, _:
            return "True" if value else "False"
        case Fraction() as value, kind if is_time(kind):
            return f"'{time_text(value)}'"
        case Fraction() as value, Number(unit):
            return plain(value) if unit == ONE and not unit.symbol else f"{plain(value)}[{_spelled(unit.symbol)}]"
        case datetime.date() as value, _:
            return f"'{value.isoformat()}'"
        case str() as value, Choice(choices):
            return repr(_name(value, choices, language))
        case tuple() as values, Choices(choices):
            return "[" + ", ".join(repr(_name(str(v), choices, language)) for v in values) + "]"
        case value, _:
            return repr(value)


def _name(key: str, choices: ChoiceList, language: str) -> str:
    return choices[key].name.zh if choices.options and language == "zh" else key


def _spelled(symbol: str) -> str:
    return symbol.replace("%", "百分比")


def plain(number: Fraction) -> str:
    """Return a number that was written as a decimal as that decimal again."""
    digits, denominator = 0, number.denominator
    while 10**digits % denominator:
        digits += 1
    whole, part = divmod(number.numerator * 10**digits // denominator, 10**digits)
    return f"{whole}.{part:0{digits}d}" if digits else str(whole)
