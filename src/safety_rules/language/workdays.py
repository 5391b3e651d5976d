"""Working days: weekdays less public holidays, with the days that are worked in their place, year by year as announced.

The State Council's office announces the holidays of a year at the end of the year before (国办发明电〔2019〕16号
and 〔2020〕1号, 〔2020〕27号, 〔2021〕11号, 〔2022〕16号, 〔2023〕7号, 〔2024〕12号, 〔2025〕7号); how surely they
are read is `secondary`. A year without a table is unknown: no day of it is taken for a working day or for none.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from functools import cache

MONDAY, WEEK = datetime.date(2019, 12, 30), 7
WORKED_IN_A_WEEK = 5

FREE = {  # weekdays on which nobody works, MMDD or MMDD-MMDD
    2020: "0101 0124-0131 0406 0501-0505 0625-0626 1001-1008",
    2021: "0101 0211-0217 0405 0503-0505 0614 0920-0921 1001-1007",
    2022: "0103 0131-0204 0404-0405 0502-0504 0603 0912 1003-1007",
    2023: "0102 0123-0127 0405 0501-0503 0622-0623 0929-1006",
    2024: "0101 0212-0216 0404-0405 0501-0503 0610 0916-0917 1001-1007",
    2025: "0101 0128-0204 0404 0501-0505 0602 1001-1008",
    2026: "0101-0102 0216-0223 0406 0501-0505 0619 0925 1001-1007",
}
WORKED = {  # days of weekends on which everybody works
    2020: "0119 0426 0509 0628 0927 1010",
    2021: "0207 0220 0425 0508 0918 0926 1009",
    2022: "0129 0130 0402 0424 0507 1008 1009",
    2023: "0128 0129 0423 0506 0625 1007 1008",
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
}
FIRST, LAST = datetime.date(min(FREE), 1, 1), datetime.date(max(FREE), 12, 31)


def number(day: datetime.date) -> int:
    """Return a day's number, counted from a Monday before the first table."""
    return (day - MONDAY).days


@cache
def free_runs() -> tuple[tuple[int, int], ...]:
    """Return the first days of runs of free weekdays, none of which holds a weekend, and their lengths."""
    runs: list[tuple[int, int]] = []
    for n in _days(FREE):
        if n % WEEK >= WORKED_IN_A_WEEK:
            continue
        if runs and sum(runs[-1]) == n:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((n, 1))
    return tuple(runs)


@cache
def worked() -> tuple[int, ...]:
    """Return the days of weekends that are worked."""
    return tuple(_days(WORKED))


@cache
def _free() -> tuple[int, ...]:
    return tuple(start + i for start, length in free_runs() for i in range(length))


def _days(table: dict[int, str]) -> list[int]:
    found: list[int] = []
    for year, text in table.items():
        for part in text.split():
            first, _, last = part.partition("-")
            ends = [number(datetime.date(year, int(d[:2]), int(d[2:]))) for d in (first, last or first)]
            found += range(ends[0], ends[1] + 1)
    return found


def is_known(day: datetime.date) -> bool:
    """Return whether the year of a day has its table."""
    return FIRST <= day <= LAST


def working_days_up_to(day: datetime.date) -> int:
    """Return how many working days there are up to a day, itself among them; the day's year must have its table."""
    n = number(day)
    weekdays = n // WEEK * WORKED_IN_A_WEEK + min(n % WEEK + 1, WORKED_IN_A_WEEK)
    return weekdays - bisect_right(_free(), n) + bisect_right(worked(), n)
