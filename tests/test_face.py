"""The face: a few sorted names, each importable, and an import that costs little."""

from __future__ import annotations

import subprocess
import sys

import pytest

import safety_rules as sr

HEAVY = (
    "pydantic",
    "yaml",
    "rich",
    "click",
    "jsonschema",
    "duckdb",
    "z3",
    "pyspark",
    "hypothesis",
    "sqlglot",
    "durable",
)


def modules_after(code: str) -> set[str]:
    """Return the modules that a fresh interpreter holds after running the code."""
    program = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_names_are_sorted_and_few() -> None:
    assert sorted(sr.__all__) == sr.__all__
    assert len(sr.__all__) <= 40
    assert sorted(sr.__all__) == sorted(dir(sr))


@pytest.mark.parametrize("name", sr.__all__)
def test_every_name_can_be_imported(name: str) -> None:
    value = getattr(sr, name)
    assert value is not None
    if isinstance(value, type):
        assert value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        sr.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    held = modules_after("import safety_rules")
    assert not held & set(HEAVY)
    assert not {m for m in held if m.startswith("safety_rules.")} - {"safety_rules.version"}


def test_deciding_needs_no_terminal_and_no_proofs() -> None:
    held = modules_after("import safety_rules as sr\nsr.load().area('admission').on('2020-10-01').decide({})")
    assert not held & {"rich", "click", "z3", "duckdb", "pyspark", "hypothesis"}


def test_every_error_is_one_of_ours() -> None:
    errors = [v for v in map(sr.__dict__.get, sr.__all__) if isinstance(v, type) and issubclass(v, Exception)]
    assert len(errors) >= 5
    assert all(issubclass(e, sr.SafetyRulesError) for e in errors)
    with pytest.raises(sr.NotFoundError):
        sr.load().area("admision")
    with pytest.raises(sr.NotFoundError):
        sr.load().area("admission").on("2020-13-40")
    with pytest.raises(sr.RecordError):
        sr.load().area("admission").on("2020-10-01").decide([1, 2])  # type: ignore[arg-type]
