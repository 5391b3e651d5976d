"""Large ledgers by DuckDB: the same words in the same columns as row by row, whatever the rows hold."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import safety_rules as sr
from safety_rules.formats.parquet_out import write_parquet
from safety_rules.formats.result import Screening
from safety_rules.formats.text_out import write_csv, write_json_lines
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.rule import Waiver
from safety_rules.services import screening_tables
from safety_rules.services.grading import grade
from safety_rules.services.screening import screen
from screening.ledgers import HEADINGS, PASSING, WRONG_CODE, area, changed, ledger_of, text, workbook
from screening.test_commands import call, run  # noqa: F401

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ACCIDENTS = [["企业名称", "事故日期", "死亡人数"], ["甲公司", "2020-01-01", 1], ["乙公司", "2020-02-30", 0]]
ROWS = [
    PASSING,
    changed(固定资产投资=0.5),
    changed(化学反应="是"),
    changed(用地面积=None),
    changed(用地面积="很多"),
    changed(用地面积="38.25 亩", 固定资产投资="1 亿元"),
    changed(统一社会信用代码=WRONG_CODE),
    changed(事故记录='[{"deaths": 1, "date": "2020-01-01"}]'),
    changed(事故记录="[{"),
    changed(事故记录="见事故表", 企业名称="甲公司"),
    changed(化学反应=True),
    changed(项目编号=datetime.date(2020, 1, 1)),
    (None,) * len(HEADINGS),
    ("合计", None, None, None, None, 9999, None, None, None),
    changed(用地方式="不详", 事故记录=None),
]


def book(folder: Path) -> Path:
    return ledger_of(folder / "a.xlsx", *ROWS, 事故表=ACCIDENTS)


def csv(folder: Path) -> Path:
    lines = [
        ",".join(HEADINGS),
        *(",".join(_quoted(c) for c in row) for row in ROWS),
        "P9,一,二,三,四,五,六,七,八,九,十",
    ]
    return text(folder / "a.csv", "\n".join(lines), "gb18030")


def _quoted(cell: Any) -> str:
    return "" if cell is None else '"' + str(cell).replace('"', '""') + '"'


def lines(folder: Path) -> Path:
    found = [
        {"project": {"id": "P1", "site": "land", "land_area": 20, "investment": "1 亿元", "has_reaction": False}},
        {"project": {"id": "P2"}, "projekt": 1},
        {"project.id": "P3", "项目.项目编号": "P4"},
        {"project": {"id": 5, "has_reaction": 1, "land_area": 1e400}},
        {"project": {"id": {"a": 1}, "land_area": [1]}},
        {"enterprise.accidents": [{"deaths": 1, "date": "2020-01-01", "x": 2}]},
        [],
    ]
    written = [json.dumps(row, ensure_ascii=False).replace("Infinity", "1e400") for row in found]
    return text(folder / "a.jsonl", "\n".join([*written, "nonsense", ""]))


def parquet(folder: Path) -> Path:
    table = {
        "项目编号": ["P1", "P2", None, "P4"],
        "用地方式": ["land", "单体征地", "x", None],
        "用地面积（亩）": [20.0, 0.1 + 0.2, float("nan"), -1.0],
        "固定资产投资(亿元)": [1.0, 21.0, 5.0, None],
        "化学反应": [False, True, None, False],
        "事故记录": [[], [{"deaths": 1, "date": datetime.date(2020, 1, 1)}], None, [None]],
        "备注": ["a", "b", "c", "d"],
    }
    pq.write_table(pa.table(table), folder / "a.parquet")
    return folder / "a.parquet"


LEDGERS: dict[str, Callable[[Path], Path]] = {"workbook": book, "csv": csv, "json lines": lines, "parquet": parquet}


def said(made: Screening, folder: Path) -> tuple[Any, ...]:
    """Return everything that a screening says, as it is written."""
    rows = list(made.rows)
    write_csv(made, iter(rows), folder / "out.csv", "zh")
    write_json_lines(made, iter(rows), folder / "out.jsonl", "en")
    lines = (folder / "out.jsonl").read_text("utf-8")
    lines = lines.replace('"engine": "compiled"', '"engine": "definition"')  # which one answered may differ
    words = (folder / "out.csv").read_text("utf-8-sig"), lines
    summary = made.summary
    counts = (summary.rows, summary.problems, summary.outcomes, summary.intervals, summary.violated, summary.missing)
    return (*words, *counts, [n.text("zh") for n in made.notices])


def written(path: Path, engine: str, out: Path) -> None:
    made = screen(path, area(), engine=engine)
    write_csv(made, made.rows, out, "zh")


@pytest.mark.parametrize("kind", LEDGERS)
def test_both_ways_say_the_same(kind: str, tmp_path: Path) -> None:
    path = LEDGERS[kind](tmp_path)
    one, other = (said(screen(path, area(), engine=e), tmp_path) for e in ("records", "duckdb"))
    assert one == other
    assert len(other[0].splitlines()) > 4


def test_both_ways_say_the_same_of_the_example_ledger(tmp_path: Path) -> None:
    admission = sr.load().area("admission").on("2020-10-01")
    made = [screen(EXAMPLES / "项目台账.xlsx", admission, engine=e) for e in ("records", "duckdb")]
    for one in made:
        write_csv(one, one.rows, tmp_path / f"{id(one)}.csv", "zh")
    first, second = ((tmp_path / f"{id(one)}.csv").read_text("utf-8-sig") for one in made)
    assert first == second
    assert made[0].summary == made[1].summary


def test_both_ways_grade_alike() -> None:
    hazard = sr.load().area("major_hazard").on("2021-06-01")
    one, other = (list(grade(EXAMPLES / "重大危险源台账.xlsx", hazard, engine=e)[1]) for e in ("records", "duckdb"))
    assert [(u.ratio_sum, u.alpha, u.hazard_index, u.chemicals, u.notes) for u in one] == [
        (u.ratio_sum, u.alpha, u.hazard_index, u.chemicals, u.notes) for u in other
    ]
    assert [u.row.outcome for u in one] == [u.row.outcome for u in other]
    assert [[d.key for d in u.duties] for u in one] == [[d.key for d in u.duties] for u in other]


def test_a_waiver_counts_and_is_reported_in_both_ways(tmp_path: Path) -> None:
    path = ledger_of(tmp_path / "a.xlsx", changed(固定资产投资=0.5), changed(项目编号="P2", 固定资产投资=0.5))
    until = datetime.date(2020, 12, 31)
    granted = [Waiver("invests_enough", "P2", "管委会", "续建", until), Waiver("no_reaction", "P9", "x", "y", until)]
    one, other = (said(screen(path, area(), None, granted, engine=e), tmp_path) for e in ("records", "duckdb"))
    assert one == other
    assert '"result": "applied"' in other[1]


def test_a_large_file_is_decided_by_duckdb_and_a_small_one_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path)
    small = screen(path, area())
    assert small.prepare is None
    monkeypatch.setattr(screening_tables, "LARGE", {True: 100, False: 100})
    made = screen(path, area())
    shares: list[float] = []
    assert made.prepare is not None
    made.prepare(shares.append)
    assert shares[-1] == 1.0
    assert [r.outcome for r in made.rows] == [r.outcome for r in small.rows]


def test_without_duckdb_rows_are_screened_one_by_one_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path)
    monkeypatch.setattr(screening_tables, "find_spec", lambda name: None)
    monkeypatch.setattr(screening_tables, "LARGE", {True: 100, False: 100})
    made = screen(path, area())
    assert (made.prepare, made.notices[-1].code) == (None, "no-duckdb")
    with pytest.raises(LedgerError, match="needs DuckDB"):
        screen(path, area(), engine="duckdb")
    with pytest.raises(NotFoundError, match="no engine `duck`; did you mean `duckdb`"):
        screen(path, area(), engine="duck")


def test_words_as_parquet_are_those_of_csv(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = screen(path, area(), engine="duckdb")
    write_parquet(made, made.rows, tmp_path / "out.parquet", "zh")
    made = screen(path, area())
    write_csv(made, made.rows, tmp_path / "out.csv", "zh")
    written, csv_ = pl.read_parquet(tmp_path / "out.parquet"), pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    screened = csv_.filter(pl.col("结论").is_not_null())
    for column in ("结论", "不符合的规则", "差额", "最少补齐", "数据问题"):
        assert written[column].fill_null("").to_list() == screened[column].fill_null("").to_list(), column
    assert written["行号"].to_list()[:3] == [2, 3, 4]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "out.csv", "out.parquet"]


def test_a_parquet_that_fails_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"用地面积": [float(i % 977 + 1) / 7 for i in range(20_000)]}),
        path,
        row_group_size=1000,
        use_dictionary=False,
    )
    data = bytearray(path.read_bytes())
    start = len(data) // 3
    data[start : start + 9_000] = b"\xff" * 9_000
    path.write_bytes(bytes(data))
    out = text(tmp_path / "out.csv", "before")
    for engine in ("records", "duckdb"):
        with pytest.raises(LedgerError) as error:
            written(path, engine, out)
        assert "\n" not in str(error.value)
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "out.csv"]


def test_the_command_takes_an_engine_and_writes_parquet(call, tmp_path: Path) -> None:  # noqa: F811
    path = book(tmp_path)
    for engine in ("records", "duckdb"):
        code, out, _ = call("screen", path, "--engine", engine, "-o", tmp_path / f"{engine}.parquet")
        assert (code, "已写入" in out) == (0, True)
    one, other = (pl.read_parquet(tmp_path / f"{e}.parquet") for e in ("records", "duckdb"))
    assert one.equals(other)
    assert call("screen", path, "--engine", "duck")[0] == 2


def test_the_list_sheet_of_a_workbook_is_joined_in_both_ways(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"项目": [HEADINGS, changed(事故记录="有")], "事故表": ACCIDENTS})
    one, other = (said(screen(path, area(), engine=e), tmp_path) for e in ("records", "duckdb"))
    assert one == other
    assert "提交研判" in other[0]
