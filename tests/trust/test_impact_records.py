"""With a ledger, each spelling, heading, unit, bound, row and sentence that leads elsewhere is told with the rows that
it touches.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from safety_rules.cli.main import cli
from trust.test_impact import RULE, folder

LEDGER = """项目.名称,方式,工序,投资,建筑面积,用地面积,员工,清洁,人群,从业人数
甲,购地,,8000,,20,6,是,,1
乙,征地,混合、搅拌,8001,300平方,20,6,是,1500,1
丙,征地,熔融,7000,300,20,6,是,20,1
丁,租赁,,100,,20,6,是,,
"""
ALIASED = [
    ("land: {zh: 征地, en: Own land}", "land: {zh: 征地, en: Own land, aliases: [购地]}"),
    ("mixing: {zh: 混合, en: Mixing}", "mixing: {zh: 混合, en: Mixing, aliases: [搅拌]}"),
]
FAULTS = {
    "an alias that leads to another option": (
        "vocabulary.yaml",
        ("aliases: [购地]", "aliases: []", "en: Leased}", "en: Leased, aliases: [购地]}"),
        ("spelling", "sites: 购地", ["land", "lease"], [2]),
    ),
    "an alias among several options of a cell": (
        "vocabulary.yaml",
        ("aliases: [搅拌]", "aliases: []", "en: Melting}", "en: Melting, aliases: [搅拌]}"),
        ("spelling", "steps: 搅拌", ["mixing", "melting"], [3]),
    ),
    "an alias that is lost": (
        "vocabulary.yaml",
        ("aliases: [购地]", "aliases: []"),
        ("spelling", "sites: 购地", ["land", "—"], [2]),
    ),
    "a heading that comes": (
        "vocabulary.yaml",
        ("{zh: 人群, en: Crowd,", "{zh: 人群, en: Crowd, headings: [从业人数],"),
        ("heading", "project: 从业人数", ["—", "project.crowd"], [2, 3, 4]),
    ),
    "a unit that is ten times as much": (
        "vocabulary.yaml",
        ("en: Invested, kind: number, unit: 万元", "en: Invested, kind: number, unit: 元"),
        ("fact", "project.invested", None, [2, 3, 4, 5]),
    ),
    "a plausible bound that widens": (
        "vocabulary.yaml",
        ("plausible: {maximum: 1000,", "plausible: {maximum: 2000,"),
        ("fact", "project.crowd", None, [3]),
    ),
    "a bound that nothing passes": (
        "vocabulary.yaml",
        ("en: Land, kind: number, unit: 亩, above: 0}", "en: Land, kind: number, unit: 亩, above: 1}"),
        ("fact", "project.land", None, []),
    ),
    "a sentence that is told of a violated rule": (
        "area/sample.yaml",
        ("dense: {zh: 强度,", "dense: {zh: 投资强度,"),
        ("sentence", "base/sample: requires.dense", None, [4]),
    ),
}


def edited(place: Path, file: str, edits: tuple[str, ...]) -> None:
    path = place / file
    text = path.read_text("utf-8")
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def impact(tmp_path: Path, file: str, edits: tuple[str, ...], *more: str) -> Any:
    """Return what `impact` says of a ledger, from rules with aliases to the same with an edit."""
    sides = [folder(tmp_path, name, RULE) for name in ("old", "new")]
    for side in sides:
        edited(Path(side), "vocabulary.yaml", tuple(part for pair in ALIASED for part in pair))
    edited(Path(sides[1]), file, edits)
    (tmp_path / "ledger.csv").write_text(LEDGER, "utf-8")
    asked = ["impact", "--old", sides[0], "--new", sides[1], str(tmp_path / "ledger.csv"), "--area", "base"]
    return CliRunner().invoke(cli, [*asked, "--on", "2020-10-01", *more])


@pytest.mark.parametrize("fault", FAULTS)
def test_what_leads_elsewhere_is_told_with_the_rows_that_it_touches(fault: str, tmp_path: Path) -> None:
    file, edits, (kind, key, leads, rows) = FAULTS[fault]
    done = impact(tmp_path, file, edits, "--format", "json", "--fail-on-change")
    told = {(one["kind"], one["key"]): one for one in json.loads(done.output)["leads"]}
    assert told[kind, key]["rows"] == rows
    assert leads in (None, told[kind, key]["leads"])
    assert done.exit_code == (5 if rows else 0)


def test_the_text_has_a_line_for_each_that_touches_a_row_and_counts_the_rest(tmp_path: Path) -> None:
    file, edits, _ = FAULTS["an alias that leads to another option"]
    said = impact(tmp_path, file, (*edits, "above: 0}", "above: 1}"), "-l", "zh").output
    assert "选项的写法  sites: 购地  land  lease  2" in said
    assert "另有 1 项改动，本台账没有记录涉及" in said
