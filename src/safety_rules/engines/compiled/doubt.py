"""Which open rules of plain data bounds may decide after all: those records go to the exact function, and no others.

Bounds say more only of a node with something known and something open. Where it compares sums, products or quotients,
its ends are worked out in floats; a record whose ends lie well on both sides is open by its bounds too. These ends are
never wider than the exact ones. What is not plain is in doubt.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from safety_rules.language import expr as tree
from safety_rules.language.bounds import ends, only
from safety_rules.language.kinds import Boolean, Choice, Date, Number, Records
from safety_rules.language.law import is_sure, sure_value
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.bounds import bounds_of, may_decide
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import walk_through

Data = Mapping[str, Any]
Check = Callable[[Data], bool]
Ends = Callable[[Data], tuple[float, float]]


class NotPlain(Exception):
    """A value is not as plain data has it."""


def in_doubt(law: AreaOn) -> tuple[int, Callable[[Data, int], bool]]:
    """Return the rules that bounds may decide, and whether on values by fact they may decide one of some that are open."""
    blank = law.environment(Record({}))
    checks: dict[int, list[Check]] = {}
    made: dict[int, Check] = {}
    for i, rule in enumerate(law.rules):
        seen = set[str]()
        for clause in (*rule.applies_when, *rule.requires):
            for node in walk_through(clause.that, law.derivations, seen):
                if may_decide(node, blank):
                    check = made.setdefault(id(node), _check(node, law, blank))
                    checks.setdefault(i, []).append(check)

    def doubted(values: Data, mask: int) -> bool:
        try:
            return any(check(values) for i, found in checks.items() if mask >> i & 1 for check in found)
        except (NotPlain, AttributeError, KeyError, TypeError, OverflowError):
            return True

    return sum(1 << i for i in checks) if law.bounded else 0, doubted


def _check(node: tree.Expr, law: AreaOn, blank: Environment) -> Check:
    if only(bounds_of(node, blank)) is not None:
        return lambda data: True
    facts = [(law.rulebook.vocabulary.facts[key], fields) for key, fields in _facts(node, law).items()]
    apart = _apart(node, law, blank)

    def check(data: Data) -> bool:
        known = missing = False
        for fact, fields in facts:
            value = data[fact.key]
            if value is None:
                missing = True
            elif isinstance(fact.kind, Records):
                known, missing = True, missing or any(item.get(f) is None for item in value for f in fields)
            else:
                known = _plain(value, fact) is not None or known
        return known and missing and (apart is None or not apart(data))

    return check


def _facts(node: tree.Expr, law: AreaOn) -> dict[str, list[str]]:
    """Return the given facts that a node reads; of fields, the list that they lie in, with them."""
    found: dict[str, list[str]] = {}
    for n in walk_through(node, law.derivations, set()):
        if isinstance(n, tree.FactRef | tree.ItemField) and n.key not in law.derivations:
            subject, name, *fields = n.key.split(".")
            found.setdefault(f"{subject}.{name}", []).extend(fields[:1])
    return found


def _plain(value: Any, fact: Fact) -> Any:
    """Return a value of plain data; raises NotPlain where admission has to read it."""
    match fact.kind:
        case Number():
            plain = (
                value.__class__ in (int, float, Fraction)
                and math.isfinite(value)
                and fact.bounds.admits(Fraction(value))
            )
        case Boolean():
            plain = value.__class__ is bool
        case Choice(choices):
            plain = value.__class__ is str and any(o.key == value for o in choices.options)
        case Date():
            plain = value.__class__ is datetime.date
        case _:
            plain = False
    if not plain:
        raise NotPlain
    return value


def _apart(node: tree.Expr, law: AreaOn, blank: Environment) -> Check | None:
    """Return whether the ends of a comparison lie well on both sides; None where they cannot be said."""
    if not isinstance(node, tree.Compare) or node.op in ("==", "!="):
        return None
    left, right = _ends(node.left, law, blank), _ends(node.right, law, blank)
    if left is None or right is None:
        return None

    def apart(data: Data) -> bool:
        (low, high), (least, most) = left(data), right(data)
        return low < most - _margin(most) and high > least + _margin(least)

    return apart


def _margin(end: float) -> float:
    return abs(end) * 1e-6 + 1e-9 if math.isfinite(end) else 0.0


def _ends(expr: tree.Expr, law: AreaOn, blank: Environment) -> Ends | None:
    """Return the ends of a number in floats, never wider than they are."""
    match expr:
        case tree.Literal(Fraction() as known):
            return _fixed(known)
        case tree.ParameterRef(key, _, None):
            figure = sure_value(law.rulebook.parameters[key], law.as_of, law)
            return _fixed(figure) if isinstance(figure, Fraction) else None
        case tree.FactRef(key, Number()):
            derivation = law.derivations.get(key)
            if derivation is not None:
                return _ends(derivation.formula, law, blank) if is_sure(derivation, law) else None
            return _of_fact(law.rulebook.vocabulary.facts[key], expr, blank)
        case tree.Scale(operand, factor) if factor > 0:
            inner, by = _ends(operand, law, blank), float(factor)
            return None if inner is None else lambda data: _each(inner(data), by)
        case tree.Arithmetic(op, left, right):
            a, b = _ends(left, law, blank), _ends(right, law, blank)
            both = _not_negative(left, blank) and _not_negative(right, blank)
            return None if a is None or b is None or not (both or op in "+-") else _joined(op, a, b)
        case _:
            return None


def _each(pair: tuple[float, float], by: float) -> tuple[float, float]:
    return pair[0] * by, pair[1] * by


def _fixed(known: Fraction) -> Ends:
    pair = (float(known), float(known))
    return lambda data: pair


def _of_fact(fact: Fact, expr: tree.Expr, blank: Environment) -> Ends | None:
    limits = ends(bounds_of(expr, blank))
    if limits is None:
        return None
    low = -1e100 if limits[0] is None else float(limits[0])
    high = 1e100 if limits[2] is None else float(limits[2])

    def of_data(data: Data) -> tuple[float, float]:
        value = data[fact.key]
        if value is None:
            return low, high
        exact = float(_plain(value, fact))
        return exact, exact

    return of_data


def _joined(op: str, a: Ends, b: Ends) -> Ends:
    def joined(data: Data) -> tuple[float, float]:
        (low, high), (least, most) = a(data), b(data)
        match op:
            case "+":
                return low + least, high + most
            case "-":
                return low - most, high - least
            case "*":
                return low * least, high * most
            case _:
                over = high / least if least > 0 else 1e100 if high > 0 else 0.0
                return (low / most if most > 0 else 1e100), over

    return joined


def _not_negative(expr: tree.Expr, blank: Environment) -> bool:
    found = ends(bounds_of(expr, blank))
    return found is not None and found[0] is not None and bool(found[0] >= 0)
