"""Each claim of an invariant on open records: what no records may meet, and how such records are replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from safety_rules.engines.smt.law import OpenLaw, beside, open_law
from safety_rules.engines.smt.logic import Condition, conjunction, disjunction, negation
from safety_rules.engines.smt.lower import cases, truths
from safety_rules.engines.smt.operations import ordered
from safety_rules.engines.smt.solver import Search, search
from safety_rules.engines.smt.values import Cases
from safety_rules.language.expr import Expr
from safety_rules.language.invariant import Always, Grows, Invariant, NeverBetter, NeverWorse, OnceSatisfied
from safety_rules.language.record import Record
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Status, Unknown
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.evaluate import evaluate, truth
from safety_rules.services.proving.asking import Claim, Says, says, status, verdict

Pair: TypeAlias = tuple[AreaOn, AreaOn]


@dataclass(frozen=True, slots=True)
class Statement:
    """What records may not meet while what is granted holds; `breaks` is what the definition must say of them."""

    asking: Search
    broken: tuple[Condition, ...]
    granted: tuple[Condition, ...]
    breaks: Claim
    says: Says


State: TypeAlias = Callable[[int, float], Statement]
Open: TypeAlias = Callable[[AreaOn, Invariant, int], OpenLaw]


def of_one(law: AreaOn, one: Invariant, open_: Open, most_items: int, limit_s: float) -> Statement:
    """Return a claim about single records: never better, never worse, always."""
    opened = open_(law, one, most_items)
    law = opened.law
    rank = law.area.rank(one.claim.outcome) if isinstance(one.claim, NeverBetter | NeverWorse) else 0
    match one.claim:
        case NeverBetter():
            broken = negation(opened.best_is_at_least(rank))
        case NeverWorse():
            broken = opened.best_is_at_least(rank + 1)
        case Always(that):
            broken = truths(that, opened.world).false
        case _:
            raise TypeError(one.claim)

    def breaks(records: tuple[Record, ...]) -> bool:
        record = records[0]
        match one.claim:
            case NeverBetter():
                holds = verdict(law, record)[0] >= rank
            case NeverWorse():
                holds = verdict(law, record)[0] <= rank
            case Always(that):
                holds = truth(that, law.environment(record))[0] is not Truth.FALSE
            case _:
                raise TypeError(one.claim)
        return not holds and is_true(law, one.when, record)

    granted = when(one, opened)
    return Statement(search([opened], limit_s), (broken,), granted, breaks, lambda r: (says(law, r[0]),))


def of_growth(law: AreaOn, one: Invariant, claim: Grows, open_: Open, most_items: int, limit_s: float) -> Statement:
    """Return a claim about two records that differ in one fact, which is nowhere smaller in the second."""
    less = open_(law, one, most_items)
    law = less.law
    more = beside(less, law, [claim.fact], "larger ")
    broken = _effect(claim, less, more)
    granted = (*when(one, less), *when(one, more), *_grown(claim.fact, less, more))

    def breaks(records: tuple[Record, ...]) -> bool:
        return all(is_true(law, one.when, r) for r in records) and _moved_wrongly(law, claim, *records)

    shown = lambda records: tuple(says(law, r) for r in records)  # noqa: E731
    return Statement(search([less, more], limit_s), (broken,), granted, breaks, shown)


def of_strictness(pair: Pair, one: Invariant, most_items: int, limit_s: float) -> Statement:
    """Return the claim that the second law makes no verdict better than the first."""
    pair = pair[0].by_kleene(), pair[1].by_kleene()
    old = open_law(pair[0], one.conditions(), most_items, others=(pair[1],))
    new = beside(old, pair[1], ())
    broken = _better(old, new)

    def breaks(records: tuple[Record, ...]) -> bool:
        record = records[0]
        return is_true(pair[1], one.when, record) and _is_better(verdict(pair[0], record), verdict(pair[1], record))

    shown = lambda records: tuple(says(law, records[0]) for law in pair)  # noqa: E731
    return Statement(search([old, new], limit_s), (broken,), when(one, new), breaks, shown)


def of_persistence(pair: Pair, one: Invariant, claim: OnceSatisfied, most_items: int, limit_s: float) -> Statement:
    """Return the claim that who satisfies rules under one law satisfies them under a later one."""
    pair = pair[0].by_kleene(), pair[1].by_kleene()
    before = open_law(pair[0], one.conditions(), most_items, others=(pair[1],))
    after = beside(before, pair[1], ())
    was, now = ([r for r in law.rules if r.key in claim.rules] for law in pair)
    granted = (*when(one, before), *(before.finding(r).satisfied for r in was))
    lost = [disjunction(after.finding(r).violated, after.finding(r).undetermined) for r in now]

    def breaks(records: tuple[Record, ...]) -> bool:
        record = records[0]
        fails = (Status.VIOLATED, Status.UNDETERMINED)
        return (
            is_true(pair[0], one.when, record)
            and all(status(pair[0], record, r) is Status.SATISFIED for r in was)
            and any(status(pair[1], record, r) in fails for r in now)
        )

    shown = lambda records: tuple(says(law, records[0]) for law in pair)  # noqa: E731
    return Statement(search([before, after], limit_s), (disjunction(*lost),), granted, breaks, shown)


def when(one: Invariant, opened: OpenLaw) -> tuple[Condition, ...]:
    """Return that a record is one that an invariant is about."""
    return () if one.when is None else (truths(one.when, opened.world).true,)


def is_true(law: AreaOn, condition: Expr | None, record: Record) -> bool:
    """Return whether a condition is true by the definition; no condition is."""
    return condition is None or truth(condition, law.environment(record))[0] is Truth.TRUE


def _grown(fact: str, less: OpenLaw, more: OpenLaw) -> list[Condition]:
    """Return that the fact is known in both records and nowhere smaller in the second."""
    facts, found = less.law.rulebook.vocabulary, list[Condition]()
    for path in list({**less.record.facts, **more.record.facts}):
        if facts.fact_at(path).key == fact:
            small, large = (o.record.fact(path, facts.fact_at(path)) for o in (less, more))
            assert isinstance(small, Cases)
            assert isinstance(large, Cases)
            there = less.record.present(path)
            found.append(disjunction(negation(there), ordered("<=", small, large, less.record.assumptions).true))
    return found


def _effect(claim: Grows, less: OpenLaw, more: OpenLaw) -> Condition:
    """Return that what must not happen happens."""
    if claim.number is not None:
        small, large = cases(claim.number, less.world), cases(claim.number, more.world)
        return ordered(">" if claim.never == "falls" else "<", small, large, more.record.assumptions).true
    return _better(*((less, more) if claim.never == "better" else (more, less)))


def _better(one: OpenLaw, two: OpenLaw) -> Condition:
    """Return that the second verdict is better than the first, at best or at worst."""
    parts = []
    for rank in one.ranks:
        parts.append(conjunction(one.best_is_at_least(rank), negation(two.best_is_at_least(rank))))
        parts.append(conjunction(one.worst_is_at_least(rank), negation(two.worst_is_at_least(rank))))
    return disjunction(*parts)


def _moved_wrongly(law: AreaOn, claim: Grows, less: Record, more: Record) -> bool:
    """Return whether what must not happen happens, by the definition."""
    if claim.number is not None:
        small, large = (evaluate(claim.number, law.environment(r)) for r in (less, more))
        if isinstance(small, Unknown) or isinstance(large, Unknown):
            return False
        return bool(large < small if claim.never == "falls" else large > small)
    one, two = (less, more) if claim.never == "better" else (more, less)
    return _is_better(verdict(law, one), verdict(law, two))


def _is_better(one: tuple[int, int], two: tuple[int, int]) -> bool:
    return two[0] < one[0] or two[1] < one[1]
