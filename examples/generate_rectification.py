"""Writes `隐患排查台账.xlsx`: 5,307 generated hidden dangers, 3,117 inspected households, accidents and listings.

All data is made by this program with a fixed seed; no unit, enterprise or danger in it exists. Only the
totals follow a published article: 5,307 dangers, 96.5 % closed, 3,117 households, one paint workshop.
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
TITLE = "隐患排查整改台账（示例：本台账全部数据由程序生成，不对应任何真实单位、企业和隐患）"
FIRST, LAST = datetime.date(2020, 1, 6), datetime.date(2020, 9, 30)
HEADINGS = [
    "隐患编号", "领域", "隐患级别", "隐患内容", "责任单位", "整改单位", "统一社会信用代码", "发现日期", "发现方", "交办日期",
    "交办部门", "整改期限", "整改开始日期", "申请验收日期", "督查日期", "督查单位", "验收日期", "验收部门", "销号日期",
    "销号部门", "销号佐证",
]  # fmt: skip
FIELDS = {
    "危险化学品": ("示例应急管理部门", 610, ["危险化学品未按禁忌分开存放", "可燃气体报警器未检定", "化学品安全技术说明书缺失"]),
    "建筑工地": ("示例住建部门", 1130, ["临边防护缺失", "脚手架连墙件不足", "配电箱未上锁"]),
    "燃气": ("示例住建部门", 640, ["燃气软管老化", "未安装燃气泄漏报警装置", "调压箱前堆放杂物"]),
    "粉尘涉爆": ("示例应急管理部门", 390, ["除尘系统积尘未清理", "未使用防爆电气", "除尘器无泄爆装置"]),
    "有限空间": ("示例应急管理部门", 480, ["未设有限空间警示标识", "作业审批记录不全", "无气体检测仪"]),
    "特种设备": ("示例市场监管部门", 757, ["叉车未定期检验", "压力表超期未检", "起重机械限位失效"]),
    "消防": ("示例消防部门", 1300, ["疏散通道堵塞", "灭火器压力不足", "应急照明损坏", "防火门闭门器缺失"]),
}  # fmt: skip
UNITS = [
    *(f"示例{n}街道" for n in ("第一", "第二", "第三", "第四", "第五")),
    *(f"示例{n}园区" for n in ("东", "西", "南", "北", "中")),
    *(f"示例{n}条线" for n in ("建设", "交通", "教育", "文旅", "商务", "卫生", "水务", "国资")),
]
WORKSHOP = "无证照个人家庭式涂料作坊（示例）"
SUPERVISOR, EXPERTS = "示例安全生产督查组", ["示例专家一组", "示例专家二组", "示例专家三组"]
EVIDENCE = ["整改前后对比照片", "整改前后对比照片、复查记录", "检验报告、复查记录", "整改报告、现场照片"]
ACCIDENTS = [
    (12, "2020-03-17", 1, 0, 120, "是"), (27, "2020-05-22", 0, 2, 60, "否"), (41, "2020-06-09", 3, 1, 860, "是"),
    (58, "2019-11-30", 1, 1, 150, "是"), (71, "2020-07-02", 3, 0, 640, "是"), (107, "2019-12-01", 1, 0, 90, "是"),
    (107, "2020-08-05", 0, 3, 45, "是"), (115, "2020-09-11", 3, 0, 710, ""),
]  # fmt: skip
LISTINGS = [
    (41, "黑名单", "2020-06-30", "在列"), (12, "黄名单", "2020-04-10", "在列"), (73, "黄名单", "2020-07-15", "在列"),
    (90, "黑名单", "2020-08-20", "在列"), (27, "黄名单", "2019-06-01", "已移出"),
]  # fmt: skip
ACCIDENT_HEADINGS = ["统一社会信用代码", "事故日期", "死亡人数", "重伤人数", "直接经济损失（万元）", "已受行政处罚"]
THOROUGHS = [
    "隐患编号", "整改类别", "证照状态", "有危险废物", "已断水断电", "断水断电日期", "断水断电佐证", "断水断电确认方", "已拆除生产装置设备",
    "拆除设备日期", "拆除设备佐证", "拆除设备确认方", "已清除原料和产品", "清除物料日期", "清除物料佐证", "清除物料确认方",
    "已清理场地及废水固废", "清理场地日期", "清理场地佐证", "清理场地确认方",
]  # fmt: skip
WORKSHOP_DONE = [
    "非法小化工", "无证照", "是", "是", "2020-08-13", "现场照片、水电表读数", "园区", "是", "2020-08-20", "现场照片、交接清单", "园区",
    "是", "2020-08-28", "现场照片、交接清单", "主管部门", "是", "2020-09-10", "现场照片、危险废物转移联单", "主管部门",
]  # fmt: skip
Cells = list[object]
WORKDAYS = [
    FIRST + datetime.timedelta(days=n)
    for n in range((LAST - FIRST).days + 1)
    if (FIRST + datetime.timedelta(days=n)).weekday() < 6
]


def after(day: datetime.date, days: int) -> datetime.date:
    """Return a day some days later."""
    return day + datetime.timedelta(days=days)


def dangers(rng: Random) -> list[Cells]:
    """Return the rows of the ledger in the order of finding; the workshop is one of them."""
    companies = enterprises()
    makings = [(field, *FIELDS[field]) for field in FIELDS for _ in range(FIELDS[field][1])]
    rng.shuffle(makings)
    still_open = set(rng.sample(range(FOUND - 1), FOUND - CLOSED))
    rows: list[Cells] = []
    for number, (field, department, _, texts) in enumerate(makings[: FOUND - 1]):
        is_open = number in still_open
        name, code = rng.choice(companies)
        found = rng.choice(WORKDAYS[-45:] if is_open and rng.random() < 0.8 else WORKDAYS[:-8])
        steps = open_steps(rng, found, department) if is_open else closed_steps(rng, found, department)
        rows.append(
            [field, "一般", rng.choice(texts), rng.choice(UNITS), name, code, found, rng.choice(EXPERTS), *steps]
        )
    rows.append(workshop())
    rows.sort(key=lambda cells: (cells[6], str(cells)))
    return [[f"YH2020-{n:04d}", *cells] for n, cells in enumerate(rows, 1)]


def closed_steps(rng: Random, found: datetime.date, department: str) -> Cells:
    """Return what follows a finding, up to its closing."""
    ordered = after(found, rng.choice([0, 0, 1]))
    started = after(ordered, rng.choice([0, 0, 1]))
    submitted = after(started, rng.choice([1, 1, 2, 3, 4, 6, 12]))
    supervised = after(submitted, rng.choice([0, 1]))
    accepted = after(supervised, rng.choice([0, 0, 1]))
    closed = min(after(accepted, rng.choice([0, 0, 1])), LAST)
    submitted, supervised, accepted = min(submitted, LAST), min(supervised, LAST), min(accepted, LAST)
    return [
        ordered, department, after(ordered, 15 if submitted > after(ordered, 7) else 7), started, submitted, supervised,
        SUPERVISOR, accepted, department, closed, department, rng.choice(EVIDENCE),
    ]  # fmt: skip


def open_steps(rng: Random, found: datetime.date, department: str) -> Cells:
    """Return what follows a finding that is not closed by the end: some steps, the later ones blank."""
    full = closed_steps(rng, found, department)
    kept: Cells = full[: rng.choice([7, 4, 4, 4, 3])]
    kept[2] = after(full[0], rng.choice([7, 15, 30, 45]))  # type: ignore[arg-type]
    return kept + [""] * (12 - len(kept))


def workshop() -> Cells:
    """Return the paint workshop: polymerisation without a licence, rectified by the four thoroughs."""
    day = datetime.date
    return [
        "危险化学品", "一般", "无证照家庭式涂料作坊，生产涉及聚合反应", "示例第三街道", WORKSHOP, "", day(2020, 8, 12), "示例专家一组",
        day(2020, 8, 12), "示例应急管理部门", day(2020, 9, 30), day(2020, 8, 13), day(2020, 9, 10), day(2020, 9, 12),
        SUPERVISOR, day(2020, 9, 18), "示例应急管理部门", day(2020, 9, 18), "示例应急管理部门",
        "断水断电照片和表计读数、设备拆除交接清单、物料移交清单、危险废物转移联单",
    ]  # fmt: skip


def inspections(rng: Random, rows: list[Cells]) -> list[Cells]:
    """Return the households of the campaign against small chemical workshops; one of them is the workshop."""
    workshop_id = next(str(cells[0]) for cells in rows if cells[5] == WORKSHOP)
    days = [d for d in WORKDAYS if datetime.date(2020, 6, 1) <= d <= datetime.date(2020, 9, 8)]
    found: list[Cells] = [[rng.choice(UNITS[:10]), rng.choice(days), "未发现问题", ""] for _ in range(HOUSEHOLDS - 1)]
    found.append(["示例第三街道", datetime.date(2020, 8, 12), "涂料作坊", workshop_id])
    found.sort(key=lambda cells: (cells[1], str(cells)))
    return [[f"XHG2020-{n:04d}", *cells] for n, cells in enumerate(found, 1)]


def actors(companies: list[tuple[str, str]]) -> list[Cells]:
    """Return who may act: experts, departments, the supervisors, and each enterprise for itself."""
    departments = sorted({department for department, *_ in FIELDS.values()})
    found: list[Cells] = [[name, "专家", "示例安全技术服务机构", ""] for name in EXPERTS]
    found += [[name, "部门", name, ""] for name in departments]
    found.append([SUPERVISOR, "园区", "示例开发区管理委员会", ""])
    found += [[name, "企业", name, code] for name, code in companies]
    return [*found, [WORKSHOP, "企业", WORKSHOP, ""]]


def write(path: Path) -> None:
    """Write the workbook."""
    rng = Random(SEED)
    rows, companies = dangers(rng), enterprises()
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": TITLE, "created": datetime.datetime(2020, 9, 30)})
    listed = [[companies[n][1], kind, day, status] for n, kind, day, status in LISTINGS]
    accidents = [[companies[n][1], *cells] for n, *cells in ACCIDENTS]
    sheet(book, "隐患台账", HEADINGS, rows, TITLE)
    sheet(book, "小化工排查", ["排查编号", "责任单位", "排查日期", "排查结果", "隐患编号"], inspections(rng, rows))
    sheet(book, "责任单位", ["责任单位"], [[unit] for unit in UNITS])
    sheet(book, "整改单位", ["单位名称", "统一社会信用代码"], [list(company) for company in companies])
    sheet(book, "办理人名册", ["名称", "角色", "所属单位", "统一社会信用代码"], actors(companies))
    sheet(book, "事故记录", ACCIDENT_HEADINGS, accidents)
    sheet(book, "名单记录", ["统一社会信用代码", "名单", "列入日期", "名单状态"], listed)
    sheet(book, "四个彻底", THOROUGHS, [[next(c[0] for c in rows if c[5] == WORKSHOP), *WORKSHOP_DONE]])
    book.close()


def sheet(book: xlsxwriter.Workbook, name: str, headings: list[str], rows: list[Cells], title: str = "") -> None:
    """Write a sheet: a title if there is one, the headings, the rows."""
    page = book.add_worksheet(name)
    top = 0
    if title:
        page.write(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        top = 1
    page.write_row(top, 0, headings, book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1}))
    for number, cells in enumerate(rows, top + 1):
        page.write_row(number, 0, cells)
    page.freeze_panes(top + 1, 1)
    page.autofilter(top, 0, top + len(rows), len(headings) - 1)
    page.set_column(0, len(headings) - 1, 16)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("隐患排查台账.xlsx"))
