"""Reference tables: dated editions of rows that are found by any of their spellings."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Kind, Name, Value
from safety_rules.language.source import Citation, Period


@dataclass(frozen=True, slots=True)
class Column:
    """A column that rules may read; `zh_key` is its Chinese name in conditions."""

    key: str
    zh_key: str
    name: Name
    kind: Kind


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, how it may be spelled, what tells it from rows of one spelling, its cells.

    `within` are spellings of the rows that it is directly within, where the table has groups.
    """

    number: int
    spellings: tuple[str, ...]
    qualifier: str
    cells: Mapping[str, Value]
    at: Span | None = field(default=None, compare=False, repr=False)
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """The rows in force over a period; `index` leads from a normal spelling to row positions."""

    period: Period
    rows: tuple[Row, ...]
    citation: Citation
    index: Mapping[str, tuple[int, ...]] = field(compare=False, repr=False)

    def matching(self, spelling: str) -> tuple[Row, ...]:
        """Return the rows that may be meant by a spelling."""
        return tuple(self.rows[i] for i in self.index.get(normal_spelling(spelling), ()))


@dataclass(frozen=True, slots=True)
class Table:
    """A reference table with its dated editions."""

    key: str
    zh_key: str
    name: Name
    columns: Mapping[str, Column]
    editions: tuple[Edition, ...]
    at: Span | None = field(default=None, compare=False, repr=False)


@lru_cache(maxsize=65536)
def normal_spelling(text: str) -> str:
    """Return a spelling without differences of width, case, blanks and brackets' kind."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        c for c in folded.replace("〔", "(").replace("〕", ")").replace("[", "(").replace("]", ")") if not c.isspace()
    )
