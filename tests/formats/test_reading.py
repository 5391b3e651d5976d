"""Files read as rows: encodings, sheets, places, and files that are none."""

from __future__ import annotations

import codecs
import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest

from safety_rules.formats.ledger import Ledger, ledger
from safety_rules.formats.table import letters, usable
from safety_rules.language.errors import LedgerError, NotFoundError
from screening.ledgers import HEADINGS, PASSING, area, ledger_of, text, workbook

CSV = "项目编号,项目名称,用地面积（亩）\nP1,零部件项目,20\n"


def read(path: Path, sheet: str | None = None) -> Ledger:
    law = area().law
    return ledger(path, law.rulebook.vocabulary, law.area.subjects, sheet)


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("gb18030", b""), ("utf-16", b"")]
)
def test_csv_is_read_in_each_encoding(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes(mark + CSV.encode(encoding))
    (row,) = read(path).rows
    assert row.data == {"project.id": "P1", "project.name": "零部件项目", "project.land_area": "20"}
    assert row.place_of("project.land_area") == "台账.csv:C2"


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_csv_is_read_with_other_separators(tmp_path: Path, delimiter: str) -> None:
    (row,) = read(text(tmp_path / "a.csv", CSV.replace(",", delimiter))).rows
    assert row.data["project.land_area"] == "20"


def test_csv_cells_over_several_lines_keep_the_row_numbers_of_a_sheet(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", '项目编号,项目名称\nP1,"上\n下"\n\nP2,b\n')
    assert [(r.number, r.data and r.data["project.id"]) for r in read(path).rows] == [(2, "P1"), (3, None), (4, "P2")]


def test_a_csv_row_with_more_cells_than_headings_is_an_error_of_that_row(tmp_path: Path) -> None:
    first, second = read(text(tmp_path / "a.csv", CSV + "P2,甲,乙项目,30\n")).rows
    assert first.error is None
    assert second.data is None
    assert second.error is not None
    assert "可能有未加引号的逗号" in second.error.zh


def test_workbook_cells_keep_their_types_and_places(tmp_path: Path) -> None:
    rows = [
        ["标题"],
        [None, "项目编号", "用地面积", "开工日期", "化学反应"],
        [None, 7, 20.1, datetime.date(2020, 3, 1), True],
    ]
    (row,) = read(workbook(tmp_path / "a.xlsx", {"项目": rows})).rows
    expected = {
        "project.id": 7,
        "project.land_area": Decimal("20.1"),
        "project.started_on": datetime.date(2020, 3, 1),
        "project.has_reaction": True,
    }
    assert expected == row.data
    assert (row.number, row.place_of("project.land_area")) == (3, "项目!C3")


def test_a_float_of_a_sheet_counts_as_its_fifteen_digits() -> None:
    assert Decimal("0.3") == usable(0.1 + 0.2)
    assert usable(20.0) == 20
    assert " ".join(letters(n) for n in (0, 26, 51, 52)) == "A AA AZ BA"


def test_the_sheet_with_most_known_headings_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    sheets = {"封面": [["项目编号"], ["P0"]], "项目台账": [["项目编号", "用地面积"], ["P1", 20]]}
    book = read(workbook(tmp_path / "a.xlsx", sheets))
    assert [r.data["project.id"] for r in book.rows] == ["P1"]
    assert [n.text("zh") for n in book.notices] == ["封面：工作表“封面”未使用"]


def test_a_sheet_may_be_named(tmp_path: Path) -> None:
    sheets = {"封面": [["项目编号"], ["P0"]], "项目台账": [["项目编号", "用地面积"], ["P1", 20]]}
    path = workbook(tmp_path / "a.xlsx", sheets)
    assert [r.data["project.id"] for r in read(path, "封面").rows] == ["P0"]
    with pytest.raises(NotFoundError, match="has no sheet `项目台帐`; did you mean `项目台账`"):
        read(path, "项目台帐")


def test_a_merged_name_holds_for_all_its_rows_and_a_merged_figure_for_none(tmp_path: Path) -> None:
    headings, rows = ["项目编号", "企业名称", "用地面积"], [["P1"], ["P2"]]
    merged = [("项目", 1, 1, 2, 1, "甲公司"), ("项目", 1, 2, 2, 2, 20)]
    first, second = read(workbook(tmp_path / "a.xlsx", {"项目": [headings, *rows]}, merged)).rows
    assert [first.data["enterprise.name"], second.data["enterprise.name"]] == ["甲公司", "甲公司"]
    assert [[p.place for p in r.problems] for r in (first, second)] == [["项目!C2"], ["项目!C3"]]
    assert "project.land_area" not in first.data


def test_a_column_without_a_heading_and_a_line_of_totals_are_named(tmp_path: Path) -> None:
    sheets = {"项目": [["项目编号", "", "用地面积"], ["P1", "x", 20], ["合计", None, 20]]}
    book = read(workbook(tmp_path / "a.xlsx", sheets))
    assert [r.data is not None for r in book.rows] == [True, False]
    assert [n.text("zh") for n in book.notices] == ["项目!3：合计行，不计入", "项目!B1：没有表头的列，未使用"]


def test_json_lines_know_their_line_and_a_bad_line_stops_no_other(tmp_path: Path) -> None:
    lines = '{"project": {"land_area": 0.1}}\n\n{"project": \n[1]\n{"项目.用地面积": 2, "项目.用地面积": 3}\n{"a": NaN}\n{"项目": {"用地面积": 2}}\n'
    rows = list(read(text(tmp_path / "a.jsonl", lines)).rows)
    assert [r.number for r in rows] == [1, 3, 4, 5, 6, 7]
    assert [r.error is not None for r in rows] == [False, True, True, True, True, False]
    assert Decimal("0.1") == rows[0].data["project"]["land_area"]
    assert rows[1].place == "a.jsonl:3"
    assert rows[5].cells[[h == "用地面积" for h in read(tmp_path / "a.jsonl").headings].index(True)] == 2


def test_a_json_array_is_read_item_by_item_across_chunks(tmp_path: Path) -> None:
    items = [{"project": {"id": f"P{i}", "name": "长" * 5000}} for i in range(60)]
    rows = list(read(text(tmp_path / "a.json", json.dumps(items, ensure_ascii=False, indent=1))).rows)
    assert [item["project"]["id"] for item in items] == [r.data["project"]["id"] for r in rows]


@pytest.mark.parametrize(
    "array", ['[{"a": 1}', '[{"a": 1} {"a": 2}]', '[{"a": 1}] x', '[{"a": 1, "a": 2}]', "[" * 100_000]
)
def test_a_broken_json_array_is_an_error_of_the_file(tmp_path: Path, array: str) -> None:
    with pytest.raises(LedgerError, match=r"`a\.json` (is not a JSON array|cannot be read)"):
        list(read(text(tmp_path / "a.json", array)).rows)


BAD = [
    ("empty.xlsx", b"", "is empty"),
    ("empty.csv", b"", "is empty"),
    ("empty.jsonl", b"", "is empty"),
    ("zip.xlsx", b"PK\x03\x04" + b"x" * 200, "is a damaged workbook"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900, "is protected by a password, or damaged"),
    ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900, "is protected by a password, or damaged"),
    ("page.xls", b"<html><table></table></html>", "is a web page or XML"),
    ("text.xlsx", b"hello", "is not a workbook"),
    ("odd.csv", b"\xff\x81\x00\x30", "neither UTF-8 nor GB18030"),
    ("cut.csv", b"\xff\xfea", "neither UTF-8 nor GB18030"),
    ("none.csv", "姓名,电话\n甲,1\n".encode(), "no known heading"),
    ("big5.csv", "項目編號,專案名稱\n1,2\n".encode("big5"), "no known heading"),
]


@pytest.mark.parametrize(("name", "data", "says"), BAD, ids=[b[0] for b in BAD])
def test_a_file_that_is_no_ledger_is_one_line_that_says_why(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LedgerError) as error:
        list(read(tmp_path / name).rows)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_no_file_a_folder_and_an_empty_sheet_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(LedgerError, match="there is no file"):
            read(path)
    with pytest.raises(LedgerError, match="is empty"):
        read(workbook(tmp_path / "a.xlsx", {"项目": []}))


def test_a_workbook_under_another_ending_is_known_by_its_content(tmp_path: Path) -> None:
    path = ledger_of(tmp_path / "a.xlsx", PASSING, headings=HEADINGS)
    renamed = path.rename(tmp_path / "a.xls")
    assert [r.data["project.id"] for r in read(renamed).rows] == ["P1"]
