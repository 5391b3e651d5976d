"""A workbook into the ledger: what is refused, at which cell, and that nothing is written for it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from rectification.ledgers import CODE, DEPARTMENT, ENTERPRISE, PARK, UNIT, day, head_of
from rectification.workbooks import INSPECTED, ROW, book
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.importing import Imported, import_workbook
from safety_rules.services.rectification.life import Event
from safety_rules.services.rectification.recording import dangers, history, latest_facts, record
from safety_rules.services.rectification.stating import HEADINGS
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults

TABLE = lifecycle()
TODAY = datetime.date(2020, 9, 30)
OPEN = dict.fromkeys(("验收日期", "验收部门", "销号日期", "销号部门", "销号佐证"), "")
THOROUGH = dict.fromkeys(HEADINGS, "") | {"隐患编号": "YH-1", "整改类别": "非法小化工"}


def imported(path: Path, tmp_path: Path) -> Imported:
    return import_workbook(path, tmp_path / "台账.db", TABLE, TODAY)


@pytest.mark.parametrize(
    ("change", "cell", "reason"),
    [
        ({"申请验收日期": day(2)}, "N3", "日期颠倒：申请验收日期2020年9月2日早于上一环节的2020年9月3日"),
        ({"整改期限": day(1)}, "L3", "日期颠倒：整改期限2020年9月1日早于交办日期2020年9月2日"),
        ({"责任单位": "没有的街道"}, "E3", "责任单位“没有的街道”不在“责任单位”表中"),
        ({"验收部门": ENTERPRISE}, "R3", "“示例企业”是该隐患的责任方，不得办理本单位隐患的“验收合格”"),
        ({"验收部门": UNIT}, "R3", "“示例街道”是该隐患的责任方，不得办理本单位隐患的“验收合格”"),
        ({"验收部门": PARK}, "R3", "“示例督查组”已办理过本隐患的“督查”，不得再办理“验收合格”"),
        ({"销号部门": CODE}, "T3", f"“{CODE}”是该隐患的责任方，不得办理本单位隐患的“销号”"),
        ({"验收部门": ""}, "R3", "未写明由谁办理“验收合格”"),
        ({"销号佐证": ""}, "U3", "“销号”须附佐证（文字或文件）"),
        ({"验收日期": ""}, "S3", "隐患“YH-2”现为“已督查”，须为“验收合格”才能办“销号”"),
        ({"统一社会信用代码": "91320991MA99999999"}, "G3", "在“整改单位”表中没有对应单位“示例企业”"),
        ({"隐患编号": ""}, "A3", "“隐患编号”未填写"),
        ({"发现日期": ""}, "H3", "“发现日期”未填写"),
        ({"发现日期": "2020-02-30"}, "H3", "“发现日期”的“2020-02-30”不是日期"),
        ({"督查日期": "九月"}, "O3", "“督查日期”的“九月”不是日期"),
        ({"销号日期": "2020-10-01"}, "S3", "日期2020-10-01尚未到来"),
        ({"隐患级别": "较大"}, "C3", "隐患级别“较大”须为“一般”或“重大”"),
        ({"领域": " "}, "B3", "“领域”未填写"),
    ],
)
def test_a_bad_row_is_refused_at_its_cell_and_the_others_are_written(
    tmp_path: Path, change: dict[str, object], cell: str, reason: str
) -> None:
    result = imported(book(tmp_path / "a.xlsx", {}, change, {}), tmp_path)
    assert [r.place for r in result.refusals] == [f"隐患台账!{cell}"]
    assert reason in result.refusals[0].reason.zh
    assert set(dangers(tmp_path / "台账.db", TABLE, TODAY)) == {"YH-1", "YH-3"}
    assert (result.dangers, result.events, head_of(tmp_path / "台账.db").count) == (2, 14, 14)


def test_rows_of_one_number_that_differ_are_all_refused_with_the_places_of_the_others(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {}, {"隐患编号": "YH-1", "隐患内容": "另一内容"}, {})
    result = imported(path, tmp_path)
    assert [(r.place, r.reason.zh) for r in result.refusals] == [
        ("隐患台账!A2", "隐患编号“YH-1”与隐患台账!A3重复且内容不同，均不收"),
        ("隐患台账!A3", "隐患编号“YH-1”与隐患台账!A2重复且内容不同，均不收"),
    ]
    assert set(dangers(tmp_path / "台账.db", TABLE, TODAY)) == {"YH-3"}


def test_a_row_that_is_repeated_is_named_and_counts_once(tmp_path: Path) -> None:
    result = imported(book(tmp_path / "a.xlsx", {}, {"隐患编号": "YH-1"}), tmp_path)
    assert [(r.place, r.reason.zh) for r in result.refusals] == [
        ("隐患台账!A3", "隐患编号“YH-1”与隐患台账!A2重复，内容相同，只收一行")
    ]
    assert set(dangers(tmp_path / "台账.db", TABLE, TODAY)) == {"YH-1"}


def test_a_code_of_two_enterprises_is_refused_with_both(tmp_path: Path) -> None:
    two = [{"单位名称": name, "统一社会信用代码": CODE} for name in (ENTERPRISE, "另一企业")]
    result = imported(book(tmp_path / "a.xlsx", {}, {"统一社会信用代码": ""}, 整改单位=two), tmp_path)
    assert [r.place for r in result.refusals] == ["整改单位!B2", "整改单位!B3", "隐患台账!G2"]
    assert "与整改单位!B3重复且内容不同" in result.refusals[0].reason.zh


def test_nothing_is_written_where_every_row_is_bad(tmp_path: Path) -> None:
    result = imported(book(tmp_path / "a.xlsx", {"责任单位": "没有的街道"}), tmp_path)
    assert len(result.refusals) == 1
    assert not (tmp_path / "台账.db").exists()


def test_dates_are_read_however_they_are_written(tmp_path: Path) -> None:
    written = {
        "发现日期": "2020年9月1日",
        "交办日期": "2020/9/2",
        "整改期限": "2020.9.10",
        "整改开始日期": "2020-09-03",
    }
    imported(book(tmp_path / "a.xlsx", written), tmp_path)
    assert [e.on for e in history(tmp_path / "台账.db", "YH-1")] == [day(n) for n in range(1, 8)]


def test_importing_twice_writes_nothing_more(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {}, OPEN, 小化工排查=[INSPECTED], 四个彻底=[THOROUGH])
    first = imported(path, tmp_path)
    again = imported(path, tmp_path)
    assert (again.dangers, again.events, again.inspections, again.unchanged) == (0, 0, 0, 2)
    assert again.head == first.head


def test_a_later_workbook_adds_what_happened_since(tmp_path: Path) -> None:
    imported(book(tmp_path / "a.xlsx", OPEN), tmp_path)
    result = imported(book(tmp_path / "b.xlsx", {}), tmp_path)
    assert (result.dangers, result.events) == (0, 2)
    assert dangers(tmp_path / "台账.db", TABLE, TODAY)["YH-1"].state == "closed"
    assert faults(tmp_path / "台账.db", TABLE)[1] == ()


def test_an_older_workbook_takes_nothing_back(tmp_path: Path) -> None:
    imported(book(tmp_path / "a.xlsx", OPEN), tmp_path)
    record(tmp_path / "台账.db", TABLE, Event("YH-1", "accept", DEPARTMENT, "department", day(6)), TODAY)
    assert imported(book(tmp_path / "b.xlsx", OPEN), tmp_path).unchanged == 1
    assert dangers(tmp_path / "台账.db", TABLE, TODAY)["YH-1"].state == "accepted"


def test_a_row_that_contradicts_the_ledger_is_refused(tmp_path: Path) -> None:
    imported(book(tmp_path / "a.xlsx", {}), tmp_path)
    before = head_of(tmp_path / "台账.db")
    result = imported(book(tmp_path / "b.xlsx", {"督查日期": day(4)}), tmp_path)
    assert [r.place for r in result.refusals] == ["隐患台账!O2"]
    assert "“督查日期”：台账为“2020-09-05”，本表为“2020-09-04”；台账只增不改" in result.refusals[0].reason.zh
    assert head_of(tmp_path / "台账.db") == before


@pytest.mark.parametrize(
    ("sheet", "row", "place", "reason"),
    [
        ("小化工排查", {**INSPECTED, "隐患编号": "YH-9"}, "E2", "隐患编号“YH-9”在“隐患台账”表中没有对应的有效行"),
        ("小化工排查", {**INSPECTED, "责任单位": "外地街道"}, "B2", "责任单位“外地街道”不在“责任单位”表中"),
        ("小化工排查", {**INSPECTED, "排查结果": ""}, "D2", "“排查结果”未填写"),
        ("事故记录", {"统一社会信用代码": "9132", "事故日期": day(1)}, "A2", "“9132”在“整改单位”表中没有对应单位"),
        ("名单记录", {"统一社会信用代码": "9132", "名单": "黑名单", "列入日期": day(1)}, "A2", "没有对应单位"),
        ("四个彻底", {**THOROUGH, "隐患编号": "YH-9"}, "A2", "没有对应的有效行"),
        ("四个彻底", {**THOROUGH, "整改类别": "大化工"}, "B2", "“整改类别”：“大化工”不在可选项中"),
        ("四个彻底", {**THOROUGH, "断水断电日期": "2020-08-31"}, "F2", "断水断电日期2020年8月31日早于发现日期"),
    ],
)
def test_a_row_of_another_sheet_that_joins_nothing_is_refused(
    tmp_path: Path, sheet: str, row: dict[str, object], place: str, reason: str
) -> None:
    result = imported(book(tmp_path / "a.xlsx", {}, **{sheet: [row]}), tmp_path)
    assert [r.place for r in result.refusals] == [f"{sheet}!{place}"]
    assert reason in result.refusals[0].reason.zh
    assert (result.inspections, head_of(tmp_path / "台账.db").count) == (0, 7)
    assert latest_facts(tmp_path / "台账.db", "YH-1") == {}


def test_a_workbook_without_a_heading_or_a_sheet_is_refused_as_a_whole(tmp_path: Path) -> None:
    lacking = {k: v for k, v in ROW.items() if k not in ("隐患内容", "发现日期")}
    with pytest.raises(LedgerError, match=r"lacks headings: .*隐患内容（或隐患描述、.*；发现日期（或检查时间、"):
        imported(book(tmp_path / "a.xlsx", 隐患台账=[lacking]), tmp_path)
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as workbook:
        workbook.add_worksheet("别的")
    with pytest.raises(LedgerError, match="缺少工作表“隐患台账”"):
        imported(tmp_path / "b.xlsx", tmp_path)
    with pytest.raises(LedgerError, match="there is no file"):
        imported(tmp_path / "没有.xlsx", tmp_path)
