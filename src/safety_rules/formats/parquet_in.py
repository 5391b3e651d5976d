"""Parquet read row by row through DuckDB, each number as it is written; row 1 is the first row of data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from safety_rules.formats.duck import as_ledger_errors, connection, parquet
from safety_rules.formats.table import RawRow, RawTable

BATCH = 10_000
MEMORY = "400MB"


def parquet_table(path: Path) -> RawTable:
    """Return the table of a Parquet file, its column names as row 0; raises LedgerError where it cannot be read."""
    with (
        tempfile.TemporaryDirectory() as folder,
        connection(Path(folder), MEMORY, 1) as con,
        as_ledger_errors(path.name),
    ):
        names = tuple(con.sql(f"SELECT * FROM {parquet(path)} LIMIT 0").columns)
        size = con.execute(f"SELECT count(*) FROM {parquet(path)}").fetchall()[0][0]
    return RawTable(path.name, lambda: _rows(path, names), ":", size)


def _rows(path: Path, names: tuple[str, ...]) -> Iterator[RawRow]:
    yield RawRow(0, names)
    with tempfile.TemporaryDirectory() as folder, connection(Path(folder), MEMORY, 1) as con:
        with as_ledger_errors(path.name):
            reader = con.execute(f"SELECT * FROM {parquet(path)}")
        number = 0
        while True:
            with as_ledger_errors(path.name):
                batch = reader.fetchmany(BATCH)
            if not batch:
                return
            for row in batch:
                number += 1
                yield RawRow(number, tuple(_exact(cell) for cell in row))


def _exact(cell: Any) -> Any:
    """Return a cell whose floats, which are no spreadsheet's, count with all their digits."""
    if isinstance(cell, float) and cell == cell and abs(cell) != float("inf"):
        return Decimal(repr(cell))
    if isinstance(cell, list):
        return [_exact(item) for item in cell]
    return {k: _exact(v) for k, v in cell.items()} if isinstance(cell, dict) else cell
