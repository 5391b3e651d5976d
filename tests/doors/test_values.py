"""Values of each kind at their edges, each by its own words, worked out by hand: what one changed token could get away with."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import safety_rules as sr
from safety_rules.language import limits
from safety_rules.language.kinds import Boolean, Choice, ChoiceList, Choices, Name, Number, Option, Text
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Bounds, Fact
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import (
    admitted_value,
    choice_parts,
    day,
    day_of,
    denies,
    exact,
    record_list,
    sayable,
    time,
    value_of,
)

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
UNITS = sr.load().rulebook.vocabulary.units
MU, YUAN = UNITS.find("亩"), UNITS.find("元")
STEPS = ChoiceList(
    "steps",
    (
        Option("mix", Name("混合", "Mixing")),
        Option("both", Name("混合、分装", "Mixing and filling")),
        Option("fill", Name("分装", "Filling")),
    ),
)


def fact(kind: Any, **more: Any) -> Fact:
    return Fact("project.one", Name("一", "One"), kind, "项目.一", **more)


def attempted(of: Callable[[], Any]) -> Any:
    """Return a value, or the code of why there is none."""
    try:
        return of()
    except Unusable as why:
        return f"! {why.code}"


def read(data: Any, kind: Any, given_in: Unit | None = None, **more: Any) -> Any:
    return attempted(lambda: value_of(data, fact(kind, **more), UNITS, given_in))


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("12 亩", Fraction(12)), ("12", Fraction(12)), (" 12亩 ", Fraction(12)), ("8000 m2", Fraction(12)), (12, Fraction(12)), (12.5, Fraction(25, 2)),
        ("1e2", Fraction(100)), ("1E-2", Fraction(1, 100)), ("1e100", "! unknown-unit"), ("-3", Fraction(-3)), ("+3", Fraction(3)),
        ("12 元", "! wrong-unit"), ("12 里", "! unknown-unit"), ("１２", "! full-width-number"), ("十二", "! not-a-number"), (True, "! not-a-number"),
        (None, "! not-a-number"), ([12], "! not-a-number"), (float("nan"), "! not-a-number"), ("12.", "! not-a-number"), (".5", "! not-a-number"),
    ],
)  # fmt: skip
def test_a_number_is_read_in_its_unit_or_named(data: Any, value: Any) -> None:
    assert MU is not None
    assert read(data, Number(MU)) == value


def test_a_number_without_a_unit_is_in_the_heading_s_and_its_own_unit_wins() -> None:
    assert MU is not None
    hectare = UNITS.find("公顷")
    assert read("2", Number(MU), hectare) == 30
    assert read(2, Number(MU), hectare) == 30
    assert read("2 亩", Number(MU), hectare) == 2


@pytest.mark.parametrize(
    ("data", "bounds", "whole", "value"),
    [
        ("3", Bounds(minimum=Fraction(3)), False, Fraction(3)), ("2.99", Bounds(minimum=Fraction(3)), False, "! out-of-bounds"),
        ("3", Bounds(above=Fraction(3)), False, "! out-of-bounds"), ("3.01", Bounds(above=Fraction(3)), False, Fraction(301, 100)),
        ("3", Bounds(maximum=Fraction(3)), False, Fraction(3)), ("3.01", Bounds(maximum=Fraction(3)), False, "! out-of-bounds"),
        ("3.0", Bounds(), True, Fraction(3)), ("3.5", Bounds(), True, "! not-whole"), ("1" + "0" * 400, Bounds(), False, "! out-of-bounds"),
    ],
)  # fmt: skip
def test_a_number_at_its_bounds_is_taken_and_a_step_beyond_is_named(
    data: str, bounds: Bounds, whole: bool, value: Any
) -> None:
    assert MU is not None
    assert read(data, Number(MU, whole), bounds=bounds) == value


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (0.1, Fraction(1, 10)), (float("inf"), None), (True, None), (7, Fraction(7)), (Fraction(1, 3), Fraction(1, 3)), ("7", None), (None, None),
        (Decimal("1.10"), Fraction(11, 10)), (Decimal("NaN"), None), (Decimal("1e400"), Fraction(10) ** 400), (Decimal("1e401"), None), (Decimal("1e-400"), Fraction(1, 10**400)),
        (Decimal("1e-401"), None),
    ],
)  # fmt: skip
def test_a_python_number_is_the_decimal_that_it_is_written_as(data: Any, number: Fraction | None) -> None:
    assert exact(data) == number


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (True, True), (False, False), (" 是 ", True), ("YES", True), ("无", False), ("也许", "! not-boolean"), (1, "! not-boolean"), (0, "! not-boolean"),
        (None, "! not-boolean"), ("x" * (limits.TEXT + 1), "! too-long"), ("x" * limits.TEXT, "! not-boolean"),
    ],
)  # fmt: skip
def test_yes_and_no_are_words_and_truths_and_no_number(data: Any, value: Any) -> None:
    assert read(data, Boolean()) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("甲 乙", "甲 乙"), (7, "7"), (7.0, "7"), (7.5, "! not-text"), (True, "! not-text"), (None, "! not-text"), (["甲"], "! not-text"),
        (10**400, "! not-text"), ("\u200b甲", "甲"),
    ],
)  # fmt: skip
def test_a_text_is_a_text_or_a_whole_number(data: Any, value: Any) -> None:
    assert read(data, Text()) == value


def test_only_a_text_that_data_can_have_is_sayable() -> None:
    one = fact(Text())
    assert [sayable(t, one) for t in ("甲", "待定", "\u200b甲", "")] == [True, False, False, False]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("2020-10-01", datetime.date(2020, 10, 1)), ("2020/1/2", datetime.date(2020, 1, 2)), ("2020年1月2日", datetime.date(2020, 1, 2)),
        ("2020.1.2", datetime.date(2020, 1, 2)), ("2020-10-01 00:00:00", datetime.date(2020, 10, 1)), ("2020-10-01T00:00", datetime.date(2020, 10, 1)),
        ("2020-10-01 08:00", None), ("2020-02-30", None), ("20-10-01", None), (20201001, None), (None, None),
        ("2020-09-30T16:00:00Z", datetime.date(2020, 10, 1)), ("2020-09-30T15:59:59Z", datetime.date(2020, 9, 30)), ("2020-10-01 07:00+0800", datetime.date(2020, 10, 1)),
        (datetime.datetime(2020, 9, 30, 16, tzinfo=datetime.UTC), datetime.date(2020, 10, 1)), (datetime.datetime(2020, 9, 30, 16), datetime.date(2020, 9, 30)),
        (datetime.datetime.max.replace(tzinfo=datetime.UTC), None), (datetime.date(2020, 10, 1), datetime.date(2020, 10, 1)),
    ],
)  # fmt: skip
def test_a_day_is_that_in_the_zone_or_named(data: Any, value: datetime.date | None) -> None:
    assert attempted(lambda: day(data, SHANGHAI)) == (value or "! not-a-date")


def test_the_day_that_a_caller_means_may_be_written_in_chinese_or_wide() -> None:
    days = [day_of(d) for d in ("2020年10月1日", "２０２０-１０-０１", "soon", None)]
    assert days == [datetime.date(2020, 10, 1)] * 2 + [None] * 2


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        ("22:00", 79200), ("22:00:30", 79230), (datetime.time(22), 79200), (Fraction(5), 5), ("24:01", None), ("22", None), (22, None),
        (datetime.time(22, tzinfo=datetime.UTC), None), (None, None),
    ],
)  # fmt: skip
def test_a_time_of_day_is_its_seconds_from_midnight(data: Any, seconds: int | None) -> None:
    assert attempted(lambda: time(data)) == ("! not-a-time" if seconds is None else seconds)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("混合", ("mix",)), ("混合、分装", ("both",)), ("分装、混合", ("fill", "mix")), ("混合，混合", ("mix",)), ("无", ()), ("没有", ()), ("", ()),
        (["混合", "fill"], ("mix", "fill")), ({"fill", "mix"}, ("fill", "mix")), ([], ()), (("mix",), ("mix",)), ("搅拌", "! not-a-choice"), (["搅拌"], "! not-a-choice"),
        (3, "! not-a-list"), (None, "! not-a-list"), ([3], "! not-a-choice"),
    ],
)  # fmt: skip
def test_a_list_of_options_is_parted_where_no_option_s_own_name_is(data: Any, value: Any) -> None:
    assert read(data, Choices(STEPS)) == value


def test_one_option_is_found_by_its_spellings() -> None:
    assert [read(d, Choice(STEPS)) for d in ("混合", "MIXING", "mix", "混", 1)] == ["mix"] * 3 + ["! not-a-choice"] * 2
    assert choice_parts("混合、分装、分装;混合", STEPS) == ["混合、分装", "分装", "混合"]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ("无", []), (" 没有 ", []), ("none", []), ("[]", []), ("无记录", []), ([], []), ([{"a": 1}], [{"a": 1}]), (({"a": 1},), [{"a": 1}]), (' [{"a": 1}]', [{"a": 1}]),
        ("甲", None), ([1], None), ([{"a": 1}, 1], None), ({"a": 1}, None), (None, None), ("[1]", None), ("[", None),
    ],
)  # fmt: skip
def test_a_list_of_records_is_none_in_words_or_rows(data: Any, rows: Any) -> None:
    if rows is None:
        with pytest.raises(Unusable):
            record_list(data)
    else:
        assert [dict(r) for r in record_list(data)] == rows


def test_what_denies_a_list_is_a_blank_or_a_no() -> None:
    assert [denies(t) for t in ("否", "✗", "无", "—", "未涉及", "没有", "有", "3", "甲")] == [True] * 6 + [False] * 3


LONG = "甲" * 60
MADE: dict[str, Callable[[], Any]] = {
    "boolean": lambda: value_of(LONG, fact(Boolean()), UNITS),
    "number": lambda: value_of(LONG, fact(Number(MU)), UNITS),
    "no number": lambda: value_of([LONG], fact(Number(MU)), UNITS),
    "unit": lambda: value_of(f"1 {LONG}", fact(Number(MU)), UNITS),
    "text": lambda: value_of([LONG], fact(Text()), UNITS),
    "day": lambda: day(LONG),
    "time": lambda: time(LONG),
    "choice": lambda: value_of(LONG, fact(Choice(STEPS)), UNITS),
    "choices": lambda: value_of({LONG: 1}, fact(Choices(STEPS)), UNITS),
    "records": lambda: record_list(LONG),
}


@pytest.mark.parametrize("kind", MADE)
def test_forty_characters_are_shown_of_what_cannot_be_read(kind: str) -> None:
    with pytest.raises(Unusable) as caught:
        MADE[kind]()
    assert len(str(dict(caught.value.said.slots)["data"])) == 40


@pytest.mark.parametrize(
    ("data", "value"),
    [("１２亩", 12), (12, 12), ("12亩", 12), ([12], "! not-a-number"), (None, "! not-a-number"), ("９" * (limits.TEXT + 1), "! too-long"), ("约12亩", "! not-exact")],
)  # fmt: skip
def test_data_is_read_as_people_write_it_or_the_reason_is_that_of_its_spelling(data: Any, value: Any) -> None:
    assert MU is not None
    assert attempted(lambda: admitted_value(data, fact(Number(MU)), UNITS)) == value
