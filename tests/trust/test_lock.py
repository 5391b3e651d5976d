"""The lock of the sound state: each loss and each widening is named at its line, and taken only with a reason."""

from __future__ import annotations

import re
import shutil
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


ACCESS = Path(__file__).parents[2] / "examples" / "access"
WINTER, RESCUE = "冬季.yaml", "应急救援.yaml"
SWITCHED = "switch_off:\n  vehicles_are_light_enough: {zh: 另有规定, en: There is another rule}\n"
OVERLAY_EDITS = {
    "an own case deleted": (r"\ncases:\n.*", "\n", "lock-lost"),
    "a figure": ('value: "20:00"', 'value: "20:30"', "lock-altered"),
    "a standing": ("standing: local", "standing: secondary", "lock-altered"),
    "a rule switched off": ("changes_cases:", f"{SWITCHED}changes_cases:", "lock-widened"),
}


@pytest.mark.parametrize("fault", OVERLAY_EDITS)
def test_an_overlay_is_held_to_a_lock_of_its_own(fault: str, tmp_path: Path) -> None:
    old, new, code = OVERLAY_EDITS[fault]
    path, rules = tmp_path / WINTER, str(ACCESS / "rules")
    text = (ACCESS / "overlays" / WINTER).read_text("utf-8")
    path.write_text(text, "utf-8")
    asked = ["lock", rules, "--overlay", str(path)]
    assert run(*asked, "--check").exit_code == 3
    assert run(*asked).exit_code == 0
    assert run(*asked, "--check").exit_code == run("check", rules, "--overlay", str(path)).exit_code == 0
    path.write_text(re.sub(old, new, text, count=1, flags=re.DOTALL), "utf-8")
    done = run("check", rules, "--overlay", str(path))
    assert done.exit_code == 3
    assert f"[{code}]" in done.output
    assert run(*asked).exit_code == 3
    assert run(*asked, "--accept", "按新通知调整").exit_code == 0
    assert run("check", rules, "--overlay", str(path)).exit_code == 0
    assert "按新通知调整" in path.with_suffix(".lock").read_text("utf-8")


def test_a_new_exception_of_an_overlay_is_a_widening_and_a_folder_has_one_lock(tmp_path: Path) -> None:
    folder, rules = tmp_path / "district", str(ACCESS / "rules")
    folder.mkdir()
    (folder / WINTER).write_text((ACCESS / "overlays" / WINTER).read_text("utf-8"), "utf-8")
    assert run("lock", rules, "--overlay", str(folder)).exit_code == 0
    assert (folder / "rules.lock").is_file()
    (folder / RESCUE).write_text((ACCESS / "overlays" / RESCUE).read_text("utf-8"), "utf-8")
    told = run("check", rules, "--overlay", str(folder)).output
    assert "widened: exception `emergency_calls: vehicles_are_light_enough.emergency` is new" in told


def test_what_the_rules_below_an_overlay_gain_or_come_to_say_is_no_loss_of_it(tmp_path: Path) -> None:
    rules, path = tmp_path / "rules", tmp_path / WINTER
    shutil.copytree(ACCESS / "rules", rules)
    path.write_text((ACCESS / "overlays" / WINTER).read_text("utf-8"), "utf-8")
    assert run("lock", str(rules), "--overlay", str(path)).exit_code == 0
    night = rules / "access" / "nights_are_for_those_on_duty.yaml"
    case = "  - {case: 二十三点 · eleven, given: {来访.进入时刻: '23:00', 来访.岗位: 访客}, expect: violated}\n"
    night.write_text(night.read_text("utf-8") + case, "utf-8")
    sources = rules / "sources.yaml"
    own = path.read_text("utf-8")
    notice = own[own.index("  winter_notice:") : own.index("parameters:")]
    sources.write_text(sources.read_text("utf-8").rstrip("\n") + "\n" + notice, "utf-8")
    assert run("check", str(rules), "--overlay", str(path)).exit_code == 0
