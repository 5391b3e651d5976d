"""`safety-rules prove` and `explain --gaps` as they are typed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner, Result

import safety_rules as sr
from proving.pack import FILES
from safety_rules.cli.main import cli
from safety_rules.services.proving.answers import Answer
from safety_rules.services.proving.asking import Limits
from safety_rules.services.proving.claims import invariant_proofs
from safety_rules.services.proving.prove import Task, proofs_of

ROOT = Path(__file__).parents[2]
WEAK = ("outcome: bad, veto: true", "outcome: fair")


def folder(path: Path, **changes: str | tuple[str, str] | None) -> Path:
    for name, text in FILES.items():
        change = changes.get(Path(name).stem, text)
        if change is None:
            continue
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(change if isinstance(change, str) else text.replace(*change), "utf-8")
    return path


def prove(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["prove", "--jobs", "1", *(str(a) for a in arguments)])


def test_what_holds_is_counted_and_exits_0(tmp_path: Path) -> None:
    ran = prove(folder(tmp_path))
    assert ran.exit_code == 0, ran.output
    assert ran.output.startswith("2 invariants and ")
    assert "lists of at most 3 records" in ran.output


def test_what_does_not_hold_exits_7_with_its_line_and_a_record_in_yaml(tmp_path: Path) -> None:
    ran = prove(folder(tmp_path, no_reaction=WEAK))
    assert ran.exit_code == 7
    assert "area/invariants.yaml:3:3: error[refuted]" in ran.output
    block = ran.output[ran.output.index("given:") :].split("\n/")[0].split("\n2 invariants")[0]
    given = yaml.safe_load(block)["given"]
    assert given["plant.reacts"] is True
    verdict = sr.load(tmp_path).area("area").on("2020-06-01").decide(given)
    assert verdict.at_best != "bad"


def test_the_formats_for_machines_hold_the_record_too(tmp_path: Path) -> None:
    rules = folder(tmp_path, no_reaction=WEAK)
    told = json.loads(prove(rules, "--format", "json").output)
    assert told["problems"][0]["code"] == "refuted"
    assert "plant.reacts: true" in told["problems"][0]["detail"]
    assert told["limits"] == {"items": 3, "seconds": 60.0}
    log = json.loads(prove(rules, "--format", "sarif").output)
    assert "plant.reacts: true" in log["runs"][0]["results"][0]["message"]["text"]
    suites = ElementTree.fromstring(prove(rules, "--format", "junit").output.split("\n", 1)[1])
    assert suites.get("failures") == str(len(told["problems"]))
    assert "::error file=" in prove(rules, "--format", "github").output


def test_no_invariants_is_an_error_unless_only_built_in_questions_are_asked(tmp_path: Path) -> None:
    rules = folder(tmp_path, invariants=None)
    ran = prove(rules)
    assert ran.exit_code == 7
    assert "0 invariants were checked" in ran.output
    assert prove(rules, "--built-in-only").exit_code == 0


def test_an_invariant_that_names_an_unknown_fact_is_a_diagnostic(tmp_path: Path) -> None:
    rules = folder(tmp_path, invariants=("when: plant.reacts", "when: plant.reactz"))
    ran = CliRunner().invoke(cli, ["check", str(rules)])
    assert ran.exit_code == 3
    assert "`plant.reactz` is not a known fact" in ran.output
    assert "did you mean `plant.reacts`?" in ran.output


def test_an_invariant_that_no_day_is_asked_on_fails(tmp_path: Path) -> None:
    rules = folder(tmp_path, invariants=("when: plant.reacts", "when: plant.reacts\n    until: 2000-01-01"))
    ran = prove(rules)
    assert ran.exit_code == 7
    assert "there is no day on which it could be asked" in ran.output


def test_an_answer_that_takes_too_long_is_not_decided_and_fails() -> None:
    book = sr.load().rulebook
    area = book.areas["major_hazard"]
    one = replace(area, invariants=tuple(i for i in area.invariants if i.key == "bounds_of_ratio"))
    proofs = list(invariant_proofs(book, one, Limits(1, 0.001)))
    assert {p.answer for p in proofs} == {Answer.UNDECIDED}
    assert not any(p.holds for p in proofs)
    assert "no answer within 0.001 seconds" in proofs[0].why.en


def test_an_overlay_that_lets_someone_in_is_found_by_stricter_than_base(tmp_path: Path) -> None:
    invariants = FILES["area/invariants.yaml"] + (
        "  overlay: {zh: 只会更严, en: The overlay is only stricter, stricter_than_base: true}\n"
    )
    rules = folder(tmp_path / "rules", invariants=invariants)
    overlay = tmp_path / "district.yaml"
    overlay.write_text(
        "overlay: district\ntitle: {zh: 区, en: District}\nparameters:\n  limit.mass:\n    entries:\n"
        "      - {from: 2020-01-01, value: 60, source: code, clause: 一}\n",
        "utf-8",
    )
    ran = prove(rules, "--overlay", overlay, "--area", "area")
    assert ran.exit_code == 7
    assert "The overlay is only stricter: does not hold" in ran.output
    assert prove(rules).exit_code == 0


def test_the_parts_run_in_processes_of_their_own(tmp_path: Path) -> None:
    rules = str(folder(tmp_path))
    tasks = [Task(rules, (), "area", part, Limits()) for part in ("built-in", "invariants")]
    alone, together = proofs_of(tasks, 1), proofs_of(tasks, 2)
    assert [(p.question.title, p.answer) for p in together] == [(p.question.title, p.answer) for p in alone]


def test_an_unknown_area_is_named(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["prove", str(folder(tmp_path)), "--area", "aera"])
    assert "there is no area `aera`" in str(ran.exception)


@pytest.mark.parametrize(
    ("language", "head", "last"),
    [
        ("zh", "要达到“准入”，一并调整的最小改动", "缺项另须补齐并符合要求"),
        ("en", "the smallest change together for `Admitted`", "what is missing has to be supplied as well"),
    ],
)
def test_explain_tells_the_cheapest_change_of_several_facts(language: str, head: str, last: str) -> None:
    ledger = ROOT / "examples" / "项目台账.xlsx"
    arguments = ["explain", str(ledger), "--row", "4", "--on", "2020-10-01", "-l", language, "--gaps"]
    weights = ["--weight", "项目.用地面积=300", "--weight", "项目.固定资产投资=1"]
    ran = CliRunner().invoke(cli, [*arguments, *weights])
    assert ran.exit_code == 0, ran.output
    assert head in ran.output
    assert last in ran.output.splitlines()[-1]


def test_a_weight_that_is_none_is_named() -> None:
    ledger = str(ROOT / "examples" / "项目台账.xlsx")
    ran = CliRunner().invoke(cli, ["explain", ledger, "--row", "4", "--gaps", "--weight", "land"])
    assert ran.exit_code == 2
    assert "write FACT=COST" in ran.output


def test_what_does_not_hold_is_told_in_chinese(tmp_path: Path) -> None:
    ran = prove(folder(tmp_path, no_reaction=WEAK), "-l", "zh")
    said = "area：中（fair）至差（bad）；不符合：no_reaction；待核实：not_too_much、staffed"
    assert f"# 记录，按2020-01-01的规定由定义作出：{said}\n" in ran.output
