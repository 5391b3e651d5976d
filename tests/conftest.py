"""What all tests share: how hypothesis runs, and the `--accept` option of golden files."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--accept`, which rewrites golden files with what came out; the diff is then read."""
    parser.addoption("--accept", action="store_true", help="rewrite golden files; read the diff before committing")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Return whether golden files are to be rewritten."""
    return bool(request.config.getoption("--accept"))
