"""Workbooks as small as they can be: .xlsx by its library, .ods and .xls byte by byte.

Formats: ISO/IEC 26300 (OpenDocument), [MS-XLS] 2.4 (BIFF8 records), [MS-CFB] 2 (the container).
"""

from __future__ import annotations

import datetime
import struct
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Rows = list[list[Any]]
SECTOR = 512
EPOCH = datetime.date(1899, 12, 30)


def workbook(path: Path, hidden: str = "", merged: tuple[tuple[int, int, int], ...] = (), **sheets: Rows) -> Path:
    """Write an .xlsx; days are days by their format.

    `rows` below the headings, `columns` or `sheets` are hidden, cells of a row merged.
    """
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    if hidden == "sheets":
        book.add_worksheet("封面").activate()  # one sheet of a workbook is always shown
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(r, c, datetime.datetime(value.year, value.month, value.day), day)
                elif isinstance(value, int | float):
                    sheet.write_number(r, c, value)
                elif value not in (None, ""):
                    sheet.write_string(r, c, str(value))
            if hidden == "rows" and r:
                sheet.set_row(r, options={"hidden": True})
        if hidden == "columns":
            sheet.set_column(0, max(map(len, rows)) - 1, options={"hidden": True})
        if hidden == "sheets":
            sheet.very_hidden()
        for r, first, last in merged:
            sheet.merge_range(r, first, r, last, str(rows[r][first]))
    book.close()
    return path


def ods(path: Path, **sheets: Rows) -> Path:
    """Write an .ods."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = f"<office:document-content{names}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    with zipfile.ZipFile(path, "w") as book:
        for name, text in (("mimetype", kind), ("content.xml", content), ("META-INF/manifest.xml", manifest)):
            book.writestr(name, text)
    return path


def _ods_cell(value: Any) -> str:
    match value:
        case None | "":
            return "<table:table-cell/>"
        case datetime.date():
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"><text:p>{value}</text:p></table:table-cell>'
        case int() | float():
            return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
        case _:
            return (
                f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
            )


def xls(path: Path, **sheets: Rows) -> Path:
    """Write an .xls of text and numbers; days are text."""
    bodies = [_sheet(rows) for rows in sheets.values()]
    bound = [struct.pack("<IBBBB", 0, 0, 0, len(n), 1) + n.encode("utf-16-le") for n in sheets]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    at = len(head) + sum(len(b) + 4 for b in bound) + 4
    globals_ = head
    for name, body in zip(bound, bodies, strict=True):
        globals_ += _record(0x0085, struct.pack("<I", at) + name[4:])
        at += len(body)
    path.write_bytes(_container(globals_ + _record(0x000A) + b"".join(bodies)))
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _sheet(rows: Rows) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows), default=0)
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, int | float):
                body += _record(0x0203, struct.pack("<HHHd", r, c, 0, value))
            elif value not in (None, ""):
                signs = str(value)
                body += _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(signs), 1) + signs.encode("utf-16-le"))
    return body + _record(0x000A)


def _container(stream: bytes) -> bytes:
    """Return a compound file with one stream, `Workbook`, long enough not to be a short stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    tables = 1
    while tables * (SECTOR // 4) < count + 1 + tables:
        tables += 1
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    # Sectors: the stream, the directory, the allocation table.
    chain = [*range(1, count), end, end, *([0xFFFFFFFD] * tables)]
    chain += [free] * (tables * SECTOR // 4 - len(chain))
    where = [count + 1 + i for i in range(tables)]
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, count, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", *where, *([free] * (109 - tables)))
    directory = _entry("Root Entry", 5, end, 0, 1) + _entry("Workbook", 2, 0, len(stream), free)
    directory = directory.ljust(SECTOR, b"\0")
    return head + stream + directory + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    signs = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    return (
        signs.ljust(64, b"\0") + struct.pack("<HBBIII", len(signs), kind, 1, none, none, child)
        + bytes(16 + 4 + 8 + 8) + struct.pack("<IQ", start, size)
    )  # fmt: skip
