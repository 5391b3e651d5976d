"""Writes the ledgers of this example from a seed: every visit, person and number in them is made up.

`python examples/access/generate.py` writes them beside itself. No identity number is anybody's: no place has the
code 999999.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

HERE, SEED, DAY = Path(__file__).parent, 20240601, datetime.date(2024, 6, 1)
PEOPLE, VISITS = 40, 60
ROLES = ("操作工", "应急人员", "焊工", "司机", "司机", "访客", "访客", "承包商")
ZONES = ("办公区", "办公区", "仓储区", "生产区", "罐区")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(born: datetime.date, number: int) -> str:
    """Return an identity number of a place that there is not, with its check character."""
    digits = f"999999{born:%Y%m%d}{number:03}"
    return digits + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11]


def write(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a ledger."""
    with (HERE / name).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([headings, *rows])


def main() -> None:
    """Write the visits, the bans and the training."""
    rng = Random(SEED)
    born = [datetime.date(1965, 1, 1) + datetime.timedelta(rng.randrange(16_500)) for _ in range(PEOPLE)]
    people = [(f"示例{i:02}", identity(b, i), b, rng.choice(ROLES)) for i, b in enumerate(born, 1)]
    visits = []
    for i in range(1, VISITS + 1):
        person, number, day, role = rng.choice(people)
        drives, hot = role == "司机" or rng.random() < 0.1, role == "焊工"
        time = f"{rng.choice((0, 2, 7, 8, 9, 10, 13, 14, 15, 21, 22, 23)):02}:{rng.choice((0, 15, 30, 45)):02}"
        visits.append(
            [
                f"V{i:03}", person, number, "是" if rng.random() < 0.95 else "", day, rng.choice("是否"), role,
                rng.choice(ZONES), time if rng.random() < 0.95 else "", "是" if hot else "否", "20:00" if hot else "",
                "04:00" if hot else "", rng.choice((0, 0, 0, 15, 30)) if drives else "", "是" if drives else "否",
                rng.choice((1.6, 4.5, 17.5, 18, 30, 48)) if drives else "",
            ]
        )  # fmt: skip
    headings = "登记号 姓名 身份证号 人证一致 出生日期 有人陪同 岗位 区域 进入时刻 动火作业 作业票起 作业票止 酒精含量(mg/100ml) 驾车 车辆总重(t)"
    write("来访登记.csv", headings.split(), visits)
    bans = []
    for person in rng.sample(people, 6):
        since = DAY - datetime.timedelta(rng.randrange(400))
        bans.append([person[1], since, since + datetime.timedelta(rng.randrange(30, 400))])
    write("禁入记录.csv", ["身份证号", "起始日期", "截止日期"], bans)
    training = [
        [p[1], DAY - datetime.timedelta(rng.randrange(600)), rng.choice("是是是否")] for p in rng.choices(people, k=45)
    ]
    write("培训记录.csv", ["身份证号", "培训日期", "考核合格"], training)


if __name__ == "__main__":
    main()
