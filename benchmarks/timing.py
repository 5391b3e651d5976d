"""Both sides in turns: medians of times, and medians of the ratios of neighbouring runs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Timed:
    """A side's median seconds for one unit of work, and its ratio to the baseline's run beside it."""

    seconds: float
    ratio: float


def paired(
    sides: Mapping[str, Callable[[], object]], units: int | Mapping[str, int], rounds: int = 15
) -> dict[str, Timed]:
    """Time every side once a round, in turns; the first side is the baseline.

    A side does `units` units of work each time it is called (a mapping: each its own number, so that a
    slow side may do fewer). One unmeasured call warms each side.
    """
    count = {s: units if isinstance(units, int) else units[s] for s in sides}
    for side in sides.values():
        side()
    taken: dict[str, list[float]] = {s: [] for s in sides}
    held = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, side in sides.items():
                start = time.perf_counter()
                side()
                taken[name].append((time.perf_counter() - start) / count[name])
            gc.collect(0)
    finally:
        if held:
            gc.enable()
    base = taken[next(iter(sides))]
    return {
        name: Timed(median(seconds), median(a / b for a, b in zip(seconds, base, strict=True)))
        for name, seconds in taken.items()
    }
