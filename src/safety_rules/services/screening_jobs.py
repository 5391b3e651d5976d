"""A ledger screened by several processes: rows go out in batches and come back in their order, decided and worded.

No more batches are under way than the processes need, so that memory stays flat. Where a process dies, the batches that
were under way are screened again, each in a process of its own and halved as long as it dies, so that only the row that
kills is left without a verdict, and is named.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import get_context

from safety_rules.formats.ledger import Ledger
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.result import ERROR, ScreenedRow, Summary, Worded
from safety_rules.formats.worded import worded
from safety_rules.language.rule import Waiver
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.processes import deaf_to_the_keyboard, none_left
from safety_rules.words.problem import problem

START = "spawn"
BATCH = 100
AHEAD = 3
"""Batches under way for each process."""

Screen = Callable[[LedgerRow, Ledger, DatedArea, Sequence[Waiver], Summary], tuple[ScreenedRow, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Work:
    """What every process screens by: how one row is screened and counted, and the language of its words."""

    screen: Screen
    ledger: Ledger
    area: DatedArea
    waivers: tuple[Waiver, ...]
    language: str


@dataclass(slots=True)
class Worked:
    """What came of a batch: each row as it is told, what they count, and whom they are about."""

    rows: list[tuple[Worded | None, ScreenedRow]]
    summary: Summary
    names: set[str] = field(default_factory=set)


_WORK: list[Work] = []


def _begin(work: Work) -> None:
    _WORK[:] = [work]


def _worked(rows: Sequence[LedgerRow]) -> Worked:
    """Return what came of rows, in a process that has begun."""
    (work,) = _WORK
    made = Worked([], Summary())
    for row in rows:
        screened, names = work.screen(row, work.ledger, work.area, work.waivers, made.summary)
        made.names |= names
        made.rows.append((worded(screened, work.language), ScreenedRow(BLANK, error=screened.error)))
    return made


BLANK = LedgerRow(0, "", ())


def screened_by(
    jobs: int, rows: Iterable[LedgerRow], work: Work, count: Callable[[Summary, set[str]], None]
) -> Iterator[ScreenedRow]:
    """Yield every row as it is told, in its order; `count` takes what each batch counts, and whom it is about."""
    work = replace(work, ledger=replace(work.ledger, rows=iter(()), notices=[], understood=()))
    rest = iter(rows)
    under_way: deque[tuple[list[LedgerRow], Future[Worked]]] = deque()
    with none_left():
        pool = _pool(jobs, work)
        try:
            while True:
                with deaf_to_the_keyboard():
                    while len(under_way) < jobs * AHEAD and (batch := list(islice(rest, BATCH))):
                        under_way.append((batch, _asked(pool, batch)))
                if not under_way:
                    return
                batch, future = under_way.popleft()
                try:
                    yield from _given(batch, future.result(), count)
                except BrokenProcessPool:
                    pool.shutdown(cancel_futures=True)
                    for one in (batch, *(b for b, _ in under_way)):
                        yield from _alone(one, work, count)
                    under_way.clear()
                    pool = _pool(jobs, work)
        finally:
            pool.shutdown(cancel_futures=True)


def _asked(pool: ProcessPoolExecutor, batch: list[LedgerRow]) -> Future[Worked]:
    """Return what will come of a batch; of one that a broken pool no longer takes, that it broke."""
    try:
        return pool.submit(_worked, batch)
    except BrokenProcessPool as broken:
        failed: Future[Worked] = Future()
        failed.set_exception(broken)
        return failed


def _pool(jobs: int, work: Work) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context(START), _begin, (work,))


def _given(
    batch: Sequence[LedgerRow], worked: Worked, count: Callable[[Summary, set[str]], None]
) -> Iterator[ScreenedRow]:
    count(worked.summary, worked.names)
    for row, (said, screened) in zip(batch, worked.rows, strict=True):
        yield replace(screened, row=row, worded=said)


def _alone(batch: Sequence[LedgerRow], work: Work, count: Callable[[Summary, set[str]], None]) -> Iterator[ScreenedRow]:
    """Yield the rows of a batch screened in a process of its own, and where it dies, of each half."""
    with _pool(1, work) as pool, deaf_to_the_keyboard():
        future = pool.submit(_worked, batch)
    try:
        yield from _given(batch, future.result(), count)
    except BrokenProcessPool:
        if len(batch) == 1:
            died = problem("worker-died", "", batch[0].place).message
            count(Summary(1, outcomes=Counter({ERROR: 1})), set())
            yield ScreenedRow(batch[0], error=died)
            return
        half = len(batch) // 2
        yield from _alone(batch[:half], work, count)
        yield from _alone(batch[half:], work, count)
