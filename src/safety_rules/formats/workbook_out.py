"""A screened ledger as a workbook that prints: one page of outcomes, the ledger with its verdicts, and its annexes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from safety_rules.formats.annex_out import Annexes
from safety_rules.formats.columns import result_cells, result_headings, told
from safety_rules.formats.layout import column_width, row_height
from safety_rules.formats.overview import Overview, line_cells, write_page
from safety_rules.formats.result import ScreenedRow, Screening, Told
from safety_rules.formats.safe import printable
from safety_rules.formats.sheets_out import problem_rows, rule_rows, summary_rows
from safety_rules.formats.styles import Styles, new_workbook, set_page, styles_of, write_sheet, write_text, write_value
from safety_rules.formats.table import cell_text, is_blank
from safety_rules.formats.workbook_notes import OURS
from safety_rules.language.kinds import Kind, Number, Text
from safety_rules.language.record import Problem
from safety_rules.words.catalog import sentence, texts

WIDTHS = (16, 14, 14, 42, 60, 46, 34, 34, 42, 38, 24, 50, 60)
OWN_WIDTH = 30
SAMPLE_ROWS = 60
FARTHEST = 4  # a name further to the right would leave no room beside itself and its verdict
MOST_COMMENTS = 2000
PLAIN = re.compile(r"^-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,9})?$")
CELL = re.compile(r"!([A-Z]{1,3})([0-9]+)$")


def write_workbook(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write the workbook; a row keeps the number that it has in the ledger."""
    with new_workbook(path, screening.ledger.path) as book:
        _write(book, screening, rows, language)


def _write(book: Any, screening: Screening, rows: Iterable[ScreenedRow], language: str) -> None:
    names = texts("sheet.names", language)
    page, main, *others = (book.add_worksheet(name) for name in names)
    styles = styles_of(book, screening.on.area)
    about = sentence("overview.title", language, area=screening.on.area.title.in_(language))
    for name, sheet in zip(names, (page, main, *others), strict=True):
        set_page(sheet, language, about if sheet is page else f"{screening.ledger.path.name}　{name}", sheet is main)
    overview, annexes = Overview(screening, language), Annexes(screening, language)
    found = _Main(screening, styles, language, main, overview, annexes).write(rows)
    all_problems = [(None, n) for n in screening.notices] + found
    write_page(page, overview.page(len(found)), styles)
    gaps, needs, problems, rules, summary = others
    write_sheet(gaps, annexes.gap_sheet(), styles, filtered=True)
    write_sheet(needs, annexes.needs_sheet(), styles, filtered=True)
    write_sheet(problems, problem_rows(all_problems, screening.on, language), styles, filtered=True)
    write_sheet(rules, rule_rows(screening.on, language), styles, filtered=True)
    write_sheet(summary, summary_rows(screening, language), styles)


@dataclass(slots=True)
class _Main:
    """The sheet of verdicts while it is written: the ledger as it was, and its verdicts beside the names."""

    screening: Screening
    styles: Styles
    language: str
    sheet: Any
    overview: Overview
    annexes: Annexes
    widths: list[int] = field(default_factory=list)
    beside: int = 0
    kinds: Mapping[int, Kind] = field(default_factory=dict)
    comments: int = 0

    @property
    def numbers(self) -> tuple[str, ...]:
        """The heading of a column of line numbers, for a ledger whose rows have none."""
        return () if self.screening.ledger.numbered else (sentence("screening.line", self.language),)

    def write(self, rows: Iterable[ScreenedRow]) -> list[tuple[int | None, Problem]]:
        """Write all rows and return their problems."""
        ledger, problems, sheet = self.screening.ledger, [], self.sheet
        told_rows = ((row, self._said(row)) for row in rows)
        sample, rest = first_rows(told_rows)
        self.beside, self.kinds = self._beside(), {c.index: c.fact.kind for _, c in ledger.understood}
        at = top = ledger.heading_row - 1
        self._headings(top, sample)
        for row, said in chain(sample, rest):
            at = row.row.number - 1 if ledger.numbered else at + 1
            self._row(at, row, said)
            problems += problems_of(row)
            if row.outcome:
                self.overview.add(row.outcome, partial(line_cells, row, said, self.language))
                self.annexes.add(row)
        sheet.freeze_panes(top + 1, self.beside + 1)
        sheet.repeat_rows(top)
        sheet.repeat_columns(max(0, self.beside - 1), self.beside)
        sheet.autofilter(top, 0, max(at, top), len(self.widths) - 1)
        return problems

    def _said(self, row: ScreenedRow) -> Told | None:
        if row.worded is not None:
            return row.worded.said
        return None if row.verdict is None else told(row.verdict, self.language)

    def _beside(self) -> int:
        """Return the column of the verdict: beside the name, or the first one where the name stands far off."""
        on, first = self.screening.on, len(self.numbers)
        keys = on.rulebook.vocabulary.subjects[on.area.subjects[0]].identity[:2]
        at = {c.fact.key: c.index for _, c in self.screening.ledger.understood}
        name = next((at[k] for k in reversed(keys) if k in at), 0) + first
        return name + 1 if name < FARTHEST else first

    def _with_verdict(self, own: Sequence[Any], added: Sequence[Any]) -> list[Any]:
        """Return the cells of a row in the order of the sheet: the verdict, the first one added, stands beside the name."""
        return [*own[: self.beside], added[0], *own[self.beside :], *added[1:]]

    def _headings(self, top: int, sample: Sequence[tuple[ScreenedRow, Told | None]]) -> None:
        """Write what stands above the rows, with columns as wide as a sample of the rows needs."""
        own = (*self.numbers, *self.screening.ledger.headings)
        added = result_headings(self.language, self.screening.with_history)
        heads = self._with_verdict(own, added)
        widest = self._with_verdict([OWN_WIDTH] * len(own), [*WIDTHS][: len(added)])
        rows = [self._texts(row, said) for row, said in sample]
        for column, (heading, most) in enumerate(zip(heads, widest, strict=True)):
            self.widths.append(column_width(heading, (t[column] for t in rows if column < len(t)), most))
            self.sheet.set_column(column, column, self.widths[-1])
        for above in self.screening.ledger.above:
            for column, cell in enumerate(above.cells):
                if not is_blank(cell):
                    at = column + (column >= self.beside)
                    self.sheet.write_string(above.number - 1, at, printable(cell_text(cell)), self.styles.note)
        self.sheet.set_row(top, max(30.0, row_height(heads, self.widths)))
        for column, heading in enumerate(heads):
            mine = column == self.beside or column > len(own)
            write_text(self.sheet, top, column, heading, self.styles.head_added if mine else self.styles.head)

    def _texts(self, row: ScreenedRow, said: Told | None) -> list[str]:
        number = [str(row.row.number)] if self.numbers else []
        width = len(self.screening.ledger.headings)
        own = [*number, *(cell_text(c) for c in row.row.cells[:width]), *[""] * (width - len(row.row.cells))]
        return self._with_verdict(own, result_cells(row, self.language, self.screening.with_history, said))

    def _row(self, at: int, row: ScreenedRow, said: Told | None) -> None:
        texts = self._texts(row, said)
        self.sheet.set_row(at, row_height(texts, self.widths))
        first = len(self.numbers)
        if first:
            self.sheet.write_number(at, 0, row.row.number, self.styles.text)
        for index, cell in enumerate(row.row.cells[: len(self.screening.ledger.headings)]):
            column = index + first + (index + first >= self.beside)
            self._own(at, column, cell, self.kinds.get(index))
        if not row.outcome:
            return
        write_text(self.sheet, at, self.beside, texts[self.beside], self.styles.outcome[row.outcome])
        start = first + len(self.screening.ledger.headings) + 1
        for column, text in enumerate(texts[start:], start):
            write_text(self.sheet, at, column, text, self.styles.text)
        for _, problem in problems_of(row):
            self._comment(at, row, problem)

    def _own(self, at: int, column: int, cell: Any, kind: Kind | None) -> None:
        """Write a cell of the ledger as it was; a figure is a number though its file has text only, a code is text."""
        number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
        if is_blank(cell):
            cell = None
        elif isinstance(kind, Text) and number:
            cell = cell_text(cell)
        elif isinstance(kind, Number) and isinstance(cell, str) and PLAIN.match(cell.strip()):
            cell = float(cell)
        write_value(self.sheet, at, column, cell, self.styles, self.styles.text)

    def _comment(self, at: int, row: ScreenedRow, problem: Problem) -> None:
        """Hang a problem on the cell that it is about, where that cell stands in this row."""
        place = CELL.search(problem.place)
        if place is None or int(place[2]) != row.row.number or self.comments >= MOST_COMMENTS:
            return
        if problem.place.rpartition("!")[0] != self.screening.ledger.name:
            return
        index = 0
        for letter in place[1]:
            index = index * 26 + ord(letter) - 64
        column = index - 1 + len(self.numbers)
        said = printable(problem.message.in_(self.language))
        self.sheet.write_comment(at, column + (column >= self.beside), said, {"x_scale": 2, "author": OURS})
        self.comments += 1


def problems_of(row: ScreenedRow) -> list[tuple[int | None, Problem]]:
    """Return a row's problems with its number."""
    if row.error is not None:
        return [(row.row.number, Problem("row", "", row.row.place, row.error))]
    return [(row.row.number, p) for p in row.problems]


def first_rows(
    rows: Iterable[tuple[ScreenedRow, Told | None]],
) -> tuple[list[tuple[ScreenedRow, Told | None]], Iterator[tuple[ScreenedRow, Told | None]]]:
    """Return the first rows, for the widths of columns, and the iterator of the rest."""
    iterator = iter(rows)
    return list(islice(iterator, SAMPLE_ROWS)), iterator
