"""Reports for machines: SARIF that fits the official schema, JUnit that adds up, annotations that GitHub reads."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from safety_rules.cli.main import VERBS, cli
from safety_rules.formats.report import Problem, Report, Suppressed, sarif, written
from safety_rules.language.diagnostic import SourceText, Span

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "sarif" / "sarif-schema-2.1.0.json").read_text("utf-8"))
ONE = HERE / "one_of_each"
CI = ROOT / "examples" / "ci"


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return four packs: one that cannot load, one whose case fails, one that is sound but doubtful, one stricter."""
    made = {}
    changes = {"broken": ("that: plant.grade", "that: plant.grad"), "failing": ("expect: due", "expect: not_due")}
    changes["stricter"] = ("plant.mass <= limit.mass", "plant.mass < limit.mass")
    for name in ("broken", "failing", "sound", "stricter"):
        place = tmp_path_factory.mktemp(name)
        for path in (p for p in ONE.rglob("*") if p.is_file() and p.name != "overlay.yaml"):
            target = place / path.relative_to(ONE)
            target.parent.mkdir(parents=True, exist_ok=True)
            old, new = changes.get(name, ("", ""))
            text = path.read_text("utf-8")
            target.write_text(text.replace(old, new) if old else text, "utf-8")
        made[name] = place
    return made


def commands(packs: dict[str, Path]) -> list[list[str]]:
    broken, failing, sound = (str(packs[k]) for k in ("broken", "failing", "sound"))
    return [
        ["check", broken],
        ["check", sound],
        ["check", sound, "--lint"],
        ["test", sound],
        ["test", failing, "--coverage", "--mutate"],
        ["impact", "--old", sound, "--new", failing],
        ["impact", "--old", sound, "--new", str(packs["stricter"])],
    ]


def said(command: list[str], form: str) -> str:
    done = CliRunner().invoke(cli, [*command, "--format", form])
    assert not isinstance(done.exception, Exception), done.exception
    return done.output


@pytest.mark.parametrize("number", range(7))
def test_every_verb_of_ci_speaks_every_format(packs: dict[str, Path], number: int) -> None:
    command = commands(packs)[number]
    plain = json.loads(said(command, "json"))
    errors = sum(p["level"] == "error" for p in plain["problems"])
    report = json.loads(said(command, "sarif"))
    assert [e.message for e in Draft202012Validator(SCHEMA).iter_errors(report)] == []
    results = report["runs"][0]["results"]
    assert len(results) == len(plain["problems"]) + len(plain["suppressed"])
    suites = ElementTree.fromstring(said(command, "junit"))
    cases = list(suites.iter("testcase"))
    assert (int(suites.attrib["tests"]), int(suites.attrib["failures"])) == (len(cases), errors)
    assert len(list(suites.iter("failure"))) == errors
    lines = [x for x in said(command, "github").splitlines() if x.startswith("::")]
    assert len(lines) == len(plain["problems"])
    assert all(re.match(r"^::(error|warning|notice) [^ :]*(title=[a-z-]+)::\S", x) for x in lines)


def test_prove_speaks_sarif_too() -> None:
    report = json.loads(said(["prove", str(HERE / "planted")], "sarif"))
    assert [e.message for e in Draft202012Validator(SCHEMA).iter_errors(report)] == []
    assert report["runs"][0]["results"][0]["ruleId"] == "no-invariants"


def test_the_official_schema_refuses_what_is_no_sarif() -> None:
    report = sarif(Report("check", (Problem("x", "error", "m", None),)))
    validator = Draft202012Validator(SCHEMA)
    assert validator.is_valid(report)
    report["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(report)


def hostile(count: int) -> Report:
    text = "规则<&>\"'\n：%,::\r\u0000\ud7ff𝒳" + "长" * 400
    at = Span(SourceText("区/规则 一,二:三.yaml", text), 3, 12)
    problem = Problem("unknown-name", "error", text, at, "帮助\n二", "规则")
    return Report("check", (problem,) * count, (text,), text, {}, (Suppressed(problem, "silence", text),))


def test_hostile_text_stays_inside_its_field() -> None:
    report = hostile(2)
    assert Draft202012Validator(SCHEMA).is_valid(json.loads(written(report, "sarif")))
    assert len(list(ElementTree.fromstring(written(report, "junit")).iter("failure"))) == 2
    annotations = [x for x in written(report, "github").split("\n") if x.startswith("::error ")]
    assert len(annotations) == 2
    assert all(x.count("::") >= 2 and "%2C" in x and "%3A" in x for x in annotations)
    assert len(json.loads(written(report, "json"))["problems"]) == 2


def runs(node: Any) -> list[str]:
    """Return every command line of ours in a CI file."""
    if isinstance(node, dict):
        return [x for v in node.values() for x in runs(v)]
    if isinstance(node, list):
        return [x for v in node for x in runs(v)]
    return [x.strip() for x in str(node).splitlines() if x.strip().startswith("safety-rules ")]


@pytest.mark.parametrize("path", sorted(CI.rglob("*.yml")), ids=lambda p: p.name)
def test_the_ci_files_are_yaml_and_their_commands_have_verbs_and_options(path: Path) -> None:
    data = yaml.safe_load(path.read_text("utf-8"))
    lines = runs(data)
    assert bool(lines) is (path.name != "workflow.yml")
    for line in lines:
        words = shlex.split(re.sub(r"\$\{[^}]*\}|>> .*|\|\| true", "", line).replace("$", "")
        )  # fmt: skip
        assert words[1] in VERBS
        known = CliRunner().invoke(cli, [words[1], "--help"]).output
        assert all(w in known for w in words if w.startswith("--")), line


def test_the_hooks_of_pre_commit_run() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert {h["id"] for h in hooks} == {
        "safety-rules-check",
        "safety-rules-test",
        "safety-rules-lock",
        "safety-rules-schemas",
    }
    for hook in hooks:
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        words = shlex.split(hook["entry"])[1:]
        known = CliRunner().invoke(cli, [words[0], "--help"]).output
        assert all(w in known for w in words[1:])
        if words[0] not in ("test", "lock"):
            done = CliRunner().invoke(cli, [*words, str(ROOT / "rules")])
            assert done.exit_code == 0, done.output


def test_check_says_it_in_chinese_where_it_is_asked_to(packs: dict[str, Path]) -> None:
    spoken = {
        language: CliRunner().invoke(cli, ["check", str(packs["broken"]), "-l", language]) for language in ("zh", "en")
    }
    assert "：错误[unknown-name]：“plant.grad”不是已有的事实项或参数\n" in spoken["zh"].output
    assert "= 建议：是否为“plant.grade”？\n" in spoken["zh"].output
    assert re.search("[0-9]+个文件：1处错误，0处提示\n$", spoken["zh"].output)
    assert "error" not in spoken["zh"].output
    assert ": error[unknown-name]: `plant.grad` is not a known fact or parameter\n" in spoken["en"].output
    assert {3} == {s.exit_code for s in spoken.values()}


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_reports_for_machines_are_in_english_unless_asked(packs: dict[str, Path], form: str) -> None:
    args = ["check", str(packs["broken"]), "--format", form]
    assert "is not a known fact or parameter" in CliRunner().invoke(cli, args).output
    chinese = CliRunner().invoke(cli, [*args, "-l", "zh"]).output
    assert "“plant.grad”不是已有的事实项或参数" in chinese
    assert "is not a known fact" not in chinese


@pytest.mark.parametrize(
    ("language", "says"), [("zh", "：错误[missing-key]：“waivers.1”里缺少“reason”"), ("en", ": error[missing-key]: ")]
)
def test_a_verb_answers_a_wrong_file_in_its_own_language(tmp_path: Path, language: str, says: str) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- {rule: a, subject: b, granted_by: c, until: 2020-01-01}\n", "utf-8")
    ledger = ROOT / "examples" / "项目台账.xlsx"
    ran = CliRunner().invoke(cli, ["screen", str(ledger), "--waivers", str(waivers), "-l", language])
    assert ran.exit_code == 3
    assert says in ran.output
