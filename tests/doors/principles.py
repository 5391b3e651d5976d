"""The principles, each with its cases: a new one is a line of `PRINCIPLES`."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from doors.contents import (
    ACCIDENTS,
    BEST,
    BLACK,
    DANGER,
    DANGERS,
    DEATHS,
    INVESTED,
    LAND,
    LISTED_ONCE,
    LISTINGS,
    OPEN,
    SOME_ACCIDENT,
    WORST,
    Case,
    Principle,
    one,
)  # fmt: skip

BLANKS = (
    "",
    " ",
    "　",
    "-",
    "—",
    "——",
    "/",
    "N/A",
    "na",
    "null",
    "None",
    "unknown",
    "未知",
    "不详",
    "待定",
    "待核实",
    "未填",
    "暂无",
    "待补",
    "待补充",
)
UNREAD = (
    "9 1",
    "0.9 1/1",
    "15 15",
    "1 500 0",
    "约450",
    "15-20亩",
    "≥15",
    "0x10",
    "1e999",
    "NaN",
    "十五",
    "15亩多",
    "15 光年",
    "--15",
)
SEEN = ("１５", "15.00", "15亩", "15 亩", "1.0 公顷", "10005 ㎡", "1.5e1", "15亩。", " 15 ")

PRINCIPLES = (
    Principle(
        "what cannot be attached is everybody's",
        (
            Case(
                "a listing of nobody", OPEN, change={LISTINGS: []}, asks=frozenset({"sheets"}), plainly={LISTINGS: "有"}
            ),
        ),
    ),
    Principle(
        "given twice is unknown",
        (
            one("another value under the other name", OPEN, "项目.用地面积", 14, "names"),
            one("another value under the other name, text", OPEN, "项目.化工目录类别", "禁止类", "names"),
            Case(
                "no value and a good one",
                OPEN,
                {"项目.固定资产投资": "许多"},
                (),
                frozenset({"names"}),
                kinds=frozenset({"not-a-number", "given-twice"}),
            ),
            one("twice in a record of a list", SOME_ACCIDENT, ACCIDENTS, [{**DEATHS, "死亡人数": "0"}]),
            one(
                "twice in a record of a list, the worse last",
                SOME_ACCIDENT,
                ACCIDENTS,
                [{**DEATHS, "deaths": "0", "死亡人数": "12"}],
            ),
            Case(
                "a list under nearly its name besides",
                OPEN,
                {"enterprise.listing": [BLACK]},
                (),
                frozenset({"names"}),
                kinds=frozenset({"given-twice", "unknown-fact", "column-tells", "not-a-list"}),
            ),
            Case(
                "no value and a good one in a list",
                OPEN,
                {LISTINGS: [{**BLACK, "status": "移走", "名单状态": "已移出"}]},
                kinds=frozenset({"not-a-choice", "given-twice"}),
            ),
        ),
    ),
    Principle(
        "a stated count, a pointer or 无 is held against what was read",
        (
            *(one(f"none: {w}", BEST, LISTINGS, w) for w in ("无", "没有", "无记录", "0条", "未列入", "均无")),
            *(
                one(f"said elsewhere: {w}", OPEN, LISTINGS, w)
                for w in ("有", "见附表", "有2条", "见附表（2条）", "1条", "有黑名单1条、黄名单1条")
            ),
            one("a record", WORST, LISTINGS, [BLACK]),
        ),
    ),
    Principle(
        "hidden, filtered, swallowed, beyond a limit: read as the rest, or named and open",
        (Case("a hidden row", WORST, {LISTINGS: [BLACK]}, asks=frozenset({"hidden"})),),
    ),
    Principle(
        "what a person sees is what is read",
        (
            *(one(f"land {w!r}", BEST, LAND, w) for w in SEEN),
            *(
                one(f"invested {w}", BEST, INVESTED, w)
                for w in ("9,375.5", "0.93755 亿元", "93755000元", "9375.5万元整", "人民币9375.5万元")
            ),
        ),
    ),
    Principle(
        "every assumption is a named line",
        (
            Case(
                "a unit from the heading", BEST, {"用地面积（㎡）": 10000}, (LAND,), frozenset({"headings"}), {LAND: 15}
            ),
            Case(
                "text under a unit",
                BEST,
                {"固定资产投资（亿元）": "0.93755"},
                (INVESTED,),
                frozenset({"headings"}),
                {INVESTED: "9375.5"},
            ),
            Case(
                "a unit against the heading",
                OPEN,
                {"用地面积（㎡）": "10005 人"},
                (LAND,),
                frozenset({"headings"}),
                {LAND: "15 人"},
            ),
        ),
    ),
    Principle(
        "plausibility beside hard bounds",
        (
            one("no land", OPEN, LAND, 0),
            one("land below nothing", OPEN, LAND, -15),
            one("land beyond all", OPEN, LAND, 10**9),
            *(one(f"land {w!r}", OPEN, LAND, w) for w in (0.02, "0.02 亩", "0.3亩", 40000, "26680000 平方米")),
            one("half a mu", BEST, LAND, 0.5),
            *(one(f"invested {w!r}", OPEN, INVESTED, w) for w in (60000000, "60000000 万元", "6000亿元")),
            *(one(f"out of proportion {w!r}", OPEN, INVESTED, w) for w in (900000, "90亿元", 750001)),
            one("in proportion", BEST, INVESTED, 750000),
            one("deaths", SOME_ACCIDENT, ACCIDENTS, [{**DEATHS, "deaths": "50000"}]),
        ),
    ),
    Principle(
        "blanks and words for blanks",
        (
            *(one(f"land {w!r}", OPEN, LAND, w) for w in BLANKS),
            *(one(f"a choice {w!r}", OPEN, "project.catalogue_class", w) for w in BLANKS),
            *(one(f"yes or no {w!r}", OPEN, "project.has_chemical_reaction", w) for w in BLANKS),
            *(one(f"a list {w!r}", OPEN, LISTINGS, w) for w in BLANKS if w not in ("None",)),
            *(one(f"in a list {w!r}", SOME_ACCIDENT, ACCIDENTS, [{**DEATHS, "deaths": w}]) for w in BLANKS),
            Case("left out", OPEN, {}, (LAND,)),
        ),
    ),
    Principle(
        "one rule for time",
        (
            *(
                one(f"a day {w!r}", WORST, LISTINGS, [{**BLACK, "listed_on": w}])
                for w in ("2019-10-01", "2019/10/1", "2019年10月1日", "20191001", "2019-10-01 00:00:00")
            ),
            *(
                one(f"the day before {w!r}", LISTED_ONCE, LISTINGS, [{**BLACK, "listed_on": w}])
                for w in ("2019-09-30", "2019.9.30", "2019年9月30日")
            ),
            *(
                one(f"no day {w!r}", OPEN, LISTINGS, [{**BLACK, "listed_on": w}])
                for w in ("2019-02-30", "去年", "43739", "2019年")
            ),
            *(
                one(f"a time {w!r}", expect, LISTINGS, [{**BLACK, "listed_on": w}])
                for w, expect in (
                    ("2019-09-30T16:00:00Z", WORST),
                    ("2019-09-30T15:59:59Z", LISTED_ONCE),
                    ("2019-10-01 00:30:00+08:00", WORST),
                    ("2019-10-01T00:30:00+09:00", LISTED_ONCE),
                    ("2019-10-01T00:30:00+25:00", OPEN),
                )
            ),
            one("a danger overdue", WORST, DANGERS, [{**DANGER, "deadline": "2020-09-30"}]),
            one("a danger due on the day", ("conditional", "conditional"), DANGERS, [DANGER]),
            one("a day as a day", WORST, LISTINGS, [{**BLACK, "listed_on": datetime.date(2019, 10, 1)}]),
        ),
    ),
    Principle(
        "a value is read whole or not at all",
        (
            *(one(f"land {w!r}", OPEN, LAND, w) for w in UNREAD),
            *(one(f"a choice {w!r}", OPEN, "project.catalogue_class", w) for w in ("未列入或限制", "未列", "?", "7")),
            *(one(f"yes or no {w!r}", OPEN, "project.has_chemical_reaction", w) for w in ("是否", "否？", "2", "可能")),
            *(one(f"processes {w!r}", OPEN, "project.processes", w) for w in ("组装、??", "组装等", "7")),
            one("a list of texts", OPEN, LISTINGS, ["无", "有"]),
            one("a text among records", OPEN, LISTINGS, [BLACK, "x"]),
            one("a list among records", OPEN, LISTINGS, [BLACK, [BLACK]]),
            one("no list", OPEN, LISTINGS, {"list": "black"}, "objects"),
            *(
                one(f"land, {type(w).__name__}", OPEN, LAND, w, "objects")
                for w in (
                    float("nan"),
                    float("inf"),
                    Decimal("NaN"),
                    10**5000,
                    True,
                    [15],
                    {"a": 15},
                    object(),
                    b"15",
                    {1, "a"},
                    1j,
                    datetime.date(2020, 1, 1),
                )
            ),
            *(
                one(f"land, a good {type(w).__name__}", BEST, LAND, w, "objects")
                for w in (15.0, Decimal(15), Fraction(15))
            ),
        ),
    ),
    Principle(
        "a path is a path",
        (Case("a folder whose name means something elsewhere", BEST, asks=frozenset({"paths"})),),
    ),
    Principle(
        "names that look alike are one or refused",
        (
            Case("full width", BEST, {"项目．用地面积": 15}, (LAND,), frozenset({"names", "signs"})),
            Case("Cyrillic letters", OPEN, {"projеct.lаnd_area": 15}, (LAND,), frozenset({"names"})),
            Case("another letter", OPEN, {"项目.用地面枳": 15}, (LAND,), frozenset({"names"})),
        ),
    ),
)
