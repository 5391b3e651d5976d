"""How a workbook looks: fonts, colours by outcome, pages, and plain sheets of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from safety_rules.formats.layout import row_height
from safety_rules.formats.result import ERROR
from safety_rules.formats.safe import printable, replacing
from safety_rules.formats.sheets_out import Sheet
from safety_rules.language.errors import LedgerError
from safety_rules.language.rulebook import Area
from safety_rules.semantics.verdict.decided import UNDETERMINED

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
EDGE = {"border": 1, "border_color": "#D9D9D9"}
GOOD, BAD, BETWEEN = "#C6EFCE", "#FFC7CE", ("#FFF2CC", "#FCE4D6", "#F8CBAD")
OPEN, BROKEN = "#DDEBF7", "#D9D9D9"
A3 = 8
OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}  # fmt: skip


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
    day: Any
    title: Any
    head: Any
    head_added: Any
    outcome: Mapping[str, Any]


def styles_of(book: Any, area: Area) -> Styles:
    """Return the formats, made for a workbook."""
    text = {**FONT, **EDGE, "text_wrap": True}
    head = {**text, "bold": True, "valign": "vcenter"}
    fills = colours([o.key for o in area.outcomes])
    return Styles(
        book.add_format(text),
        book.add_format({**text, "align": "left"}),
        book.add_format({**text, "num_format": "yyyy-mm-dd", "align": "left"}),
        book.add_format({**FONT, "bold": True}),
        book.add_format({**head, "bg_color": "#EDEDED"}),
        book.add_format({**head, "bg_color": "#1F4E78", "font_color": "#FFFFFF"}),
        {key: book.add_format({**text, "bold": True, "bg_color": fill}) for key, fill in fills.items()},
    )


def colours(outcomes: Sequence[str]) -> Mapping[str, str]:
    """Return a fill for each outcome: green for the best, red for the worst, yellow to orange between."""
    last = len(outcomes) - 1
    found = {key: BETWEEN[min(i - 1, len(BETWEEN) - 1)] for i, key in enumerate(outcomes) if 0 < i < last}
    return {outcomes[0]: GOOD, **found, outcomes[last]: BAD, UNDETERMINED: OPEN, ERROR: BROKEN}


def set_page(sheet: Any) -> None:
    """Set a sheet up for print: landscape A3, one page wide."""
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)


def write_text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Write text as text, whatever it begins with; a blank keeps its border."""
    if text:
        sheet.write_string(row, column, printable(text), style)
    else:
        sheet.write_blank(row, column, "", style)


def write_sheet(sheet: Any, content: Sheet, styles: Styles, filtered: bool = False) -> None:
    """Write a sheet of text and counts; with `filtered`, its first row is a heading that stays in view."""
    for column, width in enumerate(content.widths):
        sheet.set_column(column, column, width)
    for at, row in enumerate(content.rows):
        sheet.set_row(at, row_height([str(c) for c in row.cells], content.widths))
        for column, cell in enumerate(row.cells):
            style = styles.outcome.get(row.outcome, styles.text) if column == 0 else styles.text
            if isinstance(cell, int):
                sheet.write_number(at, column, cell, styles.count)
            else:
                write_text(sheet, at, column, cell, styles.head_added if row.heading else style)
    if filtered:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(content.rows) - 1), len(content.widths) - 1)
