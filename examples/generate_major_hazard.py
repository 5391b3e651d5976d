"""Writes `重大危险源台账.xlsx`: 55 generated units like those of the press report, and ten harder ones.

All data is made by this program with a fixed seed; no unit in it exists.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from random import Random

import xlsxwriter

SEED = 18218
TITLE = "使用危险化学品的工贸企业单元台账（示例：本台账全部数据由程序生成，不对应任何真实单元）"
UNITS = ["单元名称", "单元类别", "适用范围", "厂外可能暴露人员数量（人）", "单位类型"]
CHEMICALS = ["单元名称", "品名", "CAS号", "限定条件", "危险性类别符号", "存在量（t）"]
SMALL = [
    ("乙醇", "64-17-5", "W5.3", 500), ("丙酮", "67-64-1", "W5.3", 500), ("甲苯", "108-88-3", "W5.3", 500),
    ("乙酸乙酯", "141-78-6", "W5.3", 500), ("甲醇", "67-56-1", "W5.3", 500), ("液氧", "7782-44-7", "W4", 200),
    ("液化石油气", "68476-85-7", "W2", 50), ("氢气", "1333-74-0", "W2", 5), ("乙炔", "74-86-2", "W2", 1),
]  # fmt: skip
Rows = list[list[object]]


def ordinary(rng: Random) -> tuple[Rows, Rows]:
    """Return the 55 units: one of level 3, five of level 4, the others below S = 1."""
    units: Rows = [["示例液氨制冷单元01", "储存单元", "适用", 45, "工贸企业"]]
    chemicals: Rows = [["示例液氨制冷单元01", "液氨", "7664-41-7", "", "", 60]]
    for number in range(2, 7):
        name = f"示例储存单元{number:02d}"
        units.append([name, "储存单元", "适用", rng.choice([0, 12, 29]), "工贸企业"])
        chemicals.append([name, "液氨", "7664-41-7", "", "", rng.choice([10, 11.5, 14, 18])])
    for number in range(7, 56):
        name = f"示例{rng.choice(['涂装', '清洗', '焊接', '仓储'])}单元{number:02d}"
        units.append(
            [name, rng.choice(["生产单元", "储存单元"]), "适用", rng.choice([0, 8, 35, 60, 120, ""]), "工贸企业"]
        )
        for chemical, cas, category, critical in rng.sample(SMALL, rng.randrange(1, 4)):
            chemicals.append([name, chemical, cas, "", category, round(critical * rng.uniform(0.005, 0.3), 3)])
    return units, chemicals


def hard() -> tuple[Rows, Rows]:
    """Return ten units that are easy to get wrong."""
    units: Rows = [
        ["难例A恰为1", "储存单元", "适用", 100, "工贸企业"], ["难例B缺限定条件", "储存单元", "适用", 20, "工贸企业"],
        ["难例C人口不明", "储存单元", "适用", "", "工贸企业"], ["难例D未知物质", "生产单元", "适用", 10, "工贸企业"],
        ["难例E校验位不符", "储存单元", "适用", 10, "工贸企业"], ["难例F同物两处", "储存单元", "适用", 0, "工贸企业"],
        ["难例G采矿业", "生产单元", "采矿业", 10, "工贸企业"], ["难例H千克与负数", "储存单元", "适用", 10, "工贸企业"],
        ["难例I缺类别", "储存单元", "适用", 100, "危险化学品企业"], ["难例J多种类别", "生产单元", "适用", 50, "危险化学品企业"],
    ]  # fmt: skip
    chemicals: Rows = [
        ["难例A恰为1", "苯", "71-43-2", "", "W5.3", 10], ["难例A恰为1", "氨", "7664-41-7", "", "", 7],
        ["难例A恰为1", "甲醇", "67-56-1", "", "W5.3", 50], ["难例B缺限定条件", "硝化棉", "9004-70-0", "", "W1.1", 5],
        ["难例C人口不明", "液氨", "7664-41-7", "", "", 50], ["难例D未知物质", "三号清洗剂", "", "", "W5.4", 100],
        ["难例E校验位不符", "工业清洗剂", "7664-41-8", "", "W5.3", 20], ["难例F同物两处", "氨", "7664-41-7", "", "", 6],
        ["难例F同物两处", "氨", "7664-41-7", "", "", 4], ["难例G采矿业", "液氯", "7782-50-5", "", "", 250],
        ["难例H千克与负数", "液氯", "7782-50-5", "", "", "4999 kg"], ["难例H千克与负数", "乙醇", "64-17-5", "", "W5.3", -3],
        ["难例I缺类别", "苯", "71-43-2", "", "", 60], ["难例J多种类别", "中间体甲", "无", "", "W2、J3", 30],
    ]  # fmt: skip
    return units, chemicals


def write(path: Path) -> None:
    """Write the workbook."""
    units, chemicals = ordinary(Random(SEED))
    more_units, more_chemicals = hard()
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    book.set_properties({"title": TITLE, "created": datetime.datetime(2020, 10, 1)})
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE7F0", "border": 1})
    for name, headings, rows in (
        ("单元", UNITS, units + more_units),
        ("化学品", CHEMICALS, chemicals + more_chemicals),
    ):
        sheet = book.add_worksheet(name)
        top = 0
        if name == "单元":
            sheet.write(0, 0, TITLE)
            top = 1
        sheet.write_row(top, 0, headings, head)
        sheet.set_column(0, len(headings), 22)
        for i, row in enumerate(rows):
            sheet.write_row(top + 1 + i, 0, row)
    book.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("重大危险源台账.xlsx"))
