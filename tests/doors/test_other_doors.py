"""The same principles at the doors of histories, hidden-danger workbooks and odd files."""

from __future__ import annotations

import datetime
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import safety_rules as sr
from doors.reading import BEST, HEADINGS, LEDGERS, OPEN, area, ledger, made, row, said, screened
from doors.writers import ods
from safety_rules.formats.workbook_in import sheets
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.book import Read, read
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.screening import screen

OTHER = "91320991MA91Q6798L"
ACCIDENTS = [["统一社会信用代码", "事故日期", "死亡人数", "重伤人数", "直接经济损失", "已受行政处罚"]]
DANGERS = [["统一社会信用代码", "隐患编号", "隐患级别", "发现日期", "整改期限", "销号日期"]]
LISTED = [["企业名称", "统一社会信用代码", "名单", "列入日期", "名单状态"]]
BLACK = ["黑名单", "2020-03-12", "在列"]


def with_history(path: Path, *listings: list[Any], hidden: bool = False) -> tuple[str, list[str]]:
    """Return the outcome of a good project whose enterprise has no records of its own, and what was said."""
    project = ledger(path / "项目.xlsx", row(名单记录=None, 事故=None, 隐患=None))
    accident = [OTHER, "2019-03-01", 0, 1, 10, "否"]
    danger = [OTHER, "YH-1", "一般", "2019-03-01", "2019-03-10", "2019-03-05"]
    other = ["乙公司", OTHER, "黄名单", "2016-03-12", "已移出"]
    sheets_of = {
        "事故记录": [*ACCIDENTS, accident],
        "隐患台账": [*DANGERS, danger],
        "名单记录": [*LISTED, other, *listings],
    }
    history = made(path / "历史.xlsx", **sheets_of)
    if hidden:
        hide(history, "名单记录")
    screening = screen(project, area(), history=sr.with_history(area(), history))
    (found,) = [r.outcome for r in screening.rows if r.outcome]
    return found, said(screening)


def hide(path: Path, sheet: str) -> None:
    """Hide a sheet of a workbook."""
    with zipfile.ZipFile(path) as book:
        parts = {n: book.read(n) for n in book.namelist()}
    name = f'<sheet name="{sheet}"'.encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(name, name + b' state="veryHidden"')
    with zipfile.ZipFile(path, "w") as book:
        for part, data in parts.items():
            book.writestr(part, data)


def test_a_history_without_records_of_an_enterprise_clears_it(tmp_path: Path) -> None:
    assert with_history(tmp_path)[0] == BEST


@pytest.mark.parametrize(
    "whose",
    [["甲公司", "91320991MAP9JTKT12"], [None, None], ["同上", None], [None, "同上"], ["#REF!", None], ["\u200b", None],
     [None, "91320991MAP9JTKT21"], [None, "9132 0991 MAP9 JTKT 12"], ["甲公可", None]],
)  # fmt: skip
def test_a_listing_in_a_history_that_may_be_an_enterprises_is_never_taken_for_nothing(
    tmp_path: Path, whose: Any
) -> None:
    outcome, notices = with_history(tmp_path, [*whose, *BLACK])
    assert outcome != BEST
    if whose[0] != "甲公司" and "9132 0991" not in str(whose[1]):
        assert any("名单记录!3" in n for n in notices)


def test_totals_and_notes_in_a_history_are_nobodys_records(tmp_path: Path) -> None:
    outcome, notices = with_history(tmp_path, ["合计", None, "1条"], ["注：以上为公布数"])
    assert outcome == BEST
    assert sum("不计入" in n for n in notices) == 2


def test_a_hidden_sheet_of_a_history_is_read_and_said(tmp_path: Path) -> None:
    outcome, notices = with_history(tmp_path, ["甲公司", "91320991MAP9JTKT12", *BLACK], hidden=True)
    assert outcome != BEST
    assert any("工作表是隐藏的" in n for n in notices)


def dangers(name: str) -> Read:
    return read(LEDGERS / f"{name}.xlsx", lifecycle(), datetime.date(2020, 10, 1))


@pytest.mark.parametrize(
    ("name", "good", "refused"),
    [
        ("r01_clean", ["YH-1", "YH-2"], []),
        ("r03_dates", [f"YH-{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 11)], ["隐患台账!H7", "隐患台账!L11"]),
        ("r05_notes_totals", ["YH-1", "YH-2"], []),
        ("r06_two_row", ["YH-1", "YH-2"], []),
        ("r07_merged_unit", ["YH-1", "YH-2"], []),
        ("r09_dup_ids", [], ["隐患台账!A2", "隐患台账!A3"]),
        ("r10_order", ["YH-1", "YH-2"], ["隐患台账!S4"]),
        ("r13_close_only", [], ["隐患台账!S2"]),
        ("r17_free_field", ["YH-1"], []),
    ],
)
def test_a_hidden_danger_workbook_is_read_as_a_careful_reader_would(
    name: str, good: list[str], refused: list[str]
) -> None:
    found = dangers(name)
    assert ([life.danger.id for life in found.lives], [r.place for r in found.refusals]) == (good, refused)


def test_days_in_words_count_from_the_day_found_and_that_is_said() -> None:
    found = dangers("r03_dates")
    days = {life.danger.id: life.danger.deadline for life in found.lives}
    assert [days[f"YH-{n}"] for n in (3, 4, 8, 9)] == [
        datetime.date(2020, 9, 10),
        datetime.date(2020, 9, 10),
        datetime.date(2020, 9, 1),
        datetime.date(2020, 9, 4),
    ]
    assert [n.place for n in found.notices] == [f"隐患台账!{c}" for c in ("H5", "J5", "L5", "L9", "L10")]
    assert "没有写年份" in found.refusals[0].reason.zh


def test_a_merged_unit_of_dangers_is_that_of_each() -> None:
    assert {life.danger.details.unit for life in dangers("r07_merged_unit").lives} == {"东园区"}


def test_a_plain_ledger_of_dangers_is_read_and_what_it_does_not_keep_is_asked() -> None:
    real, least = dangers("r02_real"), dangers("r15_minimal")
    assert [(x.danger.state, x.danger.details.field, x.danger.details.level) for x in real.lives] == [
        ("supervised", "消防", "一般"),
        ("found", "燃气", "一般"),
    ]
    assert [(x.danger.deadline, x.danger.details.level) for x in least.lives] == [(datetime.date(2020, 9, 10), "")]
    assert (real.refusals, least.refusals) == ((), ())
    codes = "assumed-headings assumed-column assumed-column assumed-number not-kept status-not-used columns-not-used assumed-step"
    assert [n.code for n in real.notices] == codes.split()
    assert any("“领域、隐患级别、责任单位”" in n.message.zh for n in least.notices)


def test_a_field_of_its_own_words_and_a_text_with_breaks_are_kept() -> None:
    (life,) = dangers("r17_free_field").lives
    assert (life.danger.details.field, life.danger.details.text) == ("用电安全", "配电箱\n未上锁；\n线路老化")


def test_a_danger_of_which_only_the_closing_is_stated_is_refused_with_what_is_missing() -> None:
    (refused,) = dangers("r13_close_only").refusals
    assert (refused.place, "须为“验收合格”才能办“销号”" in refused.reason.zh) == ("隐患台账!S2", True)


def test_a_cell_at_the_farthest_corner_costs_nothing_and_is_named(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("项目")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, row())
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    start = time.process_time()
    outcomes, screening, _ = screened(tmp_path / "a.xlsx")
    assert outcomes == [("XM-1", BEST)]
    assert any("XFD1048576" in n for n in said(screening, "far-cell"))
    assert time.process_time() - start < 60  # it ends: the whole sheet has 17 thousand million cells


def patched(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Change a part of a workbook."""
    with zipfile.ZipFile(path) as book:
        parts = {n: book.read(n) for n in book.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("SHEET", 50, "more than 50 cells in a sheet"),
        ("HELD", 500, "more than 500 bytes of cells and their texts"),
        ("WORDS", 500, "more than 500 bytes of text"),
        ("PART", 500, "more than 500 bytes in a sheet"),
    ],
)
def test_a_workbook_beyond_a_limit_is_refused_and_the_limit_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, said: str
) -> None:
    path = ledger(tmp_path / "a.xlsx", row())
    monkeypatch.setattr(limits, limit, most)
    with pytest.raises(LedgerError, match=said):
        screened(path)


def test_a_text_counts_in_each_cell_that_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ledger(tmp_path / "a.xlsx", *(row(项目编号=f"XM-{n}", 项目名称="长" * 2000) for n in range(9)))
    cells = 10 * len(HEADINGS) * limits.CELL_HELD
    monkeypatch.setattr(limits, "HELD", cells + 30_000)
    with pytest.raises(LedgerError, match="bytes of cells and their texts"):
        screened(path)
    monkeypatch.setattr(limits, "HELD", cells + 300_000)
    assert len(screened(path)[0]) == 9


def test_all_sheets_of_a_workbook_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.xlsx", **{f"表{n}": [["x"]] * 10 for n in range(5)})
    monkeypatch.setattr(limits, "SHEET", 1000)
    with pytest.raises(LedgerError, match="beyond the sheet `表3`: more than 1,000 cells in all sheets"):
        screened(path)


def test_cells_of_odd_formats_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.xlsx", 项目=[[(0.5, "0%")] * 20] * 3)
    monkeypatch.setattr(limits, "ODD", 30)
    with pytest.raises(LedgerError, match="more than 30 cells whose format or formula"):
        screened(path)


def test_a_workbook_with_far_cells_is_written_again_only_where_it_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("项目")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    monkeypatch.setattr(limits, "FAR", 500)
    with pytest.raises(LedgerError, match="cells far from all others"):
        screened(tmp_path / "a.xlsx")


@pytest.mark.parametrize(("rows", "columns", "read"), [(100_000, 300, False), (1_000_000, 26, False), (10, 30, True)])
def test_cells_of_ods_that_are_repeated_are_bounded(tmp_path: Path, rows: int, columns: int, read: bool) -> None:
    path = tmp_path / "a.ods"
    ods(path, 项目=[["AAAAA", *["x"] * 3], ["甲"]])
    with zipfile.ZipFile(path) as book:
        content = book.read("content.xml")
    cell = re.search(rb"<table:table-row[^>]*>(<table:table-cell)", content)
    assert cell is not None
    many = b'<table:table-row table:number-rows-repeated="%d"><table:table-cell table:number-columns-repeated="%d"'
    patched(path, "content.xml", cell[0], many % (rows, columns))
    start = time.process_time()
    if read:
        assert len(list(sheets(path)[0].rows())) > rows
    else:
        with pytest.raises(LedgerError, match="bytes of cells and their texts"):
            sheets(path)
    assert time.process_time() - start < 30


def test_a_cell_that_would_fill_memory_with_blanks_is_refused_in_no_time(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("项目")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, row())
    sheet.write(90_000, 700, "x")
    book.close()
    with pytest.raises(LedgerError, match="more than 20,000,000 cells in a sheet"):
        screened(tmp_path / "a.xlsx")


def test_a_merge_over_the_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    path = patched(ledger(tmp_path / "a.xlsx", row()), "xl/worksheets/sheet1.xml", b"</sheetData>", merge)
    start = time.process_time()
    assert len(screened(path)[0]) == 1
    assert time.process_time() - start < 60


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    evil = b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet'
    path = patched(ledger(tmp_path / "a.xlsx", row()), "xl/worksheets/sheet1.xml", b"<worksheet", evil)
    with pytest.raises(LedgerError, match="declares entities"):
        screened(path)


def test_a_prefix_on_every_tag_hides_nothing(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", row(固定=(93_750_000, '0!.0000"万元"')))
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    tagged = sheet.replace(b"</", b"<\0").replace(b"<?", b"\1").replace(b"<", b"<x:").replace(b"<x:\0", b"</x:")
    tagged = tagged.replace(b"\1", b"<?").replace(b" xmlns=", b" xmlns:x=")
    assert screened(patched(path, "xl/worksheets/sheet1.xml", sheet, tagged))[0] == [("XM-1", BEST)]


def test_hidden_rows_and_columns_are_read_as_visible_ones_and_said(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("项目")
    for at, cells in enumerate((HEADINGS, row(), row(项目编号="XM-2"))):
        sheet.write_row(at, 0, cells)
    sheet.set_row(2, options={"hidden": True})
    sheet.set_column(6, 8, options={"hidden": True})
    book.close()
    outcomes, screening, _ = screened(tmp_path / "a.xlsx")
    assert outcomes == [("XM-1", BEST), ("XM-2", BEST)]
    assert len(said(screening, "assumed-hidden")) == 2


def test_a_formula_without_a_result_is_named_and_one_that_gives_nothing_is_blank(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx", row(固定="值"))
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as book:
        sheet = book.read(part)
    start = sheet.index(b'<c r="I2"')
    cell = sheet[start : sheet.index(b"</c>", start) + 4]
    for new, problems in (
        (b'<c r="I2"><f>SUM(1)</f></c>', 1),
        (b'<c r="I2"><f t="shared" si="0"/><v></v></c>', 1),
        (b'<c r="I2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', 1),
        (b'<c r="I2" t="str"><f>""</f><v></v></c>', 0),
    ):
        patched(path, part, cell, new)
        outcomes, _, found = screened(path)
        assert (outcomes, len(found["XM-1"])) == ([("XM-1", OPEN)], problems)
        cell = new


def test_what_a_format_of_file_cannot_tell_is_said(tmp_path: Path) -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
        for c in ("项目编号", "用地面积")
    )
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    table = f'<table:table table:name="项目"><table:table-row>{cells}</table:table-row><table:table-row>{cells}</table:table-row></table:table>'
    body = f"<office:document-content{names}><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as book:
        for name, text in (("mimetype", kind), ("content.xml", body), ("META-INF/manifest.xml", manifest)):
            book.writestr(name, text)
    (table_read,) = sheets(tmp_path / "a.ods")
    assert [r.cells for r in table_read.rows()] == [("项目编号", "用地面积")] * 2
    assert [n.code for n in table_read.notices] == ["assumed-format"]
    (told, *_) = sheets(LEDGERS / "s05_text_numbers.xlsx")
    assert told.notices == ()
