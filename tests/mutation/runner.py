"""Runs the tests that pass through a changed line, each change in a process of its own: it is noticed, or lives.

The tests are collected once. A changed function takes its new code where it stands; of a change at the top of a
module the tables are read again, and given to the modules that read them.
"""

from __future__ import annotations

import ast
import importlib
import os
import pickle
import signal
import sys
import time
import types
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from mutation.changes import Change

LONGEST = 80.0
"""The processor's seconds, while they are traced, of the tests that are run against one change, the quickest first: traced, they
take some five times as long."""
KILLED, LIVES, UNREAD, UNPLACED = "noticed", "LIVES", "LIVES: no test passes through it", "cannot be tried"
EXITS = {0: LIVES, 1: KILLED, 2: UNPLACED, -signal.SIGPROF: KILLED}
Passed = tuple[int, float, frozenset[int]]


class Campaign:
    """Changes of one module, run by a pytest session in place of its tests; `fates` says what became of each."""

    def __init__(self, name: str, chosen: Sequence[Change]) -> None:
        self.name, self.chosen, self.fates = name, chosen, list[tuple[Change, str]]()
        self.out = os.fdopen(os.dup(1), "w")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run each change against the tests that pass through its statement."""
        importlib.import_module(self.name)
        session.config.pluginmanager.unregister(name="asserted")  # it counts within a protocol that is not run here
        passed = self._passed(session.items)
        print(f"{self.name}: {len(passed)} of {len(session.items)} tests pass as it stands", file=self.out, flush=True)
        for change in self.chosen:
            tests = _against(change, passed, session.items)
            fate = self._fate(change, sorted(tests, key=session.items.index) if not change.function else tests)
            self.fates.append((change, fate))
            if fate != KILLED:
                print(f"{fate}: {self.name}:{change.line} {change.function}: {change.what}", file=self.out, flush=True)
        return True

    def _passed(self, items: Sequence[pytest.Item]) -> list[Passed]:
        """Return the tests that pass as the code stands, the quickest first, with the lines of the module that they run."""
        read, write = os.pipe()
        if not (child := os.fork()):
            with os.fdopen(write, "wb") as out:
                pickle.dump(list(self._traced(items)), out)
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as source:
            found: list[Passed] = pickle.load(source)
        os.waitpid(child, 0)
        return sorted(found, key=lambda one: one[1])

    def _traced(self, items: Sequence[pytest.Item]) -> Iterator[Passed]:
        file = sys.modules[self.name].__file__
        lines: set[int] = set()

        def local(frame: Any, event: str, _: Any) -> Any:
            lines.add(frame.f_lineno)
            return local

        for i, item in enumerate(items):
            lines.clear()
            began = time.process_time()
            sys.settrace(lambda frame, event, _: local if frame.f_code.co_filename == file else None)
            passed = _pass([item])
            sys.settrace(None)
            if passed:
                yield i, time.process_time() - began, frozenset(lines)

    def _fate(self, change: Change, items: Sequence[pytest.Item]) -> str:
        if not (child := os.fork()):
            signal.setitimer(signal.ITIMER_PROF, LONGEST)  # a loop without an end is noticed
            os._exit(self._tried(change, items))
        fate = EXITS.get(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), KILLED)
        return UNREAD if fate == LIVES and not items else fate

    def _tried(self, change: Change, items: Sequence[pytest.Item]) -> int:
        try:
            module = sys.modules[self.name]
            if change.function:
                _take(module, change.function.split("."), compile(change.tree(), str(module.__file__), "exec"))
            else:
                _read_again(module, change.tree())
        except Exception:
            return 2
        return 0 if _pass(items) else 1


def _against(change: Change, passed: Sequence[Passed], items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that pass through a change, and then those beside them, which read what the first of a file has made."""
    through = [one for one in passed if not change.function or one[2] & set(change.lines)]
    files = {items[at].path for at, _, _ in through}
    beside = [one for one in passed if one not in through and items[one[0]].path in files]
    tests, spent = list[pytest.Item](), 0.0
    for at, seconds, _ in (*through, *beside):
        if spent + seconds <= LONGEST:
            tests.append(items[at])
            spent += seconds
    return tests


def _pass(items: Sequence[pytest.Item]) -> bool:
    for item, after in zip(items, (*items, None)[1:], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
            return False
    return True


def _take(module: types.ModuleType, path: list[str], code: types.CodeType) -> None:
    """Give a function of a module the code that it has in other code; what is within it goes with it."""
    holder: Any = module
    for part in path:
        code = next(c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == part)
        if isinstance(holder, types.ModuleType | type):
            holder, outer = holder.__dict__[part], code
    for inner in ("fget", "func", "__wrapped__", "__func__"):
        holder = getattr(holder, inner, None) or holder
    if isinstance(holder, type):
        raise TypeError("what stands in a class is made once, by then")
    holder.__code__ = outer


def _read_again(module: types.ModuleType, tree: ast.Module) -> None:
    """Run what a module says at its top apart from classes and functions, and give its tables to the modules that read them."""
    before = dict(vars(module))
    tables = [n for n in tree.body if isinstance(n, ast.Assign | ast.AnnAssign | ast.AugAssign)]
    exec(compile(ast.Module(tables, []), str(module.__file__), "exec"), vars(module))
    for name, old in before.items():
        new = vars(module)[name]
        for other in list(sys.modules.values()) if new is not old and not name.startswith("__") else ():
            if isinstance(other, types.ModuleType) and vars(other).get(name) is old:
                setattr(other, name, new)


def tried(name: str, chosen: Sequence[Change], tests: Sequence[str]) -> list[tuple[Change, str]]:
    """Return what became of each change of a module, by the tests that are named."""
    campaign = Campaign(name, chosen)
    options = ["-q", "-p", "no:cacheprovider", "-qq", "-rN", "--no-header", "-m", "not spark and not slow"]
    pytest.main([*options, *tests], plugins=[campaign])
    if not campaign.fates:
        raise SystemExit(f"{name}: its tests could not be collected")
    return campaign.fates
