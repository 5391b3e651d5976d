"""The catalog of sentences: TOML files beside this one, each sentence once, in Chinese and English, by its key.

A key is `area.variant`; an area is a table of one file, and only the files whose areas are asked for are read.
`zh` and `en` are a sentence with `{slots}`, or a list of texts (headings). `{rows:row|rows}` is a count with its noun:
"1 row", "2 rows".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from safety_rules.language.kinds import Name

CHINESE, ENGLISH = LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent
COUNTED = re.compile(r"\{(\w+):([^{}|]+)\|([^{}|]+)\}")
NEARLY = re.compile(r"[＝=]( ?)≈")
AREA = re.compile(r"^\[([^\]]+)\]", re.MULTILINE)


def sentence(key: str, language: str, /, **slots: object) -> str:
    """Return a sentence in `zh` or `en`, its slots filled; raises KeyError where there is no such sentence."""
    return filled(pattern(key, language), slots)


def filled(pattern: str, slots: Mapping[str, object]) -> str:
    """Return a pattern with its slots filled; raises KeyError for a slot that is not given.

    Each counted noun stands in its number, and a rounded number (`≈`) equals nothing: it stands for the sign before it.
    """
    if "|" in pattern:
        pattern = COUNTED.sub(lambda m: f"{{{m[1]}}} {m[2] if str(slots[m[1]]) == '1' else m[3]}", pattern)
    said = pattern.format_map(slots)
    said = NEARLY.sub(r"≈\1", said) if "≈" in said else said
    return nested(said) if said.count("“") > 1 else said


def nested(text: str) -> str:
    """Return a text with quotation marks inside quotation marks as GB/T 15834 has them: ‘ ’ within “ ”.

    A text of which the marks do not pair is returned as it is.
    """
    depth, signs = 0, list(text)
    for i, sign in enumerate(text):
        if sign == "“":
            signs[i] = "“‘"[depth % 2]
            depth += 1
        elif sign == "”":
            depth -= 1
            if depth < 0:
                return text
            signs[i] = "”’"[depth % 2]
    return text if depth else "".join(signs)


def has(key: str) -> bool:
    """Return whether there is such a sentence."""
    area, _, variant = key.partition(".")
    return area in areas() and variant in entries(areas()[area])[area]


def both(key: str, /, **slots: object) -> Name:
    """Return a sentence in both languages; a name in a slot is said in each."""
    zh, en = ({k: v.in_(at) if isinstance(v, Name) else v for k, v in slots.items()} for at in ("zh", "en"))
    return Name(filled(pattern(key, "zh"), zh), filled(pattern(key, "en"), en))


@cache
def texts(key: str, language: str) -> tuple[str, ...]:
    """Return a list of texts, such as the headings of a table."""
    return tuple(_entry(key)[language])


@cache
def pattern(key: str, language: str) -> str:
    """Return a sentence with its slots still in it."""
    found: str = _entry(key)[language]
    return found


@cache
def areas() -> Mapping[str, Path]:
    """Return the file of each area."""
    return {area: path for path in sorted(FOLDER.glob("*.toml")) for area in AREA.findall(path.read_text("utf-8"))}


@cache
def entries(path: Path) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return the sentences of a file by area, variant and language."""
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))


def _entry(key: str) -> Mapping[str, Any]:
    area, _, variant = key.partition(".")
    return entries(areas()[area])[area][variant]
