"""Patterns of named formats: a small part of regular expressions that Python, RE2 and Java read alike.

Letters, classes in brackets, groups, alternatives and counted repetition. What has no bound, or could be matched in
very many ways, is refused, so that no text takes long in any engine (RE2 needs no such bound; Python and Java do).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from safety_rules.language import limits

SPECIAL = frozenset(".^$*+?{}[]|()\\")
IN_CLASS = frozenset("&~|-[]^\\")
COUNTED = re.compile(r"\{([0-9]{1,3})(?:,([0-9]{1,3}))?\}")


class BadPattern(Exception):
    """A pattern that is not of the part: `why` is the variant of the diagnostic, `at` the place from 0."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why, at)
        self.why, self.at = why, at


@dataclass(slots=True)
class _Read:
    """A pattern and how far it is read; each part gives the most characters and the ways in which it can be matched."""

    text: str
    at: int = 0

    def alternatives(self) -> tuple[int, int]:
        most, ways = self.sequence()
        while self.text.startswith("|", self.at):
            self.at += 1
            longer, more = self.sequence()
            most, ways = max(most, longer), ways + more
        return most, ways

    def sequence(self) -> tuple[int, int]:
        most, ways = 0, 1
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            start, (length, each) = self.at, self.part()
            low, high = self.count()
            most, ways = most + length * high, ways * sum(each**k for k in range(low, high + 1))
            if most > limits.PATTERN or ways > limits.PATTERN_WAYS:
                raise BadPattern("too-many", start)
        return most, ways

    def part(self) -> tuple[int, int]:
        match self.text[self.at]:
            case "(":
                self.at += 3 if self.text.startswith("(?:", self.at) else 1
                found = self.alternatives()
                self.end(")")
                return found
            case "[":
                self.at += 2 if self.text.startswith("[^", self.at) else 1
                first = self.at
                while self.at < len(self.text) and (self.text[self.at] != "]" or self.at == first):
                    self.letter(IN_CLASS)
                    if self.text.startswith("-", self.at):
                        self.at += 1
                        self.letter(IN_CLASS)
                self.end("]")
            case _:
                self.letter(SPECIAL)
        return 1, 1

    def letter(self, special: frozenset[str]) -> None:
        """Read one letter, or an escaped sign."""
        sign = self.text[self.at : self.at + 1]
        if sign == "\\":
            self.at += 1
            sign, special = self.text[self.at : self.at + 1], frozenset()
            if sign.isalnum() or not sign.isascii() or sign in "_ ":
                raise BadPattern("sign", self.at - 1)
        if not sign or sign in special or not sign.isprintable():
            raise BadPattern("unbounded" if sign in ("*", "+") else "sign", self.at)
        self.at += 1

    def count(self) -> tuple[int, int]:
        if self.text.startswith("?", self.at):
            self.at += 1
            return 0, 1
        found = COUNTED.match(self.text, self.at)
        if found is None:
            return 1, 1
        self.at = found.end()
        low, high = int(found[1]), int(found[2] or found[1])
        if high > limits.PATTERN or low > high:
            raise BadPattern("too-many" if low <= high else "sign", found.start())
        return low, high

    def end(self, sign: str) -> None:
        if not self.text.startswith(sign, self.at):
            raise BadPattern("sign", self.at)
        self.at += 1


def checked(pattern: str) -> None:
    """Raise BadPattern where a pattern is not of the part that every engine reads alike."""
    read = _Read(pattern)
    read.alternatives()
    if read.at < len(pattern):
        raise BadPattern("sign", read.at)
    try:
        re.compile(pattern)
    except re.error as wrong:
        raise BadPattern("sign", wrong.pos or 0) from None


def matches(text: str, pattern: str) -> bool:
    """Return whether the whole text is of the pattern."""
    return re.fullmatch(pattern, text) is not None
