"""Rules that follow their folder: whole or not at all, the last good ones kept, never a verdict from a mixture."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

import safety_rules as sr

RULES = Path(__file__).parents[2] / "tests/golden/rules"
GIVEN = {"project.site": "land", "project.land": 20, "project.invested": 5000}


@dataclass
class Clock:
    """A clock that goes on only when it is told to."""

    time: float = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(RULES, tmp_path / "rules")


def written(folder: Path, figure: str) -> None:
    """Write a figure into one file and then into the title of the rule that reads it: two files that belong together."""
    for name, pattern in (
        ("parameters.yaml", r'(2020-07-01, value: )"\w+"'),
        ("gate/invests_enough.yaml", r"(title: \{zh: )[^,]+"),
    ):
        path = folder / name
        text = re.sub(pattern, rf'\g<1>"{figure}"', path.read_text("utf-8"))
        with path.open("w", encoding="utf-8") as file:  # in two steps, as editors and copies do
            file.write(text[: len(text) // 2])
            file.flush()
            file.write(text[len(text) // 2 :])


def said(verdict: sr.Verdict) -> tuple[str, str]:
    """Return the figure that a verdict rests on, and the one in the title of its rule."""
    found = next(f for f in verdict.to_dict()["findings"] if f["rule"] == "invests_enough")
    return found["parameters"]["limit.intensity"]["value"], found["title"]["zh"]


def test_content_decides_once_it_stands_still(folder: Path) -> None:
    clock = Clock()
    rules = sr.live(folder, every=1, settle=2, clock=clock)
    first = rules.rules.rulebook
    assert rules.rules.rulebook is first
    (folder / "parameters.yaml").touch()
    clock.time = 10
    assert rules.rules.rulebook is first
    written(folder, "700")
    assert rules.rules.rulebook is first  # not looked at again within the second
    clock.time = 11
    assert rules.rules.rulebook is first  # seen, and not yet known to stand still
    clock.time = 12.5
    assert rules.rules.rulebook is first
    clock.time = 14
    assert said(rules.area("gate").on("2020-10-01").decide(GIVEN)) == ("700", "700")


def test_a_wrong_or_half_written_file_leaves_the_last_good_rules_with_its_diagnostics(folder: Path) -> None:
    clock = Clock()
    rules = sr.live(folder, every=0, settle=0, clock=clock)
    good, text = rules.rules.rulebook, (folder / "parameters.yaml").read_text("utf-8")
    (folder / "parameters.yaml").write_text(text[: len(text) // 2], "utf-8")
    assert not rules.look()
    assert rules.rules.rulebook is good
    assert rules.error
    assert any("parameters.yaml" in d.text("zh") for d in rules.diagnostics)
    assert "error" in repr(rules)
    (folder / "parameters.yaml").write_text(text, "utf-8")
    rules.look()
    assert (rules.diagnostics, rules.error) == ((), "")
    shutil.rmtree(folder)
    assert not rules.look()
    assert rules.error
    assert rules.area("gate").on("2020-10-01").decide(GIVEN).violated()


def test_a_folder_that_is_wrong_from_the_start_is_an_error(folder: Path) -> None:
    (folder / "parameters.yaml").write_text("parameters: [", "utf-8")
    with pytest.raises(sr.RuleFileError):
        sr.live(folder)


def test_threads_never_see_a_mixture(folder: Path) -> None:
    clock, done, seen = Clock(), Event(), set()
    written(folder, "500")
    rules = sr.live(folder, every=0, settle=1, clock=clock)

    def asks() -> int:
        count = 0
        while not done.is_set():
            seen.add(said(rules.area("gate").on("2020-10-01").decide(GIVEN)))
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(asks) for _ in range(4)]
        for figure in ("600", "700", "800", "900"):
            written(folder, figure)
            rules.look()
            clock.time += 2  # the content stood still that long
            rules.look()
        done.set()
        assert all(a.result() for a in asking)
    assert all(figure == title for figure, title in seen)
    assert said(rules.area("gate").on("2020-10-01").decide(GIVEN)) == ("900", "900")
