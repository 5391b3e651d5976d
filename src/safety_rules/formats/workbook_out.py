"""A screened ledger as a workbook: the ledger with its verdicts, a summary, every problem, and the rules."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from safety_rules.formats.columns import result_cells, result_headings
from safety_rules.formats.layout import column_width, row_height
from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.formats.safe import printable
from safety_rules.formats.sheets_out import problem_rows, rule_rows, summary_rows
from safety_rules.formats.styles import Styles, new_workbook, set_page, styles_of, write_sheet, write_text
from safety_rules.formats.table import cell_text, is_blank
from safety_rules.language.record import Problem
from safety_rules.words.catalog import sentence, texts

WIDTHS = (14, 14, 14, 42, 60, 46, 34, 34, 42, 38, 24, 50, 60)
OWN_WIDTH = 30
SAMPLE_ROWS = 60
LARGEST = sys.float_info.max  # what no cell can hold as a number stands there as text


def write_workbook(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write the workbook; a row keeps the number that it has in the ledger."""
    with new_workbook(path, screening.ledger.path) as book:
        _write(book, screening, rows, language)


def _write(book: Any, screening: Screening, rows: Iterable[ScreenedRow], language: str) -> None:
    main, summary, problems, rules = (book.add_worksheet(name) for name in texts("sheet.names", language))
    styles = styles_of(book, screening.on.area)
    for sheet in (main, summary, problems, rules):
        set_page(sheet)
    found = _Main(screening, styles, language, main).write(rows)
    all_problems = [(None, n) for n in screening.notices] + found
    write_sheet(summary, summary_rows(screening, language), styles)
    write_sheet(problems, problem_rows(all_problems, screening.on, language), styles, filtered=True)
    write_sheet(rules, rule_rows(screening.on, language), styles, filtered=True)


@dataclass(slots=True)
class _Main:
    """The first sheet while it is written: the ledger as it was, and the verdicts beside it."""

    screening: Screening
    styles: Styles
    language: str
    sheet: Any
    widths: list[int] = field(default_factory=list)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The heading of a column of line numbers, for a ledger whose rows have none."""
        return () if self.screening.ledger.numbered else (sentence("screening.line", self.language),)

    def write(self, rows: Iterable[ScreenedRow]) -> list[tuple[int | None, Problem]]:
        """Write all rows and return their problems."""
        ledger, problems, sheet = self.screening.ledger, [], self.sheet
        sample, rest = first_rows(rows)
        at = top = ledger.heading_row - 1
        self._headings(top, sample)
        for row in chain(sample, rest):
            at = row.row.number - 1 if ledger.numbered else at + 1
            self._row(at, row)
            problems += problems_of(row)
        sheet.freeze_panes(top + 1, min(2, len(ledger.headings)))
        sheet.repeat_rows(top)
        sheet.autofilter(top, 0, max(at, top), len(self.widths) - 1)
        return problems

    def _headings(self, top: int, sample: Sequence[ScreenedRow]) -> None:
        """Write what stands above the rows, with columns as wide as a sample of the rows needs."""
        own = (*self.numbers, *self.screening.ledger.headings)
        added = result_headings(self.language, self.screening.with_history)
        texts = [self._texts(row) for row in sample]
        for column, (heading, widest) in enumerate(
            zip((*own, *added), [OWN_WIDTH] * len(own) + [*WIDTHS][: len(added)], strict=True)
        ):
            self.widths.append(column_width(heading, (t[column] for t in texts if column < len(t)), widest))
            self.sheet.set_column(column, column, self.widths[-1])
        for above in self.screening.ledger.above:
            for column, cell in enumerate(above.cells):
                if not is_blank(cell):
                    self.sheet.write_string(above.number - 1, column, printable(cell_text(cell)), self.styles.title)
        self.sheet.set_row(top, max(30.0, row_height((*own, *added), self.widths)))
        for column, heading in enumerate((*own, *added)):
            style = self.styles.head if column < len(own) else self.styles.head_added
            self.sheet.write_string(top, column, printable(heading), style)

    def _texts(self, row: ScreenedRow) -> list[str]:
        number = [str(row.row.number)] if self.numbers else []
        cells = result_cells(row, self.language, self.screening.with_history)
        return [*number, *(cell_text(c) for c in row.row.cells), *cells]

    def _row(self, at: int, row: ScreenedRow) -> None:
        texts = self._texts(row)
        self.sheet.set_row(at, row_height(texts, self.widths))
        first = len(self.numbers)
        if first:
            self.sheet.write_number(at, 0, row.row.number, self.styles.text)
        for column, cell in enumerate(row.row.cells, first):
            _write_cell(self.sheet, at, column, cell, self.styles)
        if not row.outcome:
            return
        start = first + len(self.screening.ledger.headings)
        for column, text in enumerate(texts[start:], start):
            style = self.styles.outcome[row.outcome] if column == start else self.styles.text
            write_text(self.sheet, at, column, text, style)


def _write_cell(sheet: Any, at: int, column: int, cell: Any, styles: Styles) -> None:
    """Write a cell of the ledger as it was: numbers, days and flags stay what they are."""
    match cell:
        case bool():
            sheet.write_boolean(at, column, cell, styles.text)
        case int() | float() | Decimal() if -LARGEST <= cell <= LARGEST:
            sheet.write_number(at, column, float(cell), styles.text)
        case datetime.date() if not isinstance(cell, datetime.datetime) and cell.year >= 1900:
            sheet.write_datetime(at, column, datetime.datetime(cell.year, cell.month, cell.day), styles.day)
        case _:
            write_text(sheet, at, column, "" if is_blank(cell) else str(cell), styles.text)


def problems_of(row: ScreenedRow) -> list[tuple[int | None, Problem]]:
    """Return a row's problems with its number."""
    if row.error is not None:
        return [(row.row.number, Problem("row", "", row.row.place, row.error))]
    return [(row.row.number, p) for p in row.came.problems] if row.came is not None else []


def first_rows(rows: Iterable[ScreenedRow]) -> tuple[list[ScreenedRow], Iterator[ScreenedRow]]:
    """Return the first rows, for the widths of columns, and the iterator of the rest."""
    iterator = iter(rows)
    return list(islice(iterator, SAMPLE_ROWS)), iterator
