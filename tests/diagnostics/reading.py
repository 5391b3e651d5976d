"""Reads the bad rule files: each `bad-CODE.yaml`, or folder, is added to a good rulebook."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from safety_rules.language.diagnostic import Diagnostic
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.rulebook import RuleFileText, folder_files, rulebook

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGES = ROOT / "docs" / "diagnostics"
BASE = HERE.parent / "conformance" / "base"
SOURCE = ROOT / "src" / "safety_rules"
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
REPORTERS = {"error", "warning", "report", "wrong", "Diagnostic", "_at", "Unusable", "Problem"}


def bad_files() -> dict[str, Path]:
    """Return the bad files and folders by the code that they are there for."""
    found = [p for p in sorted(HERE.glob("bad-*")) if p.suffix != ".txt"]
    return {p.name.removesuffix(".yaml").removeprefix("bad-"): p for p in found}


def diagnosed(path: Path) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return what comes of a good rulebook with the bad file, or the files of the bad folder, added."""
    if path.is_dir():
        files = folder_files(path)
        overlays = [f for f in files if f.path == "overlay.yaml"]
        return with_files([f for f in files if f not in overlays], overlays)
    data = path.read_bytes()
    first = data.split(b":")[0]
    if first == b"overlay":
        return with_files([], [RuleFileText("bad.yaml", data)])
    inside = first in (b"rule", b"derive", b"obligation", b"invariants", b"exemptions")
    return with_files([RuleFileText("area/bad.yaml" if inside else "bad.yaml", data)])


def with_files(
    files: list[RuleFileText], overlays: list[RuleFileText] | None = None
) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return what comes of the good rulebook with more files."""
    return rulebook([*folder_files(BASE), *files], overlays or [])


def shown(diagnostics: list[Diagnostic]) -> str:
    """Return the diagnostics as the command line prints them."""
    return "\n\n".join(d.text() for d in diagnostics) + "\n"


def codes(*folders: str) -> set[str]:
    """Return every code that the source below the folders (or in the files) can report, found in its syntax trees."""
    found: set[str] = set()
    for folder in folders:
        place = SOURCE / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in REPORTERS:
                    found |= _code(node)
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _code(call: ast.Call) -> set[str]:
    """Return the first argument that is a code, where it stands before the message."""
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return {argument.value} if CODE.fullmatch(argument.value) else set()
    return set()
