"""Plain ledgers of dangers into the ledger: said first, then done; what differs is told with both values, or settled."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from rectification.ledgers import DEPARTMENT, ENTERPRISE, EXPERT, UNIT, day, head_of
from rectification.workbooks import ROW, book
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.book import Read, read
from safety_rules.services.rectification.exporting import export
from safety_rules.services.rectification.importing import Hand, Imported, import_workbook
from safety_rules.services.rectification.life import Event
from safety_rules.services.rectification.recording import dangers, history, record
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults
from safety_rules.words.failure import failure

TABLE = lifecycle()
TODAY = datetime.date(2020, 9, 30)
LEDGERS = Path(__file__).parents[1] / "doors" / "ledgers"
BY = Hand(DEPARTMENT, "department", "登记有误", TODAY)
ORDERED = dict.fromkeys(list(ROW)[12:], "")
HEADINGS = ["隐患描述", "被检查单位", "检查时间"]


def sheet(path: Path, *rows: list[object], name: str = "Sheet1") -> Path:
    with xlsxwriter.Workbook(str(path)) as workbook:
        page = workbook.add_worksheet(name)
        for number, cells in enumerate(rows):
            page.write_row(number, 0, cells)
    return path


def said(path: Path) -> Read:
    return read(path, TABLE, TODAY)


def imported(path: Path, store: Path, hand: Hand | None = None, *, write: bool = True) -> Imported:
    return import_workbook(path, store, TABLE, TODAY, hand, write=write)


def given(store: Path, name: str = "r01_clean") -> Path:
    imported(LEDGERS / f"{name}.xlsx", store)
    return store


def test_one_sheet_of_any_name_is_enough(tmp_path: Path) -> None:
    found = said(sheet(tmp_path / "a.xlsx", ["某某园区台账"], HEADINGS, ["通道堵塞", "甲公司", "2020.9.1"]))
    assert [(x.danger.state, x.danger.details.enterprise, x.danger.found_on) for x in found.lives] == [
        ("found", "甲公司", day(1))
    ]


def test_all_that_is_missing_is_told_at_once_with_the_headings_that_would_do(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as refused:
        said(sheet(tmp_path / "a.xlsx", ["序号", "隐患描述"], [1, "通道堵塞"]))
    assert "整改单位（或被检查单位、" in str(refused.value)
    assert "发现日期（或检查时间、" in str(refused.value)
    assert "隐患内容" not in str(refused.value)


@pytest.mark.parametrize(
    ("heading", "word", "level"),
    [
        ("隐患等级", "重大事故隐患", "重大"),
        ("隐患等级", "一般隐患", "一般"),
        ("是否重大隐患", "是", "重大"),
        ("是否重大隐患", "否", "一般"),
        ("隐患类别", "一般", "一般"),
    ],
)
def test_a_level_is_read_by_its_words_and_by_its_heading(tmp_path: Path, heading: str, word: str, level: str) -> None:
    found = said(sheet(tmp_path / "a.xlsx", [*HEADINGS, heading], ["通道堵塞", "甲公司", "2020-09-01", word]))
    assert [x.danger.details.level for x in found.lives] == [level]


@pytest.mark.parametrize(("heading", "word"), [("隐患等级", "较大"), ("是否重大隐患", "不详"), ("隐患级别", "")])
def test_a_level_that_is_none_is_refused_at_its_cell_and_the_others_come_in(
    tmp_path: Path, heading: str, word: str
) -> None:
    good = ["通道堵塞", "甲公司", "2020-09-01", "否" if heading.startswith("是否") else "一般"]
    found = said(sheet(tmp_path / "a.xlsx", [*HEADINGS, heading], ["电线老化", "甲公司", "2020-09-01", word], good))
    assert [r.place for r in found.refusals] == ["Sheet1!D2"]
    assert [x.danger.details.text for x in found.lives] == ["通道堵塞"]


@pytest.mark.parametrize(
    ("other", "state", "deadline"),
    [("整改期限", "submitted", day(10)), ("整改完成日期", "submitted", day(8))],
)
def test_a_heading_of_two_meanings_is_told_by_the_other_columns(
    tmp_path: Path, other: str, state: str, deadline: datetime.date
) -> None:
    until = "2020-09-10" if other == "整改期限" else "2020-09-09"
    cells = ["通道堵塞", "甲公司", "2020-09-01", "2020-09-08", until]
    found = said(sheet(tmp_path / "a.xlsx", [*HEADINGS, "整改时间", other], cells))
    assert [(x.danger.state, x.danger.deadline) for x in found.lives] == [(state, deadline)]
    assert any(n.code == "assumed-column" for n in found.notices)


def test_a_made_number_is_the_same_the_next_time(tmp_path: Path) -> None:
    store, path = tmp_path / "台账.db", sheet(tmp_path / "a.xlsx", HEADINGS, ["通道堵塞", "甲公司", "2020-09-01"])
    assert imported(path, store).dangers == 1
    assert (imported(path, store).unchanged, imported(path, store).dangers) == (1, 0)


def test_steps_that_a_ledger_cannot_prove_are_not_taken_and_said(tmp_path: Path) -> None:
    headings = [*HEADINGS, "整改期限", "整改完成时间", "销号日期"]
    cells = ["通道堵塞", "甲公司", "2020-09-01", "2020-09-10", "2020-09-08", "2020-09-09"]
    found = said(sheet(tmp_path / "a.xlsx", headings, cells))
    assert [x.danger.state for x in found.lives] == ["submitted"]
    assert [n.place for n in found.notices if n.code == "step-not-taken"] == ["Sheet1!F2"]


def test_nothing_is_written_before_it_is_confirmed(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    first = imported(LEDGERS / "r01_clean.xlsx", store, write=False)
    assert (first.dangers, first.events, first.written, store.exists()) == (2, 9, False, False)
    before = head_of(given(store))
    again = imported(LEDGERS / "x_a_fix.xlsx", store, BY, write=False)
    assert (again.settled, again.written, head_of(store)) == (1, False, before)


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("x_a_fix", "隐患台账!D2", ["台账为“灭火器过期”，本表为“灭火器压力不足”", "更正"]),
        ("x_d_deadline", "隐患台账!L2", ["台账为“2020-09-10”，本表为“2020-09-20”", "延期"]),
    ],
)
def test_what_differs_is_told_with_both_values_and_left(
    tmp_path: Path, name: str, place: str, words: list[str]
) -> None:
    store = given(tmp_path / "台账.db")
    before = head_of(store)
    made = imported(LEDGERS / f"{name}.xlsx", store)
    assert ([r.place for r in made.refusals], made.differs, made.unchanged) == ([place], 1, 1)
    for word in words:
        assert word in made.refusals[0].reason.zh
    assert head_of(store) == before


def test_a_row_that_disappeared_is_named_and_left(tmp_path: Path) -> None:
    store = given(tmp_path / "台账.db")
    made = imported(LEDGERS / "x_e_deleted.xlsx", store)
    assert (made.gone, made.refusals) == (("YH-1",), ())
    assert set(dangers(store, TABLE, TODAY)) == {"YH-1", "YH-2"}
    record(store, TABLE, Event("YH-1", "withdraw", EXPERT, "expert", TODAY, "误报"), TODAY)
    assert imported(LEDGERS / "x_e_deleted.xlsx", store).gone == ()


def test_a_hand_settles_what_differs_by_a_correction_and_an_older_workbook_takes_nothing_back(tmp_path: Path) -> None:
    store = given(tmp_path / "台账.db")
    assert imported(LEDGERS / "x_a_fix.xlsx", store, BY).settled == 1
    assert dangers(store, TABLE, TODAY)["YH-1"].details.text == "灭火器压力不足"
    older = imported(LEDGERS / "r01_clean.xlsx", store, BY)
    assert (older.settled, older.differs, older.unchanged) == (0, 0, 2)
    assert faults(store, TABLE, None, TODAY)[1] == ()


def test_a_later_deadline_is_an_extension_where_its_day_is_within_it(tmp_path: Path) -> None:
    store = given(tmp_path / "台账.db")
    late = imported(LEDGERS / "x_d_deadline.xlsx", store, BY)
    assert "整改期限2020年9月20日早于延期日期2020年9月30日" in late.refusals[0].reason.zh
    granted = Hand(DEPARTMENT, "department", "经批准", day(9))
    assert imported(LEDGERS / "x_d_deadline.xlsx", store, granted).settled == 1
    assert [e.name for e in history(store, "YH-1")] == ["find", "order", "extend"]
    assert dangers(store, TABLE, TODAY)["YH-1"].deadline == day(20)
    for name in ("x_d_deadline", "r01_clean"):
        assert (imported(LEDGERS / f"{name}.xlsx", store).differs, head_of(store).count) == (0, 10)


def test_who_answers_for_a_danger_settles_nothing(tmp_path: Path) -> None:
    store = given(tmp_path / "台账.db")
    before = head_of(store)
    made = imported(LEDGERS / "x_a_fix.xlsx", store, Hand("甲公司", "department", "更正", TODAY))
    assert "是该隐患的责任方" in made.refusals[0].reason.zh
    assert head_of(store) == before


def test_extensions_and_withdrawals_come_in_by_their_columns(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    longer = {"延期日期": day(8), "延期批准部门": DEPARTMENT, "延期后期限": day(20)}
    gone = {"撤销日期": day(9), "撤销部门": DEPARTMENT, "撤销原因": "复核为误报"}
    blank = dict.fromkeys((*longer, *gone), "")
    made = imported(book(tmp_path / "a.xlsx", ORDERED | blank | longer, ORDERED | blank | gone), store)
    assert made.refusals == ()
    found = dangers(store, TABLE, TODAY)
    assert (found["YH-1"].deadline, found["YH-1"].extended, found["YH-2"].state) == (day(20), 1, "withdrawn")
    assert imported(tmp_path / "a.xlsx", store).unchanged == 2


def test_an_exported_ledger_is_read_back_as_it_was(tmp_path: Path) -> None:
    store, again = tmp_path / "台账.db", tmp_path / "又.db"
    imported(book(tmp_path / "a.xlsx", {}, ORDERED, ORDERED), store)
    record(store, TABLE, Event("YH-3", "withdraw", EXPERT, "department", day(9), "误报"), TODAY)
    export(store, TABLE, tmp_path / "b.xlsx", TODAY)
    assert imported(tmp_path / "b.xlsx", store).unchanged == 3
    assert imported(tmp_path / "b.xlsx", again).refusals == ()
    of = [dangers(s, TABLE, TODAY) for s in (store, again)]
    assert of[0] == of[1]
    assert {d.details.enterprise for d in of[1].values()} == {ENTERPRISE}
    assert {d.details.unit for d in of[1].values()} == {UNIT}


@pytest.mark.parametrize(
    ("text", "heading", "read_as"),
    [
        ("2020年9月10日前", "整改期限", "2020-09-10"), ("2020.9.10前完成", "整改期限", "2020-09-10"),
        ("2020-09-10之前", "要求完成时间", "2020-09-10"), ("2020年9月10号", "整改期限", "2020-09-10"),
        ("2020年9月10号以前", "整改期限", "2020-09-10"), ("9月10日前", "整改期限", "“整改期限”的“9月10日前”没有写年份"),
        ("2020年9月底前", "整改期限", "“整改期限”的“2020年9月底前”不是日期"),
    ],
)  # fmt: skip
def test_a_term_in_words_is_read_where_it_is_one_day(tmp_path: Path, text: str, heading: str, read_as: str) -> None:
    found = said(sheet(tmp_path / "a.xlsx", [*HEADINGS, heading], ["通道堵塞", "甲公司", "2020年9月1号", text]))
    told = [str(x.danger.deadline) for x in found.lives] + [r.reason.zh for r in found.refusals]
    assert told == [read_as]


def test_lists_as_townships_send_them(tmp_path: Path) -> None:
    merged = {"序号": "A2:A3", "受检企业": "B2:C2", "检查日期": "D2:D3", "问题及隐患描述": "E2:E3", "整改": "F2:G2"}
    with xlsxwriter.Workbook(str(tmp_path / "专家.xlsx")) as workbook:
        page = workbook.add_worksheet()
        page.merge_range("A1:G1", "专家检查问题清单")
        for text, cells in merged.items():
            page.merge_range(cells, text)
        for cell, text in {"B3": "名称", "C3": "统一社会信用代码", "F3": "时限", "G3": "责任人"}.items():
            page.write(cell, text)
        page.write_row(3, 0, [1, "丁公司", "91320991MA91Q6798L", "20200915", "未设通风", "20200925", "孙八"])
    (life,) = said(tmp_path / "专家.xlsx").lives
    assert (life.danger.details.enterprise, life.danger.details.text, life.danger.deadline) == (
        "丁公司",
        "未设通风",
        day(25),
    )
    for headings in (
        ["企业名称", "存在的问题隐患", "检查时间"],
        ["单位", "隐患", "发现时间"],
        ["公司名称", "问题", "排查日期"],
    ):
        (life,) = said(sheet(tmp_path / "a.xlsx", headings, ["丁公司", "未设通风", "2020.9.15"])).lives
        assert (life.danger.details.enterprise, life.danger.details.text) == ("丁公司", "未设通风")


def test_several_sheets_that_lack_headings_are_told_in_chinese(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as workbook:
        for name in ("第一周", "第二周"):
            workbook.add_worksheet(name).write_row(0, 0, ["序号", "隐患描述"])
    with pytest.raises(LedgerError) as refused:
        said(tmp_path / "a.xlsx")
    lines = failure(str(refused.value), "zh").split("\n")
    assert [line.partition("：")[0] for line in lines] == ["工作表“第一周”缺少表头", "工作表“第二周”缺少表头"]


def test_a_column_that_says_done_without_a_day_is_said_not_to_count(tmp_path: Path) -> None:
    found = said(sheet(tmp_path / "a.xlsx", [*HEADINGS, "整改情况"], ["通道堵塞", "甲公司", "2020-09-01", "已整改"]))
    assert [
        (n.place, "“整改情况”一列没有采用" in n.text("zh")) for n in found.notices if n.code == "status-not-used"
    ] == [("Sheet1!D1", True)]
    assert [x.danger.state for x in found.lives] == ["found"]
