"""A problem of data from the key of its sentence."""

from __future__ import annotations

from typing import Any

from safety_rules.language.record import Problem
from safety_rules.words.said import said


def problem(key: str, path: str, place: str, given: str = "", /, **slots: Any) -> Problem:
    """Return the problem of a fact at a place; its code is what stands before the point of the key."""
    return Problem(key.partition(".")[0], path, place, said(key, **slots).name, given)
