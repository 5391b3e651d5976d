"""Every code, rule, function and topic has a page, and SARIF names it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.formats.report import Problem, Report, written
from safety_rules.language.kinds import Name
from safety_rules.language.operators import FOLDS, FUNCTIONS
from safety_rules.language.rulebook import Change
from safety_rules.services.pages import docs_folder, page, reference, topics
from safety_rules.services.proving.answers import Answer

SOURCE = Path(sr.__file__).parent


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["help", *arguments])


def reported() -> set[str]:
    """Return the codes of problems that are written in the source."""
    found = {a.value for a in Answer} - {"proved", "accepted"}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Problem", "worded") and node.args:
                first = node.args[0]
                found |= {first.value} if isinstance(first, ast.Constant) else set()
    return found


def test_every_code_has_a_page() -> None:
    book = sr.load().rulebook
    assert len(reported()) > 15
    for code in reported():
        assert page(code, book, "en").startswith(f"# {code}"), code
    assert "band-gap" in topics()


def test_a_page_of_a_code_is_in_one_language() -> None:
    book = sr.load().rulebook
    for code, path in topics().items():
        if path.parent.name == "diagnostics":
            chinese, english = (page(code, book, language) for language in ("zh", "en"))
            assert re.search(r"\n## 怎样改\n\n(- )?[^#]*[\u4e00-\u9fff]", chinese), code
            assert not {"## Example", "## What to write"} & {*chinese.splitlines()}, code
            assert "\n## What to write\n" in english, code
            assert "错误[" not in english


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_a_page_with_its_law_and_logic(language: str) -> None:
    book = sr.load().rulebook
    for area in book.areas.values():
        for rule in area.rules[:3]:
            text = page(rule.key, book, language)
            assert rule.title.in_(language) in text
            assert all(c.text in text for c in (*rule.applies_when, *rule.requires))
            assert all(book.sources[c.source].title.in_(language) in text for c in rule.authority)


def test_the_reference_has_every_function() -> None:
    assert all(f"`{key}`" in reference() and f.name.zh in reference() for key, f in {**FOLDS, **FUNCTIONS}.items())
    assert run("合计").output == run("functions").output == reference()


def test_a_word_that_has_no_page_is_answered_with_the_nearest() -> None:
    assert "writing-rules" in run("-l", "en").output
    wrong = run("bnad-gap")
    assert wrong.exit_code != 0
    assert "`band-gap`" in str(wrong.exception)


def test_the_index_names_every_page_and_each_is_there() -> None:
    listed = run("--index").output
    for path in topics().values():
        assert f"({path.relative_to(docs_folder().parent).as_posix()})" in listed


def test_sarif_names_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report("check", (Problem("band-gap", "error", "x", None),), (), "", {}, ())
    rule = json.loads(written(report, "sarif", "en"))["runs"][0]["tool"]["driver"]["rules"][0]
    assert urlsplit(rule["helpUri"]).scheme == "urn"
    monkeypatch.setenv("SAFETY_RULES_DOCS", "https://docs.example/")
    rule = json.loads(written(report, "sarif", "en"))["runs"][0]["tool"]["driver"]["rules"][0]
    assert rule["helpUri"] == "https://docs.example/diagnostics/band-gap/"


def test_a_topic_is_told_in_the_language_that_is_asked_for() -> None:
    assert run("decision-log", "-l", "zh").output.startswith("# 决定记录")
    assert run("decision-log", "-l", "en").output.startswith("# The decision log")


@pytest.mark.parametrize(
    ("word", "language", "line"),
    [
        (
            "limit.accident_look_back",
            "zh",
            "- 规则：投资企业近十二个月未发生较大及以上事故（`admission`） `larger_accident`",
        ),
        ("标准.事故追溯期", "zh", "- 规则：投资企业近十二个月未发生较大及以上事故（`admission`） `larger_accident`"),
        ("enterprise.accidents.reaches_larger", "en", "(`admission`) `larger_accident`"),
        ("accident_reaches_larger", "en", "(`admission`) `larger_accident`"),
        ("ledger.accidents", "zh", "- 联动规则：事故按伤亡和直接经济损失定级（`rectification`） `accident_graded`"),
        ("accident_grade", "zh", "没有规则、推算规则、应办事项或联动规则读取本项"),
    ],
)
def test_a_fact_a_figure_and_a_derived_fact_have_a_page_with_who_reads_them(
    word: str, language: str, line: str
) -> None:
    text = page(word, sr.load().rulebook, language)
    head, _, read_by = text.partition("\n## 读取本项的规则\n" if language == "zh" else "\n## Read by\n")
    assert head.startswith("# ")
    assert line in read_by


def test_a_page_names_the_overlay_that_changed_a_rule_or_figure() -> None:
    book = sr.load().rulebook
    changed = Change("district", "parameter", "limit.accident_look_back", Name("改为24个月", "now 24 months"))
    book = replace(book, changes=(changed, replace(changed, what="rule", key="larger_accident")))
    for word in ("limit.accident_look_back", "larger_accident"):
        assert "## 叠加文件的改动\n\n- 改为24个月 `district`" in page(word, book, "zh")
        assert "## Changed by overlays\n\n- now 24 months `district`" in page(word, book, "en")
    assert "district" not in page("general_accident", book, "zh")
