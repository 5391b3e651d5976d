"""How many records a cell says that there are: in figures or in words, of which kind, and where it says nothing that
can be held.
"""

from __future__ import annotations

from typing import Any

import pytest

from safety_rules.formats.stated_counts import is_of_kind, stated_count
from safety_rules.language.kinds import Choice, ChoiceList, Name, Number, Option
from safety_rules.language.units import ONE
from safety_rules.language.vocabulary import Fact

LISTS = ChoiceList(
    "lists",
    (
        Option("black", Name("黑名单", "Black list"), ("严重失信",)),
        Option("yellow", Name("黄名单", "Yellow list")),
        Option("one", Name("甲", "A")),
    ),
)
FIELDS = [
    Fact("firm.listed.days", Name("天数", "Days"), Number(ONE), "企业.名单.天数"),
    Fact("firm.listed.list", Name("名单", "List"), Choice(LISTS), "企业.名单.名单"),
]
BLACK, YELLOW = {"list": "黑名单"}, {"名单": "yellow"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("无", 0),
        ("None", 0),
        ("0条", 0),
        ("没有", 0),
        ("2条", 2),
        ("两起", 2),
        ("〇条，3条", 3),
        ("1起、2起", 3),
        ("九项", 9),
        ("十条", 10),
        ("十二条", 12),
        ("二十条", 20),
        ("三十一次", 31),
        ("3 records", 3),
        ("7", 7),
        ("１２条", 12),
        ("共3条，其中逾期2条", 3),
        ("合计两起", 2),
        ("2条（2019年）", 2),
        ("2条，详见附件3", 2),
        ("123456789条", 123456789),
        ("1234567890123条", 123456789),
        ("1234567890123", 123456789),
        ("详见台账", None),
        ("在建", None),
    ],
)
def test_a_count_is_read_in_figures_and_in_words(text: str, count: int | None) -> None:
    assert stated_count(text, [], []) == count


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2条，另3", "the numbers in `2条，另3` are not understood"),
        ("2和3", "the numbers in `2和3` are not understood"),
        ("〇条", "`〇条` is not understood, and is not taken for none"),
    ],
)
def test_numbers_that_cannot_be_put_together_are_told(text: str, says: str) -> None:
    found = stated_count(text, [], [])
    assert isinstance(found, Name)
    assert found.en == says


@pytest.mark.parametrize("text", ["2条以上", "至少2条", "若干", "约3条", "几起"])
def test_a_vague_count_is_not_held_against_records(text: str) -> None:
    found = stated_count(text, [BLACK, BLACK], [])
    assert isinstance(found, Name)
    assert found.en == f"`{text}` is not understood; there are 2"
    assert not isinstance(stated_count(text, [], []), Name)


@pytest.mark.parametrize(
    ("text", "items", "came"),
    [
        ("黑名单1条", [BLACK], 1),
        ("黑名单：2条", [BLACK, BLACK], 2),
        ("黑名单2条", [BLACK, YELLOW], "`黑名单2条`: the sheet has 1 of 黑名单"),
        ("黑名单1条、黄名单1条", [BLACK, YELLOW], 2),
        ("黑名单1条、黄名单1条", [BLACK, BLACK], "`黑名单1条、黄名单1条`: the sheet has 2 of 黑名单"),
        ("曾列入黑名单", [BLACK], None),
        ("曾列入黑名单", [YELLOW], "`曾列入黑名单`: the sheet has 0 of 黑名单"),
        ("曾列入黑名单", [], "`曾列入黑名单`: the sheet has 0 of 黑名单"),
        ("未列入黑名单", [], None),
        ("没有列入黑名单，黄名单1条", [YELLOW], 1),
        ("甲方1条", [BLACK], 1),
    ],
)
def test_a_kind_that_a_cell_names_is_among_the_records_as_often_as_it_says(
    text: str, items: list[Any], came: int | str | None
) -> None:
    found = stated_count(text, items, FIELDS)
    assert (found.en if isinstance(found, Name) else found) == came


@pytest.mark.parametrize(
    ("item", "holds"),
    [
        ({"list": "黑名单"}, True),
        ({"名单": "严重失信"}, True),
        ({"list": "black"}, True),
        ({"list": "黄名单"}, False),
        ({"list": "红名单"}, False),
        ({"list": 1}, False),
        ({}, False),
        ("黑名单", False),
    ],
)
def test_a_record_is_of_a_kind_by_any_spelling_of_it(item: Any, holds: bool) -> None:
    assert is_of_kind(item, FIELDS[1], "black") is holds
