"""Three lines of a verdict: what decides is told as what it is, a veto as a veto and a grade as a grade."""

from __future__ import annotations

from typing import Any

import pytest

import safety_rules as sr
from safety_rules.testing.passing import passing_record

RULES = sr.load()
VETO = "属一票否决事项，不能以其他条件抵消"
AMMONIA = {"单元.适用范围": "适用", "单元.厂外可能暴露人员数量": 100, "单元.化学品": [{"品名": "液氨", "存在量": 10}]}


def of_case(area: str, title: str) -> sr.Verdict:
    case = next(c for c in RULES.rulebook.areas[area].cases if title in c.title)
    return RULES.area(area).on(case.on).decide(dict(case.given))


def test_nothing_offsets_a_veto_though_another_rule_says_how_far_it_falls_short() -> None:
    admission = RULES.area("admission").on("2020-10-01")
    given: dict[str, Any] = {"project.site": "land", "project.land_area": 20, "project.has_chemical_reaction": True}
    record = passing_record(admission, given) | {"project.fixed_asset_investment": 9000}
    verdict = admission.decide(record)
    assert "land_investment_per_mu" in verdict.violated()
    assert verdict.clause_gaps != ()
    assert verdict.brief("zh")[2] == VETO


def test_a_veto_among_grades_is_told_as_a_veto() -> None:
    verdict = of_case("appraisal", "部门两起一般事故")
    said = verdict.brief("zh")
    assert verdict.outcome == "vetoed"
    assert said[1].startswith("主要原因：")
    assert said[2] == VETO
    assert "［department_accidents］不符合" in verdict.explain("zh")


def test_a_grade_is_reached_and_no_rule_is_broken() -> None:
    verdict = RULES.area("major_hazard").on("2026-11-29").decide(AMMONIA)
    said = verdict.brief("zh")
    assert said[1].startswith("定级理由：“分级指标R小于10”成立；“辨识指标S小于1”不成立")
    assert said[2] == "达到较优结果的差额：化学品第1条·存在量须减少 0.001 t（至多 9.999 t）"
    assert "不符合" not in verdict.explain("zh")
    assert "violated" not in verdict.explain("en")


def test_where_no_rule_applies_nothing_is_counted_as_asked() -> None:
    none = RULES.area("major_hazard_duties").on("2026-11-29").decide({"单元.适用范围": "采矿业"})
    count = len(none.findings)
    assert none.brief("zh")[1] == f"各项规定均不适用（共 {count} 项）"
    assert none.brief("en")[1] == f"no rule applies ({count} in all)"


@pytest.mark.parametrize("key", ["gas_04_1_permit", "chemical_15_safety_fittings"])
def test_a_reason_that_is_the_title_is_said_once(key: str) -> None:
    rule = next(r for r in RULES.rulebook.areas["hidden_danger"].rules if r.key == key)
    case = next(c for c in rule.cases if c.expect["expect"] == "violated")
    said = RULES.area("hidden_danger").on(case.on).decide(dict(case.given)).brief("zh")[1]
    assert said.startswith(f"主要原因：不符合“{rule.title.zh}”的要求")
    assert said.count(rule.title.zh) == 1


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("special_07_d_crane", "起重机械限制器，不符合“起重量限制器、起重力矩限制器、防坠安全器齐全有效”的要求；"),
        ("chemical_13_control_room", "“控制室、机柜间面向危险装置一侧满足防火防爆要求”一项，不符合“面向装置一侧"),
    ],
)
def test_a_reason_says_what_is_not_met_and_the_matter_once(key: str, said: str) -> None:
    rule = next(r for r in RULES.rulebook.areas["hidden_danger"].rules if r.key == key)
    case = next(c for c in rule.cases if c.expect["expect"] == "violated")
    line = RULES.area("hidden_danger").on(case.on).decide(dict(case.given)).brief("zh")[1]
    assert line.startswith(f"主要原因：{said}")


def test_a_unit_below_the_limit_is_told_by_its_index() -> None:
    unit = {**AMMONIA, "单元.化学品": [{"品名": "液氨", "存在量": 9}]}
    said = RULES.area("major_hazard").on("2026-11-29").decide(unit).brief("zh")
    assert said[0].startswith("不构成重大危险源")
    assert said[1].startswith("定级理由：“辨识指标S小于1”成立；")
