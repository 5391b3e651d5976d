"""A folder of rules is read whole or what is not read is named; its content alone decides whether it is read again."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.loading.files import folder_files
from safety_rules.loading.rulebook import rulebook

ROOT = Path(__file__).parents[2]
ONE = ROOT / "tests" / "trust" / "one_of_each"
RULE = "rule.yaml"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(ONE, tmp_path / "pack")
    (tmp_path / "pack" / "overlay.yaml").unlink(missing_ok=True)
    return tmp_path / "pack"


def moved(pack: Path, rule: str) -> Path:
    """Return a rule's file, moved out of its pack."""
    away = pack.parent / "away"
    away.mkdir(exist_ok=True)
    return Path(shutil.move(pack / rule, away / Path(rule).name))


def a_rule(pack: Path) -> str:
    return next(f.path for f in folder_files(pack) if f.data.startswith(b"rule:") or b"\nrule:" in f.data)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


SPECIAL: dict[str, Callable[[Path], None]] = {
    "a folder": lambda path: path.mkdir(),
    "a fifo": fifo,
    "a socket": unix_socket,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link that leads nowhere": lambda path: path.symlink_to("nowhere.yaml"),
}


@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_named_like_a_rule_and_cannot_be_read_is_an_error(kind: str, pack: Path) -> None:
    rule = a_rule(pack)
    moved(pack, rule)
    SPECIAL[kind](pack / rule)
    book, found = rulebook(folder_files(pack))
    assert book is None
    assert ("unreadable-file", rule) in {(d.code, d.at.source.name) for d in found}


def test_a_name_that_is_not_utf_8_is_an_error(pack: Path) -> None:
    rule = pack / a_rule(pack)
    os.rename(rule, os.path.join(os.fsencode(rule.parent), b"\xb9\xe6.yaml"))
    book, found = rulebook(folder_files(pack))
    assert book is None
    assert "unreadable-file" in {d.code for d in found}


@pytest.mark.parametrize("ending", [".YAML", ".Yml", ".yml"])
def test_an_ending_in_capitals_is_read(ending: str, pack: Path) -> None:
    rule = pack / a_rule(pack)
    expected = {f.data for f in folder_files(pack)}
    rule.rename(rule.with_suffix(ending))
    assert expected == {f.data for f in folder_files(pack)}


def test_a_rule_behind_a_linked_folder_is_read(pack: Path) -> None:
    rule = a_rule(pack)
    before = sorted(f.data for f in folder_files(pack))
    file = moved(pack, rule)
    (pack / Path(rule).parent / "linked").symlink_to(file.parent, target_is_directory=True)
    assert before == sorted(f.data for f in folder_files(pack))


def test_a_folder_that_links_to_itself_is_read_once(pack: Path) -> None:
    before = folder_files(pack)
    (pack / "loop").symlink_to(pack, target_is_directory=True)
    assert before == folder_files(pack)


def test_a_mounted_volume_is_read_once(pack: Path, tmp_path: Path) -> None:
    before = folder_files(pack)
    mount = tmp_path / "mount"
    mount.mkdir()
    shutil.copytree(pack, mount / "..2026_01_01")
    (mount / "..data").symlink_to("..2026_01_01", target_is_directory=True)
    for entry in pack.iterdir():
        (mount / entry.name).symlink_to(f"..data/{entry.name}", target_is_directory=entry.is_dir())
    assert before == folder_files(mount)


def sales(overlay: Path) -> tuple[str, ...]:
    record = {
        "project": {
            "site": "land",
            "land_area": 20,
            "fixed_asset_investment": 9000,
            "annual_sales": 100000,
            "annual_tax": 100000,
        }
    }
    return sr.load(overlay=overlay).area("admission").on("2020-10-01").decide(record).violated()


@pytest.mark.parametrize("door", ["file", "folder", "linked folder"])
def test_an_edited_overlay_is_read_anew_through_every_door(door: str, tmp_path: Path) -> None:
    folder = tmp_path / "overlays"
    folder.mkdir()
    file = folder / "a.yaml"
    text = (ROOT / "examples/overlays/456-另一口径.yaml").read_text("utf-8")
    file.write_text(text, "utf-8")
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    overlay = {"file": file, "folder": folder, "linked folder": tmp_path / "link"}[door]
    before, stamp = sales(overlay), file.stat()
    changed = text.replace("value: 400", "value: 600")
    assert len(changed) == len(text)
    file.write_text(changed, "utf-8")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # equal size and times: content alone tells
    assert before != sales(overlay)


def test_another_folder_of_the_same_relative_name_is_another_rulebook(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        shutil.copytree(pack, tmp_path / name / "rules")
    file = tmp_path / "two" / "rules" / a_rule(pack)
    stamp = file.stat()
    file.write_bytes(file.read_bytes().replace(b"en: ", b"en: X", 1)[: stamp.st_size])
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    monkeypatch.chdir(tmp_path / "one")
    first = sr.load("rules").rulebook.digest
    monkeypatch.chdir(tmp_path / "two")
    assert first != sr.load("rules").rulebook.digest
