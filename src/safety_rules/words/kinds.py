"""What a rule author calls a kind of value."""

from __future__ import annotations

from typing import assert_never

from safety_rules.language.clock import is_time
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Kind, Number, Records, Text
from safety_rules.words.said import Said, said


def kind_said(kind: Kind) -> Said:
    """Return what a rule author calls the kind."""
    match kind:
        case Boolean():
            return said("kind-name.boolean")
        case Number() if is_time(kind):
            return said("kind-name.time")
        case Number(unit):
            return said("kind-name.number-in", unit=unit.symbol) if unit.symbol else said("kind-name.number")
        case Text():
            return said("kind-name.text")
        case Date():
            return said("kind-name.date")
        case Choice(choices):
            return said("kind-name.choice", list=choices.name)
        case Choices(choices):
            return said("kind-name.choices", list=choices.name)
        case Records(of):
            return said("kind-name.records", list=of)
        case _:
            assert_never(kind)
