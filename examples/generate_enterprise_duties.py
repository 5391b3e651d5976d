"""Writes `企业主体责任台账.xlsx`: 36 generated enterprises with how they do their own safety duties.

All data is made by this program with a fixed seed; no enterprise in it exists.
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from random import Random

import xlsxwriter
from enterprises import enterprises

SEED = 20241105
COUNT = 36
DAY = datetime.date(2024, 11, 5)
TITLE = "企业安全生产主体责任台账（示例：本台账全部数据由程序生成，不对应任何真实企业）"

SCOPE = {  # what an ordinary factory answers to the questions of whom a duty concerns
    "中型规模以上": "否", "须提取安全生产费用": "是", "有特种作业": "是", "有新改扩建项目": "否", "有较大危险因素场所设施": "是",
    "有重大危险源": "否", "有重大事故隐患": "否", "有危险物品车间商店仓库": "否", "有动火吊装等危险作业": "是", "有发包或出租": "是",
    "有粉尘爆炸危险作业": "否", "有有限空间作业": "是", "为工业企业": "是",
}  # fmt: skip
DONE = [
    "全员安全生产责任制", "责任制考核", "规章制度和操作规程", "安全生产标准化", "安全投入", "安全生产费用提取", "安全管理机构",
    "安全管理人员", "主要负责人和安管人员考核", "注册安全工程师", "教育培训", "培训档案", "特种作业持证", "三同时", "安全设施竣工验收",
    "警示标志", "安全设备检测", "监控报警装置未被关闭破坏", "可燃气体报警装置已安装并正常使用", "重大危险源各项义务符合",
    "风险分级管控", "隐患排查治理", "隐患排查情况如实记录并通报", "重大隐患情况已报告", "与员工宿舍分开并保持距离", "疏散通道",
    "危险作业管理", "承包承租单位具备条件和资质", "安全管理协议", "外包管理", "应急预案", "预案评审", "预案备案", "演练情况已报送",
    "粉尘清理", "有限空间作业安全制度已建立", "有限空间监护",
]  # fmt: skip
BY_HAND = [  # regulations that are not held: whether an inspector checked them against their text
    "经对照原文核对江苏省安全生产条例其余各条的责任已落实", "经对照原文核对江苏省安全风险管理条例的责任已落实",
    "经对照原文核对安全生产风险报告已按周期和期限办理", "经对照原文核对有限空间作业安全规定其余各条已落实",
]  # fmt: skip
DAYS = {
    "预案公布日期": 400, "预案评估日期": 500, "综合预案演练日期": 120, "现场处置演练日期": 90, "主要负责人检查日期": 40,
    "主要负责人演练日期": 200, "风险辨识日期": 150,
}  # fmt: skip
LATER = {  # asked since the statute's articles on managers, new technology and projects were added; the same for all
    "采用新工艺或新设备": "否", "新工艺新设备已掌握并防护": "", "新工艺新设备已专门培训": "", "有高危建设项目": "否",
    "高危建设项目已安全评价": "", "高危建设项目设计已审查": "", "未使用应当淘汰的危及生产安全的工艺和设备": "是",
    "安全生产管理机构和安全生产管理人员已履行第二十五条所列职责": "是",
    "涉及安全生产的经营决策已听取安全生产管理机构和人员意见": "是",
    "未因安全生产管理人员依法履职而降低其待遇或者解除劳动合同": "是", "安全生产管理人员的任免已告知主管部门": "是",
}  # fmt: skip
HEADINGS = [
    "企业名称",
    "统一社会信用代码",
    "单位类别",
    "从业人员数",
    "投产项目类别",
    *SCOPE,
    *DONE,
    *DAYS,
    *BY_HAND,
    *LATER,
]


def rows(rng: Random) -> list[list[object]]:
    """Return the enterprises as rows: a third in order, a third with something undone, a third with blanks as well."""
    found = []
    for number, (name, code) in enumerate(enterprises()[:COUNT]):
        kinds = rng.choice(["工贸企业", "工贸企业", "工贸企业", "危险物品经营", "工贸企业、危险物品储存", "建筑施工"])
        row: dict[str, object] = {
            "企业名称": name, "统一社会信用代码": code, "单位类别": kinds, "从业人员数": rng.choice([12, 68, 100, 101, 240, 800]),
            "投产项目类别": "储存危险物品" if "储存" in kinds else "其他建设项目",
        }  # fmt: skip
        row |= SCOPE | LATER
        row |= dict.fromkeys([*DONE, *BY_HAND], "是")
        row |= {heading: DAY - datetime.timedelta(rng.randrange(1, days)) for heading, days in DAYS.items()}
        if number % 3:
            for heading in rng.sample(DONE, rng.randrange(1, 4)):
                row[heading] = "否"
            late = rng.choice(list(DAYS))
            row[late] = DAY - datetime.timedelta(1500)
        if number % 3 == 2:
            for heading in rng.sample([*SCOPE, *DONE, *DAYS], 3):
                row[heading] = ""
        found.append([row[h] for h in HEADINGS])
    return found


def main(folder: Path) -> None:
    """Write the workbook into a folder."""
    book = xlsxwriter.Workbook(folder / "企业主体责任台账.xlsx")
    book.set_properties({"created": datetime.datetime(2024, 11, 5)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("企业主体责任")
    sheet.write(0, 0, TITLE)
    sheet.write_row(1, 0, HEADINGS)
    for at, row in enumerate(rows(Random(SEED)), start=2):
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(at, column, datetime.datetime.combine(value, datetime.time()), day)
            else:
                sheet.write(at, column, value)
    book.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
