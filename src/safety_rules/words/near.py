"""The name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from safety_rules.words.said import Said, said

LONGEST = 100
MOST_NAMES = 12


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the closest of the names, or None when none is close."""
    if len(name) > LONGEST:
        return None
    folded = {n.casefold(): n for n in names}
    found = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def suggestion(name: str, names: Iterable[str]) -> Said | None:
    """Return a help that names the closest name, or the few there are; None where there are too many."""
    names = tuple(map(str, names))
    close = near(name, names)
    if close is not None:
        return said("near.one", name=close)
    return said("near.few", names=names) if 0 < len(names) <= MOST_NAMES else None


def did_you_mean(name: str, names: Iterable[str], language: str = "en") -> str:
    """Return the suggestion as a text, empty where there is none."""
    found = suggestion(name, names)
    return "" if found is None else found.in_(language)


def hint(name: str, names: Iterable[str]) -> Said | str:
    """Return the end of a sentence that names the closest name; empty where none is close."""
    close = near(name, names)
    return said("near.hint", name=close) if close else ""


def aside(name: str, names: Iterable[str]) -> Said | str:
    """Return the suggestion as the end of a sentence; empty where there is none."""
    found = suggestion(name, names)
    return "" if found is None else said("near.aside", help=found)
