"""How often a test tries what it draws: as much as every run can afford, and more in a campaign."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("SAFETY_RULES_EFFORT", "1"))


def effort(count: int) -> int:
    """Return how many examples to draw: `count`, or `SAFETY_RULES_EFFORT` times as many."""
    return count * TIMES
