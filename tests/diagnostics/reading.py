"""Reads the bad rule files: each `bad-CODE.yaml`, or folder, is added to a good rulebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.words.diagnostic import Diagnostic
from safety_rules.words.said import codes as codes_said

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGES = ROOT / "docs" / "diagnostics"
BASE = HERE.parent / "conformance" / "base"
SOURCE = ROOT / "src" / "safety_rules"
CODE = re.compile(r"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\.[a-z0-9-]+)?")
REPORTERS = {"error", "report", "wrong", "Diagnostic.of", "Diagnostic.doubt", "add", "Unusable"}
PLANTED = {"engine-differs"}  # its rule is right: a test of its own plants a wrong engine


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
    inside = first in (b"rule", b"derive", b"obligation", b"decision", b"invariants", b"exemptions")
    return with_files([RuleFileText("area/bad.yaml" if inside else "bad.yaml", data)])


def with_files(
    files: list[RuleFileText], overlays: list[RuleFileText] | None = None
) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return what comes of the good rulebook with more files."""
    return rulebook([*folder_files(BASE), *files], overlays or [])


def shown(diagnostics: list[Diagnostic]) -> str:
    """Return the diagnostics as the command line prints them."""
    return "\n\n".join(d.text() for d in diagnostics) + "\n"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that says something: where, the keys that it may give, and the slots that it fills in."""

    place: str
    reporter: str
    keys: frozenset[str]
    slots: frozenset[str]


def calls(*folders: str, reporters: Collection[str] = REPORTERS) -> Iterator[Call]:
    """Yield every call of a reporter in the source below the folders (or in the files), from its syntax trees."""
    for folder in folders:
        place = SOURCE / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node, function in _within(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in reporters:
                    slots = frozenset(s for k in node.keywords for s in _slots(k, function))
                    where = f"{path.relative_to(SOURCE).as_posix()}:{node.lineno}"
                    yield Call(where, _name(node.func), _keys(node, function), slots)


def _within(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield each node of a tree with the innermost function that it stands in."""
    waiting = [(tree, tree)]
    while waiting:
        node, function = waiting.pop()
        yield node, function
        inner = node if isinstance(node, ast.FunctionDef) else function
        waiting += ((child, inner) for child in ast.iter_child_nodes(node))


def codes(*folders: str) -> set[str]:
    """Return every code that the source below the folders (or in the files) can report."""
    return {key.partition(".")[0] for call in calls(*folders, reporters=REPORTERS | {"problem"}) for key in call.keys}


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(ast.Name(owner), "of" | "doubt" as name):
            return f"{owner}.{name}"
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _slots(keyword: ast.keyword, function: ast.AST) -> list[str]:
    """Return the slots that a keyword fills in: its own, those of a mapping written in the function, or `**`."""
    if keyword.arg is not None:
        return [keyword.arg]
    mappings = [v for v in _assigned(keyword.value, function) if isinstance(v, ast.Dict)]
    return [str(ast.literal_eval(k)) for m in mappings for k in m.keys if k is not None] or ["**"]


def _keys(call: ast.Call, function: ast.AST) -> frozenset[str]:
    """Return the keys that the first argument can be: written there, chosen there, or assigned in the function."""
    if not call.args:
        return frozenset()
    written = [call.args[0], *_assigned(call.args[0], function)]
    return frozenset(t for w in written for t in _texts(w) if CODE.fullmatch(t))


def _assigned(node: ast.expr, function: ast.AST) -> list[ast.expr]:
    """Return what is assigned in a function to the name that a node is."""
    if not isinstance(node, ast.Name):
        return []
    assigned = (n for n in ast.walk(function) if isinstance(n, ast.Assign))
    return [n.value for n in assigned if any(_name(t) == node.id for t in n.targets)]


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from (*_texts(body), *_texts(other))
        case ast.JoinedStr(values=[ast.Constant(value=str() as start), *_]) if start.endswith("."):
            yield from (f"{start}{v}" for v, own in codes_said()[start[:-1]].items() if isinstance(own, dict))
        case ast.Subscript(value=ast.Dict(values=values)):
            yield from (text for value in values for text in _texts(value))
