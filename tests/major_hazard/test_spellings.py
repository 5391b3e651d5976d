"""Every name, alias and CAS number of table 1, cell by cell against a second transcription: none is moved, lost or added.

The transcription of 2009 has no numbers and aliases of its own; its rows name their row of 2018, which has. What the
rules read beside the names of the standard (how people write them) stands here once more, written by hand.
"""

from __future__ import annotations

import re

import pytest

from major_hazard.oracle import rows
from major_hazard.test_tables import edition

CAS = re.compile(r"[0-9]{2,7}-[0-9]{2}-[0-9]")
BESIDE = {
    "2018": {
        8: "甲醛", 11: "氯化氢", 13: "CO 一氧化碳 煤气 630-08-0", 37: "硝化纤维素", 38: "硝化纤维素", 39: "硝化纤维素",
        40: "硝化纤维素", 41: "硝化纤维素", 42: "硝化纤维素溶液", 43: "硝酸铵", 44: "硝酸铵", 45: "硝酸铵肥料", 49: "甲烷 天然气",
        52: "丙烷 液化石油气 丁烷 LPG", 66: "汽油 甲醇汽油 乙醇汽油", 72: "过氧化甲基乙基酮", 81: "硝酸",
    },
    "2009": {
        7: "硝化纤维素 硝化棉 9004-70-0", 8: "硝酸铵", 9: "丁二烯", 5: "三硝基甲苯", 11: "甲烷 天然气", 14: "丙烷 液化石油气 丁烷 LPG", 25: "甲醛",
        28: "氯化氢", 30: "CO 一氧化碳 煤气 630-08-0", 41: "环氧丙烷", 44: "汽油 甲醇汽油 乙醇汽油", 60: "硝酸 7697-37-2", 61: "硝酸", 62: "硝酸铵",
        63: "硝酸铵基化肥", 65: "过氧化甲乙酮 过氧化甲基乙基酮", 69: "3-氯-1,2-环氧丙烷 环氧氯丙烷",
    },
}  # fmt: skip
OTHERWISE_IN_2009 = {8, 28, 44, 63, 65}  # the name of 2018 says another content, state or mixture


def spelled(row: dict[str, str]) -> set[str]:
    """Return the name, aliases and numbers of a row of the second transcription of 2018."""
    return {row["name"], *filter(None, row["aliases"].split(";")), *CAS.findall(row["cas"])}


@pytest.mark.parametrize("year", ["2009", "2018"])
def test_each_row_is_found_by_its_names_and_numbers_and_by_no_others(year: str) -> None:
    of_2018 = {r["no"]: r for r in rows("table1_2018.csv")}
    differ = {}
    for row in rows(f"table1_{year}.csv"):
        number = int(row["no"])
        (made,) = [r for r in edition("listed_substances", year).rows if r.number == number and r.cells["listed"]]
        later = of_2018.get(row["no"] if year == "2018" else row["row_2018"])
        expected = {row["name"], *(spelled(later) if later is not None else ())} | set(
            BESIDE[year].get(number, "").split()
        )
        if year == "2009" and number in OTHERWISE_IN_2009 and later is not None:
            expected -= {later["name"]} - {row["name"]}
        if set(made.spellings) != expected:
            differ[number] = set(made.spellings) ^ expected
    assert differ == {}
