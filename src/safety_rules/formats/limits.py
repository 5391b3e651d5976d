"""What is too much to be read: each limit in one place, and the sentence that names it."""

from __future__ import annotations

from safety_rules.language.errors import LedgerError

CELL = 1_000_000  # characters of a cell of text
ROW = 4_000_000  # characters of a row of text, which are at most four times as many bytes
ITEM = 64_000_000  # characters of a record of JSON
SHEET = 20_000_000  # cells of a workbook's sheets, blank ones between others too: its reader holds them all
WORDS = 150_000_000  # bytes of the texts of a workbook that stand once for all of its cells
HELD = 850_000_000  # bytes that its reader holds at once: CELL_HELD of each cell, and of a text in each cell that has it TEXT_HELD more
CELL_HELD, TEXT_HELD = 70, 32
ODD = 2_000_000  # cells of a sheet whose format or formula tells another thing than their value: each is kept by its place
FAR = 150_000_000  # bytes of a workbook some cells of which lie far from all others: it is written again without them
PART = 2_000_000_000  # bytes of a sheet's own XML
OLD_BOOK = 200_000_000  # bytes of an .xls, of all its sheets together, and of a part of an .xlsb
SMALL_PART = 64 << 20  # bytes of each other part of a workbook
XML_ROW = 32 << 20  # bytes of a row in a sheet's XML; beyond, its formats are not told
GAP = 100_000  # blank rows after which what follows is named and not read


def beyond(name: str, place: object, what: str, most: int) -> LedgerError:
    """Return the error of a file that holds more than is read.

    >>> str(beyond("a.csv", "row 7", "characters in a cell", CELL))
    '`a.csv` cannot be read beyond row 7: more than 1,000,000 characters in a cell'
    """
    return LedgerError(f"`{name}` cannot be read beyond {place}: more than {most:,} {what}")
