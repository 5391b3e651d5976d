"""Asks z3 within a limit: no record, a record, or given up."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Any

import z3

from safety_rules.engines.smt.law import OpenLaw
from safety_rules.engines.smt.logic import Condition
from safety_rules.engines.smt.record import OpenRecord
from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.semantics.counsel.gap import step_of


class Found(Enum):
    """What came of a search."""

    NOTHING = "nothing"
    RECORD = "record"
    GAVE_UP = "gave up"


@dataclass(slots=True)
class Search:
    """A solver that knows what admission holds the records to; questions are asked one after another."""

    laws: tuple[OpenLaw, ...]
    limit_s: float
    solver: Any = field(default_factory=z3.Solver)
    known: list[int] = field(default_factory=list)

    def records(self) -> tuple[OpenRecord, ...]:
        """Return the open records, bases first."""
        return tuple(law.record for law in self.laws)

    def ask(self, *conditions: Condition) -> tuple[Found, tuple[Record, ...]]:
        """Return whether records exist on which the conditions hold, and such records, one for each law."""
        if any(c is False for c in conditions):
            return Found.NOTHING, ()
        self.assume()
        self.solver.push()
        try:
            self.solver.add(*(c for c in conditions if c is not True))
            return self._answer()
        finally:
            self.solver.pop()

    def assume(self) -> None:
        """Tell the solver what the records are held to, as far as it has not been told."""
        self.known += [0] * (len(self.laws) - len(self.known))
        for i, record in enumerate(self.records()):
            fresh = record.assumptions[self.known[i] :]
            self.known[i] = len(record.assumptions)
            self.solver.add(*(c for c in fresh if c is not True))

    def _answer(self) -> tuple[Found, tuple[Record, ...]]:
        started = time.monotonic()
        said = self.check(self.limit_s)
        if said == z3.unsat:
            return Found.NOTHING, ()
        if said != z3.sat:
            return Found.GAVE_UP, ()
        model = self.solver.model()
        left = self.limit_s - (time.monotonic() - started)
        found = tuple(Record(r.values(model)) for r in self.records())
        if all(on_grid(r, o) for r, o in zip(found, self.records(), strict=True)):
            return Found.RECORD, found
        self.solver.add(*(c for r in self.records() for c in grid(r)))
        if self.check(min(left, 2.0)) == z3.sat:
            model = self.solver.model()
            found = tuple(Record(r.values(model)) for r in self.records())
        return Found.RECORD, found

    def check(self, seconds: float) -> Any:
        """Return z3's answer within a time."""
        self.solver.set("timeout", max(1, int(seconds * 1000)))
        return self.solver.check()


def on_grid(record: Record, opened: OpenRecord) -> bool:
    """Return whether every number is a whole number of its fact's steps, as people write them."""
    facts = opened.law.rulebook.vocabulary.facts
    flat: list[tuple[str, Any]] = []
    for key, value in record.values.items():
        items: Iterable[Any] = value if isinstance(value, tuple) else ()
        flat += [(key, value), *((f"{key}.{f}", v) for i in items if isinstance(i, dict) for f, v in i.items())]
    numbers = [(facts[k], v) for k, v in flat if isinstance(v, Fraction)]
    return all((v / step_of(fact)).denominator == 1 for fact, v in numbers)


def grid(record: OpenRecord) -> list[Condition]:
    """Return that every number is a whole number of its fact's steps."""
    facts, found = record.law.rulebook.vocabulary, []
    for path, value in record.facts.items():
        fact = facts.fact_at(path)
        if isinstance(fact.kind, Number) and not fact.kind.whole:
            step = step_of(fact)
            for _, one in value.cases:  # type: ignore[union-attr]
                found.append(z3.IsInt(one.top * z3.Q(step.denominator, step.numerator)))
    return found


def search(laws: Iterable[OpenLaw], limit_s: float) -> Search:
    """Return a search over the laws' records."""
    return Search(tuple(laws), limit_s)
