"""The positioned YAML tree: strings, lists and mappings that know where they stand."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from safety_rules.language.diagnostic import Span


class Scalar(str):
    """A scalar as the text that was written; YAML decides no type.

    `offsets[i]` is where character i stands in the file; `plain` says that it was not quoted.
    """

    at: Span
    plain: bool
    style: str

    @classmethod
    def of(cls, text: str, at: Span, style: str = "") -> Scalar:
        """Return a scalar at a place; `style` is YAML's: empty for plain, or one of ' \" | >."""
        scalar = cls(text)
        scalar.at = at
        scalar.style = style
        scalar.plain = style == ""
        return scalar

    @cached_property
    def offsets(self) -> list[int]:
        """Where each character, and the end, stands in the file, through quotes, escapes and folding."""
        raw = self.at.source.text[self.at.start : self.at.end]
        position, found = 0, list[int]()
        for character in self:
            found.append(_next(raw, position, character))
            position = found[-1] + 1
        return [self.at.start + min(position, len(raw)) for position in (*found, position)]

    def offset(self, index: int) -> int:
        """Return the file offset of a character."""
        return self.offsets[min(index, len(self))]

    def span(self, start: int, end: int) -> Span:
        """Return the file span of a stretch of the text."""
        return Span(self.at.source, self.offset(start), max(self.offset(max(start, end - 1)) + 1, self.offset(start)))


class Made(Scalar):
    """A scalar that the loader writes; it stands where the entry stands that it is made from, and is spelled nowhere."""

    def span(self, start: int, end: int) -> Span:
        """Return where the entry stands: its start, as nothing that is written there is meant."""
        return Span(self.at.source, self.at.start, self.at.start)


def made(text: object, at: Span) -> Made:
    """Return a scalar of the loader's own."""
    scalar = Made(text)
    scalar.at, scalar.style, scalar.plain = at, "", True
    return scalar


def _next(raw: str, position: int, character: str) -> int:
    """Return where a decoded character stands at or after a position of the raw text."""
    if character.isspace():
        found = position
        while found < len(raw) and not raw[found].isspace():
            found += 1
        return found if found < len(raw) else position
    found = raw.find(character, position)
    return found if found >= 0 else position


class Mapping(dict[Scalar, Any]):
    """A mapping; its keys are scalars and carry their own places."""

    at: Span


class Sequence(list[Any]):
    """A list."""

    at: Span


Node = Scalar | Mapping | Sequence


def span_of(node: Any, fallback: Span) -> Span:
    """Return where a node stands."""
    return getattr(node, "at", fallback)
