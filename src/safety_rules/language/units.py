"""Units of measure: a dimension, and an exact scale to that dimension's base unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from safety_rules.language.diagnostic import Span

Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit such as 万元/亩; two units are equal when dimension and scale are, whatever they are called."""

    symbol: str = field(compare=False)
    dimension: Dimension
    scale: Fraction

    def over(self, other: Unit) -> Unit:
        """Return this unit divided by another."""
        return _compound(self, other, -1)

    def times(self, other: Unit) -> Unit:
        """Return this unit multiplied by another."""
        return _compound(self, other, 1)

    def converts_to(self, other: Unit) -> bool:
        """Return whether both measure the same dimension."""
        return self.dimension == other.dimension

    def factor_to(self, other: Unit) -> Fraction:
        """Return what to multiply a number in this unit by, to have it in the other."""
        return self.scale / other.scale


ONE = Unit("", (), Fraction(1))
DAY = Unit("天", (("day", 1),), Fraction(1))
MONTH = Unit("个月", (("month", 1),), Fraction(1))
YEAR = Unit("年", (("month", 1),), Fraction(12))
CLOCK = Unit("时刻", (("time of day", 1),), Fraction(1))
"""The unit of times of day, whole seconds from midnight: they are written as 22:00, compared, and never added."""


def _compound(left: Unit, right: Unit, sign: int) -> Unit:
    powers = dict(left.dimension)
    for name, power in right.dimension:
        powers[name] = powers.get(name, 0) + sign * power
    dimension = tuple(sorted((n, p) for n, p in powers.items() if p))
    scale = left.scale * right.scale if sign > 0 else left.scale / right.scale
    return Unit(_symbol(left.symbol, right.symbol, sign, dimension, scale), dimension, scale)


def _symbol(left: str, right: str, sign: int, dimension: Dimension, scale: Fraction) -> str:
    """Return `a·b/c/d`, read from left to right, without what cancels out."""
    if not dimension and scale == 1:
        return ""
    tops, unders = _parts(left)
    more, less = _parts(right)
    tops, unders = (tops + more, unders + less) if sign > 0 else (tops + less, unders + more)
    for part in list(tops):
        if part in unders:
            tops.remove(part)
            unders.remove(part)
    return ("·".join(tops) or ("1" if unders else "")) + "".join(f"/{u}" for u in unders)


def _parts(symbol: str) -> tuple[list[str], list[str]]:
    first, *unders = symbol.split("/")
    return [part for part in first.split("·") if part not in ("", "1")], unders


def _factors(text: str) -> list[tuple[int, str]]:
    """Return the parts of `a·b/c`, each with 1 or, after a stroke, -1."""
    return [
        (-1 if i and not j else 1, part.strip())
        for i, group in enumerate(text.split("/"))
        for j, part in enumerate(group.split("·"))
    ]


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Every unit by symbol and by alias, and where each of these is written."""

    units: Mapping[str, Unit]
    places: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str) -> Unit | None:
        """Return the unit written as `万元`, `万元/亩`, `t·天` or with aliases; None if there is no such unit."""
        text = text.strip()
        if not text:
            return ONE
        if text in self.units:
            return self.units[text]
        result = ONE
        for sign, part in _factors(text):
            unit = ONE if part == "1" else self.units.get(part)
            if unit is None:
                return None
            result = result.times(unit) if sign > 0 else result.over(unit)
        return result
