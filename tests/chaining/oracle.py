"""Chaining by brute force, from the words of the definition alone; nothing of the library's semantics is used.

None is unknown. A record is a relation and a frozen set of its known fields, or, where given, its own id.
"""

from __future__ import annotations

import operator
from itertools import product
from typing import Any

from chaining.maker import Made, MadePattern, MadeRule

COMPARE = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
Facts = dict[Any, tuple[str, dict[str, Any]]]


def followed(made: Made) -> tuple[set[Any], set[Any]]:
    """Return the certain and the possible derived records."""
    given: Facts = {f.id: (f.relation, dict(f.values)) for f in made.facts}
    lists: dict[str, list[dict[str, Any]]] = {}
    for fact in made.facts:
        lists.setdefault(fact.relation, []).append(dict(fact.values))
    certain = {i: f for i, f in given.items() if f[0] not in made.unlisted}
    possible = dict(given)
    aggregated = {r: None if r in made.unlisted else items for r, items in lists.items()}
    for level in sorted({r.level for r in made.rules}):
        rules = [r for r in made.rules if r.level == level]
        _grow(possible, rules, lambda rule, facts: _can(rule, facts, certain, aggregated))
        _grow(certain, rules, lambda rule, facts: _must(rule, facts, possible, aggregated))
    return ({k for k in certain if k not in given}, {k for k in possible if k not in given})


def _grow(facts: Facts, rules: list[MadeRule], leads: Any) -> None:
    while True:
        new: Facts = {}
        for rule in rules:
            for records in product(*(_of(p, facts) for p in rule.given)):
                bound = {p.variable: r for p, r in zip(rule.given, records, strict=True)}
                if leads(rule, bound):
                    values = {f: value(t, bound, {}) for f, t in rule.record.items()}
                    known = {f: v for f, v in values.items() if v is not None}
                    new[rule.derives, frozenset(known.items())] = (rule.derives, known)
        if new.keys() <= facts.keys():
            return
        facts |= new


def _of(pattern: MadePattern, facts: Facts) -> list[dict[str, Any]]:
    return [values for kind, values in facts.values() if kind == pattern.relation]


def _can(rule: MadeRule, bound: dict[str, Any], certain: Facts, lists: Any) -> bool:
    """Return whether a rule could be used: nothing is false, and nothing certain stands against it."""
    if any(value(part, bound, lists) is False for p in rule.given for part in p.parts):
        return False
    return not any(
        all(value(part, {**bound, p.variable: r}, lists) is True for part in p.parts)
        for p in rule.unless
        for r in _of(p, certain)
    )


def _must(rule: MadeRule, bound: dict[str, Any], possible: Facts, lists: Any) -> bool:
    """Return whether a rule has to be used: everything is true, and nothing could stand against it."""
    if any(value(part, bound, lists) is not True for p in rule.given for part in p.parts):
        return False
    return all(
        any(value(part, {**bound, p.variable: r}, lists) is False for part in p.parts)
        for p in rule.unless
        for r in _of(p, possible)
    )


def value(term: Any, bound: dict[str, Any], lists: Any) -> Any:
    """Return the value of a condition or formula; None is unknown."""
    match term:
        case ("field", variable, name):
            return bound[variable].get(name)
        case ("value", _, constant):
            return constant
        case ("least", a, b):
            sides = [value(a, bound, lists), value(b, bound, lists)]
            return None if None in sides else min(sides)
        case ("not", inner):
            result = value(inner, bound, lists)
            return None if result is None else not result
        case ("or", a, b):
            sides = [value(a, bound, lists), value(b, bound, lists)]
            return True if True in sides else None if None in sides else False
        case ("count", kind, inner, least):
            items = lists.get(kind, [])
            if items is None:
                return None
            matches = [value(inner, {**bound, "k": item}, lists) for item in items]
            return None if None in matches else matches.count(True) >= least
        case (op, a, b):
            left, right = value(a, bound, lists), value(b, bound, lists)
            return None if left is None or right is None else COMPARE[op](left, right)
        case _:
            raise TypeError(term)
