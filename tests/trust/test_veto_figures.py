"""A veto that an overlay empties through what it reads counts as switched off, whatever is silenced or waived."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from safety_rules.cli.main import cli
from trust.test_planted_faults import copied

VETO = """rule: a_deposit_is_there
title: {zh: 有保证金, en: There is a deposit}
in_force: {from: 2020-01-01}
authority: [{source: notice, clause: 四}]
requires:
  some: {zh: 保证金不低于标准, en: The deposit is not below the limit, that: yard.deposit >= limit.deposit}
otherwise: {outcome: closed, veto: true}
cases:
  - {case: 恰好, given: {yard.deposit: 50 万元}, expect: satisfied}
  - {case: 差一分, given: {yard.deposit: 49.99 万元}, expect: violated}
  - {case: 未填, given: {yard.deposit: unknown}, expect: undetermined}
"""
OVERLAY = """overlay: local_figures
title: {{zh: 本地标准, en: Local figures}}
parameters:
  limit.deposit:
    entries:
      - {{from: 2020-01-01, value: {first}, source: notice, clause: 一}}
      - {{from: 2022-01-01, value: {value}, source: notice, clause: 一}}
"""


def overlaid(place: Path, value: str, first: str = "40") -> tuple[Path, Path]:
    """Return a pack with a veto that reads a figure, and an overlay that gives another."""
    pack = copied(place / "pack")
    (pack / "area" / "a_deposit_is_there.yaml").write_text(VETO, "utf-8")
    overlay = place / "overlay.yaml"
    overlay.write_text(OVERLAY.format(value=value, first=first), "utf-8")
    return pack, overlay


@pytest.mark.parametrize(
    ("value", "first", "milder"),
    [("50", "40", False), ("51", "40", False), ("49", "40", True), ("0", "40", True), ("60", "39", True)],
)
def test_an_overlay_that_gives_a_veto_a_milder_figure_fails(
    value: str, first: str, milder: bool, tmp_path: Path
) -> None:
    pack, overlay = overlaid(tmp_path, value, first)
    done = CliRunner().invoke(cli, ["check", str(pack), "--lint", "--overlay", str(overlay)])
    told = [line for line in done.output.splitlines() if "veto-figure" in line]
    assert bool(told) is milder
    if milder:
        assert done.exit_code != 0
        assert "overlay.yaml:6:16" in told[0]
        assert "a_deposit_is_there" in told[0]
        assert "yard.deposit" in told[0]


def test_no_row_passes_fail_on_by_an_overlay_that_empties_a_veto(tmp_path: Path) -> None:
    pack, overlay = overlaid(tmp_path, "0")
    ledger = tmp_path / "ledger.csv"
    ledger.write_text("保证金,有爆炸物,有人值守\n50,否,是\n", "utf-8")
    asked = ["screen", str(ledger), "--rules", str(pack), "--area", "yard", "--on", "2024-06-01", "--fail-on", "closed"]
    assert CliRunner().invoke(cli, asked).exit_code == 0
    done = CliRunner().invoke(cli, [*asked, "--overlay", str(overlay)])
    assert done.exit_code == 5
    assert "a_deposit_is_there" in done.output
