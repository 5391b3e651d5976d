"""The values behind a clause, one statement for each comparison in it: what is the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from safety_rules.language import expr as tree
from safety_rules.language.explanation import Amount, Place, Series, Slot, statement
from safety_rules.language.kinds import Boolean, Date, Kind, Number, Records
from safety_rules.language.operators import TEXT_TESTS
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, formula_behind, items


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told: all of a condition, or only what decides it; derived facts whose lines came already."""

    deciding: bool = False
    told: set[tuple[str, str]] = field(default_factory=set)  # with the item of a fact that is of one


MOST_LINES = 40
WRITTEN = {"+": "plus", "-": "minus", "*": "times", "/": "over"}
LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2}
ATOM = 3


def clause_lines(expr: tree.Expr, env: Environment, deciding: bool = False) -> list[Slot]:
    """Return the statements of a condition, without repetitions; `deciding`, of what makes it true or false alone.

    Of `and` that is what fails, of `or` and `any` what holds, of `all` the items that fail, derived facts included.
    """
    lines = list(dict.fromkeys(_lines(expr, env, Telling(deciding))))
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], statement("more.lines", count=len(lines) - MOST_LINES)]


def _lines(expr: tree.Expr, env: Environment, telling: Telling) -> list[Slot]:
    match expr:
        case tree.And(operands) | tree.Or(operands):
            settled = isinstance(expr, tree.Or)
            if telling.deciding and evaluate(expr, env) is settled:
                operands = tuple(o for o in operands if evaluate(o, env) is settled)
            return [line for o in operands for line in _lines(o, env, telling)]
        case tree.Not(operand):
            return _lines(operand, env, telling)
        case tree.If(test, then, otherwise):
            return [line for part in (then, test, otherwise) for line in _lines(part, env, telling)]
        case tree.Aggregate("any" | "all"):
            return _item_lines(expr, env, telling)
        case tree.Compare():
            return [_comparison(expr, env), *_formula_lines(expr, env)]
        case tree.In(item, container):
            return _membership(item, container, env)
        case tree.FactRef() | tree.ItemField():
            return [_named(expr, evaluate(expr, env), env), *_derived_lines(expr, env, telling)]
        case tree.Call(function, (text, part)) if function in TEXT_TESTS:
            return [_asked(function, text, part, env)]
        case tree.ItemSelf():
            return []
        case (tree.Literal() | tree.ParameterRef() | tree.AsOf() | tree.Arithmetic() | tree.Negate() | tree.Scale() | tree.Shift() | tree.DaysBetween()
              | tree.Aggregate() | tree.Listed() | tree.Lookup() | tree.Call()):  # fmt: skip
            return _leaves(expr, env)
        case _:
            assert_never(expr)


def _item_lines(expr: tree.Aggregate, env: Environment, telling: Telling) -> list[Slot]:
    found = items(expr.list, env)
    lines = [_named(expr.list, evaluate(expr.list, env), env)] if isinstance(expr.list, tree.FactRef) else []
    if isinstance(found, Unknown) or not isinstance(tree.kind_of(expr.list), Records):
        return lines
    settled = expr.fold == "any"
    alone = telling.deciding and evaluate(expr, env) is settled
    for path, item in found:
        scope = env.with_item(expr.variable, path, item)
        asked = expr.where is None or evaluate(expr.where, scope)
        if alone and not (asked is True and evaluate(expr.body, scope) is settled):
            continue
        for part in (expr.where, expr.body):
            if part is not None and not (telling.deciding and part is expr.body and asked is False):
                lines += _lines(part, scope, telling)
    return lines


def _comparison(expr: tree.Compare, env: Environment) -> Slot:
    left, right = evaluate(expr.left, env), evaluate(expr.right, env)
    kind = tree.kind_of(expr.left)
    a, b = _side(expr.left, left, kind, env), _side(expr.right, right, kind, env)
    if isinstance(left, Unknown) or isinstance(right, Unknown) or not isinstance(kind, Number | Date):
        return a if isinstance(expr.right, tree.Literal) else statement("comparison.beside", left=a, right=b)
    return statement(_relation(left, right, kind, isinstance(expr.right, tree.Literal)), left=a, right=b)


def _relation(left: Any, right: Any, kind: Kind, plain: bool) -> str:
    """Return how two sides stand to each other; a `plain` number on the right is no standard to fall below."""
    if isinstance(kind, Date):
        return "comparison.same_day" if left == right else f"comparison.{'before' if left < right else 'after'}"
    if left == right:
        return "comparison.equal"
    less, more = ("less", "more") if plain else ("below", "above")
    return f"comparison.{less if left < right else more}"


def _asked(function: str, text: tree.Expr, part: tree.Expr, env: Environment) -> Slot:
    """Return what a text is found to be by a function that asks a thing of it and another."""
    value = evaluate(tree.Call(function, (text, part)), env)
    said, other = (_side(e, evaluate(e, env), tree.kind_of(e), env) for e in (text, part))
    if function == "matches" and isinstance(part, tree.Literal) and env.vocabulary is not None:
        other = env.vocabulary.format_of(str(part.value)).name
    if isinstance(value, Unknown):
        return statement("comparison.beside", left=said, right=other)
    return statement(f"function.{function}" if value else f"function.{function}_not", text=said, part=other)


def _side(expr: tree.Expr, value: Any, kind: Kind, env: Environment, of: str = "") -> Slot:
    """Return one side of a comparison: what it is made of, and what it comes to; `of` is the item named before it."""
    match expr:
        case tree.Literal():
            return _amount(value, expr.kind)
        case tree.FactRef() | tree.ItemField():
            return _named(expr, value, env, of)
        case tree.Scale(operand):
            return _side(operand, evaluate(operand, env), tree.kind_of(operand), env, of)
        case tree.ParameterRef(key):
            return statement("fact.number", name=env.parameters[key].name, value=_amount(value, kind))
        case tree.AsOf():
            return statement("fact.as_of", value=_amount(value, kind))
        case tree.ItemSelf():
            return _amount(value, kind)
        case (tree.Not() | tree.And() | tree.Or() | tree.Compare() | tree.In() | tree.Arithmetic() | tree.Negate() | tree.Shift() | tree.DaysBetween() | tree.If()
              | tree.Aggregate() | tree.Listed() | tree.Lookup() | tree.Call()):  # fmt: skip
            formula, comes_to = _formula(expr, env, of), _amount(value, kind)
            if isinstance(value, Unknown) or formula == comes_to:
                return formula
            return statement("formula.comes_to", formula=formula, value=comes_to)
        case _:
            assert_never(expr)


def _amount(value: Any, kind: Kind) -> Slot:
    """Return a value as it is told: of records their number, of whole numbers the number."""
    if isinstance(value, Unknown):
        return Amount(None, kind)
    if isinstance(kind, Records):
        return statement("value.record" if len(value) == 1 else "value.records", count=len(value))
    return Amount(value, Number(kind.unit) if isinstance(kind, Number) and kind.whole else kind)


def _formula(expr: tree.Expr, env: Environment, of: str = "") -> Slot:
    match expr:
        case tree.Arithmetic(op, left, right):
            return _operation(WRITTEN[op], LEVELS[op], left, right, env, of)
        case tree.Negate(operand):
            return statement("formula.negative", of=_grouped(operand, ATOM, env, of))
        case tree.Shift(day, period, backwards):
            return _operation("minus" if backwards else "plus", 1, day, period, env, of)
        case tree.DaysBetween(later, earlier):
            return _operation("minus", 1, later, earlier, env, of)
        case tree.FactRef() | tree.ItemField() | tree.ParameterRef() | tree.Literal() | tree.AsOf() | tree.ItemSelf():
            return _side(expr, evaluate(expr, env), tree.kind_of(expr), env, of)
        case tree.Scale() | tree.If():
            plain = _plain(expr, env)
            return _formula(plain, env, of) if plain is not expr else Series("joint.beside", tuple(_leaves(expr, env)))
        case tree.Aggregate("sum"):
            return _sum(expr, env)
        case tree.Aggregate(fold):
            return _called(f"fold.{fold}", _leaves(expr, env))
        case tree.Listed() | tree.Lookup():
            return _amount(evaluate(expr, env), tree.kind_of(expr))
        case tree.Call(function, (text, part)) if function in TEXT_TESTS:
            return _asked(function, text, part, env)
        case tree.Call(function, arguments):
            return _called(f"function.{function}", [_formula(a, env, of) for a in arguments])
        case tree.Not() | tree.And() | tree.Or() | tree.Compare() | tree.In():
            return Series("joint.comma", tuple(_formula(c, env, of) for c in tree.children(expr)))
        case _:
            assert_never(expr)


def _plain(expr: tree.Expr, env: Environment) -> tree.Expr:
    """Return an expression without what is not told of it: a conversion of units, a choice that is made."""
    match expr:
        case tree.Scale(operand):
            return _plain(operand, env)
        case tree.If(test, then, otherwise) if not isinstance(made := evaluate(test, env), Unknown):
            return _plain(then if made else otherwise, env)
        case _:
            return expr


def _called(code: str, arguments: Sequence[Slot]) -> Slot:
    return statement(code, of=Series("joint.comma", tuple(arguments)))


def _operation(sign: str, level: int, left: tree.Expr, right: tree.Expr, env: Environment, of: str) -> Slot:
    """Return two operands with a sign between them; what follows a minus or a divisor is grouped."""
    tighter = level + (sign in ("minus", "over"))
    return statement(f"formula.{sign}", left=_grouped(left, level, env, of), right=_grouped(right, tighter, env, of))


def _grouped(inner: tree.Expr, level: int, env: Environment, of: str) -> Slot:
    formula = _formula(inner, env, of)
    return statement("formula.group", of=formula) if _level(_plain(inner, env)) < level else formula


def _level(expr: tree.Expr) -> int:
    """Return how tightly the outermost sign of a formula binds."""
    match expr:
        case tree.Arithmetic(op):
            return LEVELS[op]
        case tree.Shift() | tree.DaysBetween() | tree.Aggregate("sum"):
            return 1
        case tree.If():
            return 0
        case _:
            return ATOM


def _sum(expr: tree.Aggregate, env: Environment) -> Slot:
    """Return a sum as its terms, each with the name of its item: `苯（0.2）＋ 氨（0.7）`."""
    found = items(expr.list, env)
    terms: list[Slot] = []
    for path, item in () if isinstance(found, Unknown) else found:
        scope = env.with_item(expr.variable, path, item)
        if expr.where is None or evaluate(expr.where, scope) is not False:
            terms.append(statement("formula.term", name=_item_name(path, item), of=_formula(expr.body, scope, path)))
    return Series("joint.plus", tuple(terms)) if terms else _called("fold.sum", _leaves(expr, env))


def _item_name(path: str, item: Any) -> Slot:
    """Return what an item is called: its first text, else its number in the list."""
    names = [v for v in item.values() if isinstance(v, str)] if isinstance(item, Mapping) else []
    return names[0] if names else Place(path)


def _membership(item: tree.Expr, container: tree.Expr, env: Environment) -> list[Slot]:
    value = _side(item, evaluate(item, env), tree.kind_of(item), env)
    if isinstance(container, tree.Literal):
        return [value]
    own = [] if isinstance(item, tree.Literal) else [value]
    return [*own, _side(container, evaluate(container, env), tree.kind_of(container), env)]


def _named(expr: tree.FactRef | tree.ItemField, value: Any, env: Environment, of: str = "") -> Slot:
    """Return a fact with its value, by its path; brief where its item `of` is named already."""
    path = expr.key
    if isinstance(expr, tree.ItemField):
        path = f"{env.variables[expr.variable][0]}.{expr.key.rpartition('.')[2]}"
    name = Place(path, bool(of) and path.startswith(of + "."))
    if isinstance(value, Unknown) and expr.key in env.derivations:
        return statement("fact.open", name=name)
    number = isinstance(expr.kind, Number) and not isinstance(value, Unknown)
    return statement("fact.number" if number else "fact.value", name=name, value=_amount(value, expr.kind))


def _derived_lines(expr: tree.FactRef | tree.ItemField, env: Environment, telling: Telling) -> list[Slot]:
    behind = formula_behind(expr, env)
    known = (expr.key, "" if isinstance(expr, tree.FactRef) else env.variables[expr.variable][0])
    if behind is None or not isinstance(expr.kind, Boolean) or known in telling.told:
        return []
    telling.told.add(known)
    return _lines(*behind, telling)


def _formula_lines(expr: tree.Compare, env: Environment) -> list[Slot]:
    """Return, for each derived number that a comparison is about, how it comes about: `S ＝ 〔苯〕… ＋ … ＝ 1.6`."""
    lines: list[Slot] = []
    for leaf in (expr.left, expr.right):
        if not isinstance(leaf, tree.FactRef) or not isinstance(leaf.kind, Number) or leaf.key not in env.derivations:
            continue
        formula = env.derivations[leaf.key].formula
        if not isinstance(formula, tree.Arithmetic | tree.Aggregate | tree.Call):
            continue
        inside = replace(env, variables={})
        value = evaluate(formula, inside)
        said = _formula(formula, inside)
        if not isinstance(value, Unknown):
            said = statement("formula.comes_to", formula=said, value=_amount(value, leaf.kind))
        lines.append(statement("formula.derived", name=Place(leaf.key), formula=said))
    return lines


def _leaves(expr: tree.Expr, env: Environment) -> list[Slot]:
    """Return the facts that a formula reads outside its aggregates, with their values."""
    if isinstance(expr, tree.FactRef | tree.ItemField):
        return [_named(expr, evaluate(expr, env), env)]
    parts = (expr.list,) if isinstance(expr, tree.Aggregate) else tree.children(expr)
    return [leaf for part in parts for leaf in _leaves(part, env)]
