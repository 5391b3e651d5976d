"""Bands of a number, checked for gaps and overlaps, as a chain of `if`s."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

from safety_rules.language.expr import Compare, Expr, If, Literal, kind_of
from safety_rules.language.kinds import Number
from safety_rules.language.operators import Comparison
from safety_rules.language.vocabulary import Fact
from safety_rules.loading.context import Context, read
from safety_rules.loading.models_rules import BandFile, BandsFile
from safety_rules.loading.tree import Scalar
from safety_rules.semantics.checking.check import condition
from safety_rules.semantics.checking.kinds_and_units import written_number
from safety_rules.semantics.checking.scope import Scope


@dataclass(frozen=True, slots=True)
class _Band:
    low: Fraction | None
    low_closed: bool
    high: Fraction | None
    high_closed: bool
    gives: Expr
    file: BandFile

    def start(self) -> tuple[bool, Fraction, bool]:
        return (self.low is not None, self.low or Fraction(0), not self.low_closed)


def bands(file: BandsFile, fact: Fact, c: Context, scope: Scope) -> Expr | None:
    """Return the bands as one expression; a gap or an overlap between them is an error."""
    of = read(file.of, c, None, scope)
    if of is None:
        return None
    kind = kind_of(of)
    if not isinstance(kind, Number):
        c.report.error("kind.band", file.of)
        return None
    made = [_band(b, kind, fact, c, scope) for b in file.bands]
    if any(b is None for b in made):
        return None
    ordered = sorted((b for b in made if b is not None), key=_Band.start)
    _check(ordered, c)
    result: Expr = ordered[-1].gives
    for band in reversed(ordered[:-1]):
        assert band.high is not None or c.report.failed
        op: Comparison = "<=" if band.high_closed else "<"
        edge = Literal(band.high or Fraction(0), Number(kind.unit, True))
        result = If(Compare(op, of, edge), band.gives, result)
    return result


def _band(file: BandFile, kind: Number, fact: Fact, c: Context, scope: Scope) -> _Band | None:
    if (file.above is not None and file.at_least is not None) or (file.below is not None and file.at_most is not None):
        c.report.error("band.ends", file.gives)
        return None
    low, high = _edge(file.above or file.at_least, kind, c, scope), _edge(file.below or file.at_most, kind, c, scope)
    written = _quoted(file.gives, fact)
    quote = int(written != file.gives)
    at = file.gives
    gives, wrong = condition(written, scope, lambda a, b: at.span(max(a - quote, 0), b - quote), fact.kind)
    c.report.diagnostics.extend(wrong)
    if gives is None:
        return None
    return _Band(low, file.at_least is not None, high, file.at_most is not None, gives, file)


def _quoted(scalar: Scalar, fact: Fact) -> str:
    return repr(str(scalar)) if type(fact.kind).__name__ in ("Choice", "Text") else str(scalar)


def _edge(scalar: Scalar | None, kind: Number, c: Context, scope: Scope) -> Fraction | None:
    if scalar is None:
        return None
    text = f"{scalar}[{kind.unit.symbol}]" if kind.unit.symbol and "[" not in scalar else str(scalar)
    expr, wrong = condition(text, scope, scalar.span, kind)
    c.report.diagnostics.extend(wrong)
    number = None if expr is None else written_number(expr)
    if expr is not None and number is None:
        c.report.error("band.number", scalar)
    return number


def _check(ordered: list[_Band], c: Context) -> None:
    first, last = ordered[0], ordered[-1]
    if first.low is not None:
        c.report.error("band-gap.below", first.file.gives, low=first.low)
    if last.high is not None:
        c.report.error("band-gap.above", last.file.gives, high=last.high)
    for lower, upper in itertools.pairwise(ordered):
        if lower.high is None or upper.low is None or lower.high > upper.low:
            c.report.error("band-overlap.bands", upper.file.gives)
        elif lower.high < upper.low:
            c.report.error("band-gap.between", upper.file.gives, low=lower.high, high=upper.low)
        elif lower.high_closed and upper.low_closed:
            c.report.error("band-overlap.at", upper.file.gives, edge=lower.high)
        elif not lower.high_closed and not upper.low_closed:
            c.report.error("band-gap.at", upper.file.gives, edge=lower.high)
