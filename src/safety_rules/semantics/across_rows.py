"""What holds of a ledger as a whole, by the definition: which of its rows break it together, and which leave it open.

A text counts as another text that differs in width, letter case and blanks alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from safety_rules.language.record import Record
from safety_rules.language.rulebook import AcrossRows
from safety_rules.language.table import normal_spelling
from safety_rules.language.verdict import Status

Key = tuple[Any, ...]


@dataclass(slots=True)
class Asked:
    """A rule of a ledger, and its rows so far: those that say the same, each with what must not fall, and those that do
    not say it.
    """

    rule: AcrossRows
    groups: dict[Key, list[tuple[int, Any]]] = field(default_factory=dict)
    blank: list[int] = field(default_factory=list)

    def add(self, number: int, record: Record) -> None:
        """Add a row by its number."""
        keys = [record.values.get(key) for key in self.rule.by]
        value = record.values.get(self.rule.rising) if self.rule.rising else 0
        if None in keys or value is None:
            self.blank.append(number)
        if None not in keys:
            said = tuple(normal_spelling(v) if isinstance(v, str) else v for v in keys)
            self.groups.setdefault(said, []).append((number, value))

    def broken(self) -> Iterator[tuple[Key, list[int]]]:
        """Yield what rows say that break the rule together, with their numbers."""
        for key, found in self.groups.items():
            numbers = _falling(found) if self.rule.rising else [n for n, _ in found]
            if len(numbers) > (0 if self.rule.rising else self.rule.at_most):
                yield key, numbers

    def status(self) -> tuple[Status, list[int]]:
        """Return whether the rule holds of all rows, and the rows that say that it does not, or leave it open."""
        broken = sorted(n for _, numbers in self.broken() for n in numbers)
        if broken or not self.blank:
            return (Status.VIOLATED if broken else Status.SATISFIED), broken
        return Status.UNDETERMINED, self.blank


def _falling(rows: list[tuple[int, Any]]) -> list[int]:
    """Return the numbers of rows of which one says less than a row above it, each with that row; blanks are passed over."""
    found, most = dict[int, None](), None
    for number, value in rows:
        if value is None:
            continue
        if most is not None and value < most[1]:
            found |= {most[0]: None, number: None}
        else:
            most = (number, value)
    return sorted(found)
