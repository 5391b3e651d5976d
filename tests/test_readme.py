"""The README's code runs, its rule loads and its verbs exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from safety_rules.cli.exit_codes import ExitCode
from safety_rules.cli.main import VERBS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def ran(code: str) -> str:
    """Return what a program prints, run as a user of the checkout would."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("code", blocks("python"), ids=range(len(blocks("python"))))
def test_the_python_code_runs(code: str) -> None:
    assert ran(code) or "assert" in code


def test_the_first_code_says_what_is_missing() -> None:
    assert "尚差固定资产投资 0.01 万元" in ran(blocks("python")[0])


def test_the_rule_is_one_of_ours() -> None:
    written = blocks("yaml")[0].strip().splitlines()
    ours = (ROOT / "rules/admission/standards/land_investment_per_mu.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in written if line not in ours] == []


@pytest.mark.parametrize("line", [x for x in README.splitlines() if x.startswith("safety-rules ")])
def test_every_verb_exists(line: str) -> None:
    assert line.split()[1] in VERBS


def test_every_exit_code_is_in_the_table() -> None:
    rows = {int(n) for n in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert rows == {int(code) for code in ExitCode}


@pytest.mark.parametrize("program", ["import_in_another_system.py", "screen_projects.py", "check_in_ci.py"])
def test_the_example_programs_run(program: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / program)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
