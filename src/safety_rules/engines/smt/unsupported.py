"""What is not put into a formula, by name and reason; a test holds the list to the conformance suite.

A question about a condition that needs one of these is answered "not decided", which is a failure.
"""

from __future__ import annotations

from collections.abc import Mapping

from safety_rules.language.errors import SafetyRulesError

UNSUPPORTED: Mapping[str, str] = {
    "prefix-from-data": "the text that a function looks for in another is itself a fact",
    "prefix-and-table": "one text is both looked up in a table and looked into by a function",
    "prefix-and-comparison": "one text is both compared with another fact and looked into by a function",
    "prefix-of-code": "a function looks into a code with a check digit",
    "distinct": "different values of a list are counted",
    "text-function": "a function looks into a text, and what it tells apart is not known",
    "list-from-data": "a list is chosen by a condition",
}


class NotLowered(SafetyRulesError):
    """A condition needs what is not put into a formula; `reason` is a key of UNSUPPORTED."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(UNSUPPORTED[reason])

    def __reduce__(self) -> tuple[type[NotLowered], tuple[str]]:
        """Pickle the reason, from which the rest follows: questions are put in several processes."""
        return NotLowered, (self.reason,)
