"""One page for a reader who has a minute: what it comes to in a sentence, the counts, and a line for each record.

Made of what verdicts say already; the lines are sorted so that what needs a decision stands on top.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from safety_rules.formats.layout import row_height
from safety_rules.formats.result import ERROR, ScreenedRow, Screening, Told, outcome_names
from safety_rules.formats.styles import Styles, write_text, write_value
from safety_rules.semantics.verdict.currency import not_covered
from safety_rules.semantics.verdict.decided import UNDETERMINED
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import shown

MOST_LINES = 3000  # more is no overview; what is left out is counted
DIGITS = 8
TILE = 14  # a count stands in a column of so many characters, on one line
RARE = (ERROR, "not_applicable", "ungraded")  # said only where there are any
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One record on the page: its cells, and the outcome that its cell `outcome_at` shows."""

    cells: tuple[Any, ...]
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """An overview: title, what it is of, the answer in a sentence, counts by outcome, a table, and lines at the foot."""

    title: str
    about: str
    answer: str
    counts: Sequence[tuple[str, str]]
    heads: Sequence[str]
    widths: Sequence[int]
    lines: Sequence[Line]
    outcome_at: int
    foot: Sequence[str] = ()


def write_page(sheet: Any, page: Page, styles: Styles) -> None:
    """Write an overview; its headings are repeated on each printed page and stay in view."""
    last = len(page.widths) - 1
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    whole = [sum(page.widths) + last]
    sheet.set_row(0, 32)
    sheet.merge_range(0, 0, 0, last, "", styles.title)
    write_text(sheet, 0, 0, page.title, styles.title)
    at = 1
    for said in (page.about, page.answer):
        at = write_across(sheet, at, last, said, whole, styles)
    wide = [column for column, width in enumerate(page.widths) if width >= TILE]
    for first in range(0, len(page.counts), len(wide)):
        told = page.counts[first : first + len(wide)]
        for column, (outcome, said) in zip(wide, told, strict=False):
            write_text(sheet, at, column, said, styles.outcome.get(outcome, styles.text))
        sheet.set_row(at, row_height([said for _, said in told], [page.widths[column] for column in wide]))
        at += 1
    top = at + 1
    sheet.set_row(top, row_height(page.heads, page.widths))
    for column, head in enumerate(page.heads):
        write_text(sheet, top, column, head, styles.head_added)
    at = top + 1
    for line in page.lines:
        sheet.set_row(at, row_height([_text(c) for c in line.cells], page.widths))
        for column, cell in enumerate(line.cells):
            style = styles.outcome.get(line.outcome) if column == page.outcome_at else None
            write_value(sheet, at, column, cell, styles, style or (styles.count if isinstance(cell, int) else None))
        at += 1
    sheet.autofilter(top, 0, max(top, at - 1), last)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    at += 1
    for said in page.foot:
        at = write_across(sheet, at, last, said, whole, styles)


def write_across(sheet: Any, at: int, last: int, said: str, whole: Sequence[int], styles: Styles) -> int:
    """Write a line over the whole width and return the next row."""
    sheet.set_row(at, row_height([said], whole) + 3)
    sheet.merge_range(at, 0, at, last, "", styles.note)
    write_text(sheet, at, 0, said, styles.note)
    return at + 1


def _text(cell: Any) -> str:
    return "" if cell is None else format(float(cell), ".6g") if isinstance(cell, Fraction) else str(cell)


@dataclass(slots=True)
class Overview:
    """The lines of a ledger while it is read, by outcome, so that they need no sorting and stay few.

    `answer` and `heads` are the keys of its sentence and its headings.
    """

    screening: Screening
    language: str
    answer: str = "overview.answer"
    heads: str = "overview.heads"
    widths: Sequence[int] = (7, 13, 24, 14, 42, 25, 25)
    outcome_at: int = 3
    lines: dict[str, list[Line]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: str, cells: Callable[[], tuple[Any, ...]]) -> None:
        """Take a record into the overview; its cells are made where it has a line there."""
        self.counts[outcome] += 1
        kept = self.lines.setdefault(outcome, [])
        if len(kept) < MOST_LINES:
            kept.append(Line(cells(), outcome))

    def page(self, problems: int) -> Page:
        """Return the page; what came out worst stands first, what is open before what is well."""
        on, language, path = self.screening.on, self.language, self.screening.ledger.path
        names, total = outcome_names(on), sum(self.counts.values())
        sorted_lines = [line for key in order([o.key for o in on.area.outcomes]) for line in self.lines.get(key, ())]
        lines = sorted_lines[:MOST_LINES]
        counts = [
            (key, sentence("overview.count", language, outcome=name.in_(language), count=self.counts[key]))
            for key, name in names.items() if self.counts[key] or key not in RARE
        ]  # fmt: skip
        unheld = [n.what.in_(language) for n in not_covered(on) if not n.rules]
        said = sentence("joint.beside", language).join(unheld)
        held = [sentence("currency.not_covered", language, what=said)] if unheld else []
        foot = [*held, *([sentence("overview.problems", language, count=problems)] if problems else [])]
        if len(lines) < total:
            foot.append(sentence("overview.more", language, count=total - len(lines)))
        marks = {"rules": on.rulebook.digest[:DIGITS], "data": digest(path)}
        day, area = sentence("story.day", language, day=on.as_of), on.area.title.in_(language)
        counted = sentence("joint.list", language).join(said for _, said in counts)
        return Page(
            sentence("overview.title", language, area=area),
            sentence("overview.about", language, file=path.name, sheet=self.screening.ledger.name, day=day),
            sentence(self.answer, language, count=total, counted=counted),
            [(key, said) for key, said in counts if self.counts[key]],
            texts(self.heads, language), self.widths, lines, self.outcome_at,
            [*foot, sentence("overview.foot", language, **marks), sentence("overview.signed", language)],
        )  # fmt: skip


def order(outcomes: Sequence[str]) -> Sequence[str]:
    """Return outcomes as a reader needs them: what could not be read, the worst ones, what is open, the rest."""
    worst = list(reversed(outcomes))
    half = (len(outcomes) + 1) // 2
    return (ERROR, *worst[:half], UNDETERMINED, *worst[half:])


def digest(path: Path) -> str:
    """Return the first digits of a file's SHA-256, as they are printed under a page."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]


def identity(row: ScreenedRow, language: str) -> tuple[str, str]:
    """Return the number and the name that a record gives itself; one of them may be blank."""
    if row.verdict is None:
        return "", ""
    on, values = row.verdict.on, row.verdict.record.values
    facts = on.rulebook.vocabulary.facts
    keys = on.rulebook.vocabulary.subjects[on.area.subjects[0]].identity[:2]
    said = [shown(values[k], facts[k].kind, language) if k in values else "" for k in keys]
    return ("", said[0]) if len(said) < 2 else (said[0], said[1])


def line_cells(row: ScreenedRow, said: Told | None, language: str) -> tuple[Any, ...]:
    """Return the cells of a screened row on the page: who, what, the one reason, the gap and what is to be asked."""
    if row.worded is not None:
        return row.worded.line
    number = row.row.number
    if row.verdict is None or said is None:
        why = row.error.in_(language) if row.error is not None else ""
        return (number, "", "", sentence(f"screening.{ERROR}", language), why, NOTHING, NOTHING)
    gap = first_gap(row.verdict.clause_gaps, said)
    return (
        number, *identity(row, language), said.outcome, first_reason(row, said, language), gap or NOTHING,
        "".join(said.smallest or said.missing) or NOTHING,
    )  # fmt: skip


def first_gap(clauses: Sequence[Any], said: Told) -> str:
    """Return the gap of the rule that decides; nothing where it has none."""
    if not said.counted:
        return ""
    at = next((i for i, clause in enumerate(clauses) if clause.rule == said.counted[0]), None)
    return said.gaps[at] if at is not None else ""


def first_reason(row: ScreenedRow, said: Told, language: str) -> str:
    """Return the one reason of an outcome: the rule that asks for most with its values, or between what it is open."""
    parts = []
    if row.outcome == UNDETERMINED:
        parts.append(sentence("overview.open", language, best=said.ends[0], worst=said.ends[1]))
    if said.rules:
        why = said.why
        key = "overview.reason" if why else "overview.rule"
        parts.append(sentence(key, language, rule=said.rules[0], why=why))
        if len(said.rules) > 1:
            parts.append(sentence("overview.besides", language, count=len(said.rules) - 1))
    elif row.outcome != UNDETERMINED and row.verdict is not None:
        parts.append(sentence("overview.none", language, count=len(row.verdict.on.rules)))
    return "\n".join(parts)
