"""What is stated about a rectification beside its events: the four thoroughs (四个彻底), each with its evidence."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safety_rules.services.rectification.life import RefusedError, chinese
from safety_rules.services.rectification.sheets import Row
from safety_rules.services.store.store import Entry

FACTS = "facts"
SHEET = "四个彻底"
SUBJECT = "整改."
MEASURES = ("断水断电", "拆除设备", "清除物料", "清理场地")
DONE = ("已断水断电", "已拆除生产装置设备", "已清除原料和产品", "已清理场地及废水固废")
HEADINGS = (
    "隐患编号", "整改类别", "证照状态", "有危险废物",
    *(h for done, m in zip(DONE, MEASURES, strict=True) for h in (done, f"{m}日期", f"{m}佐证", f"{m}确认方")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """The facts that are stated about one danger, by their Chinese names, as text."""

    danger: str
    facts: Mapping[str, str]

    def entry(self) -> Entry:
        """Return them as an entry of the ledger."""
        return Entry(FACTS, self.danger, dict(self.facts))


def stated(row: Row, found_on: Mapping[str, datetime.date], today: datetime.date) -> Stated:
    """Return what a row states; raises RefusedError with the heading at fault."""
    danger = row.text("隐患编号")
    if danger not in found_on:
        zh = f"隐患编号“{danger}”在“隐患台账”表中没有对应的有效行"
        raise RefusedError(zh, f"the key `{danger}` joins no danger", "隐患编号")
    facts = {h: row.text(h) for h in HEADINGS[1:] if row.text(h)}
    for measure in MEASURES:
        on = row.day(f"{measure}日期")
        if on is None:
            continue
        if not found_on[danger] <= on <= today:
            zh = f"日期颠倒：{measure}日期{chinese(on)}早于发现日期{chinese(found_on[danger])}，或尚未到来"
            raise RefusedError(zh, f"dates out of order: {on} is before the finding, or yet to come", f"{measure}日期")
        facts[f"{measure}日期"] = on.isoformat()
    _check_values(facts)
    return Stated(danger, facts)


def _check_values(facts: Mapping[str, str]) -> None:
    """Raise where a value is not one that the vocabulary of the area `rectification` knows."""
    from safety_rules.loading.folders import rulebook_of
    from safety_rules.services.dated_area import dated_area

    area = dated_area(rulebook_of(), "rectification", datetime.date.max)
    problems = area.admit(as_facts(facts)).problems
    if problems:
        said = problems[0].message
        heading = area.law.rulebook.vocabulary.facts[problems[0].path.partition("[")[0]].name.zh
        raise RefusedError(f"“{heading}”：{said.zh}", f"`{heading}`: {said.en}", heading)


def as_facts(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return stated facts under their full Chinese names."""
    return {SUBJECT + name: value for name, value in stated.items()}
