"""What a case expects and comes to, in words: the word of the rule file with its name in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from safety_rules.language.kinds import Name
from safety_rules.language.rulebook import Area
from safety_rules.words.catalog import CHINESE, both, has, sentence
from safety_rules.words.said import series


def status_word(word: object) -> Name:
    """Return a status as rule files write it, in Chinese with its name."""
    return _word("status", word)


def outcome_word(area: Area, key: object) -> Name:
    """Return an outcome as rule files write it, in Chinese with its name; an open one stays undetermined."""
    names = {o.key: o.name.zh for o in area.outcomes}
    return Name(f"{names[str(key)]}（{key}）", str(key)) if str(key) in names else status_word(key)


def standing_word(word: object) -> Name:
    """Return a standing as rule files write it, in Chinese with its name."""
    return _word("standing", word)


def _word(of: str, word: object) -> Name:
    key = f"{of}.{word}"
    return Name(f"{sentence(key, CHINESE)}（{word}）" if has(key) else str(word), str(word))


def listed(names: Iterable[object]) -> Name:
    """Return keys one after another, or that there are none."""
    several = tuple(names)
    found = Name("、".join(f"“{n}”" for n in several), ", ".join(f"`{n}`" for n in several))
    return found if several else both("case.nothing")


def fields_said(record: Mapping[Any, Any]) -> Name:
    """Return the fields of a record with their values."""
    return series(f"{name} {value}" for name, value in record.items())


def one_of(texts: Iterable[str]) -> Name:
    """Return texts of which any will do, or that there are none."""
    several = tuple(texts)
    return Name("或".join(several), " or ".join(several)) if several else both("case.nothing")


def inside(texts: Iterable[str | Name]) -> Name:
    """Return sentences one after another on a line."""
    several = [t if isinstance(t, Name) else Name(t, t) for t in texts]
    return Name("；".join(t.zh for t in several), "; ".join(t.en for t in several))
