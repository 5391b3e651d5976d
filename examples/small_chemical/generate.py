"""Writes the ledgers of this example from a seed: every place, firm and code in them is made up.

`python examples/small_chemical/generate.py FOLDER` writes them into a folder, `ledgers` beside this file by default.
`write(folder)` also returns what each place was made to be, which the counts of the example are held against. No credit
code is anybody's: no place has the code 999999.
"""

from __future__ import annotations

import csv
import datetime
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

HERE, SEED, DAY = Path(__file__).parent, 20200930, datetime.date(2020, 9, 30)
LISTED = ("农副食品加工业", "纺织业", "家具制造业", "金属制品业", "通用设备制造业", "汽车制造业")
OTHERS = ("化学原料和化学制品制造业", "橡胶和塑料制品业", "批发业", "零售业")
SIGNS = "丰华兴隆泰和顺昌盛达通利恒源永安康宁庆祥瑞福禄寿喜春夏秋冬松柏竹梅兰菊荷桂云山海川江河湖星辰光明辉耀金银铜铁木水火土石玉珠宝"
TRADES = ("机械厂", "加工部", "经营部", "工贸有限公司", "电器厂", "木制品厂")
TOWNS = ("东镇", "西镇", "南街道", "北街道")
KINDS = {  # what a place was made to be: how many, and what the search has to say of it
    "nothing is known of it": (2700, "lead"),
    "registered in another trade": (260, "lead"),
    "its licence has lapsed": (90, "lead"),
    "a tank and no power": (7, "lead"),
    "a licence under nearly its name": (40, "open"),
    "a trade under its name and another code": (20, "open"),
    "registered under its code": (600, "no lead"),
    "registered under its name": (300, "no lead"),
    "licensed": (120, "no lead"),
    "power comes later": (63, "no lead"),
}


def code_of(number: int) -> str:
    """Return a credit code of a place that there is not, with its check character."""
    signs, body = "0123456789ABCDEFGHJKLMNPQRTUWXY", f"92999999MA{number:07}"
    return body + signs[-sum(signs.index(c) * 3**i for i, c in enumerate(body)) % 31]


def brands(rng: Random, count: int) -> list[str]:
    """Return names of four signs, no two of which are alike when one sign is taken out of each."""
    found, taken = list[str](), set[str]()
    while len(found) < count:
        made = "".join(rng.sample(SIGNS, 4))
        parts = {made[:i] + made[i + 1 :] for i in range(4)}
        if not parts & taken:
            found.append(made)
            taken |= parts
    return found


def otherwise(name: str, rng: Random) -> str:
    """Return a name as another hand writes it: of another width, or with blanks."""
    return rng.choice((name.replace("（", "(").replace("）", ")"), f" {name[:2]} {name[2:]}　", name))


def write(folder: Path, share: int = 1) -> dict[str, str]:
    """Write the ledgers into a folder, or one part in `share` of them; return what each place was made to be, by its number."""
    rng, kinds = Random(SEED), [kind for kind, (count, _) in KINDS.items() for _ in range(-(-count // share))]
    rng.shuffle(kinds)
    truth, sites, power, tanks, licences, register, visits = {}, [], [], [], [], [], []
    for i, (kind, brand) in enumerate(zip(kinds, brands(rng, len(kinds)), strict=True), 1):
        number, name = f"P{i:04}", f"示例{brand}{rng.choice(TRADES)}（{rng.choice(TOWNS)}）"
        code, account, known = code_of(i), f"{700000 + i}", rng.random() < 0.6
        since = DAY - datetime.timedelta(rng.randrange(1, 3000))
        truth[number] = kind
        if kind == "nothing is known of it":
            code = code if rng.random() < 0.1 else ""
        elif kind == "registered in another trade":
            register.append([code, otherwise(name, rng), rng.choice(OTHERS)])
        elif kind == "its licence has lapsed":
            licences.append([code, otherwise(name, rng), DAY - datetime.timedelta(rng.randrange(1, 900))])
        elif kind == "a tank and no power":
            account, code = "", ""
        elif kind == "a licence under nearly its name":
            licences.append(["", name.partition("（")[0], DAY + datetime.timedelta(rng.randrange(900))])
        elif kind == "a trade under its name and another code":
            register.append([code_of(100_000 + i), name, rng.choice(LISTED)])
        elif kind == "registered under its code":
            register.append([code, f"原{brand}", rng.choice(LISTED)])
        elif kind == "registered under its name":
            register.append([code if known else "", otherwise(name, rng), rng.choice(LISTED)])
            code = "" if known else code
        elif kind == "licensed":
            licences.append([code, otherwise(name, rng), DAY + datetime.timedelta(rng.randrange(900))])
        else:
            since = DAY + datetime.timedelta(rng.randrange(1, 60))
        if account:
            power.append([account, otherwise(name, rng), since])
        if not account or (kind.startswith("registered") and rng.random() < 0.02):
            tanks.append([code, otherwise(name, rng), rng.choice(("液氧", "液氮", "液氩")), since])
        if KINDS[kind][1] != "no lead":
            visits.append([number, DAY - datetime.timedelta(rng.randrange(5, 100)), "否", ""])
        sites.append([number, name, code, account])
    found = rng.choice([v for v in visits if truth[str(v[0])] == "nothing is known of it"])
    found[2:] = ["是", "聚合"]
    ledgers: dict[str, tuple[str, Iterable[Sequence[object]]]] = {
        "排查对象": ("编号 名称 统一社会信用代码 用电户号", sites),
        "动力用电户资料": ("用电户号 户名 投运日期", power),
        "低温液体储罐使用单位台账": ("统一社会信用代码 单位名称 介质 投用日期", tanks),
        "许可台账": ("统一社会信用代码 单位名称 有效期至", licences),
        "企业名录": ("统一社会信用代码 单位名称 行业", register),
        "走访记录": ("编号 走访日期 现场生产化工产品 工艺", visits),
    }
    folder.mkdir(exist_ok=True)
    for title, (headings, rows) in ledgers.items():
        with (folder / f"{title}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headings.split(), *rows])
    return truth


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "ledgers")
