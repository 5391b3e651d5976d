"""The decisions are indexed: each stands in the table at the top, under its place, and none is named that is not there."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "DECISIONS.md").read_text(encoding="utf-8")
NUMBERS = [int(n) for n in re.findall(r"^## (\d+)\. ", TEXT, re.MULTILINE)]
INDEX = [int(n) for row in re.findall(r"^\|[^|\n]*\| ([\d, ]+) \|$", TEXT, re.MULTILINE) for n in row.split(", ")]


def test_decisions_are_numbered_in_order() -> None:
    assert list(range(1, len(NUMBERS) + 1)) == NUMBERS


def test_each_decision_has_a_place() -> None:
    assert set(NUMBERS) == set(INDEX)
