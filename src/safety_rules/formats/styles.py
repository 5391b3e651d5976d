"""How a workbook looks: fonts, colours and marks by outcome, pages, and sheets of text, numbers and days.

Red, orange, yellow and blue are the colours of risk grades and of nothing else; what an outcome is stands in its
word first, then in a mark, then in a colour that a colour-blind reader and a grey print still tell apart.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from safety_rules.formats import marks
from safety_rules.formats.layout import row_height
from safety_rules.formats.marks import Mark
from safety_rules.formats.safe import printable, replacing
from safety_rules.formats.sheets_out import Sheet
from safety_rules.language.errors import LedgerError
from safety_rules.language.rulebook import Area
from safety_rules.words.catalog import sentence

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
EDGE = {"border": 1, "border_color": "#BFBFBF"}
A4 = 9
ACROSS = 60  # per cent at which a wide sheet is printed, page beside page
LARGEST = sys.float_info.max  # what no cell can hold as a number stands there as text
WHOLE = 10**15  # a longer number loses its last digits in a spreadsheet
FIRST_YEAR = 1900
OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """The mark, fill and ink of an outcome; `how` are further properties of its cell."""

    mark: str
    fill: str = ""
    ink: str = "#000000"
    how: tuple[tuple[str, Any], ...] = ()


HOW: Mapping[str, tuple[tuple[str, Any], ...]] = {  # the edges of marks, as properties of a cell
    "solid": (), "hatched": (("pattern", 14), ("fg_color", "#8FB3D1")), "thick": (("border", 2),),
    "dashed": (("border", 3), ("border_color", "#000000")),
}  # fmt: skip


def look(mark: Mark) -> Look:
    """Return a mark as the look of a cell."""
    return Look(mark.sign) if mark is marks.IDLE else Look(mark.sign, mark.fill, mark.text, HOW[mark.edge])


BEST, WORST, OPEN, BROKEN = map(look, (marks.BEST, marks.WORST, marks.OPEN, marks.BROKEN))


def looks(outcomes: Sequence[str]) -> Mapping[str, Look]:
    """Return the look of each outcome, from the best to the worst, of what is open and of what could not be read."""
    return {key: look(mark) for key, mark in marks.marks(outcomes).items()}


@contextmanager
def new_workbook(path: Path, *read: Path) -> Iterator[Any]:
    """Give a workbook that is written row by row; its file is complete or absent. Raises LedgerError."""
    with replacing(path, *read) as temporary, TemporaryDirectory() as scratch:
        book = xlsxwriter.Workbook(str(temporary), {**OPTIONS, "tmpdir": scratch})
        try:
            yield book
            book.close()
        except xlsxwriter.exceptions.XlsxWriterException as error:
            raise LedgerError(f"`{path}` cannot be written: {error}") from None
        finally:  # a workbook closes the files that it keeps its rows in by itself only when all went well
            for sheet in book.worksheets():
                if sheet.row_data_fh is not None:
                    sheet.row_data_fh.close()


@dataclass(frozen=True, slots=True)
class Styles:
    """The formats of one workbook."""

    text: Any
    count: Any
    number: Any
    percent: Any
    day: Any
    title: Any
    note: Any
    part: Any
    part_note: Any
    head: Any
    head_added: Any
    outcome: Mapping[str, Any]


def styles_of(book: Any, area: Area | None = None) -> Styles:
    """Return the formats, made for a workbook; without an area, those of what is open and of what is overdue alone."""
    text = {**FONT, **EDGE, "text_wrap": True}
    head = {**text, "bold": True, "valign": "vcenter"}
    found = looks([o.key for o in area.outcomes] if area is not None else ["done", "overdue"])
    return Styles(
        book.add_format(text),
        book.add_format({**text, "align": "left"}),
        book.add_format({**text, "align": "right"}),
        book.add_format({**text, "align": "right", "num_format": "0.0%"}),
        book.add_format({**text, "num_format": "yyyy-mm-dd", "align": "left"}),
        book.add_format({**FONT, "bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        book.add_format({**FONT, "text_wrap": True}),
        book.add_format({**FONT, "bold": True, "font_size": 12}),
        book.add_format(FONT),
        book.add_format({**head, "bg_color": "#EDEDED"}),
        book.add_format({**head, "bg_color": "#D9D9D9", "align": "center"}),
        {key: book.add_format({**text, "bold": True, **_looking(look)}) for key, look in found.items()},
    )


def _looking(look: Look) -> dict[str, Any]:
    """Return the properties of a cell with a look; the mark is shown and is no part of what the cell says."""
    fill = {"bg_color": look.fill} if look.fill else {}
    return {"font_color": look.ink, **fill, **dict(look.how), "num_format": f'General;General;General;"{look.mark} "@'}


def set_page(sheet: Any, language: str, about: str = "", wide: bool = False, alone: bool = False) -> None:
    """Set a sheet up for print on A4 across: one page wide, or, where it is `wide`, page beside page.

    A sheet is numbered by itself. How many pages there are is said of one `alone`: of a whole workbook that is printed,
    or made a PDF, programs count those of all sheets.
    """
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(0.4, 0.4, 0.5, 0.7)
    if wide:
        sheet.set_print_scale(ACROSS)
        sheet.print_across()
    else:
        sheet.fit_to_pages(1, 0)
    sheet.set_start_page(1)
    said, number = about.replace("&", "&&"), sentence(f"sheet_foot.{'of_all' if alone else 'number'}", language)
    sheet.set_footer(f"&L&9{said[:120]}&R&9{number}")


def write_text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Write text as text, whatever it begins with; a blank keeps its border."""
    if text:
        sheet.write_string(row, column, printable(text), style)
    else:
        sheet.write_blank(row, column, "", style)


def write_value(sheet: Any, row: int, column: int, value: Any, styles: Styles, style: Any = None) -> None:
    """Write a value as what it is: a number, a day, a flag or text; nothing leaves a cell with its border."""
    match value:
        case str() | None:
            write_text(sheet, row, column, value or "", style or styles.text)
        case bool():
            sheet.write_boolean(row, column, value, style or styles.text)
        case int() if abs(value) >= WHOLE:
            write_text(sheet, row, column, str(value), style or styles.text)
        case int() | float() | Decimal() | Fraction() if -LARGEST <= value <= LARGEST:
            sheet.write_number(row, column, float(value), style or styles.number)
        case datetime.date() if not isinstance(value, datetime.datetime) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, column, datetime.datetime(value.year, value.month, value.day), styles.day)
        case _:
            write_text(sheet, row, column, str(value), style or styles.text)


def write_sheet(sheet: Any, content: Sheet, styles: Styles, filtered: bool = False) -> None:
    """Write a sheet of text and counts; with `filtered`, its first row is a heading that stays in view."""
    for column, width in enumerate(content.widths):
        sheet.set_column(column, column, width)
    for at, row in enumerate(content.rows):
        sheet.set_row(at, row_height([str(c) for c in row.cells], content.widths))
        for column, cell in enumerate(row.cells):
            if row.heading:
                write_text(sheet, at, column, str(cell), styles.head_added)
            elif row.outcome and column == row.outcome_at:
                write_value(sheet, at, column, cell, styles, styles.outcome.get(row.outcome))
            else:
                write_value(sheet, at, column, cell, styles, styles.count if isinstance(cell, int) else None)
    if filtered:
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, max(1, len(content.rows) - 1), len(content.widths) - 1)
