"""A ledger screened from xlsx to xlsx, beside reading and writing it alone and beside a careful script by hand."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import python_calamine
import xlsxwriter

import safety_rules as sr
from benchmarks.machine import peak_mib
from benchmarks.result import Result, Row, Target
from safety_rules.formats.workbook_out import write_workbook
from safety_rules.services.screening import screen

EXAMPLE = Path(__file__).parents[1] / "examples" / "项目台账.xlsx"
SIZES = (500, 2_000, 4_000)
BLANKS = (0.0, 0.1)
ABOUT = """Rows drawn from the columns of `examples/项目台账.xlsx` (fixed seed), every cell filled, or a tenth of them blank. By hand: an
openpyxl script of a dozen checks that takes a blank for a blank, reads and writes the same file. The floor reads by calamine and
writes the same cells by XlsxWriter. Processor seconds of this process, one process, all sides in turns, on a machine shared with others."""
DAY = "2020-10-01"
NOTE = """the side by hand takes 0.4 ms a row here and took 2 ms on another machine, ours 2.4 and 7.9, so that the ratio moves between 4 and 7.
On that one, in turns on the same 600 rows, a complete row took 7.2 times the side by hand before the last work on it and 3.7 after, one with
10 % blank 8.8 and 4.9. What is left: writing some forty styled cells a row (a third), gaps of failed figures (a seventh),
admission, reading, and what rules say of values that no row had before""".replace("\n", " ")


def ledger(rows: int, blank: float, path: Path) -> Path:
    """Write a ledger of that many rows: each cell one of its column's, `blank` of them empty."""
    rng, own = (
        Random(20201001),
        {0: "XM-{:06d}", 2: "示例企业{:06d}", 3: ""},
    )  # rows of one enterprise would contradict each other
    whole = python_calamine.CalamineWorkbook.from_path(EXAMPLE).get_sheet_by_index(0).to_python()
    headings, known = whole[1], [r for r in whole[2:] if r[0]]
    columns = [[r[i] for r in known if r[i] not in ("", "未知", "待定")] or [""] for i in range(len(headings))]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("项目"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, headings)
        for n in range(rows):
            for i, cells in enumerate(columns):
                value = own[i].format(n) if i in own else rng.choice(cells)
                if i > 3 and rng.random() < blank:
                    continue
                sheet.write(n + 1, i, value, *([day] if hasattr(value, "year") else []))
    return path


def floor(source: Path, out: Path) -> int:
    """Read and write the cells, and nothing else."""
    rows = python_calamine.CalamineWorkbook.from_path(source).get_sheet_by_index(0).to_python()
    with xlsxwriter.Workbook(str(out), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            for i, value in enumerate(row):
                sheet.write(n, i, str(value) if hasattr(value, "year") else value)
    return len(rows)


def by_hand(source: Path, out: Path) -> int:
    """Check a dozen things of each row by openpyxl, as a careful officer's script does."""
    from openpyxl import Workbook, load_workbook

    read = load_workbook(source, read_only=True).active
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    rows = read.iter_rows(values_only=True)  # type: ignore[union-attr]
    headings = list(next(rows))
    at = {name: i for i, name in enumerate(headings)}
    sheet.append([*headings, "结论", "理由"])
    count = 0
    for row in rows:
        failed, open_ = _checked(row, at)
        verdict = "不予准入" if failed else "待核实" if open_ else "准入"
        sheet.append([*row, verdict, "；".join([*failed, *open_])])
        count += 1
    book.save(out)
    return count


def _checked(row: tuple[Any, ...], at: dict[str, int]) -> tuple[list[str], list[str]]:
    failed, open_ = [], []
    numbers = [(name, row[i]) for name, i in at.items() if i > 5][:12]
    for name, value in numbers:
        if value is None or value == "":
            open_.append(name)
        elif (isinstance(value, int | float) and value < 0) or (value in ("是", "有") and "禁止" in name):
            failed.append(name)
    return failed, open_


def screened(source: Path, out: Path, area: sr.DatedArea) -> int:
    """Screen the ledger as `safety-rules screen -o` does, in one process."""
    found = screen(source, area, engine="records")
    write_workbook(found, found.rows, out, "zh")
    return found.summary.rows


def measured() -> Result:
    """Return what a row costs on each side."""
    area = sr.load().area("admission").on(DAY)
    rows, each = [], {}
    with tempfile.TemporaryDirectory(prefix="ledgers-") as below:
        out = Path(below) / "out.xlsx"
        for blank in BLANKS:
            for size in SIZES:
                source = ledger(size, blank, Path(below) / f"{size}-{blank}.xlsx")
                sides: dict[str, Callable[[], int]] = {
                    "floor: calamine and XlsxWriter": lambda s=source: floor(s, out),  # type: ignore[misc]
                    "openpyxl, a dozen checks": lambda s=source: by_hand(s, out),  # type: ignore[misc]
                    "screen": lambda s=source: screened(s, out, area),  # type: ignore[misc]
                }
                taken = {name: _seconds(side) / size for name, side in sides.items()}
                hand = taken["openpyxl, a dozen checks"]
                case = f"{size:,} rows, {blank:.0%} blank"
                rows += [Row("ledgers", n, case, t, t / hand, peak_mib=peak_mib()) for n, t in taken.items()]
                each[blank] = taken["screen"]
    targets = (
        Target("ledgers", "`screen` xlsx to xlsx, complete, a row", 1, each[0.0] * 1000, "ms", NOTE),
        Target("ledgers", "`screen` xlsx to xlsx, 10 % blank, a row", 1.5, each[0.1] * 1000, "ms", NOTE),
    )
    return Result("ledgers", "a ledger from xlsx to xlsx", ABOUT, tuple(rows), targets, ("openpyxl", "xlsxwriter"), {})


def _seconds(side: Callable[[], int]) -> float:
    before = time.process_time()
    side()
    return time.process_time() - before
