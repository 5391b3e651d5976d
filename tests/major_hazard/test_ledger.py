"""The example ledger of units through the command: fresh, the levels of the report, and the hard ones right."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from click.testing import CliRunner
from python_calamine import CalamineWorkbook

import safety_rules as sr
from safety_rules.cli.main import cli
from safety_rules.services.grading import grade

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LEDGER = EXAMPLES / "重大危险源台账.xlsx"


def cells(path: Path) -> dict[str, list]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def outcomes() -> dict[str, tuple[str, str]]:
    _, units = grade(LEDGER, sr.load().area("major_hazard").on("2020-10-01"))
    verdicts = [u.row.verdict for u in units if u.row.verdict is not None]
    return {v.subject: (v.at_best, v.at_worst) for v in verdicts}


def test_the_ledger_is_what_its_generator_writes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate_major_hazard", EXAMPLES / "generate_major_hazard.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(tmp_path / "fresh.xlsx")
    assert cells(LEDGER) == cells(tmp_path / "fresh.xlsx")


def test_the_55_units_are_those_of_the_report() -> None:
    ordinary = [v for name, v in outcomes().items() if not name.startswith("难例")]
    assert len(ordinary) == 55
    assert ordinary.count(("level_3", "level_3")) == 1
    assert ordinary.count(("level_4", "level_4")) == 5
    assert ordinary.count(("not_major", "not_major")) == 49


def test_the_ten_hard_units_come_out_right() -> None:
    found = outcomes()
    assert {name: v for name, v in found.items() if name.startswith("难例")} == {
        "难例A恰为1": ("level_4", "level_4"),
        "难例B缺限定条件": ("not_major", "level_3"),
        "难例C人口不明": ("level_4", "level_3"),
        "难例D未知物质": ("not_major", "level_1"),
        "难例E校验位不符": ("not_major", "level_1"),
        "难例F同物两处": ("level_4", "level_4"),
        "难例G采矿业": ("not_applicable", "not_applicable"),
        "难例H千克与负数": ("not_major", "level_1"),
        "难例I缺类别": ("level_4", "level_4"),
        "难例J多种类别": ("level_4", "level_4"),
    }


def test_the_command_writes_units_chemicals_duties_and_problems(tmp_path: Path) -> None:
    out = tmp_path / "分级结果.xlsx"
    result = CliRunner().invoke(cli, ["grade", str(LEDGER), "--on", "2020-10-01", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert "三级重大危险源　1" in result.output
    book = cells(out)
    assert list(book) == ["结论一览", "分级结果", "化学品", "应办事项", "假定与问题"]
    exact = next(r for r in book["分级结果"] if r[1] == "难例A恰为1")
    assert [exact[2], *exact[6:9]] == ["四级重大危险源", 1, 2, 3.4]
    lines = {r[1]: r for r in book["结论一览"]}
    assert lines["难例A恰为1"][2:7] == ["四级重大危险源", "—", 1, 2, 3.4]
    twice = next(r for r in book["分级结果"] if r[1] == "难例F同物两处")
    assert twice[12] == "“氨”填报2次，数量已合并计算"
    parts = [r for r in book["化学品"] if r[0] == "难例A恰为1"]
    assert [r[1:7] for r in parts[:2]] == [["苯", 10, 50, 1, 0.2, 0.2], ["氨", 7, 10, 2, 0.7, 1.4]]
    assert any("演练" in r[1] for r in book["应办事项"])
    places = [r[1] for r in book["假定与问题"]]
    assert any(place.startswith("化学品!") for place in places)
