"""Values worth trying for a missing fact: for every way in which it can matter, one value that does."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice, product
from typing import Any

from safety_rules.language.expr import Call, Expr, In, Listed, Literal, Lookup, ParameterRef, kind_of, walk
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text, Value
from safety_rules.language.law import edition_on
from safety_rules.language.operators import shifted
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause, Rule
from safety_rules.language.units import DAY, MONTH
from safety_rules.language.vocabulary import Fact, fact_key
from safety_rules.semantics.admission.formats import EXAMPLES, well_formed
from safety_rules.semantics.counsel.breakpoints import TooComplex, neighbours
from safety_rules.semantics.counsel.gap import step_of
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.shared import Answers

MOST_ITEMS = 200


def candidates(
    on: AreaOn, record: Record, rules: Sequence[Rule], path: str, known: Answers | None = None
) -> Iterator[Value]:
    """Yield the values to try for the fact at a path, given what the record already holds.

    Of a number these are the bounds and the constants of the rules, then the points where a rule's truth can change.
    `known` keeps what the law alone tells.
    """
    fact = on.rulebook.vocabulary.facts[fact_key(path)]
    written = partial(_written, on, fact, rules)
    key = ("worth trying", fact.key, *(rule.key for rule in rules))
    found = written() if known is None else known.answer(key, written)
    yield from found
    if isinstance(fact.kind, Number):
        yield from (v for v in turns(on, record, rules, path) if v not in found)


def _written(on: AreaOn, fact: Fact, rules: Sequence[Rule]) -> tuple[Value, ...]:
    """Return the values to try for a fact whatever a record holds."""
    texts = _conditions(on, rules)
    if isinstance(fact.kind, Number):
        return tuple(v for v in dict.fromkeys(_anchors(on, fact, step_of(fact), texts)) if _admitted(fact, v))
    return tuple(_lists(on, fact, texts) if isinstance(fact.kind, Records) else _plain(on, fact, texts))


def typical(on: AreaOn, fact: Fact) -> list[Value]:
    """Return values of a fact at and beside everything that the area's rules compare it with; plausible ones."""
    texts = _conditions(on, on.rules)
    if isinstance(fact.kind, Number):
        taken = replace(fact, bounds=fact.unasked)
        return [v for v in dict.fromkeys(_anchors(on, taken, step_of(fact), texts)) if _admitted(taken, v)]
    return _lists(on, fact, texts) if isinstance(fact.kind, Records) else list(_plain(on, fact, texts))


def in_order(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules by name: what a search comes to before its budget is spent must not depend on how they are arranged."""
    return sorted(rules, key=lambda r: r.key)


def by_name(clauses: Iterable[Clause]) -> list[Clause]:
    """Return clauses by name, for the same reason."""
    return sorted(clauses, key=lambda c: c.key)


def _clauses(rules: Sequence[Rule]) -> list[Clause]:
    return [c for rule in in_order(rules) for c in (*by_name(rule.applies_when), *by_name(rule.requires))]


def _conditions(on: AreaOn, rules: Sequence[Rule]) -> list[Expr]:
    return [c.that for c in _clauses(rules)] + [d.formula for d in on.derivations.values()]


def turns(on: AreaOn, record: Record, rules: Sequence[Rule], path: str) -> list[Fraction]:
    """Return the numbers at and beside which the truth of a rule's clause changes, given the rest of a record."""
    fact = on.rulebook.vocabulary.facts[fact_key(path)]
    env, found = on.environment(record.with_value(path, Fraction(1))), dict[Fraction, None]()
    for clause in _clauses(rules):
        try:
            found.update(dict.fromkeys(neighbours(clause.that, env, path, step_of(fact))))
        except TooComplex:
            continue
    return [v for v in found if _admitted(fact, v)]


def _admitted(fact: Fact, value: Fraction) -> bool:
    assert isinstance(fact.kind, Number)
    return fact.bounds.admits(value) and (not fact.kind.whole or value.denominator == 1)


def _anchors(on: AreaOn, fact: Fact, step: Fraction, texts: list[Expr]) -> Iterable[Fraction]:
    bounds = fact.bounds
    low = bounds.minimum if bounds.minimum is not None else bounds.above
    yield Fraction(1)
    if low is not None:
        yield from (low, low + step)
    if bounds.maximum is not None:
        yield bounds.maximum
    yield Fraction(0)
    for constant in _constants(on, texts, Number):
        yield from (constant, constant - step, constant + step)
    yield Fraction(10) ** 9


def _constants(on: AreaOn, texts: list[Expr], kind: type) -> Iterable[Any]:
    """Return the literals and parameter values of a kind in the conditions."""
    for text in texts:
        for node in walk(text):
            if isinstance(node, Literal) and isinstance(node.kind, kind):
                yield node.value
            elif isinstance(node, ParameterRef) and isinstance(node.kind, kind):
                yield from (e.value for e in on.rulebook.parameters[node.key].entries)


def _plain(on: AreaOn, fact: Fact, texts: list[Expr]) -> Iterable[Value]:
    match fact.kind:
        case Boolean():
            return (True, False)
        case Choice(choices):
            return [o.key for o in choices.options]
        case Choices(choices):
            keys = tuple(o.key for o in choices.options)
            return [(), *((k,) for k in keys), keys]
        case Date():
            return _days(on, texts)
        case Text():
            spelled = dict.fromkeys([*EXAMPLES.get(fact.format, ("·",)), *_texts(on, texts), *_spellings(on, texts)])
            return [s for s in spelled if well_formed(s, fact.format)]
        case _:
            raise TypeError(fact.kind)


LONGEST_TRIED = 100


def _texts(on: AreaOn, texts: list[Expr]) -> Iterable[str]:
    """Return the texts in conditions, examples of the formats that they name, and texts as long as their numbers."""
    for text in texts:
        for node in walk(text):
            if isinstance(node, Call) and node.function == "matches" and isinstance(node.arguments[1], Literal):
                yield from on.rulebook.vocabulary.format_of(str(node.arguments[1].value)).like[:1]
            elif isinstance(node, Call) and node.function == "length":
                lengths = [int(n) for n in _constants(on, texts, Number) if 0 < n < LONGEST_TRIED]
                yield from ("·" * (n + more) for n in lengths for more in (0, 1))
            elif isinstance(node, Literal) and isinstance(node.kind, Text):
                yield str(node.value)
            elif isinstance(node, In) and isinstance(kind_of(node.item), Text) and isinstance(node.container, Literal):
                yield from (str(v) for v in node.container.value)  # type: ignore[union-attr]


def _spellings(on: AreaOn, texts: list[Expr]) -> Iterable[str]:
    """Return how the rows of the tables in conditions are spelled, one spelling and one qualifier a row."""
    for table in dict.fromkeys(n.table for text in texts for n in walk(text) if isinstance(n, Listed | Lookup)):
        edition = edition_on(on.rulebook.tables[table], on.as_of)
        for row in edition.rows if edition is not None else ():
            yield from (*row.spellings[:1], *([row.qualifier] if row.qualifier else []))


def _days(on: AreaOn, texts: list[Expr]) -> Iterable[datetime.date]:
    """Return the day of the verdict and the days of the rules, each also moved by every period in them."""
    periods = list(_periods(on, texts))
    tried: dict[datetime.date, None] = {}
    for day in (on.as_of, *_constants(on, texts, Date)):
        moved = [day, *(shifted(day, p, months, back) for p, months in periods for back in (True, False))]
        for centre in moved:
            for days in (0, -1, 1):
                tried.setdefault(shifted(centre, Fraction(abs(days)), False, days < 0))
    return [*tried, *_told_apart(on, texts), datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)]


def _told_apart(on: AreaOn, texts: list[Expr]) -> Iterable[datetime.date]:
    """Return days of every month and weekday, and of the years that conditions name, where they look at any of these."""
    called = {n.function for text in texts for n in walk(text) if isinstance(n, Call)}
    if "weekday" in called:
        yield from (shifted(on.as_of, Fraction(n), False, False) for n in range(1, 7))
    if called & {"year", "month"}:
        named = (int(n) for n in _constants(on, texts, Number) if 1 <= n <= datetime.MAXYEAR)
        years = dict.fromkeys((on.as_of.year, *(n for n in named if "year" in called)))
        yield from (
            datetime.date(year, month, 1) for year in years for month in (range(1, 13) if "month" in called else (1,))
        )


def _periods(on: AreaOn, texts: list[Expr]) -> Iterable[tuple[Fraction, bool]]:
    """Return the periods in conditions, and whether each counts months (else days)."""
    for node in (n for text in texts for n in walk(text) if isinstance(n, Literal | ParameterRef)):
        kind = node.kind
        if not isinstance(kind, Number) or kind.unit.dimension not in (DAY.dimension, MONTH.dimension):
            continue
        values = (
            [node.value] if isinstance(node, Literal) else [e.value for e in on.rulebook.parameters[node.key].entries]
        )
        yield from ((v, kind.unit.dimension == MONTH.dimension) for v in values if isinstance(v, Fraction))


def _lists(on: AreaOn, fact: Fact, texts: list[Expr]) -> list[Value]:
    """Return the empty list, and lists of one record made of the fields' own candidates."""
    fields = [f for f in on.rulebook.vocabulary.fields(fact.key) if f.key not in on.derivations]
    options: list[list[tuple[str, Value]]] = []
    for inner in fields:
        if isinstance(inner.kind, Number):
            values: Iterable[Value] = [v for v in _anchors(on, inner, step_of(inner), texts) if _admitted(inner, v)]
        elif isinstance(inner.kind, Records):
            values = [()]
        else:
            values = _plain(on, inner, texts)
        options.append([(inner.field, v) for v in islice(dict.fromkeys(values), 4)])
    return [(), *((dict(fields_),) for fields_ in islice(product(*options), MOST_ITEMS))]
