"""The values behind a clause, one line for each comparison in it: what is the case, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from safety_rules.language.expr import (
    Aggregate,
    And,
    Arithmetic,
    AsOf,
    Compare,
    DaysBetween,
    Expr,
    FactRef,
    If,
    In,
    ItemField,
    ItemSelf,
    Listed,
    Literal,
    Lookup,
    Negate,
    Not,
    Or,
    ParameterRef,
    Scale,
    Shift,
    children,
    kind_of,
)
from safety_rules.language.kinds import Boolean, Date, Kind, Number, Records
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.evaluate import Environment, evaluate, formula_behind, items
from safety_rules.words.values import label, shown

MOST_LINES = 40


def clause_lines(expr: Expr, env: Environment, language: str) -> list[str]:
    """Return the lines of a condition, without repetitions."""
    lines = list(dict.fromkeys(_lines(expr, env, language, set())))
    if len(lines) <= MOST_LINES:
        return lines
    rest = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"……另有 {rest} 行" if language == "zh" else f"... {rest} more"]


def _lines(expr: Expr, env: Environment, language: str, told: set[tuple[str, str]]) -> list[str]:
    """Return the lines of a condition; `told` are the derived facts, with their items, whose lines came already."""
    match expr:
        case And(operands) | Or(operands):
            return [line for o in operands for line in _lines(o, env, language, told)]
        case Not(operand):
            return _lines(operand, env, language, told)
        case If(test, then, otherwise):
            return [line for part in (then, test, otherwise) for line in _lines(part, env, language, told)]
        case Aggregate("any" | "all"):
            return _item_lines(expr, env, language, told)
        case Compare():
            return [_comparison(expr, env, language), *_formula_lines(expr, env, language)]
        case In(item, container):
            return _membership(item, container, env, language)
        case FactRef() | ItemField():
            return [_named(expr, env, language), *_derived_lines(expr, env, language, told)]
        case ItemSelf():
            return []
        case _:
            return [_named(e, env, language) for e in _leaves(expr, env)]


def _item_lines(expr: Aggregate, env: Environment, language: str, told: set[tuple[str, str]]) -> list[str]:
    found = items(expr.list, env)
    own = [_named(expr.list, env, language)] if isinstance(expr.list, FactRef) else []
    if isinstance(found, Unknown) or not isinstance(kind_of(expr.list), Records):
        return own
    lines = list(own)
    for path, item in found:
        scope = env.with_item(expr.variable, path, item)
        for part in (expr.where, expr.body):
            lines += [] if part is None else _lines(part, scope, language, told)
    return lines


def _comparison(expr: Compare, env: Environment, language: str) -> str:
    left, right = evaluate(expr.left, env), evaluate(expr.right, env)
    kind = kind_of(expr.left)
    a, b = _side(expr.left, left, kind, env, language), _side(expr.right, right, kind, env, language)
    if isinstance(left, Unknown) or isinstance(right, Unknown) or not isinstance(kind, Number | Date):
        relation = "；" if language == "zh" else "; "
        return a if isinstance(expr.right, Literal) else f"{a}{relation}{b}"
    return (
        f"{a}，{_relation(left, right, kind, language)}{b}"
        if language == "zh"
        else f"{a}, {_relation(left, right, kind, language)} {b}"
    )


def _relation(left: Any, right: Any, kind: Kind, language: str) -> str:
    where = 0 if left == right else (-1 if left < right else 1)
    if isinstance(kind, Date):
        return (
            {-1: "早于", 0: "即", 1: "晚于"}[where]
            if language == "zh"
            else {-1: "before", 0: "the same as", 1: "after"}[where]
        )
    return (
        {-1: "低于", 0: "等于", 1: "高于"}[where]
        if language == "zh"
        else {-1: "below", 0: "equal to", 1: "above"}[where]
    )


def _side(expr: Expr, value: Any, kind: Kind, env: Environment, language: str) -> str:
    """Return one side of a comparison: what it is made of, and what it comes to."""
    match expr:
        case Literal():
            return shown(value, expr.kind, language)
        case FactRef() | ItemField():
            return _named(expr, env, language)
        case Scale(operand):
            return _side(operand, evaluate(operand, env), kind_of(operand), env, language)
        case ParameterRef(key):
            name = env.parameters[key].name.in_(language)
            return f"{name} {shown(value, kind, language)}"
        case AsOf():
            return (
                f"审查日 {shown(value, kind, language)}"
                if language == "zh"
                else f"the day {shown(value, kind, language)}"
            )
        case ItemSelf():
            return shown(value, kind, language)
        case _:
            formula, comes_to = _formula(expr, env, language), shown(value, kind, language)
            if isinstance(value, Unknown) or formula == comes_to:
                return formula
            return f"{formula} ＝ {comes_to}" if language == "zh" else f"{formula} = {comes_to}"


def _sign(op: str, language: str) -> str:
    return {"/": "÷", "*": "×", "+": "＋", "-": "－"}[op] if language == "zh" else op


def _formula(expr: Expr, env: Environment, language: str) -> str:
    match expr:
        case Arithmetic(op, left, right):
            sign = _sign(op, language)
            a, b = _formula(left, env, language), _formula(right, env, language)
            return f"{_grouped(left, op, a)} {sign} {_grouped(right, op, b)}"
        case Negate(operand):
            return f"-{_formula(operand, env, language)}"
        case Scale(operand):
            return _formula(operand, env, language)
        case Shift(day, period, backwards):
            sign = _sign("-" if backwards else "+", language)
            return f"{_formula(day, env, language)} {sign} {_formula(period, env, language)}"
        case DaysBetween(later, earlier):
            return f"{_formula(later, env, language)} {_sign('-', language)} {_formula(earlier, env, language)}"
        case FactRef() | ItemField() | ParameterRef() | Literal() | AsOf() | ItemSelf():
            return _side(expr, evaluate(expr, env), kind_of(expr), env, language)
        case Aggregate("sum"):
            return _sum(expr, env, language)
        case Listed() | Lookup():
            return shown(evaluate(expr, env), kind_of(expr), language)
        case If(test, then, otherwise) if not isinstance(evaluate(test, env), Unknown):
            return _formula(then if evaluate(test, env) else otherwise, env, language)
        case Aggregate() | If():
            return ("；" if language == "zh" else "; ").join(_named(e, env, language) for e in _leaves(expr, env))
        case _:
            return ("，" if language == "zh" else ", ").join(_formula(c, env, language) for c in children(expr))


def _sum(expr: Aggregate, env: Environment, language: str) -> str:
    """Return a sum as its terms, each with the name of its item: `苯（0.2）＋ 氨（0.7）`."""
    found = items(expr.list, env)
    if isinstance(found, Unknown):
        return _named(expr.list, env, language)
    terms = []
    for path, item in found:
        scope = env.with_item(expr.variable, path, item)
        if expr.where is None or evaluate(expr.where, scope) is not False:
            terms.append(_term(expr.body, scope, path, _item_name(path, item, env, language), language))
    return (" ＋ " if language == "zh" else " + ").join(terms) or "0"


def _term(body: Expr, scope: Environment, path: str, name: str, language: str) -> str:
    whole = _label(path, scope, language)
    formula = _formula(body, scope, language).replace(f"{whole}·", "").replace(f"{whole}: ", "")
    return f"〔{name}〕{formula}" if language == "zh" else f"[{name}] {formula}"


def _item_name(path: str, item: Any, env: Environment, language: str) -> str:
    """Return what an item is called: its first text, else its number in the list."""
    names = [v for v in item.values() if isinstance(v, str)] if isinstance(item, Mapping) else []
    return names[0] if names else _label(path, env, language)


def _grouped(inner: Expr, op: str, text: str) -> str:
    several = isinstance(inner, Aggregate) or (isinstance(inner, Arithmetic) and inner.op in "+-")
    return f"（{text}）" if several and op in "*/" else text


def _membership(item: Expr, container: Expr, env: Environment, language: str) -> list[str]:
    value = _side(item, evaluate(item, env), kind_of(item), env, language)
    if isinstance(container, Literal):
        return [value]
    own = [] if isinstance(item, Literal) else [value]
    return [*own, _side(container, evaluate(container, env), kind_of(container), env, language)]


def _named(expr: Expr, env: Environment, language: str) -> str:
    kind, value = kind_of(expr), evaluate(expr, env)
    if isinstance(expr, ItemField):
        path = f"{env.variables[expr.variable][0]}.{expr.key.rpartition('.')[2]}"
    elif isinstance(expr, FactRef):
        path = expr.key
    else:
        return shown(value, kind, language)
    missing = isinstance(value, Unknown)
    link = ("：" if language == "zh" else ": ") if missing or not isinstance(kind, Number) else " "
    if missing and expr.key in env.derivations:
        return f"{_label(path, env, language)}{link}{'待核实' if language == 'zh' else 'undetermined'}"
    return f"{_label(path, env, language)}{link}{shown(value, kind, language)}"


def _label(path: str, env: Environment, language: str) -> str:
    assert env.vocabulary is not None
    return label(path, env.vocabulary, language)


def _derived_lines(expr: FactRef | ItemField, env: Environment, language: str, told: set[tuple[str, str]]) -> list[str]:
    behind = formula_behind(expr, env)
    known = (expr.key, "" if isinstance(expr, FactRef) else env.variables[expr.variable][0])
    if behind is None or not isinstance(expr.kind, Boolean) or known in told:
        return []
    told.add(known)
    return _lines(*behind, language, told)


def _formula_lines(expr: Compare, env: Environment, language: str) -> list[str]:
    """Return, for each derived number that a comparison is about, how it comes about: `S ＝ 〔苯〕… ＋ … ＝ 1.6`."""
    lines: list[str] = []
    equals = " ＝ " if language == "zh" else " = "
    for leaf in (expr.left, expr.right):
        if not isinstance(leaf, FactRef) or not isinstance(leaf.kind, Number) or leaf.key not in env.derivations:
            continue
        formula = env.derivations[leaf.key].formula
        if not isinstance(formula, Arithmetic | Aggregate):
            continue
        inside = replace(env, variables={})
        value = evaluate(formula, inside)
        written = _formula(formula, inside, language)
        end = "" if isinstance(value, Unknown) else f"{equals}{shown(value, leaf.kind, language)}"
        lines.append(f"{_label(leaf.key, env, language)}{equals}{written}{end}")
    return lines


def _leaves(expr: Expr, env: Environment) -> list[Expr]:
    """Return the facts that a formula reads outside its aggregates."""
    if isinstance(expr, FactRef | ItemField):
        return [expr]
    parts = (expr.list,) if isinstance(expr, Aggregate) else children(expr)
    return [leaf for part in parts for leaf in _leaves(part, env)]
