"""Imports go down the layers, engines stand apart, and a third party appears only in its place."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "safety_rules"
LAYERS = (
    "version",
    "language",
    "words",
    "semantics",
    "loading",
    "formats",
    "engines",
    "tables",
    "services",
    "face",
    "answers",
    "web",
    "assistants",
    "lsp",
    "cli",
)
BESIDE = {
    "testing": "cli",
    "__init__": "cli",
    "__main__": "cli",
}  # may import from anywhere up to there, and nothing imports them
BASE = "sql"  # no engine of its own: the lowering that the table engines share
THIRD_PARTIES = {
    "pydantic": ("loading", "formats"),
    "pydantic_core": ("loading", "formats"),
    "yaml": ("loading",),
    "jsonschema": ("loading", "cli", "services", "formats"),
    "durable": ("engines/forward",),
    "hypothesis": ("testing",),
    "pytest": ("testing",),
    "z3": ("engines/smt",),
    "sqlglot": ("engines/sql", "engines/columnar", "engines/spark"),
    "duckdb": ("formats/duck", "engines/columnar", "tables"),
    "pyspark": ("engines/spark",),
    "pyarrow": ("engines/sql/records", "engines/columnar", "tables"),
    "polars": ("engines/columnar", "tables"),
    "pandas": ("engines/columnar", "tables"),
    "python_calamine": ("formats",),
    "xlsxwriter": ("formats",),
    "docx": ("formats",),
    "jinja2": ("formats", "web"),
    "starlette": ("web",),
    "anyio": ("web",),
    "mcp": ("assistants",),
    "pygls": ("lsp",),
    "lsprotocol": ("lsp",),
    "uvicorn": ("cli",),
    "click": ("cli",),
    "rich": ("cli",),
}
FILES = sorted(SOURCE.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each module that a file imports, and whether only for type checkers."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from ((f"{node.module}.{alias.name}", id(node) in for_types) for alias in node.names)


def home(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def rank(layer: str) -> int:
    return LAYERS.index(BESIDE.get(layer, layer))


def named(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def test_there_are_files_in_every_layer() -> None:
    assert {"language", "semantics", "engines", "loading", "face", "cli"} <= {home(p) for p in FILES}
    assert {home(p) for p in FILES} <= set(LAYERS) | set(BESIDE)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_imports_only_go_down(path: Path) -> None:
    assert [module for module, for_types in imports(path) if is_upwards(path, module, for_types)] == []


def is_upwards(path: Path, module: str, for_types: bool) -> bool:
    """Return whether a file imports a module from above it; the language may name a type of above."""
    parts = module.split(".")
    if parts[0] != "safety_rules":
        return False
    if parts[1:2] == ["testing"]:
        return home(path) not in ("testing", "cli", "services")
    layer = parts[1] if len(parts) > 1 and parts[1] in LAYERS else "face"
    return rank(layer) > rank(home(path)) and not (for_types and home(path) == "language")


def imported() -> dict[str, set[str]]:
    """Return for each file the files that it imports, lazily or only for type checkers as well."""
    files = {named(p).removesuffix(".py").removesuffix("/__init__").replace("/", "."): named(p) for p in FILES}
    found: dict[str, set[str]] = {}
    for path in FILES:
        for module, _ in imports(path):
            name = module.removeprefix("safety_rules.")
            at = files.get(name) or files.get(name.rpartition(".")[0])
            if at is not None and at != named(path):
                found.setdefault(named(path), set()).add(at)
    return found


def circle(start: str, edges: dict[str, set[str]]) -> set[str]:
    """Return the files on ways from a file back to it."""
    ahead = reached(start, edges)
    return {f for f in ahead if start in reached(f, edges)} if start in ahead else set()


def reached(start: str, edges: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    frontier = {start}
    while frontier:
        frontier = {n for f in frontier for n in edges.get(f, ())} - seen
        seen |= frontier
    return seen


def test_no_modules_import_each_other_in_a_circle() -> None:
    edges = imported()
    assert len(edges) > 200
    assert {frozenset(c) for f in edges if (c := circle(f, edges))} == set()


@pytest.mark.parametrize("path", [p for p in FILES if home(p) == "engines"], ids=named)
def test_no_engine_imports_another(path: Path) -> None:
    parts = path.relative_to(SOURCE).parts
    own = parts[1].removesuffix(".py")
    engines = {m.split(".")[2] for m, _ in imports(path) if m.startswith("safety_rules.engines.")}
    known = {"sql", own} if own != "__init__" else engines  # `sql` is the one lowering that DuckDB and Spark share
    assert engines <= known


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_third_party_appears_only_in_its_place(path: Path) -> None:
    others = {m.split(".")[0] for m, for_types in imports(path) if not (for_types and named(path) == "face.py")}
    others -= {"safety_rules", *sys.stdlib_module_names}
    misplaced = [t for t in others if not any(named(path).startswith(place) for place in THIRD_PARTIES.get(t, ()))]
    assert misplaced == [], "which no design names here"


def test_the_page_of_the_house_draws_these_floors_and_rooms() -> None:
    page = (SOURCE.parents[1] / "docs" / "architecture.md").read_text("utf-8")
    drawn = page.split("```text")[1].split("```")[0]
    floors = [
        next((i for i, row in enumerate(drawn.splitlines()) if f"{f}/" in row or f"{f}.py" in row), None)
        for f in LAYERS[1:]
    ]
    assert None not in floors
    assert sorted(floors, reverse=True) == floors
    rooms = {
        p.parent.name for p in FILES if len(p.relative_to(SOURCE).parts) == 3 and home(p) in ("semantics", "engines")
    }
    assert {r for r in rooms if f"{r}/" not in drawn} == set()


def test_no_script_beside_the_pages_has_the_name_of_a_module_of_python() -> None:
    """An editable installation lists them as modules of the package: pytest then warns of one that it has imported itself."""
    scripts = [p.stem for folder in ("docs", "rules") for p in (SOURCE.parent.parent / folder).rglob("*.py")]
    assert "build_site" in scripts
    assert sys.stdlib_module_names.isdisjoint(scripts)
