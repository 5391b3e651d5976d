"""The paint workshop from its discovery to 销号: its life, the four thoroughs, and what the rules say on the way."""

from __future__ import annotations

import datetime

import pytest

import safety_rules as sr
from rectification.ledgers import WORKBOOK
from safety_rules.services.rectification.closing import facts
from safety_rules.services.rectification.importing import import_workbook
from safety_rules.services.rectification.life import Event
from safety_rules.services.rectification.recording import dangers, history, latest_facts
from safety_rules.services.rectification.stating import as_facts
from safety_rules.services.rectification.story import story
from safety_rules.services.rectification.table import lifecycle

TABLE = lifecycle()
Life = tuple[tuple[Event, ...], dict[str, object]]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Life:
    store = tmp_path_factory.mktemp("store") / "台账.db"
    import_workbook(WORKBOOK, store, TABLE, datetime.date(2026, 1, 1))
    found = [d.id for d in dangers(store, TABLE, datetime.date.max).values() if "作坊" in d.details.enterprise]
    assert len(found) == 1
    return history(store, found[0]), as_facts(latest_facts(store, found[0]))


def verdict_on(workshop: Life, on: str, **stated: object) -> object:
    events, known = workshop
    until = [e for e in events if str(e.on) <= on]
    area = sr.load().area("rectification").on(on)
    return area.decide(facts(until, TABLE, {**known, **as_facts(stated)}))


def test_its_life_is_told_from_discovery_to_closing(workshop: Life) -> None:
    told = list(story(workshop[0], TABLE, "zh"))
    assert [line.split("→")[1].strip() for line in told[1:]] == [
        "已发现", "已交办", "整改中", "申请验收", "已督查", "验收合格", "已销号",
    ]  # fmt: skip
    assert told[1] == "  1. 2020年8月12日 发现：示例专家一组（专家，示例安全技术服务机构，名册已核实） → 已发现"
    assert "危险废物转移联单" in told[7]


def test_the_rules_hold_it_for_closed_by_the_four_thoroughs(workshop: Life) -> None:
    verdict = verdict_on(workshop, "2020-10-30")
    assert (verdict.outcome, verdict.definite) == ("closed", True)
    rules = [f.rule.key for f in verdict.findings if f.rule.key.startswith("four_thoroughs")]
    text = verdict.explain("zh", rules)
    assert len(rules) == 5
    for words in ("彻底断水断电", "彻底拆除生产装置设备", "彻底清除原料和产品", "彻底清理场地及废水固废（含危废）"):
        assert f"✓ {words}" in text
    assert "：已销号" in text
    assert "断水断电日期：2020-08-13" in text


def test_before_acceptance_it_is_open_and_past_its_deadline_overdue(workshop: Life) -> None:
    assert verdict_on(workshop, "2020-09-12").outcome == "open"
    events, known = workshop
    late = sr.load().area("rectification").on("2020-10-01").decide(facts(events[:3], TABLE, known))
    assert late.outcome == "overdue"


@pytest.mark.parametrize("fact", ["已断水断电", "已拆除生产装置设备", "已清除原料和产品", "已清理场地及废水固废"])
def test_without_any_one_of_the_four_it_is_not_closed(workshop: Life, fact: str) -> None:
    verdict = verdict_on(workshop, "2020-09-29", **{fact: "否"})
    assert verdict.outcome == "open"


def test_nobody_states_an_acceptance_that_did_not_happen(workshop: Life) -> None:
    events, known = workshop
    claimed = {**known, "rectification.acceptance": "passed", "rectification.accepted_by": "department"}
    made = facts(events[:5], TABLE, claimed)
    assert made["rectification.acceptance"] == "not_yet"


def test_what_was_sent_back_is_neither_submitted_nor_accepted(workshop: Life) -> None:
    events, known = workshop
    back = Event(events[0].danger, "send_back", "示例应急管理部门", "department", events[5].on)
    made = facts((*events[:6], back), TABLE, known)
    assert (made["rectification.acceptance"], made["rectification.acceptance_is_requested"]) == ("not_yet", False)
