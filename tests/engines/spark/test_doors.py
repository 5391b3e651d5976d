"""A frame of Spark is a door as the others: the matrix's cases that a column can carry come to what a record says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from doors.contents import GOOD, Case
from doors.principles import PRINCIPLES
from doors.test_matrix import area, plainly
from doors.through import as_arrow, mask
from engines.spark.test_spark import frame_of

pytestmark = pytest.mark.spark


def cases() -> list[Case]:
    """Return the cases whose columns are those of the good content, and whose values only text can hold."""
    found = []
    for case in (c for p in PRINCIPLES for c in p.cases):
        typed = all(type(v) is type(GOOD.get(k)) for k, v in case.change.items())
        items = (i for v in case.change.values() if isinstance(v, list) for i in v if isinstance(i, dict))
        plain = not case.asks and case.content.keys() == GOOD.keys() and all(n.isascii() for i in items for n in i)
        if plain and not typed:
            found.append(case)
    return found


def test_a_case_comes_to_what_the_record_says(spark: Any, tmp_path: Path) -> None:
    tried = cases()
    assert len(tried) > 100
    table = as_arrow([c.content for c in tried]).append_column("at", pa.array(range(len(tried))))
    decision = area().decide_table(frame_of(spark, table, tmp_path), keep=["at"])
    rows = sorted((r.asDict() for r in decision.frame().collect()), key=lambda r: r["at"])
    assert len(rows) == len(tried)
    for case, row in zip(tried, rows, strict=True):
        wanted = plainly(case)
        found = [
            tuple(r for i, r in enumerate(decision.rules) if mask(row[n]) >> i & 1)
            for n in ("violated", "undetermined")
        ]
        assert (row["at_best"], row["at_worst"], *found) == (*case.expect, wanted.violated, wanted.undetermined), case
