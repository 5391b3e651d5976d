"""What the table engines leave to the exact evaluator, by name and reason; a test holds the list to the conformance suite.

Nothing is refused: a row that needs one of these comes back settled, only later than the others.
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
