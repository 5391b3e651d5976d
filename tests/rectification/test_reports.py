"""周报, 月报, the ledger as it stands, what is overdue and one life, written as workbooks and read again."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from click.testing import CliRunner

from safety_rules.cli.main import cli
from safety_rules.formats.law_out import wide
from safety_rules.services.rectification.book import read
from safety_rules.services.rectification.stats import of_workbook, stats
from safety_rules.services.rectification.table import lifecycle
from screening.ledgers import workbook

ON = datetime.date(2020, 9, 5)
HEADS = (
    "隐患编号", "领域", "隐患级别", "隐患内容", "责任单位", "整改单位", "发现日期", "发现方", "交办日期", "交办部门", "整改期限",
    "整改开始日期", "申请验收日期", "督查日期", "督查单位", "验收日期", "验收部门", "销号日期", "销号部门", "销号佐证",
)  # fmt: skip
DONE = ("2020-8-6", "2020-8-7", "2020-8-8", "管委会督查组", "2020-8-9", "应急局", "2020-8-10", "应急局", "照片")
ROWS = (
    ("A1", "消防", "一般", "通道堵塞", "东园区", "甲厂", "2020-8-3", "专家组", "2020-8-4", "应急局", "2020-8-20", *DONE),
    ("A2", "消防", "重大", "<b>无喷淋</b>", "东园区", "=1+1", "2020-8-24", "专家组", "2020-8-25", "应急局", "2020-8-30"),
    ("A3", "燃气", "一般", "报警器失效", "西园区", "\u202e乙厂", "2020-9-1", "专家组", "2020-9-2", "应急局", "2020-9-5"),
    ("A4", "燃气", "一般", "软管老化", "西园区", "乙厂", "2020-9-2", "专家组", "2020-9-3", "应急局", "2020-9-10"),
)  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [HEADS, *(row + (None,) * (len(HEADS) - len(row)) for row in ROWS)]
    return workbook(tmp_path_factory.mktemp("台账") / "隐患.xlsx", {"隐患台账": rows})


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def run(*args: object) -> str:
    result = CliRunner().invoke(cli, ["rectify", *map(str, args)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def reports(ledger: Path) -> dict[str, list[list[Any]]]:
    out = ledger.with_name("周报.xlsx")
    assert str(out) in run("stats", ledger, "--on", "2020年9月5日", "-o", out)
    with zipfile.ZipFile(out) as archive:
        assert sum("charts/chart" in n for n in archive.namelist()) == 4
        found = [archive.read(n) for n in archive.namelist() if "worksheets/sheet" in n]
    assert all(b'paperSize="9"' in s and b"<f>" not in s for s in found)
    return sheets(out)


def test_the_weekly_report_says_the_figures_of_the_ledger(ledger: Path, reports: dict[str, list[list[Any]]]) -> None:
    dangers, inspections = of_workbook(read(ledger, lifecycle(), ON), lifecycle(), ON)
    figures = stats(dangers, inspections, ON)
    assert (figures.total.found, figures.total.closed, figures.overdue) == (4, 1, 1)
    assert reports["周报"][2][0] == (
        "2020年8月31日至2020年9月5日，查出隐患 2 项（其中重大 0 项），销号 0 项；"
        "截至2020年9月5日累计查出 4 项，销号 1 项，整改率 25.0%，逾期 1 项。"
    )
    assert reports["月报"][2][0].startswith("2020年9月1日至2020年9月5日，查出隐患 2 项（其中重大 0 项），销号 0 项")
    cells = [row[0] for row in reports["周报"]]
    assert cells[cells.index("一、逾期未整改") + 2] == "A2"
    assert cells[cells.index("三、七日内到期") + 2 :][:2] == ["A3", "A4"]


@pytest.mark.parametrize(("count", "high"), [(1, False), (12, True)])
def test_a_short_report_is_one_page_and_a_long_one_has_as_many_as_it_needs(
    tmp_path: Path, count: int, high: bool
) -> None:
    late = [(f"B{at}", *ROWS[2][1:5], f"厂{at}", *ROWS[2][6:]) for at in range(count)]
    rows = [HEADS, *(row + (None,) * (len(HEADS) - len(row)) for row in late)]
    out = tmp_path / "周报.xlsx"
    run("stats", workbook(tmp_path / "隐患.xlsx", {"隐患台账": rows}), "--on", "2020-09-20", "-o", out)
    with zipfile.ZipFile(out) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert (b"<pageSetUpPr fitToPage=" in sheet, b'fitToHeight="0"' in sheet) == (True, high)
    ids = [row[0] for row in sheets(out)["周报"] if str(row[0]).startswith("B")]
    assert len(ids) == min(count, 10)


def test_the_tables_behind_the_charts_are_numbers(reports: dict[str, list[list[Any]]]) -> None:
    assert [row[1:] for row in reports["按周"][1:]] == [
        [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 0, 1], [1, 0, 1, 0.5], [2, 0, 3, 0.25],
    ]  # fmt: skip
    assert [row[:4] for row in reports["按月"][1:]] == [["2020-08", 2, 1, 1], ["2020-09", 2, 0, 3]]
    assert [row[:2] for row in reports["按责任单位"][1:]] == [["西园区", 2], ["东园区", 2]]


def test_the_ledger_as_it_stands_has_days_as_days_and_names_as_text(reports: dict[str, list[list[Any]]]) -> None:
    rows = {row[0]: row for row in reports["台账现状"][1:]}
    assert rows["A2"][6] == "=1+1"
    assert rows["A3"][6] == "乙厂"
    assert rows["A2"][8:12] == [datetime.date(2020, 8, 30), "已交办", "企业", 6]
    assert [rows["A1"][13], rows["A1"][11]] == [datetime.date(2020, 8, 10), ""]
    assert [row[0] for row in reports["逾期清单"][1:]] == ["A2"]


def test_due_and_a_life_go_into_workbooks_from_the_ledger(ledger: Path, tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    run("import", ledger, "--store", store, "--yes")
    run("due", "--store", store, "--on", "2020/9/5", "-o", tmp_path / "due.xlsx")
    (page,) = sheets(tmp_path / "due.xlsx").values()
    assert page[2][0] == "截至2020年9月5日：逾期 1 项，本周到期 1 项"
    assert [row[0] for row in page if str(row[0]).startswith("A")] == ["A2", "A3"]
    run("show", "A1", "--store", store, "--on", "20200905", "-o", tmp_path / "life.xlsx")
    (life,) = sheets(tmp_path / "life.xlsx").values()
    events = [row for row in life if isinstance(row[0], float)]
    assert [row[2] for row in events] == ["发现", "交办", "开始整改", "申请验收", "督查", "验收合格", "销号"]
    assert (events[1][5], events[6][7]) == (datetime.date(2020, 8, 20), "已销号")


def test_the_way_of_inspecting_is_a_fact_of_each_danger(tmp_path: Path) -> None:
    ways = ("联合检查", "暗访", "", "双随机")
    rows = [
        (*HEADS, "检查形式"),
        *((*row, *(None,) * (len(HEADS) - len(row)), way) for row, way in zip(ROWS, ways, strict=True)),
    ]
    path, store, again = tmp_path / "隐患.xlsx", tmp_path / "台账.db", tmp_path / "现状.xlsx"
    workbook(path, {"隐患台账": rows})
    run("import", path, "--store", store, "--yes")
    told = run("stats", "--store", store, "--on", "2020-09-05")
    assert "按检查方式" in told
    assert [line.split("│")[1].strip() for line in told.split("按检查方式")[1].splitlines() if "│" in line][:4] == [
        "未载明", "双随机", "暗查暗访", "联合执法",
    ]  # fmt: skip
    out = tmp_path / "周报.xlsx"
    run("stats", "--store", store, "--on", "2020-09-05", "-o", out)
    made = sheets(out)
    assert "六、按检查方式（整改率由低到高）" in [row[0] for row in made["周报"]]
    assert [row[4] for row in made["台账现状"]] == ["检查方式", "联合执法", "暗查暗访", "", "双随机"]
    run("export", "--store", store, "-o", again)
    assert [row[9] for row in sheets(again)["隐患台账"]] == ["检查方式", "联合执法", "暗查暗访", "", "双随机"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_fit_80_columns_and_long_ones_go_to_a_file(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, unit = "配电室门口堆放大量可燃物且未设置安全警示标志", "某某经济技术开发区第一产业园区管理办公室"
    found = [
        (f"YH-2020-{n:04d}", "危险化学品", "一般", text, unit, "某某新能源科技有限公司", "2020-8-3", "专家组",
         "2020-8-4", "应急局", "2020-8-20")
        for n in range(61)
    ]  # fmt: skip
    for count in (3, 61):
        path, store = tmp_path / f"{count}.xlsx", tmp_path / f"{count}.db"
        workbook(path, {"隐患台账": [HEADS[:11], *found[:count]]})
        run("import", path, "--store", store, "--yes")
        for verb in ("due", "stats"):
            told = run(verb, "--store", store, "--on", "2020-09-05", "-l", language)
            assert [line for line in told.splitlines() if wide(line) > 80] == []
            long = verb == "due" and count == 61
            assert ("YH-2020-0000" in told) is (verb == "due" and not long)
            assert (tmp_path / "逾期清单20200905.xlsx").exists() is (count == 61)
            assert ("逾期清单20200905.xlsx" in told) is long


def test_the_page_holds_the_figures_by_week_and_field_in_both_languages_and_escapes_what_is_typed(
    ledger: Path, tmp_path: Path
) -> None:
    out = tmp_path / "情况.html"
    assert str(out) in run("stats", ledger, "--on", "2020-09-05", "-o", out)
    page = out.read_text("utf-8")
    assert "排查隐患 4 项，已销号 1 项，未销号 3 项，整改率 25.0%" in page
    assert "4 found, 1 closed, 3 open, closing rate 25.0%" in page
    assert all(part in page for part in ("2020-08-31~09-06", "By field", "&lt;b&gt;无喷淋&lt;/b&gt;", "逾期 6 天"))
    assert not any(part in page for part in ("<b>", "\u202e", "http://", "https://", " src="))
