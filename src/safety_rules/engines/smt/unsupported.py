"""What is not put into a formula, by name and reason; a test holds the list to the conformance suite.

A question about a condition that needs one of these is answered "not decided", which is a failure.
"""

from __future__ import annotations

from safety_rules.language.errors import SafetyRulesError
from safety_rules.words.catalog import both

UNSUPPORTED = (
    "prefix-from-data",
    "prefix-and-table",
    "prefix-and-comparison",
    "prefix-of-code",
    "distinct",
    "text-function",
    "list-from-data",
)


class NotLowered(SafetyRulesError):
    """A condition needs what is not put into a formula; `reason` is one of UNSUPPORTED, `why` says it."""

    def __init__(self, reason: str) -> None:
        self.reason, self.why = reason, both(f"unsupported.{reason}")
        super().__init__(self.why.en)

    def __reduce__(self) -> tuple[type[NotLowered], tuple[str]]:
        """Pickle the reason, from which the rest follows: questions are put in several processes."""
        return NotLowered, (self.reason,)
