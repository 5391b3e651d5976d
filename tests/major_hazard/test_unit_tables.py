"""Levels and figures of units as a table: the same by either engine, and as the workbook of units tells them."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.language.errors import LedgerError
from safety_rules.services import screening_tables
from safety_rules.services.grading import grade
from safety_rules.services.grading_tables import UnitRow, unit_table

LEDGER = Path(__file__).resolve().parents[2] / "examples" / "重大危险源台账.xlsx"
DAY = "2020-10-01"


def units_by(engine: str, source: Path = LEDGER) -> list[UnitRow]:
    with ExitStack() as stack:
        return list(unit_table(source, sr.load().area("major_hazard").on(DAY), None, engine, stack))


def test_both_engines_tell_of_a_unit_what_its_verdict_tells() -> None:
    by_unit = {
        u.row.row.number: u
        for _, units in [grade(LEDGER, sr.load().area("major_hazard").on(DAY))]
        for u in units
        if u.row.verdict is not None
    }
    found = units_by("duckdb")
    assert [r.number for r in found] == list(by_unit)
    for row in found:
        unit = by_unit[row.number]
        verdict = unit.row.verdict
        assert verdict is not None
        assert row[1:5] == (verdict.subject, verdict.outcome, verdict.at_best, verdict.at_worst)
        for shown, exact in zip(row[5:8], (unit.ratio_sum, unit.alpha, unit.hazard_index), strict=True):
            assert shown == (None if exact is None else pytest.approx(float(exact), rel=1e-12))
        assert row.problem == bool(verdict.problems)
    assert [r[:5] for r in units_by("records")] == [r[:5] for r in found]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_csv_is_the_same_by_either_engine_and_starts_no_formula(language: str, tmp_path: Path) -> None:
    source = tmp_path / "units.jsonl"
    names = ["=cmd|' /C calc'!A0", "单元，甲", '有"引号"', "", "+1"]
    chemicals = [{"name": "氨", "quantity": 12.345}, {"name": "某物", "cas": "无", "categories": ["J1"], "quantity": 1}]
    lines = [
        {"unit": {"name": n, "scope": "in_scope", "exposed_population": 40 * i, "chemicals": chemicals}}
        for i, n in enumerate(names)
    ]
    source.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    for engine in ("duckdb", "records"):
        arguments = ["grade", str(source), "--on", DAY, "-o", str(tmp_path / f"{engine}.csv"), "--engine", engine]
        found = CliRunner().invoke(cli, [*arguments, "--language", language], catch_exceptions=False)
        assert found.exit_code == 0, found.output
    texts = [(tmp_path / f"{e}.csv").read_text(encoding="utf-8-sig") for e in ("duckdb", "records")]
    assert texts[0] == texts[1]
    rows = list(csv.reader(texts[0].splitlines()))
    assert len(rows) == 6
    assert [r[1] for r in rows[1:]] == ["'=cmd|' /C calc'!A0", "单元，甲", '有"引号"', "", "'+1"]
    assert [r[5] for r in rows[1:]] == ["1.4345"] * 5  # 12.345/10 + 1/5
    assert rows[1][2] == ("四级重大危险源" if language == "zh" else "Level 4")


def test_a_parquet_file_in_and_out(tmp_path: Path) -> None:
    source, target = tmp_path / "units.parquet", tmp_path / "levels.parquet"
    duckdb.sql(
        "SELECT '单元' || i AS 单元名称, '适用' AS 适用范围, 0 AS 厂外可能暴露人员数量, "
        "[{'name': '氨', 'quantity': i * 1.0}] AS 化学品 FROM range(1, 200) t(i)"
    ).write_parquet(str(source))
    found = CliRunner().invoke(cli, ["grade", str(source), "--on", DAY, "-o", str(target), "--engine", "duckdb"])
    assert found.exit_code == 0, found.output
    rows = duckdb.sql(f"SELECT * FROM '{target}' ORDER BY 行号").fetchall()
    assert [r[:2] for r in rows] == [(i, f"单元{i}") for i in range(1, 200)]
    assert [r[5] for r in rows] == [i / 10 for i in range(1, 200)]
    assert [r[2] for r in rows] == [
        "不构成重大危险源" if i < 10 else "四级重大危险源" if i < 100 else "三级重大危险源" for i in range(1, 200)
    ]


def test_of_a_large_ledger_without_an_output_the_counts_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = CliRunner().invoke(cli, ["grade", str(LEDGER), "--on", DAY])
    monkeypatch.setattr(screening_tables, "LARGE", {True: 0, False: 0})
    counts = CliRunner().invoke(cli, ["grade", str(LEDGER), "--on", DAY])
    assert counts.exit_code == whole.exit_code == 0
    assert "示例液氨制冷单元01" in whole.output
    assert "示例液氨制冷单元01" not in counts.output
    for line in ("共 65 个单元", "四级重大危险源　9", "待核实　5", "不适用　1"):
        assert line in whole.output
        assert line in counts.output
    assert "有数据问题的单元　2" in counts.output
    assert "请用 -o 输出到文件" in counts.output


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("结果.pdf", SystemExit),
        ("结果", SystemExit),
        ("没有的文件夹/结果.csv", LedgerError),
        ("没有的文件夹/结果.parquet", LedgerError),
    ],
)
def test_a_name_that_nothing_can_be_written_to_is_refused(name: str, how: type, tmp_path: Path) -> None:
    found = CliRunner().invoke(cli, ["grade", str(LEDGER), "--on", DAY, "-o", str(tmp_path / name)])
    assert type(found.exception) is how
    assert not list(tmp_path.iterdir())
