"""Changes rules one at a time, each as small as a slip of the pen."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from safety_rules.language.chain import ChainRule, Pattern
from safety_rules.language.diagnostic import Span
from safety_rules.language.expr import (
    And,
    Compare,
    Expr,
    FactRef,
    In,
    Literal,
    Not,
    Or,
    Scale,
    kind_of,
)  # fmt: skip
from safety_rules.language.kinds import Date, Name, Number
from safety_rules.language.law import Entry, Parameter
from safety_rules.language.operators import ORDERS
from safety_rules.language.rule import Clause, Derivation, Obligation, Rule
from safety_rules.language.rulebook import AcrossRows, Area, Rulebook
from safety_rules.language.source import Period
from safety_rules.language.table import Edition, Table
from safety_rules.semantics.counsel.gap import DEFAULT_STEP
from safety_rules.semantics.rebuild import rebuilt
from safety_rules.services.case_words import outcome_word
from safety_rules.services.read_by import chain_figures, readers
from safety_rules.words.catalog import both

DAY = datetime.timedelta(days=1)
SLIPS = tuple(both(f"mutant.{slip}") for slip in ("starts_later", "starts_earlier", "ends_earlier", "ends_later"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: what was changed, in words, the rulebook that it makes, and whether a day was moved alone."""

    area: str
    of: str
    what: Name
    at: Span | None
    rulebook: Rulebook
    of_a_day: bool = False

    def text(self) -> str:
        """Return it in one line."""
        return f"{self.at.place if self.at is not None else self.area}: {self.of}: {self.what.en}"


def mutants(rulebook: Rulebook, area: str | None = None) -> Iterator[Mutant]:
    """Yield the mutants of an area's rules, derivations and obligations; of all areas, figures and editions by default.

    With an empty `area`, those of the figures and of the days of tables' editions alone.
    """
    for found in rulebook.areas.values():
        if area is None or found.key == area:
            yield from _of_area(rulebook, found)
    for i, rule in enumerate(rulebook.chains):
        for what, at, changed in _of_chain(rule) if area in (None, rule.area) else ():
            chains = (*rulebook.chains[:i], changed, *rulebook.chains[i + 1 :])
            yield Mutant(rule.area, rule.key, what, at, replace(rulebook, chains=chains), what in SLIPS)
    for parameter in rulebook.parameters.values():
        if not area:
            yield from _of_parameter(rulebook, parameter)
    for table in rulebook.tables.values():
        if not area:
            yield from _of_editions(rulebook, table)


def _of_area(book: Rulebook, area: Area) -> Iterator[Mutant]:
    drawn: set[object] = set()
    for part in ("rules", "derivations", "obligations", "across_rows"):
        things = getattr(area, part)
        for i, thing in enumerate(things):
            for what, at, changed in _of_thing(thing, area, drawn):
                made: dict[str, Any] = {part: (*things[:i], changed, *things[i + 1 :])}
                areas = {**book.areas, area.key: replace(area, **made)}
                yield Mutant(area.key, thing.key, what, at, replace(book, areas=areas), what in SLIPS)


Dated = Entry | Edition
Changed = Iterator[tuple[Name, Span | None, Any]]


def _of_thing(thing: Rule | Derivation | Obligation | AcrossRows, area: Area, drawn: set[object]) -> Changed:
    """Yield the changes of a thing; of the rows of one set, whose cases are drawn alike, the first stands for the
    others.

    Of those, only conditions that are written, more than a question and its negation, are changed, each where it
    first stands.
    """
    match thing:
        case Rule(row_of=of) if of in drawn:
            yield from _of_conditions(thing, drawn)
        case Rule():
            drawn |= {thing.row_of} if thing.row_of else set()
            yield from _of_rule(thing, area)
        case Obligation():
            yield from _of_clauses(thing, "applies_when", thing.applies_when)
            yield from ((what, thing.at, replace(thing, in_force=p)) for what, p in _periods(thing.in_force))
        case AcrossRows():
            yield from ((what, thing.at, changed) for what, changed in _of_rows(thing))
        case Derivation(borrowed=False, row_of=""):
            yield from ((what, thing.at, replace(thing, formula=f)) for what, f in expressions(thing.formula))
            yield from ((what, thing.at, replace(thing, in_force=p)) for what, p in _periods(thing.in_force))


def _of_rows(rule: AcrossRows) -> Iterator[tuple[Name, AcrossRows]]:
    for fact in rule.by if len(rule.by) > 1 else ():
        yield both("mutant.dropped", part=fact), replace(rule, by=tuple(k for k in rule.by if k != fact))
    if rule.rising:
        yield both("mutant.dropped", part=rule.rising), replace(rule, rising="")
        return
    yield both("mutant.step_more", number=rule.at_most), replace(rule, at_most=rule.at_most + 1)
    yield both("mutant.step_less", number=rule.at_most), replace(rule, at_most=rule.at_most - 1)


def _of_rule(rule: Rule, area: Area) -> Changed:
    yield from _of_clauses(rule, "requires", rule.requires)
    yield from _of_clauses(rule, "applies_when", rule.applies_when)
    if rule.otherwise.veto:
        yield both("mutant.veto"), rule.at, replace(rule, otherwise=replace(rule.otherwise, veto=False))
    if rule.otherwise.outcome is not None and area.rank(rule.otherwise.outcome) > 0:
        milder = area.outcomes[area.rank(rule.otherwise.outcome) - 1].key
        outcome = milder if milder != area.outcomes[0].key else None
        otherwise = replace(rule.otherwise, outcome=outcome)
        what = (
            both("mutant.outcome", outcome=outcome_word(area, outcome))
            if outcome is not None
            else both("mutant.advice")
        )
        yield what, rule.at, replace(rule, otherwise=otherwise)
    for what, period in _periods(rule.in_force):
        yield what, rule.at, replace(rule, in_force=period)


def _of_conditions(rule: Rule, drawn: set[object]) -> Changed:
    for part in ("requires", "applies_when"):
        clauses: tuple[Clause, ...] = getattr(rule, part)
        for i, clause in enumerate(clauses):
            plain = isinstance(clause.that.operand if isinstance(clause.that, Not) else clause.that, FactRef)
            if plain or clause.that in drawn:
                continue
            drawn.add(clause.that)
            for what, changed in expressions(clause.that):
                new = (*clauses[:i], replace(clause, that=changed), *clauses[i + 1 :])
                yield both("mutant.in_part", part=clause.key, what=what), clause.at, replace(rule, **{part: new})  # type: ignore[arg-type]


def _of_chain(rule: ChainRule) -> Changed:
    for part in ("given", "unless"):
        patterns: tuple[Pattern, ...] = getattr(rule, part)
        for i, pattern in enumerate(patterns):
            for what, that in expressions(pattern.that) if pattern.that is not None else ():
                made: dict[str, Any] = {part: (*patterns[:i], replace(pattern, that=that), *patterns[i + 1 :])}
                yield both("mutant.in_part", part=pattern.variable, what=what), pattern.at, replace(rule, **made)
    for i, pattern in enumerate(rule.unless):
        kept = rule.unless[:i] + rule.unless[i + 1 :]
        yield both("mutant.dropped", part=f"unless {pattern.variable}"), pattern.at, replace(rule, unless=kept)
    for i, (name, formula) in enumerate(rule.record):
        for what, made_formula in expressions(formula):
            record = (*rule.record[:i], (name, made_formula), *rule.record[i + 1 :])
            yield both("mutant.in_part", part=name, what=what), rule.at, replace(rule, record=record)
        record = rule.record[:i] + rule.record[i + 1 :]
        yield both("mutant.left_out", part=name), rule.at, replace(rule, record=record)
    for what, period in _periods(rule.in_force):
        yield what, rule.at, replace(rule, in_force=period)


def _of_clauses(holder: Any, part: str, clauses: tuple[Clause, ...]) -> Changed:
    for i, clause in enumerate(clauses):
        if len(clauses) > 1 or part == "applies_when":
            what, rest = both("mutant.dropped", part=clause.key), clauses[:i] + clauses[i + 1 :]
            yield what, clause.at, replace(holder, **{part: rest})
        for what, changed in expressions(clause.that):
            new = (*clauses[:i], replace(clause, that=changed), *clauses[i + 1 :])
            yield both("mutant.in_part", part=clause.key, what=what), clause.at, replace(holder, **{part: new})


def _periods(period: Period) -> Iterator[tuple[Name, Period]]:
    starts_later, starts_earlier, ends_earlier, ends_later = SLIPS
    if period.since is not None:
        yield starts_later, replace(period, since=period.since + DAY)
        yield starts_earlier, replace(period, since=period.since - DAY)
    if period.until is not None:
        yield ends_earlier, replace(period, until=period.until - DAY)
        yield ends_later, replace(period, until=period.until + DAY)


def expressions(expr: Expr) -> Iterator[tuple[Name, Expr]]:
    """Yield every tree that differs from this one in one small change, with the change in words."""
    yield from _here(expr)
    for _, child, build in rebuilt(expr):
        yield from ((what, build(changed)) for what, changed in expressions(child))


def _here(expr: Expr) -> Iterator[tuple[Name, Expr]]:
    match expr:
        case Compare(op, left):
            ordered = isinstance(kind_of(left), Number | Date)
            for other in ORDERS[op].slips if ordered else ORDERS[op].slips[:1]:
                yield both("mutant.other", one=op, other=other), replace(expr, op=other)
        case And(operands):
            yield both("mutant.other", one="and", other="or"), Or(operands, expr.at)
            yield from _dropped(expr, operands, And)
        case Or(operands):
            yield both("mutant.other", one="or", other="and"), And(operands, expr.at)
            yield from _dropped(expr, operands, Or)
        case Not(operand):
            yield both("mutant.dropped", part="not"), operand
        case In(_, Literal(tuple() as listed, kind, at)):
            for value in listed:
                rest: Any = tuple(v for v in listed if v != value)
                yield both("mutant.not_listed", value=value), replace(expr, container=Literal(rest, kind, at))
        case Literal(Fraction() as number, Number(unit, whole)):
            step = Fraction(1) if whole else DEFAULT_STEP
            yield both("mutant.step_more", number=number), replace(expr, value=number + step)
            yield both("mutant.step_less", number=number), replace(expr, value=number - step)
            if unit.dimension == (("money", 1),):
                yield both("mutant.unit"), replace(expr, value=number / 10000)
        case Literal(datetime.date() as day):
            yield both("mutant.day_later", day=day), replace(expr, value=day + DAY)
            yield both("mutant.day_earlier", day=day), replace(expr, value=day - DAY)
        case Scale(_, factor):
            yield both("mutant.conversion"), replace(expr, factor=Fraction(1) if factor != 1 else Fraction(2))
        case _:
            return


def _dropped(expr: Expr, operands: tuple[Expr, ...], node: Any) -> Iterator[tuple[Name, Expr]]:
    for i in range(len(operands)):
        rest = operands[:i] + operands[i + 1 :]
        yield both("mutant.piece", part=i + 1, count=len(operands)), rest[0] if len(rest) == 1 else node(rest)


def _of_parameter(book: Rulebook, parameter: Parameter) -> Iterator[Mutant]:
    for i, entry in enumerate(parameter.entries):
        dated = ((what, replace(entry, period=p)) for what, p in _dated(book, parameter.key, parameter.entries, entry))
        for what, changed in (*_of_entry(entry, parameter), *dated):
            entries = (*parameter.entries[:i], changed, *parameter.entries[i + 1 :])
            made = replace(book, parameters={**book.parameters, parameter.key: replace(parameter, entries=entries)})
            said = both("mutant.from_day", day=entry.period.since or "…", what=what)
            yield Mutant("", parameter.key, said, entry.at, made, what in SLIPS)


def _of_editions(book: Rulebook, table: Table) -> Iterator[Mutant]:
    for i, edition in enumerate(table.editions):
        for what, period in _dated(book, table.key, table.editions, edition):
            editions = (*table.editions[:i], replace(edition, period=period), *table.editions[i + 1 :])
            made = replace(book, tables={**book.tables, table.key: replace(table, editions=editions)})
            said = both("mutant.edition", day=edition.period.since or "…", what=what)
            yield Mutant("", table.key, said, edition.citation.at, made, of_a_day=True)


def _dated(book: Rulebook, key: str, things: tuple[Dated, ...], thing: Dated) -> Iterator[tuple[Name, Period]]:
    """Yield a period from or until another day, where that changes what holds on the day and something reads it."""
    for what, period in _periods(thing.period):
        for day in (d for d in _around(thing.period) if thing.period.holds(d) != period.holds(d)):
            first = next((t for t in things if t.period.holds(day) and t is not thing), None)
            same = first is not None and (things.index(first) < things.index(thing) or _says(first) == _says(thing))
            if not same and _read_on(book, key, day):
                yield what, period


def _says(thing: Dated) -> object:
    return thing.value if isinstance(thing, Entry) else thing.rows


def _around(period: Period) -> set[datetime.date]:
    return {d + k * DAY for d in (period.since, period.until) if d is not None for k in (-1, 0, 1)}


def _read_on(book: Rulebook, figure: str, day: datetime.date) -> bool:
    """Return whether something in force on a day reads a figure, through whatever derivations."""
    for area in book.areas.values():
        near = readers(book, area, figure)
        holders: tuple[Rule | Obligation, ...] = (*area.rules, *area.obligations)
        if any(h.key in near and h.in_force.holds(day) for h in holders):
            return True
    return any(c.in_force.holds(day) and figure in chain_figures(c) for c in book.chains)


def _of_entry(entry: Entry, parameter: Parameter) -> Iterator[tuple[Name, Entry]]:
    value = entry.value
    if isinstance(value, Fraction) and isinstance(parameter.kind, Number):
        step = Fraction(1) if parameter.kind.whole else DEFAULT_STEP
        yield both("mutant.step_more", number=value), replace(entry, value=value + step)
        yield both("mutant.step_less", number=value), replace(entry, value=value - step)
        if parameter.kind.unit.symbol.startswith("万"):
            yield both("mutant.yuan"), replace(entry, value=value / 10000)
    elif isinstance(value, tuple):
        for one in value:
            rest: Any = tuple(v for v in value if v != one)
            yield both("mutant.not_listed", value=one), replace(entry, value=rest)
