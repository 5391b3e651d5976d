"""The built-in rules by every door of rules: a folder, a link, a mount, a pack, overlays, and the wheel that is built of all."""

from __future__ import annotations

import atexit
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import safety_rules as sr
from doors.through import Answer, Content, Judge, by_record

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
OVERLAY = """overlay: {name}
title: {{zh: 区, en: District}}
sources:
  {name}: {{title: {{zh: 文, en: Notice}}, standing: local}}
confirm:
  land_investment_per_mu: {{source: {name}, clause: 一}}
"""
IN_A_WHEEL = """
import pickle, sys
import safety_rules as sr
from doors.through import by_record
key, day, contents, site = pickle.load(sys.stdin.buffer)
assert sr.__file__.startswith(site), sr.__file__
found = by_record(lambda area, content: dict(content))(sr.load().area(key).on(day), contents, None)
sys.stdout.buffer.write(pickle.dumps(found))
"""


def by_rules(made: Callable[[Path], sr.Rules]) -> Judge:
    """Return a door of plain records, decided by rules that came in a way of their own."""

    @cache
    def rules() -> sr.Rules:
        return made(_kept(made.__name__))

    def judged(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
        own = rules().area(area.key).on(area.law.as_of)
        return by_record(lambda _, content: dict(content))(own, contents, folder)

    return judged


@cache
def _kept(name: str) -> Path:
    """Return a folder that lies there as long as the tests run."""
    folder = TemporaryDirectory(prefix="rules-by-")
    atexit.register(folder.cleanup)
    return Path(folder.name) / name


def a_folder(place: Path) -> sr.Rules:
    shutil.copytree(RULES, place)
    return sr.load(place)


def a_mount(place: Path) -> sr.Rules:
    """Return rules of which one folder is a mounted volume: links to files behind `..data`."""
    shutil.copytree(RULES, place)
    area = place / "admission"
    (area / "..2024").mkdir()
    (area / "..data").symlink_to("..2024", target_is_directory=True)
    for path in list(area.glob("*.yaml")):
        shutil.move(path, area / "..2024" / path.name)
        path.symlink_to(f"..data/{path.name}")
    (place.parent / "link").symlink_to(place, target_is_directory=True)
    return sr.load(place.parent / "link")


def an_overlay_file(place: Path) -> sr.Rules:
    place.mkdir(parents=True)
    (place / "own.yaml").write_text(OVERLAY.format(name="own"), "utf-8")
    return sr.load(overlay=place / "own.yaml")


def a_folder_of_overlays(place: Path) -> sr.Rules:
    place.mkdir(parents=True)
    for name in ("county", "town"):
        (place / f"{name}.yaml").write_text(OVERLAY.format(name=name), "utf-8")
    return sr.load(overlay=place)


@cache
def wheel() -> Path:
    """Return where the wheel of this checkout is unpacked, as an installer does; it is built once."""
    place = _kept("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = place.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(place / "site")
    return place / "site"


def by_wheel(area: sr.DatedArea, contents: Sequence[Content], folder: Path) -> list[Answer]:
    """Decide in a process that has the library and its rules from the wheel, and nothing of the checkout."""
    site = str(wheel())
    said = pickle.dumps((area.key, str(area.law.as_of), [dict(c) for c in contents], site))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((site, str(ROOT / "tests")))}
    run = [sys.executable, "-c", IN_A_WHEEL]
    done = subprocess.run(run, input=said, cwd=site, env=environment, check=True, capture_output=True)
    found: list[Answer] = pickle.loads(done.stdout)
    return found
