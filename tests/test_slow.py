"""The list of slow tests names tests that exist."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_slow_test_exists() -> None:
    named = [line for line in (ROOT / "tests/slow.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    for name in named:
        file, _, function = name.partition("::")
        own = function.removesuffix("::runTest")  # a machine of states is a class with one
        made = f"{own} = " if own != function else f"def {own.rpartition('::')[2]}("
        assert made in (ROOT / file).read_text("utf-8"), name
