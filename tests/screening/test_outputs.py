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

from safety_rules.formats.columns import result_headings
from safety_rules.formats.safe import inert, printable
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
    before, after = cells(source, "项目"), cells(written(source), "审查结果")
    width = len(HEADINGS) + 2
    assert [*HEADINGS, "开工日期", "备注", *ADDED] == after[2]
    for number in (0, 3, 4, 5):
        assert before[number] == after[number][:width]
    assert [row[width] for row in after[3:]] == ["准入", "提交研判", "不予准入", "", "待核实"]


def test_the_added_columns_say_why_by_how_much_and_what_is_missing(tmp_path: Path) -> None:
    after = cells(written(ledger_with_everything(tmp_path / "a.xlsx")), "审查结果")
    rows = [dict(zip(ADDED, row[len(HEADINGS) + 2 :], strict=True)) for row in after[3:]]
    assert rows[1] == {
        "结论": "提交研判",
        "最有利": "提交研判",
        "最不利": "提交研判",
        "不符合的规则": "亩均固定资产投资达标（提交研判）",
        "原因": "固定资产投资 5000 万元 ÷ 用地面积 20 亩 ＝ 250 万元/亩，低于500 万元/亩",
        "差额": "尚差固定资产投资 5000 万元（须达 10000 万元）；或 用地面积须减少 10 亩（至多 10 亩）",
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
    row = dict(zip(ADDED, cells(written(source), "审查结果")[1][len(HEADINGS) :], strict=True))
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
    problems = [row[:3] for row in cells(path, "问题")[1:]]
    assert problems == [["", "提示", "项目!K3"], [6, "数据问题", "项目!F6"], [6, "数据问题", "项目!J6"]]
    rules = {(row[0], row[5], row[7]) for row in cells(path, "规则说明")[1:]}
    assert {
        ("亩均固定资产投资达标", "第一条", "本区文件"),
        ("不涉及化学反应", "第二条", "本区文件"),
        ("没有死亡事故", "第三条", "本区文件"),
    } == rules


def test_what_the_reading_assumes_stands_among_the_problems_as_such(tmp_path: Path) -> None:
    rows = [["项目台账（单位：万元）"], ["项目编号", "固定资产投资"], ["P1", 9000]]
    lines = cells(written(workbook(tmp_path / "a.xlsx", {"项目": rows})), "问题")
    assert [row[1:3] for row in lines[1:]] == [["假定", "项目!B2"]]
    assert lines[1][4] == "表头“固定资产投资”没有写单位，按“项目!A1 单位：万元”的万元理解"


def test_english_headings_and_words(tmp_path: Path) -> None:
    after = cells(written(ledger_of(tmp_path / "a.xlsx", changed(固定资产投资=0.5)), language="en"), "Verdicts")
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
    assert evil.strip() == str(cells(path, "审查结果")[1][1]).strip()
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(n) for n in archive.namelist() if "worksheets/sheet" in n]
    assert len(sheets) == 4
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


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))
from safety_rules.cli.main import main
main()
"""


@pytest.mark.parametrize("verb", ["screen xlsx", "screen csv", "screen jsonl", "screen parquet", "grade xlsx"])
def test_a_disk_that_is_full_leaves_what_was_there_and_says_which_file(verb: str, tmp_path: Path) -> None:
    name, ending = verb.split()
    source = {"screen": "examples/项目台账.xlsx", "grade": "examples/重大危险源台账.xlsx"}[name]
    out = text(tmp_path / f"out.{ending}", "before")
    command = [sys.executable, "-c", FULL, name, source, "--on", "2020-10-01", "-o", str(out)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (6, f"error: `{out}` cannot be written: file too large\n")
    assert out.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_a_result_can_be_screened_again(tmp_path: Path) -> None:
    again = screen(written(ledger_with_everything(tmp_path / "a.xlsx")), area())
    assert [r.outcome for r in again.rows] == ["admitted", "referred", "rejected", "", "undetermined"]
