"""Statements of rules over plain data: each fact looked at once in its block, at its first need."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import constant, load, when
from safety_rules.engines.compiled.conditions import Conditions, Declined
from safety_rules.engines.compiled.floats import short
from safety_rules.engines.compiled.plain_data import (
    Facts,
    above,
    below,
    declining,
    is_not,
    known_keys,
    limited,
    unknown_keys,
)
from safety_rules.engines.compiled.segments import Guarded, Segment, conjuncts
from safety_rules.language.expr import Compare, Expr, FactRef, In, Not
from safety_rules.language.kinds import Boolean, Choice, Number, Records
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import walk_through

Verified = set[str]
"""The facts, given and derived, that are known to be sound at a place of the function."""
Then = Callable[[Verified], list[ast.stmt]]
"""What stands behind the conditions of a rule."""


class Blocks:
    """Writes rules as statements; holds the facts and conditions of one function.

    `apart` numbers the rules that are left to the exact function, wholly or while a list is not empty.
    """

    def __init__(
        self, law: AreaOn, names: dict[str, Any], lists: Lists, apart: Mapping[str, int] | None = None
    ) -> None:
        self.law, self.lists, self.apart = law, lists, apart or {}
        self.facts = Facts(law, names)
        self.fields = {key: d for key, d in law.derivations.items() if d.variable is not None}
        self.conditions = Conditions(law, self.facts, names)
        self.names = names

    def segment(self, segment: Segment, verified: Verified) -> list[ast.stmt]:
        """Return the statements of a segment: a chain of `if` and `elif` over the options."""
        if not segment.fact:
            return self.rules([r for _, rules in segment.branches for r in rules], verified)
        read, tail = self.conditions.fact(segment.fact), self.ensure([segment.fact], set(verified))
        for option, rules in reversed(segment.branches):
            body = self.rules(rules, verified | {segment.fact})
            tail = [when(code.test(read, ast.Eq(), constant(option)), body, tail)]
        verified.add(segment.fact)
        return tail

    def rules(self, rules: Sequence[Guarded], verified: Verified) -> list[ast.stmt]:
        """Return the statements that append the keys of the violated rules to `failed`."""
        return [s for r in rules for s in self.rule(r, verified)]

    def rule(self, rule: Guarded, verified: Verified) -> list[ast.stmt]:
        """Return the statements of a rule; those of one that stands apart put it down for the exact function."""
        key = rule.rule.key
        empty = self.lists.empty.get(key, frozenset())
        if key not in self.apart:
            return self.applying(rule.conditions, verified, partial(self.requiring, rule))
        one_by_one = len(self.apart) < len(self.law.rules)
        later = [ast.Expr(_append("later", constant(self.apart[key]))) if one_by_one else declining()]
        first = [c for c in rule.conditions if self.says(c)]
        if not empty:
            return self.applying(first, verified, lambda _: later)
        rest = [c for c in rule.conditions if c not in first]

        def by_lists(verified: Verified) -> list[ast.stmt]:
            looks = [self.look(k) for k in sorted(empty - verified)]
            self.conditions.empty = empty
            inside = self.applying(rest, verified | empty, partial(self.requiring, rule))
            self.conditions.empty = frozenset()
            return [*looks, when(code.either(*(self.conditions.fact(k) for k in sorted(empty))), later, inside)]

        return self.applying(first, verified, by_lists)

    def says(self, condition: Expr) -> bool:
        """Return whether a condition can be said by itself, whatever its lists hold."""
        trial = Blocks(self.law, {}, Lists(self.lists.fields, {}))
        try:
            trial.ensure(trial.needs(condition), set())
            trial.conditions.truth(condition)
        except Declined:
            return False
        return True

    def applying(self, conditions: Sequence[Expr], verified: Verified, then: Then) -> list[ast.stmt]:
        """Return the statements of a rule behind the conditions that are left."""
        if not conditions:
            return then(verified)
        flag = self.flag(conditions[0], verified)
        if flag is not None:
            key, wanted = flag
            verified.add(key)
            test, inside = _is(self.conditions.fact(key), not wanted, False), [self.only(key, wanted)]
            before: list[ast.stmt] = []
        else:
            before, inside = self.ensure(self.needs(conditions[0]), verified), []
            test = self.conditions.truth(conditions[0])
        return [*before, when(test, [*inside, *self.applying(conditions[1:], set(verified), then)])]

    def requiring(self, rule: Guarded, verified: Verified) -> list[ast.stmt]:
        """Return the statements that append a rule's key where what it requires is false."""
        parts = conjuncts([c.that for c in rule.rule.requires])
        if not parts:
            return []
        failing: list[ast.stmt] = [ast.Expr(_append("failed", constant(rule.rule.key)))]
        at_once = self.unless(parts[0], verified, failing) if len(parts) == 1 else None
        if at_once is not None:
            return [at_once]
        before = self.ensure([key for part in parts for key in self.needs(part)], verified)
        meets = code.both(*(self.conditions.truth(part) for part in parts))
        return [*before, when(_not(meets), failing)]

    def flag(self, expr: Expr, verified: Verified) -> tuple[str, bool] | None:
        """Return the given fact and value where a condition is a flag, or its negation, not looked at yet."""
        match expr:
            case FactRef(key, Boolean()) if key not in verified and key not in self.law.derivations:
                return key, True
            case Not(FactRef(key, Boolean())) if key not in verified and key not in self.law.derivations:
                return key, False
            case _:
                return None

    def only(self, key: str, value: bool) -> ast.stmt:
        """Return the statement that declines a flag that is not this value."""
        return when(_is(self.conditions.fact(key), value, False), [declining()])

    def unless(self, expr: Expr, verified: Verified, failing: list[ast.stmt]) -> ast.stmt | None:
        """Return the statement that looks at a fact and at what is required of it in one; None where it cannot."""
        flag = self.flag(expr, verified)
        if flag is not None:
            key, wanted = flag
            verified.add(key)
            return when(_is(self.conditions.fact(key), wanted, False), [self.only(key, not wanted), *failing])
        match expr:
            case Compare("<" | "<=" | ">" | ">=" as op, FactRef(key, Number()), right) if self.open(key, verified):
                found = self.number_unless(op, key, right, failing)
            case Compare("==", FactRef(key, Choice()), _) | In(FactRef(key, Choice()), _) if self.open(key, verified):
                if len(self.needs(expr)) > 1:
                    return None
                found = when(_not(self.conditions.truth(expr)), [self.look(key), *failing])
            case _:
                return None
        if found is not None:
            verified.add(key)
        return found

    def open(self, key: str, verified: Verified) -> bool:
        """Return whether a fact is given and not looked at yet."""
        return key not in verified and key not in self.law.derivations

    def number_unless(self, op: str, key: str, right: Expr, failing: list[ast.stmt]) -> ast.stmt | None:
        """Return the look at a number and at its limit, in the class that it has, the likelier first."""
        fact = self.facts.fact(key)
        a, limit = self.conditions.number(FactRef(key, fact.kind)), self.conditions.limit(right)
        if limit is None or not a.leaf or not short(limit) or not fact.unasked.admits(limit):
            return None
        assert isinstance(fact.kind, Number)
        beyond, within = (above, below) if op in ("<", "<=") else (below, above)
        parts: dict[str, ast.stmt] = {}
        for klass, whole in (("int", True), ("float", False)):
            if klass == "float" and fact.kind.whole:
                inner: list[ast.stmt] = [self.look(key), when(_not(limited(a.value, op, limit, whole)), failing)]
                parts[klass] = when(constant(True), inner)
                continue
            low = [_not(t) for t in within(fact, a.value, whole)]
            high = [_not(t) for t in beyond(fact, a.value, whole)]
            broken = [*([when(code.either(*low), [declining()])] if low else []), *failing]
            rest = [when(code.either(*high), [declining()])] if high else []
            parts[klass] = when(_not(limited(a.value, op, limit, whole)), broken, rest)
        first, then = ("int", "float") if fact.kind.whole else ("float", "int")
        name = self.facts.name(key)
        otherwise = when(is_not(name, then), [declining()], [parts[then]])
        return when(_not(is_not(name, first)), [parts[first]], [otherwise])

    def look(self, key: str) -> ast.stmt:
        """Return the statement that declines data of a fact that is not canonical."""
        return when(self.facts.wrong(key), [declining()])

    def needs(self, expr: Expr) -> list[str]:
        """Return the facts that a condition reads, given and derived, outside of lists' items."""
        return list(dict.fromkeys(n.key for n in walk_through(expr, self.fields, set()) if isinstance(n, FactRef)))

    def ensure(self, keys: Iterable[str], verified: Verified) -> list[ast.stmt]:
        """Return the statements that look at facts, and work derived ones out, that were not looked at yet."""
        found: list[ast.stmt] = []
        for key in keys:
            if key in verified:
                continue
            derivation = self.law.derivations.get(key)
            if derivation is not None:
                found += self.ensure(self.needs(derivation.formula), verified)
                found += self.conditions.derive(key)
            else:
                found.append(self.look(key))
                if isinstance(self.facts.fact(key).kind, Records):
                    found.append(self.items(key))
            verified.add(key)
        return found

    def items(self, key: str) -> ast.stmt:
        """Return the loop that looks at every item of a list: its keys, and the fields that rules read."""
        known = f"known_{key.replace('.', '_')}"
        self.names[known] = known_keys(f.field for f in self.law.rulebook.vocabulary.fields(key))
        body: list[ast.stmt] = [when(is_not("item", "dict"), [declining()]), unknown_keys("item", known, 0)]
        for field in self.lists.fields.get(key, ()):
            fact = self.facts.fact(field)
            if isinstance(fact.kind, Records):
                raise Declined(f"{fact.key}, a list within a record")
            body.append(code.assign("field", ast.Subscript(load("item"), constant(fact.field), ast.Load())))
            body.append(when(self.facts.wrong_value(fact, "field"), [declining()]))
        return ast.For(ast.Name("item", ast.Store()), self.conditions.fact(key), body, [])


@dataclass(frozen=True, slots=True)
class Lists:
    """How rules read lists of records: the given fields of each, and by rule those that must be empty for an answer."""

    fields: Mapping[str, Sequence[str]]
    empty: Mapping[str, frozenset[str]]


def _is(read: ast.expr, value: bool, equal: bool) -> ast.expr:
    return code.test(read, ast.Is() if equal else ast.IsNot(), constant(value))


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _append(name: str, value: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(load(name), "append", ast.Load()), [value], [])
