"""A binary workbook (.xls, .xlsb) is measured before its reader lays it out: what would not fit is refused with the limit."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from doors.writers import _container, _record
from safety_rules.formats import workbook_in
from safety_rules.formats.workbook_in import sheets
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError

TOO_MUCH = "more than 850,000,000 bytes of cells and their texts"


def old(
    path: Path, *bodies: bytes, shared: bytes = b"", size: tuple[int, int] = (1, 1), first: tuple[int, int] = (0, 0)
) -> Path:
    """Write an .xls with a sheet for each body of records."""
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    names = [f"s{n}" for n, _ in enumerate(bodies)]
    at = len(begin) + len(shared) + 4 + sum(4 + 8 + 2 * len(n) for n in names)
    globals_ = begin
    made = b""
    for name, body in zip(names, bodies, strict=True):
        globals_ += _record(
            0x0085,
            struct.pack("<IBBBB", at + len(made), 0, 0, len(name), 1) + name.encode("utf-16-le"),
        )
        made += _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        made += _record(0x0200, struct.pack("<IIHHH", first[0], size[0], first[1], size[1], 0)) + body + _record(0x000A)
    path.write_bytes(_container(globals_ + shared + _record(0x000A) + made))
    return path


def number(row: int, column: int) -> bytes:
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, 15.0))


def text(row: int, column: int, which: int) -> bytes:
    return _record(0x00FD, struct.pack("<HHHI", row, column, 0, which))


def once(*parts: bytes, count: int) -> bytes:
    """Return the texts that stand once for all cells; what is too long for a record goes on in the next."""
    first, *rest = parts
    return _record(0x00FC, struct.pack("<II", count, count) + first) + b"".join(_record(0x003C, p) for p in rest)


def refused(path: Path) -> str:
    with pytest.raises(LedgerError) as error:
        sheets(path)
    return str(error.value)


def test_a_cell_far_away_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = old(tmp_path / "a.xls", number(0, 0) + number(65_535, 255))
    assert refused(path) == f"`a.xls` cannot be read beyond sheet 1: {TOO_MUCH}"


def test_all_sheets_count_together(tmp_path: Path) -> None:
    path = old(tmp_path / "a.xls", *[number(0, 0) + number(65_535, 80)] * 3)
    assert refused(path) == f"`a.xls` cannot be read beyond sheet 3: {TOO_MUCH}"


def test_a_long_text_counts_in_each_cell_that_has_it(tmp_path: Path) -> None:
    shared = once(struct.pack("<HB", 8000, 0) + b"a" * 8000, count=1)
    path = old(
        tmp_path / "a.xls",
        b"".join(text(i, 0, 0) for i in range(36_000)),
        shared=shared,
    )
    assert refused(path) == f"`a.xls` cannot be read beyond sheet 1: {TOO_MUCH}"


@pytest.mark.parametrize(
    ("first", "size"),
    [((0, 0), (2**31, 65_535)), ((0, 0), (65_537, 1)), ((0, 0), (1, 257)), ((39, 0), (21, 5)), ((0, 9), (3, 5))],
)
def test_a_size_that_no_sheet_has_is_refused_before_it_is_read(
    first: tuple[int, int], size: tuple[int, int], tmp_path: Path
) -> None:
    path = old(tmp_path / "a.xls", number(0, 0), size=size, first=first)
    assert refused(path) == "`a.xls` is protected by a password, or damaged; save it without a password as .xlsx"


def test_a_text_that_goes_on_in_another_record_is_read_with_those_after_it(
    tmp_path: Path,
) -> None:
    head = struct.pack("<HB", 6, 1) + "项目".encode("utf-16-le")
    rest = b"\1" + "编号一二".encode("utf-16-le") + struct.pack("<HBH", 2, 8, 1) + b"ab" + bytes(4)
    shared = once(head, rest + struct.pack("<HB", 1, 0) + b"c", count=3)
    (table,) = sheets(
        old(
            tmp_path / "a.xls",
            text(0, 0, 0) + text(0, 1, 1) + text(0, 2, 2),
            shared=shared,
        )
    )
    assert [r.cells for r in table.rows()] == [("项目编号一二", "ab", "c")]


def test_an_old_file_too_large_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old(tmp_path / "a.xls", number(0, 0))
    monkeypatch.setattr(limits, "OLD_BOOK", 1000)
    assert refused(path) == "`a.xls` cannot be read beyond its first sheet: more than 1,000 bytes in an .xls"


@pytest.mark.parametrize("row", [1_048_575, 2**32 - 1])
def test_a_far_cell_of_a_binary_sheet_is_refused_with_the_limit(row: int, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    cell = bytes([5, 16]) + struct.pack("<IId", 16_383, 0, 15.0)
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/worksheets/sheet1.bin", bytes([0, 4]) + struct.pack("<I", row) + cell)
    assert refused(path) == f"`a.xlsb` cannot be read beyond sheet 1: {TOO_MUCH}"


DAMAGED = "is protected by a password, or damaged; save it without a password as .xlsx"
BEGIN = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0020, 0, 0, 0, 0))
END = _record(0x000A)


@pytest.mark.parametrize("size", [(2**31, 5), (21, 2**15)])
def test_what_follows_a_part_within_a_sheet_is_measured_too(size: tuple[int, int], tmp_path: Path) -> None:
    """A chart within a sheet ends before the sheet does."""
    far = _record(0x0200, struct.pack("<IIHHH", 0, size[0], 0, size[1], 0))
    assert refused(old(tmp_path / "a.xls", number(0, 0) + BEGIN + END + far)) == f"`a.xls` {DAMAGED}"
    near = number(1, 1)
    (table,) = sheets(old(tmp_path / "b.xls", number(0, 0) + BEGIN + END + near))
    assert [len(r.cells) for r in table.rows()] == [2, 2]


def test_a_far_cell_after_a_chart_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = old(tmp_path / "a.xls", number(0, 0) + BEGIN + END + number(65_535, 255))
    assert refused(path) == f"`a.xls` cannot be read beyond sheet 1: {TOO_MUCH}"


def binary(path: Path, sheet: bytes, at: str = "xl/worksheets/sheet1.bin", **parts: bytes) -> Path:
    """Write an .xlsb of one sheet, which stands wherever its workbook says."""
    rid = "rId1".encode("utf-16-le")
    listed = bytes([0x9C, 1, 12 + len(rid)]) + struct.pack("<III", 0, 1, 4) + rid
    target = at.removeprefix("xl/")
    links = f'<Relationships><Relationship Target="{target}" Id="rId1"/></Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.bin", listed)
        book.writestr("xl/_rels/workbook.bin.rels", links)
        book.writestr(at, sheet)
        for name, data in parts.items():
            book.writestr(f"xl/{name}.bin", data)
    return path


def cell(row: int, column: int) -> bytes:
    return bytes([0, 4]) + struct.pack("<I", row) + bytes([5, 16]) + struct.pack("<IId", column, 0, 15.0)


@pytest.mark.parametrize(
    "at", ["xl/worksheets/sheet1.bin", "xl/sheet1.bin", "xl/worksheets/sheet1.dat", "xl/styles.bin"]
)
def test_a_binary_sheet_is_measured_wherever_its_workbook_says_that_it_is(at: str, tmp_path: Path) -> None:
    path = binary(tmp_path / "a.xlsb", cell(0, 0) + cell(1_048_575, 16_383), at)
    assert refused(path) == f"`a.xlsb` cannot be read beyond sheet 1: {TOO_MUCH}"


@pytest.mark.parametrize(
    "record", [bytes([0, 0]), bytes([5, 2, 0, 0]), bytes([0, 4, 1]), bytes([7, 8]) + bytes(8), bytes([0x9C])]
)
def test_a_record_that_is_too_short_for_what_it_says_is_refused(record: bytes, tmp_path: Path) -> None:
    """Its reader would take what stands before in its memory."""
    assert refused(binary(tmp_path / "a.xlsb", cell(1, 1) + record)) == f"`a.xlsb` {DAMAGED}"


@pytest.mark.parametrize("part", ["sharedStrings", "worksheets/sheet1"])
def test_more_records_than_there_can_be_cells_are_refused_soon(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HELD", 70_000)
    many = bytes([0xC8, 5, 0]) * 1500
    made = {"sharedStrings": many} if part == "sharedStrings" else {}
    path = binary(tmp_path / "a.xlsb", cell(0, 0) if made else many, **made)
    assert refused(path) == f"`a.xlsb` {DAMAGED}"


def test_sheets_of_an_old_file_that_lie_in_each_other_are_counted_by_their_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old(tmp_path / "a.xls", _record(0x0042, b"\0\0") * 500)
    assert sheets(path)
    monkeypatch.setattr(limits, "OLD_BOOK", 9_000)
    assert refused(path) == f"`a.xls` {DAMAGED}"


@pytest.mark.parametrize("ending", ["xlsx", "xlsb"])
@pytest.mark.parametrize("at", [10, 12])
def test_a_packed_file_whose_list_of_parts_is_damaged_is_refused_before_its_reader_sees_it(
    at: int, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reader asked for as much memory as the list says, and ended the process."""
    path = binary(tmp_path / f"a.{ending}", cell(0, 0))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\5\6") + at
    data[place : place + 4] = b"\x21\x43\x65\x07"
    path.write_bytes(data)
    monkeypatch.setattr(workbook_in, "_opened", lambda path: pytest.fail("its reader was asked"))
    assert refused(path).startswith(f"`a.{ending}` is a damaged workbook or no workbook at all")


def test_a_sheet_that_begins_beyond_the_last_column_is_refused() -> None:
    """Made by chance: its reader takes the place of the first cell from elsewhere than we measure it, column 372,443,494."""
    assert refused(Path(__file__).parent / "workbooks/column_372443494.xlsb").endswith(
        "more than 16,384 columns of a sheet"
    )
