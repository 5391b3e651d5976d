"""Each door that takes a table reads the same kinds of files, and a map of headings counts in each of them."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from safety_rules.face import load
from safety_rules.formats.heading_map import layout
from safety_rules.services.chaining.history import history
from safety_rules.services.rectification.book import HEADINGS, read
from safety_rules.services.rectification.sheets import vocabulary_of
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.screening import screen

Rows = Sequence[Sequence[str]]
DANGERS = [
    ["编号", "问题描述", "所在企业", "检查日期", "整改时限"],
    ["YH-1", "灭火器过期", "甲公司", "2020-09-01", "2020-09-10"],
]
PROJECTS = [["项目名称", "地块大小"], ["甲项目", "20"]]
LISTED = [["企业名称", "隐患级别", "整改期限", "已销号"], ["甲公司", "重大", "2020-06-30", "否"]]


def workbook(path: Path, rows: Rows) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(path.stem)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)


def text(encoding: str, delimiter: str = ",") -> Callable[[Path, Rows], None]:
    def written(path: Path, rows: Rows) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)

    return written


def parquet(path: Path, rows: Rows) -> None:
    columns = {name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}
    pq.write_table(pa.table(columns), path)


KINDS = [(".xlsx", workbook), (".csv", text("utf-8-sig")), (".csv", text("gb18030")), (".tsv", text("utf-16", "\t")),
         (".parquet", parquet)]  # fmt: skip
every_kind = pytest.mark.parametrize(("ending", "write"), KINDS, ids=["xlsx", "csv", "gb18030", "tsv", "parquet"])


@every_kind
def test_a_list_of_dangers_with_a_map(ending: str, write: Callable[[Path, Rows], None], tmp_path: Path) -> None:
    source, mapped = tmp_path / f"隐患{ending}", tmp_path / "map.yaml"
    write(source, DANGERS)
    mapped.write_text("所在企业: 台账.整改单位\n", "utf-8")
    wanted = layout(mapped, vocabulary_of(HEADINGS))
    made = read(source, lifecycle(), datetime.date(2020, 10, 1), wanted=wanted)
    assert [r.reason.zh for r in made.refusals] == []
    (life,) = made.lives
    assert (life.danger.id, life.danger.details.enterprise) == ("YH-1", "甲公司")
    assert life.row.place("整改单位").startswith("隐患!C" if ending == ".xlsx" else f"隐患{ending}:C")


@every_kind
def test_a_ledger_of_projects_with_a_map(ending: str, write: Callable[[Path, Rows], None], tmp_path: Path) -> None:
    source, mapped = tmp_path / f"项目{ending}", tmp_path / "map.yaml"
    write(source, PROJECTS)
    mapped.write_text("地块大小: project.land_area\n", "utf-8")
    area = load().area("admission").on("2020-10-01")
    wanted = layout(mapped, area.law.rulebook.vocabulary)
    (row,) = screen(source, area, wanted, engine="records").rows
    assert row.verdict is not None
    assert row.verdict.record.values["project.land_area"] == 20


@every_kind
def test_a_history(ending: str, write: Callable[[Path, Rows], None], tmp_path: Path) -> None:
    source = tmp_path / f"隐患记录{ending}"
    write(source, LISTED)
    found = history(
        [source], load().area("admission").on("2020-10-01").law.rulebook.vocabulary, datetime.date(2020, 10, 1)
    )
    assert "甲公司" in str(found)
