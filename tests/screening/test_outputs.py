"""Screened ledgers written as workbooks, CSV and JSON lines, and read again."""

from __future__ import annotations

import csv
import datetime
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from disk import on_a_full_disk
from safety_rules.formats.columns import result_headings
from safety_rules.formats.overview import Page, write_page
from safety_rules.formats.safe import inert, printable
from safety_rules.formats.styles import styles_of
from safety_rules.formats.text_out import write_csv, write_json_lines
from safety_rules.formats.workbook_out import write_workbook
from safety_rules.language.errors import LedgerError
from safety_rules.services.screening import screen
from screening.ledgers import HEADINGS, PASSING, area, cells, changed, ledger_of, text, workbook

ADDED = result_headings("zh")
EVIL = ("=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "＝1")


def written(source: Path, write=write_workbook, name: str = "out.xlsx", language: str = "zh") -> Path:
    made = screen(source, area())
    write(made, made.rows, source.parent / name, language)
    return source.parent / name


def verdicts(path: Path, top: int = 0, sheet: str = "审查结果") -> list[list[object]]:
    """Return the rows of the verdicts below and with their headings, the verdict put first of what was added."""
    rows = cells(path, sheet)[top:]
    at, own = rows[0].index(result_headings("en" if sheet == "Verdicts" else "zh")[0]), len(rows[0]) - len(ADDED)
    return [[*row[:at], *row[at + 1 : own + 1], row[at], *row[own + 1 :]] for row in rows]


def ledger_with_everything(path: Path) -> Path:
    rows = [
        ["项目台账（示例数据，由程序生成）"],
        [],
        [*HEADINGS, "开工日期", "备注"],
        [*PASSING, datetime.date(2020, 3, 1), "=HYPERLINK(1)"],
        [*changed(项目编号="P2", 固定资产投资=0.5), None, True],
        [*changed(项目编号="P3", 化学反应="是", 用地面积="很多"), "2020-13-40", 0.5],
        [],
        [*changed(项目编号="P4", 用地面积=None, 事故记录=None), None, "\x01@x"],
    ]
    return workbook(path, {"项目": rows})


def test_a_workbook_gives_the_ledger_back_with_its_verdicts(tmp_path: Path) -> None:
    source = ledger_with_everything(tmp_path / "a.xlsx")
    before, path = cells(source, "项目"), written(source)
    after = verdicts(path, 2)
    width = len(HEADINGS) + 2
    assert cells(path, "审查结果")[0][0] == before[0][0]
    assert cells(path, "审查结果")[2][:3] == ["项目编号", "项目名称", "结论"]
    assert [*HEADINGS, "开工日期", "备注", *ADDED] == after[0]
    for number in (3, 4, 5):
        assert before[number] == after[number - 2][:width]
    assert [row[width] for row in after[1:]] == ["准入", "提交研判", "不予准入", "", "待核实"]


def test_the_added_columns_say_why_by_how_much_and_what_is_missing(tmp_path: Path) -> None:
    after = verdicts(written(ledger_with_everything(tmp_path / "a.xlsx")), 2)
    rows = [dict(zip(ADDED, row[len(HEADINGS) + 2 :], strict=True)) for row in after[1:]]
    assert rows[1] == {
        "结论": "提交研判",
        "最有利": "提交研判",
        "最不利": "提交研判",
        "不符合的规则": "亩均固定资产投资达标（提交研判）",
        "原因": "固定资产投资 5000 万元 ÷ 用地面积 20 亩 ＝ 250 万元/亩，小于500 万元/亩",
        "差额": "尚差固定资产投资 5000 万元（须达 10000 万元）；或者用地面积须减少 10 亩（至多 10 亩）",
        "最少补齐": "",
        "仍缺": "",
        "应办事项": "",
        "提示": "",
        "依据效力": "本区文件",
        "数据问题": "",
    }
    assert rows[2]["不符合的规则"] == "不涉及化学反应（不予准入，一票否决）"
    assert (
        rows[2]["数据问题"] == "1、项目!F6（用地面积）：“很多”不是数\n2、项目!J6（开工日期）：“2020-13-40”不是有效日期"
    )
    assert tuple(rows[4][k] for k in ("最有利", "最不利", "最少补齐", "仍缺")) == (
        "准入",
        "提交研判",
        "事故记录、用地面积",
        "事故记录、用地面积",
    )


def test_rules_and_reasons_have_the_same_numbers(tmp_path: Path) -> None:
    died = '[{"deaths": 1}]'
    source = ledger_of(tmp_path / "a.xlsx", changed(化学反应="是", 事故记录=died))
    row = dict(zip(ADDED, verdicts(written(source))[1][len(HEADINGS) :], strict=True))
    rules = ["1、不涉及化学反应（不予准入，一票否决）", "2、没有死亡事故（提交研判）"]
    assert row["不符合的规则"].split("\n") == rules
    assert [line[:2] for line in row["原因"].split("\n")] == ["1、", "2、"]
    assert "化学反应" in row["原因"].split("\n")[0]
    assert "死亡人数" in row["原因"].split("\n")[1]


def test_the_other_sheets_hold_counts_problems_and_rules(tmp_path: Path) -> None:
    path = written(ledger_with_everything(tmp_path / "a.xlsx"))
    counts = {row[0]: row[1] for row in cells(path, "汇总")}
    assert [counts[k] for k in ("准入", "提交研判", "不予准入", "待核实", "未能审查")] == [1, 1, 1, 1, 0]
    assert tuple(counts[k] for k in ("审查基准日", "审查行数", "数据问题数")) == ("2020-10-01", 4, 2)
    problems = [row[:3] for row in cells(path, "假定与问题")[1:]]
    assert problems == [["", "提示", "项目!K3"], [6, "数据问题", "项目!F6"], [6, "数据问题", "项目!J6"]]
    rules = {(row[0], row[5], row[7]) for row in cells(path, "依据")[1:]}
    assert {
        ("亩均固定资产投资达标", "第一条", "本区文件"),
        ("不涉及化学反应", "第二条", "本区文件"),
        ("没有死亡事故", "第三条", "本区文件"),
    } == rules


def test_what_the_reading_assumes_stands_among_the_problems_as_such(tmp_path: Path) -> None:
    rows = [["项目台账（单位：万元）"], ["项目编号", "固定资产投资"], ["P1", 9000]]
    lines = cells(written(workbook(tmp_path / "a.xlsx", {"项目": rows})), "假定与问题")
    assert [row[1:3] for row in lines[1:]] == [["假定", "项目!B2"]]
    assert lines[1][4] == "表头“固定资产投资”没有写单位，按“项目!A1 单位：万元”的万元理解"


def test_english_headings_and_words(tmp_path: Path) -> None:
    path = written(ledger_of(tmp_path / "a.xlsx", changed(固定资产投资=0.5)), language="en")
    after = verdicts(path, sheet="Verdicts")
    assert list(result_headings("en")) == after[0][len(HEADINGS) :]
    assert after[1][len(HEADINGS) :][:4] == [
        "Referred",
        "Referred",
        "Referred",
        "Investment per mu is high enough (Referred)",
    ]


@pytest.mark.parametrize("evil", EVIL)
def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path, evil: str) -> None:
    source = text(tmp_path / "a.csv", f'项目编号,备注,{evil}\n"{evil}",{evil},{evil}\n')
    path = written(source)
    assert evil.strip() == str(cells(path, "审查结果")[1][0]).strip()
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(n) for n in archive.namelist() if "worksheets/sheet" in n]
    assert len(sheets) == 7
    assert not any(b"<f>" in sheet for sheet in sheets)


@pytest.mark.parametrize("evil", EVIL)
def test_text_of_a_csv_output_starts_no_formula(tmp_path: Path, evil: str) -> None:
    path = written(text(tmp_path / "a.csv", f'项目编号,备注\n"{evil}","{evil}"\n'), write_csv, "out.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert all(cell[:1] not in "=+@＝\t" for row in rows for cell in row if cell and cell != "+1")


def test_inert_text_keeps_what_it_says() -> None:
    assert [inert(t) for t in ("=1", " =1", "1=1", "-x", "a\x00b")] == ["'=1", "' =1", "1=1", "'-x", "ab"]
    assert len(printable("长" * 40000)) == 32767


def test_csv_has_a_mark_the_title_lines_and_negative_numbers_as_they_were(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", {"项目": [["标题"], ["项目编号", "固定资产投资"], ["P1", -5]]})
    path = written(source, write_csv, "out.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert (["标题", ""], ["项目编号", "固定资产投资", *ADDED], ["P1", "-5"]) == (rows[0], rows[1], rows[2][:2])


def test_json_lines_hold_the_whole_verdict_and_the_errors(tmp_path: Path) -> None:
    source = text(tmp_path / "a.jsonl", '{"project": {"id": "P1", "has_reaction": true}}\n[]\n')
    lines = [
        json.loads(line) for line in written(source, write_json_lines, "out.jsonl").read_text("utf-8").splitlines()
    ]
    made = screen(source, area())
    verdict = next(made.rows).verdict
    assert verdict is not None
    assert {"row": 1, "place": "a.jsonl:1", "subject": "P1"} | verdict.to_dict() == lines[0]
    assert (2, "a.jsonl:2", {"row", "place", "error"}) == (lines[1]["row"], lines[1]["place"], set(lines[1]))


def test_json_records_become_columns_of_a_workbook(tmp_path: Path) -> None:
    line = '{"项目": {"项目编号": "P1"}, "enterprise.accidents": [{"deaths": 1}]}\n'
    heads, row = cells(written(text(tmp_path / "a.jsonl", "\n" + line)), "审查结果")
    found = dict(zip(heads, row, strict=True))
    assert tuple(found[k] for k in ("行号", "项目编号", "事故记录", "最有利")) == (
        2,
        "P1",
        '[{"deaths": 1}]',
        "提交研判",
    )


@pytest.mark.parametrize("write", [write_workbook, write_csv, write_json_lines])
def test_an_output_that_fails_leaves_what_was_there(tmp_path: Path, write) -> None:
    source = ledger_of(tmp_path / "a.xlsx")
    out = text(tmp_path / "out", "before")
    with pytest.raises(LedgerError):
        written(source, write, "out")
    assert out.read_text() == "before"
    assert {"a.xlsx", "out"} == {p.name for p in tmp_path.iterdir()}


@pytest.mark.parametrize("write", [write_workbook, write_csv, write_json_lines])
def test_an_output_into_a_folder_that_is_not_there_is_one_line(tmp_path: Path, write) -> None:
    made = screen(ledger_of(tmp_path / "a.xlsx", PASSING), area())
    with pytest.raises(LedgerError, match="cannot be written"):
        write(made, made.rows, tmp_path / "none" / "out", "zh")


FULL = on_a_full_disk(
    """
from safety_rules.cli.main import main
main()
"""
)


@pytest.mark.parametrize("verb", ["screen xlsx", "screen csv", "screen jsonl", "screen parquet", "grade xlsx"])
def test_a_disk_that_is_full_leaves_what_was_there_and_says_which_file(verb: str, tmp_path: Path) -> None:
    name, ending = verb.split()
    source = {"screen": "examples/项目台账.xlsx", "grade": "examples/重大危险源台账.xlsx"}[name]
    out = text(tmp_path / f"out.{ending}", "before")
    command = [sys.executable, "-c", FULL, name, source, "--on", "2020-10-01", "-o", str(out)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (6, f"错误：“{out}”无法写入：文件过大，超出限制\n")
    assert out.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_a_result_can_be_screened_again(tmp_path: Path) -> None:
    again = screen(written(ledger_with_everything(tmp_path / "a.xlsx")), area())
    assert [r.outcome for r in again.rows] == ["admitted", "referred", "rejected", "", "undetermined"]


def test_the_overview_says_what_the_verdicts_say_the_worst_first(tmp_path: Path) -> None:
    source = ledger_with_everything(tmp_path / "a.xlsx")
    page = cells(written(source), "结论一览")
    top = next(i for i, row in enumerate(page) if row[0] == "行号")
    lines = [row for row in page[top + 1 :] if row[3]]
    found = {r.row.number: r.verdict for r in screen(source, area()).rows if r.verdict is not None}
    assert [(row[0], row[1], row[3]) for row in lines] == [
        (6, "P3", "不予准入"), (5, "P2", "提交研判"), (8, "P4", "待核实"), (4, "P1", "准入"),
    ]  # fmt: skip
    assert [found[int(row[0])].outcome_name.zh for row in lines] == [row[3] for row in lines]
    assert lines[1][4:6] == [
        "亩均固定资产投资达标（提交研判）：固定资产投资 5000 万元 ÷ 用地面积 20 亩 ＝ 250 万元/亩，小于500 万元/亩",
        "尚差固定资产投资 5000 万元（须达 10000 万元）；或者用地面积须减少 10 亩（至多 10 亩）",
    ]
    assert lines[2][4:] == ["最有利为准入，最不利为提交研判", "—", "事故记录、用地面积"]
    assert page[0][0] == "项目准入结论一览（草稿）"
    assert "准入 1、提交研判 1、不予准入 1、待核实 1" in page[2][0]
    assert "a.xlsx" in page[1][0]
    assert "2020年10月1日" in page[1][0]


def test_gaps_are_figures_and_what_is_missing_stands_by_who_has_it(tmp_path: Path) -> None:
    source = ledger_with_everything(tmp_path / "a.xlsx")
    path = written(source)
    gaps = [g for r in screen(source, area()).rows if r.verdict is not None for g in r.verdict.gaps]
    rows = cells(path, "差额")[1:]
    assert [tuple(row[5:8]) for row in rows] == [(float(g.now), float(g.to), float(g.change)) for g in gaps]
    assert rows[0][:5] == [5, "P2", "零部件项目", "亩均固定资产投资达标", "固定资产投资"]
    who = [(row[0], row[2], row[4]) for row in cells(path, "缺项清单")[1:] if row[2] == "P4"]
    assert who == [
        ("项目单位（招商部门转）", "P4", "用地面积"), ("应急管理部门（名单、事故、隐患记录）", "P4", "事故记录"),
    ]  # fmt: skip


def test_pages_print_on_a4_and_a_mark_is_shown_that_is_no_part_of_the_cell(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(ledger_with_everything(tmp_path / "a.xlsx"))) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{i}.xml").decode() for i in range(1, 8)]
        looks, comments = archive.read("xl/styles.xml").decode(), archive.read("xl/comments1.xml").decode()
    assert all('paperSize="9"' in s and 'orientation="landscape"' in s for s in sheets)
    assert all("第 &amp;P 页 共 &amp;N 页</" in s and "useFirstPageNumber" not in s for s in sheets)
    assert all(f"&quot;{mark} &quot;@" in looks for mark in "■◆✕?")
    assert {"G6", "K6"} == {c.partition('"')[0] for c in comments.split('ref="')[1:]} - {"A1"}
    assert sheets[0].count("fitToPage") == 1


def test_codes_stay_text_and_figures_of_a_text_file_become_numbers(tmp_path: Path) -> None:
    source = text(
        tmp_path / "a.csv", "项目编号,项目名称,固定资产投资（万元）,统一社会信用代码\n007,甲,9000,913209001234567890\n"
    )
    row = verdicts(written(source))[1]
    assert row[:4] == ["007", "甲", 9000, "913209001234567890"]


@pytest.mark.parametrize(
    ("evil", "shown"),
    [("<b>&amp;</b>", "<b>&amp;</b>"), ("=1+1", "=1+1"), ("\u202egnp.exe", "gnp.exe"), ("a\u200bb", "ab"), ("长" * 1_000_000, "")],
)  # fmt: skip
def test_names_that_are_no_names_are_text_in_every_sheet(tmp_path: Path, evil: str, shown: str) -> None:
    path = written(text(tmp_path / "a.csv", f"项目编号,项目名称,用地面积（亩）\n1,{evil},很多\n"))
    page = cells(path, "结论一览")
    line = next(page[i + 1] for i, row in enumerate(page) if row[0] == "行号")
    assert line[2] == cells(path, "缺项清单")[1][3] == shown
    assert str(cells(path, "审查结果")[1][1])[:5] == (shown or evil)[:5]


def test_each_count_on_the_overview_stands_on_one_line_and_none_is_left_out(tmp_path: Path) -> None:
    widths = (7, 13, 24, 14, 42, 25, 25)
    counts = [(key, f"◆ 附条件 {n}") for n, key in enumerate("abcdefgh")]
    with xlsxwriter.Workbook(str(path := tmp_path / "x.xlsx")) as book:
        page = Page("标题", "台账", "共审查", counts, ["行号"] * 7, widths, [], 3)
        write_page(book.add_worksheet("结论一览"), page, styles_of(book))
    at = [(cell, widths[n]) for row in cells(path, "结论一览") for n, cell in enumerate(row)]
    stand = {said: next(width for cell, width in at if cell == said) for _, said in counts}
    assert min(stand.values()) >= 12
