"""A rulebook of three short chains over a ledger, and generated ledgers of any size for it."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

from safety_rules.language.chain import ChainFact
from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText
from safety_rules.loading.rulebook import rulebook
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.chaining.chain import ChainProgram, program_on
from safety_rules.semantics.chaining.facts import given_facts
from safety_rules.words.diagnostic import Diagnostic

DAY = datetime.date(2024, 6, 1)

WORDS = """
subjects:
  ledger:
    zh: 台账
    en: Ledger
    identity: [ledger.enterprises.code, ledger.accidents.id, ledger.dangers.id, ledger.projects.id]
choices:
  grade: {major: {zh: 重大, en: Major}, general: {zh: 一般, en: General}}
  colour: {black: {zh: 黑名单, en: Black list}, yellow: {zh: 黄名单, en: Yellow list}}
facts:
  ledger.enterprises:
    {zh: 企业, en: Enterprises, kind: records, fields: {code: {zh: 代码, en: Code, kind: text}}}
  ledger.accidents:
    zh: 事故
    en: Accidents
    kind: records
    fields:
      id: {zh: 编号, en: Number, kind: text}
      enterprise: {zh: 单位, en: Enterprise, kind: text}
      date: {zh: 日期, en: Date, kind: date}
      grade: {zh: 等级, en: Grade, kind: choice, choices: grade}
      deaths: {zh: 死亡人数, en: Deaths, kind: number, whole: true}
  ledger.dangers:
    zh: 隐患
    en: Dangers
    kind: records
    fields:
      id: {zh: 编号, en: Number, kind: text}
      enterprise: {zh: 单位, en: Enterprise, kind: text}
      deadline: {zh: 期限, en: Deadline, kind: date}
      is_closed: {zh: 已销号, en: Closed, kind: boolean}
  ledger.projects:
    zh: 项目
    en: Projects
    kind: records
    fields:
      id: {zh: 编号, en: Number, kind: text}
      enterprise: {zh: 单位, en: Enterprise, kind: text}
  ledger.listings:
    zh: 名单
    en: Listings
    kind: records
    fields:
      enterprise: {zh: 单位, en: Enterprise, kind: text}
      list: {zh: 类别, en: List, kind: choice, choices: colour}
      since: {zh: 列入日, en: Since, kind: date}
      until: {zh: 期满日, en: Until, kind: date}
  ledger.effects:
    zh: 影响
    en: Effects
    kind: records
    fields:
      project: {zh: 项目, en: Project, kind: text}
      blocked: {zh: 禁止, en: Blocked, kind: boolean}
"""
SOURCES = """
sources:
  statute: {title: {zh: 法, en: Law}, standing: statute}
"""
PARAMETERS = """
parameters:
  limit.period:
    zh: 期限
    en: Period
    called: 标准.期限
    kind: number
    unit: 月
    entries: [{from: 2000-01-01, value: 12, source: statute, clause: 一}]
"""
UNITS = """
units:
  月: {dimension: month, scale: 1}
  天: {dimension: day, scale: 1}
"""
AREA = """
area: area
title: {zh: 领域, en: Area}
subjects: [ledger]
outcomes: {good: {zh: 好, en: Good}, bad: {zh: 坏, en: Bad}}
cases_on: 2024-06-01
"""
RULE = """
rule: any_rule
title: {zh: 规则, en: A rule}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 一}]
requires:
  few: {zh: 少, en: few, that: count(p for p in ledger.projects) <= 100000}
otherwise: {outcome: bad}
"""
BLACK = """
chain: black
title: {zh: 重大事故列入黑名单, en: A major accident black-lists}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 第一条}]
given:
  e: {in: ledger.enterprises, zh: 有一家企业, en: an enterprise}
  a:
    in: ledger.accidents
    zh: 该企业发生重大事故
    en: it had a major accident
    that: a.enterprise == e.code and a.grade == 'major' and a.date <= as_of
derives:
  in: ledger.listings
  with: {enterprise: e.code, list: black, since: a.date, until: 'a.date + limit.period[a.date]'}
"""
YELLOW = """
chain: yellow
title: {zh: 逾期隐患达三项列入黄名单, en: Three overdue dangers yellow-list}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 第二条}]
given:
  e:
    in: 台账.企业
    zh: 该企业逾期未销号隐患达三项
    en: it has three overdue dangers
    that: count(d for d in ledger.dangers if d.enterprise == e.code and not d.is_closed and d.deadline < as_of) >= 3
derives:
  in: ledger.listings
  with: {单位: e.代码, list: 黄名单, since: as_of}
"""
BLOCKED = """
chain: blocked
title: {zh: 在列企业的项目禁止, en: Projects of listed enterprises are blocked}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 第三条}]
given:
  p: {in: ledger.projects, zh: 有一个项目, en: a project}
  l:
    in: ledger.listings
    zh: 其企业在黑名单管理期内
    en: its enterprise is within a black-list period
    that: l.enterprise == p.enterprise and l.list == 'black' and l.since <= as_of <= l.until
derives:
  in: ledger.effects
  with: {project: p.id, blocked: 'true'}
"""
CLEARED = """
chain: cleared
title: {zh: 不在列企业的项目放行, en: Projects of others go on}
in_force: {from: 2000-01-01}
authority: [{source: statute, clause: 第四条}]
given:
  p: {in: ledger.projects, zh: 有一个项目, en: a project}
unless:
  l:
    in: ledger.listings
    zh: 其企业在列
    en: its enterprise is listed
    that: l.enterprise == p.enterprise
derives:
  in: ledger.effects
  with: {project: p.id, blocked: 'false'}
"""
CHAINS = {"black": BLACK, "yellow": YELLOW, "blocked": BLOCKED, "cleared": CLEARED}


def diagnosed(chains: dict[str, str]) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return what comes of rule files with these chains."""
    files = {"words": WORDS, "sources": SOURCES, "parameters": PARAMETERS, "units": UNITS}
    files |= {"area/area": AREA, "area/any_rule": RULE} | {f"area/{k}": v for k, v in chains.items()}
    return rulebook([RuleFileText(f"{name}.yaml", text.encode()) for name, text in files.items()])


def book(chains: dict[str, str] | None = None) -> Rulebook:
    """Return the rulebook of these chains; they must be right."""
    found, wrong = diagnosed(CHAINS if chains is None else chains)
    assert found is not None, "\n".join(d.text() for d in wrong)
    return found


def started(data: dict[str, Any], chains: dict[str, str] | None = None) -> tuple[ChainProgram, tuple[ChainFact, ...]]:
    """Return the program on the day, and the records of a ledger."""
    rules = book(chains)
    program = program_on(rules, DAY)
    record = admit(data, rules.vocabulary)
    assert record.problems == ()
    facts, problems = given_facts(record, program)
    assert problems == ()
    return program, facts


def ledger(size: int, seed: int = 1) -> dict[str, Any]:
    """Return a generated ledger of that many records, a few of them with blanks."""
    random = Random(seed)
    enterprises = [f"E{n}" for n in range(size // 5)]

    def day() -> str:
        return (DAY - datetime.timedelta(days=random.randrange(-30, 600))).isoformat()

    def blank(record: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in record.items() if k == "id" or random.random() > 0.02}

    accidents = [
        blank(
            {
                "id": f"A{n}",
                "enterprise": random.choice(enterprises),
                "date": day(),
                "grade": random.choice(["重大", "一般"]),
            }
        )
        for n in range(size // 5)
    ]
    dangers = [
        blank(
            {
                "id": f"D{n}",
                "enterprise": random.choice(enterprises),
                "deadline": day(),
                "is_closed": random.random() < 0.4,
            }
        )
        for n in range(size * 2 // 5)
    ]
    projects = [{"id": f"P{n}", "enterprise": random.choice(enterprises)} for n in range(size // 5)]
    return {
        "ledger.enterprises": [{"code": e} for e in enterprises],
        "ledger.accidents": accidents,
        "ledger.dangers": dangers,
        "ledger.projects": projects,
    }
