"""What tests are held to themselves: one that asserts nothing fails, and no assertion is content with either of two things."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import safety_rules

pytest_plugins = ["pytester"]
HERE = Path(__file__).parent
NOTHING = """
import pytest

def test_an_empty_loop():
    for one in ():
        assert one

def test_an_assertion():
    assert 1 + 1 == 2

def test_another_after_it():
    for one in ():
        assert one

def test_an_exception():
    with pytest.raises(ZeroDivisionError):
        1 / 0

@pytest.mark.parametrize("of", [(), (1,)])
def test_each_case(of):
    assert all(of) if of else True
    for one in of:
        assert one
"""


def test_a_test_that_passes_without_an_assertion_fails(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nenable_assertion_pass_hook = true\nfilterwarnings = ignore")
    pytester.makeconftest((HERE / "conftest.py").read_text("utf-8"))
    pytester.path.joinpath("slow.txt").touch()
    pytester.makepyfile(NOTHING)
    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    done.assert_outcomes(passed=4, failed=2)
    done.stdout.fnmatch_lines(["*test_an_empty_loop*", "*passed without an assertion*", "*test_another_after_it*"])


def test_a_process_that_a_test_starts_imports_what_is_under_test(tmp_path: Path) -> None:
    code = "import safety_rules; print(safety_rules.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == safety_rules.__file__


def test_no_process_of_a_test_is_given_an_environment_of_its_own() -> None:
    """What is handed on is that of the tests, with something more; else a child may import another copy."""
    given = list(environments())
    assert len(given) >= 6
    assert [(path, value) for path, value in given if "os.environ" not in value] == []


def environments() -> Iterator[tuple[str, str]]:
    """Yield what tests hand processes as their environment; of a name, what is put in it."""
    for path in sorted(HERE.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        named = {ast.unparse(t): ast.unparse(n.value) for n in nodes if isinstance(n, ast.Assign) for t in n.targets}
        for node in nodes:
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("subprocess.run", "subprocess.Popen"):
                said = (ast.unparse(k.value) for k in node.keywords if k.arg == "env")
                yield from ((path.name, named.get(one, one)) for one in said)


def either() -> set[str]:
    """Return the assertions of all tests that hold where one of two things does."""
    found = set()
    for path in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or):
                found.add(f"{path.relative_to(HERE).as_posix()}: {ast.unparse(node.test)}")
    return found


def test_no_assertion_is_content_with_either_of_two_things() -> None:
    assert either() == set(), "say which of the two it is"
