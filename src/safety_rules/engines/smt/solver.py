"""Asks z3 within a limit: no record, a record, or given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from threading import Event, Thread
from typing import Any

import z3

from safety_rules.engines.smt.law import OpenLaw
from safety_rules.engines.smt.logic import Condition
from safety_rules.engines.smt.record import OpenRecord
from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.semantics.counsel.gap import step_of

AT_ONCE_S = 3.0


class Found(Enum):
    """What came of a search."""

    NOTHING = "nothing"
    RECORD = "record"
    GAVE_UP = "gave up"


@dataclass(slots=True)
class Search:
    """A solver that knows what admission holds the records to; questions are asked one after another.

    `help` tells the solver what is proved beside the question, such as orders between parts of sums. It is worked out
    once, and only when a question is not answered at once, as most are.
    """

    laws: tuple[OpenLaw, ...]
    limit_s: float
    solver: Any = field(default_factory=z3.Solver)
    known: list[int] = field(default_factory=list)
    help: Callable[[], None] | None = None

    def records(self) -> tuple[OpenRecord, ...]:
        """Return the open records, bases first."""
        return tuple(law.record for law in self.laws)

    def ask(self, *conditions: Condition) -> tuple[Found, tuple[Record, ...]]:
        """Return whether records exist on which the conditions hold, and such records, one for each law."""
        if any(c is False for c in conditions):
            return Found.NOTHING, ()
        self.assume()
        if self.help is not None:
            found = self._asked(conditions, min(AT_ONCE_S, self.limit_s))
            if found[0] is not Found.GAVE_UP:
                return found
            told, self.help = self.help, None
            told()
        return self._asked(conditions, self.limit_s)

    def _asked(self, conditions: Sequence[Condition], limit_s: float) -> tuple[Found, tuple[Record, ...]]:
        self.solver.push()
        try:
            self.solver.add(*(c for c in conditions if c is not True))
            return self._answer(limit_s)
        finally:
            self.solver.pop()

    def assume(self) -> None:
        """Tell the solver what the records are held to, as far as it has not been told."""
        self.known += [0] * (len(self.laws) - len(self.known))
        for i, record in enumerate(self.records()):
            fresh = record.assumptions[self.known[i] :]
            self.known[i] = len(record.assumptions)
            self.solver.add(*(c for c in fresh if c is not True))

    def _answer(self, limit_s: float) -> tuple[Found, tuple[Record, ...]]:
        started = time.process_time()
        said = self.check(limit_s)
        if said == z3.unsat:
            return Found.NOTHING, ()
        if said != z3.sat:
            return Found.GAVE_UP, ()
        model = self.solver.model()
        left = limit_s - (time.process_time() - started)
        found = tuple(Record(r.values(model)) for r in self.records())
        if all(on_grid(r, o) for r, o in zip(found, self.records(), strict=True)):
            return Found.RECORD, found
        self.solver.add(*(c for r in self.records() for c in grid(r)))
        if self.check(min(left, 2.0)) == z3.sat:
            model = self.solver.model()
            found = tuple(Record(r.values(model)) for r in self.records())
        return Found.RECORD, found

    def check(self, seconds: float) -> Any:
        """Return z3's answer within seconds of this process's own time, so that a busy machine changes no answer.

        z3's own limit goes by the clock on the wall; a thread stops it instead.
        """
        until, answered = time.process_time() + seconds, Event()

        def watch() -> None:
            while not answered.wait(max(until - time.process_time(), 0.01)):
                if time.process_time() >= until:
                    self.solver.interrupt()

        watching = Thread(target=watch, daemon=True)
        watching.start()
        try:
            return self.solver.check()
        finally:
            answered.set()
            watching.join()


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
