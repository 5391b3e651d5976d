"""One record on which nothing is settled: every fact a term with a flag that says whether it is known."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import z3

from safety_rules.engines.smt.days import FIRST, LAST, Day
from safety_rules.engines.smt.logic import Condition, Truths, conjunction, disjunction, implication, negation
from safety_rules.engines.smt.numbers import ONE, Quotient, Term, real
from safety_rules.engines.smt.texts import Use, alike, domain
from safety_rules.engines.smt.values import Cases, Listing, Members, Slot, Symbolic
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text, Value
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.decide import AreaOn

MOST_ITEMS = 3


@dataclass(slots=True)
class OpenRecord:
    """The facts that conditions have asked for, by path, and what admission holds them to.

    `assumptions` are the bounds of the vocabulary and what terms are defined by. A fact that is not in
    `own` is taken from `base`: two records that differ in one fact share the others. `beside` are further
    laws that will be asked about the record. `summands` are named parts of sums, by the record that adds
    them; `kept` keeps their terms alive, since names are made of z3's numbers for terms. `watch` is called for
    each expression that is read, and may raise when that takes too long.
    """

    law: AreaOn
    texts: Mapping[str, Use]
    label: str = ""
    most_items: int = MOST_ITEMS
    base: OpenRecord | None = None
    own: frozenset[str] = frozenset()
    beside: tuple[AreaOn, ...] = ()
    facts: dict[str, Symbolic] = field(default_factory=dict)
    assumptions: list[Condition] = field(default_factory=list)
    domains: dict[str, Mapping[Any, str]] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    summands: dict[str, dict[int, tuple[Condition, Any]]] = field(default_factory=dict)
    watch: Callable[[], object] = lambda: None

    def fact(self, path: str, fact: Fact) -> Symbolic:
        """Return the symbolic value of a fact, made when first asked for."""
        if self.base is not None and fact.key not in self.own:
            return self.base.fact(path, fact)
        if path not in self.facts:
            self.facts[path] = self._made(f"{self.label}{path}", path, fact)
        return self.facts[path]

    def _made(self, name: str, path: str, fact: Fact) -> Symbolic:
        known = z3.Bool(f"{name} known")
        match fact.kind:
            case Boolean():
                is_true = z3.Bool(name)
                return Truths(z3.And(known, is_true), z3.And(known, z3.Not(is_true)))
            case Number(_, whole):
                return Cases(((known, self._number(name, fact, whole)),))
            case Date():
                day = z3.Int(name)
                self.assumptions += [day >= FIRST, day <= LAST]
                return Cases(((known, Day(day)),))
            case Choice(choices):
                return self._one_of(name, [o.key for o in choices.options])
            case Text():
                return self._one_of(name, self.domain(fact).values())
            case Choices(choices):
                return Members(known, {o.key: z3.Bool(f"{name} has {o.key}") for o in choices.options})
            case Records():
                return self._records(name, path, fact, known)
            case _:
                raise TypeError(fact.kind)

    def domain(self, fact: Fact) -> Mapping[Any, str]:
        """Return the texts that stand for all texts of a fact, worked out once."""
        if fact.key not in self.domains:
            self.domains[fact.key] = domain(fact, (self.law, *self.beside), self.texts)
        return self.domains[fact.key]

    def _number(self, name: str, fact: Fact, whole: bool) -> Quotient:
        term = z3.ToReal(z3.Int(name)) if whole else z3.Real(name)
        b = fact.bounds
        self.assumptions += [term >= real(b.minimum)] if b.minimum is not None else []
        self.assumptions += [term > real(b.above)] if b.above is not None else []
        self.assumptions += [term <= real(b.maximum)] if b.maximum is not None else []
        positive = (b.above is not None and b.above >= 0) or (b.minimum is not None and b.minimum > 0)
        return Quotient(term, ONE, positive)

    def _one_of(self, name: str, values: Any) -> Cases:
        guards = [z3.Bool(f"{name} is {v}") for v in values]
        if len(guards) > 1:
            self.assumptions.append(z3.AtMost(*guards, 1))
        return Cases(tuple(zip(guards, values, strict=True)))

    def _records(self, name: str, path: str, fact: Fact, known: Any) -> Listing:
        assert path == fact.key, "a record of a list holds no list of records"
        slots = tuple(Slot(f"{path}[{i}]", z3.Bool(f"{name}[{i}]")) for i in range(self.most_items))
        for earlier, later in pairwise(slots):
            self.assumptions.append(z3.Implies(later.present, earlier.present))
        least = int(fact.bounds.minimum or 0)
        self.assumptions += [z3.Implies(known, s.present) for s in slots[:least]]
        self._stand_ins(slots, fact)
        return Listing(known, slots)

    def _stand_ins(self, slots: tuple[Slot, ...], fact: Fact) -> None:
        """A field that is blank takes its stand-in's value on admission, so it is blank only where that is."""
        for inner in self.law.rulebook.vocabulary.fields(fact.key):
            if inner.or_else and inner.key not in self.law.derivations:
                other = self.law.rulebook.vocabulary.facts[f"{fact.key}.{inner.or_else}"]
                for slot in slots:
                    own = self.fact(f"{slot.path}.{inner.field}", inner).known
                    stand_in = self.fact(f"{slot.path}.{other.field}", other).known
                    self.assumptions.append(z3.Implies(stand_in, own))

    def summand(self, path: str, sure: Condition, term: Term) -> Term:
        """Return a name for what the record at a path adds to a sum, where `sure` says that it is known."""
        if isinstance(term, Fraction):
            return term
        named = z3.Real(f"summand {term.get_id()}")
        if term.get_id() not in self.summands.setdefault(path, {}):
            self.summands[path][term.get_id()] = (sure, named)
            self.assumptions.append(named == term)
            self.kept.append(term)
        return named

    def everything_known(self) -> Condition:
        """Return that every fact asked for is known, of a list's records those that are there."""
        parts = [] if self.base is None else [self.base.everything_known()]
        for path, value in self.facts.items():
            parts.append(implication(self.present(path), value.known))
        return conjunction(*parts)

    def present(self, path: str) -> Condition:
        """Return whether the record of a list that a path leads into is there."""
        head, bracket, rest = path.partition("[")
        if not bracket:
            return True
        listing = self.fact(head, self.law.rulebook.vocabulary.facts[head])
        assert isinstance(listing, Listing)
        return conjunction(listing.known, listing.slots[int(rest.partition("]")[0])].present)

    def equals(self, record: Record) -> Condition:
        """Return that every fact asked for is as a record has it, or unknown where it has none.

        A text is told by its like (`texts.alike`). Raises ValueError where a list is longer than the slots.
        """
        parts = [] if self.base is None else [self.base.equals(record)]
        for path, value in self.facts.items():
            fact = self.law.rulebook.vocabulary.fact_at(path)
            given = record.value_at(path) if "[" not in path or _is_there(record, path) else None
            if isinstance(fact.kind, Text) and isinstance(given, str):
                given = alike(given, fact, (self.law, *self.beside), self.texts, self.domain(fact))
            parts.append(equals_value(value, given))
        return conjunction(*parts)

    def every_fact(self) -> dict[str, Symbolic]:
        """Return every fact that was asked for by path, its own in place of the base's."""
        return self.facts if self.base is None else {**self.base.every_fact(), **self.facts}

    def values(self, model: Any) -> dict[str, Value]:
        """Return the known facts of a record that a model describes."""
        found: dict[str, Value] = {}
        facts = self.every_fact()
        for path, value in facts.items():
            if "[" not in path and not isinstance(value, Listing):
                _put(found, path, value_in(model, value))
        for path, value in facts.items():
            if isinstance(value, Listing) and holds(model, value.known):
                there = [s for s in value.slots if holds(model, s.present)]
                found[path] = tuple(_item(model, s, facts) for s in there)
        return found


def _item(model: Any, slot: Slot, facts: Mapping[str, Symbolic]) -> dict[str, Value]:
    item: dict[str, Value] = {}
    start = slot.path + "."
    for path, value in facts.items():
        if path.startswith(start):
            _put(item, path.removeprefix(start), value_in(model, value))
    return item


def _is_there(record: Record, path: str) -> bool:
    items = record.values.get(path.partition("[")[0])
    return isinstance(items, tuple) and int(path.partition("[")[2].partition("]")[0]) < len(items)


def equals_value(value: Symbolic, given: Any) -> Condition:
    """Return that a symbolic value is the given one, or unknown where that is None."""
    if given is None:
        return negation(value.known)
    match value:
        case Truths(true, false):
            return true if given else false
        case Members(known, members):
            return conjunction(known, *(inside if k in given else negation(inside) for k, inside in members.items()))
        case Listing(known, slots):
            if len(given) > len(slots):
                raise ValueError(f"the list has {len(given)} records; {len(slots)} are looked at")
            return conjunction(
                known, *(s.present if i < len(given) else negation(s.present) for i, s in enumerate(slots))
            )
        case Cases(cases):
            return disjunction(*(conjunction(guard, _is(one, given)) for guard, one in cases))
        case _:
            raise TypeError(value)


def _is(one: Any, given: Any) -> Condition:
    if isinstance(one, str):
        return one == given
    return one.base == given.toordinal() if isinstance(one, Day) else one.top == real(given)


def _put(found: dict[str, Value], key: str, value: Value | None) -> None:
    if value is not None:
        found[key] = value


def holds(model: Any, condition: Condition) -> bool:
    """Return whether a condition holds in a model."""
    return condition if isinstance(condition, bool) else z3.is_true(model.eval(condition, model_completion=True))


def value_in(model: Any, value: Symbolic) -> Value | None:
    """Return a fact's value in a model, or None where it is unknown."""
    match value:
        case Truths(true, false):
            return True if holds(model, true) else False if holds(model, false) else None
        case Members(known, members):
            return tuple(k for k, inside in members.items() if holds(model, inside)) if holds(model, known) else None
        case Cases(cases):
            for guard, one in cases:
                if holds(model, guard):
                    return _settled(model, one)
            return None
        case _:
            raise TypeError(value)


def _settled(model: Any, one: Any) -> Value:
    if isinstance(one, str):
        return one
    if isinstance(one, Day):
        return datetime.date.fromordinal(model.eval(one.base, model_completion=True).as_long())
    return fraction(model.eval(one.top, model_completion=True))


def fraction(term: Any) -> Fraction:
    """Return a number of a model; one that has no fraction (a root) is cut off."""
    if z3.is_algebraic_value(term):
        term = term.approx(20)
    return Fraction(term.numerator_as_long(), term.denominator_as_long())


def less_known(a: Symbolic, b: Symbolic) -> Condition:
    """Return that `a` says nothing that `b` does not say: a fact of `a` is that of `b`, or unknown."""
    match a, b:
        case Truths(), Truths():
            return conjunction(implication(a.true, b.true), implication(a.false, b.false))
        case Cases(), Cases():
            return conjunction(*(_same_or_less(x, y) for x, y in zip(a.cases, b.cases, strict=True)))
        case Members(), Members():
            same = conjunction(*(_equal(i, b.members[k]) for k, i in a.members.items()))
            return implication(a.known, conjunction(b.known, same))
        case Listing(), Listing():
            same = conjunction(*(_equal(x.present, y.present) for x, y in zip(a.slots, b.slots, strict=True)))
            return implication(a.known, conjunction(b.known, same))
        case _:
            raise TypeError(a)


def _same_or_less(x: tuple[Condition, Any], y: tuple[Condition, Any]) -> Condition:
    if isinstance(x[1], str):
        return implication(x[0], y[0])
    same = x[1].top == y[1].top if isinstance(x[1], Quotient) else x[1].base == y[1].base
    return implication(x[0], conjunction(y[0], same))


def _equal(a: Condition, b: Condition) -> Condition:
    return disjunction(conjunction(a, b), conjunction(negation(a), negation(b)))
