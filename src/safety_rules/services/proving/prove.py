"""Puts every question to the rules of a rulebook, in several processes: the built-in ones, and the author's invariants."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path

from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.loading.folders import rulebook_of
from safety_rules.services.proving.answers import Proof
from safety_rules.services.proving.asking import Limits
from safety_rules.services.proving.built_in import built_in, needless
from safety_rules.services.proving.claims import invariant_proofs

LIMITS = Limits()


def prove(
    rulebook: Rulebook, area: str | None = None, limits: Limits = LIMITS, base: Rulebook | None = None
) -> Iterator[Proof]:
    """Yield the answer to every built-in question and every invariant of one area, or of all.

    `base` is the rulebook without its overlays, which is what `stricter_than_base` compares with.
    """
    yield from prove_built_in(rulebook, area, limits)
    yield from prove_invariants(rulebook, area, limits, base)


def prove_built_in(rulebook: Rulebook, area: str | None = None, limits: Limits = LIMITS) -> Iterator[Proof]:
    """Yield the answer to every built-in question of one area, or of all; then each exemption that exempts nothing."""
    for one in _areas(rulebook, area):
        proofs = []
        for proof in built_in(rulebook, one, limits):
            proofs.append(proof)
            yield proof
        yield from needless(one, proofs)


def prove_invariants(
    rulebook: Rulebook, area: str | None = None, limits: Limits = LIMITS, base: Rulebook | None = None
) -> Iterator[Proof]:
    """Yield the answer to every invariant of one area, or of all: one for each day on which it is asked."""
    for one in _areas(rulebook, area):
        yield from invariant_proofs(rulebook, one, limits, base)


def _areas(rulebook: Rulebook, area: str | None) -> list[Area]:
    return [a for a in rulebook.areas.values() if area is None or a.key == area]


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
    if not tasks:
        return []
    # Processes are spawned, not forked: z3 has threads of its own. And always some: Ctrl-C within z3 is lost, or a crash.
    others = set(active_children())
    with ProcessPoolExecutor(min(processes, len(tasks)), mp_context=get_context("spawn")) as pool:
        try:
            with _deaf_to_the_keyboard():
                # Invariants first: they take longest, and what takes longest must not begin last.
                order = sorted(range(len(tasks)), key=lambda i: tasks[i].part == "built-in")
                asked = {i: pool.submit(answers, tasks[i]) for i in order}
            return [proof for i in range(len(tasks)) for proof in asked[i].result()]
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
