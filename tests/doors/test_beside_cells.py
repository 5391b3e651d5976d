"""Comments, texts in boxes and what is struck out: nothing of it is a datum, and nothing of it is passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from doors.reading import BEST, HEADINGS, OPEN, area, row, said, screened
from safety_rules.formats.workbook_out import write_workbook
from safety_rules.services.screening import screen

SECOND = row(项目编号="XM-2", 企业名称="无锡乙电子有限公司", 统一="91320991MA91Q6798L")
ROWS = [HEADINGS, row(), SECOND]
LIST, INVESTED = HEADINGS.index("名单记录"), HEADINGS.index("固定资产投资（万元）")


def book(path: Path, change: Any, out: tuple[tuple[int, int], ...] = ()) -> Path:
    made = xlsxwriter.Workbook(str(path))
    sheet, struck = made.add_worksheet("项目"), made.add_format({"font_strikeout": True})
    for r, cells in enumerate(ROWS):
        for c, cell in enumerate(cells):
            if cell is not None:
                sheet.write(r, c, cell, struck if (r, c) in out else None)
    change(sheet, made)
    made.close()
    return path


def outcomes(path: Path) -> list[str]:
    found = dict(screened(path)[0])
    tables = [r["outcome"] for r in area().decide_table(path, engine="duckdb")]
    assert tables == [found["XM-1"], found["XM-2"]]
    return tables


def comment(text: str, at: str = "Y2") -> Any:
    return lambda sheet, made: sheet.write_comment(at, text, {"author": "张三"})


def box(text: str, at: str = "C6") -> Any:
    return lambda sheet, made: sheet.insert_textbox(at, text)


@pytest.mark.parametrize(
    ("change", "expect"),
    [
        (comment("2020年3月列入黑名单"), [OPEN, BEST]),
        (comment("2020年3月列入黑名单", "A3"), [BEST, OPEN]),
        (comment("2019年发生较大事故"), [OPEN, BEST]),
        (comment("未列入黑名单"), [BEST, BEST]),
        (comment("请填写企业全称"), [BEST, BEST]),
        (comment("所列企业均已列入黑名单", "A1"), [OPEN, OPEN]),
        (box("无锡乙电子有限公司2020年列入黑名单"), [BEST, OPEN]),
        (box("上述企业均已列入黑名单"), [OPEN, OPEN]),
        (box("列入黑名单的企业不予准入"), [BEST, BEST]),
        (box("制表人：张三"), [BEST, BEST]),
    ],
)
def test_a_comment_or_a_box_that_tells_of_a_list_is_heard_as_a_remark(
    change: Any, expect: list[str], tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", change)
    assert outcomes(path) == expect
    assert len(said(screened(path)[1], "beside-cells")) == 1


@pytest.mark.parametrize(("at", "expect"), [((1, LIST), [OPEN, BEST]), ((2, INVESTED), [BEST, OPEN])])
def test_what_is_struck_out_is_no_datum(at: tuple[int, int], expect: list[str], tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", lambda sheet, made: None, (at,))
    assert outcomes(path) == expect
    _, _, problems = screened(path)
    assert ["删除线" in text for texts in problems.values() for text in texts] == [True]


def test_a_text_of_which_a_part_is_struck_out_is_no_datum(tmp_path: Path) -> None:
    def change(sheet: Any, made: Any) -> None:
        struck, plain = made.add_format({"font_strikeout": True}), made.add_format({"bold": True})
        sheet.write_rich_string(1, LIST, struck, "有1条", plain, "无")

    assert outcomes(book(tmp_path / "a.xlsx", change)) == [OPEN, BEST]


def test_a_style_that_strikes_nothing_out_changes_nothing(tmp_path: Path) -> None:
    def change(sheet: Any, made: Any) -> None:
        sheet.write_blank(1, 40, None, made.add_format({"font_strikeout": True}))

    assert outcomes(book(tmp_path / "a.xlsx", change)) == [BEST, BEST]


def test_the_comments_of_our_own_results_are_not_read_again(tmp_path: Path) -> None:
    ledger = book(tmp_path / "a.xlsx", lambda sheet, made: sheet.write_string(1, LIST, "有黑名单1条"))
    result = tmp_path / "结果.xlsx"
    screening = screen(ledger, area())
    write_workbook(screening, screening.rows, result, "zh")
    again = screened(result)[1]
    assert said(again, "beside-cells") == []
