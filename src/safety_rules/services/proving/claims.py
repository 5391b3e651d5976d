"""The author's invariants: each claim as conditions that no record may meet, on every day that it is made for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from safety_rules.engines.smt.law import OpenLaw, beside, open_law
from safety_rules.engines.smt.lemmas import add_lemmas
from safety_rules.engines.smt.logic import Condition, conjunction, disjunction, negation
from safety_rules.engines.smt.lower import cases, ordered, truths
from safety_rules.engines.smt.solver import search
from safety_rules.engines.smt.values import Cases
from safety_rules.language.expr import Expr
from safety_rules.language.invariant import (
    Always,
    Grows,
    Invariant,
    NeverBetter,
    NeverWorse,
    OnceSatisfied,
    StricterSince,
    StricterThanBase,
)
from safety_rules.language.kinds import Name
from safety_rules.language.record import Record
from safety_rules.language.rule import Area, Rulebook
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Status, Unknown
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.evaluate import evaluate, truth
from safety_rules.services.proving.answers import Answer, Proof, Question
from safety_rules.services.proving.asking import Limits, refuted_by, says, status, timed, verdict
from safety_rules.services.proving.days import DAY, changes, frozen, read_on, reads_day
from safety_rules.services.proving.rule_questions import clauses

Pair = tuple[AreaOn, AreaOn]


def invariant_proofs(rulebook: Rulebook, area: Area, limits: Limits, base: Rulebook | None = None) -> Iterator[Proof]:
    """Yield the answers to an area's invariants, on every day on which what they read changes.

    `base` is the rulebook without its overlays, with which StricterThanBase compares; where there are
    none, that claim is not asked.
    """
    for one in area.invariants:
        asked = [timed(ask, limits) for ask in _asks(rulebook, area, one, limits, base)]
        yield from asked
        if not asked and not isinstance(one.claim, StricterThanBase):
            asks = Question(
                area.key, one.period.since or changes(rulebook, area)[0], "invariant", one.key, one.sentence, one.at
            )
            why = Name("没有一天可以检验", "there is no day on which it can be asked")
            yield Proof(asks, Answer.UNDECIDED, why)


def _asks(
    rulebook: Rulebook, area: Area, one: Invariant, limits: Limits, base: Rulebook | None
) -> Iterator[Callable[[], Proof]]:
    days = [d for d in changes(rulebook, area) if one.period.holds(d)]
    laws = [area_on(rulebook, area.key, d) for d in days]
    match one.claim:
        case OnceSatisfied():
            yield from _later(laws, one, limits)
        case StricterSince(day):
            before = frozen(area_on(rulebook, area.key, day - DAY), day)
            yield partial(_stricter, (before, frozen(area_on(rulebook, area.key, day), day)), one, limits)
        case StricterThanBase():
            for law in laws if base is not None else ():
                assert base is not None
                yield partial(_stricter, (area_on(base, area.key, law.as_of), law), one, limits)
        case _:
            seen = set()
            for law in laws:
                key = (tuple(r.key for r in law.rules), read_on(law, _reads(law, one)))
                if key not in seen:
                    seen.add(key)
                    yield partial(_on, law, one, limits)


def _reads(law: AreaOn, one: Invariant) -> tuple[Expr, ...]:
    own = one.conditions()
    return (
        own
        if isinstance(one.claim, Always) or (isinstance(one.claim, Grows) and one.claim.number)
        else (*own, *clauses(law.rules))
    )


def _question(law: AreaOn, one: Invariant) -> Question:
    return Question(law.area.key, law.as_of, "invariant", one.key, one.sentence, one.at)


def _holds(law: AreaOn, condition: Expr | None, record: Record) -> bool:
    return condition is None or truth(condition, law.environment(record))[0] is Truth.TRUE


def _on(law: AreaOn, one: Invariant, limits: Limits) -> Proof:
    """Return the answer to a claim about single records, or pairs of records, on one day."""
    if isinstance(one.claim, Grows):
        return _growing(law, one, one.claim, limits)
    opened = open_law(law, one.conditions(), limits.most_items)
    asking = search([opened], limits.seconds)
    rank = law.area.rank(one.claim.outcome) if isinstance(one.claim, NeverBetter | NeverWorse) else 0

    def conditions() -> list[Condition]:
        when = [] if one.when is None else [truths(one.when, opened.world).true]
        match one.claim:
            case NeverBetter():
                return [*when, negation(opened.best_is_at_least(rank))]
            case NeverWorse():
                return [*when, opened.best_is_at_least(rank + 1)]
            case Always(that):
                broken = truths(that, opened.world).false
                add_lemmas(asking)
                return [*when, broken]
            case _:
                raise TypeError(one.claim)

    def fails(records: tuple[Record, ...]) -> bool:
        record = records[0]
        if not _holds(law, one.when, record):
            return False
        match one.claim:
            case NeverBetter():
                return verdict(law, record)[0] < rank
            case NeverWorse():
                return verdict(law, record)[0] > rank
            case Always(that):
                return truth(that, law.environment(record))[0] is Truth.FALSE
            case _:
                raise TypeError(one.claim)

    return refuted_by(_question(law, one), asking, conditions, fails, lambda r: (says(law, r[0]),))


def _growing(law: AreaOn, one: Invariant, claim: Grows, limits: Limits) -> Proof:
    """Return the answer to a claim about two records that differ in one fact, which is larger in the second."""
    less = open_law(law, one.conditions(), limits.most_items)
    more = beside(less, law, [claim.fact], "larger ")
    asking = search([less, more], limits.seconds)

    def conditions() -> list[Condition]:
        when = [] if one.when is None else [truths(one.when, o.world).true for o in (less, more)]
        effect = _effect(claim, less, more)
        grown = _grown(claim.fact, less, more)
        add_lemmas(asking, *grown)
        return [*when, effect, *grown]

    def broken(records: tuple[Record, ...]) -> bool:
        if not all(_holds(law, one.when, r) for r in records):
            return False
        return _fell(law, claim, *records)

    return refuted_by(_question(law, one), asking, conditions, broken, lambda r: tuple(says(law, x) for x in r))


def _grown(fact: str, less: OpenLaw, more: OpenLaw) -> list[Condition]:
    """Return that the fact is known in both records and nowhere smaller in the second."""
    facts, found = less.law.rulebook.vocabulary, list[Condition]()
    for path in list({**less.record.facts, **more.record.facts}):
        if facts.fact_at(path).key == fact:
            small, large = (o.record.fact(path, facts.fact_at(path)) for o in (less, more))
            assert isinstance(small, Cases)
            assert isinstance(large, Cases)
            there = less.record.present(path)
            found.append(disjunction(negation(there), ordered("<=", small, large, less.world).true))
    return found


def _effect(claim: Grows, less: OpenLaw, more: OpenLaw) -> Condition:
    """Return that what must not happen happens."""
    if claim.number is not None:
        small, large = cases(claim.number, less.world), cases(claim.number, more.world)
        return ordered(">" if claim.never == "falls" else "<", small, large, more.world).true
    one, two = (less, more) if claim.never == "better" else (more, less)
    return _better(one, two)


def _better(one: OpenLaw, two: OpenLaw) -> Condition:
    """Return that the second verdict is better than the first, at best or at worst."""
    parts = []
    for rank in one.ranks:
        parts.append(conjunction(one.best_is_at_least(rank), negation(two.best_is_at_least(rank))))
        parts.append(conjunction(one.worst_is_at_least(rank), negation(two.worst_is_at_least(rank))))
    return disjunction(*parts)


def _fell(law: AreaOn, claim: Grows, less: Record, more: Record) -> bool:
    if claim.number is not None:
        small, large = (evaluate(claim.number, law.environment(r)) for r in (less, more))
        if isinstance(small, Unknown) or isinstance(large, Unknown):
            return False
        return bool(large < small if claim.never == "falls" else large > small)
    one, two = (less, more) if claim.never == "better" else (more, less)
    return _is_better(verdict(law, one), verdict(law, two))


def _is_better(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return two[0] < one[0] or two[1] < one[1]


def _stricter(pair: Pair, one: Invariant, limits: Limits) -> Proof:
    """Return the answer to the claim that the second law makes no verdict better than the first."""
    old = open_law(pair[0], one.conditions(), limits.most_items, others=(pair[1],))
    new = beside(old, pair[1], ())
    asking = search([old, new], limits.seconds)

    def conditions() -> list[Condition]:
        when = [] if one.when is None else [truths(one.when, new.world).true]
        return [*when, _better(old, new)]

    def better(records: tuple[Record, ...]) -> bool:
        record = records[0]
        return _holds(pair[1], one.when, record) and _is_better(verdict(pair[0], record), verdict(pair[1], record))

    def shown(records: tuple[Record, ...]) -> Any:
        return says(pair[0], records[0]), says(pair[1], records[0])

    return refuted_by(_question(pair[1], one), asking, conditions, better, shown)


def _later(laws: list[AreaOn], one: Invariant, limits: Limits) -> Iterator[Callable[[], Proof]]:
    """Yield what answers "who satisfies these rules does so on every later day": from each change to the next."""
    assert isinstance(one.claim, OnceSatisfied)
    named = one.claim.rules
    for law in laws:
        if reads_day(law, clauses([r for r in law.rules if r.key in named])):
            why = Name("规则以审查日为条件，无法逐日证明", "a rule reads the day of the verdict, so days are not alike")
            yield partial(Proof, _question(law, one), Answer.UNDECIDED, why)
            return
    if len(laws) == 1:
        yield partial(_persists, (laws[0], laws[0]), one, limits)
    for pair in pairwise(laws):
        yield partial(_persists, pair, one, limits)


def _persists(pair: Pair, one: Invariant, limits: Limits) -> Proof:
    assert isinstance(one.claim, OnceSatisfied)
    named = one.claim.rules
    before = open_law(pair[0], one.conditions(), limits.most_items, others=(pair[1],))
    after = beside(before, pair[1], ())
    rules = [[r for r in law.rules if r.key in named] for law in pair]
    asking = search([before, after], limits.seconds)

    def conditions() -> list[Condition]:
        when = [] if one.when is None else [truths(one.when, before.world).true]
        was = [before.finding(r).satisfied for r in rules[0]]
        now = [disjunction(after.finding(r).violated, after.finding(r).undetermined) for r in rules[1]]
        return [*when, *was, disjunction(*now)]

    def lost(records: tuple[Record, ...]) -> bool:
        record = records[0]
        was = all(status(pair[0], record, r) is Status.SATISFIED for r in rules[0])
        fails = (Status.VIOLATED, Status.UNDETERMINED)
        return was and any(status(pair[1], record, r) in fails for r in rules[1])

    def shown(records: tuple[Record, ...]) -> Any:
        return tuple(says(law, records[0]) for law in pair)

    return refuted_by(_question(pair[1], one), asking, conditions, lost, shown)
