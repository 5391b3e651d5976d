"""CSV read row by row: UTF-8 with or without a mark, UTF-16 with one, or GB18030."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from safety_rules.formats.table import RawRow, RawTable
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError

CHUNK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",\t;"
FEWEST_COLUMNS = 4
SOME = 6  # of the headings, looked for in case they are given again
WORDS = ("计", "总数", "例", "example", ":", "：", "total")  # one of them is in each total, note and example
WORDLESS = re.compile(rb"^[^A-Za-z.\xe4-\xe9\n]*$", re.MULTILINE)  # no letter, nothing Chinese, no decimal point


def csv_table(path: Path) -> RawTable:
    """Return the table of a CSV file; raises LedgerError where it is in none of the known encodings."""
    encoding, delimiter = csv_form(path)
    return RawTable(path.name, lambda: _rows(path, encoding, delimiter), ":")


def csv_form(path: Path) -> tuple[str, str]:
    """Return the encoding and the separator of a CSV file: the one that occurs most in the first line that has any."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        lines = file.read(1 << 16).splitlines()
    return encoding, next((max(DELIMITERS, key=x.count) for x in lines if any(d in x for d in DELIMITERS)), ",")


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


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[RawRow]:
    """Yield the rows; raises LedgerError at a quote that is not closed, or is closed only by one of another row."""
    csv.field_size_limit(limits.CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(lines_of(file, path.name, limits.ROW), delimiter=delimiter, strict=True)
        number = width = size = 0
        try:
            for number, cells in enumerate(reader, 1):
                if reader.line_num - size > 1:
                    _one_row(cells, width, delimiter, size + 1, path.name)
                width, size = max(width, len(cells)), reader.line_num
                yield RawRow(number, tuple(cells))
        except csv.Error as error:
            if "field larger" in str(error):
                raise limits.beyond(path.name, f"row {number}", "characters in a cell", limits.CELL) from None
            line = _open_quote(path, encoding, delimiter, size)
            raise LedgerError(
                f"`{path.name}`: the quote opened in line {line} is not closed before other text"
            ) from None


def lines_of(file: TextIO, name: str, most: int) -> Iterator[str]:
    """Yield the lines of a text file; raises LedgerError at one that is longer than a limit, before it is read whole."""
    number = 0
    while line := file.readline(most + 1):
        if len(line) > most:
            raise limits.beyond(name, f"line {number}", "characters in a line", most)
        number += 1
        yield line


def _one_row(cells: Sequence[str], width: int, delimiter: str, line: int, name: str) -> None:
    """Raise LedgerError where a cell holds lines that are rows of their own: the quote before them was left open."""
    for cell in cells:
        inner = cell.splitlines()[1:]
        if width > 1 and any(text.count(delimiter) >= width - 1 for text in inner):
            raise LedgerError(f"`{name}`: the quote opened in line {line} takes in the rows below it; close it")
        line += len(inner)


def _open_quote(path: Path, encoding: str, delimiter: str, start: int) -> int:
    """Return the line of the quote that is wrong in the row after line `start`."""
    with path.open(encoding=encoding, newline="") as file:
        lines = islice(file, start, None)
        for line, text in enumerate(lines, start + 1):
            try:
                for _ in csv.reader([text], delimiter=delimiter, strict=True):
                    pass
            except csv.Error:
                return line
    return start + 1


def plain(path: Path, delimiter: str, headings: Sequence[str], no_record: Callable[[RawRow], bool]) -> bool:
    """Return whether a UTF-8 file is as many cells on every line as headings on its first, and every line a record.

    A row is then a line, and other programs that are told the separator read the same cells. What could be something
    else (a line break in quotes, a quote within a cell, a total, a note) is none.
    """
    sign, width = delimiter.encode(), len(headings)
    if width < FEWEST_COLUMNS or len(set(headings)) < width or not all(headings):
        return False
    names = [sign + h.encode() + sign for h in headings[1 : -1 : max(1, width // SOME)]]
    words = re.compile("|".join(WORDS).encode(), re.IGNORECASE)
    blank = re.compile(sign + rb"[ \t]*" + sign)
    quoted = re.compile(rb'(?<![^%b\n])"[^"\r\n]*(?:""[^"\r\n]*)*"(?![^%b\r\n])' % (sign, sign))
    with path.open("rb") as file:
        head = file.readline(limits.ROW)
        ending = b"\r\n" if head.endswith(b"\r\n") else b"\n"
        if b"\r" in head.removesuffix(ending):
            return False
        while chunk := file.read(CHUNK):
            chunk += file.readline(limits.ROW)
            lines = chunk.removesuffix(ending).split(ending)
            bare = quoted.sub(b"", chunk) if b'"' in chunk else chunk
            ends = (len(lines) - 1 + chunk.endswith(ending)) * len(ending)
            if b'"' in bare or bare.count(b"\r") + bare.count(b"\n") != ends or max(map(len, lines)) > limits.CELL:
                return False
            if {line.count(sign) for line in bare.removesuffix(ending).split(ending)} != {width - 1}:
                return False
            if any(name in chunk for name in names):
                return False
            doubtful = [m[0] for m in WORDLESS.finditer(chunk.replace(b"\r\n", b"\n")) if m[0]]
            low = chunk.lower()
            if any(w.encode() in low for w in WORDS):
                doubtful += [line for line in lines if words.search(b"".join(line.split(sign, 6)[:6]))]
            if blank.search(chunk):
                doubtful += [line for line in lines if blank.search(line)]
            for cells in csv.reader((line.decode() for line in doubtful), delimiter=delimiter):
                if no_record(RawRow(2, tuple(cells))):
                    return False
    return True
