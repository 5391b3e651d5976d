"""Both sides in turns: medians of times, and medians of the ratios of neighbouring runs."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

QUICK = 0.05
"""Seconds of a baseline that is timed again beside every other side."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A side's median seconds for one unit of work, and its ratio to the baseline's run beside it."""

    seconds: float
    ratio: float


def paired(
    sides: Mapping[str, Callable[[], object]],
    units: int | Mapping[str, int],
    rounds: int = 15,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Timed]:
    """Time every side once a round, in turns; the first side is the baseline.

    A side does `units` units of work each time it is called (a mapping: each its own number, so that a slow side
    may do fewer). `clock` is the wall's, or `time.process_time` for work of one thread. One unmeasured call warms
    each side. A quick baseline is timed again right before each side, so that the two are neighbours.
    """
    count = {s: units if isinstance(units, int) else units[s] for s in sides}
    for side in sides.values():
        side()
    base = next(iter(sides))
    near = _seconds(sides[base], clock) < QUICK
    taken: dict[str, list[float]] = {s: [] for s in sides}
    ratios: dict[str, list[float]] = {s: [] for s in sides}
    with _collector_off():
        for _ in range(rounds):
            beside = 0.0
            for name, side in sides.items():
                if name == base or near:
                    beside = _seconds(sides[base], clock) / count[base]
                seconds = beside if name == base else _seconds(side, clock) / count[name]
                taken[name].append(seconds)
                ratios[name].append(seconds / beside)
            gc.collect(0)
    return {name: Timed(median(taken[name]), median(ratios[name])) for name in sides}


def _seconds(side: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    side()
    return clock() - start


@contextmanager
def _collector_off() -> Iterator[None]:
    held = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if held:
            gc.enable()
