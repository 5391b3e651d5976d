"""The laws of the table of functions, and of each function in it: by hand, and on every engine against the definition."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.suite import ConditionCase, conditions, parsed, record
from effort import effort
from engines.columnar.test_conformance import by_sql
from engines.smt.by_formula import statuses
from safety_rules.engines.compiled import compiled
from safety_rules.language import patterns, workdays
from safety_rules.language.kinds import Boolean
from safety_rules.language.operators import FOLDS, FUNCTIONS, KNOWN, ORDERS, named, shifted
from safety_rules.language.verdict import Status
from safety_rules.semantics.checking.format import formatted
from safety_rules.semantics.decide import AreaOn, findings

F = Fraction
DAYS = st.dates(datetime.date(1001, 1, 1), datetime.date(8999, 12, 31))
NUMBERS = st.fractions(-40, 40, max_denominator=12)
STEPS = st.sampled_from([F(1), F(5), F(1, 2), F(1, 10), F(2, 3), F(7, 4)])


@given(DAYS, DAYS)
def test_as_many_months_lead_no_further_than_the_later_day_and_one_more_does(later: Any, earlier: Any) -> None:
    months = FUNCTIONS["months_between"].value(later, earlier)
    assert shifted(earlier, months, True, False) <= later < shifted(earlier, months + 1, True, False)


@given(DAYS, st.integers(-1000, 1000))
def test_a_day_moved_by_months_is_as_many_months_away_unless_the_month_was_too_short(day: Any, months: int) -> None:
    moved = shifted(day, F(months), True, False)
    assert months == FUNCTIONS["months_between"].value(moved, day)


@given(DAYS, DAYS)
def test_as_many_days_lead_from_the_earlier_day_to_the_later(later: Any, earlier: Any) -> None:
    days = FUNCTIONS["days_between"].value(later, earlier)
    assert later == shifted(earlier, days, False, False)
    assert -days == FUNCTIONS["days_between"].value(earlier, later)


@given(DAYS, DAYS)
def test_whole_years_are_twelve_whole_months_each(later: Any, earlier: Any) -> None:
    years, months = (FUNCTIONS[f"{part}_between"].value(later, earlier) for part in ("years", "months"))
    assert years == months // 12


@given(DAYS)
def test_a_day_lies_in_its_month_and_seven_days_on_it_is_the_same_day_of_the_week(day: Any) -> None:
    first, last = FUNCTIONS["first_of_month"].value(day), FUNCTIONS["last_of_month"].value(day)
    assert first <= day <= last
    assert (last + datetime.timedelta(1)).day == first.day == 1
    assert {FUNCTIONS["month"].value(d) for d in (first, day, last)} == {F(int(day.isoformat()[5:7]))}
    assert {FUNCTIONS["year"].value(d) for d in (first, day, last)} == {F(int(day.isoformat()[:4]))}
    week = [FUNCTIONS["weekday"].value(day + datetime.timedelta(n)) for n in range(8)]
    assert sorted(week[:7]) == list(range(1, 8))
    assert week[7] == week[0]
    assert FUNCTIONS["weekday"].value(datetime.date(2000, 1, 3)) == 1


def test_each_year_with_a_table_has_as_many_working_days_as_its_calendar() -> None:
    ends = [datetime.date(year, 12, 31) for year in range(2020, 2027)]
    between = [FUNCTIONS["workdays_between"].value(b, a) for a, b in pairwise(ends)]
    assert between == [250, 249, 249, 251, 248, 248]
    assert FUNCTIONS["workdays_between"].value(ends[0], datetime.date(2020, 1, 1)) == 249


@given(st.dates(datetime.date(2020, 1, 2), datetime.date(2026, 12, 31)))
def test_a_day_adds_one_working_day_or_none_and_a_weekday_or_weekend_is_the_other_only_where_the_table_says(
    day: Any,
) -> None:
    added = FUNCTIONS["workdays_between"].value(day, day - datetime.timedelta(1))
    free = {
        datetime.date.fromordinal(workdays.MONDAY.toordinal() + s + i)
        for s, n in workdays.free_runs()
        for i in range(n)
    }
    worked = {datetime.date.fromordinal(workdays.MONDAY.toordinal() + s) for s in workdays.worked()}
    assert added == (1 if day in worked or (day.weekday() < 5 and day not in free) else 0)
    assert not {d for d in free if d.weekday() > 4} | {d for d in worked if d.weekday() < 5}


@given(NUMBERS, STEPS)
def test_a_number_brought_down_is_the_last_multiple_that_is_not_above(number: Fraction, step: Fraction) -> None:
    found = FUNCTIONS["floor_to"].value(number, step)
    assert (found / step).denominator == 1
    assert found <= number < found + step


@given(NUMBERS, STEPS)
def test_a_rounded_number_is_the_nearest_multiple_and_of_two_the_one_further_from_zero(
    number: Fraction, step: Fraction
) -> None:
    found = FUNCTIONS["round_to"].value(number, step)
    assert (found / step).denominator == 1
    beside = (number // step * step, (number // step + 1) * step)
    assert found == min(beside, key=lambda one: (abs(one - number), -abs(one)))
    assert -found == FUNCTIONS["round_to"].value(-number, step)


@pytest.mark.parametrize("key", [k for k, row in FUNCTIONS.items() if row.above_zero is not None])
@given(number=NUMBERS, step=st.fractions(-10, 0))
def test_without_a_step_above_zero_there_is_no_value(key: str, number: Fraction, step: Fraction) -> None:
    assert FUNCTIONS[key].value(number, step) is None


RISING = [(k, place) for k, row in FUNCTIONS.items() for place in row.rises]


@pytest.mark.parametrize(("key", "place"), RISING)
@given(st.data())
def test_a_function_rises_where_its_row_says_so(key: str, place: int, data: Any) -> None:
    row = FUNCTIONS[key]
    first = [data.draw(STEPS if i == row.above_zero else NUMBERS) for i in range(len(row.takes))]
    second = [*first[:place], first[place] + abs(data.draw(NUMBERS)), *first[place + 1 :]]
    assert row.value(*first) <= row.value(*second)


@pytest.mark.parametrize("key", [k for k, row in FUNCTIONS.items() if row.pieces is not None])
@given(st.data())
def test_a_function_is_always_one_of_its_pieces(key: str, data: Any) -> None:
    row = FUNCTIONS[key]
    arguments = [data.draw(NUMBERS) for _ in row.takes]
    assert row.pieces is not None
    assert row.value(*arguments) in row.pieces(KNOWN, *arguments)


@given(NUMBERS, NUMBERS)
def test_an_order_turned_is_the_same_from_the_other_side_and_denied_its_opposite(a: Fraction, b: Fraction) -> None:
    for row in ORDERS.values():
        assert row.value(a, b) is ORDERS[row.turned].value(b, a) is not ORDERS[row.denied].value(a, b)


def test_every_name_means_one_fold_and_one_function_in_both_languages() -> None:
    for table in (FOLDS, FUNCTIONS):
        names = [n for row in table.values() for n in (row.name.zh, row.name.en)]
        assert len(set(names)) == len(names)
        assert all(key == row.name.en == key and key == named(table, row.name.zh) for key, row in table.items())
        assert all(row.name.zh.isidentifier() and not row.name.zh.isascii() for row in table.values())


@pytest.mark.parametrize("page", ["writing-rules.md", "writing-rules.zh.md"])
def test_the_pages_for_authors_name_every_fold_and_function_in_both_languages(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    for row in (*FOLDS.values(), *FUNCTIONS.values()):
        assert f"`{row.name.zh}`" in text
        assert f"`{row.name.en}" in text


WORDS = st.text("abAB· ()甲", max_size=5)


@given(WORDS, WORDS, WORDS)
def test_a_text_holds_each_of_its_parts_begins_with_the_first_and_ends_with_the_last(a: str, b: str, c: str) -> None:
    whole = a + b + c
    parts = {"starts_with": a, "contains": b, "ends_with": c}
    assert all(FUNCTIONS[test].value(whole, part) for test, part in parts.items())
    assert FUNCTIONS["length"].value(whole) == sum(FUNCTIONS["length"].value(part) for part in (a, b, c))
    assert FUNCTIONS["contains"].value(a, b) == any(a[i : i + len(b)] == b for i in range(len(a) + 1))


@given(WORDS, WORDS)
def test_texts_that_are_the_same_but_for_case_width_and_blanks_are_so_from_either_side(a: str, b: str) -> None:
    same = FUNCTIONS["same_text"].value
    assert same(a, a.swapcase())
    assert same(a, " ".join(a))
    assert same(a, b) == same(b, a) == (a.lower().replace(" ", "") == b.lower().replace(" ", ""))


@pytest.mark.parametrize("pattern", ["[A-C]{1,2}x?(甲|乙乙)[^0-9]", "(?:a|bc){2}", r"a\.b[\-_.]", r"[\-a]?b{0,3}", ""])
def test_a_pattern_is_read_alike_by_python_and_by_duckdb(con: Any, pattern: str) -> None:
    patterns.checked(pattern)
    signs = "ABCx甲乙1.bca-_\n"
    texts = ["".join(random.Random(seed).choices(signs, k=seed % 7)) for seed in range(400)]
    texts += ["Ax甲z", "AB乙乙z", "abc", "bca", "aa", "bcbc", "a.b-", "a.b.", "bbb", "-b", "A甲\n", "b\n", ""]
    rows = con.execute("SELECT list_transform($1, lambda t: regexp_full_match(t, $2))", [texts, pattern]).fetchall()
    found = [patterns.matches(text, pattern) for text in texts]
    assert rows == [(found,)]
    assert any(found)
    assert not all(found)


REFUSED = {
    "a*": ("unbounded", 1), "a+": ("unbounded", 1), "a{2,}": ("sign", 1), "a.b": ("sign", 1), r"\d": ("sign", 0), "^a": ("sign", 0),
    "a$": ("sign", 1), "(a": ("sign", 2), "a)": ("sign", 1), "[a": ("sign", 2), "[]": ("sign", 1), "[a&&b]": ("sign", 2), "[b-a]": ("sign", 1),
    "(?=a)": ("sign", 1), r"\1": ("sign", 0), "a??": ("sign", 2), "(a|a){30}": ("too-many", 0), "a{300}": ("too-many", 1), "a{3,2}": ("sign", 1),
    "[a]{150}[b]{150}": ("too-many", 8), "a\n": ("sign", 1),
}  # fmt: skip


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_engines_may_read_otherwise_or_take_long_over_is_no_pattern(pattern: str) -> None:
    with pytest.raises(patterns.BadPattern) as refused:
        patterns.checked(pattern)
    assert (refused.value.why, refused.value.at) == REFUSED[pattern]


BY_ALL = [
    "months_between(project.expires, project.approved) >= project.term",
    "months_between(as_of, project.approved) == 12[月]",
    "years_between(project.expires, project.approved) * 12 >= project.term",
    "weekday(project.expires) > month(project.approved)",
    "last_of_month(project.approved) <= first_of_month(project.expires)",
    "year(project.expires) - year(project.approved) == 1",
    "floor_to(project.width, 0.5) >= project.depth",
    "floor_to(project.width / 3, project.depth) >= 1",
    "round_to(project.width, project.depth) == 2",
    "round_to(project.width * 0.3, 0.1) <= project.ratio",
    "min(project.width, project.depth) < max(project.ratio, 1)",
    "abs(round_to(project.width, 2)) > 3",
]


@pytest.mark.parametrize("that", BY_ALL)
def test_a_condition_reads_the_same_with_chinese_names(that: str) -> None:
    tree, book = parsed(that, Boolean()), CASES[0].law.rulebook
    text = formatted(tree, book.vocabulary, book.parameters, "zh", book.tables)
    assert text.isascii() is False
    assert not any(row.name.en in text for row in FUNCTIONS.values())
    assert tree == parsed(text, Boolean())


CASES = list(conditions())


@pytest.fixture(scope="module")
def con() -> Iterator[Any]:
    with duckdb.connect() as connection:
        yield connection


def exactly(law: AreaOn, known: Any) -> list[Status]:
    masks = compiled(law).masks(known.values)
    return [Status.VIOLATED if masks.violated else Status.UNDETERMINED if masks.undetermined else Status.SATISFIED]


HALVES = st.sampled_from([None, *(str(F(n, 2).numerator / F(n, 2).denominator) for n in range(-12, 13))])
NEAR = st.sampled_from([None, "2019-01-31", "2019-02-28", "2019-10-01", "2019-10-02", "2020-02-29", "2021-12-31"])
GIVEN = st.fixed_dictionaries(
    {
        "project.width": HALVES,
        "project.depth": HALVES,
        "project.ratio": st.sampled_from([None, "0.3", "-0.5", "1.1", "2"]),
        "project.term": st.sampled_from([None, "-1", "0", "1", "12", "23"]),
        "project.approved": NEAR,
        "project.expires": NEAR,
    }
)


@pytest.mark.parametrize("that", BY_ALL)
@settings(max_examples=effort(15), deadline=None)
@given(GIVEN)
def test_every_engine_finds_what_the_definition_finds(con: Any, that: str, data: dict[str, str | None]) -> None:
    made = ConditionCase("", that, parsed(that, Boolean()), CASES[0].law, CASES[0].record, True, None).requirement()
    known = record({k: v for k, v in data.items() if v is not None}, made)
    expected = [f.status for f in findings(made, known)]
    assert expected == exactly(made, known)
    found, goes_back = by_sql(con, made, known, True)
    if not goes_back:
        assert found == expected
    assert [f.status for f in findings(made.by_kleene(), known)] == statuses(made, known), "formulas know no bounds"
