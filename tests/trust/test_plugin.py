"""The pytest plugin: cases and properties of any rule folder as tests; silent until a folder is named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACK = ROOT / "examples" / "rulepack"
RULES = PACK / "src" / "example_district_rules" / "rules"


@dataclass
class Seen:
    """What a run of pytest inside this one reported."""

    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    uncollected: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.passed.append(report.nodeid)
        elif report.failed:
            self.failed[report.nodeid] = str(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.uncollected.append(str(report.longrepr))


def run(*args: str) -> tuple[int, Seen]:
    seen = Seen()
    options = ["-p", "safety_rules.testing.plugin", "-p", "no:cacheprovider", "-p", "no:terminal", "--capture=no"]
    return int(pytest.main([*options, *args], plugins=[seen])), seen


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the example rules, with settings of its own above it."""
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "rules"


def edited(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_every_case_and_property_of_a_named_folder_is_a_test(folder: Path) -> None:
    code, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules")
    assert (code, seen.failed, seen.uncollected) == (0, {}, [])
    cases = sum(f.read_text("utf-8").count("- case: ") for f in folder.rglob("*.yaml"))
    assert len(seen.passed) == cases + 6 + 2  # properties and invariants
    assert any("properties.py::wider_aisles_never_hurt" in name for name in seen.passed)


def test_nothing_is_collected_where_no_folder_is_named(folder: Path) -> None:
    code, seen = run("-c", str(folder.parent / "pytest.ini"), str(folder))
    assert (code, seen.passed, seen.failed) == (5, [], {})


def test_a_failed_case_shows_its_line_of_yaml(folder: Path) -> None:
    edited(folder, "parameters.yaml", "value: 1.4", "value: 1.5")
    _, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules", "-k", "aisles_are_wide")
    (text,) = (t for n, t in seen.failed.items() if "恰好" in n and "aisles" in n)
    assert (
        "aisles_are_wide.yaml:15:11: error[case-failed]: aisles_are_wide: expected satisfied, came to violated" in text
    )
    assert "  15 |   - case: 恰好 · exactly\n     |           ^^^^" in text


def test_a_broken_property_shows_the_record_and_the_rule(folder: Path) -> None:
    edited(folder, "warehouse/aisles_are_wide.yaml", ">= 标准", "<= 标准")
    _, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules", "-k", "wider")
    (text,) = seen.failed.values()
    assert "more `warehouse.aisle_width` makes it worse" in text
    assert "aisles_are_wide.yaml:10:11: error[property]" in text
    assert "given:\n" in text


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("warehouse/aisles_are_wide.yaml", "仓库.通道宽度 >=", "仓库.通道款度 >=", "unknown-name"),
        ("warehouse/properties.py", "import Example", "import nothing_like_this, Example", "nothing_like_this"),
        ("warehouse/properties.py", "rule_property(", "print(", "Error"),
    ],
)
def test_what_cannot_be_collected_is_an_error_with_its_reason(
    folder: Path, path: str, old: str, new: str, said: str
) -> None:
    edited(folder, path, old, new)
    code, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules", "-k", "nothing")
    assert code != 0
    assert any(said in text for text in seen.uncollected)


def test_an_area_without_cases_and_a_file_without_properties_fail(folder: Path) -> None:
    for file in (folder / "warehouse").glob("*.yaml"):
        text = file.read_text("utf-8")
        file.unlink() if file.name == "cases.yaml" else file.write_text(text.split("\ncases:")[0] + "\n", "utf-8")
    (folder / "warehouse" / "properties.py").write_text("", "utf-8")
    code, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules")
    assert code != 0
    assert any("no property stands here" in text for text in seen.uncollected)
    (folder / "warehouse" / "properties.py").unlink()
    code, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules")
    assert (code, list(seen.failed.values())) == (1, [f"{folder}/warehouse/area.yaml: no case was found for this area"])


def test_an_invariant_that_does_not_hold_shows_its_line_and_a_record(folder: Path) -> None:
    edited(folder, "warehouse/invariants.yaml", "never_better_than: closed", "never_worse_than: fit")
    _, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules", "-k", "batteries_burn or hurt")
    (text,) = seen.failed.values()
    assert "invariants.yaml:2:3: error[invariant]: `batteries_burn` refuted on " in text
    assert "given:\n" in text


def test_a_property_of_an_area_that_is_not_there_fails(folder: Path) -> None:
    edited(
        folder, "warehouse/properties.py", 'rule_property("warehouse", check=mon', 'rule_property("storage", check=mon'
    )
    _, seen = run("-c", str(folder.parent / "pytest.ini"), "--rules", "rules", "-k", "hurt")
    assert all("there is no area `storage`" in text for text in seen.failed.values())
    assert seen.failed


def test_a_folder_that_is_not_there_is_a_wrong_argument(folder: Path) -> None:
    assert run("-c", str(folder.parent / "pytest.ini"), "--rules", "nowhere")[0] == 4


def test_the_example_pack_of_a_third_party_tests_itself() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=PACK, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
