"""What a column's cell is to the engines: its value as SQL, what makes it odd, and the SQL types of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from safety_rules.engines.sql.dialect import Dialect
from safety_rules.engines.sql.read.types import ColumnType, ListOf, Plain, Struct
from safety_rules.language.clock import is_time
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.vocabulary import Fact, Vocabulary


@dataclass(frozen=True, slots=True)
class Cell:
    """A fact's value as SQL; `odd` and `problem` are conditions on the raw cell, None where they cannot be.

    `places` is how many decimals a number of the column is expected to have; times `factor` it is in the
    fact's unit. `fields` are the fields of a list's records, as SQL over an item `{item}`. `finite` is a
    number that makes the row odd where it is NaN or infinite; all of them are looked at together. `known`
    is NULL where the cell is blank or odd, and cheaper to look at than both.
    """

    value: str
    odd: str | None = None
    problem: str | None = None
    places: int = 0
    factor: Fraction = Fraction(1)
    fields: Mapping[str, str] = field(default_factory=dict)
    finite: str | None = None
    known: str | None = None


def wrong_type(fact: Fact, type: ColumnType) -> bool:
    """Return whether a column of the type can hold no value of the fact at all."""
    match fact.kind, type:
        case _, Plain("text"):
            return False
        case Boolean(), Plain("boolean"):
            return False
        case Number(), Plain("time" | "integer" | "decimal" | "double" as name) if is_time(fact.kind):
            return name != "time"
        case Number(), Plain("integer" | "decimal" | "double"):
            return False
        case Text(), Plain("integer" | "decimal" | "double"):
            return False
        case Date(), Plain("date" | "timestamp"):
            return False
        case Choices(), ListOf(Plain("text")) | Plain("json"):
            return False
        case Records(), ListOf(Struct()):
            return False
        case _:
            return True


def missing(fact: Fact, vocabulary: Vocabulary, fields: Iterable[str], d: Dialect) -> Cell:
    """Return the cell of a fact that no column carries: unknown."""
    names = set(fields)
    shown = {n: d.member("{item}", n) for n in names}
    return Cell(f"CAST(NULL AS {_sql_type(fact, vocabulary, names, d)})", fields=shown)


def _sql_type(fact: Fact, vocabulary: Vocabulary, fields: set[str], d: Dialect) -> str:
    if isinstance(fact.kind, Records):
        inner = [f for f in vocabulary.fields(fact.key) if f.field in fields]
        if not inner:
            return d.list_of(d.types["boolean"])
        return d.list_of(d.struct_type({f.field: _sql_type(f, vocabulary, set(), d) for f in inner}))
    plain = type_name(fact)
    return d.types[plain] if plain else d.list_of(d.types["text"])


def type_name(fact: Fact) -> str | None:
    """Return the SQL type of a fact's values, by its name in the dialect; None for lists."""
    match fact.kind:
        case Boolean():
            return "boolean"
        case Number():
            return "double"
        case Text() | Choice():
            return "text"
        case Date():
            return "date"
        case _:
            return None


def absent_text(fact: Fact, sql: str, d: Dialect) -> str:
    """Return the condition that a cell says nothing: blank, or one of the fact's words for unknown."""
    return f"({sql} IS NULL OR {d.one_of(f'lower({sql})', sorted(fact.blank_words))})"
