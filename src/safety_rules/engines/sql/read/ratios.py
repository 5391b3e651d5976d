"""Ratios of two facts that are not plausible: rows that go back, where admission says which numbers are asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from safety_rules.engines.sql.dialect import double
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.types import Use
from safety_rules.language.vocabulary import Ratio
from safety_rules.semantics.decide import AreaOn, ratios_of

SLACK = Fraction(1, 2**44)


def asked_ratios(law: AreaOn, uses: Mapping[str, Use], used: Collection[str]) -> list[Ratio]:
    """Return the ratios whose numbers both have a column, and one of which the law reads."""
    return [r for r in ratios_of(law) if r.of in uses and r.per in uses and not {r.of, r.per}.isdisjoint(used)]


def odd_ratio(ratio: Ratio, w: Writer) -> str:
    """Return the condition that a ratio is not plausible, or too close to its bound for DOUBLE."""
    of, per = w.cells[ratio.of], w.cells[ratio.per]
    top, bottom = w.keep(of.value), w.keep(per.value)
    bounds, found = ratio.plausible.bounds, []
    for bound, sign, slack in ((bounds.maximum, ">", -SLACK), (bounds.minimum, "<", SLACK)):
        if bound is not None:
            factor = bound * per.factor / of.factor * (1 + slack)
            found.append(f"{top} {sign} {bottom} * {double(float(factor))}")
    return f"({' OR '.join(found)})"
