"""Times of day: numbers in a unit of their own, whole seconds from midnight, written as 22:00."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TypeGuard

from safety_rules.language.kinds import Kind, Number
from safety_rules.language.units import CLOCK
from safety_rules.language.vocabulary import Bounds

DAY_LONG = Fraction(24 * 60 * 60)
TIME = Number(CLOCK, True)
WITHIN = Bounds(Fraction(0), None, DAY_LONG - 1)
NEAR = Fraction(1, 1000)  # a spreadsheet's fraction of a day is seldom a whole second to the last digit
WRITTEN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,9})?))?", re.ASCII)
IN_WORDS = re.compile(r"([0-9]{1,2})\s*[时点]\s*(?:([0-9]{1,2})\s*分\s*(?:([0-9]{1,2})\s*秒)?|整)?", re.ASCII)


def is_time(kind: Kind) -> TypeGuard[Number]:
    """Return whether a kind is that of a time of day."""
    return isinstance(kind, Number) and kind.unit.dimension == CLOCK.dimension


def is_amount(kind: Kind) -> TypeGuard[Number]:
    """Return whether a kind is that of a number in a unit in which people count."""
    return isinstance(kind, Number) and kind.unit.dimension != CLOCK.dimension


def seconds_of(text: str) -> Fraction | None:
    """Return the time that a text writes; None where it writes none, or one between two seconds.

    >>> seconds_of("22:00"), seconds_of("8:05:30"), seconds_of("24:00"), seconds_of("21:59:59.999999")
    (Fraction(79200, 1), Fraction(29130, 1), None, Fraction(79200, 1))
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    exact = Fraction(int(found[1]) * 3600 + int(found[2]) * 60) + Fraction(found[3] or "0")
    whole = Fraction(round(exact))
    return whole if abs(exact - whole) <= NEAR and whole < DAY_LONG else None


def in_digits(text: str) -> str:
    """Return a time in words as 22:30; else the text as it is.

    >>> in_digits("22时30分"), in_digits("8点"), in_digits("22:00")
    ('22:30', '8:00', '22:00')
    """
    found = IN_WORDS.fullmatch(text)
    return text if found is None else ":".join([found[1], (found[2] or "").zfill(2), (found[3] or "").zfill(2)])


def time_text(seconds: Fraction) -> str:
    """Return a time as it is written; what is no time, as the number that it is.

    >>> time_text(Fraction(79200)), time_text(Fraction(29130))
    ('22:00', '08:05:30')
    """
    if seconds.denominator != 1 or not 0 <= seconds < DAY_LONG:
        return str(seconds)
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{second:02}" if second else "")
