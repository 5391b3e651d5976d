"""The rectification ledger under any sequence of events: a machine of its own says which are lawful.

The machine is written down here by hand, from the division of labour: experts find, departments order and accept,
enterprises rectify, the zone supervises; nobody passes their own work. It reads no table of the library.
"""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from safety_rules.services.rectification.ledger import writing
from safety_rules.services.rectification.life import Details, Event, RefusedError
from safety_rules.services.rectification.recording import dangers, history, record
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults
from safety_rules.services.store.store import GENESIS

TABLE = lifecycle()
START = datetime.date(2024, 1, 1)
TODAY = datetime.date(2024, 12, 31)
UNIT, WORKS = "某街道", "某厂"
HANDS = [UNIT, WORKS, "专家甲", "园区乙", "部门丙", "部门丁"]
ROLES = ["expert", "enterprise", "zone", "department"]
OPEN = ("ordered", "in_hand")
WHO = {"order": "D", "start": "E", "submit": "E", "supervise": "P", "accept": "D", "close": "D", "send_back": "PD",
       "extend": "D", "escalate": "D"}  # fmt: skip
FROM = {"order": ("found",), "start": ("ordered",), "submit": ("in_hand",), "supervise": ("submitted",),
        "accept": ("supervised",), "close": ("accepted",), "send_back": ("submitted", "supervised", "accepted"),
        "extend": OPEN, "escalate": ("found", "ordered", "in_hand", "submitted", "supervised")}  # fmt: skip
TO = {"order": "ordered", "start": "in_hand", "submit": "submitted", "supervise": "supervised", "accept": "accepted",
      "close": "closed", "send_back": "in_hand"}  # fmt: skip
NOT_AFTER = {"supervise": {"start", "submit", "accept"}, "accept": {"start", "submit", "supervise"},
             "close": {"start", "submit"}}  # fmt: skip
LETTERS = {"E": "enterprise", "P": "zone", "D": "department", "X": "expert"}


@dataclass
class Life:
    """What the machine remembers of a danger."""

    state: str
    last: datetime.date
    deadline: datetime.date | None = None
    done: set[tuple[str, str]] = field(default_factory=set)
    events: int = 1


def lawful(life: Life, name: str, by: str, role: str, on: datetime.date, evidence: str, deadline: Any) -> bool:
    """Return whether an event may happen."""
    own = by in (UNIT, WORKS)
    worked = WHO[name] == "E"
    return (
        life.state in FROM[name]
        and on >= life.last
        and on <= TODAY
        and role in [LETTERS[x] for x in WHO[name]]
        and own is worked
        and not any((other, by) in life.done for other in NOT_AFTER.get(name, ()))
        and (name != "close" or bool(evidence.strip()))
        and (name not in ("order", "extend") or deadline is not None)
        and (deadline is None or deadline >= on)
        and not (name == "extend" and life.deadline is not None and deadline <= life.deadline)
    )


DAYS = st.integers(0, 40).map(lambda n: START + datetime.timedelta(days=n)) | st.just(
    TODAY + datetime.timedelta(days=1)
)


RIGHT = {"E": WORKS, "P": "园区乙", "D": "部门丙"}
WRONG = ["nothing", "nothing", "hand", "hand", "role", "day"]
MATTERS = {"close": ["evidence"] * 4, "order": ["deadline"] * 3, "extend": ["deadline"] * 3}


class Rectification(RuleBasedStateMachine):
    """Two dangers, any event at any time by anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "台账.db"
        self.lives: dict[str, Life] = {}
        with writing(self.path, create=True):
            pass

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(steps=st.integers(0, 6))
    def a_life_so_far(self, steps: int) -> None:
        self.find("D1", "专家甲", "expert", START)
        for name in list(TO)[:steps]:
            role = WHO[name][0]
            deadline = 10 if name == "order" else None
            self.step("D1", name, RIGHT[role], LETTERS[role], "复查照片", self.lives["D1"].last, deadline)
        assert self.lives["D1"].events == steps + 1

    @precondition(lambda self: len(self.lives) < 2)
    @rule(id=st.sampled_from(["D1", "D1", "D1", "D2"]), by=st.sampled_from(HANDS), role=st.sampled_from(ROLES), on=DAYS)
    def find(self, id: str, by: str, role: str, on: datetime.date) -> None:
        details = Details("消防", "一般", "通道堵塞", UNIT, WORKS)
        allowed = id not in self.lives and role == "expert" and by not in (UNIT, WORKS) and on <= TODAY
        if self.recorded(Event(id, "find", by, role, on, details=details), allowed):
            self.lives[id] = Life("found", on, None, {("find", by)})

    @precondition(lambda self: self.lives)
    @rule(data=st.data(), later=st.integers(0, 3), more=st.integers(1, 20))
    def a_step(self, data: Any, later: int, more: int) -> None:
        """Take a lawful step, or one that is wrong in one thing."""
        draw = data.draw
        id = draw(st.sampled_from(sorted(self.lives)))
        life = self.lives[id]
        fitting = [n for n in sorted(FROM) if life.state in FROM[n]]
        others = [n for n in sorted(FROM) if n not in fitting]
        name = draw(st.sampled_from(others if not fitting or draw(st.integers(0, 3)) == 0 else fitting))
        wrong = draw(st.sampled_from([*WRONG, *MATTERS.get(name, [])]))
        by = RIGHT[WHO[name][0]]
        role = draw(st.sampled_from(ROLES)) if wrong == "role" else LETTERS[WHO[name][0]]
        evidence = draw(st.sampled_from(["", " "])) if wrong == "evidence" else "复查照片"
        on = draw(DAYS) if wrong == "day" else life.last + datetime.timedelta(days=later)
        by = draw(st.sampled_from(HANDS)) if wrong == "hand" else by
        wanted = more if name in ("order", "extend") else None
        deadline = draw(st.none() | st.integers(-3, 30)) if wrong == "deadline" else wanted
        self.step(id, name, by, role, evidence, on, deadline)

    def step(self, id: str, name: str, by: str, role: str, evidence: str, on: datetime.date, more: Any) -> None:
        life = self.lives[id]
        deadline = None if more is None else on + datetime.timedelta(days=more)
        allowed = lawful(life, name, by, role, on, evidence, deadline)
        if self.recorded(Event(id, name, by, role, on, evidence, deadline), allowed):
            life.state, life.last = TO.get(name, life.state), on
            life.deadline = deadline or life.deadline
            life.done.add((name, by))
            life.events += 1

    def recorded(self, event: Event, allowed: bool) -> bool:
        """Record an event, and check that it was taken exactly where it may happen, and that a refusal wrote nothing."""
        before = faults(self.path, TABLE)[0]
        reason = None
        try:
            record(self.path, TABLE, event, TODAY)
        except RefusedError as refused:
            reason = refused.reason
        assert (reason is None) is allowed, (event, self.lives.get(event.danger))
        if reason is not None:
            assert reason.zh
            assert reason.en
            assert faults(self.path, TABLE)[0] == before
        return reason is None

    @invariant()
    def the_ledger_says_what_happened_and_is_as_it_was_written(self) -> None:
        if not self.lives:
            return
        head, wrong = faults(self.path, TABLE)
        assert wrong == ()
        assert head.hash != GENESIS
        assert head.count == sum(life.events for life in self.lives.values())
        found = dangers(self.path, TABLE, TODAY)
        assert {k: (d.state, d.last_on, d.deadline) for k, d in found.items()} == {
            k: (x.state, x.last, x.deadline) for k, x in self.lives.items()
        }
        for id, life in self.lives.items():
            events = history(self.path, id)
            assert events[0].name == "find"
            assert len(events) == life.events
            closed = [i for i, e in enumerate(events) if e.name == "close"]
            assert closed in ([], [life.events - 1])


Rectification.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=12,
    phases=(Phase.generate,),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestRectification = Rectification.TestCase
