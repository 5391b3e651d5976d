"""CSV: one reader decides what the cells are, and both engines take those; what is not read is named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from doors.csv_shapes import answer, different
from doors.reading import area
from effort import effort
from safety_rules.formats.csv_in import csv_form, plain
from safety_rules.language.errors import LedgerError
from safety_rules.services.screening import screen
from safety_rules.tables import prepare

HEADS = "项目编号,项目名称,企业名称,用地方式,用地面积（亩）,固定资产投资（万元）,年税收（万元）,备注"
ROW = "XM-{},光伏,甲公司,单体征地,15,9375,750,{}"
BLACK = '"[{""list"": ""black"", ""status"": ""listed"", ""listed_on"": ""2020-07-02""}]"'


def file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "rows.csv").write_bytes(text.encode(encoding))
    return folder / "rows.csv"


def lines(count: int, *more: str, end: str = "\n") -> str:
    return end.join([HEADS, *(ROW.format(i, "无") for i in range(count)), *more]) + end


def alike(path: Path) -> list[str]:
    """Return the outcomes of a file, which both engines give."""
    by_table, by_record = answer(path, "duckdb"), answer(path, "records")
    assert by_table == by_record
    assert not isinstance(by_table, str), by_table
    return [row["outcome"] for row in by_table[0]]


def refused(path: Path) -> str:
    """Return why a file is refused, for one reason by both engines and by `screen`."""
    said = set()
    for engine in ("duckdb", "records"):
        found = answer(path, engine)
        assert isinstance(found, str), found
        said.add(found)
    with pytest.raises(LedgerError) as error:
        list(screen(path, area()).rows)
    assert {str(error.value)} == said
    return said.pop()


@pytest.mark.parametrize("many", [0, 3])
@pytest.mark.parametrize(
    "tail",
    [
        'XM-a,"光伏,甲公司,单体征地,15,9375,750,无\nXM-b,光伏,甲公司,单体征地,15,9375,750,无',
        f'XM-a,光伏,甲公司,单体征地,15,9375,750,"见附件\nXM-b,光伏,甲公司,单体征地,15,9375,750,{BLACK}',
        'XM-a,光伏,甲公司,单体征地,15,9375,750,"见附件\nXM-b,光伏,甲公司,单体征地,15,9375,750,无\nXM-c,光伏,甲公司,单体征地,15,9375,750,长 12"',
        'XM-a,光伏,甲公司,单体征地,15,9375,750,"',
        'XM-a,"光伏"一期,甲公司,单体征地,15,9375,750,无',
    ],
    ids=["never closed", "closed by a list", "closed by an inch", "at the end", "text after it"],
)
def test_an_open_quote_is_an_error_with_its_line(tmp_path: Path, many: int, tail: str) -> None:
    said = refused(file(tmp_path, lines(many) + tail))
    assert f"the quote opened in line {many + 2} " in said


SHAPES = {
    "doubled headings": "项目编号,用地面积（亩）,用地面积（亩）,用地方式\nXM-1,15,1500,单体征地\n",
    "doubled unknown headings": "项目编号,备注,备注,用地方式\nXM-1,a,b,单体征地\n",
    "rows of separators": f"{HEADS}\n,,,,,,,\n{ROW.format(1, '')}\n,,,,,,,\n",
    "blank lines": f"{HEADS}\n\n{ROW.format(1, '')}\n\n",
    "short rows": f"{HEADS}\nXM-1,光伏\n{ROW.format(2, '无')}\n",
    "a total": f"{HEADS}\n{ROW.format(1, '')}\n合计,,,,15,9375,750,\n",
    "a note": f"{HEADS}\n{ROW.format(1, '')}\n备注：以上为一季度,,,,,,,\n",
    "a numbering line": f"{HEADS}\n1,2,3,4,5,6,7,8\n{ROW.format(1, '')}\n",
    "headings again": f"{HEADS}\n{ROW.format(1, '')}\n{HEADS}\n{ROW.format(2, '')}\n",
    "mixed line ends": f"{HEADS}\r\n{ROW.format(1, '无')}\n{ROW.format(2, '无')}\r{ROW.format(3, '无')}\r\n",
    "old line ends": f"{HEADS}\r{ROW.format(1, '无')}\r",
    "a line break in quotes": f'{HEADS}\nXM-1,"上\n下",甲公司,单体征地,15,9375,750,无\n',
    "a quote in a cell": f'{HEADS}\nXM-1,12" 管,甲公司,单体征地,15,9375,750,无\n',
    "separators in quotes": f'{HEADS}\nXM-1,"光伏,一期",甲公司,单体征地,"1,500",9375,750,无\n',
    "a line above": f"项目台账\n{HEADS}\n{ROW.format(1, '')}\n",
    "a unit line above": f"单位：元、平方米\n{HEADS.replace('（亩）', '').replace('（万元）', '')}\n{ROW.format(1, '')}\n",
    "a long cell": f"{HEADS}\n{ROW.format(1, '长' * 200_000)}\n",
    "one long row": f"{HEADS}\n{ROW.format(1, ','.join(['']))}\n{ROW.format(2, '长' * 900_000)}\n",
    "nothing but headings": f"{HEADS}\n",
    "one column": "项目编号\nXM-1\nXM-2\n",
    "a list": f"{HEADS.replace('备注', '名单记录')}\n{ROW.format(1, BLACK)}\n",
    "no last line end": f"{HEADS}\n{ROW.format(1, '无')}",
    "more cells than headings": f"{HEADS}\n{ROW.format(1, '无')},多\n{ROW.format(2, '无')}\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", SHAPES)
def test_both_engines_read_the_same_cells(tmp_path: Path, name: str, encoding: str) -> None:
    alike(file(tmp_path, SHAPES[name], encoding))


def test_a_first_quote_far_down_is_a_quote(tmp_path: Path) -> None:
    path = file(tmp_path, lines(30_000, ROW.format("x", '"a,b"'), ROW.format("y", '"c\nd"')))
    decision = area().decide_table(path, keep=("备注",))
    by_table = [row["备注"] for row in decision]
    decision.close()
    assert by_table == [row.cells[-1] for row in screen(path, area()).ledger.rows]
    assert by_table[-2:] == ["a,b", "c\nd"]


def test_an_open_quote_far_down_has_its_line(tmp_path: Path) -> None:
    path = file(
        tmp_path, lines(31_000) + 'XM-a,"光伏,甲公司,单体征地,15,9375,750,无\nXM-b,光伏,甲公司,单体征地,15,9375,750,无'
    )
    with pytest.raises(LedgerError, match="opened in line 31002 "):
        area().decide_table(path)


def test_a_row_with_too_many_cells_is_named_by_both_engines(tmp_path: Path) -> None:
    path = file(tmp_path, SHAPES["more cells than headings"])
    for engine in ("duckdb", "records"):
        decision = area().decide_table(path, engine=engine)
        assert len(list(decision)) == 1
        assert [n.place for n in decision.notices if n.code == "row"] == ["rows.csv:2"]
        decision.close()


def test_columns_that_are_kept_are_there_however_the_file_is_read(tmp_path: Path) -> None:
    for text in (lines(2), lines(2) + "合计,,,,30,,,\n"):
        for engine in ("duckdb", "records"):
            decision = area().decide_table(file(tmp_path, text), keep=("备注", "项目编号"), engine=engine)
            assert [(r["备注"], r["项目编号"]) for r in decision] == [("无", "XM-0"), ("无", "XM-1")]
            assert "ledger_row" not in next(iter(decision))
            decision.close()


def test_drawn_files_are_read_alike(tmp_path: Path) -> None:
    said = [different(random.Random(f"csv {i}"), tmp_path) for i in range(effort(30))]
    assert [s for s in said if s] == []


def test_clean_files_are_read_by_the_engine_itself_and_no_other(tmp_path: Path) -> None:
    def is_plain(text: str) -> bool:
        path = file(tmp_path, text)
        headings = HEADS.split(",")
        return plain(
            path, csv_form(path)[1], headings, lambda row: row.blank or bool(prepare.kind_of_line(row, headings))
        )

    assert is_plain(lines(1000))
    assert is_plain(lines(1000, end="\r\n"))
    assert is_plain(lines(1000, ROW.format("x", '"a,b ""c"""')))
    assert is_plain(lines(1000, ROW.format("x", "设计：中")))
    assert not any(
        is_plain(lines(40_000) + more)
        for more in (
            "合计,,,,15,9375,750,\n", "小 计,,,,15,9375,750,\n", "TOTAL,,,,15,9375,750,\n", "备注：无,,,,,,,\n",
            "1,2,3,4,5,6,7,8\n", "(1),(2),(3),(4),(5),(6),(7),(8)\n", "①,②,③,④,⑤,⑥,⑦,⑧\n", f"{HEADS}\n", ",,,,,,,\n", "\n",
            "示例,光伏,甲公司,单体征地,15,9375,750,无\n", " , , , , , , , \n", "一、省级项目,,,,,,,\n",
            ROW.format("x", '"c\nd"'), ROW.format("x", 'a"b'), ROW.format("x", "a\rb"), "XM-1,光伏\n", ROW.format("x", "无,多"),
            ROW.format("x", '"a"b'), ROW.format("x", '"a'),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (f"{HEADS}\n{ROW.format(1, '长' * 1_000_001)}\n", "more than 1,000,000 characters in a cell"),
        (f"{HEADS}\n{'长' * 4_000_001}\n", "more than 4,000,000 characters in a line"),
    ],
)
def test_a_limit_is_named(tmp_path: Path, text: str, limit: str) -> None:
    assert limit in refused(file(tmp_path, text))
