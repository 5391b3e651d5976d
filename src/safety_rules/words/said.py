"""Sentences about what is wrong or doubtful, by code, from the TOML files in `codes/`.

A key is a code (`count`) or a code and a variant (`kind.no-number`); a code may have variants in several files. An
entry has `zh` and `en`, and where there is something to do about it `help_zh` and `help_en`; a variant without help
has that of its code. A slot takes text, a number, a day, a name, another sentence, or a list of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from safety_rules.language.kinds import Name
from safety_rules.words.catalog import FOLDER, entries, filled


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to be: its key, and what stands in its slots."""

    key: str
    slots: tuple[tuple[str, Any], ...] = ()

    def in_(self, language: str, part: str = "") -> str:
        """Return the sentence in `zh` or `en`, or (`help_`) its help, empty where it has none; raises KeyError."""
        template = entry(self.key).get(part + language, "") if part else entry(self.key)[language]
        return filled(template, {name: _worded(value, language) for name, value in self.slots})

    @property
    def name(self) -> Name:
        """The sentence in both languages."""
        return Name(self.in_("zh"), self.in_("en"))


def said(key: str, /, **slots: Any) -> Said:
    """Return the sentence of a key with these slots."""
    return Said(key, tuple(slots.items()))


def series(texts: Iterable[str]) -> Name:
    """Return texts one after another, as each language parts them."""
    several = tuple(texts)
    return Name("、".join(several), ", ".join(several))


def refusal(key: str, /, **slots: Any) -> str:
    """Return a sentence for an exception, in English, which is for engineers."""
    return said(key, **slots).in_("en")


def _worded(value: Any, language: str) -> str:
    if isinstance(value, Name | Said):
        return value.in_(language)
    if isinstance(value, tuple):
        return "、".join(f"“{v}”" for v in value) if language == "zh" else ", ".join(f"`{v}`" for v in value)
    return str(value)


def entry(key: str) -> Mapping[str, str]:
    """Return what stands under a key: its sentences, and its help or that of its code. Raises KeyError."""
    code, _, variant = key.partition(".")
    whole = codes()[code]
    return {**{k: v for k, v in whole.items() if k.startswith("help_")}, **(whole[variant] if variant else whole)}


@cache
def codes() -> Mapping[str, Mapping[str, Any]]:
    """Return every entry by code, read when the first sentence is said."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((FOLDER / "codes").glob("*.toml")):
        for code, own in entries(file).items():
            found.setdefault(code, {}).update(own)
    return found
