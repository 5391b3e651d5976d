"""Chaining rules in `test`, `--mutate`, coverage, the index and overlays, as other rules are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.verdict import Reason
from safety_rules.services.cases import run_cases
from safety_rules.services.coverage import untried
from safety_rules.services.mutant_fate import survives
from safety_rules.services.mutants import mutants
from safety_rules.services.rule_index import index_page

OVERLAY = Path(__file__).parents[2] / "examples" / "overlays" / "名单规则-示例.yaml"
CODE = "91320991MAK3DGFBAG"  # generated; only its check character is right
PROJECT = {"project": {"id": "P1"}, "enterprise": {"credit_code": CODE}}
CLEAN = {"ledger.accidents": "无", "ledger.dangers": "无", "ledger.recorded_listings": "无"}
DAY = "2020-10-02"
HEAD = """
overlay: district
title: {zh: 示例, en: Example}
"""
CHAIN = """
chains:
  - chain: %s
    title: {zh: 示例, en: Example}
    in_force: {from: 2020-01-01}
    authority: [{source: zone_practice, clause: 示例, standing: assumed}]
    given: {d: {in: %s, zh: 有, en: one}}
    %s
    derives: {in: %s, with: {enterprise: d.enterprise}}
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return sr.load().rulebook


@pytest.fixture(scope="module")
def district() -> Rulebook:
    return sr.load(overlay=OVERLAY).rulebook


def effects(rules: sr.Rules, **ledger: Any) -> set[tuple[str, bool]]:
    admission = rules.area("admission").on(DAY)
    verdict = sr.with_history(admission, {**CLEAN, **{f"ledger.{k}": v for k, v in ledger.items()}}).decide(PROJECT)
    return {(str(f.values["effect"]), f.id in verdict.result.certain) for f in verdict.effects}


def overdue(count: int, deadline: str) -> list[dict[str, Any]]:
    return [
        {"id": f"Y{i}", "enterprise": CODE, "level": "一般", "deadline": deadline, "is_closed": "否"}
        for i in range(count)
    ]


def test_cases_of_chains_are_run_and_every_change_of_a_chain_is_noticed(book: Rulebook) -> None:
    keys = {c.key for c in book.chains}
    assert {r.of for r in run_cases(book, "rectification")} >= keys
    made = [m for m in mutants(book, "rectification") if m.of in keys]
    assert {m.of for m in made} == keys
    assert [m.text() for m in made if survives(m)] == []


def test_a_chain_whose_cases_try_nothing_is_named_and_its_changes_survive(book: Rulebook) -> None:
    from dataclasses import replace

    bare = tuple(replace(c, cases=()) if c.key == "yellow_listing" else c for c in book.chains)
    without = replace(book, chains=bare)
    named = [u.what.en for u in untried(without, "rectification") if u.of == "yellow_listing"]
    assert named == ["no case derives a record", "no case is nothing", "no case is undetermined"]
    assert all(survives(m) for m in mutants(without, "rectification") if m.of == "yellow_listing")


def test_the_index_lists_every_chain_with_what_it_derives(book: Rulebook) -> None:
    page = index_page(book)
    for chain in book.chains:
        assert f"]({chain.file}) `{chain.key}` |" in page
    assert "| 黑名单管理期满的移出" in page.replace("[", "")
    assert "| 名单 | 名单 | 期满移出 `ledger.removals` |" in page


def test_an_overlay_changes_a_figure_of_a_chain(district: Rulebook) -> None:
    rules = sr.load(overlay=OVERLAY)
    three = overdue(3, "2020-10-01")
    assert effects(sr.load(), dangers=three) == {("conditional", True)}
    assert effects(rules, dangers=three) == set()
    assert effects(rules, dangers=overdue(5, "2020-10-01")) == {("conditional", True)}


def test_an_overlay_switches_a_chain_off_with_its_reason(district: Rulebook) -> None:
    accident = {"id": "S1", "enterprise": CODE, "date": "2020-05-01", "deaths": 1, "serious_injuries": 0}
    accident |= {"direct_loss": 10, "is_penalised": "否"}
    assert effects(sr.load(), accidents=[accident]) == {("conditional", True)}
    assert effects(sr.load(overlay=OVERLAY), accidents=[accident]) == set()
    changes = {(c.what, c.key) for c in district.changes}
    assert ("switch_off", "yellow_list_by_general_accident") in changes
    assert ("chain", "yellow_list_by_long_overdue") in changes


def test_an_overlay_adds_a_chain_with_its_cases(district: Rulebook) -> None:
    own = [r for r in run_cases(district, "rectification") if r.of == "yellow_list_by_long_overdue"]
    assert [r.failures for r in own] == [()] * 7
    assert [m.text() for m in mutants(district, "rectification") if m.of.endswith("long_overdue") and survives(m)] == []
    assert [u.text() for u in untried(district) if u.of.endswith("long_overdue")] == []
    assert effects(sr.load(overlay=OVERLAY), dangers=overdue(1, "2020-09-01")) == {("conditional", True)}
    assert effects(sr.load(overlay=OVERLAY), dangers=overdue(1, "2020-09-02")) == set()


def test_an_overlay_confirms_a_chain_so_that_it_is_sure_enough(district: Rulebook) -> None:
    chain = next(c for c in district.chains if c.key == "project_of_yellow_listed")
    assert [(c.source, c.standing.name) for c in chain.authority] == [("example_list_rules", "local")]


def test_law_that_is_not_sure_enough_holds_the_verdict_open_and_names_the_rule() -> None:
    admission = sr.load().area("admission").on(DAY, "secondary")
    ledger = {**CLEAN, "ledger.dangers": overdue(3, "2020-10-01")}
    verdict = sr.with_history(admission, ledger).decide(PROJECT)
    assert {(f.values["effect"], f.id in verdict.result.certain) for f in verdict.effects} == {("conditional", False)}
    assert Reason("authority", "project_with_yellow_list_ground") in verdict.needs.can_change
    assert "规则 project_with_yellow_list_ground 的依据须经确认" in verdict.explain("zh")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("switch_off: {project_of_black_listed: {zh: 示例, en: Example}}\n", "veto-switched-off"),
        ("switch_off: {yellow_list_by_nothing: {zh: 示例, en: Example}}\n", "unknown-rule"),
        (CHAIN % ("yellow_listing", "ledger.dangers", "", "ledger.grounds"), "defined-twice"),
        (CHAIN % ("another", "ledger.nothing", "", "ledger.grounds"), "unknown-name"),
        (CHAIN % ("another", "ledger.dangers", "area: nowhere", "ledger.grounds"), "unknown-area"),
        (
            CHAIN
            % ("another", "ledger.dangers", "unless: {l: {in: ledger.effects, zh: 有, en: one}}", "ledger.grounds"),
            "chain-cycle",
        ),
    ],
)
def test_a_mistake_in_an_overlay_on_chains_is_a_diagnostic(tmp_path: Path, written: str, code: str) -> None:
    path = tmp_path / "district.yaml"
    path.write_text(HEAD + written, "utf-8")
    with pytest.raises(sr.RuleFileError) as error:
        sr.load(overlay=path)
    assert {d.code for d in error.value.diagnostics} == {code}
