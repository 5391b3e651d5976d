"""The impact of new rules on a ledger as tables, in text or Markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from safety_rules.formats.impact_words import amount, ends, status
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.words.catalog import sentence, texts
from safety_rules.words.values import listed as joined

Row = tuple[str, ...]


def ledger_tables(
    impact: Any, area: Area, book: Rulebook, language: str, clause: Callable[[str, str], str]
) -> list[tuple[str, Row, list[Row]]]:
    """Return the tables of a ledger's impact: title, headings and rows. `clause` gives a clause's sentence."""
    names = {o.key: o.name.in_(language) for o in area.outcomes}
    names |= {"undetermined": sentence("impact.undetermined", language)}
    totals: list[Row] = []
    for key, (before, after) in impact.outcomes.items():
        row: Row = (names.get(key, key), str(before), str(after), f"{after - before:+d}")
        if impact.total:
            was, now = impact.amounts[key]
            row += (amount(was, book, impact.total), amount(now, book, impact.total))
        totals.append(row)
    heads = texts("impact.totals_heads", language)
    fact = ""
    if impact.total:
        fact = book.vocabulary.facts[impact.total].name.in_(language)
        heads += tuple(sentence(key, language, fact=fact) for key in ("impact.old_amount", "impact.new_amount"))
    changed = [
        (
            str(r.number), r.subject, ends(r.before, area, language), ends(r.after, area, language),
            sentence("joint.beside", language).join(_why(w, area, language, clause) for w in r.why),
            *([amount(r.amount, book, impact.total)] if impact.total else []),
        )
        for r in impact.changed
    ]  # fmt: skip
    listed = texts("impact.changed_heads", language)
    listed += (fact,) if impact.total else ()
    return [
        (sentence("impact.totals", language), heads, totals),
        (sentence("impact.changed", language), listed, changed),
    ]


def _why(why: Any, area: Area, language: str, clause: Callable[[str, str], str]) -> str:
    on = joined((clause(why.rule, c) for c in why.clauses), language)
    before, after = (status(s, area, language) for s in (why.before, why.after))
    told = {"title": why.title.in_(language), "rule": why.rule, "before": before, "after": after}
    if not on:
        return sentence("impact.why", language, **told)
    return sentence("impact.why_clauses", language, clauses=on, **told)


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
