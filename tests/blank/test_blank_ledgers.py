"""Blank ledgers: what is filled in under their headings is read back without one notice or problem, in every area."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.formats.blank_out import BlankColumn, BlankSheet, write_blank
from safety_rules.formats.table import letters
from safety_rules.services.blank import blank_dangers, blank_ledger
from safety_rules.services.rectification.book import read
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.screening import screen
from screening.ledgers import cells

DAY = "2026-11-29"
PACK = Path(__file__).parents[1] / "screening" / "pack"
CODE = "91320900MA0000001L"
TEXTS = {"统一社会信用代码": CODE, "行业代码": "0610", "CAS号": "71-43-2", "品名": "苯", "考核年度": "2020"}


def value(of: BlankColumn, name: str) -> Any:
    """Return what somebody would write under a heading."""
    if of.heading in TEXTS:
        return TEXTS[of.heading]
    if of.sort == "number":
        return float(of.example)
    if of.sort == "day":
        return datetime.datetime(2020, 9, 5)
    return of.answers[0] if of.answers else of.example or name


def filled(sheets: list[BlankSheet], path: Path) -> Path:
    """Write a record under the headings of every sheet; the lists of the main sheet are said to be in theirs."""
    lists = {s.name for s in sheets[1:]}
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for at, of in enumerate(sheet.columns):
                page.write(0, at, of.head)
                said = of.answers[1] if of.heading in lists else value(of, "甲")
                page.write(1, at, said, day if isinstance(said, datetime.datetime) else None)
    return path


def areas() -> list[tuple[str | None, str]]:
    built_in = sr.load()
    return [(None, key) for key in built_in.rulebook.areas] + [(str(PACK), "admission")]


@pytest.mark.parametrize(("pack", "key"), areas())
def test_what_is_filled_in_is_read_without_a_notice(pack: str | None, key: str, tmp_path: Path) -> None:
    area = sr.load(pack).area(key).on("2020-10-01" if pack else DAY)
    screening = screen(filled(blank_ledger(area.law, "zh"), tmp_path / "a.xlsx"), area)
    rows = list(screening.rows)
    assert [n.text("zh") for n in screening.notices] == []
    assert [row.verdict is not None for row in rows] == [True]
    assert [p.text("zh") for row in rows if row.verdict is not None for p in row.verdict.problems] == []


def test_dangers_that_are_filled_in_are_read_without_a_notice(tmp_path: Path) -> None:
    (sheet,) = blank_dangers("zh")
    days = {"整改期限": datetime.datetime(2020, 9, 30)}
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        page, day = book.add_worksheet(sheet.name), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, of in enumerate(sheet.columns):
            page.write(0, at, of.head)
            said: Any = {"隐患编号": "YH-1", "隐患级别": "一般", "统一社会信用代码": CODE}.get(of.heading, of.heading)
            page.write(1, at, days.get(of.heading, datetime.datetime(2020, 9, 5)) if of.sort == "day" else said, day)
    book = read(tmp_path / "a.xlsx", lifecycle(), datetime.date(2020, 10, 1))
    assert [n.text("zh") for n in book.notices] == []
    assert [r.reason.zh for r in book.refusals] == []
    assert [life.danger.state for life in book.lives] == ["closed"]


def test_a_blank_ledger_has_no_row_and_its_explanation_is_none(tmp_path: Path) -> None:
    area = sr.load().area("admission").on(DAY)
    sheets = blank_ledger(area.law, "zh")
    write_blank(sheets, tmp_path / "a.xlsx", "zh")
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
    assert book.sheet_names == [*(s.name for s in sheets), "填表说明"]
    assert [len(book.get_sheet_by_name(s.name).to_python()) for s in sheets] == [1] * len(sheets)
    screening = screen(tmp_path / "a.xlsx", area)
    assert screening.ledger.name == sheets[0].name
    with pytest.raises(sr.LedgerError, match=r"no rows|no row|没有数据行"):
        list(screening.rows)
    assert screening.summary.rows == 0


def test_the_drop_downs_offer_the_answers_of_the_vocabulary(tmp_path: Path) -> None:
    out = tmp_path / "项目.xlsx"
    result = CliRunner().invoke(cli, ["template", "项目", "-o", str(out)])
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(out) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    at = letters(cells(out, "项目准入台账")[0].index("用地方式"))
    (rule,) = [r for r in page.split("<dataValidation ")[1:] if f'sqref="{at}2:' in r]
    line = next(i for i, row in enumerate(cells(out, "填表说明"), 1) if row[1] == "用地方式")
    assert f"填表说明'!$H${line}:$I${line}" in rule
    assert cells(out, "填表说明")[line - 1][7:9] == ["单体征地", "租赁厂房"]
    assert "空白按待核实处理" in rule


def test_a_checklist_asks_what_the_criteria_of_its_field_ask(tmp_path: Path) -> None:
    law = sr.load().area("hidden_danger").on(DAY).law
    (gas,) = blank_ledger(law, "zh", "燃气")
    headings = [c.heading for c in gas.columns]
    assert "已取得燃气经营许可证" in headings
    assert not any("锅炉" in h for h in headings)
    with pytest.raises(sr.NotFoundError, match="没有规则涉及"):
        blank_ledger(law, "zh", "航天")
