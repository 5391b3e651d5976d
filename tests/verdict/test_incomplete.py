"""What must be given and is not is told at every door, in both languages, and moves no verdict."""

from __future__ import annotations

import csv
import datetime
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from conformance.suite import HERE, _read, with_rules
from safety_rules.formats.verdict_model import VerdictModel
from safety_rules.formats.workbook_out import write_workbook
from safety_rules.services.dated_area import DatedArea, dated_area
from safety_rules.services.screening import screen

DAY = datetime.date(2020, 10, 1)
CREWS = [{"name": "甲"}, {"night": "true"}]
ROWS: list[dict[str, Any]] = [
    {"project.name": "全", "project.clean": "true", "project.permit": "甲1", "project.site": "land", "project.pillars": "4"},
    {"project.name": "缺", "project.clean": "true", "project.permit": "未知", "project.site": "lease", "project.pillars": "4"},
    {"project.name": "错", "project.clean": "true", "project.permit": "甲2", "project.site": "land", "project.pillars": "四根"},
    {"project.name": "开", "project.clean": "", "project.permit": "", "project.site": "", "project.pillars": ""},
    {"project.name": "破", "project.clean": "false", "project.permit": " ", "project.site": "land", "project.pillars": "4"},
]  # fmt: skip
LACK = [
    [],
    ["project.permit", "project.lessor"],
    ["project.pillars"],
    ["project.permit", "project.lessor", "project.pillars"],
    ["project.permit"],
]


@pytest.fixture(scope="module")
def area() -> DatedArea:
    group = _read(HERE / "must_be_given.yaml")["verdicts"][0]
    return dated_area(with_rules(group["rules"], group["facts"]), "base", DAY)


def test_one_record_says_it_in_both_languages_and_as_data(area: DatedArea) -> None:
    verdict = area.decide({**ROWS[1], "project.crews": CREWS})
    assert verdict.outcome == "admitted"
    assert "填报不全（不影响结论）：“许可证号”必须填报" in verdict.explain("zh")
    assert "填报不全（不影响结论）：租赁的，必须填报“出租方”" in verdict.explain("zh")
    assert "not given (moves no verdict): Lessor must be given where the site is leased" in verdict.explain("en")
    assert any("上夜班的，必须填报“班组第2条·照明”" in line for line in verdict.brief("zh"))
    assert "whether that is so depends on Crews no. 1: At night" in verdict.explain("en")
    data = verdict.to_dict()
    assert [p["fact"] for p in data["incomplete"]][:2] == ["project.permit", "project.lessor"]
    assert VerdictModel.model_validate(data).to_dict() == data
    assert pickle.loads(pickle.dumps(verdict)).incomplete == verdict.incomplete


def test_nothing_of_the_verdict_hangs_on_it(area: DatedArea) -> None:
    without = dated_area(replace(area.law.rulebook, must_be_given=()), "base", DAY)
    for row in ROWS:
        told, plain = area.decide(row), without.decide(row)
        assert (told.outcome, told.at_best, told.at_worst, told.needs) == (
            plain.outcome, plain.at_best, plain.at_worst, plain.needs
        )  # fmt: skip
        assert plain.incomplete == ()


@pytest.mark.parametrize("engine", ["duckdb", "records"])
def test_a_table_names_it_row_by_row_where_details_are_asked_for(area: DatedArea, engine: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ROWS[0])
        writer.writeheader()
        writer.writerows(ROWS)
    found = list(area.decide_table(path, engine=engine, details=True))
    assert [list(row["incomplete"]) for row in found] == LACK
    assert [row["outcome"] for row in found] == ["admitted", "admitted", "admitted", "undetermined", "rejected"]
    assert "incomplete" not in next(iter(area.decide_table(path, engine=engine)))
    assert [[p.path for p in area.decide(row).incomplete] for row in ROWS] == LACK


def test_a_screened_ledger_lists_it_with_its_cell(area: DatedArea, tmp_path: Path) -> None:
    path, out = tmp_path / "台账.csv", tmp_path / "out.xlsx"
    names = {f.key: f.name.zh for f in area.law.rulebook.vocabulary.facts.values()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([names[k] for k in ROWS[0]])
        writer.writerows([list(row.values()) for row in ROWS])
    screening = screen(path, area)
    write_workbook(screening, screening.rows, out, "zh")
    book = CalamineWorkbook.from_path(out)
    lines = book.get_sheet_by_name("假定与问题").to_python()
    told = [row for row in lines if row[1] == "填报不全"]
    assert [str(int(row[0])) for row in told] == ["3", "3", "4", "5", "5", "5", "6"]
    assert told[0][2].endswith("C3")
    assert told[0][4] == "“许可证号”必须填报"
    assert screening.summary.problems == 8  # and the number that is none
