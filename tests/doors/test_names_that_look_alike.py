"""Every name that rule files give looks like no other: what looks like another is refused, whatever it names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.language.lookalikes import skeleton

PACK = Path(__file__).parents[1] / "trust" / "one_of_each"
FIGURE = "{zh: 别, en: X, called: 标准.别, kind: number, unit: t, entries: [{from: 2000-01-01, value: 5, source: statute, clause: 一}]}"
LINES: dict[str, tuple[str, str, str]] = {
    "a fact": ("vocabulary.yaml", "facts:\n", "facts:\n  plant.narne: {zh: 别名, en: Other, kind: text}\n"),
    "a field": ("vocabulary.yaml", "  plant.alarms:", "      d: {zh: 甲, en: X, kind: date}\n      d1: {zh: 乙, en: X, kind: date}\n"
                "      dl: {zh: 丙, en: X, kind: date}\n  plant.alarms:"),
    "a subject": ("vocabulary.yaml", "subjects:\n", "subjects:\n  p1ant: {zh: 另, en: Other}\n"),
    "a choice list": ("vocabulary.yaml", "choices:\n", "choices:\n  l1: {a: {zh: 甲, en: A}}\n  ll: {a: {zh: 甲, en: A}}\n"),
    "a format": ("vocabulary.yaml", "choices:\n", "formats:\n  a1: {zh: 甲, en: A, pattern: '[0-9]{3}', like: ['123'], not_like: ['1']}\n"
                 "  al: {zh: 乙, en: B, pattern: '[0-9]{4}', like: ['1234'], not_like: ['1']}\nchoices:\n"),
    "a parameter": ("parameters.yaml", "parameters:\n", f"parameters:\n  1imit.mass: {FIGURE}\n"),
    "the other name of a parameter": ("parameters.yaml", "parameters:\n",
                                      f"parameters:\n  limit.own: {FIGURE.replace('标准.别', '标准．Al')}\n"
                                      f"  limit.two: {FIGURE.replace('标准.别', '标准．A1')}\n"),
    "a source": ("sources.yaml", "sources:\n", "sources:\n  l: {title: {zh: 别, en: X}, standing: local}\n"
                 "  i1: {title: {zh: 别, en: X}, standing: local}\n  il: {title: {zh: 别, en: X}, standing: local}\n"),
    "a unit": ("units.yaml", "units:\n", "units:\n  т: {dimension: mass, scale: 2}\n  T1: {dimension: mass, scale: 3}\n"
               "  Т1: {dimension: mass, scale: 4}\n"),
    "a column of a table": ("quantity.yaml", "columns:\n", "columns:\n  arnount: {zh: 别, en: X, kind: number, unit: t}\n"),
    "an outcome": ("area/area.yaml", "outcomes:\n", "outcomes:\n  a1: {zh: 优, en: X}\n  al: {zh: 良, en: X}\n"),
    "a clause": ("area/light.yaml", "requires:\n", "requires:\n  a1: {zh: 重, en: X, that: 'plant.mass <= 1[t]'}\n"
                 "  al: {zh: 轻, en: X, that: 'plant.mass <= 2[t]'}\n"),
    "an invariant": ("area/invariants.yaml", "invariants:\n", "invariants:\n  rnass_is_mass: {zh: 别, en: X, always: plant.mass >= 0}\n"),
}  # fmt: skip
TWINS = ("light", "report", "banded", "alarm")


def pack(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Return a pack with one of everything, in which parts of files are others."""
    shutil.copytree(PACK, folder / "pack", ignore=shutil.ignore_patterns("overlay.yaml"))
    for name, old, new in changes:
        path = folder / "pack" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    return folder / "pack"


def alike(rules: Path, *overlays: Path) -> list[str]:
    """Return what rule files are refused for that concerns names that look alike."""
    with pytest.raises(sr.RuleFileError) as wrong:
        sr.load(rules, overlay=overlays)
    return [d.message for d in wrong.value.diagnostics if "looks like" in d.message]


@pytest.mark.parametrize("what", LINES)
def test_a_name_within_a_file_that_looks_like_another_is_refused(what: str, tmp_path: Path) -> None:
    assert {m.partition(" looks like ")[2] for m in alike(pack(tmp_path, LINES[what]))}


@pytest.mark.parametrize("what", TWINS)
def test_two_files_whose_names_look_alike_are_refused(what: str, tmp_path: Path) -> None:
    rules = pack(tmp_path)
    text = (rules / f"area/{what}.yaml").read_text("utf-8")
    for twin in ("a1", "al"):
        (rules / f"area/{twin}.yaml").write_text(text.replace(f": {what}\n", f": {twin}\n", 1), "utf-8")
    assert alike(rules) == ["`al` looks like `a1`, and is another name"]


def test_two_areas_whose_names_look_alike_are_refused(tmp_path: Path) -> None:
    rules = pack(tmp_path)
    for name in ("a1", "al"):
        text = (rules / "area/area.yaml").read_text("utf-8").replace("area: area", f"area: {name}", 1)
        (rules / name).mkdir()
        (rules / name / "area.yaml").write_text(text, "utf-8")
    assert alike(rules) == ["`al` looks like `a1`, and is another name"]


def test_two_tables_whose_names_look_alike_are_refused(tmp_path: Path) -> None:
    rules = pack(tmp_path)
    for name in ("l1", "ll"):
        text = (rules / "quantity.yaml").read_text("utf-8").replace("quantity\n", f"{name}\n", 1)
        (rules / f"{name}.yaml").write_text(
            text.replace("called: 临界量", f"called: 临界{len(name)}{ord(name[1])}"), "utf-8"
        )
    assert alike(rules) == ["`ll` looks like `l1`, and is another name"]


def test_two_overlays_or_sources_of_overlays_whose_names_look_alike_are_refused(tmp_path: Path) -> None:
    names, ways = ("district1", "districtl"), []
    for number, name in enumerate(names):
        text = f"overlay: {name}\ntitle: {{zh: 区, en: X}}\nsources:\n  own{'1l'[number]}: {{title: {{zh: 文, en: N}}, standing: local}}\n"
        ways.append(tmp_path / f"{name}.yaml")
        ways[-1].write_text(text + f"confirm: {{light: {{source: own{'1l'[number]}, clause: 一}}}}\n", "utf-8")
    assert len(alike(pack(tmp_path), *ways)) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("rule_1", "rule_l", True),
        ("rule_I", "rule_l", True),
        ("corner", "comer", True),
        ("Соde", "Code", True),
        ("Ｃode", "Code", True),
        ("O", "0", True),
        ("level_1", "level_2", False),
        ("用地", "用地面积", False),
    ],
)
def test_names_look_alike_as_the_standard_says(one: str, other: str, same: bool) -> None:
    assert (skeleton(one) == skeleton(other)) is same
