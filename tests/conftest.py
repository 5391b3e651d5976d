"""What all tests share: how hypothesis runs, the `--accept` option of golden files, and which tests are slow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["LANG"] = "C.UTF-8"  # a locale that names no language of ours
for name in ("LC_ALL", "LC_MESSAGES"):
    os.environ.pop(name, None)

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text("utf-8").splitlines())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `slow.txt` names."""
    for item in items:
        if item.nodeid.partition("[")[0] in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--accept`, which rewrites golden files with what came out; the diff is then read."""
    parser.addoption("--accept", action="store_true", help="rewrite golden files; read the diff before committing")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Return whether golden files are to be rewritten."""
    return bool(request.config.getoption("--accept"))
