"""Chains over a ledger: what follows, what could, what is missing, and the whole chain in words."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from chaining.ledgers import CHAINS, DAY, YELLOW, book, diagnosed, started
from safety_rules.engines.forward import chain
from safety_rules.language.errors import NotFoundError
from safety_rules.language.source import Standing
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.chaining.chain import ChainResult, program_on
from safety_rules.semantics.chaining.explain import explain_fact, standing
from safety_rules.semantics.chaining.facts import derived_items, given_facts, missing
from safety_rules.semantics.chaining.strata import strata
from safety_rules.services.cases import run_cases
from safety_rules.services.coverage import untried
from safety_rules.words.explanation import tree

LEDGER: dict[str, Any] = {
    "ledger.enterprises": [{"code": "甲"}, {"code": "乙"}],
    "ledger.accidents": [{"id": "S1", "enterprise": "甲", "date": "2024-01-31", "grade": "重大"}],
    "ledger.dangers": [
        {"id": f"Y{n}", "enterprise": "乙", "deadline": "2024-05-01", "is_closed": False} for n in range(3)
    ],
    "ledger.projects": [{"id": "P1", "enterprise": "甲"}, {"id": "P2", "enterprise": "乙"}],
}


def chained(engine: Any = "auto", chains: dict[str, str] | None = None, **changes: Any) -> ChainResult:
    data = {**LEDGER, **{f"ledger.{k}": v for k, v in changes.items()}}
    return chain(*started({k: v for k, v in data.items() if v is not None}, chains), engine)


def explained(result: ChainResult, fact: str, language: str) -> str:
    return tree(explain_fact(result, fact), language, result.program.rulebook.vocabulary)


def said(result: ChainResult) -> list[tuple[str, dict[str, Any], bool]]:
    """Return the derived records without their lists' common prefix, and whether each is certain."""
    return [(f.relation.removeprefix("ledger."), dict(f.values), f.id in result.certain) for f in result.derived()]


def effects(result: ChainResult) -> dict[str, set[tuple[bool, bool]]]:
    """Return what each project's effects are: blocked or not, certain or not."""
    found: dict[str, set[tuple[bool, bool]]] = {}
    for fact in result.derived("ledger.effects"):
        found.setdefault(str(fact.values["project"]), set()).add(
            (bool(fact.values["blocked"]), fact.id in result.certain)
        )
    return found


def needs(result: ChainResult, relation: str) -> set[str]:
    return {r.name for f in result.derived(relation) for r in missing(result, f.id)}


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
def test_an_accident_lists_an_enterprise_and_the_list_blocks_its_project(engine: str) -> None:
    result = chained(engine)
    day = datetime.date
    black = {"enterprise": "甲", "list": "black", "since": day(2024, 1, 31), "until": day(2025, 1, 31)}
    assert ("listings", black, True) in said(result)
    assert ("listings", {"enterprise": "乙", "list": "yellow", "since": DAY}, True) in said(result)
    assert {"P1": {(True, True)}} == effects(result)
    assert len(said(result)) == 3


def test_what_is_counted_just_below_and_at_the_threshold() -> None:
    two = LEDGER["ledger.dangers"][:2]
    assert {"P1": {(True, True)}, "P2": {(False, True)}} == effects(chained(dangers=two))
    due_today = [*two, {"id": "Y9", "enterprise": "乙", "deadline": "2024-06-01", "is_closed": False}]
    assert {"P1": {(True, True)}, "P2": {(False, True)}} == effects(chained(dangers=due_today))


def test_a_missing_grade_lists_nobody_for_sure_and_clears_nobody() -> None:
    result = chained(accidents=[{"id": "S1", "enterprise": "甲", "date": "2024-01-31"}])
    assert {"P1": {(True, False), (False, False)}} == effects(result)
    assert {"ledger.accidents[S1].grade"} == needs(result, "ledger.effects")


def test_an_accident_of_nobody_in_particular_could_be_anybodys() -> None:
    result = chained(accidents=[{"id": "S1", "date": "2024-01-31", "grade": "重大"}], dangers=[])
    assert {"P1": {(True, False), (False, False)}, "P2": {(True, False), (False, False)}} == effects(result)
    assert {"ledger.accidents[S1].enterprise"} == needs(result, "ledger.effects")


def test_a_list_that_is_not_given_could_hold_anything() -> None:
    result = chained(accidents=None, dangers=[])
    assert {"P1": {(True, False), (False, False)}, "P2": {(True, False), (False, False)}} == effects(result)
    assert not any(certain for _, _, certain in said(result))
    assert {"ledger.accidents"} == needs(result, "ledger.listings")


def test_a_list_that_is_given_as_none_holds_nothing() -> None:
    assert {"P1": {(False, True)}, "P2": {(False, True)}} == effects(chained(accidents="无", dangers="无"))


def test_an_unknown_item_keeps_a_count_open_and_is_named() -> None:
    dangers = [*LEDGER["ledger.dangers"][:2], {"id": "Y9", "enterprise": "乙", "deadline": "2024-05-01"}]
    result = chained(dangers=dangers)
    assert ("listings", {"enterprise": "乙", "list": "yellow", "since": DAY}, False) in said(result)
    assert {"ledger.dangers[Y9].is_closed"} == needs(result, "ledger.listings")


def test_a_blank_in_a_derived_record_is_traced_to_the_given_one() -> None:
    result = chained(accidents=[{"id": "S1", "enterprise": "甲", "grade": "重大"}])
    assert {"ledger.accidents[S1].date"} == needs(result, "ledger.listings") == needs(result, "ledger.effects")
    assert (False, True) not in effects(result)["P1"]


def test_a_certain_record_lacks_nothing() -> None:
    result = chained()
    assert all(missing(result, f.id) == frozenset() for f in result.derived())


def test_a_record_that_is_derived_twice_is_one_with_two_steps() -> None:
    twin = CHAINS["black"].replace("chain: black", "chain: twin")
    result = chained(chains={"black": CHAINS["black"], "twin": twin})
    listings = result.derived("ledger.listings")
    assert [len(listings), [s.rule for s in result.steps_to(listings[0].id)]] == [1, ["black", "twin"]]


GRADE = """
derive: grade
fact: ledger.accidents.grade
for_each: x
title: {zh: 事故等级, en: The grade}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
derives: "'major' if x.deaths >= 10 else 'general'"
"""


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
def test_a_field_that_a_derivation_works_out_is_joined_like_a_given_one(engine: str) -> None:
    chains = {**CHAINS, "grade": GRADE}
    accident = {"id": "S1", "enterprise": "甲", "date": "2024-01-31"}
    assert {"P1": {(True, True)}} == effects(chained(engine, chains, accidents=[{**accident, "deaths": 10}]))
    assert {"P1": {(False, True)}} == effects(chained(engine, chains, accidents=[{**accident, "deaths": 9}]))
    unknown = chained(engine, chains, accidents=[accident])
    assert {"P1": {(True, False), (False, False)}} == effects(unknown)
    assert {"ledger.accidents[S1].deaths"} == needs(unknown, "ledger.effects")
    listing = next(f for f in unknown.derived("ledger.listings") if f.values["list"] == "black")
    assert "死亡人数" in explained(unknown, listing.id, "zh")


OWN = "count(d for d in ledger.dangers if d.enterprise == e.code)"
ALL = "count(d for d in ledger.dangers)"
OTHERS = "count(d for d in ledger.dangers if d.enterprise != e.code)"


@pytest.mark.parametrize("engine", ["fixpoint", "auto"])
@pytest.mark.parametrize("that", [f"2 * {OWN} > {ALL}", f"{ALL} < 2 * {OWN}", f"{OWN} > {OTHERS}", f"{OTHERS} < {OWN}"])
def test_a_list_that_is_read_twice_is_read_whole_each_time(that: str, engine: str) -> None:
    known = next(line for line in YELLOW.splitlines() if "that:" in line)
    chains = {**CHAINS, "yellow": YELLOW.replace(known, f"    that: '{that}'")}
    dangers = [{"id": f"Y{n}", "enterprise": "甲" if n == 0 else "乙"} for n in range(3)]
    result = chained(engine, chains, dangers=dangers)
    assert [f["enterprise"] for kind, f, _ in said(result) if kind == "listings" and f["list"] == "yellow"] == ["乙"]


def test_rules_out_of_force_derive_nothing() -> None:
    later = {**CHAINS, "black": CHAINS["black"].replace("{from: 2000-01-01}", "{from: 2024-06-02}")}
    assert {"P1": {(False, True)}} == effects(chained(chains=later))
    ended = {**CHAINS, "black": CHAINS["black"].replace("{from: 2000-01-01}", "{from: 2000-01-01, until: 2024-05-31}")}
    assert {"P1": {(False, True)}} == effects(chained(chains=ended))


def test_law_that_is_not_sure_enough_makes_records_possible_only() -> None:
    rules = book()
    program = program_on(rules, DAY, Standing.statute)
    facts, _ = given_facts(admit(LEDGER, rules.vocabulary), program)
    assert all(certain for _, _, certain in said(chain(program, facts)))
    weak = book({**CHAINS, "black": CHAINS["black"].replace("clause: 第一条", "clause: 第一条, standing: assumed")})
    program = program_on(weak, DAY, Standing.local)
    result = chain(program, facts)
    assert {"P1": {(True, False), (False, False)}} == effects(result)
    assert {"black"} == needs(result, "ledger.effects")
    confirmed = program_on(weak, DAY, Standing.local, confirmed=frozenset({"black"}))
    assert {"P1": {(True, True)}} == effects(chain(confirmed, facts))


def test_records_are_named_by_their_key_and_twins_with_different_contents_are_reported() -> None:
    rules = book()
    twins = [
        {"id": "S1", "enterprise": "甲", "grade": "重大"},
        {"id": "S1", "enterprise": "乙", "grade": "重大"},
        {"id": "S1", "enterprise": "乙", "grade": "重大"},
        {"enterprise": "乙"},
        {"enterprise": "乙"},
        {"id": "~S[2]", "enterprise": "丙"},
    ]
    record = admit({**LEDGER, "ledger.accidents": twins}, rules.vocabulary)
    facts, problems = given_facts(record, program_on(rules, DAY))
    keys = [f.key for f in facts if f.relation == "ledger.accidents"]
    assert len(keys) == len(set(keys)) == 5
    assert sum(k.startswith("#") for k in keys) == 2
    assert {"S1", "S1.2", "'~S［2］"} < set(keys)
    assert [p.code for p in problems] == ["given-twice"]


def test_strata_follow_absence_and_nothing_else() -> None:
    by_stratum = [[r.key for r in rules] for rules in strata(book().chains)]
    assert by_stratum == [["black", "yellow"], ["blocked", "cleared"]]
    only_given = {k: v for k, v in CHAINS.items() if k != "cleared"}
    assert [[r.key for r in rules] for rules in strata(book(only_given).chains)] == [["black", "blocked", "yellow"]]


CYCLE = """
chain: cycle
title: {zh: 绕圈, en: A cycle}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
given:
  p: {in: ledger.projects, zh: 有一项目, en: a project}
unless:
  f: {in: ledger.effects, zh: 已有影响, en: an effect, that: f.project == p.id}
derives:
  in: ledger.listings
  with: {enterprise: p.enterprise, list: yellow}
"""


def test_a_cycle_through_unless_is_named_with_every_rule_and_place() -> None:
    found, wrong = diagnosed({**CHAINS, "cycle": CYCLE})
    assert found is None
    assert {"chain-cycle"} == {d.code for d in wrong}
    lines = [d.line() for d in wrong]
    assert any(
        "`cycle` derives `ledger.listings` unless it finds `ledger.effects`, which `blocked`" in t for t in lines
    )
    assert any("(area/blocked.yaml:2:8)" in t for t in lines)
    assert any(t.startswith("area/cleared.yaml:") and "which `cycle` (area/cycle.yaml:2:8) derives" in t for t in lines)


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("in: ledger.accidents", "in: ledger.accident", "unknown-name"),
        ("list: black", "lists: black", "unknown-name"),
        ("list: black", "list: blck", "unknown-name"),
        ("since: a.date", "since: a.grade", "kind"),
        ("  a:\n", "  ledger:\n", "variable"),
        ("a.grade == 'major'", "a.grade == 'mayor'", "unknown-choice"),
        ("a.grade == 'major'", "x.grade == 'major'", "unknown-name"),
        ("a.grade == 'major'", "1 > 2", "constant-clause"),
        ("chain: black", "chain: blacker", "file-name"),
        ("source: statute", "source: statue", "unknown-source"),
        ("given:", "givn:", "unknown-key"),
    ],
)
def test_a_mistake_in_a_chain_is_a_diagnostic(wrong: str, right: str, code: str) -> None:
    text = CHAINS["black"]
    assert wrong in text
    found, diagnostics = diagnosed({"black": text.replace(wrong, right, 1)})
    assert found is None
    assert code in {d.code for d in diagnostics}


def test_a_project_blocked_through_three_records_explains_the_whole_chain() -> None:
    result = chained()
    blocked = next(f for f in result.derived("ledger.effects") if f.values["project"] == "P1")
    assert (
        explained(result, blocked.id, "zh")
        == """\
影响〔项目：P1；禁止：是〕（确定）
└─ 在列企业的项目禁止　［blocked］2024-06-01
   ├─ ✓ 已知：有一个项目
   │  └─ 项目“P1”〔编号：P1；单位：甲〕（ledger.projects[0]）
   ├─ ✓ 已知：其企业在黑名单管理期内
   │  ├─ 名单·单位：甲；项目“P1”·单位：甲
   │  ├─ 名单·类别：黑名单
   │  ├─ 名单·列入日：2024-01-31，早于审查基准日 2024-06-01
   │  ├─ 审查基准日 2024-06-01，早于名单·期满日：2025-01-31
   │  └─ 名单〔单位：甲；类别：黑名单；列入日 2024-01-31；期满日 2025-01-31〕（确定）
   │     └─ 重大事故列入黑名单　［black］2024-06-01
   │        ├─ ✓ 已知：有一家企业
   │        │  └─ 企业“甲”〔代码：甲〕（ledger.enterprises[0]）
   │        ├─ ✓ 已知：该企业发生重大事故
   │        │  ├─ 事故“S1”·单位：甲；企业“甲”·代码：甲
   │        │  ├─ 事故“S1”·等级：重大
   │        │  ├─ 事故“S1”·日期：2024-01-31，早于审查基准日 2024-06-01
   │        │  └─ 事故“S1”〔编号：S1；单位：甲；日期 2024-01-31；等级：重大〕（ledger.accidents[0]）
   │        ├─ 依据：《法》第一条〔法规原文〕
   │        └─ 依据（期限）：《法》一〔法规原文〕
   └─ 依据：《法》第三条〔法规原文〕"""
    )


def test_a_possible_record_says_in_english_what_is_missing_and_what_is_not_ruled_out() -> None:
    result = chained(accidents=[{"id": "S1", "enterprise": "甲", "date": "2024-01-31"}], dangers=[])
    clear = next(f for f in result.derived("ledger.effects") if f.values == {"project": "P1", "blocked": False})
    assert (
        explained(result, clear.id, "en")
        == """\
Effects [Project: P1; Blocked: no] (undetermined)
└─ Projects of others go on [cleared], 2024-06-01
   ├─ ✓ given: a project
   │  └─ Projects `P1` [Number: P1; Enterprise: 甲] (ledger.projects[0])
   ├─ ? not ruled out: its enterprise is listed
   │  └─ Listings [Enterprise: 甲; List: Black list; Since: 2024-01-31; Until: 2025-01-31]
   │     └─ Listings: Enterprise: 甲; Projects `P1`: Enterprise: 甲
   ├─ lacks: Accidents `S1`: Grade
   └─ authority: Law 第四条 [statute, read in the text]"""
    )


def test_what_was_counted_is_part_of_the_explanation() -> None:
    dangers = [
        *LEDGER["ledger.dangers"],
        {"id": "Y7", "enterprise": "乙", "deadline": "2024-05-01"},
        {"id": "Y8", "enterprise": "乙", "deadline": "2024-05-01", "is_closed": True},
        {"id": "Y9", "enterprise": "甲", "deadline": "2024-05-01", "is_closed": False},
    ]
    result = chained(dangers=dangers[:3] + dangers[4:])
    yellow = next(f for f in result.derived("ledger.listings") if f.values["list"] == "yellow")
    counted = [
        f"隐患“Y{n}”〔编号：Y{n}；单位：乙；期限 2024-05-01；已销号：否〕（ledger.dangers[{n}]）" for n in range(3)
    ]
    lines = [line.strip("│ ├└─") for line in explained(result, yellow.id, "zh").splitlines()]
    assert ["计数（隐患：4 条） ＝ 3，等于3", *(f"✓ {c}" for c in counted)] == lines[3:7]
    result = chained(dangers=dangers[1:])
    yellow = next(f for f in result.derived("ledger.listings") if f.values["list"] == "yellow")
    said_ = explained(result, yellow.id, "zh")
    assert "? 隐患“Y7”〔编号：Y7；单位：乙；期限 2024-05-01〕" in said_
    assert "尚缺：隐患“Y7”·已销号" in said_


def test_records_for_another_list_are_doubtful_where_they_are_not_certain() -> None:
    def listed(result: ChainResult, enterprise: str) -> list[dict[str, Any]]:
        return [v for _, v in derived_items(result, "ledger.listings", "enterprise", enterprise, frozenset({"list"}))]

    sure = chained(dangers=[])
    assert [[v["list"] for v in listed(sure, e)] for e in ("甲", "乙")] == [["black"], []]
    doubtful = chained(accidents=[{"id": "S1", "enterprise": "甲", "date": "2024-01-31"}], dangers=[])
    assert [sorted(v) for v in listed(doubtful, "甲")] == [["enterprise", "since", "until"]]


def test_absence_is_part_of_the_explanation() -> None:
    result = chained(accidents=[], dangers=[])
    clear = next(iter(result.derived("ledger.effects")))
    assert "   ├─ ✓ 未发现：其企业在列" in explained(result, clear.id, "zh").splitlines()


def test_a_chain_that_leads_through_itself_is_explained_from_its_beginning() -> None:
    again = (
        CHAINS["black"].replace("chain: black", "chain: again").replace("in: ledger.enterprises", "in: ledger.listings")
    )
    again = again.replace("e.code", "e.enterprise")
    result = chained(chains={"black": CHAINS["black"], "again": again})
    listing = result.derived("ledger.listings")[0]
    assert [s.rule for s in result.steps_to(listing.id)] == ["again", "black"]
    assert "black" in explained(result, listing.id, "en").splitlines()[1]
    assert "again" not in explained(result, listing.id, "en")


def test_a_given_record_explains_itself_in_one_line_and_an_unknown_one_is_refused() -> None:
    result = chained()
    assert explained(result, "ledger.accidents[S1]", "zh") == (
        "事故“S1”〔编号：S1；单位：甲；日期 2024-01-31；等级：重大〕（ledger.accidents[0]）"
    )
    with pytest.raises(NotFoundError):
        explain_fact(result, "ledger.accidents[S2]")


def test_a_derived_record_has_the_weakest_standing_of_its_chain() -> None:
    weak = {**CHAINS, "black": CHAINS["black"].replace("clause: 第一条", "clause: 第一条, standing: parallel")}
    result = chained(chains=weak)
    blocked = next(f for f in result.derived("ledger.effects"))
    yellow = next(f for f in result.derived("ledger.listings") if f.values["list"] == "yellow")
    assert [Standing.parallel, Standing.statute] == [standing(result, f.id) for f in (blocked, yellow)]


@pytest.mark.parametrize(
    ("expect", "failure"),
    [
        ("[{enterprise: 甲, list: black, since: 2024-01-31, until: 2025-01-31}]", ""),
        ("[{list: 黄名单}]", "no record has list 黄名单"),
        ("nothing", "expected nothing, came to 1 certain and 0 possible"),
        ("undetermined", "expected undetermined"),
        ("[]", "expected 0 records"),
        ("[{colour: black}]", "`colour` is not a field"),
        ("listed", "`listed` is not an expectation"),
    ],
)
def test_cases_of_a_chain_are_run(expect: str, failure: str) -> None:
    case = f"""
cases:
  - case: 一例
    given:
      ledger.enterprises: [{{code: 甲}}]
      ledger.accidents: [{{id: S1, enterprise: 甲, date: 2024-01-31, grade: 重大}}]
    expect: {expect}
"""
    results = [r for r in run_cases(book({"black": CHAINS["black"] + case})) if r.of == "black"]
    assert len(results) == 1
    assert (failure == "") is results[0].passed
    assert failure in "".join(results[0].failures)


def test_what_no_case_of_a_chain_tries_is_named() -> None:
    cases = """
cases:
  - {case: 无, given: {ledger.enterprises: 无, ledger.accidents: 无}, expect: nothing}
"""
    found = [u.what.en for u in untried(book({"black": CHAINS["black"] + cases})) if u.of == "black"]
    assert found == ["no case derives a record", "no case is undetermined"]
