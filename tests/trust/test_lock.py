"""The lock of the sound state: each loss and each widening is named at its line, and taken only with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from safety_rules.cli.main import cli
from trust.test_planted_faults import copied

AREA, RULE, DEPOSIT = "area/area.yaml", "area/explosives_are_kept_out.yaml", "area/deposit_is_paid.yaml"
EDITS = {
    "a case deleted": (
        RULE,
        "  - {case: 爆炸物未查明, but: {yard.has_explosives: unknown}, expect: undetermined}\n",
        "",
    ),
    "a case that expects less": (DEPOSIT, "expect: violated, gap: {yard.deposit: 0.01 万元}}", "expect: violated}"),
    "a veto weakened": (RULE, "outcome: closed, veto: true", "outcome: closed"),
    "a rule that starts later": (DEPOSIT, "in_force: {from: 2020-01-01}", "in_force: {from: 2020-01-02}"),
    "a figure": ("parameters.yaml", "value: 40,", "value: 4,"),
    "a standing altered": (DEPOSIT, "clause: 一}", "clause: 一, standing: assumed}"),
    "a quotation altered by one sign": (DEPOSIT, "clause: 一}", "clause: 一, quotation: 保证金应当足额缴纳。}"),
    "a source that ends": (
        "sources.yaml",
        "in_force: {from: 2020-01-01}",
        "in_force: {from: 2020-01-01, until: 2035-12-31}",
    ),
    "a bound dropped": ("vocabulary.yaml", "unit: 万元, minimum: 0}", "unit: 万元}"),
    "a heading that comes": (
        "vocabulary.yaml",
        "{zh: 保证金, en: Deposit,",
        "{zh: 保证金, en: Deposit, headings: [押金],",
    ),
    "an option spelled another way": ("vocabulary.yaml", "low: {zh: 低", "low: {zh: 低, aliases: [一般]"),
    "a sentence that people are told": (DEPOSIT, "title: {zh: ", "title: {zh: 不"),
    "an area's outcome by another name": (AREA, "closed: {zh: ", "closed: {zh: 不"),
    "a silence": (
        DEPOSIT,
        "rule: deposit_is_paid\n",
        "rule: deposit_is_paid\nsilence:\n  - {code: slow-rule, reason: 另有安排}\n",
    ),
}
QUIET = {"a heading that comes"}  # what comes and takes nothing away is no loss


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args))


def edited(pack: Path, fault: str) -> None:
    file, old, new = EDITS[fault]
    path = pack / file
    text = path.read_text("utf-8")
    assert old in text, text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("fault", EDITS)
def test_what_is_lost_or_widened_against_the_lock_is_named(fault: str, tmp_path: Path) -> None:
    pack = copied(tmp_path / "pack")
    if "quotation" in fault:
        path = pack / DEPOSIT
        path.write_text(
            path.read_text("utf-8").replace("clause: 一}", "clause: 一, quotation: 保证金应当足额缴纳；}"), "utf-8"
        )
        fault_text = EDITS[fault][2].replace("。", "；")
        assert fault_text in path.read_text("utf-8")
    assert run("lock", str(pack), "--check").exit_code != 0
    assert run("lock", str(pack)).exit_code == 0
    assert run("lock", str(pack), "--check").exit_code == 0
    assert run("check", str(pack)).exit_code == 0
    if "quotation" in fault:
        path.write_text(path.read_text("utf-8").replace("足额缴纳；", "足额缴纳。"), "utf-8")
    else:
        edited(pack, fault)
    done = run("check", str(pack))
    assert bool(done.exit_code) is (fault not in QUIET)
    assert ("[lock-" in done.output) is (fault not in QUIET)
    assert run("lock", str(pack)).exit_code == done.exit_code
    assert run("lock", str(pack), "--accept", "按新规定调整").exit_code == 0
    assert run("check", str(pack)).exit_code == 0
    assert "按新规定调整" in (pack / "rules.lock").read_text("utf-8")


def test_a_lock_that_is_edited_by_hand_is_told(tmp_path: Path) -> None:
    pack = copied(tmp_path / "pack")
    run("lock", str(pack))
    path = pack / "rules.lock"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("cases yard/explosives")), "utf-8")
    edited(pack, "a case deleted")
    assert "[lock-edited]" in run("check", str(pack)).output


def test_a_lock_is_the_same_wherever_the_rules_lie(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        pack = copied(tmp_path / name)
        run("lock", str(pack))
        texts.append((pack / "rules.lock").read_text("utf-8"))
    assert texts[0] == texts[1]


def test_without_a_reason_in_words_nothing_is_accepted(tmp_path: Path) -> None:
    pack = copied(tmp_path / "pack")
    assert run("lock", str(pack), "--accept", " ").exit_code == 2
    assert not (pack / "rules.lock").exists()


def test_a_lost_case_is_named_by_its_place_among_those_of_its_rule(tmp_path: Path) -> None:
    pack = copied(tmp_path / "pack")
    run("lock", str(pack))
    edited(pack, "a case deleted")
    told = run("check", str(pack)).output
    assert "of cases `yard/explosives_are_kept_out` some are gone or altered" in told
    assert told.count("[lock-") == 1


def test_rules_that_are_as_they_were_locked_are_not_looked_at_again(tmp_path: Path, monkeypatch: Any) -> None:
    """The lock says of which rules it is; one that is edited, or is of other rules, is held against them."""
    pack = copied(tmp_path / "pack")
    run("lock", str(pack))
    monkeypatch.setattr("safety_rules.services.lock._things", lambda *of: pytest.fail("looked at"))
    assert run("check", str(pack)).exit_code == 0
    (pack / "rules.lock").write_text((pack / "rules.lock").read_text("utf-8").replace("# rules ", "# rules 0"), "utf-8")
    with pytest.raises(pytest.fail.Exception):
        CliRunner().invoke(cli, ["check", str(pack)], catch_exceptions=False)
