"""The table of planted faults: each is caught by the tool made for it, which finds nothing before."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from safety_rules.cli.main import cli
from safety_rules.loading.files import folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.services.proving.answers import Answer
from safety_rules.services.proving.prove import prove_built_in

SOUND = Path(__file__).parent / "planted"
TABLE = (Path(__file__).parents[2] / "docs" / "planted-faults.md").read_text("utf-8")
ROW = re.compile(r"^\| ([^|]+) \| `([^`]+)` \| `([a-z]+)[^`]*` \| ([a-z-]+) \|$", re.MULTILINE)
ROWS = {fault: (file, tool, found) for fault, file, tool, found in ROW.findall(TABLE)}
HALF = """rule: half_a_deposit
title: {zh: 至少一半保证金, en: Half of the deposit at least}
in_force: {from: 2020-01-01}
authority: [{source: notice, clause: 一}]
requires:
  half: {zh: 不低于标准的一半, en: Not below half of the limit, that: yard.deposit >= limit.deposit / 2}
otherwise: {outcome: to_improve}
cases:
  - {case: 恰好, given: {yard.deposit: 25 万元}, expect: satisfied}
"""
EDITS = {
    "a weakened veto": ("{outcome: closed, veto: true}", "{outcome: closed}"),
    "a threshold off by one hundredth": ("value: 50,", "value: 50.01,"),
    "an overlap at 10": ("{below: 10,", "{at_most: 10,"),
    "a hole in 2022": (
        "- {from: 2020-01-01, value: 40, source: notice, clause: 一}\n      - {from: 2022-01-01,",
        "- {from: 2020-01-01, until: 2021-12-31, value: 40, source: notice, clause: 一}\n      - {from: 2023-01-01,",
    ),
    "a dropped clause": ("  is_guarded: {zh: 有人值守, en: It is guarded, that: yard.is_guarded}\n", ""),
    "元 for 万元": ("unit: 万元", "unit: 元"),
    "a rule shadowed by another": ("", HALF),
    "a stricter rule that quietly admits someone": (
        "that: yard.deposit >= limit.deposit}",
        "that: 'yard.deposit >= 2 * limit.deposit or yard.area < 100[m2]'}",
    ),
}


def copied(place: Path, fault: str = "") -> Path:
    """Return a copy of the sound pack, with a fault planted."""
    for file in folder_files(SOUND):
        path = place / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    if fault:
        file_, (old, new) = place / ROWS[fault][0], EDITS[fault]
        text = file_.read_text("utf-8") if file_.exists() else ""
        assert old in text
        file_.write_text(text.replace(old, new, 1) if old else text + new, "utf-8")
    return place


def findings(tool: str, pack: Path, sound: Path) -> set[str]:
    """Return what a tool finds in a pack."""
    if tool == "prove":
        return {p.question.code for p in prove_built_in(loaded(folder_files(pack))) if p.answer is Answer.REFUTED}
    command = {"impact": ["impact", "--old", str(sound), "--new", str(pack), "--only-stricter"]}
    done = CliRunner().invoke(cli, [*command.get(tool, [tool, str(pack)]), "--format", "json"])
    report: Any = json.loads(done.output)
    if tool != "impact":
        return {p["code"] for p in report["problems"]} if done.exit_code else set()
    return {w["effect"] for c in report["changes"] for w in c["witnesses"]} if done.exit_code == 5 else set()


def test_the_table_tells_every_fault_that_is_planted() -> None:
    assert set(ROWS) == set(EDITS)


@pytest.mark.parametrize("fault", EDITS)
def test_a_planted_fault_is_caught_by_the_tool_that_the_table_names(fault: str, tmp_path: Path) -> None:
    _, tool, expected = ROWS[fault]
    sound, faulty = copied(tmp_path / "sound"), copied(tmp_path / "faulty", fault)
    assert findings(tool, sound, sound) == set()
    assert expected in findings(tool, faulty, sound)


@pytest.mark.parametrize(
    "fault", ["a weakened veto", "a threshold off by one hundredth", "a dropped clause", "元 for 万元"]
)
def test_impact_tells_what_cases_would_find(fault: str, tmp_path: Path) -> None:
    sound, faulty = copied(tmp_path / "sound"), copied(tmp_path / "faulty", fault)
    done = CliRunner().invoke(cli, ["impact", "--old", str(sound), "--new", str(faulty), "--fail-on-change"])
    assert done.exit_code == 5
