"""Proofs in several processes at once: the parts of a rulebook are independent of one another."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path

from safety_rules.loading.folders import rulebook_of
from safety_rules.services.proving.answers import Proof
from safety_rules.services.proving.asking import Limits
from safety_rules.services.proving.prove import prove_built_in, prove_invariants


@dataclass(frozen=True, slots=True)
class Task:
    """One area's built-in questions, or its invariants; rules and overlays as the command line names them."""

    rules: str | None
    overlays: tuple[Path, ...]
    area: str
    part: str
    limits: Limits


def proofs_of(tasks: Sequence[Task], processes: int) -> list[Proof]:
    """Return the answers of all tasks, in their order."""
    if processes == 1 or len(tasks) < 2:
        return [proof for task in tasks for proof in answers(task)]
    # Processes are spawned, not forked: z3 has threads of its own.
    others = set(active_children())
    with ProcessPoolExecutor(min(processes, len(tasks)), mp_context=get_context("spawn")) as pool:
        try:
            with _deaf_to_the_keyboard():
                asked = pool.map(answers, tasks)
            return [proof for found in asked for proof in found]
        except KeyboardInterrupt:
            for process in set(active_children()) - others:
                process.kill()
            raise


@contextmanager
def _deaf_to_the_keyboard() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is for the one that started them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def answers(task: Task) -> list[Proof]:
    """Return the answers of one task."""
    book = rulebook_of(task.rules, task.overlays)
    if task.part == "built-in":
        return list(prove_built_in(book, task.area, task.limits))
    base = rulebook_of(task.rules) if task.overlays else None
    return list(prove_invariants(book, task.area, task.limits, base))
