"""What `new` writes passes every check as it is, and nothing is overwritten; graphs, durations and the area that is meant."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner, Result

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.loading.folders import resolve_folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "my-rules"
    assert run("new", "pack", folder, "--zh", "仓库").exit_code == 0
    found = folder / "src/my_rules/rules"
    assert run("new", "area", found, "kitchen", "--zh", "厨房").exit_code == 0
    made = run("new", "rule", found, "warehouse", "has_alarm", "--zh", "有报警装置", "-l", "en")
    assert (made.exit_code, "has_alarm is in force from 20" in made.output) == (0, True)
    assert run("new", "overlay", folder / "local.yaml", "--rules", found).exit_code == 0
    return found


def test_what_is_new_passes_check_lint_test_and_prove(rules: Path) -> None:
    overlay = rules.parents[2] / "local.yaml"
    for more in ([], ["--overlay", overlay]):
        checked = run("check", rules, "--lint", *more)
        assert (checked.exit_code, checked.output.count("warning[")) == (0, 0), checked.output
    tested = run("test", rules, "--coverage", "--durations", 2)
    assert tested.exit_code == 0, tested.output
    assert tested.output.count(" ms  ") == 2
    proved = run("prove", rules, "--jobs", 1)
    assert proved.exit_code == 0, proved.output


def test_a_new_rule_leaves_the_verdicts_of_today_alone_and_asks_from_its_day(rules: Path) -> None:
    area, full = sr.load(rules).area("warehouse"), {"warehouse": {"name": "甲", "exits": 2}}
    rule = next(r for r in area.area.rules if r.key == "has_alarm")
    assert rule.in_force.since is not None
    assert area.on("2024-06-01").decide(full).outcome == "fit"
    assert area.on(rule.in_force.since).decide(full).outcome == "undetermined"


@pytest.mark.parametrize(
    "arguments",
    [
        ("pack", "{top}"),
        ("pack", "{top}/../Not-A-Name"),
        ("pack", "{top}/../other", "--area", "class"),
        ("pack", "{top}/../other", "--zh", "仓库（甲）"),
        ("area", "{rules}", "warehouse"),
        ("rule", "{rules}", "warehouse", "has_alarm"),
        ("rule", "{rules}", "warehuose", "x"),
        ("overlay", "{top}/local.yaml", "--rules", "{rules}"),
        ("overlay", "{top}/b.yaml", "--rules", "{rules}", "--figure", "limit.none"),
    ],
)
def test_what_cannot_be_new_writes_nothing(rules: Path, arguments: tuple[str, ...]) -> None:
    top = rules.parents[2]
    before = {p: p.read_bytes() for p in top.parent.rglob("*") if p.is_file()}
    result = run("new", *(a.format(top=top, rules=rules) for a in arguments))
    assert result.exit_code != 0
    assert {p: p.read_bytes() for p in top.parent.rglob("*") if p.is_file()} == before


def test_the_graph_names_what_a_rule_reads(rules: Path, tmp_path: Path) -> None:
    drawn = run("graph", rules, "--rule", "warehouse_has_exits", "-l", "zh").output
    assert "n0 --> n1" in drawn
    assert "仓库安全出口最少数量<br/>limit.warehouse_exits" in drawn
    assert run("graph", "--area", "major_hazard", "-o", tmp_path / "a.svg").exit_code == 0
    ET.parse(tmp_path / "a.svg")
    assert run("graph", rules, "--rule", "warehouse_has_exit").exit_code != 0


def test_the_area_is_the_only_one_or_has_to_be_named(rules: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "a.csv"
    ledger.write_text("名称,安全出口数\n甲,1\n", "utf-8")
    day = ["--on", "2024-06-01", "--row", 2]
    asked = run("explain", ledger, "--rules", rules, *day)
    assert asked.exit_code != 0
    assert "--area kitchen or warehouse" in asked.output + str(asked.exception)
    one = tmp_path / "one"
    assert run("new", "pack", one, "--zh", "仓库").exit_code == 0
    assert "限期整改" in run("explain", ledger, "--rules", one / "src/one/rules", *day).output


def test_watching_runs_again_when_a_file_changes(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vocabulary = rules / "kitchen" / "vocabulary.yaml"
    whole, looks = vocabulary.read_text("utf-8"), iter(["broken: [", None])

    def look(_: float) -> None:
        match next(looks, "stop"):
            case "stop":
                raise KeyboardInterrupt
            case text:
                vocabulary.write_text(text or whole, "utf-8")

    monkeypatch.setattr("time.sleep", look)
    output = run("check", rules, "--watch").output
    assert output.count("no errors") == 2
    assert output.count("waiting for a change") == 3


TUTORIAL = (Path(__file__).parents[2] / "docs/tutorials/developer.md").read_text("utf-8")


@contextmanager
def served(words: list[str]) -> Iterator[str]:
    """Run the service as it is typed, on a port that is free; yield its address. It is told to end, and ends well."""
    command = [sys.executable, "-m", "safety_rules", *words, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found is not None
        yield found[0]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def asked(line: str, address: str) -> Any:
    """Return what the service answers to a line of curl."""
    _, _, url, _, header, _, body = shlex.split(line)
    own = url.replace("http://127.0.0.1:8765", address)
    request = Request(own, body.encode(), dict([header.split(": ")]))
    with urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def test_what_the_tutorial_for_developers_tells_to_type_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```(\w*)\n(.*?)```", TUTORIAL, re.DOTALL | re.MULTILINE)
    assert [kind for kind, _ in blocks] == ["", "python", "", "", ""]
    (_, typed), (_, program), (_, serve), (_, curl), (_, replay) = blocks
    for line in typed.splitlines():
        done = run(*line.split()[1:])
        assert done.exit_code == 0, (line, done.output)
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
    with served(serve.split()[1:]) as address:
        told = [asked(line, address) for line in curl.splitlines()]
    assert [t["outcome"] for t in told] == ["fit", "undetermined"]
    again = run(*replay.split()[1:], "-l", "en")
    assert (again.exit_code, "2 come out the same" in again.output) == (0, True), again.output


@pytest.mark.parametrize("name", ["my_rules", "no_such_module"])
def test_a_packs_project_means_its_rules_wherever_a_folder_is_asked_for(name: str, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    run("new", "pack", pack / "my-rules", "--zh", "仓库")
    project = pack / "my-rules" / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace('my_rules = "my_rules"', f'my_rules = "{name}"'), "utf-8")
    own = name == "my_rules"
    assert (resolve_folder(project.parent) == project.parent / "src/my_rules/rules") is own
    assert (run("check", project.parent).exit_code == 0) is own
    project.write_text("not toml", "utf-8")
    assert resolve_folder(project.parent) == project.parent
