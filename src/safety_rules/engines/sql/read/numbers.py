"""Numbers in a column as admission would take them; NaN, numbers out of bounds and ones DOUBLE cannot tell are named."""

from __future__ import annotations

from fractions import Fraction

from safety_rules.engines.sql.dialect import Dialect, double, exact_double
from safety_rules.engines.sql.exactness.doubles import HUGE, TINY, short
from safety_rules.engines.sql.read.cell_types import Cell, absent_text
from safety_rules.engines.sql.read.types import Plain, Reads, Use
from safety_rules.language.kinds import Number
from safety_rules.language.vocabulary import Bounds, Fact

PLAIN_NUMBER = r"\A[+-]?[0-9]+([.][0-9]+)?\z"
DEFAULT_PLACES = 4
MOST_PLACES = 6


def _edge(number: Fraction, above: bool, whole: bool = False) -> str:
    """Return a literal at a bound, or just beyond it where no float is exactly the bound; `whole`: an integer if it is one."""
    if whole and number.denominator == 1 and abs(number) < 10**15:
        return str(number.numerator)
    if short(number) or exact_double(number):
        return double(float(number))
    slack = abs(number) / 2**50
    return double(float(number + slack if above else number - slack))


def number_cell(fact: Fact, use: Use, sql: str, name: str, scale: int, reads: Reads, d: Dialect) -> Cell:
    """Return the cell of a number in a column of the type `name`."""
    assert isinstance(fact.kind, Number)
    places = min(MOST_PLACES, _places(fact, name, scale))
    raw, odd = sql, None
    if name == "text":
        plain = f"(length({sql}) <= 16 AND {d.matches(sql, PLAIN_NUMBER)})"
        raw = f"(CASE WHEN {plain} THEN {d.try_cast(sql, 'double')} END)"
        odd = f"(NOT {plain} AND NOT {absent_text(fact, sql, d)})"
    elif name != "double":
        raw = d.cast(sql, "double")
    together = use.clean and use.column != "" and name == "double"
    compared, checked = sql if name == "integer" else raw, "integer" if together and not fact.kind.whole else name
    told = use.known and use.clean
    # Where numbers are expected to be within all bounds, those within the hard ones alone are odd as well.
    outside = None if told else _outside(fact, fact.unasked if use.clean else fact.bounds, use, compared, checked, d)
    factor = use.unit.factor_to(fact.kind.unit) if use.unit is not None else Fraction(1)
    doubtful = _doubtful_size(fact, use, raw, name, odd, "" in reads.divisors)
    asked = None if use.clean or fact.plausible is None else _outside(fact, fact.plausible.bounds, use, raw, "", d)
    if asked is not None:
        doubtful = f"({doubtful} OR {asked})" if doubtful else f"({asked})"
    if use.clean:
        odds = [c for c in (outside and f"({outside})", doubtful) if c]
        odd = f"({' OR '.join(odds)})" if odds else None
        return Cell(raw, odd, None, places, factor, finite=raw if together else None)
    if outside is None:
        return Cell(raw, doubtful, None, places, factor)
    value = f"(CASE WHEN {outside} THEN NULL ELSE {raw} END)"
    return Cell(value, doubtful, f"({outside})", places, factor)


def default_places(fact: Fact) -> int:
    """Return how many decimals a fact's numbers are expected to have, whatever the column."""
    return _places(fact, "double", 0)


def _places(fact: Fact, name: str, scale: int) -> int:
    assert isinstance(fact.kind, Number)
    if name == "integer" or fact.kind.whole:
        return 0
    if name == "decimal":
        return scale
    places, step = 0, fact.step
    while step is not None and step.denominator != 1 and places < MOST_PLACES:
        step, places = step * 10, places + 1
    return places if fact.step is not None else DEFAULT_PLACES


def _outside(fact: Fact, bounds: Bounds, use: Use, raw: str, name: str, d: Dialect) -> str | None:
    """Return the condition that a number is no value of the fact: NaN, infinite, out of bounds, not whole."""
    assert isinstance(fact.kind, Number)
    factor = use.unit.factor_to(fact.kind.unit) if use.unit is not None else Fraction(1)
    found = []
    whole = isinstance(use.type, Plain) and use.type.name == "integer"
    if name == "double":
        found.append(d.unbounded(raw))
    if bounds.minimum is not None:
        found.append(f"{raw} < {_edge(bounds.minimum / factor, False, whole)}")
    if bounds.above is not None:
        found.append(f"{raw} <= {_edge(bounds.above / factor, False, whole)}")
    if bounds.maximum is not None:
        found.append(f"{raw} > {_edge(bounds.maximum / factor, True, whole)}")
    if fact.kind.whole and name != "integer" and factor == 1:
        found.append(f"{raw} <> round({raw})")
    return " OR ".join(found) or None


def _doubtful_size(fact: Fact, use: Use, raw: str, name: str, odd: str | None, divides: bool) -> str | None:
    """Return the condition that a number is beyond what DOUBLE holds for it alone, or too near a converted bound."""
    assert isinstance(fact.kind, Number)
    factor = use.unit.factor_to(fact.kind.unit) if use.unit is not None else Fraction(1)
    parts = [odd] if odd else []
    bounds, asked = fact.bounds, fact.plausible.bounds if fact.plausible is not None else Bounds()
    for bound in (bounds.minimum, bounds.above, bounds.maximum, asked.minimum, asked.maximum):
        if bound is not None and factor != 1 and bound != 0:
            edge = bound / factor
            slack = abs(edge) / 2**48
            parts.append(f"({raw} BETWEEN {double(float(edge - slack))} AND {double(float(edge + slack))})")
    if fact.kind.whole and factor != 1:
        parts.append(f"({raw} IS NOT NULL)")
    largest = float(bounds.maximum / factor) if bounds.maximum is not None else None
    if name in ("integer", "text"):
        if largest is None or largest > 1e15 or (bounds.minimum is None and bounds.above is None):
            parts.append(f"(abs({raw}) > 1E15)")
    elif name == "double":
        if largest is None or largest > HUGE:
            parts.append(f"(abs({raw}) > {double(HUGE)})")
        if divides and not fact.kind.whole:
            signed = bounds.minimum is None and bounds.above is None
            size = f"abs({raw})" if signed else raw
            parts.append(f"({size} < {double(TINY)} AND {size} > 0E0)")
    elif isinstance(use.type, Plain) and use.type.precision > 15:
        parts.append(f"(abs({raw}) > {double(10.0 ** max(0, 15 - use.type.scale))})")
    return f"({' OR '.join(parts)})" if parts else None
