"""What the columns of a table hold, whichever system it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from safety_rules.language.units import Unit


@dataclass(frozen=True, slots=True)
class Plain:
    """A column of single values; `precision` and `scale` belong to decimals."""

    name: OneOf["boolean", "integer", "decimal", "double", "text", "date", "timestamp", "other"]
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
    """The column that carries a fact, and the unit of its plain numbers where it is not the fact's own."""

    column: str
    type: ColumnType
    unit: Unit | None = None
