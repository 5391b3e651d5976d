"""A tiny rule pack whose files a test can change one at a time, as an author's slip of the pen would."""

from __future__ import annotations

from safety_rules.language.rulebook import Rulebook
from safety_rules.loading.files import RuleFileText
from safety_rules.loading.rulebook import loaded

FILES = {
    "units.yaml": """
units:
  t: {dimension: mass, scale: 1}
""",
    "sources.yaml": """
sources:
  code: {title: {zh: 规范, en: Code}, standing: statute}
""",
    "vocabulary.yaml": """
subjects:
  plant: {zh: 厂, en: Plant, identity: [plant.name]}
choices:
  band: {low: {zh: 低, en: Low}, middle: {zh: 中, en: Middle}, high: {zh: 高, en: High}}
facts:
  plant.name: {zh: 名称, en: Name, kind: text}
  plant.mass: {zh: 质量, en: Mass, kind: number, unit: t, minimum: 0, maximum: 100, step: 0.01}
  plant.staff: {zh: 人数, en: Staff, kind: number, whole: true, minimum: 0, maximum: 50}
  plant.reacts: {zh: 反应, en: Reacts, kind: boolean}
  plant.band: {zh: 档, en: Band, kind: choice, choices: band}
""",
    "parameters.yaml": """
parameters:
  limit.mass:
    zh: 限量
    en: limit of mass
    called: 标准.限量
    kind: number
    unit: t
    entries:
      - {from: 2020-01-01, value: 40, source: code, clause: 一}
""",
    "area/area.yaml": """
area: area
title: {zh: 区, en: Area}
subjects: [plant]
outcomes:
  good: {zh: 好, en: Good}
  fair: {zh: 中, en: Fair}
  bad: {zh: 差, en: Bad}
cases_on: 2020-06-01
""",
    "area/band.yaml": """
derive: band
fact: plant.band
title: {zh: 分档, en: Band}
in_force: {from: 2020-01-01}
authority: [{source: code, clause: 一}]
derives: "'low' if plant.mass < 10[t] else 'middle' if plant.mass < 50[t] else 'high'"
""",
    "area/no_reaction.yaml": """
rule: no_reaction
title: {zh: 无反应, en: No reaction}
in_force: {from: 2020-01-01}
authority: [{source: code, clause: 一}]
requires:
  none: {zh: 无反应, en: No reaction, that: not plant.reacts}
otherwise: {outcome: bad, veto: true}
""",
    "area/not_too_much.yaml": """
rule: not_too_much
title: {zh: 不超限量, en: Not too much}
in_force: {from: 2020-01-01}
authority: [{source: code, clause: 一}]
requires:
  within: {zh: 不超限量, en: Within the limit, that: plant.mass <= limit.mass}
otherwise: {outcome: bad}
""",
    "area/staffed.yaml": """
rule: staffed
title: {zh: 有人, en: Staffed}
in_force: {from: 2020-01-01}
authority: [{source: code, clause: 一}]
applies_when:
  heavy: {zh: 中档以上, en: Middle or above, that: plant.band != 'low'}
requires:
  enough: {zh: 至少三人, en: At least three, that: plant.staff >= 3}
otherwise: {outcome: fair}
""",
    "area/invariants.yaml": """
invariants:
  reaction_is_bad:
    zh: 有反应的不会好于差
    en: What reacts is never better than bad
    when: plant.reacts
    never_better_than: bad
  mass_never_helps:
    zh: 质量越大不会越好
    en: More mass never helps
    grows: plant.mass
    verdict: never_better
""",
}


def book(**changes: str | tuple[str, str]) -> Rulebook:
    """Return the pack with files replaced (by stem), or a piece of a file replaced."""
    files = dict(FILES)
    for stem, change in changes.items():
        path = next((p for p in files if p.endswith(f"/{stem}.yaml") or p == f"{stem}.yaml"), f"area/{stem}.yaml")
        if isinstance(change, tuple):
            assert change[0] in files[path], (path, change)
            files[path] = files[path].replace(*change)
        else:
            files[path] = change
    return loaded([RuleFileText(path, text.encode()) for path, text in files.items()])
