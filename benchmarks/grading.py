"""Grades generated units with five chemicals each through the command; prints time and peak memory.

python benchmarks/grading.py 100000
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import xlsxwriter

CHEMICALS = [
    ("氨", "7664-41-7", ""), ("氯", "7782-50-5", ""), ("苯", "71-43-2", "W5.3"), ("甲醇", "67-56-1", "W5.3"),
    ("乙醇", "64-17-5", "W5.3"), ("丙酮", "67-64-1", "W5.3"), ("二氧化硫", "7446-09-5", ""), ("汽油", "86290-81-5", "W5.3"),
]  # fmt: skip


def write(path: Path, count: int) -> None:
    """Write a ledger of generated units and their chemicals."""
    rng = Random(1)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    units, chemicals = book.add_worksheet("单元"), book.add_worksheet("化学品")
    units.write_row(0, 0, ["单元名称", "适用范围", "厂外可能暴露人员数量"])
    chemicals.write_row(0, 0, ["单元名称", "品名", "CAS号", "危险性类别符号", "存在量（t）"])
    at = 1
    for number in range(count):
        name = f"单元{number:06d}"
        units.write_row(number + 1, 0, [name, "适用", rng.choice([0, 10, 40, 80, 200])])
        for chemical, cas, category in rng.sample(CHEMICALS, 5):
            chemicals.write_row(at, 0, [name, chemical, cas, category, round(rng.uniform(0.1, 60), 3)])
            at += 1
    book.close()


def main(count: int) -> None:
    """Write the ledger, grade it, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, out = Path(folder) / "units.xlsx", Path(folder) / "graded.xlsx"
        write(ledger, count)
        start = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "safety_rules.cli.main",
            "grade",
            str(ledger),
            "--on",
            "2020-10-01",
            "-o",
            str(out),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{count} units, {count * 5} chemicals: {seconds:.1f} s, {seconds / count * 1e6:.0f} µs a unit, {peak:.0f} MiB"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
