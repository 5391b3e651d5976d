"""The cheapest change of several numbers at once that gets a record an outcome, exact: z3 finds nothing cheaper.

A number moves by whole steps of its fact, so a strict bound has a nearest value and no infinitesimal, and the costs
below any one are finitely many.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import z3

from safety_rules.engines.smt.law import OpenLaw, open_law
from safety_rules.engines.smt.logic import Condition, negation
from safety_rules.engines.smt.numbers import Quotient, real
from safety_rules.engines.smt.record import fraction
from safety_rules.engines.smt.values import Cases
from safety_rules.language.errors import SafetyRulesError
from safety_rules.language.record import Record
from safety_rules.language.verdict import Adjustment, SmallestChange
from safety_rules.semantics.counsel.gap import step_of
from safety_rules.semantics.decide import AreaOn, findings, interval


@dataclass(frozen=True, slots=True)
class _Moving:
    path: str
    now: Fraction
    term: Any


def smallest_change(
    law: AreaOn, record: Record, outcome: str, weights: Mapping[str, Fraction], limit_s: float
) -> SmallestChange | None:
    """Return the cheapest change of the weighted facts (by path); None where no change of them does it.

    It is applied, and decided by the definition, before it is returned. What was found when the limit was reached
    is returned as not proven to be the cheapest; raises SafetyRulesError where that is nothing.
    """
    until = time.monotonic() + limit_s

    def left() -> float:
        seconds = until - time.monotonic()
        if seconds <= 0:
            raise SafetyRulesError(f"no smallest change was found within {limit_s:g} seconds")
        return seconds

    longest = max((len(v) for v in record.values.values() if isinstance(v, tuple)), default=1)
    opened = open_law(law, (), max(1, longest), record)
    opened.record.watch = left
    goal = negation(opened.best_is_at_least(law.area.rank(outcome) + 1))
    moving = [m for m in (_moving(opened, record, path) for path in weights) if m is not None]
    held = [*_fixed(opened, record, {m.path for m in moving}), *(_steps(law, m) for m in moving), goal]
    parts = [real(weights[m.path]) * z3.Abs(m.term - real(m.now)) for m in moving]
    cost = z3.Sum(*parts) if parts else z3.RealVal(0)
    conditions = [c for c in (*held, *opened.record.assumptions) if c is not True]
    if any(c is False for c in conditions):
        return None
    found = _cheapest(conditions, cost, moving, outcome, left)
    if found is not None and not _reaches(law, record, found):
        raise SafetyRulesError(f"the change that was found does not reach `{outcome}`: please report this")
    return found


def _reaches(law: AreaOn, record: Record, found: SmallestChange) -> bool:
    """Return whether, by the definition, the change does what it should."""
    for adjustment in found.adjustments:
        record = record.with_value(adjustment.path, adjustment.to)
    best, _ = interval(law.area, findings(law, record))
    return law.area.rank(best) <= law.area.rank(found.outcome)


def _moving(opened: OpenLaw, record: Record, path: str) -> _Moving | None:
    """Return a fact that may move; None where no rule reads it."""
    value, now = opened.record.facts.get(path), record.value_at(path)
    if not isinstance(value, Cases) or not isinstance(now, Fraction):
        return None
    (_, number), *_ = value.cases
    assert isinstance(number, Quotient)
    return _Moving(path, now, number.top)


def _fixed(opened: OpenLaw, record: Record, moving: set[str]) -> list[Condition]:
    """Return that all other facts stay as they are, and that the moving ones stay known."""
    facts = opened.record.facts
    kept = {path: value for path, value in facts.items() if path not in moving}
    opened.record.facts = kept
    try:
        return [opened.record.equals(record), *(facts[path].known for path in moving)]
    finally:
        opened.record.facts = facts


def _steps(law: AreaOn, m: _Moving) -> Condition:
    """Return that a number stays, or is a whole number of its fact's steps."""
    step = step_of(law.rulebook.vocabulary.fact_at(m.path))
    count = z3.Int(f"steps of {m.path}")
    return z3.Or(m.term == real(m.now), m.term == z3.ToReal(count) * real(step))


def _cheapest(
    conditions: list[Condition], cost: Any, moving: list[_Moving], outcome: str, left: Callable[[], float]
) -> SmallestChange | None:
    """Return the cheapest of all changes: halves what it may cost, and asks each time whether any is cheaper at all.

    z3's optimiser answers the same questions, and takes from 10 ms to over 20 s of the same conditions by how they
    are arranged; its plain solver takes 20 to 40 ms whichever way.
    """
    alone = z3.Context()  # what a search takes must not hang on what this process asked before
    conditions, cost = [c.translate(alone) for c in conditions], cost.translate(alone)
    moving = [replace(m, term=m.term.translate(alone)) for m in moving]
    solver = z3.Solver(ctx=alone)
    solver.add(*conditions)
    model = _model(solver, left)
    if model is None:
        return None
    proven, least, most = False, Fraction(0), _at(model, cost)
    try:
        while not proven:
            cheaper = _model(solver, left, cost < real(most).translate(alone))
            proven = cheaper is None
            if cheaper is not None:
                model, most = cheaper, _at(cheaper, cost)
                half = (least + most) / 2
                cheaper = _model(solver, left, cost <= real(half).translate(alone))
                model, most, least = (model, most, half) if cheaper is None else (cheaper, _at(cheaper, cost), least)
    except SafetyRulesError:
        pass  # the limit: what was found stands, not proven
    return SmallestChange(_adjustments(model, moving), most, outcome, proven)


def _model(solver: Any, left: Callable[[], float], *conditions: Any) -> Any:
    """Return a model on which the conditions hold too, None where there is none; raises where z3 gives up."""
    solver.push()
    try:
        solver.set("timeout", _milliseconds(left()))
        solver.add(*conditions)
        said = solver.check()
        if said == z3.unknown:
            left()
            raise SafetyRulesError("z3 gave up looking for a smallest change")
        return solver.model() if said == z3.sat else None
    finally:
        solver.pop()


def _at(model: Any, term: Any) -> Fraction:
    return fraction(model.eval(term, model_completion=True))


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))


def _adjustments(model: Any, moving: list[_Moving]) -> tuple[Adjustment, ...]:
    found = [Adjustment(m.path, m.now, _at(model, m.term)) for m in moving]
    return tuple(a for a in found if a.change != 0)
