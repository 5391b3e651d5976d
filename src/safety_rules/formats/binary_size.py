"""How much a binary workbook (.xls, .xlsb) unpacks to: its records name the place of each cell.

Its reader lays every sheet out from the first to the last cell, so that two cells in a file of five thousand bytes can
fill any memory. Formats: [MS-CFB] 2, [MS-XLS] 2.4, [MS-XLSB] 2.1.4 and 2.4.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from safety_rules.formats.workbook_xml import BROKEN
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError

COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
SECTORS_END = 0xFFFFFFFA  # from here on a number of a sector is none
BEGINS = {0x809, 0x409, 0x209, 0x9}
EOF, BOUND_SHEET, SST, CONTINUE = 0xA, 0x85, 0xFC, 0x3C
DIMENSIONS, LABEL, LABEL_SST, MULTIPLE = 0x200, 0x204, 0xFD, 0xBD
CELLS = {0x203, 0x27E, MULTIPLE, LABEL, LABEL_SST, 0x6, 0x205, 0xD6}
ROWS, COLUMNS = 65_536, 256
TEXT_BYTES = 3  # of a character, at most
DAMAGED = "is protected by a password, or damaged; save it without a password as .xlsx"
WORKBOOK = "xl/workbook.bin"
LINK = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
ID, TARGET = re.compile(r"""\bId=["']([^"']*)"""), re.compile(r"""\bTarget=["']([^"']*)""")
RECORD = 16  # bytes that a record counts for, however short it is
Cell = tuple[int, int, int]  # row, column, bytes of its text


def beyond(path: Path) -> LedgerError | None:
    """Return the error of a binary workbook whose reader would hold more than is read; None where it would not."""
    try:
        with path.open("rb") as file:
            old = file.read(len(COMPOUND)) == COMPOUND
    except OSError:
        return None  # the reader says what is wrong
    if old and path.stat().st_size > limits.OLD_BOOK:
        return limits.beyond(path.name, "its first sheet", "bytes in an .xls", limits.OLD_BOOK)
    held = 0
    try:
        if not old and (over := _part_beyond(path)) is not None:
            return over
        for number, sheet in enumerate(_old_sheets(path.read_bytes()) if old else _new_sheets(path), 1):
            rows = columns = 0
            for row, column, text in sheet:
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                held += text and text + limits.TEXT_HELD
                if held + rows * columns * limits.CELL_HELD > limits.HELD:
                    what = "bytes of cells and their texts"
                    return limits.beyond(path.name, f"sheet {number}", what, limits.HELD)
            held += rows * columns * limits.CELL_HELD
    except (struct.error, IndexError):  # a record that is too short: its reader goes by what it read before
        return LedgerError(f"`{path.name}` {DAMAGED}")
    except BROKEN:
        return LedgerError(f"`{path.name}` {DAMAGED}") if old else None
    return None


# --- .xls -------------------------------------------------------------------------------------------------------------


def _old_sheets(data: bytes) -> Iterator[Iterator[Cell]]:
    """Yield the cells of each sheet of a compound file; nothing where it holds no workbook of this kind."""
    stream = _workbook(data)
    starts, texts, shared = [], list[bytes](), False
    for kind, body in _records(stream, 0):
        if kind == BOUND_SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        shared = kind == SST or (shared and kind == CONTINUE)
        if shared:
            texts.append(body)
    lengths = _shared(texts)
    spent = [0]
    yield from (_old_cells(stream, start, lengths, spent) for start in starts)


def _old_cells(stream: bytes, start: int, lengths: list[int], spent: list[int]) -> Iterator[Cell]:
    """Yield the cells of a sheet; `spent` counts the bytes of all, since sheets may lie in each other."""
    for kind, body in _records(stream, start):
        spent[0] += RECORD + len(body)
        if spent[0] > limits.OLD_BOOK:
            raise ValueError("sheets that lie in each other")
        if kind == DIMENSIONS:
            first, rows, left, columns = struct.unpack_from("<IIHH" if len(body) >= 12 else "<4H", body)
            if first > rows > 0 or rows > ROWS or left > columns > 0 or columns > COLUMNS:
                raise ValueError("no such place")
        elif kind in CELLS:
            row, column = struct.unpack_from("<HH", body)
            text = 0
            if kind == LABEL:
                text = TEXT_BYTES * len(body)
            elif kind == LABEL_SST:
                text = _length(lengths, struct.unpack_from("<I", body, 6)[0])
            elif kind == MULTIPLE:
                column = max(column, struct.unpack_from("<H", body, len(body) - 2)[0])
            yield row, column, text


def _length(lengths: list[int], at: int) -> int:
    return lengths[at] if at < len(lengths) else 0


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place of a stream to the end of their part; a part may hold others, as of a chart."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size
        depth += kind in BEGINS
        depth -= kind == EOF
        if depth <= 0:
            return


def _shared(parts: list[bytes]) -> list[int]:
    """Return the bytes of each text that stands once for many cells; a text may go on in the next record."""
    found = list[int]()
    part, at = 0, 8
    while part < len(parts):
        if at >= len(parts[part]):
            part, at = part + 1, at - len(parts[part])
            continue
        count, flags = struct.unpack_from("<HB", parts[part], at)
        found.append(TEXT_BYTES * count)
        at += 3
        rest = 0
        if flags & 8:
            rest, at = rest + 4 * struct.unpack_from("<H", parts[part], at)[0], at + 2
        if flags & 4:
            rest, at = rest + struct.unpack_from("<I", parts[part], at)[0], at + 4
        while count:
            width = 1 + (flags & 1)
            taken = min(count, max(0, len(parts[part]) - at) // width)
            count, at = count - taken, at + taken * width
            if count:
                part, at, flags = part + 1, 1, parts[part + 1][0]
        at += rest
    return found


def _workbook(data: bytes) -> bytes:
    """Return the stream of a compound file that holds the workbook; raises ValueError where there is none."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first, cutoff, first_small = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    table = [s for s in struct.unpack_from("<109I", data, 76) if s < SECTORS_END]
    more, per = struct.unpack_from("<I", data, 68)[0], size // 4
    while more < SECTORS_END and len(table) * size <= len(data):
        *sectors, more = struct.unpack_from(f"<{per}I", data, (more + 1) * size)
        table += [s for s in sectors if s < SECTORS_END]
    next_of = [n for s in table for n in struct.unpack_from(f"<{per}I", data, (s + 1) * size)]

    def chain(start: int, follow: list[int], whole: bytes, of: int, skipped: int) -> bytes:
        parts, at = list[bytes](), start
        while at < SECTORS_END:
            parts.append(whole[(at + skipped) * of : (at + skipped + 1) * of])
            if len(parts) > len(follow):
                raise ValueError("a chain without an end")
            at = follow[at]
        return b"".join(parts)

    entries = chain(first, next_of, data, size, 1)
    named = dict[str, tuple[int, int]]()
    for at in range(0, len(entries) - 127, 128):
        name = entries[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        named.setdefault(name, struct.unpack_from("<II", entries, at + 116))
    start, length = named.get("Workbook") or named.get("Book") or (SECTORS_END, 0)
    if length >= cutoff:
        return chain(start, next_of, data, size, 1)[:length]
    small = chain(named.get("Root Entry", (SECTORS_END, 0))[0], next_of, data, size, 1)
    follow = chain(first_small, next_of, data, size, 1)
    return chain(start, list(struct.unpack(f"<{len(follow) // 4}I", follow)), small, 64, 0)[:length]


# --- .xlsb ------------------------------------------------------------------------------------------------------------


def _part_beyond(path: Path) -> LedgerError | None:
    with zipfile.ZipFile(path) as book:
        binary = any(n.lower() == WORKBOOK for n in book.namelist())
        if any(i.file_size > limits.OLD_BOOK for i in book.infolist() if binary or i.filename.lower().endswith(".bin")):
            return limits.beyond(path.name, "its first sheet", "bytes in a binary sheet", limits.OLD_BOOK)
    return None


def _new_sheets(path: Path) -> Iterator[Iterator[Cell]]:
    """Yield the cells of each binary sheet of a zipped workbook."""
    with zipfile.ZipFile(path) as book:
        names = {n.lower(): n for n in book.namelist()}
        left = [limits.HELD // limits.CELL_HELD]
        lengths = list[int]()
        for name in (n for n in names if n.endswith("sharedstrings.bin")):
            for kind, body in _new_records(book.read(names[name]), left):
                if kind == 19:
                    lengths.append(TEXT_BYTES * len(body) // 2)
        listed = _targets(book, names, left) if WORKBOOK in names else set[str]()
        for name in names:
            if name in listed or (name.startswith("xl/worksheets/") and name.endswith(".bin")):
                yield _new_cells(book.read(names[name]), lengths, left)


def _targets(book: zipfile.ZipFile, names: Mapping[str, str], left: list[int]) -> set[str]:
    """Return the parts that a binary workbook calls its sheets, wherever they are."""
    links = names.get("xl/_rels/workbook.bin.rels")
    text = book.read(links).decode("utf-8", "replace") if links is not None else ""
    to = {i[1]: t[1].lstrip("/").lower() for e in LINK.findall(text) if (i := ID.search(e)) and (t := TARGET.search(e))}
    found = set[str]()
    for kind, body in _new_records(book.read(names[WORKBOOK]), left):
        if kind == 156:
            size = struct.unpack_from("<I", body, 8)[0]
            target = to.get(body[12 : 12 + 2 * size].decode("utf-16-le", "replace"), "")
            found |= {target, f"xl/{target}"}
    return found


def _new_cells(data: bytes, lengths: list[int], left: list[int]) -> Iterator[Cell]:
    row = 0
    for kind, body in _new_records(data, left):
        if kind == 0:
            row = struct.unpack_from("<I", body)[0]
        elif 1 <= kind <= 11:
            text = 0
            if kind in (6, 8):
                text = TEXT_BYTES * len(body) // 2
            elif kind == 7:
                text = _length(lengths, struct.unpack_from("<I", body, 8)[0])
            yield row, struct.unpack_from("<I", body)[0], text


def _new_records(data: bytes, left: list[int]) -> Iterator[tuple[int, bytes]]:
    """Yield records whose kind and size are numbers of seven bits a byte; `left` is how many more are read of all parts."""
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = (kind & 0x7F) | (data[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while shift < 28:
            byte, at = data[at], at + 1
            size, shift = size | (byte & 0x7F) << shift, shift + 7
            if not byte & 0x80:
                break
        left[0] -= 1
        if at + size > len(data) or left[0] < 0:
            raise struct.error("a record that is cut, or more of them than there are cells")
        yield kind, data[at : at + size]
        at += size
