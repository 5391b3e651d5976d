"""Two facts whose ratio is not plausible, or that contradict: rows that go back, where admission says what is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from safety_rules.engines.sql.dialect import double
from safety_rules.engines.sql.lower.writer import Writer
from safety_rules.engines.sql.read.types import Use
from safety_rules.language.vocabulary import Contradiction, Ratio
from safety_rules.semantics.decide import AreaOn, contradictions_of, ratios_of

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


def asked_pairs(law: AreaOn, uses: Mapping[str, Use], used: Collection[str]) -> list[Contradiction]:
    """Return what cannot both be right and has a column each, and one of which the law reads."""
    return [
        c
        for c in contradictions_of(law)
        if c.text in uses and c.choice in uses and not {c.text, c.choice}.isdisjoint(used)
    ]


def contradicted(pair: Contradiction, w: Writer) -> str:
    """Return the condition that two facts contradict each other."""
    text, option = w.keep(w.cells[pair.text].value), w.keep(w.cells[pair.choice].value)

    d = w.dialect

    def begins(starts: tuple[str, ...]) -> str:
        return " OR ".join(d.asked["starts_with"](text, d.text(s)) for s in starts) or "FALSE"

    inside = d.one_of(option, sorted(pair.options))
    return f"coalesce({inside} AND ({begins(pair.starts)}) AND NOT ({begins(pair.unless)}), FALSE)"
