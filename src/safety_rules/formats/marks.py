"""What each outcome looks like wherever results are shown: a sign, a fill and an edge, never a colour alone.

The five hold for colour-blind eyes and in grey print. Official risk grades (red, orange, yellow, blue) have colours of
their own, so none of these is one of them; what does not apply, or is no hazard, takes no colour at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safety_rules.formats.result import ERROR
from safety_rules.semantics.verdict.decided import UNDETERMINED


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign, the fill behind it, the colour of its text, and the kind of its edge (`solid`, `dashed`, `hatched`, `thick`)."""

    sign: str
    fill: str
    text: str
    edge: str = "solid"


BEST = Mark("■", "#005A9C", "#FFFFFF")
BETWEEN = (
    Mark("◆", "#F2B134", "#000000"),
    Mark("▲", "#BFD7EA", "#000000", "hatched"),
    Mark("●", "#FFFFFF", "#000000", "thick"),
)
WORST = Mark("✕", "#7A1410", "#FFFFFF")
OPEN = Mark("?", "#E6E6E6", "#000000", "dashed")
BROKEN = Mark("!", "#FFFFFF", "#000000", "dashed")
IDLE = Mark("○", "#FFFFFF", "#000000")


def marks(outcomes: Sequence[str]) -> Mapping[str, Mark]:
    """Return the mark of each outcome of an area, from best to worst, and of what is open or could not be screened."""
    last = len(outcomes) - 1
    between = {key: BETWEEN[min(i - 1, len(BETWEEN) - 1)] for i, key in enumerate(outcomes) if 0 < i < last}
    return {outcomes[0]: BEST, **between, outcomes[last]: WORST, UNDETERMINED: OPEN, ERROR: BROKEN}
