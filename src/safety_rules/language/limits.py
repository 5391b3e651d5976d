"""What is too much to be read: each limit of input once, with what it counts.

A rule file, a record, a ledger or a request beyond a limit is refused with the limit, in both languages.
"""

from __future__ import annotations

from safety_rules.language.errors import LedgerError

# A rule file
FILE = 10 * 1024 * 1024  # bytes of a rule file
NESTED = 40  # levels of a rule file inside one another
NODES = 2_000_000  # values of a rule file
MISTAKES = 100  # mistakes of a rule file
DERIVED_LEVELS = 200  # operations of derivations inside one another
CONDITION = 4000  # characters of a condition
CONDITION_MADE = 40_000  # characters of a condition that a program writes
BRACKETS = 60  # brackets of a condition inside one another
DENIALS = 500  # times `not` in a condition
CONDITION_LEVELS = 100  # operations of a condition inside one another
OPERATIONS = 8000  # operations to which a condition comes
PATTERN = 200  # characters that a pattern can match
PATTERN_WAYS = 100_000  # ways in which a pattern can match

# A value
TEXT = 2000  # characters of a value
DIGITS_OF_NUMBER = 400  # digits of a number
DIGITS_IN_JSON = 4000  # digits of a number in JSON

# A chain
CHAIN_RECORDS = 20_000  # records that a chain derives
CHAIN_STEPS = 200_000  # steps of a chain

# A file of data
CELL = 1_000_000  # characters of a cell of text
ROW = 4_000_000  # characters of a row of text, which are at most four times as many bytes
ITEM = 64_000_000  # characters of a record of JSON
SHEET = 20_000_000  # cells of a workbook's sheets, blank ones between others too
COLUMNS = 16_384  # columns of a sheet
WORDS = 150_000_000  # bytes of the texts of a workbook that stand once for all of its cells
HELD = 850_000_000  # bytes that a workbook's reader holds at once
ODD = 2_000_000  # cells of a sheet whose format or formula tells another thing than their value
FAR = 150_000_000  # bytes of a workbook with cells far from all others
PART = 2_000_000_000  # bytes of a sheet's own XML
OLD_BOOK = 200_000_000  # bytes of an .xls, of all its sheets together, and of a part of an .xlsb

# A request
RECORD_TEXT = 1_000_000  # characters of a record that an assistant sends
UPLOAD = 50_000_000  # bytes of an upload to the page
BODY = 10_000_000  # bytes of a request
BODY_DEPTH = 32  # levels of a request inside one another
BODY_RECORDS = 1_000  # records of a request
BODY_VERDICTS = 100  # whole verdicts of a request
PAPERS = 500  # papers of a download

# What is counted with, or beyond which a part is named and not read
CELL_HELD, TEXT_HELD = 70, 32  # bytes of HELD for each cell, and more for a text in each cell that has it
SMALL_PART = 64 << 20  # bytes of each other part of a workbook
XML_ROW = 32 << 20  # bytes of a row in a sheet's XML; beyond, its formats are not told
GAP = 100_000  # blank rows after which what follows is named and not read


def beyond(name: str, place: object, what: str, most: int) -> LedgerError:
    """Return the error of a file that holds more than is read.

    >>> str(beyond("a.csv", "row 7", "characters in a cell", CELL))
    '`a.csv` cannot be read beyond row 7: more than 1,000,000 characters in a cell'
    """
    return LedgerError(f"`{name}` cannot be read beyond {place}: more than {most:,} {what}")
