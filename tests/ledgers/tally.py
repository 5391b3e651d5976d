"""An independent tally of the project ledger: plain Python over the cells, nothing of the library.

Written from the words of the rules. True, False and None stand for holds, fails and unknown.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

DAY = datetime.date(2020, 10, 1)
YEAR_AGO = datetime.date(2019, 10, 1)
RANKS = ["admitted", "conditional", "referred", "rejected"]
SUPERVISED = {
    "光气及光气化",
    "电解（氯碱）",
    "氯化",
    "硝化",
    "合成氨",
    "裂解（裂化）",
    "氟化",
    "加氢",
    "重氮化",
    "氧化",
    "过氧化",
    "胺基化",
    "磺化",
    "聚合",
    "烷基化",
    "新型煤化工",
    "电石生产",
    "偶氮化",
}
KNOWN = SUPERVISED | {"机械加工", "冲压焊接", "喷涂", "层压封装", "组装", "贴片", "注塑", "物理混合"}
FAMILIES = {
    "汽车及零部件",
    "新能源装备",
    "电子信息",
    "机械装备",
    "塑料制品",
    "其他产品",
    "涂料",
    "粘合剂",
    "油漆",
    "化工产品",
}
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def number(cell: Any, factor: Fraction = Fraction(1), positive: bool = False) -> Fraction | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = Fraction(str(cell))
    else:
        found = re.fullmatch(r"([0-9][0-9,]*(?:\.[0-9]+)?) ?(亿元|亩|平方米)?", str(cell))
        if found is None:
            return None
        value = Fraction(found[1].replace(",", ""))
        if found[2] == "亿元":
            value *= 10000
    if value < 0 or (positive and value == 0):
        return None
    return value * factor


def yes(cell: Any) -> bool | None:
    return {"是": True, "有": True, "否": False, "无": False}.get(str(cell))


def one_of(cell: Any, choices: Iterable[str]) -> str | None:
    return str(cell) if cell in set(choices) else None


def both(*parts: bool | None) -> bool | None:
    return False if False in parts else (None if None in parts else True)


def any_of(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    return True if True in found else (None if None in found else False)


def no(part: bool | None) -> bool | None:
    return None if part is None else not part


def code_of(cell: Any) -> str | None:
    text = str(cell)
    if len(text) != 18 or any(c not in LETTERS for c in text):
        return None
    total = sum(LETTERS.index(c) * 3**i for i, c in enumerate(text[:17]))
    return text if LETTERS[(31 - total % 31) % 31] == text[17] else None


def day(cell: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(str(cell)) if str(cell) else None


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def tally(path: Path) -> list[tuple[str, str, str]]:
    """Return (project number, outcome at best, outcome at worst) of each row."""
    book = sheets(path)
    heads, *rows = book["项目"][1:]
    lists = {
        name: [dict(zip(cells[0], r, strict=True)) for r in cells[1:]] for name, cells in book.items() if name != "项目"
    }
    return [(str(r[0]), *bounds(dict(zip(heads, r, strict=True)), lists)) for r in rows]


def records(row: dict[str, Any], name: str, lists: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]] | None:
    code = code_of(row["统一社会信用代码"])
    found = [r for r in lists[name] if code is not None and r["统一社会信用代码"] == code]
    if row[name] == "无":
        return None if found else []
    return found or None


def bounds(row: dict[str, Any], lists: dict[str, list[dict[str, Any]]]) -> tuple[str, str]:
    best = worst = 0
    for outcome, holds in findings(row, lists):
        rank = RANKS.index(outcome)
        if holds is not True:
            worst = max(worst, rank)
        if holds is False:
            best = max(best, rank)
    return RANKS[best], RANKS[worst]


def findings(row: dict[str, Any], lists: dict[str, list[dict[str, Any]]]) -> Iterable[tuple[str, bool | None]]:
    yield from standards(row)
    yield from chemistry(row)
    yield from catalogue(row)
    yield from enterprise(row, lists)
    yield from procedures(row)


def given(condition: bool | None, holds: bool | None) -> bool | None:
    """A rule that applies when `condition`: not applicable counts as holding."""
    if condition is False or holds is True:
        return True
    return holds if condition is True else None


def standards(row: dict[str, Any]) -> Iterable[tuple[str, bool | None]]:
    site = one_of(row["用地方式"], ["单体征地", "租赁厂房"])
    mu = number(row["用地面积（亩）"], positive=True)
    floor = number(row["租赁面积（㎡）"], Fraction(1, 2000), positive=True)
    for words, size, figures in (("单体征地", mu, (500, 600, 40)), ("租赁厂房", floor, (300, 400, 20))):
        applies = None if site is None else site == words
        for column, standard in zip(
            ("固定资产投资（万元）", "年开票销售（万元）", "年税收（万元）"), figures, strict=True
        ):
            amount = number(row[column])
            enough = None if amount is None or size is None else amount >= standard * size
            yield "rejected", given(applies, enough)


def chemistry(row: dict[str, Any]) -> Iterable[tuple[str, bool | None]]:
    reaction, mixing = yes(row["涉及化学反应或涉化环节"]), yes(row["仅物理混合"])
    chemical = any_of([reaction, is_chemical(row)])
    only_mixing = both(mixing, no(chemical))
    for column in ("主要原辅料为化学原料", "最终产品为化学品"):
        yield "rejected", any_of([no(yes(row[column])), only_mixing])
    yield "rejected", no(chemical)
    yield "rejected", processes(row)
    industry = str(row["行业代码"]).split(".")[0]
    known = re.fullmatch("[0-9]{2,4}", industry) is not None
    biomass = industry.startswith("254")
    yield "rejected", not (industry[:2] == "26" or (industry[:2] == "25" and not biomass)) if known else None
    yield "referred", not (industry[:2] in ("27", "28", "29") or biomass) if known else None
    yield "referred", no(mixing)


def is_chemical(row: dict[str, Any]) -> bool | None:
    """Return whether a process listed is a chemical reaction, supervised or not."""
    names = set(str(row["生产工艺"]).split("、"))
    return not names.isdisjoint(SUPERVISED) if names <= KNOWN else None


def processes(row: dict[str, Any]) -> bool | None:
    names = str(row["生产工艺"]).split("、")
    if not set(names) <= KNOWN:
        return None
    family = one_of(row["产品类别"], FAMILIES)
    excepted = both(yes(row["常压生产"]), None if family is None else family in ("涂料", "粘合剂", "油漆"))
    return both(*(True if n not in SUPERVISED else (excepted if n == "聚合" else False) for n in names))


def catalogue(row: dict[str, Any]) -> Iterable[tuple[str, bool | None]]:
    kind = one_of(row["化工目录类别"], ["未列入", "限制类", "淘汰类", "禁止类"])
    yield "rejected", None if kind is None else kind != "禁止类"
    yield "rejected", None if kind is None else kind != "淘汰类"
    restricted = None if kind is None else kind == "限制类"
    yield "referred", no(restricted)
    yield "rejected", given(restricted, yes(row["仅为现有产能技术改造"]))


def enterprise(row: dict[str, Any], lists: dict[str, list[dict[str, Any]]]) -> Iterable[tuple[str, bool | None]]:
    listings = records(row, "名单记录", lists)
    for outcome, test in (("rejected", black_running), ("referred", black_over), ("conditional", yellow)):
        yield outcome, None if listings is None else no(any_of(test(r) for r in listings))
    dangers = records(row, "隐患记录", lists)
    for outcome, overdue in (("rejected", True), ("conditional", False)):
        yield outcome, None if dangers is None else no(any_of(major_open(r, overdue) for r in dangers))
    # overdue or within its deadline, whichever: one of the two is so of a major danger that is not closed
    yield "conditional", not any(is_open(r) for r in dangers or ())
    accidents = records(row, "事故记录", lists)
    for outcome, level in (("rejected", 3), ("referred", 2), ("conditional", 1)):
        yield outcome, None if accidents is None else no(any_of(recent(r, level) for r in accidents))
    yield "rejected", None if accidents is None else fewer_than_two([recent(r, 2) for r in accidents])
    yield "referred", None if accidents is None else no(any_of(undecided(r, accidents, listings) for r in accidents))


def fewer_than_two(parts: list[bool | None]) -> bool | None:
    return None if None in parts else parts.count(True) < 2


def listing(row: dict[str, Any], name: str) -> tuple[bool | None, datetime.date | None]:
    kind, status = one_of(row["名单"], ["黑名单", "黄名单"]), one_of(row["名单状态"], ["在列", "已移出"])
    stands = both(None if kind is None else kind == name, None if status is None else status == "在列")
    return stands, day(row["列入日期"])


def black_running(row: dict[str, Any]) -> bool | None:
    stands, since = listing(row, "黑名单")
    return both(stands, None if since is None else YEAR_AGO <= since <= DAY)


def black_over(row: dict[str, Any]) -> bool | None:
    stands, since = listing(row, "黑名单")
    return both(stands, None if since is None else since < YEAR_AGO)


def yellow(row: dict[str, Any]) -> bool | None:
    stands, since = listing(row, "黄名单")
    return both(stands, None if since is None else since <= DAY)


def is_major(row: dict[str, Any]) -> bool | None:
    level = one_of(row["隐患级别"], ["重大隐患", "一般隐患"])
    return None if level is None else level == "重大隐患"


def is_open(row: dict[str, Any]) -> bool:
    """Return whether a danger is surely major and surely not closed."""
    return both(is_major(row), no(yes(row["已销号"]))) is True


def major_open(row: dict[str, Any], overdue: bool) -> bool | None:
    due = day(row["整改期限"])
    late = None if due is None else due < DAY
    return both(is_major(row), no(yes(row["已销号"])), late if overdue else no(late))


def reaches(row: dict[str, Any], level: int) -> bool | None:
    """Return whether an accident is at least general (1), larger (2) or major (3): one known figure is enough."""
    edges = {1: (0, 0, 0), 2: (3, 10, 1000), 3: (10, 50, 5000)}[level]
    figures = (number(row[c]) for c in ("死亡人数", "重伤人数", "直接经济损失（万元）"))
    return level == 1 or any_of(None if n is None else n >= edge for n, edge in zip(figures, edges, strict=True))


def recent(row: dict[str, Any], level: int) -> bool | None:
    when = day(row["事故日期"])
    return both(reaches(row, level), None if when is None else YEAR_AGO <= when <= DAY)


def listing_ground(row: dict[str, Any], accidents: list[dict[str, Any]]) -> bool | None:
    """Return whether an accident is a ground for the black list: a major one, or the second larger one of a year."""
    when = day(row["事故日期"])
    if when is None:
        return None
    year = when.replace(year=when.year - 1)
    earlier = [both(reaches(a, 2), within(day(a["事故日期"]), year, when)) for a in accidents]
    second = None if None in earlier else earlier.count(True) >= 2
    grave = any_of([reaches(row, 3), both(reaches(row, 2), second)])
    return both(datetime.date(2017, 5, 9) <= when <= DAY, grave)


def within(on: datetime.date | None, first: datetime.date, last: datetime.date) -> bool | None:
    return None if on is None else first <= on <= last


def undecided(
    row: dict[str, Any], accidents: list[dict[str, Any]], listings: list[dict[str, Any]] | None
) -> bool | None:
    """Return whether an accident is a ground for listing since which no decision to list is known."""
    when = day(row["事故日期"])
    settled = [] if listings is not None else [None]
    for r in listings or []:
        black = one_of(r["名单"], ["黑名单", "黄名单"])
        status = one_of(r["名单状态"], ["在列", "已移出", "查明未列入"])
        on = day(r["列入日期"])
        fresh = None if on is None else on + datetime.timedelta(days=30) >= DAY
        known = any_of([None if status is None else status != "查明未列入", fresh])
        since = None if on is None or when is None else when <= on <= DAY
        settled.append(both(None if black is None else black == "黑名单", since, known))
    return both(listing_ground(row, accidents), no(any_of(settled)))


def needs_assessment(row: dict[str, Any]) -> bool | None:
    """Return whether a project's code puts it among the kinds that need a safety assessment; None where it is open."""
    code = str(row["行业代码"]).split(".")[0]
    if re.fullmatch("[0-9]{2,4}", code) is None:
        return None
    named = ("06", "07", "08", "09", "10", "2672", "311", "312", "314", "321", "322", "323", "324", "45")
    if code.startswith((*named, "5265", "5941", "5942")):
        return True
    other = {"13", "14", "30", *map(str, range(17, 25)), *map(str, range(33, 41))}
    return False if code[:2] in other and code != "33" and code[:3] != "339" else None


def procedures(row: dict[str, Any]) -> Iterable[tuple[str, bool | None]]:
    stage = one_of(row["项目阶段"], ["洽谈", "已签约", "在建", "已投产"])
    started = None if stage is None else stage in ("在建", "已投产")
    steps = ["依法不需要", "未开展", "办理中", "已通过", "未通过"]
    papers = ["不纳入环评管理", "登记表待备案", "登记表已备案", "报告书（表）待批", "报告书（表）已批复", "不予批准"]
    for column, words, done, refused, left in (
        ("安全预评价", steps, ("已通过",), "未通过", ("依法不需要", "未开展", "办理中")),
        ("安全设施设计审查", steps, ("已通过",), "未通过", ("依法不需要", "未开展", "办理中")),
        (
            "环境影响评价",
            papers,
            ("不纳入环评管理", "登记表待备案", "登记表已备案", "报告书（表）已批复"),
            "不予批准",
            ("报告书（表）待批",),
        ),
    ):
        state = one_of(row[column], words)
        yield "rejected", None if state is None else state != refused
        named = True if words is papers else needs_assessment(row)
        yield "rejected", given(both(started, named), None if state is None else state in done)
        yield "conditional", given(both(no(started), named), None if state is None else state not in left)
    accepted, used = one_of(row.get("安全设施竣工验收"), steps), None if stage is None else stage == "已投产"
    yield "rejected", given(both(used, needs_assessment(row)), None if accepted is None else accepted == "已通过")
    paper = one_of(row["环境影响评价"], papers)
    yield "conditional", None if paper is None else paper != "登记表待备案"
