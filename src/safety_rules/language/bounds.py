"""What a value can still come to while facts are blank, and the arithmetic of that: never narrower than the truth.

A value that is known is one among one. `unsure` says that it may stay unknown when every fact is known: a divisor
that can be zero, a figure that is not sure enough. All operations keep inclusion: of a part of what could be comes a
part of what could come of it, so that learning a fact never widens anything.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any, TypeAlias

from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Kind, Number
from safety_rules.language.operators import ORDERS, SIGNS

MOST_VALUES = 24
INFINITE = math.inf


@dataclass(frozen=True, slots=True)
class Among:
    """One of these values; of none, it is unknown for sure."""

    values: frozenset[Any]
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A number or day from low to high; None is without end, and open ends are not reached."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    whole: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """A list of choices: what is in it, and what may be."""

    must: frozenset[str]
    may: frozenset[str]
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of records; None is one of which nothing is known."""

    items: tuple[Any, ...] | None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Anything:
    """A text of which nothing is known."""

    unsure: bool = False


Bounded: TypeAlias = Among | Between | Members | Listing | Anything
Ends: TypeAlias = tuple[Any, bool, Any, bool]
"""Low, whether it is open, high, whether it is open."""

TRUE, FALSE = Among(frozenset({True})), Among(frozenset({False}))
EITHER = Among(frozenset({True, False}))
NEVER = Among(frozenset(), True)
ZERO = Fraction(0)
DAYS = Between(datetime.date.min, datetime.date.max)


def just(value: Any) -> Among:
    """Return a value that is known."""
    return Among(frozenset({value}))


def only(bounded: Bounded) -> Any:
    """Return the value of which there is no other; None where there are several, or none."""
    alone = isinstance(bounded, Among) and len(bounded.values) == 1 and not bounded.unsure
    return next(iter(bounded.values)) if alone and isinstance(bounded, Among) else None


def doubted(bounded: Bounded, unsure: bool = True) -> Bounded:
    """Return the same, that may be unknown besides."""
    return replace(bounded, unsure=True) if unsure and not bounded.unsure else bounded


def truths(true: bool, false: bool, unsure: bool) -> Among:
    """Return a truth by what it can be."""
    return Among(frozenset([True] * true + [False] * false), unsure)


def can(bounded: Bounded) -> tuple[bool, bool, bool]:
    """Return whether a truth can be true, can be false, and can stay unknown."""
    assert isinstance(bounded, Among)
    return True in bounded.values, False in bounded.values, bounded.unsure


def between(low: Any, high: Any, low_open: bool, high_open: bool, whole: bool, unsure: bool = False) -> Bounded:
    """Return a number or day from low to high, in its narrowest form."""
    if whole:
        low = None if low is None else Fraction(math.floor(low) + 1 if low_open else math.ceil(low))
        high = None if high is None else Fraction(math.ceil(high) - 1 if high_open else math.floor(high))
        low_open = high_open = False
    if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
        return Among(frozenset(), unsure)
    if low is not None and low == high:
        return Among(frozenset({low}), unsure)
    return Between(low, high, low_open and low is not None, high_open and high is not None, whole, unsure)


def of_kind(kind: Kind) -> Bounded:
    """Return all that a value of a kind can be."""
    match kind:
        case Boolean():
            return EITHER
        case Choice(choices):
            return Among(frozenset(o.key for o in choices.options))
        case Choices(choices):
            return Members(frozenset(), frozenset(o.key for o in choices.options))
        case Number(_, whole):
            return Between(whole=whole)
        case Date():
            return DAYS
        case _:
            return Anything()


def ends(bounded: Bounded) -> Ends | None:
    """Return the ends of a number or day; None where it has no value."""
    if isinstance(bounded, Between):
        return bounded.low, bounded.low_open, bounded.high, bounded.high_open
    assert isinstance(bounded, Among)
    return (min(bounded.values), False, max(bounded.values), False) if bounded.values else None


def is_whole(bounded: Bounded) -> bool:
    """Return whether a number can only be whole."""
    if isinstance(bounded, Between):
        return bounded.whole
    return isinstance(bounded, Among) and all(isinstance(v, Fraction) and v.denominator == 1 for v in bounded.values)


def hull(parts: Iterable[Bounded]) -> Bounded:
    """Return what can be one of several things."""
    found = list(parts)
    unsure = any(p.unsure for p in found)
    live = [p for p in found if not (isinstance(p, Among) and not p.values)]
    if not live:
        return Among(frozenset(), unsure)
    known = [p for p in live if isinstance(p, Among)]
    if len(known) == len(live):
        values = frozenset().union(*(p.values for p in known))
        if len(values) <= MOST_VALUES or not isinstance(next(iter(values)), Fraction | datetime.date):
            return Among(values, unsure)
    if any(isinstance(p, Members) for p in live):
        lists = [p if isinstance(p, Members) else _members(p) for p in live]
        must = frozenset.intersection(*(p.must for p in lists))
        return Members(must, frozenset().union(*(p.may for p in lists)), unsure)
    if any(isinstance(p, Listing) for p in live):
        return Listing(None, unsure)
    if any(isinstance(p, Anything) for p in live):
        return Anything(unsure)
    all_ends = [e for p in live if (e := ends(p)) is not None]
    low, low_open = _lowest([(e[0], e[1]) for e in all_ends])
    high, high_open = highest([(e[2], e[3]) for e in all_ends])
    return between(low, high, low_open, high_open, all(is_whole(p) for p in live), unsure)


def _members(bounded: Bounded) -> Members:
    assert isinstance(bounded, Among)
    lists = [frozenset(v) for v in bounded.values]
    return Members(frozenset.intersection(*lists), frozenset().union(*lists))


End: TypeAlias = tuple[Any, bool]


def _lowest(found: Sequence[End]) -> End:
    """Return the lower end of what can be any of several, by their lower ends."""
    if any(low is None for low, _ in found):
        return None, False
    least = min(low for low, _ in found)
    return least, all(is_open for low, is_open in found if low == least)


def highest(found: Sequence[End]) -> End:
    """Return the upper end of what can be any of several, by their upper ends."""
    if any(high is None for high, _ in found):
        return None, False
    most = max(high for high, _ in found)
    return most, all(is_open for high, is_open in found if high == most)


def conjunction(parts: Iterable[Bounded]) -> Among:
    """Return what `and` of truths can be; what comes after a part that is surely false is not looked at."""
    each = list[tuple[bool, bool, bool]]()
    for part in parts:
        each.append(can(part))
        if each[-1] == (False, True, False):
            return FALSE
    unsure = any(u for _, _, u in each) and all(t or u for t, _, u in each)
    return truths(all(t for t, _, _ in each), any(f for _, f, _ in each), unsure)


def disjunction(parts: Iterable[Bounded]) -> Among:
    """Return what `or` of truths can be."""
    return negation(conjunction(negation(p) for p in parts))


def negation(part: Bounded) -> Among:
    """Return what `not` of a truth can be."""
    true, false, unsure = can(part)
    return truths(false, true, unsure)


def compared(op: str, a: Bounded, b: Bounded) -> Among:
    """Return what a comparison can be."""
    unsure = a.unsure or b.unsure
    if not isinstance(a, Among | Between) or not isinstance(b, Among | Between):
        return truths(True, True, unsure)
    if isinstance(a, Among) and isinstance(b, Among):
        value = ORDERS[op].value
        return Among(frozenset(bool(value(x, y)) for x in a.values for y in b.values), unsure)
    x, y = ends(a), ends(b)
    if x is None or y is None:
        return NEVER
    less = x[0] is None or y[2] is None or x[0] < y[2]
    more = x[2] is None or y[0] is None or x[2] > y[0]
    equal = not (_below(x, y) or _below(y, x))
    orders = {"<": less, "==": equal, ">": more, "<=": less or equal, ">=": more or equal, "!=": less or more}
    return truths(orders[op], orders[ORDERS[op].denied], unsure)


def _below(x: Ends, y: Ends) -> bool:
    """Return whether all of one is below all of the other."""
    if x[2] is None or y[0] is None:
        return False
    return bool(x[2] < y[0] or (x[2] == y[0] and (x[3] or y[1])))


def held(item: Bounded, container: Bounded) -> Among:
    """Return whether an item can be in a list of choices or texts."""
    unsure = item.unsure or container.unsure
    if isinstance(container, Among) and not any(container.values):
        return truths(False, bool(container.values), unsure)
    if isinstance(container, Members) and isinstance(item, Among):
        may, must = container.may, container.must
        return truths(any(v in may for v in item.values), any(v not in must for v in item.values), unsure)
    if isinstance(container, Among) and isinstance(item, Among):
        return Among(frozenset(v in c for v in item.values for c in container.values), unsure)
    return truths(True, True, unsure)


def operated(op: str, a: Bounded, b: Bounded) -> Bounded:
    """Return what a sum, difference, product or quotient can be."""
    unsure = a.unsure or b.unsure
    if isinstance(a, Among) and isinstance(b, Among) and len(a.values) * len(b.values) <= MOST_VALUES:
        pairs = [(x, y) for x in a.values for y in b.values if op != "/" or y != 0]
        value = SIGNS[op].value
        return Among(frozenset(value(x, y) for x, y in pairs), unsure or (op == "/" and 0 in b.values))
    x, y = ends(a), ends(b)
    if x is None or y is None:
        return NEVER
    whole = op != "/" and is_whole(a) and is_whole(b)
    if op == "-":
        y = _opposite(y)
    if op in "+-":
        low = None if x[0] is None or y[0] is None else x[0] + y[0]
        high = None if x[2] is None or y[2] is None else x[2] + y[2]
        return between(low, high, x[1] or y[1], x[3] or y[3], whole, unsure)
    if op == "/":
        unsure = unsure or _touches_zero(y)
        inverse = _inverse(y)
        if inverse is None:
            return Between(unsure=unsure)
        y = inverse
    return _multiplied(x, y, whole, unsure)


def _opposite(x: Ends) -> Ends:
    return None if x[2] is None else -x[2], x[3], None if x[0] is None else -x[0], x[1]


def _touches_zero(x: Ends) -> bool:
    above = x[0] is not None and (x[0] > 0 or (x[0] == 0 and x[1]))
    below = x[2] is not None and (x[2] < 0 or (x[2] == 0 and x[3]))
    return not (above or below)


def _inverse(x: Ends) -> Ends | None:
    """Return one over a number other than zero that lies on one side of it; None where it may lie on both."""
    low, low_open, high, high_open = x
    if (low is None or low < 0) and (high is None or high > 0):
        return None
    least = (ZERO, True) if high is None else (None, False) if high == 0 else (1 / high, high_open)
    most = (ZERO, True) if low is None else (None, False) if low == 0 else (1 / low, low_open)
    return (*least, *most)


def _multiplied(x: Ends, y: Ends, whole: bool, unsure: bool) -> Bounded:
    """Return the hull of the products of the ends; of zero with no end it is zero, as near as one likes."""
    sides = [[(-INFINITE if e[0] is None else e[0], e[1] or e[0] is None), (INFINITE if e[2] is None else e[2], e[3] or e[2] is None)]
             for e in (x, y)]  # fmt: skip
    found: list[End] = []
    for (p, p_open), (q, q_open) in product(*sides):
        if p == 0 or q == 0:
            found.append((ZERO, not ((p == 0 and not p_open) or (q == 0 and not q_open))))
        elif isinstance(p, float) or isinstance(q, float):
            found.append((INFINITE if (p > 0) == (q > 0) else -INFINITE, True))
        else:
            found.append((p * q, p_open or q_open))
    low, low_open = _lowest(found)
    high, high_open = highest(found)
    return between(finite(low), finite(high), low_open, high_open, whole, unsure)


def finite(end: Any) -> Any:
    """Return an end, None where it is infinite."""
    return None if isinstance(end, float) else end


def extreme(largest: bool, certain: Sequence[Ends], possible: Sequence[Ends], whole: bool, unsure: bool) -> Bounded:
    """Return what the largest (or smallest) can be of numbers or days of which some are there and others may be."""
    every = [*certain, *possible]
    if not every:
        return Among(frozenset(), unsure)
    lows, highs = [(e[0], e[1]) for e in every], [(e[2], e[3]) for e in every]
    if largest:
        near = _reached(max, [(e[0], e[1]) for e in certain]) if certain else _lowest(lows)
        return between(*near_first(near, highest(highs)), whole, unsure)
    near = _reached(min, [(e[2], e[3]) for e in certain]) if certain else highest(highs)
    return between(*near_first(_lowest(lows), near), whole, unsure)


def near_first(low: End, high: End) -> Ends:
    """Return two ends in the order in which a range takes them."""
    return low[0], high[0], low[1], high[1]


def _reached(pick: Callable[..., Any], found: Sequence[End]) -> End:
    """Return the end that the extreme of things that are there surely reaches: the best of theirs."""
    finite = [(v, is_open) for v, is_open in found if v is not None]
    best = pick((v for v, _ in finite), default=None)
    return best, best is not None and any(is_open for v, is_open in finite if v == best)
