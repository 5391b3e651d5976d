"""Principles × doors: each door says what it can carry, each principle what its contents ask for; together, the cells.

A new principle is a line of `PRINCIPLES`, a new door a line of `DOORS`. A cell is the contents of the principle
that the door carries, each with the answer that a careful reader gives; where it carries none, the door's reason
stands in it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from doors import through
from doors.beside import as_history, as_relations, as_store, by_chain_tables, by_history
from doors.rules_by import a_folder, a_folder_of_overlays, a_mount, an_overlay_file, by_rules, by_wheel
from doors.through import Content, Judge, by_record, by_screening, by_table
from doors.writers import ods, workbook, xls

BEST, OPEN, WORST = ("admitted", "admitted"), ("admitted", "rejected"), ("rejected", "rejected")
LISTED_ONCE, SOME_ACCIDENT = ("referred", "referred"), ("conditional", "rejected")
GOOD: Content = {
    "project.name": "光伏组件项目", "enterprise.name": "甲公司", "enterprise.credit_code": "91320991MAP9JTKT12",
    "project.site": "land", "project.stage": "洽谈", "project.land_area": 15, "project.fixed_asset_investment": 9375.5,
    "project.annual_sales": 11250, "project.annual_tax": 750, "project.industry_code": "3825",
    "project.processes": ["层压封装", "组装"], "project.product_family": "新能源装备", "project.main_raw_material_is_chemical": False,
    "project.final_product_is_chemical": False, "project.has_chemical_reaction": False, "project.is_physical_mixing_only": False,
    "project.made_at_atmospheric_pressure": True, "project.catalogue_class": "未列入",
    "project.is_technical_transformation_only": False, "project.safety_preassessment": "依法不需要",
    "project.safety_design_review": "依法不需要", "project.environmental_assessment": "登记表已备案",
    "enterprise.listings": [], "enterprise.accidents": [], "enterprise.hidden_dangers": [],
}  # fmt: skip
LAND, INVESTED = "project.land_area", "project.fixed_asset_investment"
LISTINGS, ACCIDENTS, DANGERS = "enterprise.listings", "enterprise.accidents", "enterprise.hidden_dangers"
BLACK = {"list": "black", "listed_on": "2020-03-12", "status": "在列"}
DANGER = {"level": "重大", "deadline": "2020-10-01", "is_closed": "否"}
DEATHS = {"date": "2020-05-01", "deaths": "12", "serious_injuries": "0", "direct_loss": "100"}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A content as a change of the good one, what it comes to, and what a door must be able to carry.

    `plainly` is the same content for a door that cannot say it so; any of `kinds` is told where one of them would be.
    """

    name: str
    expect: tuple[str, str]
    change: Content = field(default_factory=dict)
    without: tuple[str, ...] = ()
    asks: frozenset[str] = frozenset()
    plainly: Content | None = None
    kinds: frozenset[str] = frozenset()

    @property
    def wants(self) -> frozenset[str]:
        """What a door must be able to carry: also facts of other kinds than lists, and what is no record in one."""
        lists = {k for k in self.change if k in (LISTINGS, ACCIDENTS, DANGERS)}
        records = all(isinstance(v, list) and all(isinstance(i, dict) for i in v) for v in self.change.values())
        facts = {"facts"} if not self.change or self.change.keys() - lists or self.without else set[str]()
        words = {"words"} if not facts and not records else set[str]()
        return self.asks | facts | words | ({k.rpartition(".")[2] for k in lists} if not facts else set())

    @property
    def content(self) -> Content:
        return {**{k: v for k, v in GOOD.items() if k not in self.without}, **self.change}


@dataclass(frozen=True, slots=True, eq=False)
class Principle:
    """A principle by name, with its cases."""

    name: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Door:
    """A door: how contents go through it, why it cannot carry what it cannot, of how many cases one is tried, and
    how it carries what only it can: a row that is hidden, a row of nobody.
    """

    name: str
    judge: Judge
    cannot: Mapping[str, str]
    every: int = 1
    own: Mapping[str, Judge] = field(default_factory=dict)

    def carries(self, case: Case) -> bool:
        return not case.wants & self.cannot.keys()


def one(name: str, expect: tuple[str, str], key: str, value: Any, *asks: str) -> Case:
    return Case(name, expect, {key: value}, (), frozenset(asks))


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

NO_SHEETS = "a record holds its lists itself: nothing in it can be unattached"
LAYOUT = {
    "sheets": "its lists stand beside; see the sheets of the wide one",
    "hidden": "see the wide one",
    "names": "its headings are Chinese",
    "headings": "see the wide one",
    "paths": "see the wide one",
}
NO_HIDING = "nothing of it can be hidden from a reader"
NOT_TOLD = "its reader does not tell what is hidden: all of it is read alike, which a notice says"
NO_SIGNS = "the name of a field is an identifier"
NO_PATH = "it has no path"
NO_HEADING = "values carry their own units: nothing is assumed"
NO_OBJECT = "a file holds texts, numbers and days, no Python objects"
RECORD = {"sheets": NO_SHEETS, "hidden": NO_HIDING, "paths": NO_PATH, "headings": NO_HEADING}
MAPPINGS = {k: v for k, v in RECORD.items() if k != "headings"}
FRAME = {**MAPPINGS, "objects": "a column is of one type, which no such object has"}
PARQUET = {k: v for k, v in FRAME.items() if k != "paths"}
JSON = {"sheets": NO_SHEETS, "hidden": NO_HIDING, "headings": NO_HEADING, "objects": NO_OBJECT}
TEXT = {
    "sheets": NO_SHEETS,
    "hidden": "a line of text cannot be hidden; a quote left open is an error of the file",
    "objects": NO_OBJECT,
}
BOOK = {"objects": NO_OBJECT}

NO_FACTS = "it holds lists alone; the facts of the project enter by another door"
NO_ROW = "its records are given by a program; one without an owner is that of the workbook's row"
BESIDE = {"facts": NO_FACTS, "words": "it has sheets of records, and no cell in which words stand for a list"}
STORE = {**BESIDE, "listings": "it holds dangers alone", "accidents": "it holds dangers alone"}

DOORS = (
    Door("dict, flat", by_record(lambda area, c: dict(c)), RECORD),
    Door("dict, nested", by_record(lambda area, c: through.nested(c)), RECORD),
    Door(
        "dict, the other names", by_record(lambda area, c: through.in_chinese(c, area.law.rulebook.vocabulary)), RECORD
    ),
    Door("dataclass", by_record(lambda area, c: through.as_dataclass(c)), {**RECORD, "signs": NO_SIGNS}),
    Door("pydantic model", by_record(lambda area, c: through.as_pydantic(c)), {**RECORD, "signs": NO_SIGNS}),
    Door("a record as admitted", by_record(lambda area, c: area.admit(area.admit(dict(c)))), RECORD),
    Door("mappings, by record", by_table(through.as_mappings, "records"), MAPPINGS),
    Door("JSON lines, by DuckDB", by_table(through.as_json_lines, "duckdb"), JSON, 3),
    Door("JSON lines, by record", by_table(through.as_json_lines, "records"), JSON),
    Door("JSON lines, screened", by_screening(through.as_json_lines, "records"), JSON),
    Door("JSON array, by DuckDB", by_table(through.as_json_array, "duckdb"), JSON, 7),
    Door("JSON array, by record", by_table(through.as_json_array, "records"), JSON, 7),
    *(
        Door(
            f"csv {encoding}, {words}",
            by_table(through.as_csv(encoding), engine),
            TEXT,
            1 if encoding == "utf-8" else 7,
        )
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16")
        for engine, words in (("duckdb", "by DuckDB"), ("records", "by record"))
    ),
    Door("csv, screened by DuckDB", by_screening(through.as_csv("utf-8-sig"), "duckdb"), TEXT, 7),
    Door("csv, screened by record", by_screening(through.as_csv("utf-8-sig"), "records"), TEXT, 7),
    Door("tsv", by_table(through.as_csv("utf-8", "\t")), TEXT, 7),
    Door(
        "xlsx, wide",
        by_screening(through.as_workbook, "records"),
        BOOK,
        1,
        {
            "hidden": by_screening(through.with_hidden_row, "records"),
            "sheets": by_screening(through.with_nobody(workbook, "xlsx"), "records"),
        },
    ),
    Door(
        "xlsx, wide, by DuckDB",
        by_table(through.as_workbook, "duckdb"),
        BOOK,
        3,
        {
            "hidden": by_table(through.with_hidden_row, "duckdb"),
            "sheets": by_table(through.with_nobody(workbook, "xlsx"), "duckdb"),
        },
    ),
    Door("xlsx, sheets of lists", by_screening(through.as_list_sheets, "records"), {**BOOK, **LAYOUT}),
    Door("xlsx, two rows of headings", by_screening(through.as_two_rows, "records"), {**BOOK, **LAYOUT}),
    Door("xlsx, forms", by_screening(through.as_form, "records"), {**BOOK, **LAYOUT}, 5),
    Door(
        "ods",
        by_screening(through.as_ods, "records"),
        {**BOOK, "hidden": NOT_TOLD},
        1,
        {
            "sheets": by_screening(through.with_nobody(ods, "ods"), "records"),
        },
    ),
    Door(
        "xls",
        by_screening(through.as_xls, "records"),
        {**BOOK, "hidden": NOT_TOLD},
        1,
        {
            "sheets": by_screening(through.with_nobody(xls, "xls"), "records"),
        },
    ),
    Door("parquet", by_table(through.as_parquet, "duckdb"), PARQUET, 7),
    Door("parquet, screened", by_screening(through.as_parquet), PARQUET, 7),
    Door("Arrow, by DuckDB", by_table(through.as_arrow, "duckdb"), FRAME),
    Door("Arrow, by record", by_table(through.as_arrow, "records"), FRAME),
    Door("pandas", by_table(through.as_pandas, "duckdb"), FRAME, 7),
    Door("Polars, by DuckDB", by_table(through.as_polars, "duckdb"), FRAME, 7),
    Door("Polars, by record", by_table(through.as_polars, "records"), FRAME, 7),
    Door("DuckDB relation", by_table(through.as_relation, "duckdb"), FRAME, 7),
    Door("Spark frame", through.by_spark, FRAME, 7),
    Door(
        "history, a workbook",
        by_history(as_history),
        BESIDE,
        1,
        {
            "hidden": by_history(partial(as_history, hidden="rows")),
            "sheets": by_history(partial(as_history, nobody=True)),
        },
    ),
    Door(
        "history, a mapping of its tables",
        by_history(as_relations),
        {**BESIDE, "hidden": NO_HIDING, "sheets": NO_ROW},
        3,
    ),
    Door(
        "chain tables",
        by_chain_tables(),
        {**BESIDE, "hidden": NO_HIDING},
        1,
        {"sheets": by_chain_tables(nobody=True)},
    ),
    Door("rectification, imported", by_history(as_store), STORE),
    Door("rules, a folder", by_rules(a_folder), RECORD, 3),
    Door("rules, a link to a mounted folder", by_rules(a_mount), RECORD, 3),
    Door("rules, an overlay file", by_rules(an_overlay_file), RECORD, 3),
    Door("rules, a folder of overlays", by_rules(a_folder_of_overlays), RECORD, 3),
    Door("rules, the built wheel", by_wheel, RECORD),
)
