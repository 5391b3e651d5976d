"""The list of slow tests names tests that exist."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_slow_test_exists() -> None:
    named = [line for line in (ROOT / "tests/slow.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    for name in named:
        file, _, function = name.partition("::")
        assert f"{function.rpartition('::')[2]}(" in (ROOT / file).read_text("utf-8") or "::runTest" in name, name
