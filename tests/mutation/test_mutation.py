"""The campaign on our own code notices what it should: changes of each kind, in place, and the list of what may live shrinks."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from mutation.campaign import SOURCES, living, read_by
from mutation.changes import changes
from mutation.runner import LONGEST, _against, _read_again, _take

SOURCE = '''
"""Words."""
WORDS = ("yes", "no")
LIMIT: int = 3


def kept(a: int, b: bool = True) -> int:
    """Say it."""
    if not b and a < LIMIT:
        a += 1
    return a if b or a == 2 else -a


class Held:
    most: int = 9

    @property
    def many(self) -> int:
        return min(len(WORDS), LIMIT) - 1
'''
MOST_LIVING = 6


def module(name: str) -> types.ModuleType:
    made = types.ModuleType(name)
    made.__file__ = f"{name}.py"
    exec(compile(SOURCE, made.__file__, "exec"), made.__dict__)
    return made


def test_each_slip_is_made_once_and_says_where() -> None:
    said = [f"{c.line} {c.function}: {c.what}" for c in changes(SOURCE)]
    assert len(set(said)) == len(said) == 19
    for one in (
        "9 kept: and is or",
        "9 kept: Lt is LtE",
        "10 kept: augassign is dropped",
        "3 : 'yes' is left out",
        "4 : 3 is 4",
    ):
        assert one in said, said
    assert not any("Words" in one or "Say it" in one for one in said)


@pytest.mark.parametrize(
    ("what", "given", "before", "after"),
    [
        ("Lt is LtE", (3, False), -3, -4),
        ("or is and", (3, True), 3, -3),
        ("Eq is NotEq", (3, False), -3, 3),
        ("the other arm", (3, True), 3, -3),
        ("not is dropped", (1, True), 1, 2),
        ("augassign is dropped", (1, False), 2, -1),
    ],
)
def test_a_function_takes_the_changed_code_where_it_stands(
    what: str, given: tuple[int, bool], before: int, after: int
) -> None:
    made = module("toy")
    kept = made.kept
    (change,) = [c for c in changes(SOURCE) if c.what == what]
    assert kept(*given) == before
    _take(made, change.function.split("."), compile(change.tree(), "toy.py", "exec"))
    assert kept(*given) == after


def test_what_stands_in_a_class_cannot_be_tried() -> None:
    (change,) = [c for c in changes(SOURCE) if c.what == "9 is 10"]
    with pytest.raises(TypeError, match="once"):
        _take(module("toy"), change.function.split("."), compile(change.tree(), "toy.py", "exec"))


def test_a_change_is_held_against_tests_that_pass_through_it_and_then_against_those_of_their_files() -> None:
    items: Any = [types.SimpleNamespace(path=path) for path in ("one.py", "one.py", "two.py", "one.py")]
    (change,) = [c for c in changes(SOURCE) if c.what == "augassign is dropped"]
    passed = [
        (0, 0.5, frozenset({1})),
        (2, 1.0, frozenset({10})),
        (1, 2.0, frozenset({10})),
        (3, LONGEST, frozenset({1})),
    ]
    assert _against(change, passed, items) == [items[2], items[1], items[0]]


def test_a_changed_table_is_given_to_the_modules_that_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = module("toy"), types.ModuleType("other")
    other.WORDS = made.WORDS  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "other", other)
    (change,) = [c for c in changes(SOURCE) if c.what == "'no' is left out"]
    _read_again(made, change.tree())
    assert made.WORDS == other.WORDS == ("yes",)  # type: ignore[attr-defined]
    assert made.Held().many == 0


def test_every_module_and_test_of_the_campaign_is_there_and_what_may_live_only_shrinks() -> None:
    tests = Path(__file__).parents[1]
    for name, read in read_by().items():
        assert (SOURCES / f"{name.replace('.', '/')}.py").is_file(), name
        assert [t for t in read if not (tests / t).exists()] == []
    assert len(living()) <= MOST_LIVING
    assert all(living().values())
