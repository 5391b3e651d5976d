"""Which kinds of files hold tables, and the tables of each: every door that takes a table reads the same kinds."""

from __future__ import annotations

from pathlib import Path

from safety_rules.formats.csv_in import csv_table
from safety_rules.formats.table import RawTable
from safety_rules.language.errors import LedgerError

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
CSV = (".csv", ".tsv", ".txt")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")
MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how a workbook begins, whatever its name ends in


def raw_tables(path: Path) -> tuple[RawTable, ...]:
    """Return the sheets of a workbook, or the one table of a text or Parquet file; raises LedgerError where there is none."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
        ending = path.suffix.lower()
        if not head:
            raise LedgerError(f"`{path.name}` is empty")
        if ending in JSON:
            raise LedgerError(f"`{path.name}` is not a workbook; save it as .xlsx or .csv")
        if ending in PARQUET:
            from safety_rules.formats.parquet_in import parquet_table

            return (parquet_table(path),)
        if ending in WORKBOOKS or head.startswith(MARKS):
            from safety_rules.formats.workbook_in import sheets

            return sheets(path)
        return (csv_table(path),)
    except OSError as error:
        raise LedgerError(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}") from None
