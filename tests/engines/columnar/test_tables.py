"""Tables in and out: every kind of source gives one answer, cells are taken as records take them, nothing is half written."""

from __future__ import annotations

import datetime
import os
import resource
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import safety_rules as sr
from disk import on_a_full_disk
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.rule import Waiver
from safety_rules.services.dated_area import DatedArea

DATA = {
    "项目名称": ["甲", "乙", "丙", "丁", "戊"],
    "用地方式": ["land", "land", "lease", None, "land"],
    "用地面积": [20.0, 0.7, None, 3.0, 20.0],
    "固定资产投资": [10000.0, 210.0, 5.0, 1.0, 9999.99],
    "生产工艺": [["machining"], ["nitration"], [], None, ["assembly"]],
}


@pytest.fixture(scope="module")
def area() -> DatedArea:
    return sr.load().area("admission").on("2020-10-01")


def arrow() -> pa.Table:
    return pa.table(DATA)


def records() -> list[dict[str, Any]]:
    keys = {
        "项目名称": "project.name",
        "用地方式": "project.site",
        "用地面积": "project.land_area",
        "固定资产投资": "project.fixed_asset_investment",
        "生产工艺": "project.processes",
    }
    return [{keys[k]: v[i] for k, v in DATA.items()} for i in range(5)]


def outcomes(decision: Any) -> list[tuple[Any, ...]]:
    return [(r["outcome"], r["at_best"], r["at_worst"], r["violated"], r["undetermined"]) for r in decision]


def expected(area: DatedArea) -> list[tuple[Any, ...]]:
    found = []
    for record in records():
        verdict = area.decide(record)
        of = {s: sum(1 << i for i, f in enumerate(verdict.findings) if f.status.value == s) for s in STATUSES}
        found.append((verdict.outcome, verdict.at_best, verdict.at_worst, of["violated"], of["undetermined"]))
    return found


STATUSES = ("violated", "undetermined", "not_applicable", "satisfied")


def parquet(folder: Path) -> Path:
    pq.write_table(arrow(), folder / "rows.parquet")
    return folder / "rows.parquet"


def csv(folder: Path, encoding: str) -> Path:
    lines = ["项目名称,用地方式,用地面积,固定资产投资,生产工艺"]
    for row in zip(*DATA.values(), strict=True):
        cells = ["" if c is None else "、".join(c) or "无" if isinstance(c, list) else str(c) for c in row]
        lines.append(",".join(cells))
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding=encoding)
    return folder / "rows.csv"


def workbook(folder: Path) -> Path:
    book = xlsxwriter.Workbook(str(folder / "rows.xlsx"))
    sheet = book.add_worksheet("项目")
    sheet.write_row(0, 0, ["某开发区项目台账（虚构）"])
    sheet.write_row(1, 0, list(DATA))
    for i, row in enumerate(zip(*DATA.values(), strict=True), start=2):
        sheet.write_row(i, 0, ["" if c is None else "、".join(c) or "无" if isinstance(c, list) else c for c in row])
    book.close()
    return folder / "rows.xlsx"


SOURCES = {
    "Arrow": lambda folder: arrow(),
    "Polars": lambda folder: pl.DataFrame(DATA),
    "pandas": lambda folder: pd.DataFrame(DATA),
    "relation": lambda folder: duckdb.connect().from_arrow(arrow()),
    "parquet": parquet,
    "csv in UTF-8": lambda folder: csv(folder, "utf-8"),
    "csv in GB18030": lambda folder: csv(folder, "gb18030"),
    "csv with a mark": lambda folder: csv(folder, "utf-8-sig"),
    "workbook": workbook,
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_gives_what_the_records_give(kind: str, area: DatedArea, tmp_path: Path) -> None:
    decision = area.decide_table(SOURCES[kind](tmp_path))
    assert outcomes(decision) == expected(area)


def test_masks_are_of_the_rules_in_their_order(area: DatedArea) -> None:
    decision = area.decide_table(arrow())
    for row, record in zip(decision, records(), strict=True):
        for i, f in enumerate(area.decide(record).findings):
            assert decision.rules[i] == f.rule.key
            assert [s for s in STATUSES if row[s] >> i & 1] == [f.status.value]


def test_a_row_explains_itself_as_its_record_does(area: DatedArea) -> None:
    decision = area.decide_table(arrow())
    for i, record in enumerate(records(), start=1):
        for language in ("zh", "en"):
            assert decision.explain_row(i, language) == area.decide(record).explain(language)
    assert decision.verdict(5).gaps == area.decide(records()[4]).gaps
    assert decision.verdict(4).needs == area.decide(records()[3]).needs
    with pytest.raises(NotFoundError):
        decision.explain_row(6)


def test_kept_columns_and_named_columns(area: DatedArea) -> None:
    table = pa.table({"a": ["land"], "b": [1.0], "c": ["x"]})
    decision = area.decide_table(table, columns={"project.site": "a", "项目.用地面积": "b"}, keep=["c"])
    assert [row["c"] for row in decision] == ["x"]
    assert {"project.site", "project.land_area"} <= set(decision.query.uses)
    with pytest.raises(NotFoundError, match="no column"):
        area.decide_table(table, columns={"project.site": "z"})
    with pytest.raises(NotFoundError, match="no fact"):
        area.decide_table(table, columns={"project.sites": "a"})


CELLS = {
    "number with a unit": ("用地面积", "2000 m2"),
    "number with commas": ("固定资产投资", "12,500.5"),
    "heading with a unit": ("用地面积（㎡）", 2000.0),
    "repeating fraction": ("用地面积（㎡）", 1000.1),
    "decimal": ("用地面积", Decimal("20.05")),
    "wide decimal": ("固定资产投资", Decimal("12345678901234567.89")),
    "whole number": ("用地面积", 20),
    "number beyond DOUBLE": ("年税收", 9007199254740993),
    "32-bit float": ("用地面积", pa.scalar(0.07, pa.float32())),
    "not a number": ("用地面积", float("nan")),
    "infinite": ("用地面积", float("inf")),
    "out of bounds": ("用地面积", -1.0),
    "zero where above zero": ("用地面积", 0.0),
    "choice in Chinese": ("用地方式", "单体征地"),
    "choice by an alias, padded": ("用地方式", "　租赁 "),
    "no such choice": ("用地方式", "别的"),
    "unknown in words": ("用地方式", "待定"),
    "yes in Chinese": ("化学反应", "是"),
    "yes in capitals": ("化学反应", "YES"),
    "neither yes nor no": ("化学反应", "或许"),
    "number as boolean": ("化学反应", 1),
    "processes in one cell": ("生产工艺", "硝化、机械加工"),
    "no processes": ("生产工艺", "无"),
    "unknown process": ("生产工艺", "硝化、飞行"),
    "process given twice": ("生产工艺", ["nitration", "nitration"]),
    "industry code": ("行业代码", "C2611"),
    "industry code as a number": ("行业代码", 2611),
    "text as a date": ("行业代码", datetime.date(2020, 1, 1)),
    "list with a hole": (
        "名单记录",
        [{"list": "black", "listed_on": datetime.date(2020, 1, 1), "status": "listed"}, None],
    ),
    "list in Chinese": ("名单记录", [{"名单": "黑名单", "列入日期": "2020年1月1日", "名单状态": "在列"}]),
    "list with an absurd day": (
        "名单记录",
        [{"list": "black", "listed_on": datetime.date(9998, 1, 1), "status": "listed"}],
    ),
    "list in words": ("名单记录", "无"),
    "list of a moment": (
        "名单记录",
        [{"list": "black", "listed_on": datetime.datetime(2020, 1, 1, 8), "status": "listed"}],
    ),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_taken_as_a_record_takes_it(name: str, area: DatedArea) -> None:
    heading, cell = CELLS[name]
    base = {"项目名称": "甲", "项目阶段": "signed"}
    table = pa.table(
        {k: [v] for k, v in base.items()}
        | {
            heading: pa.array(
                [cell.as_py() if isinstance(cell, pa.Scalar) else cell],
                cell.type if isinstance(cell, pa.Scalar) else None,
            )
        }
    )
    decision = area.decide_table(table)
    (got,) = list(decision)
    use = next((u for u in decision.query.uses.values() if u.column == heading), None)
    fact = area.law.rulebook.vocabulary.find(
        next((k for k, u in decision.query.uses.items() if u.column == heading), "")
    )
    assert use is not None
    assert fact is not None
    data = {"project.name": "甲", "project.stage": "signed", fact.key: table[heading][0].as_py()}
    record = area.admit(data, {fact.key: use.unit} if use.unit else None)
    verdict = area.decide(record)
    assert (got["outcome"], got["at_best"], got["at_worst"]) == (verdict.outcome, verdict.at_best, verdict.at_worst)
    for i, f in enumerate(verdict.findings):
        assert got[f.status.value] >> i & 1, f.rule.key
    assert got["problem"] == bool(record.problems)


def test_lists_written_as_json_in_a_cell(area: DatedArea) -> None:
    cells = [
        '[{"list": "黑名单", "listed_on": "2020-01-01", "status": "在列"}]',
        '[{"名单": "black", "列入日期": "2018年1月1日", "名单状态": "listed"}]',
        "[]",
        "无",
        "[{",
        "见附件",
        None,
    ]
    decision = area.decide_table(pa.table({"名单记录": cells}))
    listed = 1 << decision.rules.index("black_listed")
    found = [
        "violated" if r["violated"] & listed else "open" if r["undetermined"] & listed else "fine" for r in decision
    ]
    assert found == ["violated", "fine", "fine", "fine", "open", "open", "open"]


def test_a_missing_column_is_unknown_for_all_rows_and_said_once(area: DatedArea) -> None:
    decision = area.decide_table(arrow())
    said = [n.path for n in decision.notices if n.code == "missing-column"]
    assert said.count("project.annual_tax") == 1
    assert "project.site" not in said


def test_a_column_of_another_type_is_unknown_for_all_rows_and_said_once(area: DatedArea) -> None:
    decision = area.decide_table(pa.table({"用地方式": [1, 2], "用地面积": [True, False]}))
    assert sorted(n.path for n in decision.notices if n.code == "column-type") == ["project.land_area", "project.site"]
    assert [r["problem"] for r in decision] == [True, True]
    assert decision.counts() == {"undetermined": 2}


def test_a_table_without_rows_says_so(area: DatedArea) -> None:
    decision = area.decide_table(arrow().slice(0, 0))
    assert decision.rows == 0
    assert [n.code for n in decision.notices if n.code == "no-rows"] == ["no-rows"]


def test_a_waived_rule_does_not_count(area: DatedArea) -> None:
    waiver = Waiver("land_investment_per_mu", "戊", "管委会", "虚构", datetime.date(2021, 1, 1))
    plain, waived = area.decide_table(arrow()), area.decide_table(arrow(), waivers=[waiver])
    bit = 1 << plain.rules.index("land_investment_per_mu")
    assert [bool(r["violated"] & bit) for r in plain] == [False, True, False, False, True]
    assert [bool(r["violated"] & bit) for r in waived] == [False, True, False, False, False]
    assert waived.sent_back == 1


@pytest.mark.parametrize("ending", ["parquet", "csv", "xlsx"])
def test_the_result_is_written_whole(ending: str, area: DatedArea, tmp_path: Path) -> None:
    path = tmp_path / f"result.{ending}"
    decision = area.decide_table(arrow(), path, keep=["项目名称"])
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv}.get(ending)
    if read is not None:
        assert read(path)["outcome"].to_list() == [r["outcome"] for r in decision]
    else:
        from python_calamine import load_workbook

        cells = load_workbook(str(path)).get_sheet_by_index(0).to_python()
        assert [row[1] for row in cells[1:]] == [r["outcome"] for r in decision]
    assert set(os.listdir(tmp_path)) == {decision.folder.name, path.name}
    decision.close()
    assert os.listdir(tmp_path) == [path.name]


def test_the_result_is_any_kind_of_frame(area: DatedArea) -> None:
    decision = area.decide_table(arrow())
    want = [r["outcome"] for r in decision]
    assert decision.arrow()["outcome"].to_pylist() == want
    assert decision.polars()["outcome"].to_list() == want
    assert list(decision.pandas()["outcome"]) == want


def broken_footer(folder: Path) -> Path:
    path = parquet(folder)
    path.write_bytes(path.read_bytes()[:-10])
    return path


def broken_group(folder: Path) -> Path:
    path = folder / "large.parquet"
    pq.write_table(
        pa.table({"用地面积": [float(i % 977 + 1) / 7 for i in range(100_000)]}),
        path,
        row_group_size=1000,
        use_dictionary=False,
    )
    data = bytearray(path.read_bytes())
    data[300_000:360_000] = b"\xff" * 60_000
    path.write_bytes(bytes(data))
    return path


def empty(folder: Path) -> Path:
    (folder / "rows.csv").write_text("")
    return folder / "rows.csv"


def mixed(folder: Path) -> Path:
    (folder / "rows.csv").write_bytes("项目名称,用地方式\n".encode() + "甲,征地\n".encode("gb18030") + b"\xff\xff,x\n")
    return folder / "rows.csv"


def no_headings(folder: Path) -> Path:
    (folder / "rows.csv").write_text("甲,乙\n1,2\n", "utf-8")
    return folder / "rows.csv"


BAD = {
    "a broken footer": broken_footer,
    "a broken row group": broken_group,
    "empty": empty,
    "mixed encodings": mixed,
    "no headings": no_headings,
    "no file": lambda folder: folder / "none.parquet",
    "no table": lambda folder: {"a": 1},
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_whole_is_a_clear_error_and_leaves_nothing(
    name: str, area: DatedArea, tmp_path: Path
) -> None:
    data = BAD[name](tmp_path)
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(LedgerError) as error:
        area.decide_table(data, tmp_path / "result.parquet")
    assert "\n" not in str(error.value)
    assert sorted(os.listdir(tmp_path)) == before


def test_a_folder_that_is_not_there_is_a_clear_error(area: DatedArea, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no folder"):
        area.decide_table(arrow(), tmp_path / "none" / "result.parquet")
    with pytest.raises(LedgerError, match="ending"):
        area.decide_table(arrow(), tmp_path / "result.doc")
    with pytest.raises(NotFoundError, match="no engine"):
        area.decide_table(arrow(), engine="polars")


FULL = on_a_full_disk(
    """
import safety_rules as sr
try:
    sr.load().area("admission").on("2020-10-01").decide_table(sys.argv[1], sys.argv[2], keep=["项目名称"])
except sr.LedgerError as error:
    print("LedgerError", "\\n" not in str(error))
""",
    40_000,
)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_disk_that_is_full_leaves_what_was_there(ending: str, tmp_path: Path) -> None:
    source, target = tmp_path / "rows.parquet", tmp_path / f"result.{ending}"
    pq.write_table(pa.table({"项目名称": [f"{i * 7919 % 1000003}号项目" for i in range(60_000)]}), source)
    target.write_text("before")
    run = subprocess.run([sys.executable, "-c", FULL, str(source), str(target)], capture_output=True, text=True)
    assert run.stdout.split() == ["LedgerError", "True"], run.stderr
    assert target.read_text() == "before"
    assert sorted(os.listdir(tmp_path)) == sorted([source.name, target.name])


def test_progress_ends_at_one(area: DatedArea) -> None:
    shares: list[float] = []
    area.decide_table(arrow(), progress=shares.append)
    assert shares[-1] == 1.0
    assert all(0 <= s <= 1 for s in shares)


def test_memory_stays_flat_as_rows_grow(tmp_path: Path) -> None:
    peaks = []
    for count in (100_000, 800_000):
        path = tmp_path / f"{count}.parquet"
        pq.write_table(
            pa.table(
                {
                    "用地面积": [i % 977 + 0.5 for i in range(count)],
                    "固定资产投资": [float(i % 99_991) for i in range(count)],
                }
            ),
            path,
        )
        run = subprocess.run(
            [sys.executable, "-c", PEAK, str(path), str(tmp_path / "out.parquet")],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(run.stdout))
    assert peaks[1] < peaks[0] * 1.6
    assert resource.getpagesize() > 0


PEAK = """
import resource, sys
import safety_rules as sr
sr.load().area("admission").on("2020-10-01").decide_table(sys.argv[1], sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
