"""Two annexes of a screened ledger: what is short and by how much, and what is missing and who has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from safety_rules.formats.columns import numbered
from safety_rules.formats.overview import identity
from safety_rules.formats.result import ScreenedRow, Screening, Worded
from safety_rules.formats.sheets_out import Row, Sheet
from safety_rules.language.verdict import Reason
from safety_rules.semantics.verdict.explain import reasons_said
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.words.catalog import has, sentence, texts
from safety_rules.words.explanation import text
from safety_rules.words.values import label, unit_sign

MOST_LINES = 20_000
RULES = "rules"


@dataclass(slots=True)
class Annexes:
    """The lines of both annexes while a ledger is read; what is more than can be looked through is counted."""

    screening: Screening
    language: str
    gaps: list[Row] = field(default_factory=list)
    needs: dict[str, list[Row]] = field(default_factory=dict)
    left_out: int = 0

    def add(self, row: ScreenedRow) -> None:
        """Take a row into the annexes."""
        came = row.came
        if came is None:
            return
        if len(self.gaps) < MOST_LINES:
            self.gaps += came.gaps if isinstance(came, Worded) else gap_rows(row, came, self.language)
        if came.definite:
            return
        if sum(map(len, self.needs.values())) >= MOST_LINES:
            self.left_out += 1
            return
        for who, found in came.needs if isinstance(came, Worded) else need_rows(row, came, self.language):
            self.needs.setdefault(who, []).append(found)

    def gap_sheet(self) -> Sheet:
        """Return every single change with which a failed clause holds, figures as figures."""
        empty = [Row((sentence("annex.no_gap", self.language),))]
        rows = [Row(texts("annex.gaps", self.language), heading=True), *(self.gaps or empty)]
        return Sheet((8, 14, 26, 36, 24, 13, 13, 13, 12), rows)

    def needs_sheet(self) -> Sheet:
        """Return what is missing, by who has to supply it: a list that can be sent to each."""
        rows = [Row(texts("annex.needs", self.language), heading=True)]
        for who in [*self.screening.on.rulebook.vocabulary.subjects, RULES]:
            rows += self.needs.get(who, ())
        if len(rows) == 1:
            rows.append(Row((sentence("annex.no_need", self.language),)))
        if self.left_out:
            rows.append(Row((sentence("annex.needs_more", self.language, count=self.left_out),)))
        return Sheet((22, 8, 14, 26, 44, 32, 24), rows)


def gap_rows(row: ScreenedRow, verdict: Verdict, language: str) -> Iterator[Row]:
    """Yield every single change with which a failed clause of a row holds."""
    titles = {f.rule.key: f.rule.title for f in verdict.open_findings}
    vocabulary = verdict.on.rulebook.vocabulary
    for clause in verdict.clause_gaps:
        for gap in clause.gaps:
            title, fact = titles[clause.rule].in_(language), label(gap.path, vocabulary, language)
            figures: tuple[Any, ...] = (gap.now, gap.to, gap.change, unit_sign(gap.kind.unit.symbol))
            yield Row((row.row.number, *identity(row, language), title, fact, *figures))


def need_rows(row: ScreenedRow, verdict: Verdict, language: str) -> Iterator[tuple[str, Row]]:
    """Yield for each who has something of a row, what it is."""
    by: dict[str, list[Reason]] = {}
    for reason in verdict.needs.can_change:
        facts = reason.kind in ("fact", "divisor", "step", "window")
        by.setdefault(reason.name.partition(".")[0] if facts else RULES, []).append(reason)
    best, worst = (verdict.on.area.outcome(key).name.in_(language) for key in (verdict.at_best, verdict.at_worst))
    may = sentence("annex.between", language, best=best, worst=worst)
    for who, reasons in by.items():
        least = [r for r in reasons if r in verdict.needs.smallest]
        said = (_said(reasons, verdict, language), _said(least, verdict, language))
        yield who, Row((_supplier(who, verdict, language), row.row.number, *identity(row, language), *said, may))


def _supplier(who: str, verdict: Verdict, language: str) -> str:
    """Return who has what is missing of a subject; of a pack's own subject, its name."""
    subject = verdict.on.rulebook.vocabulary.subjects.get(who)
    if subject is None or has(f"supplier.{who}"):
        return sentence(f"supplier.{who}", language)
    return subject.name.in_(language)


def _said(reasons: list[Reason], verdict: Verdict, language: str) -> str:
    vocabulary = verdict.on.rulebook.vocabulary
    parts = dict.fromkeys(text(part, language, vocabulary) for part in reasons_said(reasons, verdict).parts)
    return numbered(parts, language)
