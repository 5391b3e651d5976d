"""Each fault that is planted in the built-in rules is named by the tools made for it, with the place; sound rules are
told of by none.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trust.planting import Planted, planted, said_with, wave_of

DOCS = Path(__file__).parents[2] / "docs"
TOOLS = {
    "impact": "`impact`",
    "lock": "`check`",
    "lint": "`check --lint`",
    "load": "`check`",
    "test": "`test`",
}


@pytest.mark.parametrize("fault", planted(), ids=lambda f: f.what)
def test_a_planted_fault_is_named_by_the_tools_made_for_it_with_the_place(fault: Planted) -> None:
    said = said_with(tuple(f.what for f in wave_of(fault.what)))
    found = {tool: [line for line in said.get(tool, ()) if text in line] for tool, text in fault.told.items()}
    assert [tool for tool, lines in found.items() if not lines] == [], {t: said.get(t, ())[:40] for t in fault.told}


def test_of_sound_rules_no_tool_says_anything() -> None:
    assert {tool: lines for tool, lines in said_with(()).items() if lines} == {}


def test_every_fault_is_told_apart_and_by_some_tool() -> None:
    names = [f.what for f in planted()]
    assert sorted(set(names)) == sorted(names)
    assert [f.what for f in planted() if not f.told] == []


@pytest.mark.parametrize("page", ["planted-faults.md", "planted-faults.zh.md"])
def test_the_page_lists_each_kind_with_the_tools_that_name_it(page: str) -> None:
    kinds: dict[str, set[str]] = {}
    for fault in planted():
        kinds.setdefault(fault.kind, set()).update(TOOLS[tool] for tool in fault.told)
    rows = re.findall(
        r"^\| ([^|]+) <!-- ([a-zA-Z ]+) --> \| ([^|]+) \| (\d+) \|$", (DOCS / page).read_text("utf-8"), re.M
    )
    listed = {kind: (set(re.findall(r"`[^`]+`", tools)), int(count)) for _, kind, tools, count in rows}
    counted = {k: (tools, sum(f.kind == k for f in planted())) for k, tools in kinds.items()}
    assert listed == counted
