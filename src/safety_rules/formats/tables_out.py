"""A decided table as a workbook: one row for each row, rules named in words where they failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safety_rules.formats.safe import printable
from safety_rules.formats.styles import new_workbook
from safety_rules.language.errors import LedgerError

MOST_ROWS = 1_048_575


def write_table(rows: Iterable[Mapping[str, Any]], count: int, path: Path) -> None:
    """Write rows with one heading each; raises LedgerError where a sheet cannot hold them."""
    if count > MOST_ROWS:
        raise LedgerError(f"`{path.name}` cannot hold {count} rows; write .parquet or .csv")
    with new_workbook(path) as book:
        sheet = book.add_worksheet("结果")
        for at, row in enumerate(map(without_satisfied, rows), start=1):
            if at == 1:
                sheet.write_row(0, 0, list(row))
            for column, cell in enumerate(row.values()):
                _write(sheet, at, column, cell)


def write_sheets(path: Path, sheets: Mapping[str, tuple[Iterable[str], Iterable[Iterable[str]]]]) -> None:
    """Write sheets of text, each its headings and rows; a blank text is no cell."""
    with new_workbook(path) as book:
        for name, (headings, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, cells in enumerate((headings, *rows)):
                for column, cell in enumerate(cells):
                    _write(sheet, at, column, cell or None)


def without_satisfied(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as files hold it: the satisfied rules are those that the other masks leave."""
    return {name: cell for name, cell in row.items() if name != "satisfied"}


def _write(sheet: Any, at: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(at, column, cell)
    elif isinstance(cell, int | float) and abs(cell) < 2**53:
        sheet.write_number(at, column, cell)
    else:
        sheet.write_string(at, column, printable(str(cell)))
