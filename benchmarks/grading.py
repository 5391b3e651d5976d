"""Grades generated units with five chemicals each through the command: time, peak memory, and every level checked."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.result import Result, Row

UNITS = int(os.environ.get("SAFETY_RULES_UNITS", "10000"))
CHEMICALS = [
    ("氨", "7664-41-7", ""), ("氯", "7782-50-5", ""), ("苯", "71-43-2", "W5.3"), ("甲醇", "67-56-1", "W5.3"),
    ("乙醇", "64-17-5", "W5.3"), ("丙酮", "67-64-1", "W5.3"), ("二氧化硫", "7446-09-5", ""), ("汽油", "86290-81-5", "W5.3"),
]  # fmt: skip
ABOUT = """A workbook of {units} units with five chemicals each (Table 1 of GB 18218-2018), graded by `safety-rules grade` as a process
of its own into a workbook of units, chemicals and duties. The level of every unit is compared with twenty lines of Fractions
that use nothing of the library. The baseline reads the same workbook and writes the cells of the graded one, and grades nothing."""
LEVELS = {
    "不构成重大危险源": "not_major", "四级重大危险源": "level_4", "三级重大危险源": "level_3",
    "二级重大危险源": "level_2", "一级重大危险源": "level_1",
}  # fmt: skip


def write(path: Path, count: int) -> list[str]:
    """Write a ledger of generated units and their chemicals; return the level of each by plain Fractions."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from major_hazard.oracle import NAMED, graded

    rows = {n: next(k for k in NAMED if k == n or k.startswith(f"{n}(")) for n, _, _ in CHEMICALS}
    rng, levels = Random(1), []
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    units, chemicals = book.add_worksheet("单元"), book.add_worksheet("化学品")
    units.write_row(0, 0, ["单元名称", "适用范围", "厂外可能暴露人员数量"])
    chemicals.write_row(0, 0, ["单元名称", "品名", "CAS号", "危险性类别符号", "存在量（t）"])
    at = 1
    for number in range(count):
        name, people, held = f"单元{number:06d}", rng.choice([0, 10, 40, 80, 200]), []
        units.write_row(number + 1, 0, [name, "适用", people])
        for chemical, cas, category in rng.sample(CHEMICALS, 5):
            tonnes = round(rng.uniform(0.1, 60), 3)
            chemicals.write_row(at, 0, [name, chemical, cas, category, tonnes])
            held.append((rows[chemical], Fraction(repr(tonnes)), [category] if category else []))
            at += 1
        levels.append(graded(held, people)[2])
    book.close()
    return levels


def rewritten(ledger: Path, result: Path, out: Path) -> None:
    """Read a ledger, and write the cells of its graded workbook again."""
    for name in ("单元", "化学品"):
        CalamineWorkbook.from_path(str(ledger)).get_sheet_by_name(name).to_python()
    cells = CalamineWorkbook.from_path(str(result))
    book = xlsxwriter.Workbook(str(out), {"constant_memory": True})
    for name in cells.sheet_names:
        sheet = book.add_worksheet(name)
        for at, row in enumerate(cells.get_sheet_by_name(name).to_python()):
            sheet.write_row(at, 0, row)
    book.close()


def ran(arguments: list[str]) -> tuple[float, float]:
    """Run Python in a process of its own; return its seconds and the highest memory of any child so far, in MiB."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def measured() -> Result:
    """Return what grading a large workbook took."""
    with tempfile.TemporaryDirectory(prefix="grading-") as name:
        folder = Path(name)
        ledger, out, again = folder / "units.xlsx", folder / "graded.xlsx", folder / "again.xlsx"
        expected = write(ledger, UNITS)
        command = ["-m", "safety_rules.cli.main", "grade", str(ledger), "--on", "2020-10-01", "-o", str(out)]
        seconds, peak = ran(command)
        found = CalamineWorkbook.from_path(str(out)).get_sheet_by_name("分级结果").to_python()[1:]
        agrees = [LEVELS.get(row[2]) for row in found] == expected
        start = time.perf_counter()
        rewritten(ledger, out, again)
        baseline = time.perf_counter() - start
    what = f"{UNITS:,} units, {UNITS * 5:,} chemicals"
    rows = (
        Row("grading", "the cells read and written, nothing graded", what, baseline),
        Row("grading", "`safety-rules grade`", what, seconds, seconds / baseline, peak, agrees),
    )
    costs: dict[str, Any] = {"grading_unit_us": seconds / UNITS * 1e6}
    return Result("grading", "a workbook of units", ABOUT.format(units=f"{UNITS:,}"), rows, (), (), costs)
