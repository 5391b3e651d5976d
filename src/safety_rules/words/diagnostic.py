"""A finding about a rule file, or about data: where, what is wrong, and what to write instead, in both languages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from safety_rules.language.diagnostic import Severity, Span, width
from safety_rules.words.said import Said, said

WIDEST = 160
LONGEST = 300
CUT = "..."


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong, or doubtful, in the rule files; `better` is help that only the place knows."""

    code: str
    said: Said
    at: Span
    better: Said | None = None
    severity: Severity = Severity.ERROR

    @classmethod
    def of(cls, key: str, at: Span, better: Said | None = None, /, **slots: Any) -> Diagnostic:
        """Return the error of a key; its code is what stands before the point."""
        return cls(key.partition(".")[0], said(key, **slots), at, better)

    @classmethod
    def doubt(cls, key: str, at: Span, /, **slots: Any) -> Diagnostic:
        """Return the warning of a key."""
        return cls(key.partition(".")[0], said(key, **slots), at, severity=Severity.WARNING)

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.said.in_("en")

    @property
    def help(self) -> str:
        """What to write instead, in English."""
        return self.help_in("en")

    def help_in(self, language: str) -> str:
        """Return what to write instead, in `zh` or `en`; empty where nobody knows."""
        if self.better is not None:
            return self.better.in_(language)
        return self.said.in_(language, "help_") or Said(self.code).in_(language, "help_")

    def line(self, language: str = "en") -> str:
        """Return the diagnostic on one line."""
        return _head(self.at, self.severity, self.code, self.said.in_(language), language)

    def text(self, language: str = "en") -> str:
        """Return the diagnostic with the line of source, a caret under it, and the help."""
        message, help = self.said.in_(language), self.help_in(language)
        return framed(self.code, message, self.at, help, self.severity, language)

    def sort_key(self) -> tuple[str, int, str, str]:
        """Order by file, place and code."""
        return (self.at.source.name, self.at.start, self.code, self.message)


def framed(
    code: str, message: str, at: Span, help: str = "", severity: Severity = Severity.ERROR, language: str = "en"
) -> str:
    """Return a message with the line of source, a caret under it, and the help.

    Of a long line only what stands around the caret is shown.
    """
    start, line = at.source.line_at(at.start)
    number = str(at.source.position(at.start)[0])
    margin = " " * len(number)
    shown, before, under = _around(line, at.start - start, at.end - start, WIDEST - len(number) - 5)
    head = _head(at, severity, code, message, language)
    rows = [head, f"  {number} | {shown}".rstrip(), f"  {margin} | {' ' * before}{'^' * under}"]
    if help:
        rows.append(f"  {margin} = {'建议：' if language == 'zh' else 'help: '}{_one_line(help)}")
    return "\n".join(rows)


def _head(at: Span, severity: Severity, code: str, message: str, language: str) -> str:
    if language == "zh":
        word = "错误" if severity is Severity.ERROR else "提示"
        return f"{at.place}：{word}[{code}]：{_one_line(message)}"
    return f"{at.place}: {severity.value}[{code}]: {_one_line(message)}"


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
