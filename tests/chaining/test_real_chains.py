"""The built-in chaining rules: their cases notice every change, and lists flow into admission with the whole chain."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.engines.forward import chain
from safety_rules.language.chain import ChainRule
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.chaining.chain import program_on
from safety_rules.semantics.chaining.facts import given_facts
from safety_rules.services.chain_cases import chain_case
from safety_rules.services.chaining.verdict import ChainedVerdict
from safety_rules.services.mutants import expressions

BOOK = sr.load().rulebook
CODE = "91320991MAK3DGFBAG"  # generated; only its check character is right
OTHER = "91320991MA00000000"
PROJECT: dict[str, Any] = {
    "project": {"id": "P1", "name": "示例项目"},
    "enterprise": {"name": "示例公司", "credit_code": CODE},
}
CLEAN: dict[str, Any] = {"ledger.accidents": "无", "ledger.dangers": "无", "ledger.recorded_listings": "无"}


def accident(number: str, day: str, deaths: int | None = 10, enterprise: str | None = CODE) -> dict[str, Any]:
    item = {"id": number, "enterprise": enterprise, "date": day, "deaths": deaths, "serious_injuries": 0}
    return {k: v for k, v in {**item, "direct_loss": 100}.items() if v is not None}


def decided(day: str, engine: Any = "auto", **ledger: Any) -> ChainedVerdict:
    given = CLEAN | {f"ledger.{k}": v for k, v in ledger.items()}
    on = sr.load().area("admission").on(day)
    return sr.with_history(on, {k: v for k, v in given.items() if v is not None}, engine=engine).decide(PROJECT)


def effects(verdict: ChainedVerdict) -> set[tuple[str, bool]]:
    return {(str(f.values["effect"]), f.id in verdict.result.certain) for f in verdict.effects}


def listings(verdict: ChainedVerdict) -> set[tuple[str, str, str]]:
    """Return each list with its first and last day."""
    found = verdict.result.derived("ledger.listings")
    return {(str(f.values["list"]), str(f.values["listed_on"]), str(f.values.get("until"))) for f in found}


def changed(rule: ChainRule) -> Iterator[tuple[str, ChainRule]]:
    """Yield a chaining rule with one small change at a time."""
    for part in ("given", "unless"):
        patterns = getattr(rule, part)
        for i, pattern in enumerate(patterns):
            for what, that in expressions(pattern.that) if pattern.that is not None else ():
                new = (*patterns[:i], replace(pattern, that=that), *patterns[i + 1 :])
                yield f"{pattern.variable}: {what}", replace(rule, **{part: new})
    for i, (name, formula) in enumerate(rule.record):
        for what, made in expressions(formula):
            yield f"{name}: {what}", replace(rule, record=(*rule.record[:i], (name, made), *rule.record[i + 1 :]))
    if rule.unless:
        yield "`unless` is dropped", replace(rule, unless=())


@pytest.mark.parametrize("rule", BOOK.chains, ids=lambda c: c.key)
def test_every_change_of_a_chaining_rule_is_noticed(rule: ChainRule) -> None:
    assert rule.cases
    made = list(changed(rule))
    unnoticed = [what for what, new in made if not any(next(chain_case(BOOK, new, c), None) for c in rule.cases)]
    assert unnoticed == []


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
def test_a_project_referred_through_its_records_explains_the_whole_chain_in_chinese(engine: str) -> None:
    verdict = decided("2025-06-01", engine, accidents=[accident("S1", "2024-01-31")])
    assert verdict.at_best == "referred"
    assert "black_list_ground" in verdict.violated()
    assert "black_listed" not in verdict.violated()  # a ground is no listing, which starts with the decision
    assert "major_accident" not in verdict.violated()  # the accident itself is out of the look-back period
    said = verdict.explain("zh")
    assert said.startswith(
        "提交研判，因示例公司有列入黑名单情形：发生重大及以上事故（2024-01-31），未见列入决定，因事故“S1”〔事故编号：S1；"
    )
    for words in (
        "［project_with_black_list_ground］",
        "请查“信用中国”并填写列入决定日期",
        "［black_list_by_major_accident］",
        "［accident_graded］",
    ):
        assert words in said
    assert "死亡人数 10 人" in said


def test_the_chain_is_said_in_english_as_well() -> None:
    verdict = decided("2025-06-01", accidents=[accident("S1", "2024-01-31")])
    assert verdict.explain("en").startswith(
        "Referred to the review board, because 示例公司 has a ground for the black list and no decision was found: "
        "a major or especially major accident (2024-01-31), because of Accidents `S1` ["
    )


def entry(day: str, status: str = "在列", number: str = "L1", name: str = "黑名单") -> dict[str, Any]:
    return {"id": number, "enterprise": CODE, "list": name, "listed_on": day, "status": status}


@pytest.mark.parametrize(
    ("decision", "last_day", "day_after"),
    [("2023-09-30", "2024-09-30", "2024-10-01"), ("2023-10-01", "2026-10-01", "2026-10-02")],
)
def test_the_period_is_that_of_the_regime_on_the_day_of_the_decision(
    decision: str, last_day: str, day_after: str
) -> None:
    ledger = {"accidents": [accident("S1", "2022-12-01")], "recorded_listings": [entry(decision)]}
    on_the_last = decided(last_day, **ledger)
    assert {("black", decision, last_day)} == listings(on_the_last)
    assert {("rejected", True)} == effects(on_the_last)
    after = decided(day_after, accidents=ledger["accidents"], recorded_listings=[entry(decision, "已移出")])
    assert set() == effects(after)
    assert len(after.result.derived("ledger.removals")) == 1
    assert after.finding("black_listed").status.value == "satisfied"
    assert after.finding("black_list_ground").status.value == "satisfied"


@pytest.mark.parametrize("day", ["2020-10-05", "2021-08-01", "2026-11-29"])
def test_a_ground_without_a_decision_neither_vetoes_nor_clears(day: str) -> None:
    penalised = accident("S1", "2020-07-02", 3) | {"is_penalised": "是"}
    verdict = decided(day, accidents=[penalised])
    assert {("referred", True)} == effects(verdict)
    assert verdict.finding("black_listed").status.value == "satisfied"
    assert verdict.at_best == "referred"
    looked_up = decided(day, accidents=[penalised], recorded_listings=[entry(day, "查明未列入")])
    assert set() == effects(looked_up)


def test_the_entry_that_was_used_is_the_entry_that_is_cited() -> None:
    def cited(decision: str) -> str:
        record = {"enterprise": {"listings": [{"list": "black", "listed_on": decision, "status": "listed"}]}}
        verdict = sr.load().area("admission").on("2023-11-01").decide(record)
        return verdict.finding("black_listed").parameters["limit.black_list_period"].source

    assert cited("2023-05-01") == "joint_punishment_2017"
    assert cited("2023-10-15") == "serious_breach_list_2023"


def test_a_second_listing_within_the_first_lasts_three_years_and_blocks_to_its_last_day() -> None:
    lists = [entry("2020-05-01", "已移出"), entry("2020-11-30", number="L2")]
    verdict = decided("2023-11-30", recorded_listings=lists)
    assert ("black", "2020-11-30", "2023-11-30") in listings(verdict)
    assert (verdict.outcome, verdict.at_best) == ("rejected", "rejected")
    assert set() == effects(decided("2023-12-01", recorded_listings=lists))


def test_three_overdue_dangers_make_a_project_conditional() -> None:
    dangers = [
        {"id": f"Y{i}", "enterprise": CODE, "level": "一般", "deadline": "2025-05-31", "is_closed": "否"}
        for i in range(3)
    ]
    assert {("conditional", True)} == effects(decided("2025-06-01", dangers=dangers))
    assert set() == effects(decided("2025-06-01", dangers=dangers[:2]))
    assert set() == effects(decided("2025-05-31", dangers=dangers))


def test_a_published_listing_counts_instead_of_the_ground_and_its_removal_ends_it() -> None:
    record = {"id": "L1", "enterprise": CODE, "list": "黑名单", "listed_on": "2024-03-01", "status": "在列"}
    ledger = {"accidents": [accident("S1", "2024-01-31")], "recorded_listings": [record]}
    assert {("black", "2024-03-01", "2027-03-01")} == listings(decided("2025-06-01", **ledger))
    removed = ledger | {"recorded_listings": [record | {"status": "已移出"}]}
    assert set() == effects(decided("2025-06-01", **removed))


def test_a_published_listing_that_is_over_and_not_removed_goes_to_the_review_board() -> None:
    record = {"id": "L1", "enterprise": CODE, "list": "黑名单", "listed_on": "2019-03-01", "status": "在列"}
    verdict = decided("2020-10-01", recorded_listings=[record])
    assert set() == effects(verdict)
    assert tuple(k for k in verdict.violated() if k in ("black_listed", "black_list_not_removed")) == (
        "black_list_not_removed",
    )


def test_another_enterprises_accident_does_not_touch_the_project() -> None:
    verdict = decided("2025-06-01", accidents=[accident("S1", "2024-01-31", enterprise=OTHER)])
    assert set() == effects(verdict)
    assert verdict.finding("black_listed").status.value == "satisfied"


def test_unknown_deaths_leave_the_verdict_open_and_name_what_is_missing() -> None:
    verdict = decided("2025-06-01", accidents=[accident("S1", "2024-01-31", deaths=None)])
    assert {("referred", False)} == effects(verdict)
    assert verdict.outcome == "undetermined"
    assert verdict.finding("black_list_ground").status.value == "undetermined"
    said = verdict.explain("zh")
    assert "待核实（可能提交研判），因" in said
    assert "尚缺：事故“S1”·死亡人数" in said


def test_a_ledger_that_is_not_given_clears_nobody() -> None:
    verdict = decided("2025-06-01", accidents=None)
    assert verdict.finding("black_list_ground").status.value == "undetermined"
    assert ("referred", False) in effects(verdict)


def test_a_ledger_without_records_lists_nobody() -> None:
    verdict = decided("2025-06-01")
    assert set() == effects(verdict)
    assert verdict.finding("black_listed").status.value == "satisfied"
    assert verdict.finding("yellow_listed").status.value == "satisfied"


def generated_ledger(size: int, seed: int) -> dict[str, Any]:
    """Return a generated ledger of about `size` records, a few of them with blanks."""
    random = Random(seed)
    codes = [f"E{n}" for n in range(size // 10)]

    def day() -> str:
        return str(datetime.date(2025, 6, 1) - datetime.timedelta(days=random.randrange(-30, 2000)))

    def blank(item: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in item.items() if k == "id" or random.random() > 0.01}

    def one(number: str, **fields: Any) -> dict[str, Any]:
        return blank({"id": number, "enterprise": random.choice(codes), **fields})

    counts = {"serious_injuries": 0, "direct_loss": 10}
    return {
        "ledger.enterprises": [{"credit_code": c} for c in codes],
        "ledger.accidents": [
            one(f"S{n}", date=day(), deaths=random.choice([0, 1, 3, 10, 30]), **counts) for n in range(size // 10)
        ],
        "ledger.dangers": [
            one(f"Y{n}", level=random.choice(["重大", "一般"]), deadline=day(), is_closed=random.random() < 0.9)
            for n in range(size // 2)
        ],
        "ledger.recorded_listings": [
            one(
                f"L{n}",
                list=random.choice(["黑名单", "黄名单"]),
                listed_on=day(),
                status=random.choice(["在列", "已移出"]),
            )
            for n in range(size // 10)
        ],
        "ledger.projects": [{"id": f"P{n}", "enterprise": random.choice(codes)} for n in range(size // 5)],
    }


@pytest.mark.parametrize("seed", range(8))
def test_the_engines_agree_on_generated_ledgers(seed: int) -> None:
    program = program_on(BOOK, datetime.date(2020 + seed % 6, 12, 1))
    facts, problems = given_facts(admit(generated_ledger(60, seed), BOOK.vocabulary), program)
    assert problems == ()
    defined, other = chain(program, facts, "fixpoint"), chain(program, facts, "auto")
    assert defined.derived("ledger.grounds")
    assert (defined.facts, defined.steps, defined.certain) == (other.facts, other.steps, other.certain)


def less(random: Random, ledger: dict[str, Any]) -> dict[str, Any]:
    """Return a ledger with some cells blank, and sometimes without one of its lists."""
    kept = {
        name: [{k: v for k, v in item.items() if k == "id" or random.random() > 0.15} for item in items]
        for name, items in ledger.items()
    }
    if random.random() < 0.2:
        del kept[random.choice(sorted(kept))]
    return kept


@pytest.mark.parametrize("seed", range(16))
def test_what_is_left_blank_neither_blocks_nor_clears_a_project(seed: int) -> None:
    random = Random(seed)
    whole = {k: v for k, v in generated_ledger(60, seed).items() if k != "ledger.projects"}
    admission = sr.load().area("admission").on(f"{2020 + seed % 6}-12-01")
    rank = admission.law.area.rank
    project = {"project": {"id": "P1"}, "enterprise": {"name": "E1"}}
    known = {**whole, "ledger.enterprises": [{"credit_code": f"E{n}", "name": f"E{n}"} for n in range(6)]}
    blank = less(random, whole) | {"ledger.enterprises": known["ledger.enterprises"]}
    before = sr.with_history(admission, known).decide(project)
    after = sr.with_history(admission, blank).decide(project)
    assert rank(after.at_best) <= rank(before.at_best)
    assert rank(after.at_worst) >= rank(before.at_worst)
    for rule in ("black_listed", "yellow_listed", "larger_accident", "major_danger_open"):
        statuses = (before.finding(rule).status.value, after.finding(rule).status.value)
        assert statuses[1] in (statuses[0], "undetermined"), rule
