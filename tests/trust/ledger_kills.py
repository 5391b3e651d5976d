"""Kills at any moment over a ledger of dangers: what was acknowledged is there, what was not is whole or absent.

`python tests/trust/ledger_kills.py --kills 1000 [--seed N]` is the campaign; a small one runs with the tests. A child
records, imports, corrects and exports, and says so after each; it is killed with SIGKILL; then the ledger must verify,
hold all that was acknowledged and at most one thing more, and each export must be whole and vouched for by its head.
"""

from __future__ import annotations

import argparse
import datetime
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import xlsxwriter
from python_calamine import CalamineError, load_workbook

from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.exporting import export
from safety_rules.services.rectification.importing import Hand, import_workbook
from safety_rules.services.rectification.life import Change, Event
from safety_rules.services.rectification.recording import dangers, history, record
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.rectification.verifying import faults
from safety_rules.services.store.verifying import beside, kept_head

TODAY = datetime.date(2020, 9, 30)
TABLE = lifecycle()
BOOKS, ROWS, PER_STORE = 12, 4, 40
HEADINGS = ("隐患编号", "隐患内容", "整改单位", "发现日期", "整改期限", "交办日期", "交办部门")


def workbooks(folder: Path) -> list[Path]:
    """Write workbooks of a few dangers each, every danger in one of them."""
    made = []
    for number in range(BOOKS):
        path = folder / f"{number}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("台账")
            sheet.write_row(0, 0, HEADINGS)
            for row in range(ROWS):
                cells = (f"YH-{number}-{row}", "原文0", f"企业{row}", "2020-09-01", "2020-09-20", "2020-09-02", "部门")
                sheet.write_row(row + 1, 0, cells)
        made.append(path)
    return made


def works(store: Path, books: list[Path], rng: Random, name: str) -> Iterator[str]:
    """Do one thing after another to a ledger, and yield what was done once it is done."""
    there: list[str] = list(dangers(store, TABLE, TODAY)) if store.exists() else []
    for number in range(10_000):
        kind = rng.choice(["record", "import", "correct", "export"]) if there else "import"
        by = f"{name}-{number}"
        if kind == "import":
            made = import_workbook(
                rng.choice(books), store, TABLE, TODAY, Hand("部门", "department", "登记有误", TODAY)
            )
            there = list(dangers(store, TABLE, TODAY))
            yield f"import {' '.join(life.danger.id for life in made.read.lives)}"
        elif kind == "export":
            export(store, TABLE, store.with_name(f"{by}.xlsx"), TODAY)
            yield f"export {by}"
        else:
            danger = rng.choice(there)
            old = dangers(store, TABLE, TODAY)[danger].details.text
            change = Change("隐患内容", old, by) if kind == "correct" else None
            event = Event(danger, "correct" if change else "escalate", by, "department", TODAY, "有误", change=change)
            record(store, TABLE, event, TODAY)
            yield f"{kind} {danger} {by}"


def killed(store: Path, books: list[Path], rng: Random, name: str) -> list[list[str]]:
    """Start a child, kill it after a while, and return what it acknowledged."""
    reading, writing = os.pipe()
    seed, pid = rng.random(), os.fork()
    if pid == 0:  # the child: it never comes back from here
        try:
            os.close(reading)
            for said in works(store, books, Random(seed), name):
                os.write(writing, f"{said}\n".encode())
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(rng.choice([0.01, 0.05, 0.2, 0.5]) * rng.random())
    os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        whole, _, _ = pipe.read().rpartition("\n")  # a line that was cut off is no acknowledgement
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    return [line.split(" ") for line in whole.splitlines()]


def losses(store: Path, said: list[list[str]]) -> Iterator[str]:
    """Yield what was acknowledged and is not there, and whatever is half there."""
    if not store.exists():
        yield from (f"no ledger, but {line} was acknowledged" for line in said)
        return
    head, found = faults(store, TABLE, None, TODAY)
    yield from (fault.en for fault in found)
    held = dangers(store, TABLE, TODAY)
    hands = {(danger, event.name, event.by) for danger in held for event in history(store, danger)}
    for kind, *what in said:
        if kind == "import":
            yield from (f"imported {danger} is lost" for danger in what if danger not in held)
        elif kind in ("record", "correct"):
            if (what[0], "escalate" if kind == "record" else "correct", what[1]) not in hands:
                yield f"{kind} of {what} is lost"
        elif not store.with_name(f"{what[0]}.xlsx").exists():
            yield f"the export {what[0]} is lost"
    for output in store.parent.glob("*.xlsx"):
        try:
            rows = load_workbook(str(output)).get_sheet_by_name("隐患台账").to_python()
            kept = kept_head(beside(output))
            if len(rows) < 2 or kept.count > head.count or faults(store, TABLE, kept, TODAY)[1]:
                yield f"{output.name} is not vouched for"
        except (LedgerError, CalamineError, OSError) as error:
            yield f"{output.name} is not whole: {error}"


def campaign(kills: int, seed: int) -> Counter[str]:
    """Return how much was acknowledged, by kind, over some kills; raises AssertionError at the first loss."""
    rng, done = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        books = workbooks(Path(folder))
        (Path(folder) / "first").mkdir()  # so that every module is there before the first child
        for _ in zip(works(Path(folder) / "first" / "台账.db", books, Random(0), "手"), range(9), strict=False):
            pass
        said: list[list[str]] = []
        for number in range(kills):
            if number % PER_STORE == 0:
                home, said = Path(folder) / f"第{number}次", []
                home.mkdir()
            fresh = killed(home / "台账.db", books, rng, f"手{number}")
            said += fresh
            done.update(line[0] for line in fresh)
            lost = list(losses(home / "台账.db", said))
            assert lost == [], (seed, number, lost)
            for output in home.glob("*.xlsx"):  # checked once
                output.unlink()
            said = [line for line in said if line[0] != "export"]
    return done


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    print(f"{asked.kills} kills, nothing lost of {dict(campaign(asked.kills, asked.seed))}")
    sys.exit(0)
