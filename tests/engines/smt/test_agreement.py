"""The formulas never disagree with the definition: generated records of every area, fixed in the solver."""

from __future__ import annotations

import datetime
from random import Random

import pytest
import z3

import safety_rules as sr
from engines.smt.by_formula import status_in
from safety_rules.engines.smt.law import open_law
from safety_rules.engines.smt.record import MOST_ITEMS
from safety_rules.language.record import Record
from safety_rules.semantics.decide import findings
from safety_rules.testing.sampling import random_record, typical_values

COUNTS = {"admission": 40, "hidden_danger": 30, "major_hazard": 25, "major_hazard_duties": 15}


@pytest.mark.parametrize("key", sr.load().areas)
def test_a_record_has_the_findings_of_the_definition(key: str) -> None:
    rules = sr.load().area(key)
    area = rules.on(rules.area.default_on or datetime.date(2021, 6, 1))
    rng, values = Random(7), typical_values(area.law)
    opened = open_law(area.law, most_items=MOST_ITEMS)
    found = opened.findings()
    solver = z3.Solver()
    solver.add(*(a for a in opened.record.assumptions if a is not True))
    decided = 0
    for i in range(COUNTS.get(key, 40)):
        record = Record(area.admit(random_record(area.law, rng, values, (0.05, 0.3)[i % 2])).values)
        solver.push()
        solver.add(opened.record.equals(record))
        assert solver.check() == z3.sat, record.values
        assert [status_in(solver.model(), f) for f in found] == [
            f.status for f in findings(area.law.by_kleene(), record)
        ], record
        decided += 1
        solver.pop()
    assert decided == COUNTS.get(key, 40)
