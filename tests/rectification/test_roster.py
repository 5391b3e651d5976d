"""The roster: a role is not taken at its word, and another hand is another organisation."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from rectification.ledgers import CODE, DEPARTMENT, ENTERPRISE, EXPERT, PARK, day, head_of, ledger, life
from rectification.workbooks import book
from safety_rules.cli.main import main
from safety_rules.services.rectification.importing import import_roster, import_workbook
from safety_rules.services.rectification.ledger import reading, writing
from safety_rules.services.rectification.life import Event, RefusedError, replay
from safety_rules.services.rectification.recording import EVENT, entry, history, record
from safety_rules.services.rectification.roster import Actor
from safety_rules.services.rectification.story import story
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults
from safety_rules.services.store.store import append, entries

TABLE = lifecycle()
TODAY = datetime.date(2020, 9, 30)
OFFICE = "示例管理委员会"
ROSTER: list[dict[str, object]] = [
    {"名称": EXPERT, "角色": "专家", "所属单位": "示例机构", "统一社会信用代码": ""},
    {"名称": DEPARTMENT, "角色": "部门", "所属单位": DEPARTMENT, "统一社会信用代码": ""},
    {"名称": "示例科员甲", "角色": "部门", "所属单位": DEPARTMENT, "统一社会信用代码": ""},
    {"名称": "示例科员乙", "角色": "部门", "所属单位": OFFICE, "统一社会信用代码": ""},
    {"名称": "示例安全员", "角色": "部门", "所属单位": ENTERPRISE, "统一社会信用代码": CODE},
    {"名称": PARK, "角色": "园区", "所属单位": OFFICE, "统一社会信用代码": ""},
    {"名称": ENTERPRISE, "角色": "企业", "所属单位": ENTERPRISE, "统一社会信用代码": CODE},
    {"名称": "示例厂长", "角色": "企业", "所属单位": ENTERPRISE, "统一社会信用代码": CODE},
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a ledger with a roster and one danger that was ordered."""
    path = tmp_path / "台账.db"
    assert import_roster(book(tmp_path / "名册.xlsx", {}, 办理人名册=ROSTER), path, TABLE) == (8, ())
    steps = ("整改开始日期", "申请验收日期", "督查日期", "验收日期", "销号日期", "销号佐证")
    made = import_workbook(book(tmp_path / "a.xlsx", dict.fromkeys(steps, "")), path, TABLE, TODAY)
    assert (made.dangers, made.refusals) == (1, ())
    return path


def done(store: Path, name: str, by: str, role: str, on: int, evidence: str = "") -> Event:
    return record(store, TABLE, Event("YH-1", name, by, role, day(on), evidence), TODAY)[0]


def refusal(store: Path, name: str, by: str, role: str, on: int = 9) -> str:
    before = head_of(store)
    with pytest.raises(RefusedError) as caught:
        done(store, name, by, role, on)
    assert head_of(store) == before
    return caught.value.reason.zh


def supervised(store: Path) -> None:
    done(store, "start", "示例厂长", "enterprise", 3)
    done(store, "submit", ENTERPRISE, "enterprise", 4)
    done(store, "supervise", PARK, "zone", 5)


def test_a_person_acts_for_the_organisation_that_the_roster_names(store: Path) -> None:
    supervised(store)
    event = done(store, "accept", "示例科员甲", "department", 6)
    assert (event.verified, event.organisation) == (True, DEPARTMENT)
    told = list(story(history(store, "YH-1"), TABLE, "zh"))
    assert "验收合格：示例科员甲（部门，示例主管部门，名册已核实）" in told[6]
    assert faults(store, TABLE)[1] == ()


def test_who_is_not_on_the_roster_is_refused(store: Path) -> None:
    assert refusal(store, "start", "示例某某", "enterprise") == "“示例某某”不在办理人名册中"


def test_a_role_that_is_not_that_of_the_roster_is_refused(store: Path) -> None:
    supervised(store)
    assert refusal(store, "accept", "示例厂长", "department") == "“示例厂长”在办理人名册中是“企业”，不是“部门”"
    assert refusal(store, "accept", PARK, "department") == f"“{PARK}”在办理人名册中是“园区”，不是“部门”"


def test_a_department_of_the_enterprise_itself_does_not_accept(store: Path) -> None:
    supervised(store)
    assert "不得办理本单位隐患的“验收合格”" in refusal(store, "accept", "示例安全员", "department")


def test_who_belongs_to_the_organisation_that_supervised_does_not_accept(store: Path) -> None:
    supervised(store)
    assert refusal(store, "accept", "示例科员乙", "department") == (
        f"“示例科员乙”（{OFFICE}）已办理过本隐患的“督查”，不得再办理“验收合格”"
    )


@pytest.mark.parametrize("name", ["示例企业安全科", "示例企业 安全环保部", "示例企业（安全部）"])
def test_without_a_roster_a_part_of_the_enterprise_is_known_by_its_name(name: str) -> None:
    with pytest.raises(RefusedError, match="不得办理本单位隐患"):
        replay(TABLE, (*life()[:5], Event("YH-1", "accept", name, "department", day(6))))


def test_without_a_roster_the_record_says_that_the_role_was_claimed(tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    ledger(path, count=1, steps=5)
    event = done(path, "accept", DEPARTMENT, "department", 6)
    assert not event.verified
    with reading(path) as connection:
        assert {e.body["role_is"] for e in entries(connection, EVENT)} == {"claimed"}
    assert "验收合格：示例主管部门（部门，自报未核实）" in list(story(history(path, "YH-1"), TABLE, "zh"))[6]


def test_a_workbook_with_a_roster_is_held_to_it(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {}, {"验收部门": "示例某局"}, {"督查单位": DEPARTMENT}, 办理人名册=ROSTER)
    result = import_workbook(path, tmp_path / "台账.db", TABLE, TODAY)
    assert [(r.place, r.reason.zh) for r in result.refusals] == [
        ("隐患台账!R3", "“示例某局”不在办理人名册中"),
        ("隐患台账!P4", "“示例主管部门”在办理人名册中是“部门”，不是“园区”"),
    ]
    assert (result.dangers, result.actors) == (1, 8)
    assert {e.verified for e in history(tmp_path / "台账.db", "YH-1")} == {True}


def test_importing_a_roster_twice_writes_nothing_more_and_a_change_takes_its_place(store: Path, tmp_path: Path) -> None:
    before = head_of(store)
    assert import_roster(tmp_path / "名册.xlsx", store, TABLE) == (0, ())
    assert head_of(store) == before
    moved = [{**row, "角色": "园区"} if row["名称"] == "示例科员甲" else row for row in ROSTER]
    assert import_roster(book(tmp_path / "b.xlsx", {}, 办理人名册=moved), store, TABLE) == (1, ())
    supervised(store)
    assert "是“园区”，不是“部门”" in refusal(store, "accept", "示例科员甲", "department")


@pytest.mark.parametrize(
    ("change", "cell", "reason"),
    [
        ({"角色": "领导"}, "B2", "角色“领导”不是专家、企业、园区、部门之一"),
        ({"所属单位": ""}, "C2", "“所属单位”未填写"),
        ({"名称": ""}, "A2", "“名称”未填写"),
    ],
)
def test_a_bad_row_of_the_roster_is_refused_at_its_cell(
    tmp_path: Path, change: dict[str, object], cell: str, reason: str
) -> None:
    path = book(tmp_path / "a.xlsx", {}, 办理人名册=[{**ROSTER[0], **change}, *ROSTER[1:]])
    count, refusals = import_roster(path, tmp_path / "台账.db", TABLE)
    assert [(r.place, r.reason.zh) for r in refusals] == [(f"办理人名册!{cell}", reason)]
    assert count == 7


def test_a_name_in_two_roles_is_refused_with_both(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {}, 办理人名册=[*ROSTER, {**ROSTER[0], "角色": "部门"}])
    count, refusals = import_roster(path, tmp_path / "台账.db", TABLE)
    assert [r.place for r in refusals] == ["办理人名册!A2", "办理人名册!A10"]
    assert count == 7


def test_an_event_that_is_not_as_the_roster_had_it_is_found(store: Path) -> None:
    with writing(store) as connection:
        append(connection, [entry(Event("YH-1", "start", "示例厂长", "enterprise", day(3)))])
    assert [f.code for f in faults(store, TABLE)[1]] == ["unlawful"]


def test_an_event_that_says_verified_without_a_roster_is_found(tmp_path: Path) -> None:
    path = tmp_path / "台账.db"
    ledger(path, count=1, steps=2)
    with writing(path) as connection:
        forged = Event("YH-1", "start", ENTERPRISE, "enterprise", day(3), organisation=ENTERPRISE, verified=True)
        append(connection, [entry(forged)])
    assert [f.code for f in faults(path, TABLE)[1]] == ["unlawful"]


def test_the_roster_is_imported_and_held_to_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def call(*args: Any) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["safety-rules", "rectify", *map(str, args)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return (code, *capsys.readouterr())

    path, store = book(tmp_path / "名册.xlsx", {}, 办理人名册=ROSTER), tmp_path / "台账.db"
    ledger(store, count=1, steps=5)
    code, out, _ = call("actors", path, "--store", store)
    assert (code, "办理人名册新增或更新 8 人" in out) == (0, True)
    by = ("--store", store, "--on", "2020-09-06", "--by", "示例厂长", "--role", "部门")
    code, out, err = call("record", "YH-1", "accept", *by)
    assert (code, out) == (5, "")
    assert err == "不予受理，未写入：“示例厂长”在办理人名册中是“企业”，不是“部门”\n"
    code, _, err = call("actors", book(tmp_path / "b.xlsx", {}), "--store", store)
    assert (code, "办理人名册" in err, err.count("\n")) == (6, True, 1)


def test_actors_are_kept_in_the_ledger_by_name() -> None:
    made = Actor("示例科员甲", "department", DEPARTMENT).entry()
    assert (made.kind, made.key, json.loads(json.dumps(dict(made.body)))) == (
        "actor", "示例科员甲", {"role": "department", "organisation": DEPARTMENT, "code": ""},
    )  # fmt: skip
