"""A finding about a rule file: where, what is wrong, and what to write instead."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import Enum

WIDEST = 160
LONGEST = 300
CUT = "..."


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
        return f"{self.at.place}: {self.severity.value}[{self.code}]: {_one_line(self.message)}"

    def text(self) -> str:
        """Return the diagnostic with the line of source, a caret under it, and the help.

        Of a long line only what stands around the caret is shown.
        """
        start, line = self.at.source.line_at(self.at.start)
        number = str(self.at.source.position(self.at.start)[0])
        margin = " " * len(number)
        shown, before, under = _around(line, self.at.start - start, self.at.end - start, WIDEST - len(number) - 5)
        rows = [self.line(), f"  {number} | {shown}".rstrip(), f"  {margin} | {' ' * before}{'^' * under}"]
        if self.help:
            rows.append(f"  {margin} = help: {_one_line(self.help)}")
        return "\n".join(rows)

    def sort_key(self) -> tuple[str, int, str, str]:
        """Order by file, place and code."""
        return (self.at.source.name, self.at.start, self.code, self.message)


def _one_line(text: str) -> str:
    flat = "".join(_visible(c) for c in text[: LONGEST + 1])
    return flat if len(text) <= LONGEST else flat[:LONGEST] + "..."


def _visible(character: str) -> str:
    """Return a character as it may be printed: a tab as a blank, what controls a terminal as a mark."""
    if character in "\t\n":
        return " "
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character


def _around(line: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """Return what is shown of a line in `room` columns, the columns before the caret, and those under it."""
    end = max(start + 1, min(end, len(line)))
    first, last = 0, len(line)
    if len(line) > room or sum(width(_visible(c)) for c in line) > room:
        first = _reach(line, start, -1, room // 3)
        last = _reach(line, first, 1, room - 2 * len(CUT))
    left, right = CUT if first else "", CUT if last < len(line) else ""
    shown = left + "".join(_visible(c) for c in line[first:last]) + right
    before = len(left) + sum(width(_visible(c)) for c in line[first:start])
    return shown, before, max(1, sum(width(_visible(c)) for c in line[start : min(end, last)]))


def _reach(line: str, index: int, step: int, room: int) -> int:
    """Return the index that is at most `room` columns away, to the left (-1) or right (1)."""
    behind = min(step, 0)
    while 0 <= index + behind < len(line):
        room -= width(_visible(line[index + behind]))
        if room < 0:
            break
        index += step
    return index


def width(character: str) -> int:
    """Return how many terminal columns a character takes (0, 1 or 2), by East Asian width."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
