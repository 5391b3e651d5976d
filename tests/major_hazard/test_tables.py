"""Every row of the rules' tables held to the checked tables, both ways."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction

import pytest

import safety_rules as sr
from major_hazard.oracle import rows
from safety_rules.language.law import edition_on
from safety_rules.language.table import normal_spelling
from safety_rules.semantics.admission.formats import cas_check_digit

BOOK = sr.load().rulebook
DAYS = {"2009": datetime.date(2018, 6, 1), "2018": datetime.date(2019, 3, 1)}


def edition(table: str, year: str):
    found = edition_on(BOOK.tables[table], DAYS[year])
    assert found is not None
    return found


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
            assert Fraction(by_class.get(kind, by_class["其他类危险化学品"])) == made["class_beta"], row["name"]


def test_choices_of_categories_are_the_symbols_of_both_editions() -> None:
    keys = {o.key for o in BOOK.vocabulary.choices["hazard_category"].options}
    expected = {r["symbol"] for r in rows("table2_2018.csv")} | {f"G{n:02d}" for n in range(1, 19)}
    assert expected == keys
