"""Graded units as a workbook that prints: an overview, units, chemicals, duties, problems; memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safety_rules.formats.layout import row_height
from safety_rules.formats.overview import NOTHING, Overview, write_page
from safety_rules.formats.result import ERROR, Screening
from safety_rules.formats.styles import Styles, new_workbook, set_page, styles_of, write_text, write_value
from safety_rules.formats.table import cell_text, is_blank
from safety_rules.semantics.verdict.explain import reasons_said
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.explanation import text
from safety_rules.words.values import decimal, standing_words

SHEETS = ("grading.units", "grading.chemicals", "grading.duties", "grading.problems")
WIDTHS = (
    (7, 26, 20, 16, 18, 18, 12, 8, 12, 20, 34, 40, 40),
    (26, 26, 14, 16, 8, 14, 14, 12, 26),
    (26, 60, 18, 36, 48, 12, 22),
    (8, 22, 70, 40),
)
OWN_WIDTH = 16
PAGE_WORDS = ("grading_page.answer", "grading_page.heads")
PAGE_WIDTHS = (7, 26, 20, 16, 11, 7, 11, 18, 18, 26)


def write_grading(screening: Screening, units: Iterable[Any], path: Path, language: str) -> None:
    """Write the workbook of graded units (`services.grading.GradedUnit`); a file is complete or absent."""
    with new_workbook(path, screening.ledger.path) as book:
        _Writer(book, screening, language).write(units)


class _Writer:
    """The sheets while they are written, each with the row that it has come to."""

    def __init__(self, book: Any, screening: Screening, language: str) -> None:
        self.screening, self.language = screening, language
        self.styles: Styles = styles_of(book, screening.on.area)
        names = texts("grading.sheets", language)
        self.page, *self.sheets = [book.add_worksheet(name) for name in names]
        self.overview = Overview(screening, language, *PAGE_WORDS, PAGE_WIDTHS, outcome_at=2)
        self.at, self.problems = [0, 0, 0, 0], 0
        about = sentence("overview.title", language, area=screening.on.area.title.in_(language))
        set_page(self.page, language, about)
        for i, (name, sheet) in enumerate(zip(names[1:], self.sheets, strict=True)):
            own = screening.ledger.headings if i == 0 else ()
            set_page(sheet, language, f"{screening.ledger.path.name}　{name}", wide=i == 0)
            for column, width in enumerate((*WIDTHS[i], *[OWN_WIDTH] * len(own))):
                sheet.set_column(column, column, width)
            heads = texts(SHEETS[i], language)
            sheet.set_row(0, row_height((*heads, *own), (*WIDTHS[i], *[OWN_WIDTH] * len(own))))
            for column, head in enumerate((*heads, *own)):
                write_text(sheet, 0, column, head, self.styles.head_added if column < len(heads) else self.styles.head)
            self.at[i] = 1
            sheet.freeze_panes(1, 3 if i == 0 else 0)
            sheet.repeat_rows(0)

    def _put(self, i: int, cells: Iterable[Any], first: Any = None, first_at: int = -1) -> None:
        row = list(cells)
        self.sheets[i].set_row(self.at[i], row_height([c if isinstance(c, str) else "" for c in row], WIDTHS[i]))
        for column, cell in enumerate(row):
            write_value(self.sheets[i], self.at[i], column, cell, self.styles, first if column == first_at else None)
        self.at[i] += 1

    def write(self, units: Iterable[Any]) -> None:
        for unit in units:
            self._unit(unit)
        for notice in self.screening.notices:
            self._put(3, ("", notice.place, notice.message.in_(self.language), notice.given))
        for i, sheet in enumerate(self.sheets):
            width = len(WIDTHS[i]) + (len(self.screening.ledger.headings) if i == 0 else 0)
            sheet.autofilter(0, 0, max(1, self.at[i] - 1), width - 1)
        write_page(self.page, self.overview.page(self.problems), self.styles)

    def _unit(self, unit: Any) -> None:
        verdict, number = unit.row.verdict, unit.row.row.number
        if verdict is None:
            if unit.row.error is not None:
                said = unit.row.error.in_(self.language)
                self._problem((number, unit.row.row.place, said, ""))
                self.overview.add(ERROR, lambda: (number, "", said, *[NOTHING] * 7))
            return
        area = verdict.on.area
        ends = [area.outcome(k).name.in_(self.language) for k in (verdict.at_best, verdict.at_worst)]
        level, stated = verdict.outcome_name.in_(self.language), unit.stated or None
        figures = (unit.ratio_sum, unit.alpha, unit.hazard_index)
        smallest, missing = (self._reasons(r, verdict) for r in (verdict.needs.smallest, verdict.needs.can_change))
        notes = sentence("joint.beside", self.language).join(n.in_(self.language) for n in unit.notes)
        own = [None if is_blank(c) else _own(c) for c in unit.row.row.cells[: len(self.screening.ledger.headings)]]
        self._put(
            0, (number, verdict.subject, level, stated, *ends, *figures, standing_words(unit.standing, self.language),
                smallest, missing, notes, *own), self.styles.outcome[unit.row.outcome], 2,
        )  # fmt: skip
        shown_figures = [NOTHING if f is None else f for f in figures]
        bounds = [NOTHING, NOTHING] if verdict.definite else ends
        page = (
            number,
            verdict.subject,
            level,
            stated or NOTHING,
            *shown_figures,
            *bounds,
            smallest or missing or NOTHING,
        )
        self.overview.add(unit.row.outcome, lambda: page)
        for c in unit.chemicals:
            share = None if c.share is None else c.share * 100
            sure = standing_words(c.standing, self.language)
            self._put(1, (verdict.subject, c.name, c.quantity, c.critical_quantity, c.beta, c.ratio, c.corrected_ratio,
                          share, sure))  # fmt: skip
        for due in unit.duties:
            self._duty(verdict, due)
        for p in verdict.problems:
            self._problem((number, p.place, p.message.in_(self.language), p.given))

    def _problem(self, cells: tuple[Any, ...]) -> None:
        self.problems += 1
        self._put(3, cells)

    def _reasons(self, reasons: Any, verdict: Verdict) -> str:
        return text(reasons_said(reasons, verdict), self.language, verdict.on.rulebook.vocabulary)

    def _duty(self, verdict: Any, due: Any) -> None:
        sources = verdict.on.rulebook.sources
        law = sentence("joint.beside", self.language).join(
            f"{sources[c.source].title.in_(self.language)} {c.clause}" for c in due.authority
        )
        sure = sentence("value.true" if due.certain else "grading.open", self.language)
        by = due.duty.by.in_(self.language) if due.duty.by is not None else ""
        standing = standing_words(due.standing, self.language)
        what, who = due.duty.what.in_(self.language), due.duty.who.in_(self.language)
        self._put(2, (verdict.subject, what, who, by, law, sure, standing))


def _own(cell: Any) -> Any:
    """Return a cell of the ledger as it is written again: figures, days and flags as they are, the rest as text."""
    return cell_text(cell) if isinstance(cell, str) else cell


def shown(number: Any) -> str:
    """Return a number as an exact decimal, rounded and marked where it does not end, or nothing."""
    return "" if number is None else decimal(number)
