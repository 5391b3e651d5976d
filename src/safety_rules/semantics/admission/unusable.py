"""Why data cannot be a value."""

from __future__ import annotations

from typing import Any

from safety_rules.language.kinds import Name
from safety_rules.words.said import said


class Unusable(Exception):
    """The data cannot be a value of the fact; the sentence of the key, whose code stands before the point, says why."""

    def __init__(self, key: str, /, **slots: Any) -> None:
        self.code = key.partition(".")[0]
        self.said = said(key, **slots)
        super().__init__(key)

    @property
    def message(self) -> Name:
        """Why, in both languages."""
        return self.said.name
