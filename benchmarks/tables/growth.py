"""W2 as rows grow: time and peak memory from a thousand to a million rows, to ten million where asked.

`SAFETY_RULES_MOST_ROWS=10000000 python -m benchmarks --only W2-growth` goes on to ten million.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

from benchmarks.records.w1 import area
from benchmarks.result import Result, Row, Target
from benchmarks.tables.peaks import peak_of
from benchmarks.tables.plot import write_chart
from benchmarks.tables.w2 import HAND, OURS, by_hand, call, different, ours
from benchmarks.tables.w2_data import write_rows
from benchmarks.timing import paired
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.services.dated_area import DatedArea

MOST = int(os.environ.get("SAFETY_RULES_MOST_ROWS", "1000000"))
PLOTS = Path(__file__).resolve().parents[1] / "plots"
ABOUT = """W2 with more and more rows. A process is measured from its start for peak memory; time is that of one call, the
file read, decided and written, and of few rows mostly the planning of the query. Rows in which the two differ are decided
by the definition; answers agree where it gives ours in every one of them."""


def wrong_by_hand(law: DatedArea, source: Path, written: Mapping[str, Path]) -> int | None:
    """Return in how many rows the definition contradicts the hand-written query; None where it contradicts ours."""
    if not different(written[HAND], written[OURS]):
        return 0
    both = "SELECT file_row_number AS n, outcome::VARCHAR AS o, violated AS v FROM read_parquet('{}', file_row_number = true)"
    given = f"SELECT * FROM read_parquet('{source}', file_row_number = true)"
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        found = con.execute(
            f"SELECT b.o, b.v, g.* EXCLUDE (file_row_number) FROM ({both.format(written[HAND])}) a "
            f"JOIN ({both.format(written[OURS])}) b USING (n) JOIN ({given}) g ON g.file_row_number = n "
            "WHERE a.o <> b.o OR a.v <> b.v"
        )
        names = [c[0] for c in found.description][2:]
        rows = found.fetchall()
    for outcome, violated, *cells in rows:
        verdict = decide(law.law, law.admit(dict(zip(names, cells, strict=True))))
        mask = sum(1 << i for i, r in enumerate(law.law.rules) if r.key in verdict.violated())
        if (verdict.outcome, mask) != (outcome, violated):
            return None
    return len(rows) if len(rows) == different(written[HAND], written[OURS]) else None


def measured() -> Result:
    """Return what was measured as rows grew."""
    law = area()
    sides = {HAND: by_hand(law), OURS: ours(law)}
    rows: list[Row] = []
    seconds: dict[str, list[tuple[float, float]]] = {n: [] for n in sides}
    memory: dict[str, list[tuple[float, float]]] = {n: [] for n in sides}
    with tempfile.TemporaryDirectory(prefix="w2-growth-") as name:
        folder, count = Path(name), 1_000
        while count <= MOST:
            source = write_rows(folder / "rows.parquet", count)
            written = {n: folder / f"{i}.parquet" for i, n in enumerate(sides)}
            for n, side in sides.items():
                side(source, written[n])
            wrong = wrong_by_hand(law, source, written)
            agree = wrong is not None
            notes = {HAND: f"wrong on {wrong} of {count:,} rows, all at a threshold" if wrong else "", OURS: ""}
            calls = {n: call(side, source, written[n]) for n, side in sides.items()}
            times = paired(calls, 1, 5 if count < 1_000_000 else 3)
            for n in sides:
                peak = peak_of(n, source, folder / "peak.parquet")
                ratio = None if n == HAND else times[n].ratio
                rows.append(Row("W2-growth", n, f"{count:,} rows", times[n].seconds, ratio, peak, agree, notes[n]))
                seconds[n].append((count, times[n].seconds))
                memory[n].append((count, peak or 1))
            count *= 10
    write_chart(PLOTS / "w2_seconds.svg", "W2: time as rows grow", "rows", "seconds", seconds)
    write_chart(PLOTS / "w2_memory.svg", "W2: peak memory as rows grow", "rows", "MiB", memory)
    return Result(
        "W2-growth", "a table of more and more rows", ABOUT, tuple(rows),
        (Target("W2-growth", f"peak memory at {MOST:,} rows", 2000, memory[OURS][-1][1], "MiB"),), ("duckdb",),
        {"table_start_s": seconds[OURS][0][1], "table_peak_mib": memory[OURS][-1][1]}, {},
        ("plots/w2_seconds.svg", "plots/w2_memory.svg"),
    )  # fmt: skip
