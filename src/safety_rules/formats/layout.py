"""How wide columns and how high rows of a workbook have to be for the text in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from safety_rules.language.diagnostic import width as character_width

LINE_HEIGHT = 15.5
HIGHEST = 409.0
NARROWEST = 8


def text_width(text: str) -> int:
    """Return the widest line of a text, in columns of a terminal or a sheet: a Chinese character takes two."""
    return max((_line_width(line) for line in text.split("\n")), default=0)


def _line_width(line: str) -> int:
    return len(line) if line.isascii() else sum(map(_character, line))


_character = cache(character_width)


def column_width(heading: str, texts: Iterable[str], widest: int) -> int:
    """Return the width for a heading and a sample of what stands below it; long text is wrapped."""
    needed = max([min(text_width(heading), widest // 2), *(text_width(t) for t in texts)])
    return max(NARROWEST, min(needed + 3, widest))


def row_height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Return the height in which every text of a row fits, wrapped to its column's width."""
    lines = max((_lines(text, width) for text, width in zip(texts, widths, strict=False) if text), default=1)
    return min(HIGHEST, lines * LINE_HEIGHT)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes; a Chinese character that does not fit leaves one column free."""
    room = max(2, width - 2)
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    return sum(max(1, -(-_line_width(line) // room)) for line in text.split("\n"))
