"""What `--help` says, in Chinese: an English text of the command line is known by itself in the catalog.

The command line is read before any catalog is; an officer's help is looked up only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from safety_rules.words.catalog import CHINESE

FILE = Path(__file__).parent / "helps" / "help.toml"


def helped(text: str | None, language: str) -> str:
    """Return a help text in `zh` or `en`, its line breaks folded; one that the catalog has not as it stands."""
    plain = " ".join((text or "").split())
    return texts_of_help().get(plain, plain) if language == CHINESE else plain


@cache
def texts_of_help() -> Mapping[str, str]:
    """Return the Chinese of each English text."""
    import tomllib

    return {entry["en"]: entry["zh"] for entry in tomllib.loads(FILE.read_text("utf-8"))["text"]}
