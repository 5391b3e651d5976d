"""The value of every expression on an open record: the same tree, read once for all records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, assert_never

import z3

from safety_rules.engines.smt import days, numbers
from safety_rules.engines.smt import operations as ops
from safety_rules.engines.smt.aggregates import folded, quantified, summands, sure, total
from safety_rules.engines.smt.days import Day
from safety_rules.engines.smt.logic import Truths, all_of, any_of, conjunction, disjunction, inverse, negation
from safety_rules.engines.smt.numbers import Quotient
from safety_rules.engines.smt.record import OpenRecord
from safety_rules.engines.smt.tables import listed, looked_up
from safety_rules.engines.smt.texts import looked_into
from safety_rules.engines.smt.unsupported import NotLowered
from safety_rules.engines.smt.values import (
    Cases,
    Listing,
    Members,
    Symbolic,
    chosen,
    mapped,
    one_day,
    paired,
    settled,
)
from safety_rules.language import expr as tree
from safety_rules.language.kinds import Boolean, Date, Kind, Number
from safety_rules.language.law import is_sure, sure_value, sure_values
from safety_rules.language.operators import FOLDS
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class World:
    """What an expression is read in: a law, an open record, and the items in sight.

    A variable stands for the path of a record of a list, or for the key of a choice. `derived` keeps
    what was read already.
    """

    law: AreaOn
    record: OpenRecord
    variables: Mapping[str, str] = field(default_factory=dict)
    derived: dict[str, Symbolic] = field(default_factory=dict)

    def with_item(self, variable: str, item: str) -> World:
        """Return the world inside an aggregate."""
        return replace(self, variables={**self.variables, variable: item})


def truths(expr: tree.Expr, world: World) -> Truths:
    """Return when a condition is true and when false."""
    found = value(expr, world)
    assert isinstance(found, Truths)
    return found


def cases(expr: tree.Expr, world: World) -> Cases:
    """Return the cases of a number, day, text or choice."""
    found = value(expr, world)
    assert isinstance(found, Cases)
    return found


def value(expr: tree.Expr, world: World) -> Symbolic:
    """Return the symbolic value of an expression; raises NotLowered, and what the record's watch raises."""
    world.record.watch()
    match expr:
        case tree.Literal(known):
            return settled(known)
        case tree.FactRef(key, kind):
            return _fact(key, kind, world)
        case tree.ItemField():
            return _item_field(expr, world)
        case tree.ItemSelf(variable):
            return settled(world.variables[variable])
        case tree.ParameterRef():
            return _parameter(expr, world)
        case tree.AsOf():
            return settled(world.law.as_of)
        case tree.Not(operand):
            return inverse(truths(operand, world))
        case tree.And(operands):
            return all_of(_until(operands, False, world))
        case tree.Or(operands):
            return any_of(_until(operands, True, world))
        case tree.Compare():
            return _compared(expr, world)
        case tree.In(tree.ItemSelf(variable), tree.Literal(tuple() as texts)):
            inside = world.variables[variable] in texts
            return Truths(inside, not inside)
        case tree.In(item, container):
            return ops.inside_of(cases(item, world), _members(container, world))
        case tree.Arithmetic(op, left, right):
            return ops.operated(op, cases(left, world), cases(right, world))
        case tree.Negate(operand):
            return mapped(cases(operand, world), numbers.negative)
        case tree.Scale(operand, factor):
            return mapped(cases(operand, world), lambda n: numbers.product(n, numbers.constant(factor)))
        case tree.Shift():
            return _shifted(expr, world)
        case tree.DaysBetween(later, earlier):
            return paired(
                cases(later, world),
                cases(earlier, world),
                lambda a, b: ops.days_between(a, b, world.record.assumptions),
            )
        case tree.If(test, then, otherwise):
            return _either(truths(test, world), value(then, world), value(otherwise, world), world)
        case tree.Aggregate():
            return _aggregate(expr, world)
        case tree.Listed(table, key):
            return listed(world.law, table, cases(key, world))
        case tree.Lookup(table, keys, column):
            return looked_up(world.law, table, column, [cases(k, world) for k in keys], isinstance(expr.kind, Boolean))
        case tree.Call(function, arguments):
            looked_into(expr)
            return ops.called(function, [cases(a, world) for a in arguments], world.record.assumptions)
        case _:
            assert_never(expr)


def _until(operands: Iterable[tree.Expr], settles: bool, world: World) -> list[Truths]:
    """Return the truths of operands as far as one that settles the whole: what comes after it adds nothing."""
    found: list[Truths] = []
    for operand in operands:
        found.append(truths(operand, world))
        if (found[-1].true if settles else found[-1].false) is True:
            break
    return found


def _fact(key: str, kind: Kind, world: World) -> Symbolic:
    derivation = world.law.derivations.get(key)
    if derivation is None:
        return world.record.fact(key, world.law.rulebook.vocabulary.facts[key])
    if key not in world.derived:
        sure_ = is_sure(derivation, world.law)
        world.derived[key] = value(derivation.formula, replace(world, variables={})) if sure_ else ops.nothing(kind)
    return world.derived[key]


def _item_field(expr: tree.ItemField, world: World) -> Symbolic:
    path = f"{world.variables[expr.variable]}.{expr.key.rpartition('.')[2]}"
    derivation = world.law.derivations.get(expr.key)
    if derivation is None:
        return world.record.fact(path, world.law.rulebook.vocabulary.facts[expr.key])
    if path not in world.derived:
        assert derivation.variable is not None
        inner = replace(world, variables={derivation.variable: world.variables[expr.variable]})
        sure_ = is_sure(derivation, world.law)
        world.derived[path] = value(derivation.formula, inner) if sure_ else ops.nothing(expr.kind)
    return world.derived[path]


def _parameter(expr: tree.ParameterRef, world: World) -> Symbolic:
    law, parameter = world.law, world.law.rulebook.parameters[expr.key]
    if expr.day is None:
        known = sure_value(parameter, law.as_of, law)
        return ops.nothing(expr.kind) if known is None else settled(known)
    on = cases(expr.day, world)
    found = []
    for entry, known in sure_values(parameter, law):
        guards = [conjunction(g, days.within(d, entry.period.since, entry.period.until)) for g, d in on.cases]
        if known is not None:
            found.append((disjunction(*guards), settled(known)))
    return ops.by_guard(tree.kind_of(expr), found)


def _compared(expr: tree.Compare, world: World) -> Truths:
    kind = tree.kind_of(expr.left)
    if isinstance(kind, Boolean):
        a, b = truths(expr.left, world), truths(expr.right, world)
        equal = Truths(
            disjunction(conjunction(a.true, b.true), conjunction(a.false, b.false)),
            disjunction(conjunction(a.true, b.false), conjunction(a.false, b.true)),
        )
        return equal if expr.op == "==" else inverse(equal)
    left, right = cases(expr.left, world), cases(expr.right, world)
    if not isinstance(kind, Number | Date):
        both = conjunction(left.known, right.known)
        same = ops.same_words(left, right).known
        equal = Truths(same, conjunction(both, negation(same)))
        return equal if expr.op == "==" else inverse(equal)
    return ops.ordered(expr.op, left, right, world.record.assumptions)


def _members(expr: tree.Expr, world: World) -> Members:
    found = value(expr, world)
    assert isinstance(found, Members)
    return found


def _shifted(expr: tree.Shift, world: World) -> Cases:
    months = tree.in_months(expr.period)

    def moved(day: Day, period: Quotient) -> Day:
        if period.constant is not None:
            return days.later_by(day, period.constant, months, expr.backwards)
        definitions = world.record.assumptions
        count = z3.ToInt(numbers.real(period.top))
        step = -count if expr.backwards else count
        start = days.number_of(day, definitions)
        return Day(days.moved_term(start, step, definitions) if months else days.clamped(start + step))

    return paired(cases(expr.day, world), cases(expr.period, world), moved)


def _either(test: Truths, a: Symbolic, b: Symbolic, world: World) -> Symbolic:
    if isinstance(a, Members | Listing) or isinstance(b, Members | Listing):
        raise NotLowered("list-from-data")

    def equal(x: Cases, y: Cases) -> Cases:
        some = next((v for _, v in (*x.cases, *y.cases)), "")
        if isinstance(some, Quotient):
            return paired(x, y, lambda a, b: (numbers.compared("==", a, b), a))
        if isinstance(some, Day):
            return paired(x, y, lambda a, b: (days.compared("==", a, b, world.record.assumptions), a))
        return ops.same_words(x, y)

    return chosen(test, a, b, equal)


def _aggregate(expr: tree.Aggregate, world: World) -> Symbolic:
    source = value(expr.list, world)
    if isinstance(source, Members):
        items = [(conjunction(source.known, inside), key) for key, inside in source.members.items()]
    else:
        assert isinstance(source, Listing)
        items = [(conjunction(source.known, s.present), s.path) for s in source.slots]
    scopes = [(there, world.with_item(expr.variable, item)) for there, item in items if there is not False]
    wheres = [Truths(True, False) if expr.where is None else truths(expr.where, scope) for _, scope in scopes]
    present = [there for there, _ in scopes]
    if FOLDS[expr.fold].quantifies:
        bodies = [truths(expr.body, scope) for _, scope in scopes]
        return quantified(expr.fold, source.known, present, wheres, bodies)
    if expr.fold == "distinct":
        raise NotLowered("distinct")
    if expr.fold == "count":
        counted = [Cases(((True, numbers.constant(Fraction(1))),)) for _ in scopes]
        return folded("count", source.known, present, wheres, counted)
    values = [cases(expr.body, scope) for _, scope in scopes]
    if isinstance(tree.kind_of(expr.body), Date):
        values = [one_day(v, world.record.assumptions) for v in values]
        values = [
            mapped(v, lambda d: Quotient(z3.ToReal(ops.number_of_day(d, world.record.assumptions)))) for v in values
        ]
        found = folded(expr.fold, source.known, present, wheres, values)
        return mapped(found, lambda n: Day(z3.ToInt(numbers.real(n.top))))
    if expr.fold == "sum" and isinstance(source, Listing) and not _entangled(expr, world):
        return _sum(source, present, wheres, values, world)
    return folded(expr.fold, source.known, present, wheres, values)


def _entangled(expr: tree.Aggregate, world: World) -> bool:
    """Return whether what one record adds to a sum depends on the others of its list."""
    lists = [expr.list.key] if isinstance(expr.list, tree.FactRef) else []
    parts = [expr.body] if expr.where is None else [expr.body, expr.where]
    read = {key for part in parts for key in ops.facts_read(part, world.law.derivations)}
    return not lists or lists[0] in read


def _sum(source: Listing, present: list[Any], wheres: list[Truths], values: list[Cases], world: World) -> Cases:
    """Return a sum over records; what each adds has a name of its own, of which lemmas may then speak."""
    settled_ = sure(present, wheres, values)
    active = [conjunction(there, w.true) for there, w in zip(present, wheres, strict=True)]
    slots = [s for s in source.slots if conjunction(source.known, s.present) is not False]
    named = [
        world.record.summand(slot.path, surely, term)
        for slot, surely, term in zip(slots, settled_, summands(active, values), strict=True)
    ]
    return Cases(((conjunction(source.known, *settled_), total(named)),))
