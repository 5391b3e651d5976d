"""What is open of dangers on a day, what is overdue, and what falls due in its week."""

from __future__ import annotations

import datetime

from safety_rules.services.rectification.life import Danger, Day


def overdue(danger: Danger, on: Day) -> bool:
    """Return whether a danger's deadline has passed on a day and it is still not accepted."""
    return is_open(danger) and danger.deadline is not None and danger.deadline < on


def is_open(danger: Danger) -> bool:
    """Return whether a danger is neither accepted nor withdrawn, a task neither closed nor withdrawn."""
    return danger.accepted_on is None and danger.closed_on is None and danger.withdrawn_on is None


def week(on: Day) -> Day:
    """Return the Monday of a day's week."""
    return on - datetime.timedelta(days=on.weekday())


def due_this_week(danger: Danger, on: Day) -> bool:
    """Return whether a danger that is not accepted is due between a day and the Sunday of its week."""
    if not is_open(danger) or danger.deadline is None:
        return False
    return on <= danger.deadline <= week(on) + datetime.timedelta(days=6)
