"""Tasks of a campaign in the same ledger: read as offices list them, three steps, in no figure of dangers, in every output."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import python_calamine
from click.testing import CliRunner

from safety_rules.cli.main import cli
from safety_rules.formats.blank_out import write_blank
from safety_rules.services.blank import blank_tasks
from safety_rules.services.rectification.book import HEADINGS, TASK_LIST, WITHDRAWN, read
from safety_rules.services.rectification.importing import Hand, import_workbook
from safety_rules.services.rectification.life import Event, RefusedError
from safety_rules.services.rectification.recording import record, table_of, tasks
from safety_rules.services.rectification.stats import of_store
from safety_rules.services.rectification.table import lifecycle, task_table
from safety_rules.services.rectification.verifying import faults
from screening.ledgers import workbook

ON = datetime.date(2020, 9, 5)
HEADS = (
    "序号", "方面", "工作任务", "具体整改措施", "责任单位", "牵头处室", "责任人", "责任领导", "完成时限", "下达日期", "下达部门", "完成日期",
    "销号日期", "销号部门", "销号佐证",
)  # fmt: skip
SET = ("2020-8-1", "安委办")
DONE = (
    "R1",
    "思想",
    "宣讲",
    "宣讲全覆盖",
    "东园区",
    "宣教处",
    "甲",
    "乙",
    "2020-9-30",
    *SET,
    "2020-8-30",
    "2020-9-1",
    "安委办",
    "记录",
)
LATE = ("R2", "机制", "周例会", "每周六召开", "西园区", "综合处", "丙", "丁", "2020-8-31", *SET)
REPORTED = ("R3", "整治", "小化工", "网格化排查", "西园区", "执法处", "丙", "丁", "2020年9月30日", *SET, "2020-9-1")
DANGER = {
    "隐患台账": [
        ("隐患编号", "隐患内容", "整改单位", "发现日期", "整改期限", "整改措施"),
        ("A1", "通道堵塞", "甲厂", "2020-8-3", "2020-8-20", "清理"),
    ]
}


def listed(path: Path, *rows: tuple[str, ...], **more: list[tuple[str, ...]]) -> Path:
    return workbook(path, {"Sheet1": [HEADS, *(r + (None,) * (len(HEADS) - len(r)) for r in rows)], **more})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "台账.db"
    book = listed(tmp_path / "清单.xlsx", DONE, LATE, REPORTED, **DANGER)
    made = import_workbook(book, path, lifecycle(), ON)
    assert (made.tasks, made.dangers, made.refusals) == (3, 1, ())
    return path


def step(store: Path, id: str, name: str, by: str, role: str, why: str = "", until: datetime.date | None = None) -> str:
    event = Event(id, name, by, role, ON, why, until)
    return record(store, table_of(store, id), event, ON)[1].state


def test_a_list_is_read_under_the_headings_of_offices_whatever_its_sheet_is_called(store: Path) -> None:
    held = tasks(store, ON)
    assert {k: t.state for k, t in held.items()} == {"R1": "closed", "R2": "ordered", "R3": "submitted"}
    d = held["R3"].details
    assert (d.field, d.task, d.text, d.unit) == ("整治", "小化工", "网格化排查", "西园区")
    assert (d.office, d.person, d.leader) == ("执法处", "丙", "丁")
    assert held["R3"].deadline == datetime.date(2020, 9, 30)


def test_tasks_are_in_no_figure_of_dangers(store: Path) -> None:
    dangers, _ = of_store(store, lifecycle(), ON)
    assert [d.id for d in dangers] == ["A1"]


def test_a_task_has_three_steps_and_no_unit_verifies_its_own(store: Path) -> None:
    with pytest.raises(RefusedError, match="只能由责任单位“西园区”办理"):
        step(store, "R2", "submit", "东园区", "unit")
    assert step(store, "R2", "submit", "西园区", "unit") == "submitted"
    with pytest.raises(RefusedError, match="不得办理本单位任务"):
        step(store, "R2", "close", "西园区", "department", "照片")
    with pytest.raises(RefusedError, match="须附佐证"):
        step(store, "R2", "close", "安委办", "department")
    assert step(store, "R2", "send_back", "安委办", "department") == "ordered"
    with pytest.raises(RefusedError, match="才能办“核实销号”"):
        step(store, "R2", "close", "安委办", "department", "照片")
    assert step(store, "R2", "extend", "安委办", "department", "", datetime.date(2020, 10, 31)) == "ordered"
    assert step(store, "R2", "submit", "西园区", "zone") == "submitted"
    assert step(store, "R2", "close", "安委办", "department", "照片") == "closed"
    assert faults(store, lifecycle())[1] == ()


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        ((*LATE[:3], "", *LATE[4:]), "Sheet1!D2", "“举措”未填写"),
        ((*LATE[:8], "9月底", *LATE[9:]), "Sheet1!I2", "没有写年份"),
        ((*LATE[:8], "2020-7-1", *LATE[9:]), "Sheet1!I2", "日期颠倒"),
        ((*LATE, None, "2020-9-1", "安委办", "照片"), "Sheet1!M2", "才能办“核实销号”"),
        ((*LATE, "2020-9-2", "2020-9-1", "安委办", "照片"), "Sheet1!M2", "日期颠倒"),
        ((*LATE, "2020-9-1", "2020-9-2", "西园区", "照片"), "Sheet1!N2", "责任方"),
        ((*LATE, "2020-9-1", "2020-9-2", "安委办", ""), "Sheet1!O2", "须附佐证"),
    ],
)
def test_a_bad_row_is_refused_at_its_cell(tmp_path: Path, row: tuple[str, ...], place: str, says: str) -> None:
    book = read(listed(tmp_path / "a.xlsx", row), lifecycle(), ON)
    assert (book.tasks, [r.place for r in book.refusals]) == ((), [place])
    assert says in book.refusals[0].reason.zh


def test_what_a_later_list_says_otherwise_is_shown_and_settled_only_by_a_hand(store: Path, tmp_path: Path) -> None:
    later = (*LATE[:6], "戊", *LATE[7:8], "2020-10-31", *LATE[9:])
    path = listed(tmp_path / "b.xlsx", DONE, later, (*REPORTED, "2020-9-4", "安委办", "照片"))
    left = import_workbook(path, store, lifecycle(), ON)
    assert (left.differs, left.goes_on, left.gone) == (2, 1, ())
    assert "任务“R2”的“时限”：台账为“2020-08-31”，本表为“2020-10-31”" in left.refusals[1].reason.zh
    hand = Hand("安委办", "department", "会议同意", ON)
    assert import_workbook(path, store, lifecycle(), ON, hand).settled == 2
    task = tasks(store, ON)["R2"]
    assert (task.details.person, task.deadline, task.extended) == ("戊", datetime.date(2020, 10, 31), 1)
    assert faults(store, lifecycle())[1] == ()


def test_a_number_belongs_to_a_danger_or_to_a_task(store: Path, tmp_path: Path) -> None:
    made = import_workbook(listed(tmp_path / "b.xlsx", ("A1", *LATE[1:])), store, lifecycle(), ON)
    assert made.tasks == 0
    assert "隐患和任务不能用同一个编号" in made.refusals[0].reason.zh


def test_a_list_without_its_day_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", {"任务": [("任务", "举措", "责任单位", "时限"), LATE[2:5] + LATE[8:9]]})
    result = CliRunner().invoke(cli, ["rectify", "import", str(book), "--store", str(tmp_path / "a.db")])
    assert "下达日期" in str(result.exception)


def run(*args: object) -> str:
    result = CliRunner().invoke(cli, ["rectify", *map(str, args)])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_output_has_the_tasks(store: Path, tmp_path: Path) -> None:
    said = run("stats", "--store", store, "--on", ON)
    assert "任务清单（截至2020年9月5日）：共 3 条，已销号 1 条，完成率 33.3%，逾期 1 条" in said
    assert "排查隐患 1 项" in said
    assert "任务：截至2020-09-05逾期 1 条，本周到期 0 条" in run("due", "--store", store, "--on", ON)
    life = run("show", "R1", "--store", store)
    assert "责任单位：东园区，牵头处室：宣教处，责任人：甲，责任领导：乙" in life
    assert "3. 2020年9月1日 核实销号：安委办" in life
    for command, sheet in (("stats", "任务清单"), ("due", "逾期清单")):
        out = tmp_path / f"{command}.xlsx"
        run(command, "--store", store, "--on", ON, "-o", out)
        rows = python_calamine.CalamineWorkbook.from_path(str(out)).get_sheet_by_name(sheet).to_python()
        assert any(row[0] == "R2" and "每周六召开" in row for row in rows)
    page = tmp_path / "a.html"
    run("stats", "--store", store, "--on", ON, "-o", page)
    assert "每周六召开" in page.read_text("utf-8")


def test_an_export_is_read_back_as_it_was(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "导出.xlsx"
    step(store, "R2", "withdraw", "安委办", "department", "重复下达")
    run("export", "--store", store, "-o", out)
    again = import_workbook(out, store, lifecycle(), datetime.date.today(), write=False)
    assert (again.tasks, again.events, again.refusals, again.unchanged) == (0, 0, (), 4)
    fresh = import_workbook(out, tmp_path / "b.db", lifecycle(), datetime.date.today())
    assert {k: t.state for k, t in tasks(tmp_path / "b.db", ON).items()} == {
        "R1": "closed",
        "R2": "withdrawn",
        "R3": "submitted",
    }
    assert fresh.refusals == ()


def test_the_template_is_read_without_a_notice(tmp_path: Path) -> None:
    write_blank(blank_tasks(), tmp_path / "a.xlsx", "zh")
    heads = (
        python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name(TASK_LIST).to_python()[0]
    )
    assert heads == [h for h in HEADINGS[TASK_LIST] if h not in WITHDRAWN]
    row = {**dict.fromkeys(heads), "任务编号": "R1", "任务": "宣讲", "举措": "全覆盖", "责任单位": "东园区"}
    row |= {"时限": "2020-9-30", "下达日期": "2020-8-1", "下达部门": "安委办"}
    book = read(workbook(tmp_path / "b.xlsx", {TASK_LIST: [heads, list(row.values())]}), lifecycle(), ON)
    assert (len(book.tasks), book.notices, book.refusals) == (1, (), ())


def test_the_table_of_tasks_is_data() -> None:
    assert [e.name.zh for e in task_table().events.values()][:3] == ["下达", "报告完成", "核实销号"]
