"""Each sentence stands once, in both languages, with the same slots, and is said somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from safety_rules.words import catalog

SOURCE = Path(catalog.__file__).parent.parent
FILES = sorted(SOURCE.rglob("*.py"))
ASKS = {"_say", "sentence", "both", "texts", "statement"}
ENTRIES = {
    f"{area}.{variant}": entry
    for path in dict.fromkeys(catalog.areas().values())
    for area, variants in catalog.entries(path).items()
    for variant, entry in variants.items()
}


def slots(text: str) -> set[str]:
    return {found.partition(".")[0] for _, found, _, _ in Formatter().parse(text) if found is not None}


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_a_sentence_has_both_languages_with_the_same_slots(key: str) -> None:
    entry = ENTRIES[key]
    assert {"zh", "en"} == set(entry)
    if isinstance(entry["zh"], list):
        assert len(entry["zh"]) == len(entry["en"])
        return
    assert slots(entry["zh"]) == slots(entry["en"])
    assert entry["zh"].strip(" ")
    assert entry["en"].strip(" ")


def test_no_area_stands_in_two_files() -> None:
    found = [a for path in catalog.FOLDER.glob("*.toml") for a in catalog.AREA.findall(path.read_text("utf-8"))]
    assert len(found) == len(set(found))


def asked(node: ast.AST) -> Iterator[str]:
    """Yield the keys that an expression can be; the made part of a key is a `*`."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp():
            yield from asked(node.body)
            yield from asked(node.orelse)
        case ast.JoinedStr():
            yield "".join(v.value if isinstance(v, ast.Constant) else "*" for v in node.values)  # type: ignore[misc]


def keys_asked() -> Iterator[tuple[str, str]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ASKS:
                    yield from ((path.relative_to(SOURCE).as_posix(), key) for key in asked(node.args[0]))


def test_every_sentence_that_is_asked_for_exists() -> None:
    areas = catalog.areas()
    missing = []
    for path, key in keys_asked():
        area, dot, variant = key.partition(".")
        if (
            not dot
            or (area not in areas and "*" not in area)
            or ("*" not in variant and "*" not in area and key not in ENTRIES)
        ):
            missing.append((path, key))
    assert missing == []


def test_every_sentence_is_said() -> None:
    nodes = [n for path in FILES for n in ast.walk(ast.parse(path.read_text("utf-8")))]
    keys = {key for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr) for key in asked(node)}
    said = {k for k in ENTRIES if k in keys}
    for head, made, tail in (key.partition("*") for key in keys):
        if made and "." in head:
            said |= {k for k in ENTRIES if k.startswith(head) and k.endswith(tail)}
        elif made and not head and tail.startswith("."):  # the area is chosen by who asks, and named there
            said |= {k for k in ENTRIES if k.endswith(tail) and k.partition(".")[0] in keys}
    for path in SOURCE.rglob("*.html"):
        own = "web." if path.parent.parent.name == "web" else ""
        text = path.read_text("utf-8")
        said |= {own + key for key in re.findall(r"""(?:said|heads|texts)\(["']([\w.]+)["']""", text)}
    assert sorted(set(ENTRIES) - said) == []


SPELT = {
    "language/kinds.py": "a name gives its half",
    "language/record.py": "the colon of a problem: words stand above the record",
    "semantics/checking/format.py": "names of the rule language, not sentences",
    "services/formatting.py": "names of the rule language, not sentences",
}
"""Where a language is still chosen between outside words, and why; this list may only shrink."""


def chooses(node: ast.AST) -> bool:
    """Return whether a node chooses by language: a test of `zh` in an `if`, a dict by `zh` and `en`."""
    if isinstance(node, ast.If | ast.IfExp):
        asked_of = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
        named = any(isinstance(t, ast.Name) and t.id == "zh" for t in asked_of)
        return named or any(isinstance(t, ast.Constant) and t.value == "zh" for t in ast.walk(node.test))
    if isinstance(node, ast.Dict) and len(node.keys) == 2:
        both = all(isinstance(k, ast.Constant) for k in node.keys) and [k.value for k in node.keys] == ["zh", "en"]  # type: ignore[union-attr]
        return both and all(isinstance(v, ast.Constant | ast.Tuple | ast.JoinedStr) for v in node.values)
    return False


def test_no_code_outside_words_chooses_a_text_by_language() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in FILES
        if path.parent != catalog.FOLDER
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if chooses(node)
    }
    assert set(SPELT) == found


def test_a_counted_noun_stands_in_its_number() -> None:
    assert (
        catalog.filled("{rows:row|rows}, {to} of {rows:thing is|things are} open", {"rows": 1, "to": 1})
        == "1 row, 1 of 1 thing is open"
    )
    assert catalog.filled("{rows:row|rows}", {"rows": "12"}) == "12 rows"


@pytest.mark.parametrize("file", sorted(catalog.FOLDER.rglob("*.toml")), ids=lambda p: p.stem)
def test_every_counted_noun_is_written_in_both_numbers(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(catalog.COUNTED.findall(text)) == len(re.findall(r"\{\w+:[^\s{}]", text)), file
    assert catalog.COUNTED.findall("".join(line for line in text.split("\n") if "zh = " in line)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“达到“234”标准”一项，“甲”、“乙”", "“达到‘234’标准”一项，“甲”、“乙”"),
        ("“一“二“三”二”一”", "“一‘二“三”二’一”"),
        ("“开“了没有关”", "“开“了没有关”"),
        ("关”在前“开“了”", "关”在前“开“了”"),
    ],
)
def test_quotation_marks_inside_quotation_marks_are_single(text: str, said: str) -> None:
    assert catalog.filled("{text}", {"text": text}) == said
