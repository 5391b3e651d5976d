"""What lint can find in rule files that load, and how an author silences a finding beside it, with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from safety_rules.language.diagnostic import Span

LINT_CODES = (
    "day-beside-source", "near-duplicate", "quotation-not-found", "sentence-number", "slow-rule", "source-lapsed",
    "source-not-in-force", "source-replaced", "untried-boundary", "untried-unknown", "unused-fact", "unused-name", "unused-parameter", "unused-silence",
    "weak-standing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Silence:
    """An author's word that a finding in this file is meant so: of one thing (`of`), or of all of the code."""

    code: str
    of: str
    reason: str
    at: Span = field(repr=False)

    @property
    def file(self) -> str:
        """The file that it stands in, and about which it speaks."""
        return self.at.source.name
