"""A bounded model check: every path of up to eight events, with every role and hand, over the shipped table."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from safety_rules.services.rectification.life import Danger, Details, Event, RefusedError, after
from safety_rules.services.rectification.table import Lifecycle, lifecycle

LONGEST = 8
DAY = datetime.date(2020, 9, 1)
OWNER = ("示例企业", "示例 企业", "９１３２MA")  # one enterprise: its name, with a blank, and its code in full width
OTHERS = ("示例园区", "示例部门")
FOUND = Details("消防", "一般", "通道堵塞", "示例责任单位", "示例企业", "9132MA")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a path, with who did it in which role."""

    name: str
    by: str
    role: str


Path = tuple[Step, ...]


def event(step: Step, danger: Danger | None) -> Event:
    """Return the event of a step, with everything that any event may ask for."""
    known = danger.deadline if danger is not None else None
    deadline = (known or DAY) + datetime.timedelta(days=1)
    return Event("YH-1", step.name, step.by, step.role, DAY, "照片", deadline, FOUND if danger is None else None)


def since_sent_back(path: Path) -> Path:
    """Return the steps after the last return to the enterprise: what was accepted before it counts no more."""
    last = max((i for i, s in enumerate(path) if s.name == "send_back"), default=-1)
    return path[last + 1 :]


def fault(path: Path) -> str | None:
    """Return what is wrong with a path that ends in a closing; read from the requirement, not from the table."""
    accepted = [s for s in since_sent_back(path) if s.name == "accept"]
    if not accepted:
        return "closed without acceptance"
    by = accepted[-1].by
    if by in OWNER:
        return "accepted by the enterprise itself"
    if by in {s.by for s in path if s.name == "supervise"}:
        return "supervised and accepted by one hand"
    if accepted[-1].role != "department":
        return "accepted by another than the department"
    if "zone" not in {s.role for s in since_sent_back(path) if s.name == "supervise"}:
        return "accepted without supervision by the zone"
    return None


def summary(path: Path) -> tuple[object, ...]:
    """Return what `fault` can see of a path, so that paths which differ in nothing else are followed once."""
    return (
        frozenset(s for s in since_sent_back(path) if s.name in ("accept", "supervise")),
        frozenset(s.by for s in path if s.name == "supervise"),
    )


def paths(table: Lifecycle, longest: int = LONGEST) -> Iterator[Path]:
    """Yield a path for every distinct way to stand after up to `longest` lawful events.

    What may follow depends on the danger alone, so of the paths with one danger and one summary one is enough.
    """
    letters = [Step(n, b, r) for n, b, r in product(table.events, OWNER + OTHERS, table.parties)]
    level: dict[object, tuple[Path, Danger | None]] = {None: ((), None)}
    for _ in range(longest):
        following: dict[object, tuple[Path, Danger | None]] = {}
        for path, danger in level.values():
            for step in letters:
                try:
                    now = after(table, danger, event(step, danger))
                except RefusedError:
                    continue
                longer = (*path, step)
                key = (now, summary(longer))
                if key not in following:
                    following[key] = (longer, now)
                    yield longer
        level = following


@pytest.fixture(scope="module")
def all_paths() -> tuple[Path, ...]:
    return tuple(paths(lifecycle()))


def test_no_path_of_eight_events_closes_a_danger_without_acceptance_by_another_hand(
    all_paths: tuple[Path, ...],
) -> None:
    closing = [p for p in all_paths if p[-1].name == "close"]
    assert len(closing) > 0
    assert [(fault(p), p) for p in closing if fault(p) is not None] == []


def test_the_shortest_closing_takes_all_seven_steps(all_paths: tuple[Path, ...]) -> None:
    shortest = min((p for p in all_paths if p[-1].name == "close"), key=len)
    assert [s.name for s in shortest] == ["find", "order", "start", "submit", "supervise", "accept", "close"]


def test_each_party_does_its_own_part_on_every_path(all_paths: tuple[Path, ...]) -> None:
    done = {(s.name, s.role) for p in all_paths for s in p}
    assert {r for n, r in done if n == "accept"} == {"department"}
    assert {r for n, r in done if n == "start"} == {"enterprise"}
    assert {r for n, r in done if n == "submit"} == {"enterprise"}
    assert "enterprise" not in {r for n, r in done if n not in ("start", "submit")}


def test_nothing_follows_a_closing(all_paths: tuple[Path, ...]) -> None:
    assert [p for p in all_paths if any(s.name == "close" for s in p[:-1])] == []


def test_the_check_notices_a_table_that_lets_anybody_accept() -> None:
    table = lifecycle()
    loose = replace(table.events["accept"], not_by=(), roles=tuple(table.parties))
    broken = replace(table, events={**table.events, "accept": loose})
    found = {fault(p) for p in paths(broken, 7) if p[-1].name == "close"}
    assert {"accepted by the enterprise itself", "supervised and accepted by one hand"} <= found


def test_the_check_notices_a_table_that_closes_what_is_only_supervised() -> None:
    table = lifecycle()
    early = replace(table.events["close"], sources=("supervised", "accepted"))
    broken = replace(table, events={**table.events, "close": early})
    assert "closed without acceptance" in {fault(p) for p in paths(broken, 7) if p[-1].name == "close"}


def test_two_parties_alone_close_nothing_on_any_single_path() -> None:
    """Without a third hand nobody can accept what the second supervised; every path is walked, none is merged."""
    table = lifecycle()
    letters = [Step(n, b, r) for n, b, r in product(table.events, (OWNER[0], OTHERS[0]), table.parties)]
    walked: dict[str, int] = {}

    def walk(danger: Danger | None, depth: int) -> None:
        for step in letters if depth < LONGEST else ():
            try:
                now = after(table, danger, event(step, danger))
            except RefusedError:
                continue
            walked[now.state] = walked.get(now.state, 0) + 1
            walk(now, depth + 1)

    walk(None, 0)
    assert set(walked) == {"found", "ordered", "in_hand", "submitted", "supervised", "withdrawn"}
    assert sum(walked.values()) > 1000
