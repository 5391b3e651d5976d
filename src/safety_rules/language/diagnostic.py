"""Where something stands in a file of rules, and how bad it is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, eq=False)
class SourceText:
    """A file's name and text; spans point into it."""

    name: str
    text: str

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column, in code points, of a character offset."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def line_at(self, offset: int) -> tuple[int, str]:
        """Return the offset at which the line of `offset` starts, and the line."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return start, self.text[start : len(self.text) if end < 0 else end]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source text, as character offsets."""

    source: SourceText
    start: int
    end: int

    @property
    def place(self) -> str:
        """`file:line:column` of the start."""
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"


class Severity(Enum):
    """Whether a diagnostic keeps the rulebook from loading."""

    ERROR = "error"
    WARNING = "warning"


def width(character: str) -> int:
    """Return how many terminal columns a character takes (0, 1 or 2), by East Asian width."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
