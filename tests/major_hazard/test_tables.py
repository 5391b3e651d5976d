"""Every row of the rules' tables held to the checked tables, both ways."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction

import pytest

import safety_rules as sr
from major_hazard.oracle import rows
from safety_rules.language.law import edition_on
from safety_rules.language.table import Row, normal_spelling
from safety_rules.semantics.admission.formats import cas_check_digit

BOOK = sr.load().rulebook
CAS = re.compile(r"[0-9]{2,7}-[0-9]{2}-[0-9]")
DAYS = {"2009": datetime.date(2018, 6, 1), "2018": datetime.date(2019, 3, 1)}
ONCE = {"2009": 1, "2018": 1}
COMMON: list[tuple[str, str | tuple[str, ...], dict[str, int]]] = [
    *((spelling, "甲烷,天然气", ONCE) for spelling in ("甲烷", "天然气")),
    *((spelling, "液化石油气(", ONCE) for spelling in ("液化石油气", "LPG", "丙烷", "丁烷")),
    *((spelling, "煤气(", ONCE) for spelling in ("煤气", "一氧化碳", "CO", "630-08-0")),
    *((spelling, "汽油", ONCE) for spelling in ("汽油", "乙醇汽油", "甲醇汽油")),
    *((spelling, "硝化甘油", ONCE) for spelling in ("硝化丙三醇", "甘油三硝酸酯")),
    ("金属钠", "钠", ONCE),
    *((spelling, "环氧氯丙烷(", {"2009": 1}) for spelling in ("环氧氯丙烷", "3-氯-1,2-环氧丙烷")),
    *((spelling, "甲醛(", {"2009": 2, "2018": 2}) for spelling in ("甲醛", "50-00-0")),
    ("蚁醛", "甲醛(", {"2009": 1, "2018": 2}),
    *((spelling, "硝酸(", {"2009": 3, "2018": 2}) for spelling in ("硝酸", "7697-37-2")),
    *((spelling, "过氧乙酸(", {"2009": 2}) for spelling in ("过氧乙酸", "79-21-0")),
    *((spelling, "氯化氢(", {"2018": 2}) for spelling in ("氯化氢", "7647-01-0")),
    ("硝化纤维素", "硝化纤维素", {"2009": 1}),
    ("硝化纤维素", ("硝化纤维素[", "硝化纤维素("), {"2018": 5}),
    ("9004-70-0", "硝化纤维素", {"2009": 1, "2018": 7}),
    *((spelling, "硝化纤维素溶液(", {"2018": 2}) for spelling in ("硝化纤维素溶液", "硝化棉溶液")),
    *((spelling, "过氧化甲基乙基酮(", {"2018": 2}) for spelling in ("过氧化甲基乙基酮", "1338-23-4")),
]
"""Spellings that the checked tables do not hold, with the beginning of the names of their rows and how many those are."""


def edition(table: str, year: str):
    found = edition_on(BOOK.tables[table], DAYS[year])
    assert found is not None
    return found


def names(row: Row) -> set[str]:
    """Return the spellings of a row that are no CAS numbers."""
    return {normal_spelling(s) for s in row.spellings if not CAS.fullmatch(s)}


@pytest.mark.parametrize(("year", "count"), [("2009", 78), ("2018", 85)])
def test_named_substances_are_those_of_table_1(year: str, count: int) -> None:
    expected = {(int(r["no"]), r["name"], Fraction(r["critical_quantity_t"])) for r in rows(f"table1_{year}.csv")}
    made = {
        (row.number, row.spellings[0], row.cells["quantity"])
        for row in edition("listed_substances", year).rows
        if row.cells["listed"]
    }
    assert count == len(expected)
    assert expected == made


def test_aliases_and_cas_numbers_of_2018_lead_to_their_rows() -> None:
    found = edition("listed_substances", "2018")
    for row in rows("table1_2018.csv"):
        numbers = re.findall(r"[0-9]{2,7}-[0-9]{2}-[0-9]", row["cas"])
        for spelling in [row["name"], *filter(None, row["aliases"].split(";")), *numbers]:
            assert int(row["no"]) in {r.number for r in found.matching(spelling)}, spelling
        for number in numbers:
            digits = number.replace("-", "")
            assert cas_check_digit(digits[:-1]) == int(digits[-1]), number


def test_rows_beside_table_1_are_only_what_its_qualifiers_leave_out() -> None:
    for year in DAYS:
        for row in edition("listed_substances", year).rows:
            if not row.cells["listed"]:
                assert "quantity" not in row.cells
                siblings = edition("listed_substances", year).matching(row.spellings[-1])
                assert any(s.cells["listed"] and s.qualifier for s in siblings), row.spellings


def test_rows_that_share_a_spelling_differ_in_their_qualifier() -> None:
    for year in DAYS:
        found = edition("listed_substances", year)
        for spelling in found.index:
            meant = found.matching(spelling)
            qualifiers = [normal_spelling(r.qualifier) for r in meant]
            if len(meant) > 1:
                assert len(set(qualifiers)) == len(qualifiers), spelling


@pytest.mark.parametrize(("year", "count"), [("2009", 18), ("2018", 24)])
def test_categories_are_those_of_table_2(year: str, count: int) -> None:
    key = "symbol" if year == "2018" else "order"
    quantities = [(r[key], Fraction(r["critical_quantity_t"])) for r in rows(f"table2_{year}.csv")]
    made = [(r.spellings[0], r.cells["quantity"]) for r in edition("category_quantities", year).rows]
    if year == "2009":
        made = [(str(int(symbol[1:])), quantity) for symbol, quantity in made]
    assert count == len(quantities)
    assert quantities == made


def test_betas_of_categories_are_those_of_table_4() -> None:
    expected = {r["symbol"]: Fraction(r["beta"]) for r in rows("beta_category.csv")}
    assert expected == {r.spellings[0]: r.cells["beta"] for r in edition("category_quantities", "2018").rows}


@pytest.mark.parametrize("year", ["2009", "2018"])
def test_gases_are_those_of_table_3(year: str) -> None:
    expected = [(r["gas"], Fraction(r["beta"]), r["cas"]) for r in rows("beta_gas.csv")]
    made = [(r.spellings[0], r.cells["beta"], r.spellings[-1]) for r in edition("gas_beta", year).rows]
    assert expected == made


def test_class_betas_of_2009_are_those_of_order_40() -> None:
    by_class = {r["hazard_class"]: r["beta"] for r in rows("beta_class_40hao_2011.csv")}
    listed = {r.number: r for r in edition("listed_substances", "2009").rows if r.cells["listed"]}
    for row in rows("table1_2009.csv"):
        kind = row["hazard_class"]
        made = listed[int(row["no"])].cells
        if kind == "毒性气体":
            assert made["class_beta_given"] is False
        else:
            assert made["class_beta_given"] is True
            assert Fraction(by_class.get(kind, by_class["其他类危险化学品"])) == made["class_beta"], row["name"]


@pytest.mark.parametrize("year", ["2009", "2018"])
def test_bounds_by_name_follow_from_rows_of_one_name(year: str) -> None:
    least = min(Fraction(r["critical_quantity_t"]) for r in rows(f"table2_{year}.csv"))
    found = edition("listed_substances", year).rows
    called = [names(row) for row in found]
    for row, own in zip(found, called, strict=True):
        alike = [r for r, other in zip(found, called, strict=True) if own & other]
        known = [r.cells["quantity"] for r in alike if r.cells["listed"]]
        bounds = (min(known), max(known), True) if len(known) == len(alike) else (least, None, False)
        assert bounds == (row.cells["least"], row.cells.get("most"), row.cells["always"]), row.spellings


@pytest.mark.parametrize("year", ["2009", "2018"])
def test_a_substance_is_called_as_its_first_row(year: str) -> None:
    called: dict[str, str] = {}
    for row in edition("listed_substances", year).rows:
        spelled = [normal_spelling(s) for s in row.spellings]
        first = next((called[s] for s in spelled if s in called), row.spellings[0])
        called |= {s: called.get(s, first) for s in spelled}
        assert first == row.cells["substance"]


def test_rows_of_2009_have_the_numbers_and_names_of_their_rows_of_2018() -> None:
    later = {r["no"]: r for r in rows("table1_2018.csv")}
    own = {int(r["no"]): later[r["row_2018"]] for r in rows("table1_2009.csv") if r["row_2018"] in later}
    assert len(own) > 60
    of_row = {normal_spelling(s): r["no"] for r in later.values() for s in (r["name"], *r["aliases"].split(";")) if s}
    for row in edition("listed_substances", "2009").rows:
        numbers = {s for s in row.spellings if CAS.fullmatch(s)}
        assert all(cas_check_digit(n.replace("-", "")[:-1]) == int(n[-1]) for n in numbers)
        if row.number in own and row.cells["listed"]:
            assert set(CAS.findall(own[row.number]["cas"])) <= numbers, row.spellings
            led = {of_row[normal_spelling(s)] for s in row.spellings if normal_spelling(s) in of_row}
            assert led <= {own[row.number]["no"]}, row.spellings


def test_only_order_40_gives_betas_by_class_and_only_to_named_substances() -> None:
    for year in DAYS:
        by_class = [r for r in edition("listed_substances", year).rows if r.cells["class_beta_given"]]
        assert all(year == "2009" and r.cells["listed"] for r in by_class)
    assert not any("class_beta" in r.cells for r in edition("listed_substances", "2018").rows)


def test_class_betas_of_categories_of_2009_are_those_of_order_40() -> None:
    by_class = {r["hazard_class"]: r["beta"] for r in rows("beta_class_40hao_2011.csv")}
    gases = {"易燃气体": "易燃气体", "剧毒气体": "剧毒气体(未列名)", "有毒气体": "有毒气体(未列名)"}
    made = {r.number: r.cells["beta"] for r in edition("category_quantities", "2009").rows}
    for row in rows("table2_2009.csv"):
        kind = gases.get(row["classification"].partition(":")[0], row["hazard_class"])
        assert Fraction(by_class.get(kind, by_class["其他类危险化学品"])) == made[int(row["order"])], row


@pytest.mark.parametrize(("spelling", "name", "editions"), COMMON, ids=lambda v: v if isinstance(v, str) else "")
def test_common_names_lead_to_the_rows_that_bear_them(
    spelling: str, name: str | tuple[str, ...], editions: dict[str, int]
) -> None:
    for year, count in editions.items():
        meant = edition("listed_substances", year).matching(spelling)
        assert [True] * count == [row.spellings[0].startswith(name) for row in meant], year


def test_choices_of_categories_are_the_symbols_of_both_editions() -> None:
    keys = {o.key for o in BOOK.vocabulary.choices["hazard_category"].options}
    expected = {r["symbol"] for r in rows("table2_2018.csv")} | {f"G{n:02d}" for n in range(1, 19)}
    assert expected == keys
