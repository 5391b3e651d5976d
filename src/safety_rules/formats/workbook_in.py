"""Workbooks (xlsx, xlsm, xlsb, xls, ods) read with calamine: typed cells, their places, merged cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine

from safety_rules.formats import binary_size, ods_size
from safety_rules.formats.number_format import shown
from safety_rules.formats.table import EXCEL_DIGITS, RawRow, RawTable, cell_text, is_blank, letters
from safety_rules.formats.workbook_xml import BROKEN, Parts, Seen, without_far
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.semantics.admission.objects import MOST_SHOWN, Unread
from safety_rules.words.catalog import LANGUAGES, both, texts
from safety_rules.words.problem import problem
from safety_rules.words.said import said, series

ZIP = b"PK"
MOST_TOLD, MOST_BESIDE = 10, 40


def sheets(path: Path) -> tuple[RawTable, ...]:
    """Return the sheets of a workbook, hidden ones as well; raises LedgerError where it is none.

    The sheet that explains a blank ledger of ours is none: what it offers for an answer is no datum.
    """
    if _is_broken_zip(path):  # its reader takes the sizes in such a list on trust
        raise LedgerError(f"`{path.name}` {_why(ZIP, 'unreadable')}")
    told = Parts(path) if zipfile.is_zipfile(path) else None
    zipped = (told.beyond() or ods_size.beyond(path)) if told is not None else None
    if (error := zipped or binary_size.beyond(path)) is not None:
        raise error
    book = _opened(path)
    kinds = [m for m in book.sheets_metadata if m.typ == python_calamine.SheetTypeEnum.WorkSheet]
    seen = {m.name: told.seen(m.name) if told is not None else Seen(told=False) for m in kinds}
    _bounded(path.name, seen, told)
    if far := {s.part for s in seen.values() if s.far}:
        book = _guarded(python_calamine.load_workbook, io.BytesIO(without_far(path, far)))
    visible = python_calamine.SheetVisibleEnum.Visible
    found = (_sheet(book, m.name, path, seen[m.name], m.visible != visible) for m in kinds)
    return tuple(table for table in found if not _explains(table))


def _is_broken_zip(path: Path) -> bool:
    """Return whether a file is packed, and the list of its parts cannot be read."""
    with path.open("rb") as file:
        packed = file.read(len(ZIP)) == ZIP
    try:
        zipfile.ZipFile(path).close()
    except BROKEN:
        return packed or zipfile.is_zipfile(path)
    return False


def _bounded(file: str, seen: Mapping[str, Seen], told: Parts | None) -> None:
    """Raise LedgerError where the sheets of a workbook hold more than is read, one or all together."""
    cells = words = 0
    for name, of in seen.items():
        cells, words, place = cells + of.last_row * of.last_column, words + of.words, f"the sheet `{name}`"
        if cells > limits.SHEET:
            what = "cells in a sheet" if cells == of.last_row * of.last_column else "cells in all sheets"
            raise limits.beyond(file, place, f"{what} (rows by columns)", limits.SHEET)
        if of.odd > limits.ODD:
            what = "cells whose format or formula tells another thing than their value"
            raise limits.beyond(file, place, what, limits.ODD)
    held = cells * limits.CELL_HELD + words
    if told is not None and held + told.shared(seen.values(), limits.HELD - held) > limits.HELD:
        raise limits.beyond(file, "its first sheet", "bytes of cells and their texts", limits.HELD)


def _explains(table: RawTable) -> bool:
    """Return whether a sheet is the one that explains a blank ledger of ours: by its name and its headings."""
    name = both("blank.notes")
    if table.name not in (name.zh, name.en):
        return False
    heads = [texts("blank.heads", language) for language in LANGUAGES]
    return any(tuple(map(str, row.cells[: len(of)])) == of for row in islice(table.rows(), 3) for of in heads)


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
    if data.startswith(binary_size.COMPOUND):
        return binary_size.DAMAGED
    if data.lstrip()[:1] == b"<":
        return "is a web page or XML, not a workbook; open it in a spreadsheet program and save it as .xlsx"
    if data.startswith(ZIP):
        return f"is a damaged workbook or no workbook at all ({said}); open it and save it again as .xlsx"
    return "is not a workbook; save it as .xlsx or .csv"


def _sheet(book: Any, name: str, path: Path, seen: Seen, hidden: bool) -> RawTable:
    try:
        sheet = _guarded(book.get_sheet_by_name, name)
    except LedgerError as error:
        raise LedgerError(f"the sheet `{name}` of `{path.name}` cannot be read: {error}") from None
    if sheet.start is not None and sheet.start[1] >= limits.COLUMNS:  # as much room is made as stands before it
        raise limits.beyond(path.name, f"the sheet `{name}`", "columns of a sheet", limits.COLUMNS)
    notices = tuple(_notices(name, seen, hidden, sheet.total_height))
    size = sheet.total_height
    return RawTable(name, lambda: _rows(sheet, seen), size=size, hidden=hidden, notices=notices, beside=seen.beside)


def _notices(name: str, seen: Seen, hidden: bool, height: int) -> Iterator[Problem]:
    """Yield what is to be said of how a sheet was read."""
    if hidden:
        yield problem("assumed-hidden.sheet", "", name)
    rows = [r + 1 for r in sorted(seen.hidden_rows) if r <= height]
    columns = [f"{letters(a)}:{letters(b)}" if a != b else letters(a) for a, b in seen.hidden_columns]
    if rows:
        more = Name("等", ", …") if len(rows) > MOST_TOLD else ""
        shown_rows = series(map(str, rows[:MOST_TOLD]))
        yield problem("assumed-hidden.rows", "", name, rows=shown_rows, more=more, count=len(rows))
    if columns:
        yield problem("assumed-hidden.columns", "", name, columns=series(columns))
    if seen.far:
        yield problem("far-cell", "", name, cells=series(seen.far[:MOST_TOLD]))
    if seen.beside:
        texts_beside = (f"{b.cell or b.row}：{b.text[:MOST_BESIDE]}" for b in seen.beside[:MOST_TOLD])
        yield problem("beside-cells", "", name, count=len(seen.beside), texts=series(texts_beside))
    if not seen.told:
        yield problem("assumed-format", "", name)


def _rows(sheet: Any, seen: Seen) -> Iterator[RawRow]:
    """Yield the rows from row 1 and column A on, wherever the sheet's content begins."""
    if sheet.start is None:
        yield from ()
        return
    before = ("",) * sheet.start[1]
    last = sheet.end[0]
    merges = [r for r in sheet.merged_cell_ranges or () if r[0][0] <= last]
    rows_of: dict[int, list[Any]] = {}
    for merged in merges:
        if merged[1][0] > merged[0][0]:
            for number in range(merged[0][0], min(merged[1][0], last) + 1):
                rows_of.setdefault(number, []).append(merged)
    wide: dict[int, dict[int, int]] = {}
    for (top, left), (_, right) in merges:
        if right > left:
            wide.setdefault(top, {})[left] = right
    values: dict[tuple[int, int], Any] = {}
    odd = seen.rows
    for index, cells in enumerate(sheet.iter_rows()):
        row = (*before, *cells) if index not in odd else _as_seen(index, [*before, *cells], seen)
        merged_here: dict[int, Any] = {}
        for (top, left), (_, right) in rows_of.get(index, ()):
            if index == top:
                values[top, left] = row[left] if left < len(row) else ""
            merged_here.update(dict.fromkeys(range(left, min(right + 1, len(row))), values.get((top, left), "")))
        yield RawRow(index + 1, row, merged_here, wide.get(index, {}))


def _as_seen(index: int, row: list[Any], seen: Seen) -> tuple[Any, ...]:
    """Return a row's cells as a person sees them; what nobody can tell is unread, with the reason."""
    for column, cell in enumerate(row):
        at = index, column
        if at in seen.empty_formulas and is_blank(cell):
            row[column] = Unread("", said("no-value"))
        elif at in seen.errors:
            row[column] = Unread(seen.errors[at], said("formula-error", shown=seen.errors[at]))
        elif at in seen.struck and not is_blank(cell):
            row[column] = Unread(cell_text(cell), said("struck-out", shown=cell_text(cell)[:MOST_SHOWN]))
        elif at in seen.formats and isinstance(cell, int | float) and not isinstance(cell, bool):
            row[column] = _formatted(cell, seen.formats[at])
    return tuple(row)


def _formatted(cell: float, code: str) -> Any:
    text = shown(cell, code)
    if text is None or any(c.isdigit() for c in text):
        return cell if text is None else text
    held = f"{cell:.{EXCEL_DIGITS}g}"
    return Unread(text, said("number-format", held=held, shown=text))
