"""Generated rows of W2 as Parquet: the facts of W1, flat, complete, choices as dictionary-encoded text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.records.w1_data import LARGEST, OPTIONS, RANGES
from benchmarks.records.w1_rules import CHOICES, FLAGS, NUMBERS

GROUP = 122_880
BAD = ("project.chemical", "enterprise.overdue", "enterprise.black_listed")


def write_rows(path: Path, count: int, seed: int = 1, tied: bool = False) -> Path:
    """Write rows in groups, so that memory stays small however many there are; `tied` puts ratios on thresholds."""
    rng = np.random.default_rng(seed)
    writer: pq.ParquetWriter | None = None
    for start in range(0, count, GROUP):
        table = _group(rng, min(GROUP, count - start), tied)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="snappy")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return path


def _group(rng: np.random.Generator, count: int, tied: bool) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    for key in NUMBERS:
        drawn = rng.uniform(1, LARGEST[key], count)
        digits = RANGES.get(key, 0)
        columns[key] = np.round(drawn, digits)
    if tied:
        hundredths = rng.integers(1, 100_000, count)
        columns["project.land"] = hundredths / 100
        columns["project.investment"] = hundredths * 300 / 100
    arrays = {k: pa.array(v) if k in RANGES else pa.array(v.astype(np.int64)) for k, v in columns.items()}
    for key in FLAGS:
        arrays[key] = pa.array((rng.random(count) < 0.1) == (key in BAD))
    for key, name in CHOICES.items():
        codes = rng.integers(0, len(OPTIONS[name]), count).astype(np.int8)
        arrays[key] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(OPTIONS[name]))).cast(pa.string())
    return pa.table(arrays)
