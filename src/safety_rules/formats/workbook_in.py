"""Workbooks (xlsx, xlsm, xlsb, xls, ods) read with calamine: typed cells, their places, merged cells."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import python_calamine

from safety_rules.formats.table import RawRow, RawTable
from safety_rules.language.errors import LedgerError

ZIP = b"PK"
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")


def sheets(path: Path) -> tuple[RawTable, ...]:
    """Return the visible sheets of a workbook; raises LedgerError where it is none."""
    book = _opened(path)
    visible = [m.name for m in book.sheets_metadata if m.visible == python_calamine.SheetVisibleEnum.Visible]
    names = visible or list(book.sheet_names)
    return tuple(_sheet(book, name, path) for name in names)


def _opened(path: Path) -> Any:
    try:
        return _guarded(python_calamine.load_workbook, str(path))
    except LedgerError:
        data = path.read_bytes()
    try:  # a file under another format's ending is known by its content
        return _guarded(python_calamine.load_workbook, io.BytesIO(data))
    except LedgerError as error:
        raise LedgerError(f"`{path.name}` {_why(data, str(error))}") from None


def _guarded(function: Any, argument: Any) -> Any:
    """Call into calamine; whatever it raises, a panic of its own included, is a LedgerError."""
    try:
        return function(argument)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise LedgerError(str(error).strip().splitlines()[0] if str(error).strip() else "unreadable") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise LedgerError("unreadable") from None


def _why(data: bytes, said: str) -> str:
    if not data:
        return "is empty"
    if data.startswith(COMPOUND):
        return "is protected by a password, or damaged; save it without a password as .xlsx"
    if data.lstrip()[:1] == b"<":
        return "is a web page or XML, not a workbook; open it in a spreadsheet program and save it as .xlsx"
    if data.startswith(ZIP):
        return f"is a damaged workbook or no workbook at all ({said}); open it and save it again as .xlsx"
    return "is not a workbook; save it as .xlsx or .csv"


def _sheet(book: Any, name: str, path: Path) -> RawTable:
    try:
        sheet = _guarded(book.get_sheet_by_name, name)
    except LedgerError as error:
        raise LedgerError(f"the sheet `{name}` of `{path.name}` cannot be read: {error}") from None
    return RawTable(name, lambda: _rows(sheet), size=sheet.total_height)


def _rows(sheet: Any) -> Iterator[RawRow]:
    """Yield the rows from row 1 and column A on, wherever the sheet's content begins."""
    if sheet.start is None:
        return
    before = ("",) * sheet.start[1]
    tall = [r for r in sheet.merged_cell_ranges or () if r[1][0] > r[0][0]]
    rows_of: dict[int, list[Any]] = {}
    for merged in tall:
        for number in range(merged[0][0], merged[1][0] + 1):
            rows_of.setdefault(number, []).append(merged)
    values: dict[tuple[int, int], Any] = {}
    for index, cells in enumerate(sheet.iter_rows()):
        row = (*before, *cells)
        merged_here: dict[int, Any] = {}
        for (top, left), (_, right) in rows_of.get(index, ()):
            if index == top:
                values[top, left] = row[left] if left < len(row) else ""
            merged_here.update(dict.fromkeys(range(left, right + 1), values.get((top, left), "")))
        yield RawRow(index + 1, row, merged_here)
