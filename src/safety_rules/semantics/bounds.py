"""What an expression can still come to, over every way to fill in what is blank: the definition beside `evaluate`.

A blank fact can be anything within its limits; a list of which nothing is known can be of any length. What is not
sure enough, or divided by zero, stays unknown however the blanks are filled in, and says so (`unsure`). Blanks that
are read twice are taken for two: what comes out holds the truth, and may be wider.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeGuard, assert_never

from safety_rules.language import expr as tree
from safety_rules.language.bounded_functions import called, days_between, moved
from safety_rules.language.bounds import (
    DAYS,
    EITHER,
    FALSE,
    NEVER,
    TRUE,
    ZERO,
    Among,
    Anything,
    Between,
    Bounded,
    Ends,
    Listing,
    Members,
    between,
    can,
    compared,
    conjunction,
    disjunction,
    doubted,
    ends,
    extreme,
    held,
    hull,
    just,
    negation,
    of_kind,
    only,
    operated,
    truths,
)
from safety_rules.language.kinds import Boolean, Choice, Kind, Number, Records
from safety_rules.language.law import Entry, Parameter, is_sure, sure_values
from safety_rules.language.operators import FOLDS, FUNCTIONS, shifted
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.environment import Environment, remembered
from safety_rules.semantics.reads import facts_of, items_read, reads_one_fact
from safety_rules.semantics.table_bounds import cells_of, edition_of, in_table


def bounds_of(expr: tree.Expr, env: Environment) -> Bounded:
    """Return what an expression can come to."""
    if isinstance(expr, tree.Literal | tree.FactRef | tree.ItemField | tree.ItemSelf | tree.AsOf):
        return _bounds(expr, env)
    return remembered("bounds", expr, env, _bounds)


def asks_bounds(expr: tree.Expr) -> bool:
    """Return whether bounds may decide an open node beyond its parts: comparisons, choices, what stands for a list."""
    if isinstance(expr, tree.Literal | tree.FactRef | tree.ItemField | tree.ItemSelf | tree.AsOf):
        return False
    return not isinstance(expr, tree.And | tree.Or | tree.Not) and isinstance(tree.kind_of(expr), Boolean | Choice)


def quantifies(expr: tree.Expr) -> TypeGuard[tree.Aggregate]:
    """Return whether an expression is `any` or `all`, which over known items follows from its parts."""
    return isinstance(expr, tree.Aggregate) and FOLDS[expr.fold].quantifies


def may_decide(expr: tree.Expr, blank: Environment) -> bool:
    """Return whether bounds may ever decide an open node; `blank` is the law on a record of which nothing is known.

    What reads a single fact, or no more than the list that it stands for, is open when that is blank, and asked once.
    """
    if not asks_bounds(expr):
        return False
    alone = (
        facts_of([expr], blank.derivations) == facts_of([expr.list], blank.derivations) if quantifies(expr) else False
    )
    if not alone and not reads_one_fact(expr, blank.derivations):
        return True
    in_sight: dict[str, tuple[str, Any]] = {
        n.variable: ("", {}) for n in tree.walk(expr) if isinstance(n, tree.ItemField)
    }
    return only(bounds_of(expr, replace(blank, variables=in_sight, memo={}))) is not None


def at_any_time(
    expr: tree.Expr, vocabulary: Vocabulary, law: Mapping[str, Parameter], derived: frozenset[str]
) -> Bounded:
    """Return what an expression can come to on any record and day: by the limits of facts and the entries of figures."""
    supposed = {key: of_kind(vocabulary.facts[key].kind) for key in derived if key in vocabulary.facts}
    nothing = Environment(Record({}), datetime.date.min, law, vocabulary=vocabulary, narrowed=supposed, any_day=True)
    return bounds_of(expr, nothing)


def _bounds(expr: tree.Expr, env: Environment) -> Bounded:
    match expr:
        case tree.Literal(value):
            return just(value)
        case tree.FactRef(key, kind):
            derivation = env.derivations.get(key)
            if derivation is not None:
                return _derived(derivation, key, env.seeing({}))
            return _given(key, key, env.record.values.get(key), kind, env)
        case tree.ItemField():
            return _item_field(expr, env)
        case tree.ItemSelf(variable, kind):
            return just(env.variables[variable][1]) if variable in env.variables else of_kind(kind)
        case tree.ParameterRef():
            return _parameter(expr, env)
        case tree.AsOf():
            return DAYS if env.any_day else just(env.as_of)
        case tree.Not(operand):
            return negation(bounds_of(operand, env))
        case tree.And(operands):
            return conjunction(bounds_of(o, env) for o in operands)
        case tree.Or(operands):
            return disjunction(bounds_of(o, env) for o in operands)
        case tree.Compare(op, left, right):
            return _comparison(op, left, right, env)
        case tree.In(item, container):
            return held(bounds_of(item, env), bounds_of(container, env))
        case tree.Arithmetic(op, left, right):
            return operated(op, bounds_of(left, env), bounds_of(right, env))
        case tree.Negate(operand):
            return operated("-", just(ZERO), bounds_of(operand, env))
        case tree.Scale(operand, factor):
            return operated("*", bounds_of(operand, env), just(factor))
        case tree.Shift(day, period, backwards):
            shift = partial(shifted, months=tree.in_months(period), backwards=backwards)
            return moved(bounds_of(day, env), bounds_of(period, env), shift)
        case tree.DaysBetween(later, earlier):
            return days_between(bounds_of(later, env), bounds_of(earlier, env))
        case tree.If(test, then, otherwise):
            return _if(test, then, otherwise, env)
        case tree.Aggregate():
            return _aggregate(expr, env)
        case tree.Listed(table, key):
            return in_table(table, bounds_of(key, env), env)
        case tree.Lookup():
            return _lookup(expr, env)
        case tree.Call(function, arguments):
            return called(FUNCTIONS[function], [bounds_of(a, env) for a in arguments])
        case _:
            assert_never(expr)


def _given(path: str, key: str, value: Any, kind: Kind, env: Environment) -> Bounded:
    """Return what a given fact can be: itself, what is supposed of it, or all within its limits."""
    if value is not None:
        return Listing(value) if isinstance(kind, Records) else just(value)
    if path in env.narrowed:
        return env.narrowed[path]
    if isinstance(kind, Records):
        return Listing(None)
    if not isinstance(kind, Number) or env.vocabulary is None:
        return of_kind(kind)
    limits = env.vocabulary.facts[key].bounds
    low = limits.minimum if limits.above is None else limits.above
    return between(low, limits.maximum, limits.above is not None, False, kind.whole)


def _item_field(expr: tree.ItemField, env: Environment) -> Bounded:
    if expr.variable not in env.variables:
        return _given(expr.key, expr.key, None, expr.kind, env)
    path, item = env.variables[expr.variable]
    derivation = env.derivations.get(expr.key)
    if derivation is not None and derivation.variable is not None:
        name = f"{path}.{expr.key.rpartition('.')[2]}"
        return _derived(derivation, name, env.seeing({derivation.variable: (path, item)}))
    name = expr.key.rpartition(".")[2]
    return _given(f"{path}.{name}", expr.key, item.get(name), expr.kind, env)


def _derived(derivation: Derivation, path: str, env: Environment) -> Bounded:
    return env.narrowed[path] if path in env.narrowed else remembered("bounds", derivation, env, _worked_out)


def _worked_out(derivation: Derivation, env: Environment) -> Bounded:
    if not is_sure(derivation, env):
        return doubted(of_kind(tree.kind_of(derivation.formula)))
    return bounds_of(derivation.formula, env)


def _comparison(op: str, left: tree.Expr, right: tree.Expr, env: Environment) -> Bounded:
    a, b = bounds_of(left, env), bounds_of(right, env)
    if left == right and isinstance(left, tree.FactRef | tree.ItemField | tree.ItemSelf):
        same = op in ("==", "<=", ">=")
        return truths(same, not same, a.unsure)
    return compared(op, a, b)


def _if(test: tree.Expr, then: tree.Expr, otherwise: tree.Expr, env: Environment) -> Bounded:
    """Return the hull of the arms that the test leaves; where it may stay unknown, so may what the arms differ in."""
    true, false, unsure = can(bounds_of(test, env))
    arms = [bounds_of(arm, env) for arm, taken in ((then, true), (otherwise, false)) if taken or unsure]
    found = hull(arms)
    return doubted(found, unsure and only(found) is None)


def _parameter(expr: tree.ParameterRef, env: Environment) -> Bounded:
    parameter = env.parameters[expr.key]
    day = bounds_of(expr.day, env) if expr.day is not None else DAYS if env.any_day else just(env.as_of)
    found = ends(day)
    if found is None:
        return NEVER
    first, last, parts = found[0], found[2], list[Bounded]()
    uncovered, hole = first.toordinal(), False
    for since, until, value in sorted(_within(sure_values(parameter, env), first, last), key=lambda e: e[0]):
        parts.append(just(value) if value is not None else doubted(of_kind(expr.kind)))
        hole = hole or since.toordinal() > uncovered
        uncovered = max(uncovered, until.toordinal() + 1)
    open_entry = first != last  # which entry is cited, and how sure it is, would not be known
    return doubted(hull(parts), day.unsure or hole or open_entry or uncovered <= last.toordinal())


def _within(
    entries: Iterable[tuple[Entry, Any]], first: datetime.date, last: datetime.date
) -> Iterable[tuple[datetime.date, datetime.date, Any]]:
    """Yield the values in force on some of the days, each with the first and the last of them; None of one not sure enough."""
    for entry, value in entries:
        since = max(entry.period.since or datetime.date.min, first)
        until = min(entry.period.until or datetime.date.max, last)
        if since <= until:
            yield since, until, value


@dataclass(slots=True)
class _Found:
    """What is known of the items of a list: the ends of those that surely count, and of those that may."""

    certain: list[Ends] = field(default_factory=list)
    possible: list[Ends] = field(default_factory=list)
    most: int | None = 0
    total: Bounded = field(default_factory=lambda: just(ZERO))
    unsure: bool = False

    @property
    def least(self) -> int:
        """How many surely count."""
        return len(self.certain)


def _scopes(expr: tree.Aggregate, listed: Bounded, env: Environment) -> list[tuple[bool, Environment]]:
    """Return what each item is read in, and whether it is surely there."""
    where = ""
    if isinstance(expr.list, tree.FactRef):
        where = expr.list.key
    elif isinstance(expr.list, tree.ItemField) and expr.list.variable in env.variables:
        where = f"{env.variables[expr.list.variable][0]}.{expr.list.key.rpartition('.')[2]}"
    item = partial(env.with_item, expr.variable)
    if isinstance(listed, Members):
        return [(key in listed.must, item(f"[{key}]", key)) for key in sorted(listed.may)]
    known = only(replace(listed, unsure=False)) if isinstance(listed, Among) else getattr(listed, "items", None)
    if known is not None:
        return [(True, item(f"{where}[{i}]", one)) for i, one in enumerate(known)]
    return []


def _aggregate(expr: tree.Aggregate, env: Environment) -> Bounded:
    listed = bounds_of(expr.list, env)
    if isinstance(listed, Members) and items_read(expr.body, expr.where) <= {expr.variable}:
        return remembered("options", expr, env, lambda expr, env: _over(listed, expr, env), seen=listed)
    return _over(listed, expr, env)


def _over(listed: Bounded, expr: tree.Aggregate, env: Environment) -> Bounded:
    """Return what a fold over a list comes to, or over the options that one may hold: alike for each item that holds these."""
    scopes = _scopes(expr, listed, env)
    endless = isinstance(listed, Listing) and listed.items is None
    if isinstance(listed, Among) and len(listed.values) != 1:
        return doubted(of_kind(tree.kind_of(expr)))  # one of several figures that are lists
    if isinstance(listed, Anything | Between):
        return doubted(of_kind(tree.kind_of(expr)))
    some = env.with_item(expr.variable, f"{getattr(expr.list, 'key', '')}[*]", {})
    if FOLDS[expr.fold].quantifies:
        parts = list[Bounded]()
        for there, scope in scopes:
            parts.append(_quantified(expr, there, scope))
            if not there and isinstance(listed, Members) and not listed.must and len(_can_be(parts[-1])) > 1:
                return doubted(
                    EITHER
                )  # one that may be in the list and may move it is enough; the others are not looked at
        parts += [_quantified(expr, False, some)] if endless else []
        found = disjunction(parts) if expr.fold == "any" else conjunction(parts)
        return doubted(found, listed.unsure)
    return _folded(expr, scopes, some if endless else None, listed.unsure)


def _can_be(part: Bounded) -> frozenset[Any]:
    """Return the truths that a condition can have."""
    return part.values if isinstance(part, Among) else frozenset()


def _quantified(expr: tree.Aggregate, there: bool, scope: Environment) -> Bounded:
    """Return what one item adds to `any` or `all`: nothing where it is not there, or the condition leaves it out."""
    where = TRUE if expr.where is None else bounds_of(expr.where, scope)
    true, _, unsure = can(where)
    if expr.fold == "any":
        part = conjunction([where, bounds_of(expr.body, scope)]) if true or unsure else FALSE
        return part if there else truths(True in part.values, True, part.unsure)
    part = disjunction([negation(where), bounds_of(expr.body, scope)]) if true or unsure else TRUE
    return part if there else truths(True, False in part.values, part.unsure)


def _folded(
    expr: tree.Aggregate, scopes: list[tuple[bool, Environment]], endless: Environment | None, unsure: bool
) -> Bounded:
    if expr.fold == "distinct":
        return _distinct(expr, scopes, endless is not None, unsure)
    found = _Found(unsure=unsure)
    for there, scope in scopes:
        _count_in(expr, there, scope, found)
    if endless is not None:
        _count_in(expr, False, endless, found)
        found.most = None if found.most else found.most
    if expr.fold == "count":
        most = None if found.most is None else Fraction(found.most)
        return between(Fraction(found.least), most, False, False, True, found.unsure)
    if expr.fold == "sum":
        total = found.total if endless is None else _endless(found.total)
        return doubted(total, found.unsure)
    nothing = not found.certain
    whole = isinstance(kind := tree.kind_of(expr), Number) and kind.whole
    return extreme(expr.fold == "max", found.certain, found.possible, whole, found.unsure or nothing)


def _distinct(expr: tree.Aggregate, scopes: list[tuple[bool, Environment]], endless: bool, unsure: bool) -> Bounded:
    """Return how many different values there can be: those that are known, and as many more as are not."""
    values, more, one = set[Any](), 0, False
    for there, scope in scopes:
        true, false, open_ = (True, False, False) if expr.where is None else can(bounds_of(expr.where, scope))
        if true or open_:
            body = bounds_of(expr.body, scope)
            known, sure = only(replace(body, unsure=False)), there and not false and not open_
            unsure, one = unsure or open_ or body.unsure, one or sure
            if sure and known is not None:
                values.add(known)
            else:
                more += 1
    most = None if endless else Fraction(len(values) + more)
    return between(Fraction(max(len(values), int(one))), most, False, False, True, unsure)


def _count_in(expr: tree.Aggregate, there: bool, scope: Environment, found: _Found) -> None:
    """Add what one item may add to a sum, count, smallest or largest."""
    true, false, unsure = (True, False, False) if expr.where is None else can(bounds_of(expr.where, scope))
    found.unsure = found.unsure or unsure
    if not true and not unsure:
        return
    sure = there and not false and not unsure
    body = bounds_of(expr.body, scope) if expr.fold != "count" else just(ZERO)
    found.unsure = found.unsure or body.unsure
    reach = ends(body)
    if reach is None:
        return
    found.most = None if found.most is None else found.most + 1
    (found.certain if sure else found.possible).append(reach)
    if expr.fold == "sum":
        body = replace(body, unsure=False)
        found.total = operated("+", found.total, body if sure else hull([body, just(ZERO)]))


def _endless(one: Bounded) -> Bounded:
    """Return what the sum of any number of such parts can be."""
    found = ends(one)
    if found is None or (found[0] == 0 and found[2] == 0):
        return just(ZERO)
    low = ZERO if found[0] is not None and found[0] >= 0 else None
    high = ZERO if found[2] is not None and found[2] <= 0 else None
    return between(low, high, False, False, False)


def _lookup(expr: tree.Lookup, env: Environment) -> Bounded:
    """Return what a cell can be; by a blank key it may be no cell at all, since no row may be meant."""
    edition, keys = edition_of(expr.table, env), [bounds_of(k, env) for k in expr.keys]
    if edition is None:
        return doubted(of_kind(expr.kind))
    if not isinstance(keys[0], Among):
        cells = frozenset(c for row in edition.rows if (c := row.cells.get(expr.column)) is not None)
        return hull([Among(cells, True)])
    parts = [cells_of(edition.matching(key), expr.column, keys[1] if len(keys) > 1 else None) for key in keys[0].values]
    return doubted(hull(parts), keys[0].unsure)
