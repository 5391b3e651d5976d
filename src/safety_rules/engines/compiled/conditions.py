"""Conditions on plain checked data as Python expressions that are True or False, exact by a filter.

A comparison is made in floats where the margin is wider than any rounding error, and in exact
decimals within it. What the fast function cannot say is Declined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar, assert_never

from safety_rules.engines.compiled import code, numbers
from safety_rules.engines.compiled.code import constant, load
from safety_rules.engines.compiled.exact import parameter_value
from safety_rules.engines.compiled.floats import Approximate
from safety_rules.engines.compiled.plain_data import Facts
from safety_rules.language import expr as tree
from safety_rules.language.kinds import Boolean, Choices, Number, Records
from safety_rules.language.operators import shifted
from safety_rules.semantics.decide import AreaOn

Written = TypeVar("Written", ast.expr, Approximate)

LARGEST_SUMMAND = 10**6
MOST_IN_PLACE = 400


class Declined(Exception):
    """The area says something that the fast function does not: of a tree, the node's name, or what else it is."""

    def __init__(self, what: tree.Expr | str) -> None:
        super().__init__(what if isinstance(what, str) else type(what).__name__)
        self.what = what


class Conditions:
    """Writes conditions as plain Python expressions; holds what one function needs while it is written."""

    def __init__(self, law: AreaOn, facts: Facts, names: dict[str, Any], empty: frozenset[str] = frozenset()) -> None:
        self.law, self.facts, self.names, self.count, self.empty = law, facts, names, 0, empty
        self.derived: dict[str, ast.expr | Approximate] = {}
        self.items: dict[str, str] = {}
        self.weights: dict[str, int] = {}
        names |= {"any": any, "all": all, "sum": sum, "len": len, "shifted": shifted, **numbers.NAMES}

    def derive(self, key: str) -> list[ast.stmt]:
        """Return the statements that work a derived fact out, once; from then on it is read by name."""
        formula, name = self.law.derivations[key].formula, f"g_{key.replace('.', '_')}"
        if not isinstance(tree.kind_of(formula), Number):
            found = self.truth(formula) if isinstance(tree.kind_of(formula), Boolean) else self.value(formula)
            self.derived[key] = load(name)
            return [code.assign(name, found)]
        a = self.number(formula)
        size = load(name) if a.positive else load(f"{name}_size")
        self.derived[key] = replace(a, value=load(name), magnitude=size, leaf=False)
        body = [code.assign(name, a.value)]
        return body if a.positive else [*body, code.assign(f"{name}_size", a.magnitude)]

    def fact(self, key: str) -> ast.expr:
        """Return the read of a given fact."""
        return load(self.facts.name(key))

    def fixed(self, value: Any) -> ast.expr:
        """Return a constant."""
        if isinstance(value, bool | str | int | float):
            return constant(value)
        name = f"K{len(self.names)}"
        self.names[name] = value
        return load(name)

    def parameter(self, expr: tree.ParameterRef) -> Any:
        """Return the parameter's value on the day of the law."""
        value = None if expr.day is not None else parameter_value(self.law, expr.key, self.law.as_of)
        if value is None:
            raise Declined(expr)
        return value

    def truth(self, expr: tree.Expr) -> ast.expr:
        """Return a condition as an expression that is True or False."""
        match expr:
            case tree.Not(operand):
                return ast.UnaryOp(ast.Not(), self.truth(operand))
            case tree.And(operands):
                return code.both(*(self.truth(o) for o in operands))
            case tree.Or(operands):
                return code.either(*(self.truth(o) for o in operands))
            case tree.Compare(op, left, right) if isinstance(tree.kind_of(left), Number):
                return self.comparison(op, self.number(left), self.number(right))
            case tree.Compare(op, left, right):
                return code.test(self.value(left), code.COMPARISONS[op], self.value(right))
            case tree.In(item, container):
                return code.test(self.value(item), ast.In(), self.value(container))
            case tree.If(test, then, otherwise):
                return code.choose(self.truth(test), self.truth(then), self.truth(otherwise))
            case tree.Aggregate("any" | "all"):
                return self.quantified(expr)
            case tree.Call("starts_with", (text, prefix)):
                start = ast.Attribute(self.value(text), "startswith", ast.Load())
                return ast.Call(start, [self.value(prefix)], [])
            case tree.Literal() | tree.FactRef() | tree.ItemField() | tree.ParameterRef():
                return self.value(expr)
            case (tree.ItemSelf() | tree.AsOf() | tree.Arithmetic() | tree.Negate() | tree.Scale() | tree.Shift() | tree.DaysBetween() | tree.Aggregate()
                  | tree.Listed() | tree.Lookup() | tree.Call()):  # fmt: skip
                raise Declined(expr)
            case _:
                assert_never(expr)

    def comparison(self, op: str, a: Approximate, b: Approximate) -> ast.expr:
        """Return a comparison of two numbers, with a name of its own for what it works out."""
        self.count += 1
        return numbers.comparison(op, a, b, f"d{self.count}")

    def value(self, expr: tree.Expr) -> ast.expr:
        """Return a value that is no number."""
        match expr:
            case tree.Literal(tuple() as known):
                return self.fixed(frozenset(known))
            case tree.Literal(known):
                return self.fixed(known)
            case tree.FactRef(key):
                held = self.derived.get(key)
                if isinstance(held, Approximate):
                    raise Declined(expr)
                return held if held is not None else self.fact(key)
            case tree.ItemField(variable, key):
                read = self.truth if expr.kind == Boolean() else self.value
                return self.of_item(expr, read) or self.item_field(variable, key)
            case tree.ItemSelf(variable):
                return load(self.items[variable])
            case tree.ParameterRef():
                known = self.parameter(expr)
                return self.fixed(frozenset(known) if isinstance(known, tuple) else known)
            case tree.AsOf():
                return self.fixed(self.law.as_of)
            case tree.If(test, then, otherwise):
                return code.choose(self.truth(test), self.value(then), self.value(otherwise))
            case tree.Shift(day, period, backwards):
                months, limit = tree.in_months(period), self.limit(period) if isinstance(day, tree.AsOf) else None
                if limit is not None:
                    return self.fixed(shifted(self.law.as_of, limit, months, backwards))
                parts = self.value(day), self.period(period), constant(months), constant(backwards)
                return code.call("shifted", *parts)
            case (
                tree.Not()
                | tree.And()
                | tree.Or()
                | tree.Compare()
                | tree.In()
                | tree.Aggregate("any" | "all")
                | tree.Call("starts_with")
            ):
                return self.truth(expr)
            case (
                tree.Arithmetic()
                | tree.Negate()
                | tree.Scale()
                | tree.DaysBetween()
                | tree.Aggregate()
                | tree.Listed()
                | tree.Lookup()
                | tree.Call()
            ):
                raise Declined(expr)
            case _:
                assert_never(expr)

    def period(self, expr: tree.Expr) -> ast.expr:
        """Return a period: a constant, or a parameter as of another day."""
        if isinstance(expr, tree.ParameterRef) and expr.day is not None:
            self.names["parameter_on"] = partial(parameter_on, self.law)
            return code.call("parameter_on", constant(expr.key), self.value(expr.day))
        number = self.number(expr).constant
        if number is None:
            raise Declined(expr)
        return self.fixed(number)

    def limit(self, expr: tree.Expr) -> Fraction | None:
        """Return the value of a number that is written in the rule, or a parameter's."""
        match expr:
            case tree.Literal(Fraction() as known):
                return known
            case tree.ParameterRef(_, Number(), None):
                known = self.parameter(expr)
                return known if isinstance(known, Fraction) else None
            case _:
                return None

    def quantified(self, expr: tree.Aggregate) -> ast.expr:
        """Return `any` or `all` over a list."""
        if not isinstance(tree.kind_of(expr.list), Records | Choices):
            raise Declined(expr)
        if self.is_empty(expr.list):
            return constant(expr.fold == "all")
        return ast.Call(load(expr.fold), [self.over(expr, lambda: self.truth(expr.body))], [])

    def total(self, expr: tree.Aggregate) -> Approximate:
        """Return a count, or a sum of whole numbers, which floats add exactly up to 2**53."""
        if self.is_empty(expr.list):
            return numbers.known(Fraction(0))
        self.adds_up(expr)
        one = expr.fold == "count"
        over = self.over(expr, lambda: constant(1) if one else self.number(expr.body).value)
        found = ast.Call(load("sum"), [over], [])
        return Approximate(found, code.call("abs", found), 0, found)

    def adds_up(self, expr: tree.Aggregate) -> None:
        """Decline what is neither a count of records nor a sum of whole numbers that floats add exactly."""
        if expr.fold not in ("sum", "count") or not isinstance(tree.kind_of(expr.list), Records):
            raise Declined(expr)
        if expr.fold == "sum":
            kind = tree.kind_of(expr.body)
            limit = self.facts.fact(expr.body.key).bounds.maximum if isinstance(expr.body, tree.ItemField) else None
            if not (isinstance(kind, Number) and kind.whole and limit is not None and limit <= LARGEST_SUMMAND):
                raise Declined(expr)

    def is_empty(self, source: tree.Expr) -> bool:
        """Return whether the function answers only where a list is empty."""
        return isinstance(source, tree.FactRef) and source.key in self.empty

    def over(self, expr: tree.Aggregate, body: Callable[[], ast.expr]) -> ast.expr:
        """Return the generator of a body over the items that count."""
        source, held = self.value(expr.list), self.items
        if any(isinstance(node, ast.NamedExpr) for node in ast.walk(source)):  # Python has none where a loop begins
            raise Declined(expr.list)
        self.count += 1
        item = f"item{self.count}"
        self.items = {**held, expr.variable: item}
        tests = [] if expr.where is None else [self.truth(expr.where)]
        found = ast.GeneratorExp(body(), [ast.comprehension(ast.Name(item, ast.Store()), source, tests, 0)])
        self.items = held
        return found

    def item_field(self, variable: str, key: str) -> ast.expr:
        """Return the read of a given field of the item that a variable stands for."""
        return ast.Subscript(load(self.items[variable]), constant(key.rpartition(".")[2]), ast.Load())

    def of_item(self, expr: tree.ItemField, read: Callable[[tree.Expr], Written]) -> Written | None:
        """Return a derived field of an item as `read` writes its formula; None for a given field."""
        derivation = self.law.derivations.get(expr.key)
        if derivation is None:
            return None
        if self.weight(expr.key) > MOST_IN_PLACE:
            raise Declined(expr)
        held = self.items
        self.items = {derivation.variable or "": held[expr.variable]}
        found = read(derivation.formula)
        self.items = held
        return found

    def weight(self, key: str) -> int:
        """Return how many nodes a derived field of an item comes to, written in place."""
        if key not in self.weights:
            nodes = tree.walk(self.law.derivations[key].formula)
            inner = [n.key for n in nodes if isinstance(n, tree.ItemField) and n.key in self.law.derivations]
            self.weights[key] = len(nodes) + sum(self.weight(k) for k in inner)
        return self.weights[key]

    def number(self, expr: tree.Expr) -> Approximate:
        """Return a number as a float expression with its error bound."""
        match expr:
            case tree.Literal(Fraction() as known):
                return numbers.known(known)
            case tree.ParameterRef():
                return numbers.known(self.parameter(expr))
            case tree.FactRef(key) if key in self.derived:
                held = self.derived[key]
                if not isinstance(held, Approximate):
                    raise Declined(expr)
                return held
            case tree.FactRef(key):
                return numbers.leaf(self.fact(key), self.facts.fact(key))
            case tree.ItemField(variable, key):
                return self.of_item(expr, self.number) or numbers.leaf(
                    self.item_field(variable, key), self.facts.fact(key)
                )
            case tree.Negate(operand):
                return numbers.negative(self.number(operand))
            case tree.Scale(operand, factor):
                return numbers.arithmetic("*", self.number(operand), numbers.known(factor))
            case tree.Arithmetic(op, left, right):
                return numbers.arithmetic(op, self.number(left), self.number(right))
            case tree.If(test, then, otherwise):
                return numbers.chosen(self.truth(test), self.number(then), self.number(otherwise))
            case tree.DaysBetween(later, earlier):
                days = ast.Attribute(ast.BinOp(self.value(later), ast.Sub(), self.value(earlier)), "days", ast.Load())
                return Approximate(days, code.call("abs", days), 0, days)
            case tree.Aggregate("sum" | "count") if isinstance(tree.kind_of(expr.list), Records):
                return self.total(expr)
            case (tree.Literal() | tree.ItemSelf() | tree.AsOf() | tree.Not() | tree.And() | tree.Or() | tree.Compare() | tree.In() | tree.Shift() | tree.Aggregate()
                  | tree.Listed() | tree.Lookup() | tree.Call()):  # fmt: skip
                raise Declined(expr)
            case _:
                assert_never(expr)


def parameter_on(law: AreaOn, key: str, day: Any) -> Fraction:
    """Return a numeric parameter's value on a day; declines where there is none."""
    value = parameter_value(law, key, day)
    if not isinstance(value, Fraction):
        raise TypeError
    return value
