"""The legal calendar: which law holds on a day, what rests on it, what is not covered, and what comes next."""

from __future__ import annotations

import datetime
import json
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules import answers
from safety_rules.cli.main import cli
from safety_rules.face import Rules
from safety_rules.formats.law_out import wide
from safety_rules.language.rule import Rule
from safety_rules.language.source import holds_on, is_later
from safety_rules.language.verdict import Status
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.decide import AreaOn, area_on, finding
from safety_rules.services.legal_calendar import boundaries

FIRST, LAST = datetime.date(2020, 1, 1), datetime.date(2026, 12, 31)
CODE, OLD = "ecology_and_environment_code", "environmental_assessment_law"


@cache
def rules() -> Rules:
    return sr.load()


def documents(day: str, area: str | None = "admission") -> set[str]:
    return {d.source.key for d in rules().law(day, area).documents if d.in_force}


def test_the_code_takes_the_place_of_the_assessment_law_on_its_first_day() -> None:
    assert {CODE, OLD} & documents("2026-08-14") == {OLD}
    assert {CODE, OLD} & documents("2026-08-15") == {CODE}
    turns = [(str(t.day), t.what, t.of.key) for t in rules().law("2026-08-14", "admission").next]
    gap = "environmental_catalogue_2026"
    assert turns[:3] == [("2026-08-15", "begins", CODE), ("2026-08-15", "begins", gap), ("2026-08-15", "ended", OLD)]


def test_what_rests_on_a_document_is_named_and_what_is_not_covered_is_said() -> None:
    law = rules().law("2026-11-29", "admission")
    resting = {r.key for d in law.documents if d.source.key == CODE for r in d.resting}
    assert "environmental_assessment_before_construction" in resting
    assert "industry_catalogue_2024_entries" in {n.key for n in law.not_covered}
    assert "industry_catalogue_2024_entries" not in {n.key for n in rules().law("2024-01-31", "admission").not_covered}


def test_a_document_that_ended_and_still_governs_is_told_apart() -> None:
    old = [d for d in rules().law("2024-01-01").documents if not d.in_force]
    assert [d.source.key for d in old] == ["joint_punishment_2017"]


def test_quotations_whose_clause_is_not_held_are_listed_and_those_that_lint_holds_are_not() -> None:
    told = {d["source"]: d["clauses"] for d in json.loads(asked("--json", "--on", "2026-06-01"))["quoted_without_text"]}
    assert "第四十九条第一款、第二款" in told["work_safety_law_2021"]
    assert not told.keys() & {f.stem for f in (Path(__file__).parents[2] / "rules" / "texts").glob("*.txt")}
    assert "须人工核对引文" in asked("--on", "2026-06-01", "--language", "zh")


def test_a_program_is_told_of_the_same_quotations_as_a_person() -> None:
    assert answers.law(rules(), "2026-06-01") == json.loads(asked("--json", "--on", "2026-06-01"))
    (source,) = (s for s in rules().law("2026-06-01").unread if s.key == "work_safety_law_2021")
    assert source.title.zh == "中华人民共和国安全生产法（2021年修正）"


def asked(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["law", *arguments], standalone_mode=False)
    assert result.exception is None, result.output
    return result.output


@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_lines_fit_80_columns(language: str) -> None:
    lines = asked("--on", "2026-08-14", "-l", language).splitlines()
    assert len(lines) > 60
    assert [line for line in lines if wide(line) > 80] == []


def test_as_json_it_holds_the_same_with_every_change_to_come() -> None:
    data = json.loads(asked("--on", "2026-08-14", "--area", "admission", "--json"))
    assert (data["day"], data["area"]) == ("2026-08-14", "admission")
    assert OLD in {d["source"] for d in data["documents"] if d["in_force_on_the_day"]}
    assert [t["source"] for t in data["next"] if t["day"] == "2026-08-15" and "source" in t] == [CODE, OLD]


def test_an_area_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(sr.NotFoundError, match="admission"):
        rules().law("2026-08-14", "admision")


def test_on_every_day_on_which_law_changes_each_area_has_law_or_says_what_it_lacks() -> None:
    book = rules().rulebook
    days = boundaries(book, FIRST, LAST)
    assert len(days) > 20
    for key in book.areas:
        for day in days:
            law, calendar = area_on(book, key, day), rules().law(day, key)
            assert law.rules, (key, day)
            assert {r.key for r in calendar.lapsed if r.kind == "rule"} == {r.key for r in law.rules if r.lapsed}
            for rule in (r for r in law.rules if r.lapsed):
                says = finding(rule, law.environment(admit({}, book.vocabulary))).status
                assert says in (Status.UNDETERMINED, Status.NOT_APPLICABLE), (key, day, rule.key)
            for holder in (*law.rules, *law.derivations.values(), *law.obligations):
                now = {c: book.sources[c.source] for c in holder.authority if not c.lapsed}
                ended = [c for c, s in now.items() if not holds_on(c, s, day) and not is_later(s, day)]
                assert ended == [], (key, day, holder.key)


QUARTERS = [datetime.date(year, month, 1) for year in range(2020, 2027) for month in (1, 4, 7, 10)]


def _says(rule: Rule, law: AreaOn) -> Status:
    """Return what a rule says of a record that tells nothing."""
    return finding(rule, law.environment(admit({}, law.rulebook.vocabulary))).status


def test_on_every_quarter_an_open_finding_asks_for_what_of_its_law_is_not_held() -> None:
    told = set()
    for key, day in ((key, day) for key in rules().areas for day in QUARTERS):
        missing = [n for n in rules().rulebook.not_covered if n.rules and key in n.areas and n.period.holds(day)]
        if {(key, n.key) for n in missing} - told:
            law = area_on(rules().rulebook, key, day)
            open_ = {r.key for r in law.rules if _says(r, law) is Status.UNDETERMINED}
            for n in missing:
                assert open_ & set(n.rules), (key, day, n.key)
                told.add((key, n.key))
    areas = {"admission", "hidden_danger", "major_hazard", "major_hazard_duties", "enterprise_duties"}
    assert {area for area, _ in told} == areas
    before = verdict_of_fire("2025-10-31")
    assert "GB 35181—2025（" not in before.explain("zh")


def verdict_of_fire(day: str) -> sr.Verdict:
    return rules().area("hidden_danger").on(day).decide({"danger": {"matters": ["消防"]}})


def test_the_three_lines_and_json_name_it_too_and_a_settled_finding_does_not() -> None:
    verdict, what = verdict_of_fire("2026-01-01"), "GB 35181—2025（重大火灾隐患判定规则）要素未读到"
    assert [line for line in verdict.brief("zh") if what in line] != []
    notes = {f["rule"]: f["note"] for f in verdict.to_dict()["findings"] if f["note"] is not None}
    assert what in notes["fire_2025_by_hand"]["zh"]
    lift = rules().area("hidden_danger").on("2026-01-01").decide({"danger": {"matters": ["特种设备"]}})
    assert lift.problems == ()
    assert what not in lift.explain("zh", ["fire_2025_by_hand"])
