"""What kind of value a fact, a parameter or an expression has."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from safety_rules.language.diagnostic import Span
from safety_rules.language.units import ONE, Unit


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called, in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the name in `zh` or `en`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values that a choice can have."""

    key: str
    name: Name
    aliases: tuple[str, ...] = ()
    note: str = ""
    at: Span | None = field(default=None, compare=False, repr=False)

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every way in which data may write it."""
        return (self.key, self.name.zh, self.name.en, *self.aliases)


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A closed list of values, shared by the facts that draw on it; equal by name."""

    name: str
    options: tuple[Option, ...] = field(compare=False)
    by_spelling: Mapping[str, Option] = field(init=False, compare=False, repr=False)
    at: Span | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[str, Option] = {}
        for option in self.options:
            for spelling in option.spellings:
                found.setdefault(spelling.casefold(), option)
        object.__setattr__(self, "by_spelling", found)

    def find(self, text: str) -> Option | None:
        """Return the option with that key, name or alias (letter case does not matter)."""
        return self.by_spelling.get(text.strip().casefold())

    def __getitem__(self, key: str) -> Option:
        for option in self.options:
            if option.key == key:
                return option
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational in a unit; `whole` numbers are integers."""

    unit: Unit = ONE
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A string; rules compare it whole or by how it starts."""


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar day."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One key of a closed list."""

    choices: ChoiceList


@dataclass(frozen=True, slots=True)
class Choices:
    """Any number of keys of a closed list."""

    choices: ChoiceList


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records with the fields of a list fact; equal by that fact's key."""

    of: str


Kind: TypeAlias = Boolean | Number | Text | Date | Choice | Choices | Records

Item: TypeAlias = Mapping[str, "Value"]
Value: TypeAlias = "bool | Fraction | str | datetime.date | tuple[str, ...] | tuple[Item, ...]"
