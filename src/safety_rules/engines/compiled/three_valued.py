"""Conditions on data as it came, blanks among it, as Python statements: True, False, or None where a blank leaves it open.

What is strict (a comparison, a quotient) is unknown where one of its parts is, and else what `Conditions` says of
known data; what is not (a junction, an `if`, a fold over a list) is worked out into a name of its own first.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any

from safety_rules.engines.compiled import code, numbers
from safety_rules.engines.compiled.code import assign, choose, constant, either, is_, load, when
from safety_rules.engines.compiled.conditions import Conditions, Declined
from safety_rules.engines.compiled.exact import parameter_value
from safety_rules.engines.compiled.floats import Approximate
from safety_rules.engines.compiled.plain_data import Facts
from safety_rules.language import expr as tree
from safety_rules.language.kinds import Boolean, Choices, Number, Records
from safety_rules.semantics.decide import AreaOn

Held = dict[tree.Expr, "ast.expr | Approximate"]


class Known(Conditions):
    """Conditions on data that is known, with what was worked out into names before."""

    def __init__(self, law: AreaOn, facts: Facts, names: dict[str, Any]) -> None:
        super().__init__(law, facts, names)
        self.held: Held = {}

    def truth(self, expr: tree.Expr) -> ast.expr:
        """Return a condition as an expression that is True or False."""
        held = self.held.get(expr)
        return held if isinstance(held, ast.expr) else super().truth(expr)

    def value(self, expr: tree.Expr) -> ast.expr:
        """Return a value that is no number."""
        held = self.held.get(expr)
        return held if isinstance(held, ast.expr) else super().value(expr)

    def period(self, expr: tree.Expr) -> ast.expr:
        """Return a period: a constant, or a parameter as of another day."""
        held = self.held.get(expr)
        return held if isinstance(held, ast.expr) else super().period(expr)

    def number(self, expr: tree.Expr) -> Approximate:
        """Return a number as a float expression with its error bound."""
        held = self.held.get(expr)
        return held if isinstance(held, Approximate) else super().number(expr)


@dataclass(slots=True)
class ThreeValued:
    """Writes the statements of one block; what it has worked out (`held`) is known in the blocks within it too.

    Derived facts are worked out in the outermost block, `main`, which stands before all others.
    """

    known: Known
    body: list[ast.stmt] = field(default_factory=list)
    held: Held = field(default_factory=dict)
    main: ThreeValued | None = None

    def inside(self) -> ThreeValued:
        """Return the writer of a nested block."""
        return replace(self, body=[], held=dict(self.held), main=self.main or self)

    def name(self, stem: str) -> str:
        """Return a new name."""
        self.known.count += 1
        return f"{stem}_{self.known.count}"

    def keep(self, value: ast.expr) -> ast.expr:
        """Return a read of a value that is given a name; names and constants stay as they are."""
        if isinstance(value, ast.Name | ast.Constant):
            return value
        name = self.name("t")
        self.body.append(assign(name, value))
        return load(name)

    def truth(self, expr: tree.Expr) -> ast.expr:
        """Return a name or constant that holds whether a condition is true; None where that is open."""
        if expr not in self.held:
            self.held[expr] = self._truth(expr)
        return self._plain(expr)

    def _plain(self, expr: tree.Expr) -> ast.expr:
        found = self.held[expr]
        if isinstance(found, Approximate):
            raise Declined(expr)
        return found

    def _truth(self, expr: tree.Expr) -> ast.expr:
        match expr:
            case tree.Not(operand):
                a = self.truth(operand)
                return self.keep(choose(is_(a, None), constant(None), ast.UnaryOp(ast.Not(), a)))
            case tree.And(operands):
                return self._junction(operands, False)
            case tree.Or(operands):
                return self._junction(operands, True)
            case tree.If() | tree.FactRef() | tree.ItemField() | tree.Aggregate():
                self.work_out(expr)
                return self._plain(expr)
            case _:
                return self.strict(expr, Boolean())

    def strict(self, expr: tree.Expr, kind: Any = None) -> ast.expr:
        """Return a name or constant that holds a strict condition or value; None where a part of it is unknown."""
        unknown, known = self.apart(expr, kind)
        return self.keep(choose(either(*unknown), constant(None), known) if unknown else known)

    def apart(self, expr: tree.Expr, kind: Any = None) -> tuple[list[ast.expr], ast.expr]:
        """Return the tests with which a strict condition or value is unknown, and what it is where it is not."""
        unknown = self.unknown(expr)
        self.known.held = self.held
        return unknown, self.known.truth(expr) if kind == Boolean() else self.known.value(expr)

    def number(self, expr: tree.Expr) -> Approximate:
        """Return a number where it is known; `unknown` tells when it is."""
        self.known.held = self.held
        return self.known.number(expr)

    def _junction(self, operands: Sequence[tree.Expr], absorbing: bool) -> ast.expr:
        parts = [self.truth(o) for o in operands]
        absorbed, unknown = (either(*(is_(p, what) for p in parts)) for what in (absorbing, None))
        rest = choose(unknown, constant(None), constant(not absorbing))
        return self.keep(choose(absorbed, constant(absorbing), rest))

    def unknown(self, expr: tree.Expr) -> list[ast.expr]:
        """Return the tests, in their order, with which the value of a strict expression is unknown."""
        match expr:
            case tree.FactRef() | tree.ItemField() | tree.If() | tree.Aggregate():
                self.work_out(expr)
                found = self.held[expr]
                read = found.value if isinstance(found, Approximate) else found
                return [] if isinstance(read, ast.Constant) and read.value is not None else [is_(read, None)]
            case tree.Not() | tree.And() | tree.Or():
                return [is_(self.truth(expr), None)]
            case tree.Shift(day, tree.ParameterRef() as period) if period.day is not None:
                return [*self.unknown(day), is_(self._figure(period, period.day), None)]
            case tree.Arithmetic("/", left, right):
                tests, divisor = self.unknown(left) + self.unknown(right), self.number(right)
                if divisor.constant or self._above_zero(right):
                    return tests
                return [*tests, self.known.comparison("==", divisor, numbers.known(Fraction(0)))]
            case _:
                return [test for part in tree.children(expr) for test in self.unknown(part)]

    def _figure(self, expr: tree.ParameterRef, day: tree.Expr) -> ast.expr:
        """Return a parameter as of another day; None where the day is unknown, or there is no figure of it."""
        if expr not in self.held:
            self.known.names["figure_on"] = partial(parameter_value, self.known.law)
            on = self.value(day)
            self.held[expr] = self.keep(choose(is_(on, None), on, code.call("figure_on", constant(expr.key), on)))
        return self._plain(expr)

    def _above_zero(self, expr: tree.Expr) -> bool:
        if not isinstance(expr, tree.FactRef | tree.ItemField) or expr.key in self.known.law.derivations:
            return False
        bounds = self.known.facts.fact(expr.key).bounds
        return (bounds.above is not None and bounds.above >= 0) or (bounds.minimum is not None and bounds.minimum > 0)

    def work_out(self, expr: tree.Expr) -> None:
        """Work a fact, or what is not strict, out into a name; None where it is unknown."""
        if expr in self.held:
            return
        match expr:
            case tree.FactRef(key) if key in self.known.law.derivations:
                main = self.main or self
                if expr not in main.held:
                    items, self.known.items = self.known.items, {}
                    main.held[expr] = main.worked(self.known.law.derivations[key].formula)
                    self.known.items = items
                self.held[expr] = main.held[expr]
            case tree.FactRef(key):
                self.held[expr] = self._given(key, self.known.fact(key))
            case tree.ItemField(variable, key):
                self.held[expr] = self._item_field(variable, key)
            case tree.If(test, then, otherwise):
                self.held[expr] = self._if(self.truth(test), then, otherwise)
            case tree.Aggregate():
                self.held[expr] = self._quantified(expr) if expr.fold in ("any", "all") else self._total(expr)
            case _:
                raise Declined(expr)

    def _given(self, key: str, read: ast.expr) -> ast.expr | Approximate:
        fact = self.known.facts.fact(key)
        return numbers.leaf(read, fact) if isinstance(fact.kind, Number) else read

    def _item_field(self, variable: str, key: str) -> ast.expr | Approximate:
        item, derivation = self.known.items[variable], self.known.law.derivations.get(key)
        if derivation is None:
            if isinstance(self.known.facts.fact(key).kind, Records):
                raise Declined(f"{key}, a list within a record")
            field = constant(key.rpartition(".")[2])
            return self._given(key, self.keep(ast.Call(ast.Attribute(load(item), "get", ast.Load()), [field], [])))
        items, self.known.items = self.known.items, {derivation.variable or "": item}
        within = replace(self, held={e: h for e, h in self.held.items() if not _items(e)})
        found = within.worked(derivation.formula)
        self.known.items = items
        return found

    def worked(self, formula: tree.Expr) -> ast.expr | Approximate:
        """Return the value of a formula, worked out into a name."""
        kind = tree.kind_of(formula)
        if not isinstance(kind, Number):
            return self.truth(formula) if isinstance(kind, Boolean) else self.value(formula)
        unknown, a = self.unknown(formula), self.number(formula)
        value = self.keep(choose(either(*unknown), constant(None), a.value) if unknown else a.value)
        size = value if a.positive else self.keep(choose(is_(value, None), constant(None), a.magnitude))
        return replace(a, value=value, magnitude=size, leaf=a.leaf)

    def value(self, expr: tree.Expr) -> ast.expr:
        """Return a name or constant that holds a value that is no number; None where it is unknown."""
        if isinstance(expr, tree.FactRef | tree.ItemField | tree.If):
            self.work_out(expr)
            return self._plain(expr)
        return self.truth(expr) if tree.kind_of(expr) == Boolean() else self.strict(expr)

    def _if(self, test: ast.expr, then: tree.Expr, otherwise: tree.Expr) -> ast.expr | Approximate:
        """Return the arm that is taken; with an open test, what both arms agree on."""
        if not isinstance(tree.kind_of(then), Number):
            a, b = self.value(then), self.value(otherwise)
            agreed = either(is_(test, False), code.test(a, ast.Eq(), b))
            return self.keep(choose(is_(test, True), a, choose(agreed, b, constant(None))))
        first, second = self._arm(then), self._arm(otherwise)
        if first.constant is not None and second.constant is not None:
            same: ast.expr = second.value if first.constant == second.constant else constant(None)
        else:  # whether two numbers are the same is left to the exact function
            lost = either(is_(first.value, None), is_(second.value, None))
            same = choose(lost, constant(None), code.call("decimal", constant(None)))
        chosen = choose(is_(test, True), first.value, choose(is_(test, False), second.value, same))
        found, value = numbers.chosen(is_(test, True), first, second), self.keep(chosen)
        return replace(found, value=value, magnitude=value if found.positive else found.magnitude)

    def _arm(self, expr: tree.Expr) -> Approximate:
        found = self.worked(expr)
        assert isinstance(found, Approximate)
        return found

    def _loop(self, expr: tree.Aggregate) -> tuple[ast.expr, str, ThreeValued, dict[str, str]]:
        """Return the list, the name of an item, the writer of what is done with one, and the items known before."""
        if not isinstance(tree.kind_of(expr.list), Records | Choices):
            raise Declined(expr)
        source, item, held = self.value(expr.list), self.name("item"), self.known.items
        inner = self.inside()
        inner.held = {e: h for e, h in inner.held.items() if expr.variable not in _items(e)}
        self.known.items = {**held, expr.variable: item}
        return source, item, inner, held

    def _over(self, source: ast.expr, item: str, start: list[ast.stmt], each: list[ast.stmt], result: str) -> None:
        loop = ast.For(ast.Name(item, ast.Store()), source, each or [ast.Pass()], [])
        self.body.append(when(is_(source, None), [assign(result, constant(None))], [*start, loop]))

    def _quantified(self, expr: tree.Aggregate) -> ast.expr:
        source, item, inner, held = self._loop(expr)
        result, some = self.name("q"), expr.fold == "any"
        guard = expr.body
        if expr.where is not None:
            guard = tree.And((expr.where, expr.body)) if some else tree.Or((tree.Not(expr.where), expr.body))
        found = inner.truth(guard)
        self.known.items = held
        stop: list[ast.stmt] = [assign(result, constant(some)), ast.Break()]
        rest: list[ast.stmt] = [when(is_(found, None), [assign(result, constant(None))])]
        inner.body.append(when(is_(found, some), stop, rest))
        self._over(source, item, [assign(result, constant(not some))], inner.body, result)
        return load(result)

    def _total(self, expr: tree.Aggregate) -> Approximate:
        """Return a count, or a sum of whole numbers; one item that is unknown makes it unknown."""
        self.known.adds_up(expr)
        source, item, inner, held = self._loop(expr)
        result, lost = self.name("n"), list[ast.stmt]()
        lost += [assign(result, constant(None)), ast.Break()]
        where = constant(True) if expr.where is None else inner.truth(expr.where)
        kept = inner.inside()
        unknown = kept.unknown(expr.body) if expr.fold == "sum" else []
        more = kept.number(expr.body).value if expr.fold == "sum" else constant(1)
        self.known.items = held
        add: list[ast.stmt] = [ast.AugAssign(ast.Name(result, ast.Store()), ast.Add(), more)]
        kept.body.append(when(either(*unknown), lost, add) if unknown else add[0])
        inner.body.append(when(is_(where, True), kept.body, [when(is_(where, None), lost)]))
        self._over(source, item, [assign(result, constant(0))], inner.body, result)
        return Approximate(load(result), code.call("abs", load(result)), 0, load(result))


def _items(expr: tree.Expr) -> set[str]:
    """Return the variables of list items that an expression reads."""
    return {n.variable for n in tree.walk(expr) if isinstance(n, tree.ItemField | tree.ItemSelf)}
