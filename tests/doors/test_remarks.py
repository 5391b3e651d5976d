"""A remark that tells of a record and names nobody for certain may be of anybody, wherever in the file it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from doors.contents import GOOD
from doors.reading import BEST, HEADINGS, OPEN, area, ledger, made, row, said, screened

NAME = "盐城甲新能源科技有限公司"
SECOND = row(项目编号="XM-2", 企业名称="无锡乙电子有限公司", 统一="91320991MA91Q6798L")
FIRST = row(企业名称=NAME)
LISTS = ("enterprise.listings", "enterprise.accidents", "enterprise.hidden_dangers", "project.processes")
PLAIN = {**GOOD, **dict.fromkeys(LISTS[:3], "无"), LISTS[3]: "组装"}
LISTED = ["名单", "列入日期", "名单状态"]
BLACK = ["黑名单", "2020-03-12", "在列"]
FORM = [[heading, cell] for heading, cell in zip(HEADINGS, FIRST, strict=True)]
OF_ANYBODY = [
    ["*该企业已列入黑名单"], ["注1：甲新能源科技2020年被列入黑名单。"], ["注：上述企业系严重失信主体"], ["备注：2020年列入黑名单"],
]  # fmt: skip
OF_ONE = [
    [f"注：{NAME}系安全生产严重失信主体"], ["注：甲新能源公司2020年被列入黑名单。"], ["备注：盐城甲新能源厂2020年列入黑名单"],
    [None, None, NAME, "黑名单", "2020-03-12"], [NAME, "黑名单", "2020-03-12"],
]  # fmt: skip
OF_NOBODY = [
    ["注：列入黑名单的企业，不予准入"], ["填报说明：名单类别填黑名单或黄名单"], ["注：企业被列入黑名单的，一票否决"],
    ["注：南京丙机械有限公司2020年列入黑名单"], ["注：未列入黑名单"], ["填表人：张三"], ["说明：黑名单是指安全生产严重失信名单"],
]  # fmt: skip


def outcomes(path: Path, sheet: list[list[Any]], **sheets: Any) -> list[str]:
    found = dict(screened(made(path / "a.xlsx", 项目=sheet, **sheets))[0])
    return [found[n] for n in ("XM-1", "XM-2")]


PLACES: dict[str, Any] = {
    "below": lambda line: ([HEADINGS, FIRST, SECOND, line], {}),
    "among": lambda line: ([HEADINGS, FIRST, line, SECOND], {}),
    "above": lambda line: ([line, HEADINGS, FIRST, SECOND], {}),
    "another sheet": lambda line: ([HEADINGS, FIRST, SECOND], {"Sheet2": [["材料"], line]}),
    "deep in another sheet": lambda line: (
        [HEADINGS, FIRST, SECOND],
        {"Sheet2": [["序号", "材料"], *([n, "罚款"] for n in range(60)), line]},
    ),
    "a sheet of remarks": lambda line: ([HEADINGS, FIRST, SECOND], {"说明": [["材料"], line]}),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("line", OF_ANYBODY, ids=str)
def test_a_remark_that_names_nobody_opens_everybody(line: list[Any], place: str, tmp_path: Path) -> None:
    sheet, sheets = PLACES[place](line)
    assert outcomes(tmp_path, sheet, **sheets) == [OPEN, OPEN]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("line", OF_ONE, ids=str)
def test_a_remark_that_names_one_almost_opens_that_one(line: list[Any], place: str, tmp_path: Path) -> None:
    sheet, sheets = PLACES[place](line)
    assert outcomes(tmp_path, sheet, **sheets) == [OPEN, BEST]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("line", OF_NOBODY, ids=str)
def test_a_remark_that_explains_or_names_others_opens_nobody(line: list[Any], place: str, tmp_path: Path) -> None:
    sheet, sheets = PLACES[place](line)
    assert outcomes(tmp_path, sheet, **sheets) == [BEST, BEST]


def test_a_title_that_calls_all_of_a_table_listed_opens_them(tmp_path: Path) -> None:
    assert outcomes(tmp_path, [["黑名单企业项目台账"], HEADINGS, FIRST, SECOND]) == [OPEN, OPEN]


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ([["备注：该企业2020年列入黑名单"]], OPEN),
        ([["备注", "2020年3月列入黑名单"]], OPEN),
        ([["是否列入黑名单", "否"]], BEST),
        ([["备注", "无"]], BEST),
        ([[], LISTED, BLACK], OPEN),
        ([[], ["事故日期", "死亡人数", "重伤人数"], ["2020-05-01", 12, 0]], OPEN),
    ],
)
def test_what_stands_beside_the_pairs_of_a_form_is_heard(lines: list[Any], outcome: str, tmp_path: Path) -> None:
    assert screened(made(tmp_path / "a.xlsx", 项目=[*FORM, *lines]))[0] == [("XM-1", outcome)]


@pytest.mark.parametrize("sheet", ["安全生产失信企业", "失信主体", "安全生产严重失信主体名单", "2019年安全生产事故"])
def test_a_sheet_that_speaks_of_a_list_in_other_words_opens_it(sheet: str, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", row(), **{sheet: [["企业名称", "文号"], ["甲公司", "苏安办〔2020〕1号"]]})
    assert screened(path)[0] == [("XM-1", OPEN)]


@pytest.mark.parametrize("title", ["项目台账（续表）", "续表", "2020年项目一览表", "*数据截至2020年9月"])
def test_a_title_or_a_starred_note_among_rows_is_no_project(title: str, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", FIRST, [title], list(HEADINGS), SECOND)
    found, screening, _ = screened(path)
    assert found == [("XM-1", BEST), ("XM-2", BEST)]
    assert any("项目!3" in line for line in said(screening))


@pytest.mark.parametrize(
    ("name", "item", "outcome"),
    [
        ("enterprise.listing_records", [{"list": "black"}], OPEN),
        ("enterprise.blacklisted", True, OPEN),
        ("enterprise.black_list", "yes", OPEN),
        ("on_yellow_list", 1, OPEN),
        ("enterprise.accident_count", 2, OPEN),
        ("enterprise.hiddenDangerList", [{}], OPEN),
        ("企业.严重失信主体", "是", OPEN),
        ("enterprise.blacklisted", False, BEST),
        ("enterprise.accident_count", 0, BEST),
        ("enterprise.accident_insurance", "yes", BEST),
        ("enterprise.emergency_accident_plan", "filed", BEST),
    ],
)
def test_a_list_under_a_name_of_its_words_is_heard(name: str, item: Any, outcome: str) -> None:
    assert area().decide({**GOOD, name: item}).outcome == outcome


@pytest.mark.parametrize("engine", ["records", "duckdb"])
@pytest.mark.parametrize(
    ("name", "outcome"),
    [("blacklisted", OPEN), ("listing_records", OPEN), ("accident_count", OPEN), ("accident_insurance", BEST)],
)
def test_a_column_of_a_table_that_speaks_of_a_list_opens_it(name: str, outcome: str, engine: str) -> None:
    table = pa.table({**{k: [v] for k, v in PLAIN.items()}, name: ["yes"]})
    assert [r["outcome"] for r in area().decide_table(table, engine=engine)] == [outcome]


def test_an_area_in_traditional_characters_is_read() -> None:
    assert sr.load().area("admission").on("2020-10-01").decide({**GOOD, "project.land_area": "15畝"}).outcome == BEST
