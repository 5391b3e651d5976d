"""What CI's verbs find is said in the language that is asked for, by every form, and known by a baseline in either."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from safety_rules.cli.main import cli
from safety_rules.loading.files import folder_files

PACK = Path(__file__).parents[2] / "examples" / "rulepack" / "src" / "example_district_rules" / "rules"
CHANGES = ("--coverage", "--mutate", "--mutate-data", "--propose")
PROSE = re.compile(r"(?<![\w.:/-])[a-z]{2,}(?: [a-z]{2,})+")


def untested(folder: Path) -> Path:
    """Write the example rules without any case."""
    for file in folder_files(PACK):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.data.decode().split("\ncases:")[0].rstrip() + "\n", "utf-8")
    (folder / "warehouse" / "cases.yaml").unlink()
    return folder


def said(words: list[str], language: str) -> str:
    """Return what a verb says in its own words: no place, line of source, key, name in quotes or YAML of a case."""
    done = CliRunner().invoke(cli, [*words, "-l", language])
    lines = [
        x
        for x in done.output.splitlines()
        if not re.match(r"\s*(\||\^|- case|as_of:|given:|[\w.]+: )|given:|\d* *\|", x)
    ]
    return re.sub(r"`[^`]*`|“[^”]*”|[a-z]+_[a-z_.]+|title=[a-z-]+|\[[a-z-]+\]", "", "\n".join(lines))


def commands(folder: Path) -> list[list[str]]:
    forms = ("text", "github")
    tried = [["test", str(folder), *CHANGES, "--format", form] for form in forms]
    changed = [
        ["impact", "--old", str(old), "--new", str(folder), "--format", form]
        for old in (PACK, folder)
        for form in forms
    ]
    return [*tried, *changed]


@pytest.mark.parametrize("number", range(6))
def test_findings_are_said_in_the_language_that_is_asked_for(number: int, tmp_path: Path) -> None:
    words = commands(untested(tmp_path))[number]
    chinese, english = said(words, "zh"), said(words, "en")
    assert (PROSE.findall(chinese), chinese != english) == ([], True)


@pytest.mark.parametrize("first", ["zh", "en"])
def test_a_baseline_knows_what_was_found_whatever_the_language(first: str, tmp_path: Path) -> None:
    words = ["test", str(untested(tmp_path / "rules")), *CHANGES[:2], "--baseline", str(tmp_path / "known.json")]
    left = list[list[str]]()  # of a veto nothing is ever known
    for language, more in ((first, ["--write-baseline"]), ("zh", []), ("en", [])):
        done = CliRunner().invoke(cli, [*words, *more, "-l", language, "--format", "json"])
        left.append([p["of"] for p in json.loads(done.output)["problems"]])
    assert left == [["batteries_are_sprinkled"] * len(left[0])] * 3


def test_what_a_baseline_holds_in_vain_is_said_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    words = ["test", str(untested(tmp_path / "rules")), "--baseline", str(known), "-l", "zh"]
    CliRunner().invoke(cli, [*words, "--coverage", "--write-baseline"])
    assert "现已查不出" in CliRunner().invoke(cli, words).output
