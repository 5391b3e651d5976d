"""Graded units as a workbook: units, chemicals, duties, problems; written row by row, so memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safety_rules.formats.result import Screening
from safety_rules.formats.styles import Styles, new_workbook, set_page, styles_of, write_text
from safety_rules.semantics.verdict.explain import reasons_said
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.explanation import text
from safety_rules.words.values import decimal, standing_words

SHEETS = ("grading.units", "grading.chemicals", "grading.duties", "grading.problems")
WIDTHS = (
    (7, 26, 18, 18, 18, 12, 8, 12, 26, 34, 44, 44),
    (26, 26, 14, 16, 8, 14, 14, 12, 26),
    (26, 70, 20, 44, 60, 12, 26),
    (8, 22, 70, 40),
)


def write_grading(screening: Screening, units: Iterable[Any], path: Path, language: str) -> None:
    """Write the workbook of graded units (`services.grading.GradedUnit`); a file is complete or absent."""
    with new_workbook(path, screening.ledger.path) as book:
        _Writer(book, screening, language).write(units)


class _Writer:
    """The four sheets while they are written, each with the row that it has come to."""

    def __init__(self, book: Any, screening: Screening, language: str) -> None:
        self.screening, self.language = screening, language
        self.styles: Styles = styles_of(book, screening.on.area)
        self.sheets = [book.add_worksheet(name) for name in texts("grading.sheets", language)]
        self.at = [0, 0, 0, 0]
        for i, sheet in enumerate(self.sheets):
            set_page(sheet)
            for column, width in enumerate(WIDTHS[i]):
                sheet.set_column(column, column, width)
            self._put(i, texts(SHEETS[i], language), self.styles.head)
            sheet.freeze_panes(1, 0)

    def _put(self, i: int, cells: Iterable[str], style: Any, first: Any = None, first_at: int = -1) -> None:
        for column, said in enumerate(cells):
            write_text(self.sheets[i], self.at[i], column, said, first if column == first_at else style)
        self.at[i] += 1

    def write(self, units: Iterable[Any]) -> None:
        for notice in self.screening.notices:
            self._put(3, ("", notice.place, notice.message.in_(self.language), notice.given), self.styles.text)
        for unit in units:
            self._unit(unit)

    def _unit(self, unit: Any) -> None:
        verdict, number = unit.row.verdict, str(unit.row.row.number)
        if verdict is None:
            if unit.row.error is not None:
                self._put(3, (number, "", unit.row.error.in_(self.language), ""), self.styles.text)
            return
        area = verdict.on.area
        best, worst = (area.outcome(k).name.in_(self.language) for k in (verdict.at_best, verdict.at_worst))
        needs = verdict.needs
        cells = (
            number, verdict.subject, verdict.outcome_name.in_(self.language), best, worst,
            shown(unit.ratio_sum), shown(unit.alpha), shown(unit.hazard_index),
            standing_words(unit.standing, self.language),
            text(reasons_said(needs.smallest, verdict), self.language, verdict.on.rulebook.vocabulary),
            text(reasons_said(needs.can_change, verdict), self.language, verdict.on.rulebook.vocabulary),
            sentence("joint.beside", self.language).join(n.in_(self.language) for n in unit.notes),
        )  # fmt: skip
        self._put(0, cells, self.styles.text, self.styles.outcome[unit.row.outcome], 2)
        for c in unit.chemicals:
            share = None if c.share is None else c.share * 100
            figures = (c.quantity, c.critical_quantity, c.beta, c.ratio, c.corrected_ratio, share)
            sure = standing_words(c.standing, self.language)
            self._put(1, (verdict.subject, c.name, *(shown(f) for f in figures), sure), self.styles.text)
        for due in unit.duties:
            self._duty(verdict, due)
        for p in verdict.problems:
            self._put(3, (number, p.place, p.message.in_(self.language), p.given), self.styles.text)

    def _duty(self, verdict: Any, due: Any) -> None:
        sources = verdict.on.rulebook.sources
        law = sentence("joint.beside", self.language).join(
            f"{sources[c.source].title.in_(self.language)} {c.clause}" for c in due.authority
        )
        sure = sentence("value.true" if due.certain else "grading.open", self.language)
        by = due.duty.by.in_(self.language) if due.duty.by is not None else ""
        standing = standing_words(due.standing, self.language)
        what, who = due.duty.what.in_(self.language), due.duty.who.in_(self.language)
        self._put(2, (verdict.subject, what, who, by, law, sure, standing), self.styles.text)


def shown(number: Any) -> str:
    """Return a number as an exact decimal, rounded and marked where it does not end, or nothing."""
    return "" if number is None else decimal(number)
