"""Some answers alone: the columns that were asked for, with what the whole decision has in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from engines.columnar.test_agreement import arrow
from engines.columnar.test_short_query import complete, strange, w1
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.services.dated_area import DatedArea

ASKED: list[tuple[str, ...]] = [
    ("violated",),
    ("outcome",),
    ("not_applicable",),
    ("at_worst", "violated"),
    ("problem", "undetermined", "at_best"),
    ("violated", "undetermined", "not_applicable"),
]
ORDER = ("outcome", "at_best", "at_worst", "violated", "undetermined", "not_applicable", "problem")


@pytest.fixture(scope="module")
def area() -> DatedArea:
    return w1()


def rows_of(area: DatedArea, share: float) -> Any:
    rng = Random(7)
    found = [
        strange(area, r, rng) if i > 300 and rng.random() < share else r for i, r in enumerate(complete(area, 2, 1_000))
    ]
    return arrow(area, found)


@cache
def whole_of(share: float) -> tuple[list[dict[str, Any]], str]:
    """Return all that there is to say of the rows, and the words of one."""
    decision = w1().decide_table(rows_of(w1(), share))
    return list(decision), decision.explain_row(3)


@pytest.mark.parametrize("engine", ["duckdb", "records"])
@pytest.mark.parametrize("share", [0.0, 0.03])
@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_for_is_what_the_whole_says(
    asked: tuple[str, ...], share: float, engine: str, area: DatedArea, tmp_path: Path
) -> None:
    table = rows_of(area, share)
    whole, explained = whole_of(share)
    decision = area.decide_table(table, engine=engine, answers=asked)
    names = [n for n in ORDER if n in asked or n == "outcome"]
    found = list(decision)
    assert [{n: r[n] for n in names} for r in found] == [{n: r[n] for n in names} for r in whole]
    masks = {"violated", "undetermined", "not_applicable"} <= set(asked)
    assert list(found[0]) == [*names, "again", *(["satisfied"] if masks else [])]
    assert sum(decision.counts().values()) == 1_000
    decision.write(tmp_path / "some.csv")
    written = duckdb.read_csv(str(tmp_path / "some.csv"))
    assert written.columns == [*names, "again"]
    assert decision.explain_row(3) == explained


def test_an_answer_that_is_none_is_refused(area: DatedArea) -> None:
    with pytest.raises(NotFoundError, match="violated"):
        area.decide_table(rows_of(area, 0), answers=("violate",))


def test_details_are_told_of_whole_answers(area: DatedArea) -> None:
    with pytest.raises(LedgerError, match="details"):
        area.decide_table(rows_of(area, 0), answers=("violated",), details=True)
