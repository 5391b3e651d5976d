"""One and the same content gives one and the same record and verdict, whatever the door: every principle at every door."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import safety_rules as sr
from doors.contents import GOOD, Case, Principle
from doors.matrix import DOORS, Door
from doors.principles import PRINCIPLES
from doors.through import Answer, by_record, by_spark

CELLS = [(p, d) for p in PRINCIPLES for d in DOORS]
PLAIN = by_record(lambda area, content: dict(content))
SIGNS = ("project.site=lease", "q[1]'x*")


@cache
def area() -> sr.DatedArea:
    return sr.load().area("admission").on("2020-10-01")


def tried(door: Door, principle: Principle) -> list[Case]:
    """Return the cases of a principle that a door is tried with."""
    return [c for c in principle.cases if door.carries(c)][:: door.every]


def _table(case: Case) -> Any:
    """Return what cases of one table have in common: their names, and whether their columns keep their types."""
    typed = all(type(v) is type(GOOD.get(k, v)) for k, v in case.change.items())
    items = (i for v in case.change.values() if isinstance(v, list) for i in v if isinstance(i, dict))
    twice = any(not name.isascii() for item in items for name in item)
    return frozenset(case.content.keys() - GOOD.keys()), typed, twice, case.asks & {"paths", "sheets", "hidden"}


@cache
def answers(door: Door) -> Mapping[Case, Answer]:
    """Return what comes of every case that a door is tried with; cases that fit in one table stand in one."""
    tables: defaultdict[Any, list[Case]] = defaultdict(list)
    for principle in PRINCIPLES:
        for case in tried(door, principle):
            tables[_table(case)].append(case)
    found: dict[Case, Answer] = {}
    for (*_, asked), cases in tables.items():
        with TemporaryDirectory() as folder:
            place = Path(folder, *SIGNS) if "paths" in asked else Path(folder)
            place.mkdir(parents=True, exist_ok=True)
            judge = next((door.own[a] for a in asked if a in door.own), door.judge)
            found |= zip(cases, judge(area(), [c.content for c in cases], place), strict=True)
    return found


@cache
def plainly(case: Case) -> Answer:
    """Return what comes of a case as a plain dict."""
    content = case.content if case.plainly is None else {**GOOD, **case.plainly}
    (found,) = PLAIN(area(), [content], Path())
    return found


@pytest.mark.parametrize(
    ("principle", "door"),
    [
        pytest.param(p, d, marks=[pytest.mark.spark] if d.judge is by_spark else [], id=f"{p.name} · {d.name}")
        for p, d in CELLS
    ],
)
def test_a_principle_is_kept_at_a_door(principle: Principle, door: Door) -> None:
    cases = tried(door, principle)
    if not cases:
        assert all(door.cannot[w] for c in principle.cases for w in c.wants & door.cannot.keys())
        return
    found = answers(door)
    for case in cases:
        came, wanted = found[case], plainly(case)
        assert case.expect == (came.at_best, came.at_worst), (case.name, came)
        if came.violated is not None:
            assert (wanted.violated, wanted.undetermined) == (came.violated, came.undetermined), case.name
        if came.problems is not None:
            assert wanted.record == came.record, case.name
            assert {*wanted.problems} ^ {*came.problems} <= case.kinds, case.name


def test_no_cell_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    counted = Counter("tested" if tried(d, p) else "impossible" for p, d in CELLS)
    assert len({p.name for p in PRINCIPLES}) == 12
    assert len({d.name for d in DOORS}) == len(DOORS)
    for p, d in CELLS:
        assert bool(tried(d, p)) is any(not c.wants & d.cannot.keys() for c in p.cases), (p.name, d.name)
    with capsys.disabled():
        print(f"\n{len(CELLS)} cells: {counted['tested']} tested, {counted['impossible']} impossible")


@pytest.mark.parametrize(
    "name", ["dict, flat", "JSON lines, by DuckDB", "csv utf-8, by DuckDB", "csv utf-8, by record", "xlsx, wide"]
)
def test_a_separator_in_the_name_of_an_option_parts_nothing(name: str, tmp_path: Path) -> None:
    (door,) = [d for d in DOORS if d.name == name]
    dangers = sr.load().area("hidden_danger").on("2024-05-01")
    matters = ["全员安全生产责任制", "铁、石等杂物去除"]
    (found,) = door.judge(dangers, [{"danger.id": "1", "danger.matters": matters}], tmp_path)
    assert found.record == {"danger.id": "1", "danger.matters": ("responsibility_system", "dust_foreign_objects")}
