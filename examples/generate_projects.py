"""Writes `项目台账.xlsx`: 240 generated projects, with blanks, mixed units and slips of the pen.

All data is made by this program with a fixed seed; no project and no enterprise in it exists.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from random import Random

import xlsxwriter
from enterprises import enterprises

SEED = 20201005
COUNT = 240
TITLE = "盐城经济技术开发区招商项目台账（示例：本台账全部数据由程序生成，不对应任何真实项目和企业）"

HEADINGS = [
    "项目编号", "项目名称", "企业名称", "统一社会信用代码", "用地方式", "项目阶段", "用地面积（亩）", "租赁面积（㎡）",
    "固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）", "行业代码", "生产工艺", "产品类别",
    "主要原辅料为化学原料", "最终产品为化学品", "涉及化学反应或涉化环节", "仅物理混合", "常压生产", "化工目录类别",
    "仅为现有产能技术改造", "安全预评价", "安全设施设计审查", "环境影响评价", "名单记录", "事故记录", "隐患记录",
]  # fmt: skip
NATIONAL = (
    "产业结构调整目录类别"  # of the catalogue of 2024: in the last column, drawn by itself, and read by no rule of 2020
)
LIST_SHEETS = {
    "名单记录": ["统一社会信用代码", "名单", "列入日期", "名单状态"],
    "事故记录": ["统一社会信用代码", "事故日期", "死亡人数", "重伤人数", "直接经济损失（万元）"],
    "隐患记录": ["统一社会信用代码", "隐患级别", "整改期限", "已销号"],
}
CLEAN = {
    "主要原辅料为化学原料": "否", "最终产品为化学品": "否", "涉及化学反应或涉化环节": "否", "仅物理混合": "否",
    "常压生产": "是", "化工目录类别": "未列入", "仅为现有产能技术改造": "否", "名单记录": "无", "事故记录": "无",
    "隐患记录": "无",
}  # fmt: skip
BRANCHES = [
    ("汽车及零部件", "3670", "机械加工、冲压焊接", "汽车零部件"),
    ("汽车及零部件", "3612", "冲压焊接、喷涂", "新能源汽车车身"),
    ("新能源装备", "3825", "层压封装、组装", "光伏组件"),
    ("新能源装备", "3841", "组装", "动力电池系统"),
    ("电子信息", "3982", "贴片、组装", "电路板组件"),
    ("电子信息", "3976", "组装", "光电子器件"),
    ("机械装备", "3429", "机械加工", "专用设备"),
    ("塑料制品", "2929", "注塑", "注塑件"),
    ("其他产品", "2231", "组装", "包装制品"),
]
Cells = dict[str, object]


def projects(rng: Random) -> tuple[list[Cells], dict[str, list[list[object]]]]:
    """Return the projects as rows by heading, and the rows of the list sheets."""
    companies = enterprises()
    rows: list[Cells] = []
    lists: dict[str, list[list[object]]] = {sheet: [] for sheet in LIST_SHEETS}
    for number in range(1, COUNT + 1):
        name, code = companies[(number - 1) % len(companies)]
        row = clean_project(rng, number, name, code)
        SCENARIOS[number % len(SCENARIOS)](row, rng, lists)
        rows.append(row)
    for sheet, listed_rows in lists.items():
        codes = {cells[0] for cells in listed_rows}
        for row in rows:
            if row["统一社会信用代码"] in codes:
                row[sheet] = f"见{sheet}表"
    for row in rows:
        blur(row, rng)
    for row, column, text in slips(rows, rng):
        row[column] = text
    return rows, lists


def clean_project(rng: Random, number: int, name: str, code: str) -> Cells:
    """Return a project that meets every standard."""
    family, industry, processes, product = rng.choice(BRANCHES)
    land = rng.random() < 0.6
    mu = rng.choice([12, 15, 20, 26.5, 30, 38.25, 40])
    floor = rng.choice([2000, 3000, 4500, 6000, 8000, 12000])
    size = mu if land else floor / 2000
    invest, sales, tax = (500, 600, 40) if land else (300, 400, 20)
    over = rng.choice([1, 1, 1.1, 1.25, 1.5, 2])
    row: Cells = dict(CLEAN)
    row |= {
        "项目编号": f"XM2020-{number:03d}", "项目名称": f"年产{rng.choice([2, 5, 10, 20, 50])}万套{product}项目",
        "企业名称": name, "统一社会信用代码": code, "用地方式": "单体征地" if land else "租赁厂房",
        "项目阶段": rng.choice(["洽谈", "洽谈", "已签约"]), "用地面积（亩）": mu if land else "", "租赁面积（㎡）": "" if land else floor,
        "固定资产投资（万元）": round(invest * size * over, 2), "年开票销售（万元）": round(sales * size * over, 2),
        "年税收（万元）": round(tax * size * over, 2), "行业代码": industry, "生产工艺": processes, "产品类别": family,
        "安全预评价": "依法不需要", "安全设施设计审查": "依法不需要", "环境影响评价": "登记表已备案",
    }  # fmt: skip
    return row


def shortfall(row: Cells, rng: Random, lists: object) -> None:
    """Fall short of one of the standards, by a cent or by much."""
    column = ["固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）"][int(str(row["项目编号"])[-3:]) // 8 % 3]
    land = row["用地方式"] == "单体征地"
    size = row["用地面积（亩）"] if land else row["租赁面积（㎡）"] / 2000  # type: ignore[operator]
    standard = dict(
        zip(
            ["固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）"],
            (500, 600, 40) if land else (300, 400, 20),
            strict=True,
        )
    )
    row[column] = round(standard[column] * size - rng.choice([0.01, 0.01, 5, 120, standard[column] * size / 3]), 2)  # type: ignore[operator]


def at_standard(row: Cells, rng: Random, lists: object) -> None:
    """Meet the standards exactly."""
    land = row["用地方式"] == "单体征地"
    size = row["用地面积（亩）"] if land else row["租赁面积（㎡）"] / 2000  # type: ignore[operator]
    for column, each in zip(
        ["固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）"],
        (500, 600, 40) if land else (300, 400, 20),
        strict=True,
    ):
        row[column] = round(each * size, 2)  # type: ignore[operator]


def chemical(row: Cells, rng: Random, lists: object) -> None:
    """Be a chemical project of one kind or another."""
    turn = int(str(row["项目编号"])[-3:]) // 8
    kind = turn % 8
    row |= {"产品类别": "化工产品", "行业代码": rng.choice(["2614", "2651", "2511", "2542"])}
    if kind == 0:
        row |= {
            "生产工艺": "聚合",
            "产品类别": "涂料",
            "行业代码": "2641",
            "涉及化学反应或涉化环节": "是",
            "最终产品为化学品": "是",
        }
    elif kind == 1:
        row |= {"生产工艺": rng.choice(["硝化", "氯化、磺化", "加氢"]), "涉及化学反应或涉化环节": "是"}
    elif kind == 2:
        row |= {"主要原辅料为化学原料": "是", "最终产品为化学品": "是", "行业代码": "2662"}
    elif kind == 3:
        row |= {
            "生产工艺": "物理混合",
            "仅物理混合": "是",
            "主要原辅料为化学原料": "是",
            "产品类别": "粘合剂",
            "行业代码": "2669",
        }
    elif kind == 4:
        row |= {"生产工艺": "聚合", "常压生产": "否", "产品类别": "油漆", "涉及化学反应或涉化环节": "是"}
    else:
        row |= {
            "化工目录类别": rng.choice(["禁止类", "淘汰类", "限制类"]),
            "仅为现有产能技术改造": rng.choice(["是", "否"]),
        }


def near_chemical(row: Cells, rng: Random, lists: object) -> None:
    """Belong to the divisions beside the chemical industry, or mix only."""
    row["行业代码"] = rng.choice(["2710", "2812", "2913", "2924", "2541"])
    if rng.random() < 0.4:
        row |= {"仅物理混合": "是", "生产工艺": "物理混合"}
    if rng.random() < 0.3:
        row |= {"化工目录类别": "限制类", "仅为现有产能技术改造": "是"}


def listed(row: Cells, rng: Random, lists: dict[str, list[list[object]]]) -> None:
    """Stand, or have stood, on a list."""
    row["名单记录"] = "见名单记录表"
    day = rng.choice(["2019-10-01", "2019-09-30", "2020-03-12", "2018-05-04", "2019-11-20"])
    lists["名单记录"].append(
        [
            row["统一社会信用代码"],
            rng.choice(["黑名单", "黑名单", "黄名单"]),
            day,
            rng.choice(["在列", "在列", "在列", "已移出", ""]),
        ]
    )


def accident(row: Cells, rng: Random, lists: dict[str, list[list[object]]]) -> None:
    """Have had accidents."""
    row["事故记录"] = "见事故记录表"
    if int(str(row["项目编号"])[-3:]) % 5 == 0:
        lists["事故记录"] += [[row["统一社会信用代码"], day, 3, 0, 900] for day in ("2020-02-11", "2020-07-30")]
        return
    for _ in range(rng.choice([1, 1, 2])):
        day = rng.choice(["2019-10-01", "2019-09-30", "2020-03-21", "2020-08-05", "2017-06-01"])
        deaths, injuries, loss = rng.choice(
            [
                (0, 1, 35.5),
                (1, 2, 180),
                (2, 9, 999.99),
                (3, 0, 860),
                (0, 10, 300),
                (10, 12, 4200),
                (30, 5, 11000),
                (1, "", ""),
            ]
        )
        lists["事故记录"].append([row["统一社会信用代码"], day, deaths, injuries, loss])


def danger(row: Cells, rng: Random, lists: dict[str, list[list[object]]]) -> None:
    """Have hidden dangers open, or closed."""
    row["隐患记录"] = "见隐患记录表"
    for _ in range(rng.choice([1, 2])):
        due = rng.choice(["2020-09-30", "2020-10-01", "2020-12-31", "2020-06-30", ""])
        lists["隐患记录"].append(
            [
                row["统一社会信用代码"],
                rng.choice(["重大隐患", "重大隐患", "一般隐患", ""]),
                due,
                rng.choice(["否", "否", "是", ""]),
            ]
        )


def procedure(row: Cells, rng: Random, lists: object) -> None:
    """Stand somewhere on the way through safety and environmental procedures."""
    row["项目阶段"] = rng.choice(["洽谈", "洽谈", "已签约", "在建", "已投产"])
    row["安全预评价"] = rng.choice(["未开展", "办理中", "已通过", "未通过", "依法不需要"])
    row["安全设施设计审查"] = rng.choice(["未开展", "办理中", "已通过", "未通过", "依法不需要"])
    row["环境影响评价"] = rng.choice(
        ["登记表待备案", "报告书（表）待批", "报告书（表）已批复", "不予批准", "不纳入环评管理"]
    )


def large(row: Cells, rng: Random, lists: object) -> None:
    """Ask for more land than is given at once."""
    mu = rng.choice([40.01, 45, 60, 88])
    row |= {"用地方式": "单体征地", "用地面积（亩）": mu, "租赁面积（㎡）": ""}
    for column, each in (("固定资产投资（万元）", 500), ("年开票销售（万元）", 600), ("年税收（万元）", 40)):
        row[column] = round(each * mu * 1.2, 2)


def nothing(row: Cells, rng: Random, lists: object) -> None:
    """Change nothing."""


SCENARIOS = [
    nothing, at_standard, shortfall, chemical, nothing, listed, procedure, accident, shortfall, near_chemical, danger, large,
    nothing, chemical, procedure, nothing,
]  # fmt: skip
KEEP = {"项目编号", "项目名称", "企业名称"}


def blur(row: Cells, rng: Random) -> None:
    """Leave a tenth of the cells blank, and write some numbers in other units and words in other ways."""
    for column in HEADINGS:
        if column not in KEEP and rng.random() < 0.1:
            row[column] = ""
    money = ["固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）"]
    if rng.random() < 0.08 and isinstance(row["用地面积（亩）"], int | float):
        row["用地面积（亩）"] = f"{row['用地面积（亩）']}亩"
    invested = row[money[0]]
    if rng.random() < 0.08 and isinstance(invested, int | float):
        row[money[0]] = f"{round(invested * 100) / 1000000:.6f}".rstrip("0").rstrip(".") + " 亿元"
    floor = row["租赁面积（㎡）"]
    if rng.random() < 0.08 and isinstance(floor, int | float):
        row["租赁面积（㎡）"] = f"{floor}平方米"
    if rng.random() < 0.06 and isinstance(row[money[1]], float | int):
        row[money[1]] = f"{row[money[1]]:,}"
    for column in ("主要原辅料为化学原料", "最终产品为化学品"):
        if rng.random() < 0.05 and row[column] in ("是", "否"):
            row[column] = {"是": "有", "否": "无"}[str(row[column])]


def slips(rows: list[Cells], rng: Random) -> list[tuple[Cells, str, object]]:
    """Return slips of the pen: cells that no reader can use."""
    picked = rng.sample(rows, 14)
    wrong: list[tuple[str, object]] = [
        ("用地面积（亩）", "约20"), ("固定资产投资（万元）", "１２０００"), ("年税收（万元）", -80), ("年开票销售（万元）", "面议"),
        ("统一社会信用代码", "91320900MA1XXXXX0A"), ("用地面积（亩）", 0), ("租赁面积（㎡）", "三千平"), ("环境影响评价", "差不多了"),
        ("行业代码", "C36-汽车"), ("用地方式", "又租又买"), ("涉及化学反应或涉化环节", "基本没有"), ("固定资产投资（万元）", "1.2 公顷"),
        ("生产工艺", "秘密工艺"), ("年税收（万元）", "12.5%"),
    ]  # fmt: skip
    return [(row, column, text) for row, (column, text) in zip(picked, wrong, strict=True)]


def write(path: Path) -> None:
    """Write the workbook."""
    rows, lists = projects(Random(SEED))
    classes = Random(SEED + 1).choices(["鼓励类", "允许类", "限制类", "淘汰类", ""], [30, 60, 3, 2, 5], k=len(rows))
    headings = [*HEADINGS, NATIONAL]
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": TITLE, "created": datetime.datetime(2020, 10, 1)})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDE7F0", "border": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    sheet = book.add_worksheet("项目")
    sheet.write(0, 0, TITLE, title)
    sheet.write_row(1, 0, headings, head)
    sheet.set_row(1, 45)
    sheet.freeze_panes(2, 2)
    sheet.set_column(0, len(headings), 13)
    sheet.set_column(1, 2, 26)
    for i, (row, of_2024) in enumerate(zip(rows, classes, strict=True)):
        sheet.write_row(i + 2, 0, [*(row[h] for h in HEADINGS), of_2024])
    for name, headings in LIST_SHEETS.items():
        extra = book.add_worksheet(name)
        extra.write_row(0, 0, headings, head)
        extra.set_column(0, len(headings), 20)
        for i, cells in enumerate(lists[name]):
            extra.write_row(i + 1, 0, cells)
    book.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("项目台账.xlsx"))
