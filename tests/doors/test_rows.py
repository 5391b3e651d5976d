"""Whatever was found wrong at the doors has a test that holds it."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
ROWS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "rows.toml").read_text("utf-8"))
NUMBERS = {
    *(f"D{n}" for n in range(1, 28)),
    *(f"E{n}" for n in (6, 7, 8, 10, 11, 12, 14, 15, 16)),
    *(f"R{n}" for n in range(1, 6)),
}


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


def test_every_row_has_its_line() -> None:
    assert ROWS.keys() == NUMBERS


@pytest.mark.parametrize("number", ROWS)
def test_the_tests_of_a_row_are_there(number: str) -> None:
    named = [name.split("::") for name in ROWS[number]["tests"]]
    assert named
    assert [function for file, function in named if function not in functions(file)] == []
