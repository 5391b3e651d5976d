"""The impact of new rules on a ledger as tables, in text or Markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from safety_rules.formats.impact_words import UNDETERMINED, amount, ends, status
from safety_rules.language.rulebook import Area, Rulebook

Row = tuple[str, ...]


def ledger_tables(
    impact: Any, area: Area, book: Rulebook, language: str, clause: Callable[[str, str], str]
) -> list[tuple[str, Row, list[Row]]]:
    """Return the tables of a ledger's impact: title, headings and rows. `clause` gives a clause's sentence."""
    zh = language == "zh"
    names = {o.key: o.name.in_(language) for o in area.outcomes} | {"undetermined": UNDETERMINED.in_(language)}
    totals: list[Row] = []
    for key, (before, after) in impact.outcomes.items():
        row: Row = (names.get(key, key), str(before), str(after), f"{after - before:+d}")
        if impact.total:
            was, now = impact.amounts[key]
            row += (amount(was, book, impact.total), amount(now, book, impact.total))
        totals.append(row)
    heads: Row = ("结论", "原", "新", "增减") if zh else ("outcome", "old", "new", "change")
    if impact.total:
        fact = book.vocabulary.facts[impact.total].name.in_(language)
        heads += (f"原{fact}", f"新{fact}") if zh else (f"{fact}, old", f"{fact}, new")
    changed = [
        (
            str(r.number), r.subject, ends(r.before, area, language), ends(r.after, area, language),
            ("；" if zh else "; ").join(_why(w, area, language, clause) for w in r.why),
            *([amount(r.amount, book, impact.total)] if impact.total else []),
        )
        for r in impact.changed
    ]  # fmt: skip
    listed: Row = ("行", "名称", "原结论", "新结论", "原因") if zh else ("row", "subject", "old", "new", "why")
    listed += (heads[-1].removeprefix("新").removesuffix(", new"),) if impact.total else ()
    return [
        (("各结论合计" if zh else "totals by outcome"), heads, totals),
        (("结论改变的行" if zh else "rows whose verdict changes"), listed, changed),
    ]


def _why(why: Any, area: Area, language: str, clause: Callable[[str, str], str]) -> str:
    on = ("、" if language == "zh" else ", ").join(clause(why.rule, c) for c in why.clauses)
    moved = f"{status(why.before, area, language)} → {status(why.after, area, language)}"
    title = why.title.in_(language)
    if language == "zh":
        return f"{title}［{why.rule}］{moved}" + (f"：{on}" if on else "")
    return f"{title} [{why.rule}] {moved}" + (f": {on}" if on else "")


def text_table(heads: Row, rows: Iterable[Row]) -> list[str]:
    """Return a table as lines, its columns parted by two blanks, full-width characters counted as two."""
    all_rows = [heads, *rows]
    widths = [max(_width(r[i]) for r in all_rows) for i in range(len(heads))]
    return ["  ".join(c + " " * (w - _width(c)) for c, w in zip(r, widths, strict=True)).rstrip() for r in all_rows]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def markdown_table(heads: Row, rows: Iterable[Row]) -> list[str]:
    """Return a table in Markdown."""
    return ["| " + " | ".join(_cell(c) for c in r) + " |" for r in (heads, ("---",) * len(heads), *rows)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ") or " "
