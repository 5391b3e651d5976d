"""One set of rules by every door of rules (folder, link, mount, installed pack, overlay file and folder) decides alike.

The data are hostile as well: each principle of admission holds whichever way its vocabulary came.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr

ONE = Path(__file__).parents[1] / "trust" / "one_of_each"
GOOD: dict[str, Any] = {
    "plant.name": "甲",
    "plant.mass": 3,
    "plant.grade": "low",
    "plant.events": [],
    "plant.alarms": [],
}
CONTENTS: tuple[dict[str, Any], ...] = (
    GOOD,
    {**GOOD, "plant.mass": 3.5},
    {**GOOD, "plant.mass": "4000 kg"},
    {**GOOD, "plant.mass": "约3"},
    {**GOOD, "plant.mass": "３"},
    {**GOOD, "plant.mass": 10**5000},
    {**GOOD, "plant.mass": -1},
    {**GOOD, "plant.mass": "待定"},
    {**GOOD, "单元.储量": 5},
    {**GOOD, "Plant.Mass": 5},
    {**GOOD, "plant.grade": "高"},
    {**GOOD, "plant.grade": "较高"},
    {**GOOD, "plant.events": "有2条"},
    {**GOOD, "plant.events": "无"},
    {**GOOD, "plant.events": [{"day": "2020-02-30"}, {"day": "2020年3月1日"}]},
    {**GOOD, "plant.event": [{"day": "2020-03-01"}]},
    {**GOOD, "plant.alarms": [{"day": "2020-03-01", "日期": "2020-03-02"}]},
    {},
)


def folder(made: Path) -> Path:
    shutil.copytree(ONE, made / "pack", ignore=shutil.ignore_patterns("overlay.yaml"))
    return made / "pack"


def link(made: Path) -> Path:
    (made / "link").symlink_to(folder(made), target_is_directory=True)
    return made / "link"


def mount(made: Path) -> Path:
    """Return a folder whose area is a mounted ConfigMap: links to files behind `..data`."""
    pack = folder(made)
    area = pack / "area"
    (area / "..2024").mkdir()
    (area / "..data").symlink_to("..2024", target_is_directory=True)
    for path in (p for p in area.glob("*.yaml")):
        shutil.move(path, area / "..2024" / path.name)
        path.symlink_to(f"..data/{path.name}")
    return pack


def installed(made: Path) -> str:
    """Return the name of a pack as a wheel leaves it: a module with rules, and the entry point that names it."""
    site = made / "site"
    shutil.copytree(folder(made), site / "one_of_each_pack" / "rules")
    (site / "one_of_each_pack" / "__init__.py").write_text("")
    told = site / "one_of_each-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: one-of-each\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[safety_rules.rulepacks]\none_of_each = one_of_each_pack\n")
    sys.path.insert(0, str(site))
    return "one_of_each"


DOORS: dict[str, Callable[[Path], Any]] = {"a link": link, "a mount": mount, "an installed pack": installed}


def answers(rules: sr.Rules) -> list[Any]:
    (key,) = rules.areas
    area = rules.area(key).on("2024-01-01")
    verdicts = [area.decide(c) for c in CONTENTS]
    return [
        (v.at_best, v.at_worst, sorted(p.code for p in v.problems), sorted(f.rule.key for f in v.findings), v.needs)
        for v in verdicts
    ]


def test_rules_by_every_door_decide_hostile_data_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "plainly").mkdir()
    expected = answers(sr.load(folder(tmp_path / "plainly")))
    assert len({repr(e) for e in expected}) > 5
    for name, door in DOORS.items():
        (tmp_path / name).mkdir()
        assert answers(sr.load(door(tmp_path / name))) == expected, name


def test_an_overlay_by_every_door_decides_hostile_data_alike(tmp_path: Path) -> None:
    pack, own = folder(tmp_path), tmp_path / "own"
    own.mkdir()
    shutil.copy(ONE / "overlay.yaml", own / "overlay.yaml")
    (tmp_path / "link.yaml").symlink_to(own / "overlay.yaml")
    expected = answers(sr.load(pack, overlay=ONE / "overlay.yaml"))
    assert expected != answers(sr.load(pack))
    for way in (own, tmp_path / "link.yaml", [own / "overlay.yaml"]):
        assert answers(sr.load(pack, overlay=way)) == expected, way
