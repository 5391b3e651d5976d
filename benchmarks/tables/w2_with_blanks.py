"""W2 with blank cells: the thirty rules of W1 on flat rows of which a share is NULL, beside three-valued SQL by hand."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.records.w1 import area
from benchmarks.records.w1_rules import RULES
from benchmarks.result import Result, Row, Target
from benchmarks.tables.w2 import call, ours
from benchmarks.tables.w2_by_hand import OUTCOMES, TESTS, _doubles, short
from benchmarks.tables.w2_data import write_rows
from benchmarks.timing import paired

ROWS, ROUNDS, SHARES = 1_000_000, 5, (0.01, 0.1)
HAND, OURS = "DuckDB SQL by hand, three-valued", "safety_rules, `decide_table`"
ABOUT = """{rows} rows of W2 with that share of every column's cells NULL (fixed seed). By hand: NULL is SQL's own, the masks of failed
and of open rules and the outcome at best and at worst, in floats, rule by rule. Ours says besides what every way to fill in the
blanks decides alike, which rules do not apply, and whether a cell could not be used. Processor seconds of both cores, in turns."""
NOTE = """ends of partly blank comparisons, and cases of blanks, are looked at behind CASE, in the rows that are blank there; bounds that
the footer says are not looked at again; few rows are settled exactly at once. What is left: looking for words and NaN, the masks of
three findings a rule, and rows of which cases may lift the outcome (0.4 % at 10 %), half a millisecond each. With `tight=False`, which leaves those cases out, 1.85 and 2.08 times,
in turns in one run: at 10 % 4,627 rows leave SQL for their cases, and none without""".replace("\n", " ")


def write_blank(path: Path, rows: int, share: float) -> Path:
    """Write the rows of W2, a share of each column's cells NULL."""
    rng, whole = np.random.default_rng(7), pq.read_table(write_rows(path, rows))
    columns = {}
    for name in whole.column_names:
        column = whole[name].combine_chunks()
        columns[name] = pc.if_else(pa.array(rng.random(rows) < share), pa.scalar(None, column.type), column)
    pq.write_table(pa.table(columns), path, compression="snappy", row_group_size=122_880)
    return path


def by_hand(source: Path, target: Path) -> None:
    """Decide by one query: a test that is NULL leaves its rule open."""
    import duckdb

    tests = [(1 << i, asked, _doubles(TESTS[key], "E0")) for i, (key, asked, *_) in enumerate(RULES)]
    failed = " + ".join(f"CASE WHEN {test} THEN {bit} ELSE 0 END" for bit, _, test in tests)
    left = " + ".join(f"CASE WHEN ({test}) IS NULL THEN {bit} ELSE 0 END" for bit, _, test in tests)
    masks = {o: sum(bit for bit, asked, _ in tests if asked == o) for o in OUTCOMES}

    def worst(found: str) -> str:
        arms = " ".join(f"WHEN {found} & {masks[o]} <> 0 THEN '{o}'" for o in OUTCOMES)
        return f"CASE {arms} ELSE 'admitted' END"

    with duckdb.connect(config={"memory_limit": "1200MB"}) as con:
        con.execute("SET enable_progress_bar = false")
        keys = con.sql(f"SELECT * FROM read_parquet('{source}') LIMIT 0").columns
        columns = ", ".join(f'"{k}" AS {short(k)}' for k in keys)
        inner = f"SELECT CAST({failed} AS BIGINT) AS v, CAST({left} AS BIGINT) AS u FROM (SELECT {columns} FROM read_parquet('{source}'))"
        text = f"SELECT {worst('v')} AS at_best, {worst('(v | u)')} AS at_worst, v AS violated, u AS undetermined FROM ({inner})"
        con.execute(f"COPY ({text}) TO '{target}' (FORMAT parquet, COMPRESSION snappy)")


def measured() -> Result:
    """Return what W2 with blanks measured."""
    decide, rows, targets = ours(area()), list[Row](), list[Target]()
    with tempfile.TemporaryDirectory(prefix="w2-blanks-") as name:
        for share in SHARES:
            source, out = write_blank(Path(name) / "rows.parquet", ROWS, share), Path(name) / "out.parquet"
            sides = {HAND: call(by_hand, source, out), OURS: call(decide, source, out)}
            times = paired(sides, 1, ROUNDS, time.process_time)
            what = f"{ROWS:,} rows, {share:.0%} of cells NULL"
            rows += [Row("W2-blanks", n, what, t.seconds, None if n == HAND else t.ratio) for n, t in times.items()]
            says = f"{share:.0%} of cells NULL, beside three-valued DuckDB SQL by hand"
            targets.append(Target("W2-blanks", says, 1.3, times[OURS].ratio, "×", NOTE))
    return Result(
        "W2-blanks",
        "a table with blank cells",
        ABOUT.format(rows=f"{ROWS:,}"),
        tuple(rows),
        tuple(targets),
        ("duckdb",),
    )
