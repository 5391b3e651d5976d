"""CSV read row by row: UTF-8 with or without a mark, UTF-16 with one, or GB18030."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from safety_rules.formats.table import RawRow, RawTable
from safety_rules.language.errors import LedgerError

CHUNK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",\t;"
MOST_IN_A_CELL = 1_000_000


def csv_table(path: Path) -> RawTable:
    """Return the table of a CSV file; raises LedgerError where it is in none of the known encodings."""
    encoding = encoding_of(path)
    delimiter = _delimiter(path, encoding)
    return RawTable(path.name, lambda: _rows(path, encoding, delimiter), ":")


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file, from its mark or by trying all of it."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding if _decodes(path, encoding) else _refuse(path)
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    return _refuse(path)


def _refuse(path: Path) -> str:
    raise LedgerError(f"`{path.name}` is neither UTF-8 nor GB18030 text; save it as `CSV UTF-8`")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """Return the separator that occurs most in the first lines."""
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(8192)
    return max(DELIMITERS, key=head.count)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[RawRow]:
    csv.field_size_limit(MOST_IN_A_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                yield RawRow(number, tuple(cells))
        except csv.Error as error:
            raise LedgerError(f"`{path.name}` cannot be read after row {number}: {error}") from None
