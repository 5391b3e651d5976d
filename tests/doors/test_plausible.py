"""A number that no honest record has is asked: unknown, with its bounds, until somebody confirms it for that record."""

from __future__ import annotations

import json
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import safety_rules as sr
from doors.contents import ACCIDENTS, BEST, DEATHS, GOOD, INVESTED, LAND, OPEN
from doors.through import as_arrow, nested
from safety_rules.cli.main import cli
from safety_rules.engines.compiled.fast import fast
from safety_rules.language.acceptance import Acceptance
from safety_rules.services.readers import plain_data

T26 = Path(__file__).parent / "ledgers" / "t26_yuan_typed.xlsx"
BY = {"by": "审查科", "why": "核对备案证，数无误", "day": "2020-09-30"}
CODE, KIND = "project.industry_code", "project.safety_category"
SUM = {"record": "光伏组件项目", "fact": INVESTED, "value": "60000000 万元", **BY}
PLOT = {"record": "光伏组件项目", "fact": "项目.用地面积", "value": "15", **BY}


@pytest.fixture(scope="module")
def area() -> sr.DatedArea:
    return sr.load().area("admission").on("2020-10-01")


def plain(area: sr.DatedArea, **change: Any) -> dict[str, Any]:
    """Return a good record in the form that the quick function takes, with other numbers."""
    found = plain_data(area.admit(GOOD))
    found["project"] |= {"safety_category": "none_of_these", "leased_area": None, "safety_acceptance": None, **change}
    return found


def interval(verdict: Any) -> tuple[str, str]:
    return verdict.at_best, verdict.at_worst


def test_the_problem_says_the_value_its_bounds_and_why_in_both_languages(area: sr.DatedArea) -> None:
    (problem,) = area.decide({**GOOD, LAND: 0.02}).problems
    assert (problem.code, problem.path) == ("implausible", LAND)
    assert problem.message.zh.startswith("用地面积填报为 0.02 亩，不像真实的数（通常在 0.5 亩 至 30000 亩 之间：")
    assert problem.message.en.startswith("Land area: 0.02 亩 is hardly right (expected from 0.5 亩 to 30000 亩: ")


def test_of_a_ratio_that_is_not_plausible_either_number_may_be_wrong(area: sr.DatedArea) -> None:
    verdict = area.decide({**GOOD, INVESTED: 900000})
    assert {p.path for p in verdict.problems} == {INVESTED, LAND}
    assert "亩均固定资产投资就是 60000 万元/亩" in verdict.problems[0].message.zh


def test_a_number_that_is_wrong_by_itself_does_not_accuse_another(area: sr.DatedArea) -> None:
    assert [p.path for p in area.decide({**GOOD, INVESTED: 60000000}).problems] == [INVESTED]


def test_a_number_that_no_rule_of_the_day_reads_is_in_a_ratio_all_the_same(area: sr.DatedArea) -> None:
    quick = fast(area.law, lambda data: None)
    assert quick is not None
    assert quick(plain(area)) is not None
    data = plain(area, leased_area=12)
    assert quick(data) is None
    assert {p.path for p in area.decide(data).problems} == {INVESTED, "project.leased_area"}


def test_two_facts_that_contradict_each_other_are_both_asked_and_no_quick_function_answers(area: sr.DatedArea) -> None:
    quick = fast(area.law, lambda data: None)
    assert quick is not None
    data = plain(area, safety_category="smelting")
    assert quick(data) is None
    verdict = area.decide(data)
    assert ({p.path for p in verdict.problems}, interval(verdict)) == ({CODE, KIND}, OPEN)
    assert area.decide(plain(area, safety_category="smelting", industry_code="3391")).problems == ()


@pytest.mark.parametrize(
    ("land", "answers"), [(0.5, True), (0.49, False), (30000, True), (30000.01, False), (31, True)]
)
def test_the_quick_function_declines_what_is_asked(area: sr.DatedArea, land: float, answers: bool) -> None:
    quick = fast(area.law, lambda data: None)
    assert quick is not None
    assert (quick(plain(area, land_area=land)) is not None) is answers


def test_a_confirmed_number_counts_for_its_record_and_value_alone(area: sr.DatedArea) -> None:
    typed = {**GOOD, INVESTED: 60000000}
    confirmed = area.accepting([SUM, PLOT])
    assert interval(area.decide(typed)) == OPEN
    assert interval(confirmed.decide(typed)) == BEST
    assert interval(confirmed.decide(nested(typed))) == BEST
    assert interval(confirmed.decide({**typed, INVESTED: 60000001})) == OPEN
    assert interval(confirmed.decide({**typed, "project.name": "别的项目"})) == OPEN
    assert interval(area.accepting([SUM]).decide(typed)) == OPEN  # the land is asked by the ratio


@pytest.mark.parametrize("name", ["", " ", "另一项目", "光伏组件项目"])
def test_a_confirmation_is_for_the_record_that_it_names_and_for_none_where_it_names_none(
    area: sr.DatedArea, name: str
) -> None:
    named = [
        Acceptance(name, fact, Fraction(n), "审查科", "无误", area.law.as_of)
        for fact, n in ((INVESTED, 60000000), (LAND, 15))
    ]
    typed = {**GOOD, INVESTED: 60000000}
    expected = BEST if name == "光伏组件项目" else OPEN
    assert interval(area.accepting(named).decide(typed)) == expected
    for engine in ("duckdb", "records"):
        decided = area.accepting(named).decide_table(as_arrow([typed]), engine=engine)
        assert [(r["at_best"], r["at_worst"]) for r in decided] == [expected]


def test_a_confirmed_number_stands_in_the_provenance_and_in_the_explanation(area: sr.DatedArea) -> None:
    verdict = area.accepting([SUM, PLOT]).decide({**GOOD, INVESTED: 60000000})
    stands = verdict.to_dict()["provenance"]["accepted"]
    assert stands[0] == {"record": "光伏组件项目", "fact": INVESTED, "value": "60000000", **BY}
    assert "已确认的数：固定资产投资 60000000 万元（审查科，2020-09-30，依据：核对备案证，数无误）" in verdict.explain(
        "zh"
    )
    assert json.dumps(stands)


def test_a_confirmed_number_of_a_list_and_a_law_that_travels(area: sr.DatedArea) -> None:
    deaths = {"record": "甲公司", "fact": f"{ACCIDENTS}.deaths", "value": 50000, **BY}
    data = {**GOOD, ACCIDENTS: [{**DEATHS, "deaths": 50000}]}
    assert [p.path for p in area.decide(data).problems] == [f"{ACCIDENTS}[0].deaths"]
    again = pickle.loads(pickle.dumps(area.accepting([deaths])))
    assert not again.decide(data).problems


def test_tables_take_confirmed_numbers_too(area: sr.DatedArea) -> None:
    rows = as_arrow([{**GOOD, INVESTED: n} for n in (9375.5, 60000000.0, 60000001.0)])
    for engine in ("duckdb", "records"):
        decided = area.accepting([SUM, PLOT]).decide_table(rows, engine=engine)
        assert [(r["at_best"], r["at_worst"]) for r in decided] == [BEST, BEST, OPEN]


def test_screen_and_explain_take_a_file_and_say_what_counted_and_what_did_not(tmp_path: Path) -> None:
    kept = tmp_path / "确认.csv"
    lines = [
        "对象,事实项,数值,确认人,依据,确认日期",
        "XM-2,项目.固定资产投资,60000000 万元,审查科,核对备案证,2020-09-30",
    ]
    lines += [
        "XM-2,项目.用地面积,15亩,审查科,核对红线图,2020-09-30",
        "XM-9,项目.用地面积,1亩,审查科,核对红线图,2020-09-30",
    ]
    kept.write_text("\n".join(lines), "utf-8")
    run = CliRunner().invoke(cli, ["screen", str(T26), "--on", "2020-10-01", "--accept", str(kept)])
    assert run.exit_code == 0
    assert "“XM-2”的固定资产投资 60000000 万元 已经确认" in run.output
    assert "已确认的“XM-9”用地面积 1 亩 没有用到" in run.output
    assert "准入　3" in run.output
    run = CliRunner().invoke(
        cli, ["explain", str(T26), "--id", "XM-2", "--on", "2020-10-01", "--accept", str(kept), "--all"]
    )
    assert "已确认的数：用地面积 15 亩" in run.output


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fact": "project.lend"}, "unknown-fact"),
        ({"fact": "project.site"}, "bounds"),
        ({"value": "许多"}, "not-a-number"),
        ({"value": "3 人"}, "wrong-unit"),
        ({"day": "昨天"}, "date"),
        ({"by": " "}, "empty-text"),
        ({"record": ""}, "empty-text"),
        ({"note": "x"}, "unknown-key"),
    ],
)
def test_a_confirmation_that_cannot_be_read_is_refused(area: sr.DatedArea, change: dict[str, str], code: str) -> None:
    with pytest.raises(sr.RuleFileError) as raised:
        area.accepting([{**SUM, **change}])
    assert [d.code for d in raised.value.diagnostics] == [code]


def test_figures_at_their_plausible_bounds_are_asked_by_sql_as_by_records(area: sr.DatedArea) -> None:
    lands, ratios = (0.49, 0.5, 15.0, 30000.0, 30000.01), (9375.5, 49999.99, 50000.0, 50000.01)
    rows = [{**GOOD, LAND: land, INVESTED: round(land * n, 4)} for land in lands for n in ratios]
    rows += [{**GOOD, INVESTED: n} for n in (3e7, 3e7 + 0.01)]
    rows += [
        {**GOOD, CODE: code, KIND: kind}
        for code in ("3825", "33", "3391", "3311")
        for kind in ("金属冶炼", "不属于", None)
    ]
    for row, data in zip(area.decide_table(as_arrow(rows), engine="duckdb"), rows, strict=True):
        record = area.admit(data)
        violated, undetermined, _ = area.masks(record)
        assert (row["violated"], row["undetermined"]) == (violated, undetermined), data
        assert row["problem"] is bool(record.problems)
