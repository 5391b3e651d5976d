"""Strong Kleene logic: true, false, and unknown, which is neither."""

from __future__ import annotations

from enum import Enum


class Truth(Enum):
    """The truth of a condition; it refuses to be used as a Python bool, since unknown is neither."""

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    def __bool__(self) -> bool:
        raise TypeError("a truth may be unknown: compare it with Truth.TRUE or Truth.FALSE")


def negation(a: Truth) -> Truth:
    """Return `not a`."""
    match a:
        case Truth.FALSE:
            return Truth.TRUE
        case Truth.TRUE:
            return Truth.FALSE
        case _:
            return Truth.UNKNOWN


def conjunction(*operands: Truth) -> Truth:
    """Return the `and` of the operands; true when there are none."""
    if any(a is Truth.FALSE for a in operands):
        return Truth.FALSE
    return Truth.TRUE if all(a is Truth.TRUE for a in operands) else Truth.UNKNOWN


def disjunction(*operands: Truth) -> Truth:
    """Return the `or` of the operands; false when there are none."""
    if any(a is Truth.TRUE for a in operands):
        return Truth.TRUE
    return Truth.FALSE if all(a is Truth.FALSE for a in operands) else Truth.UNKNOWN
