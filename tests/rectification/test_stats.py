"""The figures of the example ledger, held to a count that reads the workbook by itself."""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from python_calamine import load_workbook

import safety_rules as sr
from rectification.ledgers import DEPARTMENT, DETAILS, EXAMPLES, PARK, WORKBOOK, day, life
from rectification.workbooks import book
from safety_rules.language.errors import LedgerError
from safety_rules.services.rectification.book import read
from safety_rules.services.rectification.deadlines import is_open
from safety_rules.services.rectification.importing import import_workbook
from safety_rules.services.rectification.ledger import writing
from safety_rules.services.rectification.life import Change, Event
from safety_rules.services.rectification.recording import dangers, entry, unsettled
from safety_rules.services.rectification.stats import Stats, due, percent, stats_of_store, stats_of_workbook
from safety_rules.services.rectification.table import lifecycle
from safety_rules.services.store.store import append

TABLE = lifecycle()
TODAY = datetime.date(2026, 1, 1)
ON = datetime.date(2020, 9, 30)
FIELDS = {"危险化学品", "建筑工地", "燃气", "粉尘涉爆", "有限空间", "特种设备", "消防"}


def rows(sheet: str) -> list[dict[str, object]]:
    cells = load_workbook(str(WORKBOOK)).get_sheet_by_name(sheet).to_python()
    head = next(i for i, row in enumerate(cells) if row[1:2] != [""] or len(row) == 1)
    return [dict(zip(map(str, cells[head]), row, strict=True)) for row in cells[head + 1 :]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "台账.db"
    assert import_workbook(WORKBOOK, path, TABLE, TODAY).refusals == ()
    return path


@pytest.fixture(scope="module")
def figures() -> Stats:
    return stats_of_workbook(read(WORKBOOK, TABLE, TODAY), TABLE, ON)


def test_the_totals_are_those_of_the_article(figures: Stats) -> None:
    assert (figures.total.found, figures.total.closed, percent(figures.total.rate)) == (5307, 5121, "96.5%")
    assert figures.total.rate == Fraction(5121, 5307)
    assert (figures.households, figures.finds, figures.major) == (3117, (("涂料作坊", 1),), 0)
    assert (len(figures.units), {f.name for f in figures.fields}) == (18, FIELDS)


@pytest.mark.parametrize(("of", "heading"), [("units", "责任单位"), ("fields", "领域")])
def test_each_unit_and_field_is_counted_as_the_workbook_has_it(figures: Stats, of: str, heading: str) -> None:
    found = Counter(r[heading] for r in rows("隐患台账"))
    closed = Counter(r[heading] for r in rows("隐患台账") if r["销号日期"] != "")
    assert {r.name: (r.found, r.closed) for r in getattr(figures, of)} == {n: (found[n], closed[n]) for n in found}
    rates = [r.rate for r in getattr(figures, of)]
    assert rates == sorted(rates)


def test_each_week_is_counted_as_the_workbook_has_it(figures: Stats) -> None:
    def weeks(heading: str) -> Counter[object]:
        return Counter(r[heading].isocalendar()[:2] for r in rows("隐患台账") if r[heading] != "")  # type: ignore[attr-defined]

    found, closed = weeks("发现日期"), weeks("销号日期")
    assert len(figures.weeks) == 39
    left = 0
    for week in figures.weeks:
        key = week.monday.isocalendar()[:2]
        assert (week.monday.weekday(), week.carried) == (0, left)
        assert (week.found, week.closed) == (found[key], closed[key])
        left += found[key] - closed[key]
        assert week.left == left
    assert left == 5307 - 5121


def test_the_store_gives_the_same_figures_as_the_workbook(store: Path, figures: Stats) -> None:
    assert stats_of_store(store, TABLE, ON) == figures


def test_a_past_day_is_counted_as_it_stood_then(store: Path) -> None:
    on = datetime.date(2020, 6, 30)
    then = stats_of_store(store, TABLE, on)
    of = rows("隐患台账")
    assert then.total.found == sum(r["发现日期"] <= on for r in of)  # type: ignore[operator]
    assert then.total.closed == sum(r["销号日期"] != "" and r["销号日期"] <= on for r in of)  # type: ignore[operator]


def test_due_lists_what_is_not_accepted_and_past_or_within_the_week(store: Path) -> None:
    waiting = [r for r in rows("隐患台账") if r["验收日期"] == ""]
    expected = {r["隐患编号"] for r in waiting if r["整改期限"] <= datetime.date(2020, 10, 4)}  # type: ignore[operator]
    listed = due(dangers(store, TABLE, ON).values(), ON)
    assert {d.id for d in listed} == expected
    assert [d.details.unit for d in listed] == sorted(d.details.unit for d in listed)
    assert len(listed) > 100


def test_a_rate_is_rounded_half_up_only_when_printed() -> None:
    shown = [percent(Fraction(n, 10000)) for n in (9644, 9645, 9649, 9650, 10000, 0)]
    assert shown == ["96.4%", "96.5%", "96.5%", "96.5%", "100.0%", "0.0%"]


def test_weeks_without_findings_are_there(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"发现日期": datetime.date(2020, 8, 3)}, {})
    figures = stats_of_workbook(read(path, TABLE, TODAY), TABLE, ON)
    assert [w.found for w in figures.weeks] == [1, 0, 0, 0, 1, 0]
    assert [w.left for w in figures.weeks] == [1, 1, 1, 1, 2, 0]


def test_the_example_is_what_its_program_writes(tmp_path: Path) -> None:
    program = EXAMPLES / "generate_rectification.py"
    subprocess.run([sys.executable, str(program), str(tmp_path / "a.xlsx")], check=True, timeout=120)
    made, kept = load_workbook(str(tmp_path / "a.xlsx")), load_workbook(str(WORKBOOK))
    assert made.sheet_names == kept.sheet_names
    for name in made.sheet_names:
        assert made.get_sheet_by_name(name).to_python() == kept.get_sheet_by_name(name).to_python()
    assert "程序生成" in str(made.get_sheet_by_name("隐患台账").to_python()[0][0])


def test_the_listings_block_projects_of_the_project_ledger() -> None:
    projects = load_workbook(str(EXAMPLES / "项目台账.xlsx")).get_sheet_by_index(0).to_python()
    head = next(row for row in projects if "统一社会信用代码" in row)
    codes = {row[head.index("统一社会信用代码")] for row in projects}
    listings = [r for r in rows("名单记录") if r["名单状态"] == "在列" and r["统一社会信用代码"] in codes]
    assert {r["名单"] for r in listings} == {"黑名单", "黄名单"}
    admission = sr.load().area("admission").on("2020-10-05")
    for row in listings:
        listing = {"list": row["名单"], "listed_on": row["列入日期"], "status": row["名单状态"]}
        at_best = admission.decide({"enterprise": {"listings": [listing]}}).at_best
        assert at_best == ("rejected" if row["名单"] == "黑名单" else "conditional"), row


def test_accidents_join_projects_of_the_project_ledger() -> None:
    projects = load_workbook(str(EXAMPLES / "项目台账.xlsx")).get_sheet_by_index(0).to_python()
    codes = {str(cell) for row in projects for cell in row}
    assert len(rows("事故记录")) == 8
    assert {str(r["统一社会信用代码"]) for r in rows("事故记录")} <= codes


def test_open_dangers_are_told_by_their_last_steps_as_by_their_whole_lives(tmp_path: Path) -> None:
    """A danger cut off after each step, and ones sent back, extended, withdrawn and corrected, on each day of their lives."""
    sent_back = Event("YH-B", "send_back", PARK, "zone", day(8))
    events = [e for n in range(1, 8) for e in life(f"YH-{n}")[:n]]
    events += [*life("YH-B")[:6], sent_back, *life("YH-W")[:3]]
    events += [Event("YH-W", "withdraw", DEPARTMENT, "department", day(4), "重复登记"), *life("YH-X")[:3]]
    events += [Event("YH-X", "extend", DEPARTMENT, "department", day(9), deadline=day(20)), *life("YH-C")]
    changed = Change("隐患内容", DETAILS.text, "灭火器压力不足")
    events.append(Event("YH-C", "correct", DEPARTMENT, "department", day(9), "笔误", change=changed))
    store = tmp_path / "台账.db"
    with writing(store, create=True) as connection:
        append(connection, [entry(e) for e in events])
    for on in map(day, range(1, 12)):
        whole = dangers(store, lifecycle(), on)
        assert unsettled(store, lifecycle(), on) == {key: d for key, d in whole.items() if is_open(d)}, on


@pytest.mark.parametrize("body", ["{", "[]", '{"event": null, "on": "2020-01-05"}', '{"event": "accept"}'])
def test_a_damaged_step_of_a_settled_danger_is_named(body: str, tmp_path: Path) -> None:
    store = tmp_path / "台账.db"
    with writing(store, create=True) as connection:
        append(connection, [entry(e) for e in [*life("YH-A"), *life("YH-B")[:2]]])
    with sqlite3.connect(store) as connection:
        connection.execute("DROP TRIGGER entries_stay")
        connection.execute("UPDATE entries SET body = ? WHERE key = 'YH-A' AND seq = 2", [body])
    with pytest.raises(LedgerError, match="`YH-A` is damaged"):
        unsettled(store, lifecycle(), day(9))
