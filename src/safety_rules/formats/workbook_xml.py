"""What a workbook's own XML tells and its values do not: formats, hidden rows and columns, formulas without a value.

One pass over each sheet's part in pieces of whole rows. Where the part is not as usual (cells without a place,
another encoding) nothing is guessed: `told` is False.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from safety_rules.formats.number_format import BUILT_IN, needs_reading
from safety_rules.formats.workbook_notes import Beside, beside_cells
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError

PIECE = 1 << 20
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    OSError,
    LookupError,
    ValueError,
    RuntimeError,
    EOFError,
)
PREFIX = re.compile(rb"<(?:([A-Za-z0-9_]+):)?worksheet[ >]")
ROW = re.compile(rb"<row\b([^>]*)>")
COLUMN = re.compile(rb"<col\b([^>]*)>")
CELL_AT = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
NUMBER = re.compile(rb"""\br=["']([0-9]+)["']""")
SPAN = re.compile(rb"""\b(min|max)=["']([0-9]+)["']""")
HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
STYLE = re.compile(rb"""\bs=["']([0-9]+)["']""")
FAR_CELL = re.compile(rb"""<c\b[^>]*\br=["']([A-Z]{3}[0-9]+)["'][^>]*(?:/>|>(.*?)</c>)""", re.DOTALL)
WHOLE_ROW = re.compile(rb"""(<row\b[^>]*\br=["']([0-9]+)["'][^>]*>).*?</row>""", re.DOTALL)
ROW_AT = re.compile(rb"""<row\b[^>]*?\br=["']([0-9]+)["'][^>]*>(?=<c\b)""")
THREE_LETTERS = re.compile(rb""" r=["'][A-Z]{3}[0-9]""")
TWO_LETTERS = re.compile(rb""" r=["']([A-Z]{2})[0-9]""")
NO_VALUE = re.compile(rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
TEXT = re.compile(rb"""<t\b[^>]*>([^<]*)</t>|\bt=["']str["'][^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>([^<]*)</v>""")
SHARED_CELL = re.compile(rb"""<c\b([^>]*\bt=["']s["'][^>]*)>\s*<v>([0-9]+)</v>""")
SHARED = re.compile(rb"""\bt=["']s["'][^>]*>\s*<v>([0-9]+)</v>""")
STRUCK = re.compile(rb"<(?:[a-z]+:)?strike(?: val=[\"'](?:1|true)[\"'])? ?/>")
ERROR = re.compile(rb"""<c\b([^>]*\bt=["']e["'][^>]*)>(?:\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*<v>([^<]*)</v>""")


@dataclass(slots=True)
class Seen:
    """What one sheet's XML tells; rows and columns count from 0, `formats` are codes by cell.

    `struck` are cells whose text is struck out, all of it or a part; `beside` are comments and texts in boxes.
    `far` are cells with a value that no table reaches: beyond column ZZ, or after a hundred thousand rows without any.
    """

    told: bool = True
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: set[tuple[int, int]] = field(default_factory=set)
    beside: tuple[Beside, ...] = ()
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    far: list[str] = field(default_factory=list)
    part: str = ""
    last_row: int = 0
    last_column: int = 26
    words: int = 0
    shared: int = 0

    @property
    def odd(self) -> int:
        """How many cells are not what their value says."""
        return len(self.formats) + len(self.empty_formulas) + len(self.errors) + len(self.struck)

    @property
    def rows(self) -> frozenset[int]:
        """The rows in which some cell is not what its value says."""
        return frozenset(r for r, _ in (*self.formats, *self.empty_formulas, *self.errors, *self.struck))


@dataclass(slots=True)
class Parts:
    """The parts of an opened workbook of the Office Open XML kind; `odd` is of all its sheets, once one was looked at."""

    path: Path
    odd: Odd | None = None

    def beyond(self) -> LedgerError | None:
        """Return the error of a workbook that unpacks to more than is read; None where it does not."""
        try:
            with zipfile.ZipFile(self.path) as book:
                sizes = {i.filename.lower(): i.file_size for i in book.infolist()}
        except BROKEN:
            return None
        words = sum(size for name, size in sizes.items() if name.endswith("sharedstrings.xml"))
        if words > limits.WORDS:
            return limits.beyond(self.path.name, "its first sheet", "bytes of text", limits.WORDS)
        if max(sizes.values(), default=0) > limits.PART:
            return limits.beyond(self.path.name, "its first sheet", "bytes in a sheet", limits.PART)
        return None

    def shared(self, sheets: Iterable[Seen], most: int) -> int:
        """Return the bytes of the shared texts of all cells, or some number up to `most` where they are no more.

        The reader has a copy of a text in each cell. Only where the longest one in every cell would be too much is each
        cell looked at.
        """
        several = [s for s in sheets if s.shared]
        try:
            with zipfile.ZipFile(self.path) as book:
                return _shared(book, several, most) if several else 0
        except BROKEN:
            return 0  # the reader says what is wrong

    def seen(self, sheet: str) -> Seen:
        """Return what the XML of a sheet tells; raises LedgerError where a part declares entities."""
        try:
            with zipfile.ZipFile(self.path) as book:
                part = _parts(book).get(sheet)
                if part is None or part not in book.namelist():
                    return Seen(told=False)
                self.odd = self.odd or Odd(*_odd_styles(book), _struck_texts(book))
                found = _seen(book, part, self.odd)
                found.beside = beside_cells(part, {*book.namelist()}, lambda name: _small(book, name))
                return found
        except BROKEN:
            return Seen(told=False)


def _shared(book: zipfile.ZipFile, sheets: Sequence[Seen], most: int) -> int:
    name = next((n for n in book.namelist() if n.lower().endswith("sharedstrings.xml")), None)
    parts = book.read(name).split(b"</si>") if name is not None else [b""]
    sizes = [len(part) + limits.TEXT_HELD for part in parts]
    if (longest := max(sizes) * sum(s.shared for s in sheets)) <= most:
        return longest
    total = 0
    for sheet in sheets:
        for piece in _pieces(book, sheet.part, Seen(part=sheet.part)):
            total += sum(sizes[i] for i in map(int, SHARED.findall(piece)) if i < len(sizes))
    return total


def without_far(path: Path, parts: set[str]) -> bytes:
    """Return a workbook without the far cells of some parts, for a reader that holds a sheet as one block."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as copy:
        if sum(i.file_size for i in book.infolist()) > limits.FAR:
            raise limits.beyond(
                path.name, "its far cells", "bytes in a workbook with cells far from all others", limits.FAR
            )
        for name in book.namelist():
            data = book.read(name)
            if name in parts:
                last = 0
                for row in WHOLE_ROW.finditer(data):
                    number = int(row[2])
                    if number - last > limits.GAP:
                        data = data.replace(row[0], b"")
                    else:
                        last = number
                data = FAR_CELL.sub(b"", data)
            copy.writestr(name, data)
    return made.getvalue()


def _small(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return the tree of a small part; raises LedgerError where it declares entities, ValueError where it is huge."""
    if book.getinfo(name).file_size > limits.SMALL_PART:
        raise ValueError(name)
    data = book.read(name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise LedgerError(f"`{name}` declares entities, which no spreadsheet program writes; save the workbook again")
    return ElementTree.fromstring(data)


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Return each sheet's part by the sheet's name."""
    home = "xl/workbook.xml"
    if home not in book.namelist():
        home = next((n for n in book.namelist() if n.endswith("workbook.xml")), home)
    folder = home.rpartition("/")[0]
    links = {e.get("Id"): e.get("Target", "") for e in _small(book, f"{folder}/_rels/workbook.xml.rels")}
    found = {}
    for sheet in _small(book, home).iter():
        if sheet.tag in (f"{MAIN}sheet", f"{STRICT}sheet"):
            link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            target = links.get(link, "")
            found[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
    return found


@dataclass(frozen=True, slots=True)
class Odd:
    """Styles under which a number is not simply what it is, those that strike a text out, and shared texts that are struck."""

    formats: Mapping[int, str]
    struck: frozenset[int]
    texts: frozenset[int]


def _struck_texts(book: zipfile.ZipFile) -> frozenset[int]:
    """Return the shared texts some of which is struck out, by their numbers."""
    name = next((n for n in book.namelist() if n.lower().endswith("sharedstrings.xml")), None)
    data = book.read(name) if name is not None else b""
    if b"strike" not in data:
        return frozenset()
    return frozenset(i for i, text in enumerate(data.split(b"</si>")) if STRUCK.search(text))


def _odd_styles(book: zipfile.ZipFile) -> tuple[dict[int, str], frozenset[int]]:
    """Return the format of each style under which a number is not simply what it is, and the styles that strike out."""
    name = next((n for n in book.namelist() if n.endswith("xl/styles.xml")), None)
    if name is None:
        return {}, frozenset()
    root = _small(book, name)
    own = root.tag.partition("}")[0] + "}"
    codes = dict(BUILT_IN)
    for e in root.iter(f"{own}numFmt"):
        codes[int(e.get("numFmtId", "0"))] = e.get("formatCode", "")
    cells = root.find(f"{own}cellXfs")
    used = [int(e.get("numFmtId", "0")) for e in cells] if cells is not None else []
    drawn = [int(e.get("fontId", "0")) for e in cells] if cells is not None else []
    fonts = root.find(f"{own}fonts")
    out = [f.find(f"{own}strike") for f in fonts] if fonts is not None else []
    void = {i for i, e in enumerate(out) if e is not None and e.get("val", "1") in ("1", "true")}
    formats = {i: codes[n] for i, n in enumerate(used) if n in codes and needs_reading(codes[n])}
    return formats, frozenset(i for i, n in enumerate(drawn) if n in void)


def _seen(book: zipfile.ZipFile, part: str, odd: Odd) -> Seen:
    found = Seen(part=part)
    styled = None
    if styles := {*odd.formats, *odd.struck}:
        numbers = "|".join(map(str, sorted(styles))).encode()
        styled = re.compile(rb"""<c\b([^>]*?\bs=["'](?:""" + numbers + rb""")["'][^>]*)>""")
    for piece in _pieces(book, part, found):
        _look(piece, found, odd, styled)
        if found.odd > limits.ODD or found.words > limits.HELD:
            break
    return found


def _look(piece: bytes, found: Seen, odd: Odd, styled: re.Pattern[bytes] | None) -> None:
    if THREE_LETTERS.search(piece):
        found.far += [m[1].decode() for m in FAR_CELL.finditer(piece) if m[2]]
    if wide := max(TWO_LETTERS.findall(piece), default=b""):
        found.last_column = max(found.last_column, _column(wide) + 1)
    for number in map(int, ROW_AT.findall(piece)):
        if number - found.last_row > limits.GAP:
            found.far.append(str(number))
        else:
            found.last_row = number
    if b"hidden=" in piece:
        for attributes in (m[1] for m in ROW.finditer(piece)):
            if HIDDEN.search(attributes) and (row := NUMBER.search(attributes)):
                found.hidden_rows.append(int(row[1]) - 1)
        for attributes in (m[1] for m in COLUMN.finditer(piece)):
            if HIDDEN.search(attributes):
                span = {m[1]: int(m[2]) - 1 for m in SPAN.finditer(attributes)}
                found.hidden_columns.append((span.get(b"min", 0), span.get(b"max", 0)))
    found.shared += piece.count(b't="s"') + piece.count(b"t='s'")
    if b"inlineStr" in piece or b'"str"' in piece or b"'str'" in piece:
        found.words += sum(len(a) + len(b) + limits.TEXT_HELD for a, b in TEXT.findall(piece))
    if b"<f" in piece:
        for attributes in (m[1] for m in NO_VALUE.finditer(piece)):
            if b'"str"' not in attributes:
                found.empty_formulas.update(_at(attributes, found))
    if b't="e"' in piece or b"t='e'" in piece:
        for match in ERROR.finditer(piece):
            for at in _at(match[1], found):
                found.errors[at] = match[2].decode("utf-8", "replace")
    if styled is not None:
        for attributes in (m[1] for m in styled.finditer(piece)):
            style = STYLE.search(attributes)
            number = int(style[1]) if style else -1
            for at in _at(attributes, found):
                if number in odd.struck:
                    found.struck.add(at)
                else:
                    found.formats[at] = odd.formats.get(number, "")
    if odd.texts:
        for attributes, text in SHARED_CELL.findall(piece):
            if int(text) in odd.texts:
                found.struck.update(_at(attributes, found))


def _at(attributes: bytes, found: Seen) -> Iterator[tuple[int, int]]:
    """Yield the place of a cell; one that does not say it makes the sheet one that is not told."""
    match = CELL_AT.search(attributes)
    if match is None:
        found.told = False
        return
    yield int(match[2]) - 1, _column(match[1])


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column - 1


def _pieces(book: zipfile.ZipFile, part: str, found: Seen) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces that end with a row; stops, and says so, where one row is endless."""
    rest, prefix = b"", b""
    with book.open(part) as file:
        while data := file.read(PIECE):
            if not rest and not prefix:
                prefix = _prefix(data, part, found)
                if not found.told:
                    return
            rest += data
            end = rest.rfind(b"row>") + 4
            if end > 4:
                yield _bare(rest[:end], prefix)
                rest = rest[end:]
            elif len(rest) > limits.XML_ROW:
                found.told = False
                return
    yield _bare(rest, prefix)


def _prefix(head: bytes, part: str, found: Seen) -> bytes:
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise LedgerError(f"`{part}` declares entities, which no spreadsheet program writes; save the workbook again")
    match = PREFIX.search(head)
    found.told = match is not None
    return match[1] + b":" if match is not None and match[1] else b" "


def _bare(piece: bytes, prefix: bytes) -> bytes:
    """Return a piece whose tags have no prefix."""
    return piece if prefix == b" " else piece.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
