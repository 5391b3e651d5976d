"""A rulebook that is kept from an earlier process is the one that its files say, or it is not used."""

from __future__ import annotations

import dataclasses
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.language.rule import LaterCases
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading import kept as kept_books
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.folders import rules_folder
from safety_rules.loading.rulebook import loaded
from safety_rules.loading.stored import NotStored, restored, stored

FOLDER = Path(__file__).parents[1] / "trust" / "one_of_each"
SMALL = [f for f in folder_files(FOLDER) if f.path != "overlay.yaml"]
HERE = f"{FOLDER.as_posix()}/"
DAY = "2024-10-01"


@pytest.fixture(scope="module")
def small() -> Rulebook:
    """Return a rulebook of one area, read from its files."""
    return loaded(SMALL, (), HERE)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an empty cache that keeps even a small rulebook."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SAFETY_RULES_CACHE", str(folder))
    monkeypatch.setattr(kept_books, "WORTH_IT", 0)
    return folder


def kept() -> Rulebook | None:
    return kept_books.kept(SMALL, (), HERE)


def only(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def differences(a: Any, b: Any, path: str = "") -> Iterator[str]:
    """Yield where two things differ, however deep, in what compares equal as well: cases, and where each stands."""
    a = tuple(a) if isinstance(a, LaterCases) else a
    if type(a) is not type(b) and not path.endswith(".areas"):
        yield f"{path}: {type(a)} {type(b)}"
    elif dataclasses.is_dataclass(a):
        for f in dataclasses.fields(a):
            yield from differences(getattr(a, f.name), getattr(b, f.name), f"{path}.{f.name}")
    elif isinstance(b, dict):
        if list(a) != list(b):
            yield f"{path}: keys"
        for x, y in zip(a.items(), b.items(), strict=True):
            yield from differences(x, y, f"{path}[{x[0]}]")
    elif isinstance(b, tuple | list):
        if len(a) != len(b):
            yield f"{path}: length"
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from differences(x, y, f"{path}[{i}]")
    elif a != b:
        yield f"{path}: {a!r} {b!r}"
    if isinstance(b, str | dict | list) and hasattr(b, "at"):
        yield from differences(vars(a)["at"], vars(b)["at"], f"{path}.at")


def test_what_is_kept_says_all_that_the_files_say(small: Rulebook) -> None:
    texts = kept_books._texts(SMALL, (), HERE)
    again = restored(stored(small, texts), texts)
    assert next(differences(again, small), None) is None


def test_the_built_in_rules_have_a_kept_form_that_is_equal_to_them() -> None:
    files = folder_files(rules_folder())
    whole, texts = loaded(files), kept_books._texts(files, (), "")
    again = restored(stored(whole, texts), texts)
    assert again == whole
    for area in whole.areas:
        assert again.areas[area].cases == whole.areas[area].cases


def test_a_kept_rulebook_is_used_and_decides_the_same(cache: Path, small: Rulebook) -> None:
    assert kept() is None
    kept_books.keep(small, SMALL, (), HERE)
    again = kept()
    assert again == small
    assert again is not None
    key = next(iter(small.areas))
    verdicts = [sr.Rules(b).area(key).on(DAY).decide({}).to_dict() for b in (again, small)]
    assert verdicts[0] == verdicts[1]


def test_a_changed_file_is_another_rulebook(cache: Path, small: Rulebook) -> None:
    kept_books.keep(small, SMALL, (), HERE)
    changed = [RuleFileText(f.path, f.data + b"\n#") if i == 3 else f for i, f in enumerate(SMALL)]
    assert kept_books.kept(changed, (), HERE) is None
    assert kept_books.kept(SMALL, (RuleFileText("o.yaml", b""),), HERE) is None
    assert kept_books.kept(SMALL, (), "elsewhere/") is None


@pytest.mark.parametrize("damage", ["shorter", "one letter", "empty", "other form", "noise"])
def test_a_damaged_file_is_said_and_not_used(
    damage: str, cache: Path, small: Rulebook, caplog: pytest.LogCaptureFixture
) -> None:
    kept_books.keep(small, SMALL, (), HERE)
    file = only(cache)
    data = file.read_bytes()
    middle = len(data) // 2
    file.write_bytes(
        {
            "shorter": data[:middle],
            "one letter": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "empty": b"",
            "other form": data.replace(b"rulebook 1", b"rulebook 0", 1),
            "noise": os.urandom(4096),
        }[damage]
    )
    assert kept() is None
    assert "damaged" in caplog.text
    kept_books.keep(small, SMALL, (), HERE)
    assert kept() == small


def test_a_file_whose_digest_is_right_and_whose_rows_are_not_is_no_rulebook() -> None:
    from hashlib import sha256

    from safety_rules.loading.stored import FORM

    for body in (b"[]\n", b'["a"]\n{"classes":["os.system"],"values":[],"rows":[[0,0]],"root":0}\n', b"\n\n\n"):
        data = FORM + b" " + sha256(body).hexdigest().encode() + b"\n" + body
        with pytest.raises((NotStored, ValueError, LookupError, TypeError)):
            restored(data, {})


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes are POSIX's")
@pytest.mark.parametrize("what", ["file", "folder", "link", "owner"])
def test_what_others_may_write_is_said_and_not_used(
    what: str, cache: Path, small: Rulebook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_books.keep(small, SMALL, (), HERE)
    file = only(cache)
    match what:
        case "file":
            file.chmod(0o666)
        case "folder":
            cache.chmod(0o777)
        case "link":
            file.rename(cache.parent / "real")
            file.symlink_to(cache.parent / "real")
        case _:
            own = os.geteuid()
            monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    assert kept() is None
    assert ("is damaged" if what == "link" else "another's") in caplog.text


def test_where_nothing_can_be_kept_the_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Rulebook, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kept_books, "WORTH_IT", 0)
    caplog.set_level(logging.INFO)
    taken = tmp_path / "a file"
    taken.write_text("mine", "utf-8")
    for folder in (taken, taken / "below", tmp_path / "gone"):
        monkeypatch.setenv("SAFETY_RULES_CACHE", str(folder))
        if folder.name == "gone":
            monkeypatch.setattr(os, "replace", _refused)
        kept_books.keep(small, SMALL, (), HERE)
        assert kept() is None
    assert taken.read_text("utf-8") == "mine"
    assert list((tmp_path / "gone").iterdir()) == []
    assert "nothing can be kept" in caplog.text


def _refused(*_: object) -> None:
    raise PermissionError("read-only")


@pytest.mark.parametrize("off", ["", "off"])
def test_the_cache_can_be_switched_off(off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFETY_RULES_CACHE", off)
    assert kept_books.cache_folder() is None


def test_two_writers_leave_one_whole_file(cache: Path, small: Rulebook) -> None:
    if sys.platform == "win32":
        pytest.skip("forks")
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            for _ in range(3):
                kept_books.keep(small, SMALL, (), HERE)
            os._exit(0)
        children.append(child)
    seen = [kept() for _ in range(20)]
    assert {os.waitpid(c, 0)[1] for c in children} == {0}
    assert {b is None or b == small for b in seen} == {True}
    assert kept() == small
    assert only(cache).name.endswith(".rulebook")


def test_a_folder_of_rules_is_never_a_cache(cache: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    for file in SMALL:
        (rules / file.path).parent.mkdir(parents=True, exist_ok=True)
        (rules / file.path).write_bytes(file.data)
    before = sorted(rules.rglob("*"))
    sr.load(rules)
    assert before == sorted(rules.rglob("*"))
    assert only(cache).is_file()


def test_asked_again_a_law_is_the_same_object() -> None:
    area = sr.load(FOLDER).areas[0]
    first = sr.load(FOLDER).area(area).on(DAY)
    assert sr.load(FOLDER).area(area).on(DAY) is first
    assert sr.load(FOLDER).area(area).on("2024-10-02") is not first
    assert sr.load(FOLDER).area(area).on(DAY, "statute") is not first


def test_a_kept_rulebook_needs_no_reader_of_rule_files(tmp_path: Path) -> None:
    code = (
        "import sys, safety_rules as sr; from safety_rules.loading import kept; kept.WORTH_IT = 0;"
        f"rules = sr.load({str(FOLDER)!r}); rules.area(rules.areas[0]).on('{DAY}').decide({{}});"
        "print(sorted({'pydantic', 'yaml', 'safety_rules.loading.rulebook'} & set(sys.modules)))"
    )
    environment = {**os.environ, "SAFETY_RULES_CACHE": str(tmp_path / "cache")}
    said = [
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said == ["['pydantic', 'safety_rules.loading.rulebook', 'yaml']\n", "[]\n"]
