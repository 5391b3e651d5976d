"""How much a spreadsheet of OpenDocument unpacks to: its rows and cells say how often they are repeated.

Its reader writes each repeated cell out, so that a file of two thousand bytes can fill any memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from safety_rules.formats.workbook_xml import BROKEN
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError

PIECE = 1 << 20
ROW_END = b"</table:table-row>"
ROW = re.compile(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", re.DOTALL)
CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(?:/>|>(.*?)</table:(?:covered-)?table-cell>)", re.DOTALL)
TIMES = re.compile(rb"""table:number-(?:rows|columns)-repeated=["']([0-9]+)["']""")


def beyond(path: Path) -> LedgerError | None:
    """Return the error of a spreadsheet whose reader would hold more than is read; None where it would not."""
    held = height = width = 0
    try:
        with zipfile.ZipFile(path) as book:
            if "content.xml" not in book.namelist():
                return None
            for times, cells in _rows(book):
                filled = blank = text = 0
                for attributes, inside in cells:
                    several = _times(attributes)
                    if inside is None:
                        blank += several
                        continue
                    filled, blank = filled + blank + several, 0
                    text += several * (len(inside) + limits.TEXT_HELD)
                height, width, held = height + times, max(width, filled), held + times * text * bool(filled)
                if held + (height * width if filled else 0) * limits.CELL_HELD > limits.HELD:
                    return limits.beyond(path.name, f"row {height:,}", "bytes of cells and their texts", limits.HELD)
    except BROKEN:
        return None  # the reader says what is wrong
    return None


def _rows(book: zipfile.ZipFile) -> Iterator[tuple[int, Iterator[tuple[bytes, bytes | None]]]]:
    """Yield how often each row is repeated, and its cells: their attributes, and what is inside, if anything."""
    rest = b""
    with book.open("content.xml") as file:
        while data := file.read(PIECE):
            rest += data
            end = rest.rfind(ROW_END) + len(ROW_END)
            if end < len(ROW_END):
                continue
            for row in ROW.finditer(rest[:end]):
                yield _times(row[1]), ((c[1], c[2]) for c in CELL.finditer(row[2]))
            rest = rest[end:]


def _times(attributes: bytes) -> int:
    found = TIMES.search(attributes)
    return int(found[1]) if found is not None else 1
