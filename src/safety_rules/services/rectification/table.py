"""The transition table of rectifications as frozen data: who may do what, from which state to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from safety_rules.language.kinds import Name

FILE = Path(__file__).with_name("lifecycle.yaml")
TASKS_FILE = Path(__file__).with_name("tasks.yaml")
SAME = "same"
SETTLED = ("accepted", "closed", "withdrawn")  # states in which a danger is open no longer
RESPONSIBLE = "responsible"


@dataclass(frozen=True, slots=True)
class State:
    """A state of a danger; `rests_with` is the party whose move is next, none at the end."""

    key: str
    name: Name
    rests_with: str | None


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event asks for and does; `not_by` are events whose hands may not do this one as well."""

    key: str
    name: Name
    roles: tuple[str, ...]
    sources: tuple[str, ...]
    to: str
    not_by: tuple[str, ...]
    only_by_responsible: bool
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Parties, states and events by key."""

    parties: Mapping[str, Name]
    states: Mapping[str, State]
    events: Mapping[str, Transition]

    def event_key(self, text: str) -> str | None:
        """Return the event that a key or a name in either language means."""
        return next((k for k, e in self.events.items() if text in (k, e.name.zh, e.name.en)), None)

    def party_key(self, text: str) -> str | None:
        """Return the party that a key or a name in either language means."""
        return next((k for k, n in self.parties.items() if text in (k, n.zh, n.en)), None)


def lifecycle() -> Lifecycle:
    """Return the table of dangers that ships with the library."""
    return _table(FILE)


def task_table() -> Lifecycle:
    """Return the table of the tasks of a campaign, which has steps of its own."""
    return _table(TASKS_FILE)


@cache
def _table(path: Path) -> Lifecycle:
    from safety_rules.loading.lifecycle import lifecycle_file

    file = lifecycle_file(path)
    return Lifecycle(
        {key: Name(p.zh, p.en) for key, p in file.parties.items()},
        {key: State(key, Name(s.zh, s.en), s.rests_with) for key, s in file.states.items()},
        {
            key: Transition(
                key,
                Name(e.zh, e.en),
                tuple(e.roles),
                tuple(e.from_),
                e.to,
                tuple(e.not_by),
                e.only_by == RESPONSIBLE,
                tuple(e.asks),
            )
            for key, e in file.events.items()
        },
    )
