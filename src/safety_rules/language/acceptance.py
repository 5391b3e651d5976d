"""A number outside its plausible bounds that somebody confirmed for one record."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who confirmed a fact's value for the record of an identity (a number, name or code), why, and when.

    `value` is in the fact's own unit. It counts for this value alone: another one is asked again.
    """

    record: str
    fact: str
    value: Fraction
    by: str
    why: str
    day: datetime.date
