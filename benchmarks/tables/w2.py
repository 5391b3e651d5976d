"""W2: the thirty rules of W1 on a million flat rows from Parquet, verdict and masks written, beside SQL by hand and peers.

`SAFETY_RULES_ROWS=10000000 python -m benchmarks --only W2` measures another number of rows.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

import safety_rules as sr
from benchmarks.records.w1 import area
from benchmarks.result import Result, Row, Target
from benchmarks.tables import w2_by_hand
from benchmarks.tables.peaks import peak_of
from benchmarks.tables.w2_data import write_rows
from benchmarks.timing import paired

ABOUT = """{rows} flat rows in Parquet (25 facts, complete), the 30 rules of W1; out comes a Parquet file. By hand: the outcome
and the mask of failed rules, in floats; and once more with all that a verdict says of complete rows. Ours: the outcome, at best and at worst, the masks of violated, undetermined and
inapplicable rules, whether a cell could not be used, and whether the row was settled exactly; and once more the outcome and
the failed rules alone (`answers=("violated",)`), and whether the row was settled exactly; in both, every choice, bound, NaN and
blank is looked at. Answers are compared row by row before timing; {tied} rows with a ratio exactly at its threshold are
decided as well, and `note` counts those that a side gets wrong there. Each side may use all cores and 1.2 GB."""
ROWS = int(os.environ.get("SAFETY_RULES_ROWS", "1000000"))
TIED = 20_000
ROUNDS = 5
IN_TURNS = 41  # of the sides that the targets name, by themselves
PEERS = {"Polars by hand": "polars_by_hand", "ibis on DuckDB": "by_ibis", "OpenFisca-core": "by_openfisca"}
HAND = "DuckDB SQL by hand"
WHOLE = "DuckDB SQL by hand, verdict and all masks"
OURS = "safety_rules, `decide_table`"
LEAN = "safety_rules, `decide_table`, outcome and failed rules alone"
Side = Callable[[Path, Path], None]


def by_hand(law: sr.DatedArea, written: Callable[..., str] = w2_by_hand.query) -> Side:
    """Return the hand-written side: the query, and the file that it writes."""
    import duckdb

    rules = [r.key for r in law.law.rules]

    def run(source: Path, target: Path) -> None:
        with duckdb.connect(config={"memory_limit": "1200MB"}) as con:
            con.execute("SET enable_progress_bar = false")
            keys = con.sql(f"SELECT * FROM read_parquet('{source}') LIMIT 0").columns
            text = written(f"read_parquet('{source}')", keys, rules, '"', "E0")
            con.execute(f"COPY ({text}) TO '{target}' (FORMAT parquet, COMPRESSION snappy)")

    return run


def ours(law: sr.DatedArea, answers: tuple[str, ...] = ()) -> Side:
    """Return our side, with all answers or some."""

    def run(source: Path, target: Path) -> None:
        law.decide_table(source, target, answers=answers).close()

    return run


def side_of(name: str, law: sr.DatedArea) -> Side:
    """Return one side by name; raises ImportError where its library is missing."""
    if name == HAND:
        return by_hand(law)
    if name == WHOLE:
        return by_hand(law, w2_by_hand.whole_query)
    if name == OURS:
        return ours(law)
    if name == LEAN:
        return ours(law, ("violated",))
    found: Side = import_module(f"benchmarks.tables.peers.{PEERS[name]}").side(law.law)
    return found


def sides(law: sr.DatedArea) -> tuple[dict[str, Side], dict[str, str]]:
    """Return all sides, the baseline first, and why a peer has none."""
    found: dict[str, Side] = {}
    absent: dict[str, str] = {}
    for name in (HAND, WHOLE, OURS, LEAN, *PEERS):
        try:
            found[name] = side_of(name, law)
        except ImportError as error:
            absent[name] = f"it is not installed here ({error})"
    return found, absent


def different(one: Path, other: Path) -> int:
    """Return in how many rows two written results differ in a column that both have; a missing row differs.

    Both have the outcome and the failed rules.
    """
    import duckdb

    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        found = [set(con.sql(f"SELECT * FROM read_parquet('{path}') LIMIT 0").columns) for path in (one, other)]
        shared = sorted(found[0] & found[1])
        shown = ", ".join(f"{name}::VARCHAR AS {name}" for name in shared)
        rows = f"SELECT file_row_number AS n, {shown} FROM read_parquet('{{}}', file_row_number = true)"
        unequal = " OR ".join(f"a.{name} <> b.{name}" for name in shared)
        sql = f"SELECT count_if(a.n IS NULL OR b.n IS NULL OR {unequal}) FROM ({rows.format(one)}) a FULL JOIN ({rows.format(other)}) b USING (n)"
        return int(con.execute(sql).fetchall()[0][0])


def compared(found: Mapping[str, Side], folder: Path, count: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return in how many rows each side differs from ours: of `count` plain rows, and of rows at a threshold."""
    plain = write_rows(folder / "rows.parquet", count)
    tied = write_rows(folder / "tied.parquet", TIED, seed=2, tied=True)
    wrong: list[dict[str, int]] = []
    for source in (plain, tied):
        wrong.append({})
        written = {name: folder / f"{i}.parquet" for i, name in enumerate(found)}
        for name, side in found.items():
            side(source, written[name])
        for name in found:
            wrong[-1][name] = different(written[OURS], written[name])
    return wrong[0], wrong[1]


def measured() -> Result:
    """Return what W2 measured."""
    law = area()
    found, absent = sides(law)
    with tempfile.TemporaryDirectory(prefix="w2-") as name:
        folder = Path(name)
        wrong, at_threshold = compared(found, folder, ROWS)
        agreeing = {n: s for n, s in found.items() if not wrong[n]}
        for n in found.keys() - agreeing.keys():
            absent[n] = f"it differs in {wrong[n]} of {ROWS} rows"
        source = folder / "rows.parquet"
        calls = {n: call(s, source, folder / "timed.parquet") for n, s in agreeing.items()}
        times = paired(calls, 1, ROUNDS) | paired({n: calls[n] for n in (HAND, OURS, LEAN)}, 1, IN_TURNS)
        peaks = {n: peak_of(n, source, folder / "peak.parquet") for n in agreeing}
    what = f"{ROWS:,} rows"
    rows = [
        Row("W2", n, what, t.seconds, None if n == HAND else t.ratio, peaks[n], True, _said(at_threshold[n]))
        for n, t in times.items()
    ]
    return Result(
        "W2", "thirty rules on a table", ABOUT.format(rows=f"{ROWS:,}", tied=f"{TIED:,}"), tuple(rows),
        (_target(times[OURS].ratio), Target("W2", LESS, 1.2, times[LEAN].ratio, "×"), Target("W2", f"peak memory at {what}", 2000, peaks[OURS] or 0, "MiB")),
        ("duckdb", "polars", "ibis-framework", "OpenFisca-Core", "pyarrow", "numpy"),
        {"w2_row_us": times[OURS].seconds / ROWS * 1e6, "w2_by_hand_row_us": times[HAND].seconds / ROWS * 1e6}, absent,
    )  # fmt: skip


def call(side: Side, source: Path, target: Path) -> Callable[[], None]:
    """Return a side's run on files."""
    return lambda: side(source, target)


def _said(wrong: int) -> str:
    return f"wrong on {wrong} of {TIED} rows at a threshold" if wrong else ""


LESS = "the same, outcome and failed rules alone written by both"


def _target(ratio: float) -> Target:
    note = "" if ratio <= 1.2 else WHY
    return Target("W2", "from Parquet, verdict and masks written, beside DuckDB SQL by hand", 1.2, ratio, "×", note)


WHY = (
    "what is left beyond the hand-written query is planning (a tenth), looking for NaN and unknown words (a tenth), and writing "
    "six further columns (a seventh of its time). Tried, and kept: a query of its own for complete, plain rows, chosen by the "
    "file's footer; masks packed in one number; outcomes as enumerations; one test for NaN over the sum of all numbers; whole "
    "numbers only where a comparison is too close. Tried, and slower: multiplication or shifts in place of CASE, DuckDB's IN, "
    "Parquet without dictionaries, other codecs"
)


def main_for_peak(name: str, source: str, target: str) -> None:
    """Run one side once; its process is measured."""
    side_of(name, area())(Path(source), Path(target))
