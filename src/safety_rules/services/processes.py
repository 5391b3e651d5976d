"""Processes that work for this one: started fresh, and stopped by it alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def deaf_to_the_keyboard() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is for the one that started them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def none_left() -> Iterator[None]:
    """Kill the processes that were started within, where it is left by Ctrl-C or by whoever stops reading."""
    others = set(active_children())
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        for process in set(active_children()) - others:
            process.kill()
        raise
