"""Blank ledgers to be filled in: headings with units, drop-down lists, a note to each cell, and a sheet that explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_rules.formats.layout import row_height, text_width
from safety_rules.formats.styles import Styles, new_workbook, set_page, styles_of, write_text
from safety_rules.words.catalog import sentence, texts

ROWS = 500
NOTES = (20, 20, 12, 44, 24, 44)
WIDEST = 34
NARROWEST = 12
LONGEST_PROMPT = 255
LONGEST_TITLE = 32


@dataclass(frozen=True, slots=True)
class BlankColumn:
    """A column to be filled in; `sort` is number, day or text, `answers` are all that may stand there, if few."""

    heading: str
    unit: str = ""
    sort: str = "text"
    answers: tuple[str, ...] = ()
    example: str = ""
    meaning: str = ""

    @property
    def head(self) -> str:
        """The heading as it is written, with its unit."""
        return f"{self.heading}（{self.unit}）" if self.unit else self.heading


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """A sheet to be filled in."""

    name: str
    columns: Sequence[BlankColumn]


def write_blank(sheets: Sequence[BlankSheet], path: Path, language: str) -> None:
    """Write blank sheets and, last, the sheet that explains each column; its lists are what the drop-downs offer."""
    with new_workbook(path) as book:
        styles = styles_of(book)
        cells = {
            "text": book.add_format({"num_format": "@"}), "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "number": book.add_format(),
        }  # fmt: skip
        made = [book.add_worksheet(sheet.name) for sheet in sheets]
        name = sentence("blank.notes", language)
        notes = book.add_worksheet(name)
        at = 2
        for sheet, blank in zip(made, sheets, strict=True):
            set_page(sheet, language, blank.name, wide=True)
            _blank(sheet, blank, styles, cells, language)
            for column, of in enumerate(blank.columns):
                _restrict(sheet, column, of, name, at + 1 + column, language)
            at += len(blank.columns)
        set_page(notes, language, name)
        _explain(notes, sheets, styles, language)


def _blank(sheet: Any, blank: BlankSheet, styles: Styles, cells: dict[str, Any], language: str) -> None:
    widths = [max(NARROWEST, min(WIDEST, text_width(c.head) + 3)) for c in blank.columns]
    for column, (of, width) in enumerate(zip(blank.columns, widths, strict=True)):
        sheet.set_column(column, column, width, cells[of.sort])
        write_text(sheet, 0, column, of.head, styles.head_added)
    sheet.set_row(0, row_height([c.head for c in blank.columns], widths))
    sheet.freeze_panes(1, min(2, len(blank.columns)))
    sheet.repeat_rows(0)


def _restrict(sheet: Any, column: int, of: BlankColumn, notes: str, line: int, language: str) -> None:
    """Offer the answers of a column, and say beside the cell what a blank means."""
    said = sentence("blank.prompt", language, example=of.example) if of.example else sentence("blank.empty", language)
    rule: dict[str, Any] = {
        "validate": "any", "input_title": of.heading[:LONGEST_TITLE], "input_message": said[:LONGEST_PROMPT],
        "error_type": "warning", "ignore_blank": True,
    }  # fmt: skip
    if of.answers:
        last = FIRST_ANSWER + len(of.answers) - 1
        rule |= {"validate": "list", "source": f"='{notes}'!{_column(FIRST_ANSWER)}{line}:{_column(last)}{line}"}
    sheet.data_validation(1, column, ROWS, column, rule)


FIRST_ANSWER = 7  # the answers stand to the right of what is printed, one a cell


def _column(index: int) -> str:
    head, last = divmod(index, 26)
    return f"${chr(64 + head) if head else ''}{chr(65 + last)}$"


def _explain(sheet: Any, sheets: Sequence[BlankSheet], styles: Styles, language: str) -> None:
    for column, width in enumerate(NOTES):
        sheet.set_column(column, column, width)
    whole = [sum(NOTES)]
    said = sentence("blank.explained", language)
    sheet.set_row(0, row_height([said], whole) + 4)
    sheet.merge_range(0, 0, 0, len(NOTES) - 1, "", styles.note)
    write_text(sheet, 0, 0, said, styles.note)
    for column, head in enumerate(texts("blank.heads", language)):
        write_text(sheet, 1, column, head, styles.head_added)
    at = 2
    for blank in sheets:
        for of in blank.columns:
            answers = sentence("joint.list", language).join(of.answers)
            cells = (blank.name, of.heading, of.unit, answers, of.example, of.meaning)
            sheet.set_row(at, row_height(cells, NOTES))
            for column, cell in enumerate(cells):
                write_text(sheet, at, column, cell, styles.text)
            for column, answer in enumerate(of.answers, FIRST_ANSWER):
                write_text(sheet, at, column, answer, styles.part_note)
            at += 1
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    sheet.print_area(0, 0, at - 1, len(NOTES) - 1)
