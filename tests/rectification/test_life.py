from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from rectification.ledgers import CODE, DEPARTMENT, ENTERPRISE, PARK, UNIT, day, ledger, life
from safety_rules.language.errors import RuleFileError
from safety_rules.loading.lifecycle import lifecycle_file
from safety_rules.services.rectification.deadlines import due_this_week, overdue
from safety_rules.services.rectification.life import Danger, Event, RefusedError, replay
from safety_rules.services.rectification.recording import dangers, evidence, record
from safety_rules.services.rectification.table import FILE, lifecycle

TABLE = lifecycle()
TODAY = datetime.date(2020, 9, 30)


def lived(steps: int) -> Danger:
    return replay(TABLE, life()[:steps])["YH-1"]


def refusal(steps: int, event: Event) -> str:
    """Return in Chinese why an event after some steps is refused."""
    with pytest.raises(RefusedError) as caught:
        replay(TABLE, (*life()[:steps], event))
    assert caught.value.reason.en.isprintable()
    return caught.value.reason.zh


def test_a_life_goes_from_finding_to_closing() -> None:
    states = [lived(n).state for n in range(1, 8)]
    assert states == ["found", "ordered", "in_hand", "submitted", "supervised", "accepted", "closed"]
    assert lived(7).closed_on == day(7)


@pytest.mark.parametrize(
    "name", [ENTERPRISE, "示例 企业", UNIT, CODE, "９１３２０９９１ＭＡ００００００01", "「示例企业」"]
)
@pytest.mark.parametrize("role", ["department", "zone", "expert", "enterprise"])
def test_who_answers_for_a_danger_never_accepts_it_under_any_name_or_role(name: str, role: str) -> None:
    reason = refusal(5, Event("YH-1", "accept", name, role, day(6)))
    assert "不得办理本单位隐患" in reason if role == "department" else "无权办理" in reason


def test_who_supervised_does_not_accept() -> None:
    expected = "“示例督查组”已办理过本隐患的“督查”，不得再办理“验收合格”"
    assert expected == refusal(5, Event("YH-1", "accept", PARK, "department", day(6)))


def test_who_accepted_does_not_supervise_the_next_round() -> None:
    again = (
        Event("YH-1", "send_back", DEPARTMENT, "department", day(6)),
        Event("YH-1", "submit", ENTERPRISE, "enterprise", day(7)),
    )
    accepted_once = (*life()[:6], *again)
    with pytest.raises(RefusedError, match="已办理过本隐患的“验收合格”"):
        replay(TABLE, (*accepted_once, Event("YH-1", "supervise", DEPARTMENT, "zone", day(8))))


def test_another_enterprise_does_not_submit_it() -> None:
    assert "只能由责任单位“示例街道”或整改单位“示例企业”办理" in refusal(3, replace(life()[3], by="别家企业"))


def test_closing_twice_is_refused_with_the_day_of_the_first() -> None:
    assert refusal(7, life()[6]) == "隐患“YH-1”已于2020年9月7日销号，不能再办“销号”"


def test_closing_before_acceptance_is_refused() -> None:
    assert "现为“已督查”，须为“验收合格”才能办“销号”" in refusal(5, life()[6])


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_closing_wants_evidence(text: str) -> None:
    assert refusal(6, replace(life()[6], evidence=text)) == "“销号”须附佐证（文字或文件）"


def test_dates_out_of_order_are_refused() -> None:
    expected = "日期颠倒：申请验收日期2020年9月2日早于上一环节的2020年9月3日"
    assert expected == refusal(3, replace(life()[3], on=day(2)))


def test_a_deadline_before_its_order_is_refused() -> None:
    assert "整改期限2020年9月1日早于交办日期2020年9月2日" in refusal(1, replace(life()[1], deadline=day(1)))


def test_an_extension_that_does_not_extend_is_refused() -> None:
    extension = Event("YH-1", "extend", DEPARTMENT, "department", day(4), deadline=day(10))
    assert "不晚于原期限" in refusal(3, extension)


def test_an_event_of_an_unknown_danger_is_refused() -> None:
    assert refusal(1, replace(life("YH-9")[1])) == "台账中没有隐患“YH-9”"


def test_what_was_sent_back_must_be_accepted_again() -> None:
    back = Event("YH-1", "send_back", DEPARTMENT, "department", day(6))
    danger = replay(TABLE, (*life()[:6], back))["YH-1"]
    assert (danger.state, danger.accepted_on) == ("in_hand", None)


def test_extension_and_escalation_leave_the_state() -> None:
    more = (
        Event("YH-1", "extend", DEPARTMENT, "department", day(4), deadline=day(20)),
        Event("YH-1", "escalate", DEPARTMENT, "department", day(5)),
    )
    danger = replay(TABLE, (*life()[:3], *more))["YH-1"]
    assert (danger.state, danger.deadline, danger.escalated) == ("in_hand", day(20), True)


def test_overdue_begins_the_day_after_the_deadline_and_ends_with_acceptance() -> None:
    assert [overdue(lived(5), day(n)) for n in (9, 10, 11)] == [False, False, True]
    assert not overdue(lived(6), day(30))


def test_due_this_week_reaches_to_sunday() -> None:
    danger = replace(lived(3), deadline=day(13))  # a Sunday
    assert [due_this_week(danger, day(n)) for n in (6, 7, 13, 14)] == [False, True, True, False]


def test_a_refused_event_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    ledger(path, count=1, steps=5)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="不得办理本单位隐患"):
        record(path, TABLE, Event("YH-1", "accept", ENTERPRISE, "department", day(6)), TODAY)
    with pytest.raises(RefusedError, match="尚未到来"):
        record(path, TABLE, replace(life()[5], on=datetime.date(2020, 10, 1)), TODAY)
    assert path.read_bytes() == before


def test_a_recorded_event_is_there_and_a_past_day_is_seen_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    ledger(path, count=1, steps=5)
    record(path, TABLE, life()[5], TODAY)
    assert dangers(path, TABLE, TODAY)["YH-1"].state == "accepted"
    assert dangers(path, TABLE, day(5))["YH-1"].state == "supervised"


def test_evidence_in_a_file_is_recorded_with_its_hash(tmp_path: Path) -> None:
    photo = tmp_path / "现场照片.jpg"
    photo.write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, of abc
    assert evidence(str(photo)) == f"现场照片.jpg (sha256 {digest})"
    assert evidence(" 已复查，通道畅通。 ") == "已复查，通道畅通。"
    with pytest.raises(RefusedError, match="找不到佐证文件"):
        evidence(str(tmp_path / "没有.jpg"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("roles: [expert]", "roles: [guest]"),
        ("from: [found]", "from: [lost]"),
        ("to: closed", "to: accepted"),
        ("submit, supervise]", "submit, inspect]"),
        ("asks: [evidence]", "asks: [luck]"),
        ("rests_with: zone", "rests_with: nobody"),
    ],
)
def test_a_table_that_names_what_it_does_not_define_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    copy = tmp_path / "lifecycle.yaml"
    copy.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RuleFileError, match="lifecycle"):
        lifecycle_file(copy)
