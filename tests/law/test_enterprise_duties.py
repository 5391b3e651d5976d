"""Twenty generated enterprises, decided by hand-written Python from the clauses, on five days between 2020 and 2026."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random
from typing import Any

import safety_rules as sr

Row = dict[str, Any]
HIGH = {"矿山", "金属冶炼", "建筑施工", "道路运输", "危险物品生产", "危险物品经营", "危险物品储存", "危险物品运输"}
HIGH_2021 = HIGH | {"其他运输", "危险物品装卸"}
FILES = {
    "危险物品生产", "危险物品经营", "危险物品储存", "危险物品运输", "矿山", "金属冶炼", "城市轨道交通运营", "建筑施工",
    "人员密集场所经营", "烟花爆竹生产、批发经营",
}  # fmt: skip
REVIEWS = {
    "矿山", "金属冶炼", "危险物品生产", "危险物品经营", "危险物品储存", "危险物品运输", "使用危险化学品达到规定数量的化工企业",
    "烟花爆竹生产、批发经营",
}  # fmt: skip
KINDS = [
    *sorted(HIGH_2021 | FILES | REVIEWS), "餐饮等使用燃气的行业", "工贸企业", "其他单位",
]  # fmt: skip
D = datetime.date.fromisoformat
ON = [D("2020-06-01"), D("2021-08-31"), D("2021-09-01"), D("2024-01-01"), D("2026-11-29")]


def within(day: datetime.date, on: datetime.date, months: int) -> bool:
    """Return whether a day lies within so many months before another, both ends counted."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    last = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
    # a drill of the 31st counts until the last day of a shorter month
    return datetime.date(year, month + 1, min(on.day, last)) <= day <= on


def any_of(row: Row, kinds: set[str]) -> bool:
    return bool(kinds & set(row["生产经营单位类别"]))


Duty = tuple[str, str, str, Callable[[Row], bool], Callable[[Row, datetime.date], bool]]
ALWAYS: Callable[[Row], bool] = lambda r: True  # noqa: E731


def yes(*facts: str) -> Callable[[Row, datetime.date], bool]:
    return lambda r, on: all(r[f] for f in facts)


def dated(fact: str, months: int, *more: str) -> Callable[[Row, datetime.date], bool]:
    return lambda r, on: within(r[fact], on, months) and all(r[f] for f in more)


def both(old: str, new: str, scope: Callable[[Row], bool], holds: Callable[[Row, datetime.date], bool]) -> list[Duty]:
    """Return a duty of the law of 2014 that went on in 2021, by its two names."""
    found: list[Duty] = []
    if old:
        found.append((old, "2014-12-01", "2021-08-31", scope, holds))
    if new:
        found.append((new, "2021-09-01", "9999-12-31", scope, holds))
    return found


def accepted(kinds: set[str]) -> Callable[[Row], bool]:
    return lambda r: bool(kinds & set(r["已投产建设项目类别"]))


def acts(kinds: set[str]) -> Callable[[Row], bool]:
    return lambda r: bool(kinds & set(r["危险化学品活动"]))


FULL, PART = yes("已设机构或配备专职人员"), yes("已配备专职或兼职人员")
DUTIES: list[Duty] = [
    *both("responsibility_2014", "responsibility_of_everybody", ALWAYS, yes("全员安全生产责任制已建立", "责任制落实情况已考核")),
    *both("", "standardisation_carried_out", ALWAYS, yes("已开展安全生产标准化建设")),
    *both("rules_in_place_2014", "rules_in_place", ALWAYS, yes("规章制度和操作规程已制定")),
    *both("money_assured_2014", "money_assured", ALWAYS, yes("安全投入有保证")),
    *both("", "funds_set_aside", lambda r: r["须提取安全生产费用"], yes("已按规定提取使用安全生产费用")),
    *both("body_of_high_hazard_2014", "", lambda r: any_of(r, HIGH), FULL),
    *both("", "body_of_high_hazard", lambda r: any_of(r, HIGH_2021), FULL),
    *both("body_above_100_2014", "", lambda r: not any_of(r, HIGH) and r["从业人员数"] > 100, FULL),
    *both("", "body_above_100", lambda r: not any_of(r, HIGH_2021) and r["从业人员数"] > 100, FULL),
    *both("staff_up_to_100_2014", "", lambda r: not any_of(r, HIGH) and r["从业人员数"] <= 100, PART),
    *both("", "staff_up_to_100", lambda r: not any_of(r, HIGH_2021) and r["从业人员数"] <= 100, PART),
    *both("", "safety_body_does_its_duties", ALWAYS, yes("安全生产管理机构和安全生产管理人员已履行第二十五条所列职责")),
    *both("", "safety_managers_heard", ALWAYS, yes("涉及安全生产的经营决策已听取安全生产管理机构和人员意见")),
    *both("", "safety_managers_protected", ALWAYS, yes("未因安全生产管理人员依法履职而降低其待遇或者解除劳动合同")),
    *both("", "changes_of_managers_told", lambda r: any_of(r, {"矿山", "金属冶炼", "危险物品生产", "危险物品储存"}), yes("安全生产管理人员的任免已告知主管部门")),
    *both("", "nothing_eliminated_in_use", ALWAYS, yes("未使用应当淘汰的危及生产安全的工艺和设备")),
    *both("managers_passed_2014", "", lambda r: any_of(r, HIGH), yes("负责人和安管人员考核合格")),
    *both("", "managers_passed", lambda r: any_of(r, HIGH_2021), yes("负责人和安管人员考核合格")),
    *both("", "engineer_employed", lambda r: any_of(r, {"矿山", "金属冶炼", "危险物品生产", "危险物品储存", "危险物品装卸"}), yes("有注册安全工程师")),
    *both("trained_before_work_2014", "trained_before_work", ALWAYS, yes("从业人员培训合格后上岗", "培训档案已建立")),
    *both("new_technology_understood_2014", "new_technology_understood", lambda r: r["采用新工艺或新设备"], yes("新工艺新设备已掌握并防护", "新工艺新设备已专门培训")),
    *both("special_work_certified_2014", "special_work_certified", lambda r: r["有特种作业"], yes("特种作业人员均持有效证件")),
    *both("facilities_built_together_2014", "facilities_built_together", lambda r: r["有新改扩建项目"], yes("安全设施落实三同时")),
    *both("projects_assessed_2014", "projects_assessed", lambda r: r["有高危建设项目"], yes("高危建设项目已安全评价")),
    *both("project_designs_reviewed_2014", "project_designs_reviewed", lambda r: r["有高危建设项目"], yes("高危建设项目设计已审查")),
    *both("facilities_accepted_2014", "", accepted({"矿山", "金属冶炼", "生产危险物品", "储存危险物品"}), yes("投产前安全设施验收合格")),
    *both("", "facilities_accepted", accepted({"矿山", "金属冶炼", "生产危险物品", "储存危险物品", "装卸危险物品"}), yes("投产前安全设施验收合格")),
    *both("warning_signs_up_2014", "warning_signs_up", lambda r: r["有较大危险因素场所设施"], yes("警示标志已设置")),
    *both("devices_maintained_2014", "", ALWAYS, yes("安全设备定期维护检测并有记录")),
    *both("", "devices_maintained", ALWAYS, yes("安全设备定期维护检测并有记录", "监控报警装置未被关闭破坏")),
    *both("", "gas_alarm_fitted", lambda r: any_of(r, {"餐饮等使用燃气的行业"}), yes("可燃气体报警装置已安装并正常使用")),
    *both("major_hazard_duties_met_2014", "major_hazard_duties_met", lambda r: r["有重大危险源"], yes("重大危险源各项义务符合")),
    *both("", "risks_graded", ALWAYS, yes("风险分级管控制度已建立")),
    *both("dangers_treated_2014", "dangers_treated", ALWAYS, yes("隐患排查治理制度已建立", "隐患排查情况如实记录并通报")),
    *both("", "major_dangers_reported", lambda r: r["有重大事故隐患"], yes("重大隐患情况已报告")),
    *both("dormitories_apart_2014", "dormitories_apart", lambda r: r["有危险物品车间商店仓库"], yes("与员工宿舍分开并保持距离")),
    *both("exits_open_2014", "exits_open", ALWAYS, yes("出口和疏散通道畅通")),
    *both("dangerous_work_supervised_2014", "dangerous_work_supervised", lambda r: r["有动火吊装等危险作业"], yes("危险作业有专人现场管理")),
    *both("contractors_managed_2014", "contractors_managed", lambda r: r["有发包或出租"], yes("承包承租单位具备条件和资质", "安全生产管理协议已签订", "统一协调管理并定期检查")),
    *both("plan_made_2014", "plan_made", ALWAYS, yes("应急预案已制定")),
    ("plan_is_reviewed", "2019-09-01", "9999-12-31", lambda r: r["中型规模以上"] or any_of(r, REVIEWS), yes("应急预案已评审并有纪要")),
    ("plan_is_filed", "2019-09-01", "9999-12-31", lambda r: any_of(r, FILES), yes("应急预案已报备案")),
    ("main_plan_drilled", "2019-09-01", "9999-12-31", ALWAYS, dated("最近综合或专项预案演练", 12)),
    ("scene_plan_drilled", "2019-09-01", "9999-12-31", ALWAYS, dated("最近现场处置方案演练", 6)),
    ("drilled_each_half_year", "2019-09-01", "9999-12-31", lambda r: any_of(r, FILES), dated("最近综合或专项预案演练", 6, "演练情况已报送")),
    ("plan_evaluated", "2019-09-01", "9999-12-31", lambda r: r["中型规模以上"] or any_of(r, REVIEWS | {"建筑施工"}), dated("最近应急预案评估", 36)),
    ("head_inspects_each_quarter", "2023-07-01", "9999-12-31", ALWAYS, dated("负责人最近一次全面检查", 3)),
    ("head_drills_each_year", "2023-07-01", "9999-12-31", ALWAYS, dated("负责人最近一次救援演练", 12)),
    ("risks_identified_each_year", "2023-07-01", "9999-12-31", ALWAYS, dated("最近一次全面风险辨识", 12)),
    ("dust_is_cleaned", "2021-09-01", "9999-12-31", lambda r: r["有粉尘爆炸危险作业"] and any_of(r, {"工贸企业"}), yes("粉尘作业区域每班清理并记录")),
    ("confined_space_system_made", "2024-01-01", "9999-12-31", lambda r: r["有有限空间作业"] and any_of(r, {"工贸企业"}), yes("有限空间作业安全制度已建立")),
    ("confined_spaces_watched", "2024-01-01", "9999-12-31", lambda r: r["有有限空间作业"] and any_of(r, {"工贸企业"}), yes("有限空间作业有监护人员")),
    ("jiangsu_before_2023_checked", "2020-01-01", "2023-06-30", ALWAYS, yes("经对照原文核对修订前江苏省安全生产条例的责任已落实")),
    ("jiangsu_rest_checked", "2023-07-01", "9999-12-31", ALWAYS, yes("经对照原文核对江苏省安全生产条例其余各条的责任已落实")),
    ("jiangsu_risks_checked", "2024-11-01", "9999-12-31", ALWAYS, yes("经对照原文核对江苏省安全风险管理条例的责任已落实")),
    ("jiangsu_risks_reported", "2021-02-01", "9999-12-31", lambda r: r["为工业企业"], yes("经对照原文核对安全生产风险报告已按周期和期限办理")),
    ("dust_rest_checked", "2021-09-01", "9999-12-31", lambda r: r["有粉尘爆炸危险作业"] and any_of(r, {"工贸企业"}), yes("经对照原文核对粉尘防爆安全规定其余各条已落实")),
    ("confined_spaces_rest_checked", "2024-01-01", "9999-12-31", lambda r: r["有有限空间作业"] and any_of(r, {"工贸企业"}), yes("经对照原文核对有限空间作业安全规定其余各条已落实")),
    ("confined_spaces_standard_checked", "2026-05-01", "9999-12-31", lambda r: r["有有限空间作业"], yes("经对照原文核对有限空间作业符合GB467682025")),
    ("chemical_distances_kept", "2026-05-01", "9999-12-31", lambda r: "生产" in r["危险化学品活动"] or ("储存" in r["危险化学品活动"] and r["危险化学品储存构成重大危险源"]), yes("外部安全距离符合规定")),
    ("chemical_projects_reviewed", "2026-05-01", "9999-12-31", lambda r: r["有危险化学品建设项目"], yes("危险化学品项目已安全条件审查", "危险化学品项目设计已审查")),
    ("chemical_facilities_accepted", "2026-05-01", "9999-12-31", lambda r: r["有已投用的危险化学品项目"], yes("已按批准的安全设施设计施工", "危险化学品项目安全设施已验收")),
    ("chemical_design_answers", "2026-05-01", "9999-12-31", lambda r: r["有危险化学品建设项目"], yes("安全设施设计中已提出保障安全的措施建议")),
    ("chemical_risks_graded", "2026-05-01", "9999-12-31", acts({"生产", "储存", "使用从事生产"}), yes("已开展危险化学品安全风险辨识评估并分级管控", "工艺设施设备原料变更后已重新辨识评估或者没有变更")),
    ("assessment_published_and_filed", "2026-05-01", "9999-12-31", acts({"生产", "储存", "使用从事生产"}), yes("安全评价报告已按照规定向社会公开", "安全评价报告和整改方案落实情况已报县级应急管理部门备案")),
    ("stored_by_the_standard", "2026-05-01", "9999-12-31", acts({"生产", "储存"}), yes("危险化学品储存方式方法和储存数量符合国家标准或者国家有关规定")),
    ("no_eliminated_technology", "2026-05-01", "9999-12-31", acts({"生产", "储存", "使用从事生产"}), yes("未使用淘汰工艺设备")),
    ("assessed_each_three_years", "2026-05-01", "9999-12-31", acts({"生产", "储存", "使用从事生产"}), dated("最近安全评价", 36, "安全评价机构具备资质")),
    ("stored_apart_and_kept", "2026-05-01", "9999-12-31", acts({"生产", "储存"}), yes("储存在专用储存场所", "储存由专人管理")),
    ("two_persons_for_the_worst", "2026-05-01", "9999-12-31", lambda r: acts({"生产", "储存"})(r) and (r["储存剧毒化学品"] or r["危险化学品储存构成重大危险源"]), yes("剧毒和重大危险源单独存放", "双人收发双人保管", "收发记录保存三年")),
    ("use_is_permitted", "2026-05-01", "9999-12-31", lambda r: any_of(r, {"使用危险化学品达到规定数量的化工企业"}) and "生产" not in r["危险化学品活动"], yes("已取得安全使用许可证")),
]  # fmt: skip


def enterprise(rng: Random, on: datetime.date, names: dict[str, str]) -> Row:
    """Return a generated enterprise with every fact told; the plan that is not filed was published long ago."""
    row: Row = {}
    for name, kind in names.items():
        if kind == "Boolean":
            row[name] = rng.random() < 0.8
        elif kind == "Date":
            row[name] = on - datetime.timedelta(rng.choice([0, 30, 89, 170, 200, 360, 400, 1090, 1200]))
    row["从业人员数"] = rng.choice([3, 99, 100, 101, 500])
    row["生产经营单位类别"] = rng.sample(KINDS, rng.choice([1, 1, 2]))
    row["已投产建设项目类别"] = rng.choice(
        [[], ["其他建设项目"], ["储存危险物品"], ["装卸危险物品"], ["矿山", "其他建设项目"]]
    )
    row["危险化学品活动"] = rng.choice(
        [["不涉及"], ["经营"], ["储存"], ["使用从事生产"], ["生产", "储存"], ["其他使用"]]
    )
    row["应急预案公布日期"] = D("2020-01-02") - datetime.timedelta(1) if on < D("2020-03-01") else D("2020-03-02")
    return row


def test_twenty_enterprises_are_decided_as_the_clauses_say_on_five_days() -> None:
    rules, rng, tried = sr.load(), Random(20260501), set[str]()
    facts = {
        f.name.zh: type(f.kind).__name__
        for k, f in rules.rulebook.vocabulary.facts.items()
        if k.startswith("enterprise.")
    }
    for on in ON:
        area = rules.area("enterprise_duties").on(on)
        named = {d[0] for d in DUTIES if D(d[1]) <= on <= D(d[2])}
        assert {r.key for r in area.law.rules} == named, on
        for _ in range(20):
            row = enterprise(rng, on, facts)
            expected = {
                key for key, since, until, scope, holds in DUTIES
                if D(since) <= on <= D(until) and scope(row) and not holds(row, on)
            }  # fmt: skip
            verdict = area.decide({f"企业.{name}": value for name, value in row.items()})
            assert set(verdict.violated()) == expected, (on, row)
            assert verdict.outcome == ("to_rectify" if expected else "compliant")
            tried |= expected
    assert len(tried) > 60
