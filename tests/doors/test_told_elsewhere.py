"""What stands elsewhere than where it is looked for is held against what was read: no row passes over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from doors.contents import BLACK
from doors.contents import GOOD as CONTENT
from doors.reading import BEST, HEADINGS, OPEN, area, ledger, made, row, screened

LISTED = ["企业名称", "名单", "列入日期", "名单状态"]
BLACKLISTED = ["黑名单", "2020-03-12", "在列"]
YELLOW = ["黄名单", "2016-03-12", "已移出"]
HURT = ["企业名称", "死亡人数", "重伤人数", "直接经济损失（万元）"]
CODE, OTHER_CODE = "91320991MAP9JTKT12", "91320991MA91Q6798L"
SECOND = {"项目编号": "XM-2", "企业名称": "乙公司", "统一": OTHER_CODE}


def one(path: Path) -> str:
    ((_, outcome),) = screened(path)[0]
    return outcome


@pytest.mark.parametrize(
    "line",
    [
        ["单位：甲公司", "黑名单", "2020-03-12"],
        ["备注：甲公司", "黑名单", "2020-03-12"],
        ["注：甲公司2020年3月12日列入黑名单，现在列。"],
        ["说明：乙公司和甲公司均已列入。"],
        ["示例", "黑名单", "2020-03-12", "在列", "甲公司"],
        ["单位：甲公司", *BLACKLISTED],
        ["甲公司、丁公司", *BLACKLISTED],
        ["丁公司/甲公司", *BLACKLISTED],
        ["甲公司（原丁公司）", *BLACKLISTED],
        [CODE, *BLACKLISTED],
        [f"丁公司（{CODE}）", *BLACKLISTED],
        ["丁公司", *BLACKLISTED, "甲公司"],
    ],
)
def test_a_line_that_names_a_row_otherwise_opens_that_row_only(tmp_path: Path, line: list[Any]) -> None:
    rows = [[*LISTED, "投资方"], ["丙公司", *YELLOW], line]
    path = ledger(tmp_path / "a.xlsx", row(), row(**{**SECOND, "企业名称": "戊公司"}), 名单记录=rows)
    assert screened(path)[0] == [("XM-1", OPEN), ("XM-2", BEST)]


@pytest.mark.parametrize(
    "line",
    [
        ["填表人：张三", None, "审核人：李四"],
        ["注：黄名单满三年的移出。"],
        [1, 2, 3, 4],
        ["丁公司、戊公司", *BLACKLISTED],
        ["合计", "1条"],
        ["示例", *BLACKLISTED],
    ],
)
def test_a_line_that_names_nobody_of_the_ledger_opens_nothing(tmp_path: Path, line: list[Any]) -> None:
    assert one(ledger(tmp_path / "a.xlsx", row(), 名单记录=[LISTED, line])) == BEST


@pytest.mark.parametrize("owner", [None, "甲公司"])
def test_figures_that_count_up_are_no_numbering_of_columns_where_no_owner_is_counted(
    tmp_path: Path, owner: Any
) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.add_worksheet("项目").write_row(0, 0, HEADINGS)
    book.get_worksheet_by_name("项目").write_row(1, 0, row(事故记录="1起" if owner else "无"))  # type: ignore[union-attr]
    sheet = book.add_worksheet("事故记录")
    sheet.write_row(0, 0, HURT)
    sheet.write_row(1, 0, [owner, 0, 0, 1] if owner else [None, 1, 2, 3])
    if owner:
        sheet.merge_range(1, 0, 2, 0, owner)
        sheet.write_row(2, 1, [1, 2, 3])
    book.close()
    assert one(tmp_path / "a.xlsx") == OPEN


@pytest.mark.parametrize(
    ("total", "outcome"),
    [(["合计", 12, 0, 100], OPEN), (["甲公司", "小计", 5, 100], OPEN), (["合计", 0, 0, 1], "conditional")],
)
def test_a_line_of_totals_that_counts_more_than_was_read_opens_the_list(
    tmp_path: Path, total: list[Any], outcome: str
) -> None:
    rows = [["企业名称", "事故日期", *HURT[1:]], ["甲公司", "2016-01-01", 0, 0, 1]]
    rows.append([total[0], None, *total[1:]])
    found = one(ledger(tmp_path / "a.xlsx", row(事故记录="1起"), 事故记录=rows))
    control = one(ledger(tmp_path / "b.xlsx", row(事故记录="1起"), 事故记录=rows[:-1]))
    assert found == (control if outcome == "conditional" else OPEN)


@pytest.mark.parametrize(
    "sheets",
    [
        {"Sheet2": [["安全生产黑名单企业"], ["序号", "企业名称"], [1, "甲公司"]]},
        {"Sheet2": [["甲公司 2020年3月12日 列入黑名单"]]},
        {
            "名单记录": [
                ["企业名称", "丙公司", "甲公司"],
                ["名单", "黄名单", "黑名单"],
                ["列入日期", "2016-03-12", "2020-03-12"],
            ]
        },
        {"名单记录": [[*LISTED, None, *LISTED], ["丙公司", *YELLOW, None, "甲公司", *BLACKLISTED]]},
    ],
)
def test_a_sheet_that_is_not_read_as_a_table_and_tells_of_a_list_opens_whom_it_names(
    tmp_path: Path, sheets: dict[str, Any]
) -> None:
    assert one(ledger(tmp_path / "a.xlsx", row(), **sheets)) == OPEN


def test_a_sheet_that_explains_or_names_others_opens_nobody(tmp_path: Path) -> None:
    sheets = {
        "填表说明": [["甲公司列入黑名单的，填“黑名单”"]],
        "Sheet3": [["丁公司列入黑名单"]],
        "Sheet4": [["甲公司联系人"]],
    }
    assert one(ledger(tmp_path / "a.xlsx", row(), **sheets)) == BEST


REMARKS = [
    ("是否列入黑名单", "是"), ("黑名单", "√"), ("黑名单列入日期", "2020-03-12"), ("近三年事故情况", "2019年死亡3人"),
    ("事故起数", 2), ("死亡人数", 3), ("备注", "该企业2020年列入黑名单"), ("名单记录2", "黑名单2020-03-12"),
    ("失信名单", "有1条"), ("占地面积（亩）", 25), ("实际固定资产投资（万元）", 6000), ("是否涉及化学反应或涉化环节", "是"),
    ("用地面积（亩）", 25),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "cell"), REMARKS)
def test_what_another_column_says_of_a_fact_is_held_against_its_own(tmp_path: Path, heading: str, cell: Any) -> None:
    headings = [*HEADINGS, heading]
    assert one(ledger(tmp_path / "a.xlsx", [*row(), cell], headings=headings)) == OPEN


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("是否列入黑名单", "否"), ("事故起数", 0), ("事故应急预案", "有"), ("备注", "非黑名单企业"), ("备注", "未列入黑名单"),
        ("占地面积（亩）", 15), ("用地面积（亩）", 15), ("占地面积（公顷）", 1), ("失信名单", None), ("联系人", "张三"),
    ],
)  # fmt: skip
def test_what_another_column_says_alike_or_not_at_all_opens_nothing(tmp_path: Path, heading: str, cell: Any) -> None:
    assert one(ledger(tmp_path / "a.xlsx", [*row(), cell], headings=[*HEADINGS, heading])) == BEST


@pytest.mark.parametrize(
    "rows",
    [
        [["甲公司2020年列入黑名单"], HEADINGS, row()],
        [HEADINGS, row(), ["备注：甲公司2020年3月列入黑名单"]],
        [HEADINGS, row(), [], ["甲公司2020年3月列入黑名单"]],
        [HEADINGS, [*row(), "2020年列入黑名单"]],
    ],
)
def test_what_a_title_a_note_or_a_column_without_a_heading_tells_is_heard(tmp_path: Path, rows: list[Any]) -> None:
    outcomes = dict(screened(made(tmp_path / "a.xlsx", 项目=[*rows, row(**SECOND)]))[0])
    assert (outcomes["XM-1"], outcomes["XM-2"]) == (OPEN, BEST)


def test_a_remark_on_a_kind_that_the_records_lack_opens_the_list(tmp_path: Path) -> None:
    headings, rows = [*HEADINGS, "备注"], [LISTED, ["甲公司", *YELLOW]]
    said_black = [*row(名单记录="1条"), "2020年列入黑名单"]
    said_yellow = [*row(名单记录="1条"), "2016年列入黄名单"]
    assert one(ledger(tmp_path / "a.xlsx", said_black, headings=headings, 名单记录=rows)) == OPEN
    assert one(ledger(tmp_path / "b.xlsx", said_yellow, headings=headings, 名单记录=rows)) == BEST


def test_an_owner_that_stands_in_another_column_of_a_row_may_be_that_rows(tmp_path: Path) -> None:
    headings, rows = [*HEADINGS, "曾用名"], [LISTED, ["丁公司", *BLACKLISTED]]
    path = ledger(tmp_path / "a.xlsx", [*row(), "丁公司"], [*row(**SECOND), "己公司"], headings=headings, 名单记录=rows)
    assert screened(path)[0] == [("XM-1", OPEN), ("XM-2", BEST)]


@pytest.mark.parametrize(
    ("cell", "outcome"), [("无黑名单", OPEN), ("未列入黑名单", OPEN), ("0条（2019年前）", OPEN), ("无黑黄名单", BEST)]
)
def test_what_denies_one_kind_or_one_time_does_not_deny_the_list(tmp_path: Path, cell: str, outcome: str) -> None:
    assert one(ledger(tmp_path / "a.xlsx", row(名单记录=cell))) == outcome


@pytest.mark.parametrize(
    "name",
    [
        "名单记录",
        "enterprise.listing",
        "enterprisе.listings",
        "Enterprise.Listings",
        "enterprise.listings ",
        "黑名单",
        "失信名单",
    ],
)
def test_a_list_under_a_name_that_resembles_its_own_is_not_passed_over(name: str) -> None:
    verdict = area().decide({**CONTENT, name: [BLACK]})
    assert (verdict.at_best, verdict.at_worst) == ("admitted", "rejected")
    assert area().decide({**CONTENT, name: []}).at_worst == "admitted"


@pytest.mark.parametrize("name", ["Project.Land_Area", "project.lаnd_area", "project_land_area", "项目·用地面积"])
def test_a_number_under_a_name_that_looks_like_its_own_is_not_passed_over(name: str) -> None:
    assert area().decide({**CONTENT, name: 25}).outcome != "admitted"


def test_a_field_of_a_record_under_a_name_that_looks_like_its_own_is_not_passed_over() -> None:
    accident = {"date": "2020-05-01", "deaths": 0, "serious_injuries": 0, "direct_loss": 1}
    plain = area().decide({**CONTENT, "enterprise.accidents": [accident]})
    other = area().decide({**CONTENT, "enterprise.accidents": [{**accident, "Deaths": 12}]})
    assert (plain.at_worst, other.at_worst) == ("conditional", "rejected")
