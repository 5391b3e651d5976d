"""A frame of Spark keeps every principle of admission: the cases of the matrix of doors, as texts, in one job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doors.matrix import PRINCIPLES, Case
from doors.test_matrix import area, plainly
from doors.through import columns, mask, rows_of, text

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]

# What a column of texts cannot hold, as `doors.matrix` has it of other frames.
CANNOT = frozenset({"sheets", "hidden", "paths", "headings", "objects", "names"})


def carried() -> list[Case]:
    return [case for principle in PRINCIPLES for case in principle.cases if not case.asks & CANNOT]


def test_a_frame_keeps_every_principle(spark: Any, tmp_path: Path) -> None:
    cases = carried()
    assert len(cases) > 150
    contents = [c.content for c in cases]
    made = [[text(v) for v in row] for row in rows_of(contents)]
    table = pa.table({n: [row[i] for row in made] for i, n in enumerate(columns(contents))})
    pq.write_table(table.append_column("at", pa.array(range(len(cases)))), tmp_path / "rows.parquet")
    decision = area().decide_table(spark.read.parquet(str(tmp_path / "rows.parquet")), keep=["at"])
    found = {row["at"]: row.asDict() for row in decision.frame().collect()}
    assert len(found) == len(cases)
    rules = area().law.rules
    for at, case in enumerate(cases):
        row, wanted = found[at], plainly(case)
        assert (row["at_best"], row["at_worst"]) == case.expect, case.name
        for name in ("violated", "undetermined"):
            keys = tuple(r.key for i, r in enumerate(rules) if mask(row[name]) >> i & 1)
            assert keys == getattr(wanted, name), (case.name, name)
