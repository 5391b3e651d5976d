"""What all tests share: how hypothesis runs, `--accept`, which tests are slow, and that each asserts something when it passes."""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import rewrite, util
from hypothesis import settings

os.environ["LANG"] = "C.UTF-8"  # a locale that names no language of ours
for name in ("LC_ALL", "LC_MESSAGES"):
    os.environ.pop(name, None)

UNDER_TEST = Path(str(importlib.util.find_spec("safety_rules").origin)).parents[1]  # type: ignore[union-attr]
os.environ["PYTHONPATH"] = os.pathsep.join([str(UNDER_TEST), *filter(None, [os.environ.get("PYTHONPATH")])])
"""Processes that tests start import what is under test, wherever they stand: a path such as `src` leads elsewhere from
another folder.
"""

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text("utf-8").splitlines())


LONGEST = ("tests/proving/test_built_in.py", "tests/engines/test_every_tree.py", "tests/test_rules.py")
"""Modules of minutes: several processes begin with them, for a module runs in one, and the last one is waited for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that `slow.txt` names, and put modules that take long before those that do not."""
    slow = {name.partition("::")[0] for name in SLOW}
    size = Counter(_module(item) for item in items)
    for item in items:
        if item.nodeid.partition("[")[0] in SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda i: (_module(i) not in LONGEST, _module(i) not in slow, -size[_module(i)], _module(i)))


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--accept`, which rewrites golden files with what came out; the diff is then read."""
    parser.addoption("--accept", action="store_true", help="rewrite golden files; read the diff before committing")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Return whether golden files are to be rewritten."""
    return bool(request.config.getoption("--accept"))


class Asserted:
    """Counts to one: a test that passes without an assertion fails, as one whose loop was empty.

    pytest writes out what every assertion compared as long as somebody listens (of terms of a solver: minutes): so
    it is listened to within a test only, and only until its first assertion.
    """

    def __init__(self) -> None:
        self.seen = False
        pytest.raises = self.counted(pytest.raises)
        pytest.warns = self.counted(pytest.warns)

    def counted(self, expect: Callable[..., Any]) -> Any:
        """Return what expects an exception, counted as an assertion."""

        @functools.wraps(expect)
        def told(*args: Any, **kwargs: Any) -> Any:
            self.seen = True
            return expect(*args, **kwargs)

        return told

    def passed(self, lineno: int, orig: str, expl: str) -> None:
        """Note the first assertion of a test, and listen to no other."""
        self.seen, util._assertion_pass = True, None

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
        """Fail a test that passed without an assertion."""
        self.seen, util._assertion_pass = False, self.passed
        try:
            done = yield
        finally:
            util._assertion_pass = None
        if not self.seen:
            pytest.fail("passed without an assertion: was a loop empty?", pytrace=False)
        return done


def pytest_configure(config: pytest.Config) -> None:
    """Count assertions, those of helpers as well and none of the library; modules compiled without it are compiled again."""
    rewrite.PYC_TAIL = f".asserted{rewrite.PYC_TAIL}"
    helpers = {d.name for d in Path(__file__).parent.iterdir() if any(d.glob("*.py"))}
    pytest.register_assert_rewrite(*(helpers - sys.modules.keys()))
    config.pluginmanager.register(Asserted(), "asserted")
    for hook in sys.meta_path:
        if isinstance(hook, rewrite.AssertionRewritingHook):  # it rewrites all of a plugin's distribution
            hook._must_rewrite.discard("safety_rules")
