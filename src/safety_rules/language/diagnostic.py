"""A finding about a rule file: where, what is wrong, and what to write instead."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, or doubtful, in the rule files."""

    code: str
    message: str
    at: Span
    help: str = ""
    severity: Severity = field(default=Severity.ERROR)

    def line(self) -> str:
        """Return the diagnostic on one line."""
        return f"{self.at.place}: {self.severity.value}[{self.code}]: {self.message}"

    def text(self) -> str:
        """Return the diagnostic with the line of source, a caret under it, and the help."""
        start, line = self.at.source.line_at(self.at.start)
        shown = line.expandtabs(1)
        number = str(self.at.source.position(self.at.start)[0])
        before = "".join(" " * width(c) for c in shown[: self.at.start - start])
        end = min(self.at.end, start + len(line))
        under = "^" * max(1, sum(width(c) for c in shown[self.at.start - start : end - start]))
        margin = " " * len(number)
        rows = [self.line(), f"  {number} | {shown}", f"  {margin} | {before}{under}"]
        if self.help:
            rows.append(f"  {margin} = help: {self.help}")
        return "\n".join(rows)

    def sort_key(self) -> tuple[str, int, str, str]:
        """Order by file, place and code."""
        return (self.at.source.name, self.at.start, self.code, self.message)


def width(character: str) -> int:
    """Return how many terminal columns a character takes (0, 1 or 2), by East Asian width."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
