"""Rows without numbers: a corrected text is the danger that it was, once a person has said so, and nothing is guessed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import xlsxwriter

from rectification.ledgers import DEPARTMENT
from safety_rules.services.rectification.importing import Hand, Imported, import_workbook
from safety_rules.services.rectification.recording import dangers, tasks
from safety_rules.services.rectification.table import lifecycle

TODAY = datetime.date(2020, 9, 30)
BY = Hand(DEPARTMENT, "department", "登记有误", TODAY)
DANGERS = ("隐患描述", "被检查单位", "检查时间")
TASKS = ("任务", "举措", "责任单位", "时限", "下达日期")
FIRST = ("消防通道堵塞", "甲公司", "2020-09-01")
OTHER = ("灭火器过期", "甲公司", "2020-09-01")
SET = ("安全整治", "开展专项检查", "东园区", "2020-12-31", "2020-09-01")


def sheet(path: Path, headings: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("九月检查")
        for at, row in enumerate((headings, *rows)):
            page.write_row(at, 0, row)
    return path


def imported(path: Path, store: Path, hand: Hand | None = None, /, **told: bool) -> Imported:
    return import_workbook(path, store, lifecycle(), TODAY, hand, told={f"自编-{k[1:]}": v for k, v in told.items()})


def asked(made: Imported) -> str:
    """Return the number that a row has of its own and that is asked about, as a keyword."""
    (refusal,) = made.refusals
    assert refusal.apart.startswith("自编-")
    return refusal.apart.replace("自编-", "_")


@pytest.mark.parametrize(
    ("at", "new", "heading"),
    [(0, "消防通道被堵塞", "隐患内容"), (1, "甲公司二厂", "整改单位"), (2, "2020-09-02", "发现日期")],
)
def test_one_thing_mended_is_asked_about_with_both_shown(tmp_path: Path, at: int, new: str, heading: str) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", DANGERS, FIRST, OTHER), store)
    (was,) = (i for i, d in dangers(store, lifecycle(), TODAY).items() if d.details.text == FIRST[0])
    mended = sheet(tmp_path / "b.xlsx", DANGERS, (*FIRST[:at], new, *FIRST[at + 1 :]), OTHER)
    made = imported(mended, store, BY)  # a hand settles what differs; which danger it is, it does not know
    assert (made.dangers, made.settled, made.differs, made.unchanged, made.gone) == (0, 0, 1, 1, ())
    for said in (was, heading, f"台账为“{FIRST[at]}”", f"本表为“{new}”"):
        assert said in made.refusals[0].reason.zh
    assert made.refusals[0].place == f"九月检查!{'ABC'[at]}2"
    same = {asked(made): True}
    assert imported(mended, store, None, **same).differs == 1  # a correction has a name and a reason
    settled = imported(mended, store, BY, **same)
    assert (settled.dangers, settled.settled, settled.refusals, settled.gone) == (0, 1, (), ())
    assert (len(dangers(store, lifecycle(), TODAY)), dangers(store, lifecycle(), TODAY)[was].corrected) == (2, 1)
    for path in (
        mended,
        tmp_path / "a.xlsx",
    ):  # the mended list is the same from now on, and the old one takes nothing back
        again = imported(path, store)
        assert (again.dangers, again.unchanged, again.differs, again.gone) == (0, 2, 0, ())


def test_a_danger_of_its_own_is_new_once_that_is_said(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", DANGERS, FIRST), store)
    other = sheet(tmp_path / "b.xlsx", DANGERS, OTHER)
    apart = {asked(imported(other, store)): False}
    made = imported(other, store, None, **apart)
    assert (made.dangers, made.differs, len(made.gone), made.refusals) == (1, 0, 1, ())
    assert len(dangers(store, lifecycle(), TODAY)) == 2


def test_the_nearest_text_is_proposed_and_each_danger_once(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", DANGERS, FIRST, OTHER), store)
    texts = ("灭火器已过期", "消防通道堵塞严重")
    made = imported(sheet(tmp_path / "b.xlsx", DANGERS, *((t, *FIRST[1:]) for t in texts)), store)
    said = [r.reason.zh for r in made.refusals]
    assert ["“灭火器过期”" in said[0], "“消防通道堵塞”" in said[1]] == [True, True]
    assert (made.dangers, made.gone) == (0, ())


def test_what_differs_in_two_things_is_another_danger_and_the_missing_one_is_named(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", DANGERS, FIRST), store)
    made = imported(sheet(tmp_path / "b.xlsx", DANGERS, ("灭火器过期", "乙公司", FIRST[2])), store)
    assert (made.dangers, made.refusals, len(made.gone)) == (1, (), 1)


def test_a_day_written_otherwise_is_the_same_day(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", DANGERS, FIRST), store)
    made = imported(sheet(tmp_path / "b.xlsx", DANGERS, (*FIRST[:2], "2020年9月1日")), store)
    assert (made.dangers, made.unchanged, made.refusals, made.gone) == (0, 1, (), ())


@pytest.mark.parametrize(("found", "new"), [("2020-09-03", 0), ("2020-09-04", 0), ("2020-09-05", 1), ("2020-09-20", 1)])
def test_found_again_after_it_was_closed_is_another_danger_and_until_then_asked(
    tmp_path: Path, found: str, new: int
) -> None:
    store = tmp_path / "台账.db"
    steps = (
        "整改期限",
        "整改开始日期",
        "申请验收日期",
        "督查日期",
        "督查单位",
        "验收日期",
        "验收部门",
        "销号日期",
        "销号部门",
        "销号佐证",
    )
    done = (
        "2020-09-05",
        "2020-09-02",
        "2020-09-03",
        "2020-09-04",
        "督查组",
        "2020-09-04",
        "应急局",
        "2020-09-04",
        "应急局",
        "照片",
    )
    first = imported(sheet(tmp_path / "a.xlsx", (*DANGERS, *steps), (*FIRST, *done)), store)
    assert [life.danger.state for life in first.read.lives] == ["closed"]
    made = imported(sheet(tmp_path / "b.xlsx", DANGERS, (*FIRST[:2], found)), store)
    assert (made.dangers, len(made.refusals)) == (new, 1 - new)


def test_a_measure_mended_in_a_list_of_tasks_is_asked_about_alike(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", TASKS, SET), store)
    mended = sheet(tmp_path / "b.xlsx", TASKS, (SET[0], "开展专项检查3次", *SET[2:]))
    made = imported(mended, store)
    assert "台账为“开展专项检查”，本表为“开展专项检查3次”" in made.refusals[0].reason.zh
    settled = imported(mended, store, BY, **{asked(made): True})
    assert (settled.settled, settled.tasks, settled.refusals) == (1, 0, ())
    assert [t.details.text for t in tasks(store, TODAY).values()] == ["开展专项检查3次"]


def test_two_rows_that_are_one_danger_of_the_ledger_are_told(tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    imported(sheet(tmp_path / "a.xlsx", DANGERS, FIRST), store)
    new = ("通道封闭", *FIRST[1:])
    mended = sheet(tmp_path / "b.xlsx", DANGERS, new)
    imported(mended, store, BY, **{asked(imported(mended, store)): True})
    made = imported(sheet(tmp_path / "c.xlsx", DANGERS, new, FIRST), store)
    assert [r.place for r in made.refusals] == ["九月检查!3"]
    assert "另一行同为台账中的" in made.refusals[0].reason.zh
