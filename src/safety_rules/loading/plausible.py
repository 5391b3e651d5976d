"""What is plausible of facts: bounds, ratios, and what cannot both be right; from the vocabulary's files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from safety_rules.language.kinds import Choice, Kind, Number, Text
from safety_rules.language.source import Standing
from safety_rules.language.units import Unit, UnitTable
from safety_rules.language.vocabulary import Bounds, Contradiction, Fact, Plausible, Ratio
from safety_rules.loading.models_facts import ContradictionFile, FieldFile, PlausibleFile, RatioFile
from safety_rules.loading.report import Report
from safety_rules.loading.scalars import key, name, number, standing
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion


def plausible(file: FieldFile, kind: Kind, bounds: Bounds, units: UnitTable, report: Report) -> Plausible | None:
    """Return the plausible bounds of a fact; they belong to a number, and lie within its hard ones."""
    found = file.plausible
    if found is None:
        return None
    if not isinstance(kind, Number):
        report.error("bounds.no-number", file.kind)
        return None
    factor = _factor(found.unit, kind.unit, units, report)
    own = Bounds(_times(found.minimum, factor, report), None, _times(found.maximum, factor, report))
    for scalar, bound in ((found.minimum, own.minimum), (found.maximum, own.maximum)):
        if scalar is not None and bound is not None and not bounds.admits(bound):
            report.error("bounds.plausible", scalar)
    return _made(found, own, report)


def ratio(
    ratio_key: Scalar, file: RatioFile, facts: Mapping[str, Fact], units: UnitTable, report: Report
) -> Ratio | None:
    """Return a plausible ratio of two numbers of a record, the second of which is never below zero."""
    label, found = name(file, report), list[Fact]()
    for scalar in (file.of, file.per):
        fact = facts.get(str(scalar))
        if fact is None:
            report.error("unknown-name.vocabulary", scalar, suggestion(scalar, facts))
        elif not isinstance(fact.kind, Number) or fact.key.rpartition(".")[0] in facts:
            report.error("bounds.no-number", scalar)
        else:
            found.append(fact)
    if len(found) < 2:
        return None
    of, per = found
    low = per.bounds.minimum if per.bounds.above is None else per.bounds.above
    if low is None or low < 0:
        report.error("bounds.divisor", file.per, fact=per.name)
    factor = _factor(file.unit, _unit(of).over(_unit(per)), units, report)
    own = Bounds(_times(file.minimum, factor, report), None, _times(file.maximum, factor, report))
    made = _made(file, own, report)
    return None if made is None else Ratio(key(ratio_key, report), label, of.key, per.key, made, ratio_key.at)


def contradiction(
    own: Scalar, file: ContradictionFile, facts: Mapping[str, Fact], report: Report
) -> Contradiction | None:
    """Return two facts of a record that cannot both be right."""
    label, kinds = name(file, report), list[Kind]()
    for scalar in (file.text.fact, file.choice.fact):
        fact = facts.get(str(scalar))
        if fact is None:
            report.error("unknown-name.vocabulary", scalar, suggestion(scalar, facts))
        elif fact.key.rpartition(".")[0] in facts or not isinstance(fact.kind, (Text, Choice)[len(kinds)]):
            report.error("bounds.no-pair", scalar)
        else:
            kinds.append(fact.kind)
    if len(kinds) < 2 or not isinstance(kinds[1], Choice):
        return None
    known = {n: o.key for o in kinds[1].choices.options for n in (o.key, o.name.zh)}
    for option in file.choice.one_of:
        if str(option) not in known:
            listed = kinds[1].choices.name
            report.error("unknown-choice", option, suggestion(option, known), text=str(option), list=listed)
    starts, unless = (tuple(map(str, of)) for of in (file.text.starts_with, file.text.unless))
    options = frozenset(known[str(o)] for o in file.choice.one_of if str(o) in known)
    facts_named = (str(file.text.fact), starts, unless, str(file.choice.fact), options)
    return Contradiction(key(own, report), label, *facts_named, name(file.why, report), own.at)


def _made(file: PlausibleFile, own: Bounds, report: Report) -> Plausible | None:
    if (own.minimum is None and own.maximum is None) or (own.maximum is not None and not own.admits(own.maximum)):
        report.error("bounds", file.maximum or file.minimum or file.why.zh, name="plausible")
        return None
    return Plausible(own, name(file.why, report), standing(file.standing, Standing.assumed, report))


def _unit(fact: Fact) -> Unit:
    assert isinstance(fact.kind, Number)
    return fact.kind.unit


def _factor(scalar: Scalar | None, own: Unit, units: UnitTable, report: Report) -> Fraction:
    """Return what a number in the unit of a file is in the fact's own, times which."""
    if scalar is None:
        return Fraction(1)
    found = units.find(str(scalar))
    if found is None:
        report.error("unknown-unit.file", scalar, suggestion(scalar, units.units))
        return Fraction(1)
    if not found.converts_to(own):
        report.error("wrong-unit", scalar, data=scalar, wanted=own.symbol)
        return Fraction(1)
    return found.factor_to(own)


def _times(scalar: Scalar | None, factor: Fraction, report: Report) -> Fraction | None:
    found = number(scalar, report)
    return None if found is None else found * factor
