"""The name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 100
MOST_NAMES = 12


def near(name: str, names: Iterable[str]) -> str | None:
    """Return the closest of the names, or None when none is close."""
    if len(name) > LONGEST:
        return None
    folded = {n.casefold(): n for n in names}
    found = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a help text that names the closest name, or the few there are."""
    names = list(names)
    close = near(name, names)
    if close is not None:
        return f"did you mean `{close}`?"
    return "one of " + ", ".join(f"`{n}`" for n in names) if 0 < len(names) <= MOST_NAMES else ""
