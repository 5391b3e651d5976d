"""Spellings of a reference table's rows as SQL finds them: without differences of width, case and blanks."""

from __future__ import annotations

from safety_rules.engines.sql.dialect import Dialect

PLAIN = r"\A[ -~\x{4e00}-\x{9fff}（），、·αβγδω〔〕]*\z"


def normal_text(sql: str, d: Dialect) -> str:
    """Return what `language.table.normal_spelling` gives, for text that `odd_text` does not name."""
    narrow = f"translate({sql}, {d.text('（），〔〕[]')}, {d.text('(),()()')})"
    return f"lower(replace({narrow}, ' ', ''))"


def odd_text(sql: str, d: Dialect) -> str:
    """Return the condition that text has characters whose normal form SQL does not know."""
    return f"(NOT {d.matches(sql, PLAIN)})"
