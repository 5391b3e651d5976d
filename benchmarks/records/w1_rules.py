"""W1: thirty rules on a project and its enterprise, written out as a rule folder.

Ten limits, seven flags, six lists, seven ratios; a third of them apply to one kind of site only.
The figures are invented for measuring and stand for no law.
"""

from __future__ import annotations

import json
from pathlib import Path

SITES = ("land", "lease", "shared")
TRADES = tuple(f"trade_{n:02d}" for n in range(30))
STAGES = ("negotiating", "signed", "under_construction", "in_production")
STEPS = ("not_required", "not_started", "under_way", "passed", "refused")

NUMBERS = {
    "project.investment": "万元", "project.land": "亩", "project.floor": "m2", "project.sales": "万元", "project.tax": "万元",
    "project.water": "t", "project.power": "万元", "project.staff": "人", "project.height": "m", "project.distance": "m",
    "enterprise.capital": "万元", "enterprise.debt": "万元", "enterprise.workers": "人", "enterprise.officers": "人",
}  # fmt: skip
FLAGS = ("project.chemical", "project.open_fire", "project.insured", "enterprise.trained", "enterprise.has_plan",
         "enterprise.overdue", "enterprise.black_listed")  # fmt: skip
CHOICES = {"project.site": "site", "project.trade": "trade", "project.stage": "stage", "enterprise.review": "step"}

RULES: tuple[tuple[str, str, str, str], ...] = (
    # key, outcome, applies_when, requires
    ("black_list", "rejected", "", "not enterprise.black_listed"),
    ("overdue_dangers", "rejected", "", "not enterprise.overdue"),
    ("chemical_trade", "rejected", "", "project.trade not in ['trade_00', 'trade_01', 'trade_02', 'trade_03']"),
    ("chemical_flag", "rejected", "project.stage in ['negotiating', 'signed']", "not project.chemical"),
    ("distance", "rejected", "project.chemical", "project.distance >= 100[m]"),
    ("land_investment", "rejected", "project.site == 'land'", "project.investment / project.land >= 300[万元/亩]"),
    ("land_sales", "rejected", "project.site == 'land'", "project.sales / project.land >= 400.5[万元/亩]"),
    ("land_tax", "rejected", "project.site == 'land'", "project.tax / project.land >= 20[万元/亩]"),
    ("land_staff", "referred", "project.site == 'land'", "project.staff / project.land <= 25.5[人/亩]"),
    ("lease_investment", "rejected", "project.site == 'lease'", "project.investment / project.floor >= 0.07[万元/m2]"),
    ("lease_sales", "rejected", "project.site == 'lease'", "project.sales / project.floor >= 0.4[万元/m2]"),
    ("land_at_most", "referred", "project.site == 'land'", "project.land <= 500[亩]"),
    ("floor_at_least", "referred", "project.site == 'lease'", "project.floor >= 1000[m2]"),
    ("shared_trades", "referred", "project.site == 'shared'", "project.trade in ['trade_10', 'trade_11', 'trade_12']"),
    ("height", "referred", "", "project.height <= 99.5[m]"),
    ("water", "referred", "", "project.water <= 50000[t]"),
    ("power", "referred", "", "project.power < 900.5[万元]"),
    ("investment", "referred", "", "project.investment >= 500[万元]"),
    ("capital", "referred", "", "enterprise.capital >= 100[万元]"),
    ("debt", "referred", "", "enterprise.debt / enterprise.capital <= 0.7"),
    ("workers", "referred", "", "enterprise.workers >= 5[人]"),
    ("review_not_refused", "referred", "", "enterprise.review != 'refused'"),
    (
        "review_passed",
        "conditional",
        "project.stage == 'in_production'",
        "enterprise.review in ['passed', 'not_required']",
    ),
    ("review_begun", "conditional", "project.stage == 'under_construction'", "enterprise.review != 'not_started'"),
    ("officers", "conditional", "enterprise.workers > 100[人]", "enterprise.officers / enterprise.workers >= 0.02"),
    ("one_officer", "conditional", "", "enterprise.officers >= 1[人]"),
    ("trained", "conditional", "", "enterprise.trained"),
    ("plan", "conditional", "", "enterprise.has_plan"),
    ("open_fire_insured", "conditional", "project.open_fire", "project.insured"),
    ("open_fire_distance", "conditional", "project.open_fire and project.chemical", "project.distance >= 250[m]"),
)

OUTCOMES = ("admitted", "conditional", "referred", "rejected")


def quoted(text: str) -> str:
    """Return text as a YAML scalar."""
    return json.dumps(text, ensure_ascii=False)


def vocabulary(trades: tuple[str, ...] = TRADES) -> str:
    """Return the vocabulary's YAML."""
    lines = [
        "subjects:",
        "  project: {zh: 项目, en: Project, identity: []}",
        "  enterprise: {zh: 企业, en: Enterprise, identity: []}",
    ]
    lines.append("choices:")
    for name, keys in (("site", SITES), ("trade", trades), ("stage", STAGES), ("step", STEPS)):
        lines.append(f"  {name}:")
        lines += [f"    {k}: {{zh: {name}之{n}, en: {k.replace('_', ' ')}}}" for n, k in enumerate(keys)]
    lines.append("facts:")
    for n, (key, unit) in enumerate(NUMBERS.items()):
        bounds = (
            "above: 0"
            if key in ("project.land", "project.floor", "enterprise.capital", "enterprise.workers")
            else "minimum: 0"
        )
        whole = "whole: true, " if unit == "人" else ""
        lines.append(
            f"  {key}: {{zh: 数{n}, en: {key.partition('.')[2]}, kind: number, unit: {unit}, {whole}{bounds}, maximum: 1000000000}}"
        )
    lines += [f"  {key}: {{zh: 旗{n}, en: {key.partition('.')[2]}, kind: boolean}}" for n, key in enumerate(FLAGS)]
    lines += [
        f"  {key}: {{zh: 类{n}, en: {key.partition('.')[2]}, kind: choice, choices: {c}}}"
        for n, (key, c) in enumerate(CHOICES.items())
    ]
    return "\n".join(lines) + "\n"


def rule_text(key: str, outcome: str, applies: str, requires: str) -> str:
    """Return one rule file's YAML."""
    lines = [f"rule: {key}", f"title: {{zh: 规则{key}, en: {key.replace('_', ' ')}}}", "in_force: {from: 2020-01-01}"]
    lines.append("authority: [{source: invented, clause: 第一条}]")
    if applies:
        lines += ["applies_when:", f"  applies: {{zh: 适用, en: it applies, that: {quoted(applies)}}}"]
    lines += ["requires:", f"  holds: {{zh: 符合, en: it holds, that: {quoted(requires)}}}"]
    return "\n".join([*lines, "otherwise:", f"  outcome: {outcome}"]) + "\n"


UNITS = """units:
  万元: {dimension: money, scale: 10000}
  亩: {dimension: area, scale: 2000/3}
  m2: {dimension: area, scale: 1}
  t: {dimension: mass, scale: 1000}
  m: {dimension: length, scale: 1}
  人: {dimension: people, scale: 1}
"""
SOURCES = """sources:
  invented: {title: {zh: 测速用例, en: Invented for measuring}, standing: statute}
"""
AREA = """area: w1
title: {zh: 测速, en: Measuring}
subjects: [project, enterprise]
outcomes:
  admitted: {zh: 准入, en: Admitted}
  conditional: {zh: 附条件准入, en: Admitted on conditions}
  referred: {zh: 提交研判, en: Referred}
  rejected: {zh: 不予准入, en: Rejected}
cases_on: 2021-01-01
"""


def write_folder(
    folder: Path, rules: tuple[tuple[str, str, str, str], ...] = RULES, trades: tuple[str, ...] = TRADES
) -> Path:
    """Write the rules as a folder that `safety_rules.load` reads, and return it."""
    area = folder / "w1"
    area.mkdir(parents=True, exist_ok=True)
    for name, text in (("vocabulary", vocabulary(trades)), ("units", UNITS), ("sources", SOURCES), ("w1/area", AREA)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    for rule in rules:
        (area / f"{rule[0]}.yaml").write_text(rule_text(*rule), encoding="utf-8")
    return folder
