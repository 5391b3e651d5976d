"""A record as admitted: exact values by fact key, and what was wrong with the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from safety_rules.language.acceptance import Acceptance
from safety_rules.language.kinds import Name, Value


class Absence(Enum):
    """Why the data does not say a fact, as far as the door that it came through knows."""

    NOT_ASKED = "not_asked"
    NOT_FILLED_IN = "not_filled_in"
    SAID_NOT_TO_EXIST = "said_not_to_exist"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the data that could not be used; the fact then counts as unknown."""

    code: str
    path: str
    place: str
    message: Name
    given: str = ""

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str) -> str:
        """Return the problem in one line, with its cell."""
        place = self.place or self.path
        return f"{place}{'：' if language == 'zh' else ': '}{self.message.in_(language)}"


@dataclass(frozen=True, slots=True)
class Record:
    """Admitted facts; a fact that is not here is unknown.

    `accepted` are numbers that count because they were confirmed, `blanks` the paths that the data has and leaves open.
    """

    values: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    blanks: Mapping[str, Absence] = field(default_factory=dict, compare=False, repr=False)

    def absence(self, path: str) -> Absence | None:
        """Return why there is no value at a path; None where there is one."""
        if self.value_at(path) is not None:
            return None
        if any(p.path == path for p in self.problems):
            return Absence.UNREADABLE
        return self.blanks.get(path, Absence.NOT_ASKED)

    def value_at(self, path: str) -> Value | None:
        """Return the value at `enterprise.accidents[0].deaths`, or None when it is unknown."""
        if "[" not in path:
            return self.values.get(path)
        head, _, rest = path.partition("[")
        index, _, name = rest.partition("]")
        items = self.values.get(head)
        if not isinstance(items, tuple) or int(index) >= len(items):
            return None
        item = items[int(index)]
        return item.get(name.lstrip(".")) if isinstance(item, Mapping) else item

    def with_value(self, path: str, value: Value | None) -> Record:
        """Return the record with one fact learned, replaced, or (None) forgotten."""
        values = dict(self.values)
        if "[" not in path:
            _put(values, path, value)
        else:
            head, _, rest = path.partition("[")
            index, _, name = rest.partition("]")
            items: list[Any] = list(values[head])  # type: ignore[arg-type]
            item = dict(items[int(index)])
            _put(item, name.lstrip("."), value)
            items[int(index)] = item
            values[head] = tuple(items)
        return replace(self, values=values)


def _put(values: dict[str, Value], key: str, value: Value | None) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value
