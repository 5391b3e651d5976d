"""Overlays stand on their own feet: own cases, cases of the base that change, and what is stale about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.test import command
from safety_rules.language.errors import RuleFileError
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import loaded
from safety_rules.services.cases import cases_of, run_cases
from safety_rules.services.chain_cases import chain_case

ROOT = Path(__file__).parents[2]
RULE = """
rule: few_deaths
title: {zh: 死亡人数, en: Deaths}
in_force: {from: 2018-01-01}
authority: [{source: statute, clause: 一}]
requires:
  few: {zh: 死亡人数不多, en: There are few deaths, that: sum(e.deaths for e in enterprise.events) < limit.deaths}
  short:
    zh: 期限不长
    en: The term is short
    that: project.term <= 12[月]
otherwise: {outcome: rejected}
cases:
  - case: two
    as_of: 2020-10-01
    given: {enterprise.events: [{deaths: 2}], project.term: 12 月}
    expect: satisfied
  - case: three
    but: {enterprise.events: [{deaths: 3}]}
    as_of: 2020-10-01
    expect: violated
    because: [few]
"""
OVERLAY = """
overlay: fewer
title: {zh: 本区标准, en: The district's}
parameters:
  limit.deaths:
    entries: [{from: 2000-01-01, value: "2", source: statute, clause: 二}]
"""
CHANGED = """
changes_cases:
  - {of: few_deaths, case: two, expect: violated, because: [few]}
  - {of: few_deaths, given: {project.term: {12 月: 11 月}}}
cases:
  few_deaths:
    - {case: one, as_of: 2020-10-01, given: {enterprise.events: [{deaths: 1}], project.term: 1 月}, expect: satisfied}
"""


def results(overlay: str) -> dict[str, tuple[str, ...]]:
    files = [
        *folder_files(ROOT / "tests" / "conformance" / "base"),
        RuleFileText("area/few_deaths.yaml", RULE.encode()),
    ]
    book = loaded(files, [RuleFileText("overlay.yaml", overlay.encode())])
    return {r.case: r.failures for r in run_cases(book) if r.of == "few_deaths"}


def test_a_case_that_an_overlay_changes_fails_until_the_overlay_says_to_what() -> None:
    assert {case: bool(failures) for case, failures in results(OVERLAY).items()} == {"two": True, "three": False}
    assert results(OVERLAY + CHANGED) == {"two": (), "three": (), "one": ()}


def test_a_wrong_expectation_of_an_overlay_fails_as_one_of_a_rule_does() -> None:
    wrong = CHANGED.replace("given: {enterprise.events: [{deaths: 1}]", "given: {enterprise.events: [{deaths: 5}]")
    assert results(OVERLAY + wrong)["one"] == ("expected satisfied, came to violated",)


@pytest.mark.parametrize(
    ("entry", "stale"),
    [
        ("{of: few_deaths, case: four, expect: violated}", "no case is called `four`"),
        ("{of: few_deaths, case: three, expect: violated, because: [few]}", "expects that already"),
        ("{of: few_deaths, given: {project.term: {13 月: 11 月}}}", "no case gives `13 月`"),
        ("{of: few_deaths, expect: violated}", "is not said"),
        ("{of: few_deaths}", "is not said"),
        ("{of: many_deaths, case: two, expect: violated}", "many_deaths"),
    ],
)
def test_an_entry_about_a_case_that_is_not_there_or_does_not_change_is_an_error(entry: str, stale: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        results(f"{OVERLAY}changes_cases:\n  - {entry}\n")
    assert [stale in d.text() for d in refused.value.diagnostics] == [True]


@pytest.mark.parametrize(
    ("figure", "entry"),
    [
        ("4", "{of: few_deaths, case: three, expect: satisfied}"),
        ("3", "{of: few_deaths, case: three, given: {project.term: {12 月: 13 月}}, because: [few, short]}"),
    ],
)
def test_another_status_takes_the_place_of_all_that_a_case_expected_and_a_part_of_that_part(
    figure: str, entry: str
) -> None:
    overlay = OVERLAY.replace('"2"', f'"{figure}"') + f"changes_cases:\n  - {entry}\n"
    assert results(overlay) == {"two": (), "three": ()}
    failing = results(
        overlay.replace("expect: satisfied", "expect: violated, because: [short]").replace("few, short", "short")
    )
    assert {case: bool(failures) for case, failures in failing.items()} == {"two": False, "three": True}


def test_a_failed_case_shows_its_clauses_with_the_values_and_others_are_left_out_by_name(tmp_path: Path) -> None:
    for file in folder_files(ROOT / "tests" / "conformance" / "base"):
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(file.data)
    (tmp_path / "area" / "few_deaths.yaml").write_text(RULE.replace("expect: satisfied", "expect: violated"), "utf-8")
    said = CliRunner().invoke(command, [str(tmp_path), "-k", "few_deaths::tw"]).output
    assert "expected violated, came to satisfied" in said
    assert "few_deaths.yaml:17:13: " in said, "where `expect:` stands"
    assert "few: true: " in said
    assert "short: true: Term 12 月" in said
    assert "1 case: 0 hold, 1 failed" in said
    told = CliRunner().invoke(command, [str(tmp_path), "-k", "::three", "--explain"]).output
    assert "few: false: " in told
    assert "few_deaths: note[case]: three: holds" in told
    assert "none is called `four`" in CliRunner().invoke(command, [str(tmp_path), "-k", "four"]).output


@pytest.mark.parametrize("name", ["456-另一口径", "名单规则-示例", "四个彻底-第五项", "本区确认示例"])
def test_the_cases_of_what_a_shipped_overlay_changes_hold(name: str) -> None:
    book = sr.load(overlay=ROOT / "examples" / "overlays" / f"{name}.yaml").rulebook
    of = {"land_investment_per_mu", "land_sales_per_mu", "land_tax_per_mu", "lease_investment_per_mu"}
    of |= {"lease_sales_per_mu", "lease_tax_per_mu", ""}
    failed: list[object] = []
    for key, case, run in cases_of(book, book.areas["admission"]):
        failed += [(key, case.title, failure) for failure in run()] if key in of else []
    chained = [chain for chain in book.chains if chain.key.startswith("yellow_list")]
    failed += [f for chain in chained for case in chain.cases for f in chain_case(book, chain, case)]
    assert not failed
