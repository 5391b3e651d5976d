"""Rows of one ledger that name one enterprise and say two things of it: in none of them is it sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from doors import through
from doors.contents import BLACK, DEATHS, GOOD
from doors.reading import BEST, OPEN, area, screened
from doors.writers import workbook
from safety_rules.services.screening import screen

Contents = Sequence[Mapping[str, Any]]
LISTINGS, ACCIDENTS, LAND = "enterprise.listings", "enterprise.accidents", "project.land_area"
NAME, CODE = "enterprise.name", "enterprise.credit_code"


def two_sheets(contents: Contents, folder: Path) -> Path:
    """Write the first row in one sheet and the others in a second."""
    first, others = (through.sheets_of(part)["项目"] for part in (contents[:1], contents[1:]))
    return workbook(folder / "a.xlsx", 一批=first, 二批=others)


DOORS: dict[str, Callable[[Contents, Path], Path]] = {
    "xlsx": through.as_workbook,
    "two sheets": two_sheets,
    "ods": through.as_ods,
    "csv": through.as_csv(),
    "JSON lines, nested": through.as_json_lines,
    "JSON array, flat": through.as_json_array,
    "parquet": through.as_parquet,
}


def content(number: int, **changes: Any) -> dict[str, Any]:
    """Return the content of a project that is admitted, with changes by fact."""
    return {"project.id": f"XM-{number}", **GOOD, **{k.replace("__", "."): v for k, v in changes.items()}}


def ends(path: Path, engine: str = "records") -> dict[str, str]:
    """Return each project's outcome."""
    rows = [r for r in screen(path, area(), engine=engine).rows if r.verdict is not None]
    return {str(r.verdict.record.values["project.id"]): r.outcome for r in rows if r.verdict is not None}


OF_OTHERS = {"project__id": "XM-3", "enterprise__name": "丙公司", "enterprise__credit_code": None}
AGAIN: Mapping[str, Mapping[str, Any]] = {
    "name and code": {},
    "name only": {CODE: None},
    "name with blanks": {NAME: "甲 公 司"},
    "code only": {NAME: "乙公司"},
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("again", AGAIN)
def test_a_listing_in_one_row_is_not_passed_over_in_another(door: str, again: str, tmp_path: Path) -> None:
    listed = content(2) | AGAIN[again] | {LISTINGS: [BLACK]}
    path = DOORS[door]([content(1), listed, content(3, **OF_OTHERS)], tmp_path)
    found = ends(path)
    assert (found["XM-1"], found["XM-3"]) == (OPEN, BEST)
    assert found["XM-2"] != BEST


def test_each_row_is_told_where_the_other_stands(tmp_path: Path) -> None:
    path = through.as_workbook([content(1), content(2) | {LISTINGS: [BLACK]}], tmp_path)
    _, _, problems = screened(path)
    (one,), (other,) = problems["XM-1"], problems["XM-2"]
    assert "项目!3对“甲公司”填写为“[{" in one
    assert "项目!2对“甲公司”填写为“无”" in other


@pytest.mark.parametrize("nothing", ["否", "没有", "未列入"])
def test_a_row_is_told_what_differs_and_not_another_word_for_its_own(tmp_path: Path, nothing: str) -> None:
    rows = [content(1), content(2) | {LISTINGS: [BLACK]}, content(3) | {LISTINGS: nothing}]
    _, _, problems = screened(through.as_workbook(rows, tmp_path))
    told = ["项目!3对“甲公司”填写为“[{" in problem for number in (1, 3) for problem in problems[f"XM-{number}"]]
    assert told == [True, True]


def test_a_large_ledger_says_the_same(tmp_path: Path) -> None:
    rows = [content(1), content(2) | {LISTINGS: [BLACK]}, content(3, **OF_OTHERS)]
    path = through.as_csv()(rows, tmp_path)
    assert ends(path, "duckdb") == ends(path) == {"XM-1": OPEN, "XM-2": OPEN, "XM-3": BEST}


@pytest.mark.parametrize("door", DOORS)
def test_rows_that_agree_or_are_silent_stay_as_they_are(door: str, tmp_path: Path) -> None:
    silent = {k: v for k, v in content(4).items() if k != LISTINGS}
    found = ends(DOORS[door]([content(1), content(2), silent], tmp_path))
    assert (found["XM-1"], found["XM-2"], found["XM-4"]) == (BEST, BEST, OPEN)


@pytest.mark.parametrize("other", ["否", "未列入", "0条", "没有"])
def test_two_words_for_nothing_do_not_differ(tmp_path: Path, other: str) -> None:
    rows = [content(1), content(2) | {LISTINGS: other}]
    assert ends(through.as_workbook(rows, tmp_path))["XM-1"] == BEST


@pytest.mark.parametrize("door", DOORS)
def test_what_two_rows_say_of_their_own_projects_is_nobody_elses(door: str, tmp_path: Path) -> None:
    path = DOORS[door]([content(1), content(2) | {LAND: 150}, content(3) | {LAND: 16}], tmp_path)
    assert ends(path)["XM-1"] == BEST


def test_lists_that_differ_open_their_own_rules_only(tmp_path: Path) -> None:
    worst = [{**DEATHS, "deaths": "31"}]
    path = through.as_workbook([content(1) | {LAND: 1500}, content(2) | {ACCIDENTS: worst}], tmp_path)
    verdicts = [r.verdict for r in screen(path, area()).rows if r.verdict is not None]
    assert verdicts[0].violated()
    assert verdicts[0].at_worst == "rejected"
