"""Corrections, extensions and withdrawals: what they change, who may do them, and that the replay holds them."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from rectification.ledgers import CODE, DEPARTMENT, ENTERPRISE, EXPERT, UNIT, day, ledger, life
from safety_rules.services.rectification.closing import facts
from safety_rules.services.rectification.deadlines import overdue
from safety_rules.services.rectification.life import Change, Danger, Event, RefusedError, cells, replay
from safety_rules.services.rectification.recording import dangers, entry, event_of, history, record
from safety_rules.services.rectification.stats import due, stats_of_store
from safety_rules.services.rectification.story import story
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults

TABLE = lifecycle()
TODAY = datetime.date(2020, 9, 30)


def correction(field: str, old: str, new: str, by: str = DEPARTMENT, role: str = "department") -> Event:
    return Event("YH-1", "correct", by, role, TODAY, "登记有误", change=Change(field, old, new))


def lived(steps: int, *more: Event) -> Danger:
    return replay(TABLE, (*life()[:steps], *more))["YH-1"]


def refusal(steps: int, *more: Event) -> str:
    with pytest.raises(RefusedError) as caught:
        lived(steps, *more)
    assert caught.value.reason.en.isprintable()
    return caught.value.reason.zh


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("领域", "消防", "燃气"),
        ("隐患级别", "一般", "重大"),
        ("隐患内容", "疏散通道堵塞", "灭火器压力不足"),
        ("责任单位", UNIT, "另一街道"),
        ("整改单位", ENTERPRISE, "另一企业"),
        ("统一社会信用代码", CODE, ""),
        ("发现日期", "2020-09-01", "2020-08-30"),
        ("交办日期", "2020-09-02", "2020-09-01"),
        ("整改期限", "2020-09-10", "2020-09-20"),
    ],
)
def test_a_correction_changes_its_field_and_nothing_else(field: str, old: str, new: str) -> None:
    before, after = lived(2), lived(2, correction(field, old, new))
    expected = cells(before.past) | {field: new}
    assert cells(after.past) == expected
    assert (after.state, after.last_on, after.corrected) == (before.state, after.past[-1].on, 1)
    assert (after.deadline, after.found_on) == (
        datetime.date.fromisoformat(expected["整改期限"]),
        datetime.date.fromisoformat(expected["发现日期"]),
    )


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("隐患内容", "别的", "新的", "现为“疏散通道堵塞”"),
        ("隐患内容", "疏散通道堵塞", "疏散通道堵塞", "新值与原值不同"),
        ("隐患内容", "疏散通道堵塞", " ", "不能更正为“”"),
        ("隐患级别", "一般", "较大", "不能更正为“较大”"),
        ("发现日期", "2020-09-01", "2020-9-1", "不能更正为“2020-9-1”"),
        ("发现日期", "2020-09-01", "2020-09-03", "日期颠倒"),
        ("交办日期", "2020-09-02", "2020-10-01", "尚未到来"),
        ("整改期限", "2020-09-10", "2020-09-01", "整改期限2020年9月1日早于交办日期"),
        ("整改单位", ENTERPRISE, DEPARTMENT, "是该隐患的责任方"),
        ("交办部门", DEPARTMENT, "另一部门", "没有可更正的“交办部门”"),
        ("督查日期", "", "2020-09-05", "没有可更正的“督查日期”"),
        ("天气", "晴", "雨", "没有可更正的“天气”"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_with_the_reason(field: str, old: str, new: str, said: str) -> None:
    assert said in refusal(2, correction(field, old, new))


def test_a_correction_asks_for_the_change_and_for_a_reason() -> None:
    right = correction("领域", "消防", "燃气")
    assert "须写明理由" in refusal(2, replace(right, evidence=" "))
    assert "须写明更正哪一项" in refusal(2, replace(right, change=None))
    assert "只有在更正时才带更正内容" in refusal(
        2, Event("YH-1", "escalate", DEPARTMENT, "department", day(3), change=right.change)
    )


@pytest.mark.parametrize(("by", "role"), [(ENTERPRISE, "department"), (UNIT, "zone"), (CODE, "expert")])
def test_who_answers_for_a_danger_neither_corrects_nor_withdraws_it(by: str, role: str) -> None:
    assert "不得办理本单位隐患的“更正”" in refusal(2, correction("领域", "消防", "燃气", by, role))
    if role != "zone":
        assert "不得办理本单位隐患的“误报撤销”" in refusal(2, Event("YH-1", "withdraw", by, role, day(3), "误报"))


def test_the_enterprise_corrects_nothing() -> None:
    assert "企业无权办理" in refusal(2, correction("领域", "消防", "燃气", "别家企业", "enterprise"))


def test_a_step_after_a_correction_goes_on_from_its_own_day() -> None:
    events = (*life()[:2], correction("领域", "消防", "燃气"), *life()[2:])
    assert replay(TABLE, events)["YH-1"].state == "closed"
    assert replay(TABLE, events)["YH-1"].details.field == "燃气"


def test_a_closed_danger_may_be_corrected_and_stays_closed() -> None:
    after = lived(
        7, correction("督查日期", "2020-09-05", "2020-09-04"), correction("销号佐证", "整改前后照片", "照片2张")
    )
    assert (after.state, after.closed_on, after.corrected) == ("closed", day(7), 2)
    assert facts((*life(), correction("督查日期", "2020-09-05", "2020-09-04")), TABLE, {})[
        "rectification.reinspected_on"
    ] == day(4)


def test_a_correction_of_a_step_that_was_sent_back_is_of_the_last_one() -> None:
    back = Event("YH-1", "send_back", DEPARTMENT, "department", day(5))
    again = Event("YH-1", "submit", ENTERPRISE, "enterprise", day(8))
    assert "没有可更正的“督查日期”" in refusal(5, back, correction("督查日期", "2020-09-05", "2020-09-04"))
    after = lived(5, back, again, correction("申请验收日期", "2020-09-08", "2020-09-07"))
    assert [e.on for e in after.past if e.name == "submit"] == [day(4), day(7)]


def test_a_withdrawn_danger_is_neither_due_nor_counted_and_nothing_follows(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    ledger(store, count=2, steps=2)
    record(store, TABLE, Event("YH-1", "withdraw", EXPERT, "expert", day(5), "复核为误报"), TODAY)
    figures = stats_of_store(store, TABLE, TODAY)
    assert (figures.total.found, figures.overdue, figures.withdrawn) == (1, 1, 1)
    listed = dangers(store, TABLE, TODAY)
    assert [d.id for d in due(listed.values(), TODAY)] == ["YH-2"]
    assert not overdue(listed["YH-1"], TODAY)
    for event in (life()[2], correction("领域", "消防", "燃气")):
        with pytest.raises(RefusedError, match="现为“误报撤销”"):
            record(store, TABLE, event, TODAY)


def test_withdrawing_wants_a_reason_and_is_too_late_after_acceptance() -> None:
    withdrawn = Event("YH-1", "withdraw", EXPERT, "expert", day(6), "误报")
    assert "须写明理由" in refusal(2, replace(withdrawn, evidence=""))
    assert "现为“验收合格”" in refusal(6, withdrawn)


def test_an_extension_moves_the_deadline_and_is_counted(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    ledger(store, count=1, steps=2)
    record(store, TABLE, Event("YH-1", "extend", DEPARTMENT, "department", day(8), deadline=day(29)), TODAY)
    assert dangers(store, TABLE, TODAY)["YH-1"].deadline == day(29)
    assert stats_of_store(store, TABLE, TODAY).extended == 1


def test_a_deadline_in_another_event_moves_nothing() -> None:
    assert lived(2, replace(life()[2], deadline=day(28))).deadline == day(10)


def test_corrections_are_kept_told_and_verified(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    ledger(store, count=1, steps=2)
    event = correction("隐患内容", "疏散通道堵塞", "灭火器压力不足")
    record(store, TABLE, event, TODAY)
    assert history(store, "YH-1")[-1] == event == event_of("YH-1", entry(event).body)
    assert faults(store, TABLE, None, TODAY)[1] == ()
    told = list(story(history(store, "YH-1"), TABLE, "zh"))
    assert "2020年9月30日 更正：示例主管部门" in told[-1]
    assert "隐患内容由“疏散通道堵塞”改为“灭火器压力不足”，理由：登记有误 → 已交办" in told[-1]
    assert "灭火器压力不足（消防" in told[0]
    assert "from `疏散通道堵塞` to" in list(story(history(store, "YH-1"), TABLE, "en"))[-1]
    assert stats_of_store(store, TABLE, TODAY).corrected == 1
