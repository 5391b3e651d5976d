"""Where bounds may say more of an open rule: on data with something known and something open, and no other.

Where a node compares sums, products or quotients of numbers that are not negative, its ends are worked out in floats;
data whose ends lie well on both sides is open by its bounds too. These ends are never wider than the exact ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from safety_rules.language import expr as tree
from safety_rules.language.bounds import ends, only
from safety_rules.language.kinds import Date, Number
from safety_rules.language.law import is_sure, sure_value
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.bounds import bounds_of, quantifies
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import walk_through

MOST_PARTS = 64
FIRST_YEAR, LAST_YEAR, MOST_PERIODS = 1500, 8000, 12_000  # months, or days
Get = Callable[[str], Any]
Check = Callable[[Get], bool]
Ends = Callable[[Get], tuple[float, float]]


def may_matter(node: tree.Expr, law: AreaOn, blank: Environment) -> Check:
    """Return whether bounds may decide an open node on some data: something is known of it, and its ends lie near."""
    if only(bounds_of(node, blank)) is not None:
        return lambda get: True
    facts = list(_facts(node, law).items())
    listed = node.list.key if quantifies(node) and isinstance(node.list, tree.FactRef) else ""
    apart = _apart(node, law, blank)

    def check(get: Get) -> bool:
        if listed and get(listed) is not None:
            return False
        known = missing = False
        for key, fields in facts:
            value = get(key)
            if value is None:
                missing = True
                continue
            known = True
            if fields and not missing:  # what lies deeper is not looked at
                missing = any(
                    item.get(f) is None or item[f].__class__ in (list, tuple) for item in value for f in fields
                )
        return known and missing and (apart is None or not apart(get))

    return check


def _facts(node: tree.Expr, law: AreaOn) -> dict[str, list[str]]:
    """Return the given facts that a node reads; of fields, the list that they lie in, with them."""
    found: dict[str, list[str]] = {}
    for n in walk_through(node, law.derivations, set()):
        if isinstance(n, tree.FactRef | tree.ItemField) and n.key not in law.derivations:
            subject, name, *fields = n.key.split(".")
            found.setdefault(f"{subject}.{name}", []).extend(fields[:1])
    return found


def _apart(node: tree.Expr, law: AreaOn, blank: Environment) -> Check | None:
    """Return whether the ends of a comparison lie well on both sides; None where they cannot be said."""
    if not isinstance(node, tree.Compare):
        return None
    if node.left != node.right and (days := [*_days(node.left, law), *_days(node.right, law)]) and "" not in days:
        return partial(_ordinary, days)
    if node.op in ("==", "!="):
        return None
    left, right = (_ends(side, law, blank, [MOST_PARTS]) for side in (node.left, node.right))
    if left is None or right is None:
        return None

    def apart(get: Get) -> bool:
        try:
            (low, high), (least, most) = left(get), right(get)
        except OverflowError:  # a number that no float comes near
            return False
        return low < most - _margin(most) and high > least + _margin(least)

    return apart


def _days(side: tree.Expr, law: AreaOn) -> list[str]:
    """Return the given days that one side of a comparison is, or is a period from; an empty name where it is anything else."""
    match side:
        case tree.FactRef(key, Date()) if key not in law.derivations:
            return [key]
        case tree.ItemField(_, key, Date()) if key not in law.derivations and key.count(".") == 2:
            return [key]
        case tree.Shift(day, tree.ParameterRef(key, _, None)):
            period = sure_value(law.rulebook.parameters[key], law.as_of, law)
            return _days(day, law) if isinstance(period, Fraction) and 0 <= period <= MOST_PERIODS else [""]
        case tree.AsOf():
            return []
        case _:
            return [""]


def _ordinary(days: Sequence[str], get: Get) -> bool:
    """Return whether no known day lies near the ends of the calendar: beside one, a blank day may come before or after."""
    for key in days:
        subject, name, *field = key.split(".")
        value = get(f"{subject}.{name}")
        for day in [value] if not field else [item.get(field[0]) for item in value or ()]:
            if day is not None and not FIRST_YEAR < day.year < LAST_YEAR:
                return False
    return True


def ordinary_days(node: tree.Expr, law: AreaOn, variables: Sequence[str]) -> Callable[[Sequence[Any]], bool] | None:
    """Return whether an open comparison of days of items in sight is open by its bounds too; None of any other node."""
    if not isinstance(node, tree.Compare) or node.left == node.right:
        return None
    days = {*_days(node.left, law), *_days(node.right, law)}
    within = [n for n in tree.walk(node) if isinstance(n, tree.ItemField)]
    if not days or days != {n.key for n in within}:
        return None
    read = [(variables.index(n.variable), n.key.rpartition(".")[2]) for n in within]

    def ordinary(items: Sequence[Any]) -> bool:
        found = (items[i].get(name) for i, name in read)
        return all(day is None or FIRST_YEAR < day.year < LAST_YEAR for day in found)

    return ordinary


def _margin(end: float) -> float:
    return abs(end) * 1e-6 + 1e-9 if math.isfinite(end) else 0.0


def _ends(expr: tree.Expr, law: AreaOn, blank: Environment, left_over: list[int]) -> Ends | None:
    """Return the ends of a number in floats, never wider than they are; None where more parts than are left make it up.

    A derived fact that is read twice is worked out twice, on each record again: hence the limit.
    """
    left_over[0] -= 1
    if left_over[0] < 0:
        return None
    match expr:
        case tree.Literal(Fraction() as known):
            return _fixed(known)
        case tree.ParameterRef(key, _, None):
            figure = sure_value(law.rulebook.parameters[key], law.as_of, law)
            return _fixed(figure) if isinstance(figure, Fraction) else None
        case tree.FactRef(key, Number()):
            derivation = law.derivations.get(key)
            if derivation is not None:
                return _ends(derivation.formula, law, blank, left_over) if is_sure(derivation, law) else None
            return _of_fact(law.rulebook.vocabulary.facts[key], expr, blank)
        case tree.Scale(operand, factor) if factor > 0:
            inner, by = _ends(operand, law, blank, left_over), float(factor)
            return None if inner is None else lambda get: _each(inner(get), by)
        case tree.Arithmetic(op, left, right):
            a, b = (_ends(side, law, blank, left_over) for side in (left, right))
            both = _not_negative(left, blank) and _not_negative(right, blank)
            # the ends of a difference cancel, and are off by more than the margin
            return None if a is None or b is None or not both or op == "-" else _joined(op, a, b)
        case _:
            return None


def _each(pair: tuple[float, float], by: float) -> tuple[float, float]:
    return pair[0] * by, pair[1] * by


def _fixed(known: Fraction) -> Ends:
    pair = (float(known), float(known))
    return lambda get: pair


def _of_fact(fact: Fact, expr: tree.Expr, blank: Environment) -> Ends | None:
    limits = ends(bounds_of(expr, blank))
    if limits is None:
        return None
    low = -1e100 if limits[0] is None else float(limits[0])
    high = 1e100 if limits[2] is None else float(limits[2])

    def of_data(get: Get) -> tuple[float, float]:
        value = get(fact.key)
        if value is None:
            return low, high
        near = float(value)
        return near, near

    return of_data


def _joined(op: str, a: Ends, b: Ends) -> Ends:
    def joined(get: Get) -> tuple[float, float]:
        (low, high), (least, most) = a(get), b(get)
        match op:
            case "+":
                return low + least, high + most
            case "*":
                return low * least, high * most
            case _:
                over = high / least if least > 0 else 1e100 if high > 0 else 0.0
                return (low / most if most > 0 else 1e100), over

    return joined


def _not_negative(expr: tree.Expr, blank: Environment) -> bool:
    found = ends(bounds_of(expr, blank))
    return found is not None and found[0] is not None and bool(found[0] >= 0)
