"""Whether one danger's rectification is finished under the rules: its life and its four thoroughs as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safety_rules.services.rectification.life import Danger, Event, after, replay
from safety_rules.services.rectification.table import Lifecycle


def facts(events: Sequence[Event], table: Lifecycle, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of the area `rectification` that a life gives, and those that were stated beside it.

    What the ledger knows goes before what is stated, so that nobody states an acceptance that did not happen.
    """
    danger: Danger | None = None
    round: dict[str, Event] = {}
    for event in next(iter(replay(table, events).values())).past:
        before, danger = danger, after(table, danger, event)
        if before is not None and before.state != danger.state and danger.state == "in_hand":
            round = {}  # sent back: what was submitted, supervised and accepted before counts no more
        round[event.name] = event
    assert danger is not None, "a life begins with a finding"
    return {**stated, **_of_danger(danger), **_of_round(round)}


def _of_danger(danger: Danger) -> dict[str, Any]:
    return {
        "rectification.id": danger.id,
        "rectification.place": danger.details.enterprise,
        "rectification.level": danger.details.level,
        "rectification.found_on": danger.found_on,
        **({"rectification.deadline": danger.deadline} if danger.deadline else {}),
    }


def _of_round(round: Mapping[str, Event]) -> dict[str, Any]:
    """Return what was submitted, re-inspected and accepted since the danger last went back to the enterprise."""
    submitted, supervised, accepted = (round.get(n) for n in ("submit", "supervise", "accept"))
    found: dict[str, Any] = {
        "rectification.acceptance_is_requested": submitted is not None,
        "rectification.reinspection": "passed" if supervised is not None else "not_done",
        "rectification.acceptance": "passed" if accepted is not None else "not_yet",
    }
    if submitted is not None:
        found |= {"rectification.requested_on": submitted.on, "rectification.completed_on": submitted.on}
    if supervised is not None:
        found |= {"rectification.reinspected_on": supervised.on, "rectification.reinspected_by": supervised.role}
    if accepted is not None:
        found |= {"rectification.accepted_on": accepted.on, "rectification.accepted_by": accepted.role}
    return found
