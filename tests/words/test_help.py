"""`--help` speaks the language of who asks, has all of it in Chinese, and fits 80 columns; a ledger names its language."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import click
import pytest
import xlsxwriter
from click.testing import CliRunner

from doors.reading import LEDGERS
from safety_rules.cli.helping import usage
from safety_rules.cli.main import cli
from safety_rules.formats.law_out import wide
from safety_rules.formats.written import written_in
from safety_rules.words.helped import texts_of_help


def verbs(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from verbs(found, *path, name)


CHINESE = os.environ | {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LANGUAGE": "", "PYTHONIOENCODING": "utf-8"}
VERBS = list(verbs(cli))


def texts() -> Iterator[str]:
    for path, command in VERBS:
        context = click.Context(cli, **cli.context_settings)
        context = click.Context(command, parent=context, info_name=path[0]) if path else context
        yield from (t for t in (command.help, command.short_help) if t)
        yield from (p.help for p in command.get_params(context) if isinstance(p, click.Option) and p.help)
    yield "Show this message and exit."


def test_every_text_of_help_has_its_chinese_and_none_is_left_over() -> None:
    assert {" ".join(t.split()) for t in texts()} == set(texts_of_help())


@pytest.mark.parametrize(("locale", "begins"), [("zh_CN.UTF-8", "用法："), ("en_US.UTF-8", "Usage: ")])
def test_help_fits_80_columns_in_its_language(locale: str, begins: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", locale)
    for path, _ in VERBS:
        made = CliRunner().invoke(cli, [*path, "-h"], prog_name="safety-rules")
        assert made.exit_code == 0
        assert [line for line in made.output.splitlines() if wide(line) > 80] == []
        assert made.output.startswith(begins)
        assert ("Show this message" in made.output) is (begins == "Usage: ")


@pytest.mark.parametrize(
    ("locale", "arguments", "begins"),
    [
        ("C.UTF-8", ["screen", "-h"], "用法："),
        ("C.UTF-8", ["check", "-h"], "Usage: "),
        ("zh_CN.UTF-8", ["check", "-h"], "用法："),
        ("en_US.UTF-8", ["screen", "-h"], "Usage: "),
        ("en_US.UTF-8", ["-l", "zh", "screen", "-h"], "用法："),
        ("en_US.UTF-8", ["-l", "zh", "rectify", "due", "-h"], "用法："),
        ("en_US.UTF-8", ["rectify", "-h", "-l", "zh"], "用法："),
        ("zh_CN.UTF-8", ["screen", "-l", "en", "-h"], "Usage: "),
        ("ko_KR.UTF-8", ["screen", "-h"], "用法："),
    ],
)
def test_an_option_goes_before_the_locale(
    locale: str, arguments: list[str], begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", locale)
    assert CliRunner().invoke(cli, arguments).output.startswith(begins)


@pytest.mark.parametrize("before", [["-l", "en", "rectify", "stats"], ["rectify", "-l", "en", "stats"]])
def test_a_language_before_the_verb_is_the_verbs_own(before: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    english = CliRunner().invoke(cli, [*before, str(LEDGERS / "r15_minimal.xlsx")])
    assert english.output.startswith("Hidden dangers as of ")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_takes_a_language(verb: tuple[tuple[str, ...], click.Command]) -> None:
    assert "language" in [p.name for p in verb[1].get_params(click.Context(verb[1]))]


@pytest.mark.parametrize(
    "words", [["test"], ["schemas", "--refer", "--check"], ["index", "--check"], ["format", "--check"]]
)
def test_rules_are_tested_and_kept_in_the_language_that_is_asked_for(words: list[str]) -> None:
    rules = str(Path(__file__).parents[1] / "trust" / "planted")
    before = CliRunner().invoke(cli, ["-l", "zh", *words, rules])
    after = CliRunner().invoke(cli, [*words, rules, "-l", "zh"])
    assert re.search("[\u4e00-\u9fff]", after.output), after.output
    assert before.output == after.output
    assert not re.search(r" cases|fresh:|is fresh|as they were", after.output)


def test_a_usage_line_names_its_arguments_in_chinese() -> None:
    lines = [usage(click.Context(command, info_name=" ".join(path) or "x"), "zh") for path, command in VERBS]
    assert [line for line in lines if re.search("[A-Z]{2}", line)] == []
    assert "document [选项] 文书名 [来源]" in lines
    made = run([sys.executable, "-m", "safety_rules", "screen"], capture_output=True, text=True, env=CHINESE)
    assert "缺少 台账（必填）" in made.stderr


@pytest.mark.parametrize("arguments", [[], ["rectify"], ["new"]])
def test_a_group_without_a_verb_answers_with_its_help_alone(arguments: list[str]) -> None:
    made = run([sys.executable, "-m", "safety_rules", *arguments], capture_output=True, text=True, env=CHINESE)
    assert made.returncode == 2
    assert made.stderr.startswith("用法：")
    assert "错误：" not in made.stderr
    assert "命令 [参数]" in made.stderr


def test_an_unknown_verb_of_a_group_is_answered_with_the_nearest() -> None:
    made = run([sys.executable, "-m", "safety_rules", "rectify", "du"], capture_output=True, text=True, env=CHINESE)
    assert "没有“du”这个命令；您是否要写“due”？" in made.stderr


def book(path: Path, *cells: str) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet("data").write_row(0, 0, cells)
    return path


@pytest.mark.parametrize(
    ("data", "language"),
    [
        ("企业名称,用地面积\n", "zh"), ("project.name,project.site\n", "en"), ('{"\\u4f01\\u4e1a": 1}', "zh"), ("", "en"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_tells_its_language(tmp_path: Path, data: str, language: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data.encode(encoding))
    assert written_in(path) == language


def test_a_workbook_tells_its_language_and_what_cannot_be_told_is_chinese(tmp_path: Path) -> None:
    assert written_in(book(tmp_path / "a.xlsx", "企业名称")) == "zh"
    assert written_in(book(tmp_path / "b.xlsx", "project.name")) == "en"
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert written_in(tmp_path / "c.xlsx") == "zh"


@pytest.mark.parametrize(("locale", "said"), [("C.UTF-8", "Admitted"), ("zh_CN.UTF-8", "准入")])
def test_a_ledger_in_english_is_answered_in_english_where_nothing_says_otherwise(
    tmp_path: Path, locale: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", locale)
    path = tmp_path / "a.csv"
    path.write_text("project.name,project.site\nA,land\n", "utf-8")
    assert said in CliRunner().invoke(cli, ["screen", str(path), "--on", "2020-10-01"]).output
