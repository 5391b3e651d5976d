"""One function over plain nested data: which rules are violated, or None where it declines.

It answers only for data that is complete and canonical (English keys, plain numbers in the facts'
own units, keys of choices, True and False), where every comparison is decided beyond rounding or in
exact arithmetic. Whatever it declines goes through admission.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.area import Member, groups
from safety_rules.engines.compiled.code import constant, load, when
from safety_rules.engines.compiled.exact import parameter_value
from safety_rules.engines.compiled.floats import SAFE, UNIT, Approximate, edges, plain, short
from safety_rules.engines.compiled.plain_data import CHECKS, Facts
from safety_rules.language.expr import (
    Aggregate,
    And,
    Arithmetic,
    AsOf,
    Call,
    Compare,
    DaysBetween,
    Expr,
    FactRef,
    If,
    In,
    ItemSelf,
    Literal,
    Negate,
    Not,
    Or,
    ParameterRef,
    Scale,
    Shift,
    kind_of,
)
from safety_rules.language.kinds import Choices, Number, Records
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.evaluate import is_sure, shifted


class Declined(Exception):
    """The area says something that the fast function does not."""


def fast(law: AreaOn) -> Callable[[Any], int | None] | None:
    """Return the fast function of an area's law on a day; None where its rules need the exact one."""
    facts = Facts(law)
    names: dict[str, Any] = {"exactly": exactly, "shifted": shifted, "any": any, "all": all, "abs": abs, **CHECKS}
    names |= {"TypeError": TypeError, "KeyError": KeyError, "ZeroDivisionError": ZeroDivisionError, "len": len}
    names |= {"AttributeError": AttributeError, "OverflowError": OverflowError}
    writer = _Fast(law, facts, names)
    try:
        rules = [s for guard, members in groups(law.rules) for s in writer.group(guard, members)]
    except Declined:
        return None
    body: list[ast.stmt] = [
        *facts.reading(names),
        code.assign("violated", constant(0)),
        *rules,
        ast.Return(load("violated")),
    ]
    errors = ast.Tuple(
        [load(e) for e in ("TypeError", "KeyError", "ZeroDivisionError", "AttributeError", "OverflowError")], ast.Load()
    )
    guarded = ast.Try(body, [ast.ExceptHandler(errors, None, [ast.Return(constant(None))])], [], [])
    made = code.functions([code.function("fast", ["data"], [guarded])], names, f"<fast {law.area.key} on {law.as_of}>")
    function: Callable[[Any], int | None] = made["fast"]
    return function


def exactly(number: Any) -> Fraction:
    """Return a plain number as the decimal that it is written as."""
    return Fraction(number) if number.__class__ is int else Fraction(repr(number))


class _Fast:
    """Writes conditions as plain Python expressions; holds what one function needs while it is written."""

    def __init__(self, law: AreaOn, facts: Facts, names: dict[str, Any]) -> None:
        self.law, self.facts, self.names, self.count = law, facts, names, 0

    def group(self, guard: tuple[str, str] | None, members: list[Member]) -> list[ast.stmt]:
        """Return the statements of a group of rules, behind the choice that they share."""
        rules = [self.rule(i, rule) for i, rule in members]
        if guard is None or guard[0] in self.law.derivations:
            return rules
        return [when(code.test(self.fact(guard[0]), ast.Eq(), constant(guard[1])), rules)]

    def rule(self, i: int, rule: Any) -> ast.stmt:
        if not is_sure(rule, self.law):
            raise Declined
        applies = [self.truth(c.that) for c in rule.applies_when]
        meets = code.both(*(self.truth(c.that) for c in rule.requires))
        broken = code.both(*applies, ast.UnaryOp(ast.Not(), meets))
        return when(broken, [ast.AugAssign(ast.Name("violated", ast.Store()), ast.BitOr(), constant(1 << i))])

    def fact(self, key: str) -> ast.expr:
        return load(self.facts.name(key))

    def fixed(self, value: Any) -> ast.expr:
        if isinstance(value, bool | str | int | float):
            return constant(value)
        name = f"K{len(self.names)}"
        self.names[name] = value
        return load(name)

    def parameter(self, expr: ParameterRef) -> Any:
        value = None if expr.day is not None else parameter_value(self.law, expr.key, self.law.as_of)
        if value is None:
            raise Declined
        return value

    def truth(self, expr: Expr) -> ast.expr:
        """Return a condition as an expression that is True or False."""
        match expr:
            case Not(operand):
                return ast.UnaryOp(ast.Not(), self.truth(operand))
            case And(operands):
                return code.both(*(self.truth(o) for o in operands))
            case Or(operands):
                return code.either(*(self.truth(o) for o in operands))
            case Compare(op, left, right) if isinstance(kind_of(left), Number):
                return self.comparison(op, self.number(left), self.number(right))
            case Compare(op, left, right):
                return code.test(self.value(left), code.COMPARISONS[op], self.value(right))
            case In(item, container):
                return code.test(self.value(item), ast.In(), self.value(container))
            case If(test, then, otherwise):
                return code.choose(self.truth(test), self.truth(then), self.truth(otherwise))
            case Aggregate("any" | "all"):
                return self.quantified(expr)
            case Call("starts_with", (text, prefix)):
                start = ast.Attribute(self.value(text), "startswith", ast.Load())
                return ast.Call(start, [self.value(prefix)], [])
            case _:
                return self.value(expr)

    def value(self, expr: Expr) -> ast.expr:
        """Return a value that is no number."""
        match expr:
            case Literal(tuple() as known):
                return self.fixed(frozenset(known))
            case Literal(known):
                return self.fixed(known)
            case FactRef(key):
                derivation = self.law.derivations.get(key)
                if derivation is None:
                    return self.fact(key)
                if not is_sure(derivation, self.law):
                    raise Declined
                return (
                    self.value(derivation.formula)
                    if not _is_truth(derivation.formula)
                    else self.truth(derivation.formula)
                )
            case ItemSelf(variable):
                return load(f"item_{variable}")
            case ParameterRef():
                known = self.parameter(expr)
                return self.fixed(frozenset(known) if isinstance(known, tuple) else known)
            case AsOf():
                return self.fixed(self.law.as_of)
            case If(test, then, otherwise):
                return code.choose(self.truth(test), self.value(then), self.value(otherwise))
            case Shift(day, period, backwards):
                months = getattr(kind_of(period), "unit").dimension == (("month", 1),)  # noqa: B009
                return code.call(
                    "shifted", self.value(day), self.fixed(self.constant(period)), constant(months), constant(backwards)
                )
            case _ if _is_truth(expr):
                return self.truth(expr)
            case _:
                raise Declined

    def constant(self, expr: Expr) -> Fraction:
        number = self.number(expr).constant
        if number is None:
            raise Declined
        return number

    def quantified(self, expr: Aggregate) -> ast.expr:
        if isinstance(kind_of(expr.list), Records):
            self.empty_only(expr.list)
            return constant(expr.fold == "all")
        if not isinstance(kind_of(expr.list), Choices):
            raise Declined
        tests = [] if expr.where is None else [self.truth(expr.where)]
        loop = ast.comprehension(ast.Name(f"item_{expr.variable}", ast.Store()), self.value(expr.list), tests, 0)
        return ast.Call(load(expr.fold), [ast.GeneratorExp(self.truth(expr.body), [loop])], [])

    def empty_only(self, source: Expr) -> None:
        """Note that a list of records must be empty for the fast function to answer."""
        if not isinstance(source, FactRef) or source.key in self.law.derivations:
            raise Declined
        self.facts.name(source.key)

    def number(self, expr: Expr) -> Approximate:
        """Return a number as a float expression with its error bound."""
        match expr:
            case Literal(Fraction() as known):
                return self.known(known)
            case ParameterRef():
                return self.known(self.parameter(expr))
            case FactRef(key) if key in self.law.derivations:
                if not is_sure(self.law.derivations[key], self.law):
                    raise Declined
                return self.number(self.law.derivations[key].formula)
            case FactRef(key):
                read, bounds = self.fact(key), self.facts.fact(key).bounds
                low = bounds.minimum if bounds.minimum is not None else bounds.above
                positive = low is not None and low >= 0
                size = read if positive else code.call("abs", read)
                safe = bounds.maximum is not None and low is not None and max(abs(low), bounds.maximum) < SAFE
                return Approximate(read, size, code.call("exactly", read), 1, leaf=safe, positive=positive)
            case Negate(operand):
                a = self.number(operand)
                return Approximate(
                    ast.UnaryOp(ast.USub(), a.value), a.magnitude, ast.UnaryOp(ast.USub(), a.exact), a.roundings
                )
            case Scale(operand, factor):
                return self.arithmetic("*", self.number(operand), self.known(factor))
            case Arithmetic(op, left, right):
                return self.arithmetic(op, self.number(left), self.number(right))
            case If(test, then, otherwise):
                return self.chosen(self.truth(test), self.number(then), self.number(otherwise))
            case DaysBetween(later, earlier):
                days = ast.Attribute(ast.BinOp(self.value(later), ast.Sub(), self.value(earlier)), "days", ast.Load())
                return Approximate(days, code.call("abs", days), days, 0)
            case Aggregate("sum" | "count") if isinstance(kind_of(expr.list), Records):
                self.empty_only(expr.list)
                return self.known(Fraction(0))
            case _:
                raise Declined

    def known(self, number: Any) -> Approximate:
        size = constant(plain(abs(number)))
        return Approximate(constant(plain(number)), size, self.fixed(number), 1, constant=number, positive=number >= 0)

    def arithmetic(self, op: str, a: Approximate, b: Approximate) -> Approximate:
        value = ast.BinOp(a.value, code.OPERATORS[op], b.value)
        exact = ast.BinOp(a.exact, code.OPERATORS[op], b.exact)
        positive = a.positive and b.positive and op != "-"
        roundings = (max(a.roundings, b.roundings) if op in "+-" else a.roundings + b.roundings) + 1
        size_op = code.OPERATORS["+" if op == "-" else op]
        size = (
            value
            if positive
            else ast.BinOp(a.magnitude, size_op, code.call("abs", b.value) if op == "/" else b.magnitude)
        )
        return Approximate(value, size, exact, roundings, positive=positive)

    def chosen(self, test: ast.expr, a: Approximate, b: Approximate) -> Approximate:
        parts = [
            code.choose(test, x, y) for x, y in ((a.value, b.value), (a.magnitude, b.magnitude), (a.exact, b.exact))
        ]
        return Approximate(
            parts[0], parts[1], parts[2], max(a.roundings, b.roundings), positive=a.positive and b.positive
        )

    def comparison(self, op: str, a: Approximate, b: Approximate) -> ast.expr:
        """Return a comparison that no rounding can turn: in floats beyond the bound, exactly within it."""
        plainly = code.test(a.value, code.COMPARISONS[op], b.value)
        if a.leaf and (b.leaf or (b.constant is not None and short(b.constant))):
            return plainly
        if b.leaf and a.constant is not None and short(a.constant):
            return plainly
        exact = code.test(a.exact, code.COMPARISONS[op], b.exact)
        if a.roundings == 0 and (b.roundings == 0 or b.constant is not None):
            return exact
        self.count += 1
        name = f"d{self.count}"
        if b.constant is not None and a.positive:
            low, high = edges(b.constant, a.roundings)
            first: ast.expr = ast.NamedExpr(ast.Name(name, ast.Store()), a.value)
            return _decided(op, first, load(name), constant(low), constant(high), exact)
        slack = constant(float((a.roundings + b.roundings + 4) * UNIT))
        bound = ast.BinOp(slack, ast.Mult(), ast.BinOp(a.magnitude, ast.Add(), b.magnitude))
        first = ast.NamedExpr(ast.Name(name, ast.Store()), ast.BinOp(a.value, ast.Sub(), b.value))
        return _decided(op, first, load(name), ast.UnaryOp(ast.USub(), bound), bound, exact)


def _decided(op: str, first: ast.expr, again: ast.expr, low: ast.expr, high: ast.expr, exact: ast.expr) -> ast.expr:
    """Return the comparison: clearly above, clearly below, or exactly worked out in between."""
    if op in (">", ">="):
        return code.either(code.test(first, ast.Gt(), high), code.both(code.test(again, ast.GtE(), low), exact))
    if op in ("<", "<="):
        return code.either(code.test(first, ast.Lt(), low), code.both(code.test(again, ast.LtE(), high), exact))
    between = ast.Compare(low, [ast.LtE(), ast.LtE()], [first, high])
    return code.both(between, exact) if op == "==" else code.either(ast.UnaryOp(ast.Not(), between), exact)


def _is_truth(expr: Expr) -> bool:
    return type(kind_of(expr)).__name__ == "Boolean" and not isinstance(expr, Literal | FactRef | ParameterRef)
