"""Sentences by key, in Chinese and English, from the TOML files beside this module.

A key is a code (`count`) or a code and a variant (`kind.not-a-number`). An entry has `zh` and `en`, and where there
is something to do about it `help_zh` and `help_en`; a variant without help has that of its code. `{slots}` are filled
in with what the finder names: text, a number, a day, a name in both languages, another sentence, or a list of names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safety_rules.language.kinds import Name

SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to be: its key, and what stands in its slots."""

    key: str
    slots: tuple[tuple[str, Any], ...] = ()

    def in_(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        return sentence(self.key, language, **dict(self.slots))

    @property
    def name(self) -> Name:
        """The sentence in both languages."""
        return Name(self.in_("zh"), self.in_("en"))


def said(key: str, /, **slots: Any) -> Said:
    """Return the sentence of a key with these slots."""
    return Said(key, tuple(slots.items()))


def sentence(key: str, language: str, /, **slots: Any) -> str:
    """Return the sentence of a key in `zh` or `en`; raises KeyError for an unknown key, or a slot left empty."""
    return filled(entry(key)[language], language, slots)


def filled(template: str, language: str, slots: Mapping[str, Any]) -> str:
    """Return a template with its slots filled in."""
    return SLOT.sub(lambda slot: _worded(slots[slot[1]], language), template)


def _worded(value: Any, language: str) -> str:
    if isinstance(value, Name | Said):
        return value.in_(language)
    if isinstance(value, tuple):
        return "、".join(f"“{v}”" for v in value) if language == "zh" else ", ".join(f"`{v}`" for v in value)
    return str(value)


def entry(key: str) -> Mapping[str, str]:
    """Return what stands under a key: its sentences, and its help or that of its code. Raises KeyError."""
    code, _, variant = key.partition(".")
    whole = catalog()[code]
    own = whole[variant] if variant else whole
    return {**{k: v for k, v in whole.items() if k.startswith("help_")}, **own}


@cache
def catalog() -> Mapping[str, Mapping[str, Any]]:
    """Return every entry by code, read once, when the first sentence is said."""
    import tomllib

    found: dict[str, dict[str, Any]] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        for code, entries in tomllib.loads(file.read_text("utf-8")).items():
            found.setdefault(code, {}).update(entries)
    return found
