"""Chaining over a ledger: the built-in chains on more and more enterprises, by tables and by the definition."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import safety_rules as sr
from benchmarks.machine import peak_mib
from benchmarks.result import Result, Row

ABOUT = """A generated ledger: for each enterprise an accident, three hidden dangers, half a published listing and a project,
all with enterprises named. Out come graded accidents, grounds, entries, listings, removals and effects on projects, all
that certainly hold or still could. The definition (`fixpoint`) and the tables are compared on the small ledger."""
SIZES = (300, 3_000, 30_000)
TABLES, DEFINITION = "safety_rules, `chain_tables`", "the definition's fixpoint"


def measured() -> Result:
    """Return what chaining took."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
    from chaining.real_ledgers import DAY, ledger, started
    from safety_rules.engines.forward import chain

    rules, rows, each = sr.load(), [], 0.0
    with tempfile.TemporaryDirectory(prefix="chains-") as name:
        for size in SIZES:
            data = ledger(size, blank=0.0)
            count = sum(map(len, data.values()))
            sources = {
                relation: _parquet(items, Path(name) / f"{relation}.parquet") for relation, items in data.items()
            }
            start = time.perf_counter()
            tables = rules.chain_tables(DAY, sources)
            seconds = time.perf_counter() - start
            derived = sum(n for _, n in tables.counts().values())
            what, each = f"{count:,} records, {derived:,} derived", seconds / count
            agrees = None
            if size == SIZES[0]:
                program, facts = started(data, DAY)
                start = time.perf_counter()
                defined = chain(program, facts, "fixpoint")
                by_definition = time.perf_counter() - start
                agrees = all(_same(tables, defined, r) for r in tables.relations)
                rows.append(Row("chains", DEFINITION, what, by_definition))
                rows.append(Row("chains", TABLES, what, seconds, seconds / by_definition, peak_mib(), agrees))
            else:
                rows.append(Row("chains", TABLES, what, seconds, None, peak_mib()))
            tables.close()
    return Result(
        "chains", "chaining over a ledger", ABOUT, tuple(rows), (), ("duckdb",), {"chain_record_us": each * 1e6}
    )


def _parquet(items: list[dict[str, Any]], path: Path) -> Path:
    names = list(dict.fromkeys(k for item in items for k in item))
    pq.write_table(pa.table({n: [item.get(n) for item in items] for n in names}), path)
    return path


def _same(tables: Any, defined: Any, relation: str) -> bool:
    wanted = {(frozenset(f.values.items()), f.id in defined.certain) for f in defined.derived(relation)}
    return wanted == {(frozenset(values.items()), sure) for values, sure in tables.rows(relation)}
