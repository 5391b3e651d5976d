"""What is told of a verdict, as data: statements with codes and slots, which words turn into sentences."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from safety_rules.language.kinds import Kind, Name, Value
from safety_rules.language.source import Citation


class Amount(NamedTuple):
    """A value of a kind, in the kind's unit; None is not given."""

    value: Value | None
    kind: Kind


class Place(NamedTuple):
    """The name of the fact at a path; `brief` where the item that it belongs to is named already."""

    path: str
    brief: bool = False


class Cited(NamedTuple):
    """A citation with the document's title and number, and the name of the figure that it is for."""

    citation: Citation
    title: Name
    number: str
    of: Name | None = None


class Series(NamedTuple):
    """Several parts with what stands between them, by its code."""

    between: str
    parts: tuple[Slot, ...]


class Statement(NamedTuple):
    """A sentence by its code, with what its slots say and, in a tree, the statements below it."""

    code: str
    slots: tuple[tuple[str, Slot], ...] = ()
    below: tuple[Slot, ...] = ()


Slot: TypeAlias = "str | int | Name | Amount | Place | Cited | Series | Statement"


def statement(code: str, /, *below: Slot, **slots: Slot) -> Statement:
    """Return a statement with its slots by name."""
    return Statement(code, tuple(slots.items()), below)
