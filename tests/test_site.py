"""The documentation site: every page is reached from the first one, in both languages, and every anchor is there."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from functools import cache
from pathlib import Path
from posixpath import normpath
from types import ModuleType
from typing import Any

import pytest

import safety_rules as sr

SCRIPT = Path(__file__).parents[1] / "docs" / "build_site.py"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@cache
def site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_site", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def pages(language: str) -> dict[str, str]:
    made: dict[str, str] = dict(site().sources(sr.load().rulebook, language))
    return {at: site().linked(text, at, made, language) for at, text in made.items() if at.endswith(".md")}


@cache
def links(language: str) -> dict[str, set[tuple[str, str]]]:
    """Return which page and anchor each page leads to, of those in its own language."""
    found: dict[str, set[tuple[str, str]]] = {}
    for at, text in pages(language).items():
        plain = re.sub("```.*?```", "", text, flags=re.DOTALL)
        targets = [t for _, t in site().LINK.findall(plain) if not re.match("[a-z]+:|#", t)]
        parts = [target.partition("#") for target in targets]
        found[at] = {(normpath(f"{at.rpartition('/')[0]}/{path}").lstrip("/"), anchor) for path, _, anchor in parts}
    return found


@LANGUAGES
def test_every_page_is_reached_from_the_first(language: str) -> None:
    reached, todo = {"index.md"}, ["index.md"]
    while todo:
        new = {page for page, _ in links(language)[todo.pop()]} - reached
        reached |= new
        todo += new
    assert (sorted(set(pages(language)) - reached), reached - set(pages(language))) == ([], set())


@LANGUAGES
def test_a_link_into_a_subjects_facts_finds_the_fact(language: str) -> None:
    wanted = {link for found in links(language).values() for link in found if link[0].startswith("facts/") and link[1]}
    assert len(wanted) > 500
    assert [(page, anchor) for page, anchor in wanted if f"{{ #{anchor} }}" not in pages(language)[page]] == []


@LANGUAGES
def test_the_side_of_a_page_holds_what_the_first_page_names(language: str) -> None:
    named: Any = tomllib.loads(f"nav = {site().contents(pages(language))}")["nav"]
    shown = [at for section in named[1:] for entry in next(iter(section.values())) for at in entry.values()]
    assert named[0] == "index.md"
    assert sorted(shown) == sorted(page for page, _ in links(language)["index.md"])
    assert [at for at in shown if at.startswith("tutorials/")] == shown[:4]
