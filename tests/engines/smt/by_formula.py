"""Statuses as the formulas have them on a given record: what z3 finds when every fact is fixed."""

from __future__ import annotations

import z3

from safety_rules.engines.smt.law import OpenLaw, open_law
from safety_rules.engines.smt.record import MOST_ITEMS, holds
from safety_rules.language.record import Record
from safety_rules.language.verdict import Status
from safety_rules.semantics.decide import AreaOn


def opened(law: AreaOn, record: Record) -> OpenLaw:
    longest = max((len(v) for v in record.values.values() if isinstance(v, tuple)), default=0)
    found = open_law(law, most_items=max(MOST_ITEMS, longest), record=record)
    found.findings()
    return found


def model_of(found: OpenLaw, record: Record) -> z3.ModelRef:
    """Return the one model in which the open record is a given record."""
    solver = z3.Solver()
    solver.add(found.record.equals(record), *(a for a in found.record.assumptions if a is not True))
    assert solver.check() == z3.sat, record.values
    return solver.model()


def statuses(law: AreaOn, record: Record) -> list[Status]:
    found = opened(law, record)
    model = model_of(found, record)
    return [status_in(model, f) for f in found.findings()]


def status_in(model: z3.ModelRef, finding: object) -> Status:
    true = [s for s in Status if holds(model, getattr(finding, s.value))]
    assert len(true) == 1, true
    return true[0]
