"""Records on which an item of two rulebooks is answered differently, sought at and beside every edge.

Nothing found is no proof: it says how many records were tried.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from safety_rules.language.kinds import Value
from safety_rules.language.record import Record
from safety_rules.language.rule import Derivation, Obligation, Rule
from safety_rules.language.truth import conjunction
from safety_rules.language.verdict import Unknown
from safety_rules.semantics.decide import AreaOn, clause_results, finding, findings, interval, scopes
from safety_rules.semantics.evaluate import evaluate
from safety_rules.services.impact.edges import Pair, admitted, edge_records
from safety_rules.services.impact.meaning import Item, ItemKey
from safety_rules.words.values import decimal

DUTIES = ("not due", "undetermined", "due")


@dataclass(frozen=True, slots=True)
class Witness:
    """A record, a day, what the item says of it before and after, and the area's outcome before and after.

    `effect` is `worse` or `better` where the area's outcome at best or at worst moves, `same` where it does
    not, and `other` where there is nothing to compare: no law before, or other outcomes.
    """

    on: datetime.date
    given: dict[str, Any]
    before: str
    after: str
    outcomes: tuple[tuple[str, str], tuple[str, str]]
    effect: str
    item: ItemKey


@dataclass(frozen=True, slots=True)
class Search:
    """The witnesses so far, at most one for each effect, and how many records were tried."""

    witnesses: tuple[Witness, ...]
    tried: int

    @property
    def done(self) -> bool:
        """Whether a record that comes out worse and one that comes out better were found."""
        return {"worse", "better"} <= {w.effect for w in self.witnesses}


def searched(pair: Pair, search: Search, most: int) -> Search:
    """Return the search carried on with up to `most` records of a pair."""
    found = {w.effect: w for w in search.witnesses}
    tried = search.tried
    for given in edge_records(pair, most):
        if {"worse", "better"} <= set(found):
            break
        tried += 1
        witness = witness_of(pair, given)
        if witness is not None and witness.effect not in found:
            found[witness.effect] = witness
            most = min(most, tried + max(100, most // 8))
        if tried - search.tried >= most:
            break
    ranked = sorted(found.values(), key=lambda w: ("worse", "better", "other", "same").index(w.effect))
    strong = [w for w in ranked if w.effect in ("worse", "better")]
    return Search(tuple(strong or ranked), tried)


def witness_of(pair: Pair, given: dict[str, Any]) -> Witness | None:
    """Return a record as a witness; None where both laws answer alike."""
    old, new = admitted(given, pair.old), admitted(given, pair.new)
    before, after = _answer(pair.before, pair.old, old), _answer(pair.after, pair.new, new)
    if before == after:
        return None
    outcomes = (_outcomes(pair.old, old), _outcomes(pair.new, new))
    effect = _duty_effect(before, after) if pair.item.kind == "obligation" else _effect(pair, outcomes)
    return Witness(pair.old.as_of, given, before, after, outcomes, effect, pair.item)


def _duty_effect(before: str, after: str) -> str:
    """Return whether a duty is owed by more, or by fewer; one that is not in force is owed by nobody."""
    owed = [DUTIES.index(a) if a in DUTIES else 0 for a in (before, after)]
    return "worse" if owed[1] > owed[0] else "better" if owed[1] < owed[0] else "same"


def _answer(item: Item | None, law: AreaOn, record: Record) -> str:
    """Return what an item says of a record, in a few words."""
    if item is None or not item.in_force.holds(law.as_of):
        return "not in force"
    env = law.environment(record)
    match item:
        case Rule():
            status = finding(item, env).status.value
            asks = (item.otherwise.outcome or "advice") + (", veto" if item.otherwise.veto else "")
            return f"{status} ({asks})" if status in ("violated", "undetermined") else status
        case Derivation():
            return ", ".join(_shown(evaluate(item.formula, s)) for s in scopes(item, env))
        case Obligation():
            holds = conjunction(*(c.truth for c in clause_results(item.applies_when, env)))
            return {"true": "due", "false": "not due"}.get(holds.value, "undetermined")
        case _:
            raise TypeError(item)


def _shown(value: Value | Unknown) -> str:
    if isinstance(value, Unknown):
        return "unknown"
    return decimal(value) if isinstance(value, Fraction) else str(value)


def _outcomes(law: AreaOn, record: Record) -> tuple[str, str]:
    """Return the area's outcome at best and at worst; both empty where no rule is in force."""
    return interval(law.area, findings(law, record)) if law.rules else ("", "")


def _effect(pair: Pair, outcomes: tuple[tuple[str, str], tuple[str, str]]) -> str:
    (was_best, was_worst), (best, worst) = outcomes
    if not was_best or not best:
        return "other"
    known = {o.key for o in pair.old.area.outcomes} & {o.key for o in pair.new.area.outcomes}
    if not {was_best, was_worst, best, worst} <= known:
        return "other"
    moved = [pair.new.area.rank(n) - pair.new.area.rank(o) for o, n in ((was_best, best), (was_worst, worst))]
    return "worse" if max(moved) > 0 else "better" if min(moved) < 0 else "same"
