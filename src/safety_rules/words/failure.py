"""What a command says when it cannot go on, in Chinese: an English message is known by its pattern in the catalog.

Messages are raised in English by floors that know no reader; the door says them in the reader's language. One that
the catalog does not have is said as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from safety_rules.words.catalog import CHINESE, areas, entries, pattern, sentence

BOTH = re.compile(r" ?\([^()]*[\u4e00-\u9fff][^()]*\)")  # what some messages say in Chinese beside their English
SLOT = re.compile(r"\\\{([a-z]+)\\\}")
QUOTED = re.compile(r"`([^`]*)`")
SAID_AGAIN = ("hint", "why", "what", "place", "kind", "options")
HINT = r";\ (?P<hint>.*?)"
DEEPEST = 3


def failure(message: str, language: str, depth: int = 0) -> str:
    """Return a message in `zh` or `en`; a part of it that is a message itself is said in the same language."""
    if language != CHINESE or depth > DEEPEST:
        return message
    lines = message.split("\n")
    each = [failure(line, language, depth) for line in lines] if len(lines) > 1 else lines
    if all(line != said for line, said in zip(lines, each, strict=True)):  # several messages, told at once
        return "\n".join(each)
    for plain in (message, BOTH.sub("", message)):
        for key, known in _patterns():
            if found := known.fullmatch(plain):
                given = found.groupdict()
                slots = {
                    k: _part(failure(v or "", language, depth + 1) if k in SAID_AGAIN else v) for k, v in given.items()
                }
                return pattern(key, language).format_map(slots).rstrip("；")
    return message


def _part(text: str) -> str:
    """Return a part of a message with the quotation marks of Chinese."""
    text = text.replace("' / '", " / ")  # the two names of an option, which click quotes
    return QUOTED.sub(r"“\1”", text).replace("”, “", "”、“").replace("” and “", "”和“")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(sorted(_made(), key=lambda found: -len(found[1].pattern)))


def _made() -> Iterator[tuple[str, re.Pattern[str]]]:
    for name in entries(areas()["failure"])["failure"]:
        key = f"failure.{name}"
        text = SLOT.sub(r"(?P<\1>.*?)", re.escape(pattern(key, "en")))
        text = text.replace(HINT, f"(?:{HINT})?")  # which is not given where nothing is near
        yield key, re.compile(text, re.DOTALL)


def failed(message: str, language: str) -> str:
    """Return the line that tells why a command ended."""
    return sentence("failed.error", language, message=failure(message, language))
