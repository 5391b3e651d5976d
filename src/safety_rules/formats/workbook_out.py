"""A screened ledger as a workbook: the ledger with its verdicts, a summary, every problem, and the rules."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from safety_rules.formats.columns import RESULT_COLUMNS, result_cells, result_headings
from safety_rules.formats.result import ERROR, ScreenedRow, Screening, outcome_names
from safety_rules.formats.safe import printable, replacing
from safety_rules.formats.sheets_out import Sheet, problem_rows, rule_rows, summary_rows
from safety_rules.formats.table import cell_text, is_blank
from safety_rules.language.diagnostic import width as character_width
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.semantics.verdict import UNDETERMINED

FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
GOOD, BAD, BETWEEN = "#C6EFCE", "#FFC7CE", ("#FFF2CC", "#FCE4D6", "#F8CBAD")
OPEN, BROKEN = "#DDEBF7", "#D9D9D9"
WIDTHS = (12, 12, 12, 40, 60, 44, 32, 32, 40, 36, 18, 48)
SAMPLE_ROWS = 60
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def write_workbook(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write the workbook; a row keeps the number that it has in the ledger."""
    with replacing(path) as temporary, TemporaryDirectory() as scratch:
        book = xlsxwriter.Workbook(str(temporary), {**OPTIONS, "tmpdir": scratch})
        try:
            _Output(screening, book, language).write(rows)
            book.close()
        except xlsxwriter.exceptions.XlsxWriterException as error:
            raise LedgerError(f"`{path}` cannot be written: {error}") from None


def colours(outcomes: Sequence[str]) -> Mapping[str, str]:
    """Return a fill for each outcome: green for the best, red for the worst, yellow to orange between."""
    last = len(outcomes) - 1
    found = {key: BETWEEN[min(i - 1, len(BETWEEN) - 1)] for i, key in enumerate(outcomes) if 0 < i < last}
    return {outcomes[0]: GOOD, **found, outcomes[last]: BAD, UNDETERMINED: OPEN, ERROR: BROKEN}


def text_width(text: str) -> int:
    """Return the widest line of a text, in terminal columns."""
    return max((sum(character_width(c) for c in line) for line in text.split("\n")), default=0)


class _Output:
    """The workbook that is being written: its formats and where it stands."""

    def __init__(self, screening: Screening, book: Any, language: str) -> None:
        self.screening, self.book, self.language = screening, book, language
        self.text = book.add_format({**FONT, "text_wrap": True})
        self.plain = book.add_format(FONT)
        self.day = book.add_format({**FONT, "num_format": "yyyy-mm-dd", "align": "left"})
        self.title = book.add_format({**FONT, "bold": True})
        head = {**FONT, "bold": True, "text_wrap": True, "border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
        self.head = book.add_format({**head, "bg_color": "#EDEDED"})
        self.head_added = book.add_format({**head, "bg_color": "#1F4E78", "font_color": "#FFFFFF"})
        fills = colours([o.key for o in screening.on.area.outcomes])
        bold = {**FONT, "bold": True, "text_wrap": True}
        self.outcome = {key: book.add_format({**bold, "bg_color": fill}) for key, fill in fills.items()}

    def write(self, rows: Iterable[ScreenedRow]) -> None:
        zh, ledger = self.language == "zh", self.screening.ledger
        main = self.book.add_worksheet("审查结果" if zh else "Verdicts")
        summary = self.book.add_worksheet("汇总" if zh else "Summary")
        problems = self.book.add_worksheet("问题" if zh else "Problems")
        rules = self.book.add_worksheet("规则说明" if zh else "Rules")
        found: list[tuple[int | None, Problem]] = []
        last = self._main(main, rows, found)
        top, width = ledger.heading_row - 1, len(ledger.headings) + len(RESULT_COLUMNS)
        main.autofilter(top, 0, max(last, top), width + (not ledger.numbered) - 1)
        notices = [(None, n) for n in self.screening.notices]
        self._sheet(problems, problem_rows([*notices, *found], self.screening.on, self.language))
        self._sheet(rules, rule_rows(self.screening.on, self.language))
        self._summary(summary)

    def _main(self, sheet: Any, rows: Iterable[ScreenedRow], found: list[tuple[int | None, Problem]]) -> int:
        """Write the ledger with its verdicts and return its last row."""
        ledger = self.screening.ledger
        numbers = () if ledger.numbered else ("行号" if self.language == "zh" else "Line",)
        own = (*numbers, *ledger.headings)
        waiting, rest = first_rows(rows)
        self._widths(sheet, own, [r.row.cells for r in waiting], len(numbers))
        for above in ledger.above:
            for column, cell in enumerate(above.cells):
                if not is_blank(cell):
                    sheet.write_string(above.number - 1, column, printable(cell_text(cell)), self.title)
        top = ledger.heading_row - 1
        sheet.set_row(top, 30)
        for column, heading in enumerate(own):
            sheet.write_string(top, column, printable(heading), self.head)
        for column, heading in enumerate(result_headings(self.language), len(own)):
            sheet.write_string(top, column, heading, self.head_added)
        sheet.freeze_panes(top + 1, min(2, len(own)))
        _paged(sheet)
        sheet.repeat_rows(top)
        at = top
        for row in chain(waiting, rest):
            at = row.row.number - 1 if ledger.numbered else at + 1
            self._row(sheet, at, row, len(numbers))
            found += [(row.row.number, p) for p in row.verdict.problems] if row.verdict is not None else []
            if row.error is not None:
                found.append((row.row.number, Problem("row", "", row.row.place, row.error)))
        return at

    def _row(self, sheet: Any, at: int, row: ScreenedRow, before: int) -> None:
        if before:
            sheet.write_number(at, 0, row.row.number, self.plain)
        for column, cell in enumerate(row.row.cells, before):
            self._cell(sheet, at, column, cell)
        if not row.outcome:
            return
        start = before + len(self.screening.ledger.headings)
        for column, text in enumerate(result_cells(row, self.language), start):
            style = self.outcome[row.outcome] if column == start else self.text
            sheet.write_string(at, column, printable(text), style) if text else sheet.write_blank(at, column, "", style)

    def _cell(self, sheet: Any, at: int, column: int, cell: Any) -> None:
        """Write a cell of the ledger as it was: numbers, days and flags stay what they are."""
        match cell:
            case bool():
                sheet.write_boolean(at, column, cell, self.plain)
            case int() | float() | Decimal():
                sheet.write_number(at, column, float(cell), self.plain)
            case datetime.datetime():
                sheet.write_string(at, column, cell.isoformat(" "), self.plain)
            case datetime.date():
                sheet.write_datetime(at, column, datetime.datetime(cell.year, cell.month, cell.day), self.day)
            case _ if not is_blank(cell):
                sheet.write_string(at, column, printable(str(cell)), self.text)

    def _widths(self, sheet: Any, own: Sequence[str], sample: Sequence[Sequence[Any]], before: int) -> None:
        for column, heading in enumerate(own):
            cells = [cell_text(row[column - before]) for row in sample if 0 <= column - before < len(row)]
            widest = max([min(text_width(heading), 16), *(text_width(c) for c in cells)])
            sheet.set_column(column, column, max(8, min(widest + 3, 30)), self.plain)
        for column, width in enumerate(WIDTHS, len(own)):
            sheet.set_column(column, column, width, self.text)

    def _summary(self, sheet: Any) -> None:
        self._sheet(sheet, summary_rows(self.screening, self.language), filtered=False)

    def _sheet(self, sheet: Any, content: Sheet, filtered: bool = True) -> None:
        """Write a sheet of text: titles, then rows; a row may name the outcome whose colour it has."""
        _paged(sheet)
        names = {n.in_(self.language): k for k, n in outcome_names(self.screening.on).items()}
        for column, width in enumerate(content.widths):
            sheet.set_column(column, column, width, self.text)
        at = 0
        for row in content.rows:
            head = row.heading
            for column, cell in enumerate(row.cells):
                style = self.head_added if head else self.text
                if not head and row.coloured and cell in names:
                    style = self.outcome[names[str(cell)]]
                if isinstance(cell, int):
                    sheet.write_number(at, column, cell, style)
                elif cell:
                    sheet.write_string(at, column, printable(cell), style)
            at += 1
        if filtered and at > 1:
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, at - 1, len(content.widths) - 1)


def _paged(sheet: Any) -> None:
    """Set a sheet up for print: landscape A3, one page wide."""
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)


def first_rows(rows: Iterable[ScreenedRow]) -> tuple[list[ScreenedRow], Iterator[ScreenedRow]]:
    """Return the first rows, for the widths of columns, and the iterator of the rest."""
    iterator = iter(rows)
    found = []
    for row in iterator:
        found.append(row)
        if len(found) == SAMPLE_ROWS:
            break
    return found, iterator
