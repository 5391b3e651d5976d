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


LEVELS = {
    "level_1": Mark("▇", "#1B2A49", "#FFFFFF"), "level_2": Mark("▅", "#44608F", "#FFFFFF"),
    "level_3": Mark("▃", "#93A9CC", "#000000"), "level_4": Mark("▁", "#D3DDEC", "#000000"),
}  # fmt: skip
NEUTRAL = ("not_major", "not_applicable")  # nothing to warn of and nothing to praise: no colour


def marks(outcomes: Sequence[str]) -> Mapping[str, Mark]:
    """Return the mark of each outcome of an area, from best to worst, and of what is open or could not be screened."""
    judged = [key for key in outcomes if key not in NEUTRAL and key not in LEVELS]
    between = {key: BETWEEN[min(i - 1, len(BETWEEN) - 1)] for i, key in enumerate(judged) if 0 < i < len(judged) - 1}
    ends = {judged[-1]: WORST, judged[0]: BEST} if len(judged) > 1 else dict.fromkeys(judged, BETWEEN[0])
    own = {key: LEVELS.get(key, IDLE) for key in outcomes if key in LEVELS or key in NEUTRAL}
    return {**between, **ends, **own, UNDETERMINED: OPEN, ERROR: BROKEN}
