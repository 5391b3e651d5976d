"""What the columns of a table hold, whichever system it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from safety_rules.language.units import Unit


@dataclass(frozen=True, slots=True)
class Plain:
    """A column of single values; `precision` and `scale` belong to decimals, `json` is text that JSON may have held as a list."""

    name: OneOf["boolean", "integer", "decimal", "double", "text", "json", "date", "timestamp", "time", "other"]
    precision: int = 0
    scale: int = 0


@dataclass(frozen=True, slots=True)
class ListOf:
    """A column of lists."""

    inner: ColumnType


@dataclass(frozen=True, slots=True)
class Struct:
    """A column, or the items of one, with named fields."""

    fields: Mapping[str, ColumnType]


ColumnType: TypeAlias = Plain | ListOf | Struct


@dataclass(frozen=True, slots=True)
class Use:
    """The column that carries a fact, and the unit of its plain numbers where it is not the fact's own.

    `clean`: cells are expected to be plain (choices written as their keys, numbers within bounds); what is
    not is then odd. `filled`: no cell is expected to be blank. `known`: the file's own statistics say
    whether one is, and that all numbers but NaN are within their bounds.
    """

    column: str
    type: ColumnType
    unit: Unit | None = None
    clean: bool = False
    filled: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Reads:
    """What a law reads of a fact: the fields of a list's records, and how.

    `divisors` are the numbers among them (the fact itself is "") that something is divided by; of a
    `counted` list, each choice must stand there once. Read `bare`, a field is taken as it
    stands, and what could not be used is odd. `derived` are the fields that rules work out.
    """

    fields: frozenset[str] = frozenset()
    divisors: frozenset[str] = frozenset()
    counted: bool = False
    bare: bool = False
    derived: tuple[str, ...] = ()
