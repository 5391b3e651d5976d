"""`rectify` as a user calls it: words, exit codes, and no traceback."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

import safety_rules as sr
from rectification.ledgers import DEPARTMENT, ENTERPRISE, PARK, UNIT, head_of, ledger
from rectification.workbooks import INSPECTED, book
from safety_rules.cli.main import main
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults

Call = Callable[..., tuple[int, str, str]]
WAITING = dict.fromkeys(("督查日期", "督查单位", "验收日期", "验收部门", "销号日期", "销号部门", "销号佐证"), "")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    def called(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["safety-rules", "rectify", *(str(a) for a in args)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return called


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "台账.db"


def by(hand: str, role: str, on: str) -> tuple[str, ...]:
    return ("--by", hand, "--role", role, "--on", on)


def test_a_ledger_is_imported_and_its_figures_are_those_of_the_workbook(
    call: Call, store: Path, tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", {}, {}, WAITING, 小化工排查=[INSPECTED])
    code, out, err = call("import", path, "--store", store, "--yes")
    assert (code, err) == (0, "")
    assert "新增隐患 3 项、事件 18 条、小化工排查 1 户；未变 0 项" in out
    of_book = call("stats", path, "--on", "2020-09-30")
    assert of_book == call("stats", "--store", store, "--on", "2020-09-30")
    assert "排查隐患 3 项，已销号 2 项，未销号 1 项，整改率 66.7%" in of_book[1]
    assert "整改率＝已销号÷已发现（本程序假定，未见文件规定）" in of_book[1]
    assert re.search(r"08-31~09-06\s*│\s*0\s*│\s*3\s*│\s*0\s*│\s*3\s*│", of_book[1])


def test_a_refused_row_is_shown_with_its_cell_and_exits_with_five(call: Call, store: Path, tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {}, {"验收部门": ENTERPRISE})
    for args in (("import", path, "--store", store), ("stats", path)):
        code, out, _ = call(*args)
        assert code == 5
        assert "拒收 1 行" in out
        assert "隐患台账!R3  “示例企业”是该隐患的责任方" in out


def test_what_differs_and_what_is_gone_says_the_next_step(call: Call, store: Path, tmp_path: Path) -> None:
    call("import", book(tmp_path / "a.xlsx", {}, {}), "--store", store, "--yes")
    _, out, _ = call("import", book(tmp_path / "b.xlsx", {"督查日期": "2020-09-04"}), "--store", store)
    said = "".join(out.split())
    assert "确属误报的，在表中保留该行，填写撤销日期、撤销部门、撤销原因）：YH-2" in said
    assert said.count("不一致的更正或延期：加--by、--role、--why重新导入") == 1


def test_a_danger_is_recorded_to_its_closing(call: Call, store: Path) -> None:
    ledger(store, count=1, steps=4)
    assert call("record", "YH-1", "督查", "--store", store, *by(PARK, "园区", "2020-09-05"))[0] == 0
    code, out, _ = call("record", "YH-1", "accept", "--store", store, *by(DEPARTMENT, "department", "2020-09-06"))
    assert (code, out) == (
        0,
        "已记录：YH-1 验收合格（示例主管部门，2020-09-06）；现为“验收合格”，待部门办理；角色为自报，未核实\n",
    )
    closing_it = (
        "close",
        "YH-1",
        "--store",
        store,
        "--evidence",
        "整改前后照片",
        *by(DEPARTMENT, "部门", "2020-09-07"),
    )
    assert call(*closing_it)[:2] == (
        0,
        "已记录：YH-1 销号（示例主管部门，2020-09-07）；现为“已销号”；角色为自报，未核实\n",
    )
    code, out, err = call(*closing_it)
    assert (code, out) == (5, "")
    assert err == "不予受理，未写入：隐患“YH-1”已于2020年9月7日销号，不能再办“销号”\n"
    assert head_of(store).count == 7


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("record", "YH-1", "accept", *by(ENTERPRISE, "department", "2020-09-06")), 5, "是该隐患的责任方"),
        (("record", "YH-1", "accept", *by(PARK, "department", "2020-09-06")), 5, "已办理过本隐患的“督查”"),
        (("record", "YH-9", "accept", *by(DEPARTMENT, "department", "2020-09-06")), 5, "台账中没有隐患“YH-9”"),
        (("record", "YH-1", "accept", *by(DEPARTMENT, "department", "2020-09-01")), 5, "日期颠倒"),
        (("record", "YH-1", "acept", *by(DEPARTMENT, "department", "2020-09-06")), 2, "您是否要写“accept”？"),
        (("record", "YH-1", "find", *by(DEPARTMENT, "expert", "2020-09-06")), 2, "rectify import"),
        (("record", "YH-1", "accept", *by(DEPARTMENT, "boss", "2020-09-06")), 2, "没有“boss”这个角色"),
        (("close", "YH-1", "--evidence", "没有.jpg", *by(DEPARTMENT, "部门", "2020-09-07")), 5, "找不到佐证文件"),
        (("show", "YH-9"), 5, "台账中没有隐患“YH-9”"),
    ],
)
def test_what_may_not_be_is_refused_and_nothing_is_written(
    call: Call, store: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    ledger(store, count=1, steps=5)
    before = store.read_bytes()
    got, _, err = call(*args, "--store", store)
    assert (got, said in err) == (code, True), err
    assert store.read_bytes() == before


def test_due_is_listed_by_responsible_unit(call: Call, store: Path) -> None:
    ledger(store, count=2, steps=4)
    code, out, _ = call("due", "--store", store, "--on", "2020-09-12")
    assert code == 0
    assert f"{UNIT}：逾期 2 项，本周到期 0 项" in out
    assert "逾期 2 天" in out
    assert "剩 1 天" in call("due", "--store", store, "--on", "2020-09-09")[1]
    assert "无逾期、无本周到期隐患" in call("due", "--store", store, "--on", "2020-09-05")[1]


def test_a_head_that_cannot_be_written_is_one_line(call: Call, store: Path, tmp_path: Path) -> None:
    ledger(store)
    code, _, err = call("verify", "--store", store, "--write-head", tmp_path / "没有" / "凭证.txt")
    assert (code, err.startswith("错误："), err.count("\n")) == (6, True, 1)


def test_a_body_stored_in_other_words_is_found_though_it_means_the_same(call: Call, store: Path) -> None:
    ledger(store)
    with closing(sqlite3.connect(store)) as connection:
        (guard,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'entries_stay'").fetchone()
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute('UPDATE entries SET body = \'{"by":"冒名者",\' || substr(body, 2) WHERE seq = 7')
        connection.execute(guard)
        connection.commit()
    assert [f.code for f in faults(store, lifecycle())[1]] == ["changed"]


def test_verify_writes_a_head_and_finds_what_was_changed(call: Call, store: Path, tmp_path: Path) -> None:
    ledger(store)
    kept = tmp_path / "凭证.txt"
    code, out, _ = call("verify", "--store", store, "--write-head", kept)
    assert (code, "21 条记录完整" in out) == (0, True)
    assert "与另存凭证相符" in call("verify", "--store", store, "--head", kept)[1]
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute("UPDATE entries SET body = replace(body, '照片', '录像') WHERE seq = 7")
        connection.commit()
    code, out, _ = call("verify", "--store", store, "--head", kept)
    assert (code, "第7条已被改动" in out) == (6, True)


def test_a_newer_ledger_is_refused(call: Call, store: Path) -> None:
    ledger(store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 9")
    code, _, err = call("due", "--store", store)
    assert code == 6
    assert "较新的版本 9" in err


def test_show_tells_the_life_and_the_verdict(call: Call, store: Path) -> None:
    ledger(store)
    log = store.with_name("log.db")
    code, out, _ = call("show", "YH-1", "--store", store, "--on", "2020-09-30", "--log", log)
    assert code == 0
    assert "7. 2020年9月7日 销号：示例主管部门（部门，自报未核实），佐证：整改前后照片 → 已销号" in out
    assert "整改措施已完成" in out
    assert [d.receipt["area"] for d in sr.DecisionLog(log)] == ["rectification"]
    assert "6. 2020-09-06 Accept" in call("show", "YH-1", "--store", store, "-l", "en")[1]


def test_an_import_that_is_killed_is_whole_or_not_there(tmp_path: Path) -> None:
    path, rng = book(tmp_path / "a.xlsx", *({} for _ in range(400))), Random(5)
    command = [sys.executable, "-m", "safety_rules.cli.main", "rectify", "import", str(path), "--yes", "--store"]
    ends = set()
    for number in range(6):
        store = tmp_path / f"{number}.db"
        process = subprocess.Popen([*command, str(store)], stdout=subprocess.DEVNULL)
        while not store.exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
        head, found = faults(store, lifecycle())
        ends.add(head.count)
        assert found == ()
    assert ends <= {0, 2800}
