"""What the table engines leave to the exact evaluator, by name and reason; a test holds the list to the conformance suite.

Of tables nothing is refused: a row that needs one of these comes back settled, only later than the others.
Chaining over tables has no such second way for a single record: it refuses the whole, and says which it was.
"""

from __future__ import annotations

from collections.abc import Mapping

UNSUPPORTED: Mapping[str, str] = {
    "sum-at-threshold": "a sum of decimals is too close to what it is compared with for DOUBLE to tell them apart",
    "divisor-from-difference": "a divisor that is a difference is zero, or so small that it may be",
    "choice-of-numbers-at-threshold": (
        "a number that `if`, `min`, `max` or a look-up chose is calculated with, and too close to call"
    ),
    "number-without-short-decimal": "a number of the data has no decimal of 15 digits, such as 2000/3",
    "waiver": "a row whose subject a waiver names",
}

CHAINS: Mapping[str, str] = {
    "chain-number": "a number of a derived record is calculated, or one of the data has no decimal of 15 digits",
    "chain-list": "a derived record holds a list, or a condition reads a list within a record",
    "chain-too-close": "a comparison with what was calculated is too close for DOUBLE to tell the two apart",
    "chain-far-day": "a day before the year 1001 or after 8999, where a period could leave the calendar",
}
"""What chaining over tables refuses, with the reason; the definition decides such a ledger."""
