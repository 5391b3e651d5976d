"""Writes `隐患排查台账.xlsx`: 5,307 generated dangers of January to September 2020, and what else is kept about them.

The totals are those of a zone's published report; every single row is made by this program with a
fixed seed, and no enterprise, unit or household in it exists.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from random import Random

import xlsxwriter
from enterprises import enterprises

SEED = 20200930
FOUND, CLOSED, HOUSEHOLDS = 5307, 5121, 3117
FIRST, LAST = datetime.date(2020, 1, 6), datetime.date(2020, 9, 30)
NOTE = "本台账为程序生成的示例数据，不对应任何真实单位、企业和住户"
CODE = "统一社会信用代码"
WORKSHOP = "示例无证照家庭式涂料作坊"

PARKS = [f"示例第{n}园区" for n in "一二三四五"]
TOWNS = [f"示例第{n}街道" for n in "一二三四五六七八"]
DEPARTMENTS = ["示例应急管理部门", "示例住房建设部门", "示例市场监管部门", "示例消防救援部门", "示例城市管理部门"]
UNITS = [*PARKS, *TOWNS, *DEPARTMENTS]
EXPERTS = [f"示例专家{n}组" for n in "一二三四五六"]
FIELDS = {  # field: how often, who accepts, what is found
    "危险化学品": (9, "示例应急管理部门", ["危险化学品存放柜未落实双人双锁", "可燃气体报警器超期未检定", "安全周知卡缺失"]),
    "建筑工地": (20, "示例住房建设部门", ["临边防护缺失", "配电箱未接地", "脚手架连墙件不足", "特种作业证不在现场"]),
    "燃气": (12, "示例城市管理部门", ["连接软管超期使用", "未安装燃气泄漏报警装置", "阀门井盖破损"]),
    "粉尘涉爆": (8, "示例应急管理部门", ["除尘风管积尘未清扫", "除尘器泄爆口朝向通道", "清扫制度未张贴"]),
    "有限空间": (9, "示例应急管理部门", ["未设置有限空间警示标志", "有限空间台账不全", "检测仪电量不足"]),
    "特种设备": (14, "示例市场监管部门", ["叉车未定期检验", "压力表超期未校验", "起重机限位失灵"]),
    "消防": (28, "示例消防救援部门", ["疏散通道堆放杂物", "灭火器压力不足", "应急照明不亮", "防火门闭门器损坏"]),
}  # fmt: skip
DANGER_HEADINGS = [
    "隐患编号", "领域", "责任单位", "整改单位", CODE, "隐患级别", "隐患内容", "发现日期", "发现方", "交办日期", "交办部门",
    "整改期限", "整改开始日期", "申请验收日期", "督查日期", "督查单位", "验收日期", "验收部门", "销号日期", "销号部门", "销号佐证",
]  # fmt: skip
STEPS = ["交办日期", "整改开始日期", "申请验收日期", "督查日期", "验收日期", "销号日期"]
HANDS = {"交办日期": "交办部门", "督查日期": "督查单位", "验收日期": "验收部门", "销号日期": "销号部门"}
Cells = dict[str, object]
Day = datetime.date


def days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def dangers(rng: Random) -> list[Cells]:
    """Return the dangers in the order of finding: all closed but 186, some of which are past their deadline."""
    found = sorted(FIRST + days(int(rng.triangular(0, 264, 180))) for _ in range(FOUND))
    late = {i for i in range(FOUND) if found[i] > LAST - days(26)}
    overdue = set(rng.sample([i for i in range(FOUND) if Day(2020, 7, 1) < found[i] < Day(2020, 8, 20)], 48))
    workshop = next(i for i in range(FOUND) if found[i] >= Day(2020, 6, 9))
    still_open = overdue | set(rng.sample(sorted(late), FOUND - CLOSED - len(overdue)))
    rows = []
    companies = enterprises()
    for i, day in enumerate(found):
        name, code = companies[i % 12 if i in overdue else rng.randrange(len(companies))]
        row = danger(rng, f"YH2020-{i + 1:04d}", day, name, code)
        if i == workshop:
            row |= workshop_danger(day)
        elif i in still_open:
            reached = rng.choice(STEPS[:3]) if i in overdue else rng.choice(STEPS[:5])
            row |= course(rng, row, day, STEPS[: STEPS.index(reached) + 1], overdue=i in overdue)
        else:
            row |= course(rng, row, day, STEPS)
        rows.append(row)
    return rows


def danger(rng: Random, number: str, day: Day, name: str, code: str) -> Cells:
    """Return a danger that was found and nothing else."""
    field = rng.choices(list(FIELDS), [weight for weight, _, _ in FIELDS.values()])[0]
    return {
        "隐患编号": number, "领域": field, "责任单位": rng.choice(UNITS), "整改单位": name, CODE: code, "隐患级别": "一般",
        "隐患内容": rng.choice(FIELDS[field][2]), "发现日期": day, "发现方": rng.choice(EXPERTS),
    }  # fmt: skip


def course(rng: Random, row: Cells, day: Day, steps: list[str], *, overdue: bool = False) -> Cells:
    """Return the dates and hands of some steps, each on or after the one before and none after the last day."""
    quick = rng.random() < 0.9
    cells: Cells = {}
    last = day
    for step in steps:
        last = min(LAST, last + days(rng.choice([0, 0, 1, 1, 2] if quick else [1, 3, 5])))
        cells[step] = last
    ordered = cells["交办日期"]
    assert isinstance(ordered, Day)
    done = cells.get("验收日期", last)
    assert isinstance(done, Day)
    soon = LAST - days(rng.randrange(1, 30)) if overdue else max(done, ordered + days(rng.choice([7, 10, 15, 30])))
    cells["整改期限"] = (
        max(soon, ordered) if len(steps) == len(STEPS) or overdue else max(soon, LAST + days(rng.randrange(12)))
    )
    accepts = FIELDS[str(row["领域"])][1]
    if accepts == row["责任单位"]:
        accepts = next(d for d in DEPARTMENTS if d != accepts)
    supervises = rng.choice([p for p in PARKS if p != row["责任单位"]])
    for step in steps:
        if step in HANDS:
            cells[HANDS[step]] = supervises if step == "督查日期" else accepts
    if "销号日期" in cells:
        cells["销号佐证"] = rng.choice(["整改前后照片、复查意见书", "整改前后照片、验收记录表", "复查意见书、检测报告"])
    return cells


def workshop_danger(day: Day) -> Cells:
    """Return the one unlicensed workshop, from its finding to its closing with the four thoroughs."""
    return {
        "领域": "危险化学品", "责任单位": TOWNS[2], "整改单位": WORKSHOP, CODE: "",
        "隐患内容": "无证照个人家庭式涂料作坊，生产涉及化学反应过程聚合，不属于危险工艺",
        "交办日期": day, "交办部门": DEPARTMENTS[0], "整改期限": day + days(20), "整改开始日期": day + days(1),
        "申请验收日期": day + days(9), "督查日期": day + days(10), "督查单位": PARKS[1], "验收日期": day + days(12),
        "验收部门": DEPARTMENTS[0], "销号日期": day + days(13), "销号部门": DEPARTMENTS[0],
        "销号佐证": "四个彻底佐证：断水断电照片及表计读数、设备拆除照片、原料产品交接清单、场地清理照片及危险废物转移联单",
    }  # fmt: skip


def workshop_record(row: Cells) -> Cells:
    """Return the workshop's rectification as the rules of the rectification area ask for it."""
    found = row["发现日期"]
    assert isinstance(found, Day)
    record: Cells = {
        "整改编号": row["隐患编号"], "场所名称": WORKSHOP, "整改类别": "非法小化工", "隐患级别": "一般隐患", "发现日期": found,
        "整改期限": row["整改期限"], "整改完成日期": row["申请验收日期"], "有危险废物": "是", "证照状态": "无证照",
    }  # fmt: skip
    thoroughs = [
        ("已断水断电", "断水断电", "现场照片、水电表读数", 2), ("已拆除生产装置设备", "拆除设备", "现场照片", 5),
        ("已清除原料和产品", "清除物料", "现场照片、交接清单", 7), ("已清理场地及废水固废", "清理场地", "现场照片、危险废物转移联单", 9),
    ]  # fmt: skip
    for fact, name, evidence, after in thoroughs:
        record |= {fact: "是", f"{name}日期": found + days(after), f"{name}佐证": evidence, f"{name}确认方": "园区"}
    return record | {
        "复查结果": "复查通过", "复查日期": row["督查日期"], "复查方": "园区", "已申请验收": "是", "申请验收日期": row["申请验收日期"],
        "验收结论": "验收通过", "验收日期": row["验收日期"], "验收方": "部门",
    }  # fmt: skip


def households(rng: Random, workshop: Cells) -> list[Cells]:
    """Return the inspected households; in one of them the workshop was found."""
    rows: list[Cells] = []
    chosen = rng.randrange(HOUSEHOLDS)
    for i in range(HOUSEHOLDS):
        row: Cells = {
            "排查编号": f"XHG-{i + 1:04d}", "责任单位": rng.choice(TOWNS), "排查日期": Day(2020, 5, 11) + days(i * 100 // HOUSEHOLDS),
            "排查结果": "未发现小化工", "隐患编号": "",
        }  # fmt: skip
        if i == chosen:
            row |= {
                "责任单位": workshop["责任单位"],
                "排查日期": workshop["发现日期"],
                "排查结果": "发现涂料作坊",
                "隐患编号": workshop["隐患编号"],
            }
        rows.append(row)
    return rows


def histories(rng: Random) -> tuple[list[Cells], list[Cells]]:
    """Return accidents and listings of some of the enterprises."""
    chosen = rng.sample(enterprises(), 14)
    harm = [(1, 2, 180), (0, 1, 35.5), (3, 0, 860), (1, 0, 120), (0, 10, 300), (2, 9, 999.99)]
    accidents = [
        {CODE: code, "企业名称": name, "事故日期": Day(2019, 10, 8) + days(rng.randrange(350)), "死亡人数": dead, "重伤人数": hurt, "直接经济损失（万元）": loss}
        for (name, code), (dead, hurt, loss) in zip(chosen[:6], harm, strict=True)
    ]  # fmt: skip
    lists = ["黑名单", "黑名单", "黄名单", "黄名单", "黄名单", "黑名单", "黄名单", "黑名单"]
    listings: list[Cells] = [
        {CODE: code, "企业名称": name, "名单": kind, "列入日期": Day(2019, 9, 20) + days(rng.randrange(360)), "名单状态": "已移出" if i > 5 else "在列"}
        for i, ((name, code), kind) in enumerate(zip(chosen[6:], lists, strict=True))
    ]  # fmt: skip
    return [dict(a) for a in accidents], listings


def write(path: Path) -> None:
    """Write the workbook."""
    rng = Random(SEED)
    rows = dangers(rng)
    workshop = next(r for r in rows if r["整改单位"] == WORKSHOP)
    accidents, listings = histories(rng)
    record = workshop_record(workshop)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"隐患排查台账（{NOTE}）", "created": datetime.datetime(2020, 9, 30)})
    units = [
        {"责任单位": u, "类别": k}
        for k, names in (("园区", PARKS), ("镇街", TOWNS), ("部门", DEPARTMENTS))
        for u in names
    ]
    companies = [{"单位名称": name, CODE: code} for name, code in enterprises()]
    for name, headings, cells in (
        ("隐患台账", DANGER_HEADINGS, rows),
        ("责任单位", ["责任单位", "类别"], units),
        ("整改单位", ["单位名称", CODE], companies),
        ("小化工排查", ["排查编号", "责任单位", "排查日期", "排查结果", "隐患编号"], households(rng, workshop)),
        ("作坊整改", list(record), [record]),
        ("事故记录", list(accidents[0]), accidents),
        ("名单记录", list(listings[0]), listings),
    ):
        sheet(book, name, headings, cells)
    book.close()


def sheet(book: xlsxwriter.Workbook, name: str, headings: list[str], rows: list[Cells]) -> None:
    """Write one sheet, with its title, the note that it is generated, and its headings."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDE7F0", "border": 1})
    title, day = book.add_format({"bold": True, "font_size": 14}), book.add_format({"num_format": "yyyy-mm-dd"})
    page = book.add_worksheet(name)
    page.write(0, 0, f"{name}（{NOTE}）", title)
    page.write_row(1, 0, headings, head)
    page.freeze_panes(2, 1)
    page.autofilter(1, 0, 1 + len(rows), len(headings) - 1)
    for column, heading in enumerate(headings):
        page.set_column(
            column,
            column,
            36 if heading in ("隐患内容", "销号佐证") else 24 if heading in ("整改单位", "单位名称", CODE) else 14,
        )
    for i, row in enumerate(rows):
        for column, heading in enumerate(headings):
            cell = row.get(heading, "")
            if isinstance(cell, Day):
                page.write_datetime(i + 2, column, datetime.datetime(cell.year, cell.month, cell.day), day)
            elif cell != "":
                page.write(i + 2, column, cell)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("隐患排查台账.xlsx"))
