"""What a rule means on a day: its conditions in canonical form, with all that they read.

Titles, citations, cases, comments and the order of things are no part of it. With equal leads (`leads.py`), equal
meanings prove that no record is answered differently; different ones ask for a witness.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from safety_rules.language.chain import ChainRule
from safety_rules.language.expr import AsOf, Call, Expr, FactRef, ItemField, Listed, Literal, Lookup, ParameterRef, walk
from safety_rules.language.kinds import Choice, Choices
from safety_rules.language.law import counts, entry_on, is_sure, sure_edition
from safety_rules.language.rule import Derivation, Obligation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Period, authority_on
from safety_rules.semantics.canonical import canonical, conjunction_form
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.reads import walk_through

DAY = datetime.timedelta(days=1)
Item: TypeAlias = Rule | Derivation | Obligation
KINDS = {Rule: "rule", Derivation: "derivation", Obligation: "obligation"}


@dataclass(frozen=True, slots=True, order=True)
class ItemKey:
    """A rule, derivation, obligation or chaining rule, by its area, kind and key."""

    area: str
    kind: str
    key: str


def items_of(book: Rulebook) -> dict[ItemKey, Item | ChainRule]:
    """Return everything of a rulebook that can mean something else, in order; borrowed derivations once."""
    found: dict[ItemKey, Item | ChainRule] = {}
    for area in book.areas.values():
        own: Iterable[Item] = (*area.rules, *(d for d in area.derivations if not d.borrowed), *area.obligations)
        found |= {ItemKey(area.key, KINDS[type(i)], i.key): i for i in own}
    return found | {ItemKey(c.area, "chain", c.key): c for c in book.chains}


def conditions(item: Item | ChainRule) -> tuple[Expr, ...]:
    """Return the conditions and formulas of an item."""
    match item:
        case Rule():
            return tuple(c.that for c in item.applies_when + item.requires)
        case Derivation():
            return (item.formula,)
        case Obligation():
            return tuple(c.that for c in item.applies_when)
        case ChainRule():
            return (*(p.that for p in (*item.given, *item.unless) if p.that is not None), *(e for _, e in item.record))
        case _:
            raise TypeError(item)


def meaning(item: Item | ChainRule | None, law: AreaOn) -> Any:
    """Return what an item means under an area's law on its day; None where it says nothing then."""
    if item is None or not item.in_force.holds(law.as_of):
        return None
    held = replace(item, authority=authority_on(item.authority, law.rulebook.sources, law.as_of))
    return (_own(item), is_sure(held, law), _read(list(conditions(item)), law))


def _own(item: Item | ChainRule) -> Any:
    match item:
        case Rule():
            asks = (item.otherwise.outcome, item.otherwise.veto)
            parts = conjunction_form(c.that for c in item.applies_when), conjunction_form(c.that for c in item.requires)
            return (*parts, asks)
        case Derivation():
            return (item.fact, canonical(item.formula, {item.variable: "x"} if item.variable else {}))
        case Obligation():
            return (conjunction_form(c.that for c in item.applies_when),)
        case ChainRule():
            wanted = [(p.variable, p.relation, p.that and canonical(p.that)) for p in (*item.given, *item.unless)]
            return (wanted, len(item.given), item.derives, [(f, canonical(e)) for f, e in item.record])
        case _:
            raise TypeError(item)


def _read(exprs: list[Expr], law: AreaOn) -> dict[str, Any]:
    """Return everything that conditions read, through derivations: its name, and what it is on the day."""
    found, seen = dict[str, Any](), set[str]()
    for node in (n for e in exprs for n in walk_through(e, law.derivations, seen)):
        match node:
            case FactRef(key) | ItemField(_, key) if key not in found:
                found[key] = _own(law.derivations[key]) if key in law.derivations else _fact(key, law.rulebook)
            case ParameterRef(key, _, day):
                found.setdefault(f"{key}@{day is None}", _parameter(key, day is None, law))
            case AsOf():
                found["the day"] = law.as_of
            case Listed(table) | Lookup(table):
                found[f"{table} (table)"] = sure_edition(law.rulebook.tables[table], law.as_of, law) is not None
    return found


def _fact(key: str, book: Rulebook) -> Any:
    fact = book.vocabulary.facts[key]
    options = fact.kind.choices.options if isinstance(fact.kind, Choice | Choices) else ()
    return (fact.kind, frozenset(o.key for o in options), fact.bounds, fact.unasked, fact.format, fact.or_else)


def _parameter(key: str, on_the_day: bool, law: AreaOn) -> Any:
    """Return a parameter's entry on the day, or the whole timeline where a rule reads it as of another day."""
    parameter = law.rulebook.parameters[key]
    entry = entry_on(parameter, law.as_of)
    entries = parameter.entries if not on_the_day else () if entry is None else (entry,)
    period = [None if on_the_day else e.period for e in entries]
    return (
        parameter.kind,
        [(p, e.value, counts(e.citation, key, law)) for p, e in zip(period, entries, strict=True)],
    )


def days_of_change(*books: Rulebook) -> list[datetime.date]:
    """Return the days on which the law of some rulebook may differ from that of the day before, and one before all."""
    found: set[datetime.date] = set()
    moved = {s for b in books for s in b.sources.values() if any(o.sources.get(s.key) != s for o in books)}
    for book in books:
        for period in (*_periods(book), *(s.in_force for s in moved)):
            found |= {d for d in (period.since, period.until and period.until + DAY) if d is not None}
        found |= {d for item in items_of(book).values() for c in conditions(item) for d in _days_in(c)}
    first = min(found, default=datetime.date(2000, 1, 1)) - DAY
    return sorted({first, *found})


def _days_in(expr: Expr) -> Iterator[datetime.date]:
    """Yield the days written in a condition that reads the day of the verdict, and those after them."""
    nodes = list(walk(expr))
    if any(isinstance(n, AsOf) for n in nodes):
        days = [n.value for n in nodes if isinstance(n, Literal) and isinstance(n.value, datetime.date)]
        yield from (d + after for d in days for after in (datetime.timedelta(), DAY))


def is_seasonal(item: Item | None, law: AreaOn) -> bool:
    """Return whether what an item means hangs on the calendar of the day itself, so that a few days say nothing of others."""
    nodes = (n for c in (conditions(item) if item is not None else ()) for n in walk_through(c, law.derivations, set()))
    return any(isinstance(n, Call) and any(isinstance(a, AsOf) for a in n.arguments) for n in nodes)


def _periods(book: Rulebook) -> Iterator[Period]:
    yield from (item.in_force for item in items_of(book).values())
    yield from (e.period for p in book.parameters.values() for e in p.entries)
    yield from (e.period for t in book.tables.values() for e in t.editions)
