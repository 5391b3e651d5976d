"""`python -m benchmarks.tables.joins [ROWS …]`: a table joined with a ledger as long as itself, and with one by name.

The rules are those of `examples/small_chemical`; one place in a hundred has a licence, under its name. For each
size: seconds of the processor to read the ledgers and to decide the table, and microseconds a row. Outcomes are
held against what was made.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path

import safety_rules as sr

SIZES = (10_000, 100_000, 1_000_000)
RULES = Path(__file__).parents[2] / "examples" / "small_chemical" / "rules"


def write(path: Path, headings: str, rows: Iterable[Sequence[object]]) -> Path:
    """Write a ledger and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings.split(), *rows])
    return path


def measured(folder: Path, size: int) -> tuple[float, float, dict[str, int]]:
    """Return the seconds of reading the ledgers and of deciding the table, and the outcomes."""
    names = [f"示例{blake2b(str(i).encode(), digest_size=6).hexdigest()}厂" for i in range(size)]
    sites = write(
        folder / "排查对象.csv", "编号 名称 用电户号", ((f"P{i}", n, 9_000_000 + i) for i, n in enumerate(names))
    )
    power = ((9_000_000 + i, n, "2019-05-01") for i, n in enumerate(names))
    licences = ((n, "2021-05-01") for n in names[::100])
    ledgers = [
        write(folder / "动力用电户资料.csv", "用电户号 户名 投运日期", power),
        write(folder / "许可台账.csv", "单位名称 有效期至", licences),
    ]
    area, start = sr.load(RULES).area("leads").on("2020-09-30"), time.process_time()
    joined = area.with_ledger(*ledgers, {"site.tanks": [], "site.registrations": []})
    read = time.process_time()
    found = joined.decide_table(sites)
    counts = found.counts()
    found.close()
    return read - start, time.process_time() - read, counts


def main() -> None:
    """Print a line for each size."""
    for size in map(int, sys.argv[1:] or SIZES):
        with tempfile.TemporaryDirectory() as folder:
            read, decided, counts = measured(Path(folder), size)
        if counts != {"lead": size - -(-size // 100), "no_lead": -(-size // 100)}:
            raise SystemExit(f"{size} rows came out otherwise than they were made: {counts}")
        each = 1e6 * decided / size
        print(f"{size:>9,} rows: ledgers {read:7.2f} s, table {decided:7.2f} s, {each:6.1f} µs a row", flush=True)


if __name__ == "__main__":
    main()
