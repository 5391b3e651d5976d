"""A change of the rules that cannot even be tried is told, and fails; it is no proof that a case noticed it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.language.kinds import Name
from safety_rules.services import mutants
from safety_rules.services.mutant_fate import Fate, fate

PACK = Path(__file__).parent / "planted"


def test_a_mutant_that_cannot_be_tried_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    book = sr.load(PACK).rulebook
    without_figures = replace(book, parameters={})
    broken = mutants.Mutant("yard", "deposit_is_paid", Name("没有参数", "its figures are gone"), None, without_figures)
    came, why = fate(broken)
    assert came is Fate.BROKEN
    assert "limit.deposit" in why

    def only(*_: Any) -> list[mutants.Mutant]:
        return [broken]

    monkeypatch.setattr(mutants, "mutants", only)
    done = CliRunner().invoke(cli, ["test", str(PACK), "--mutate"])
    assert done.exit_code == 4
    assert "error[mutant-broken]: deposit_is_paid: cannot be tried: its figures are gone: KeyError" in done.output


def test_where_nothing_can_be_changed_the_run_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "mutants", lambda *_: [])
    done = CliRunner().invoke(cli, ["test", str(PACK), "--mutate"])
    assert done.exit_code == 4
    assert "error[no-mutants]" in done.output
