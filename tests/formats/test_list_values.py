"""What a list's cell comes to beside the records of its own sheet: the records, an empty list, the cell, or nothing
with the reason.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from safety_rules.formats.list_values import Joined, joined, lacks, list_value
from safety_rules.language.kinds import Name
from safety_rules.loading.folders import rulebook_of
from safety_rules.semantics.admission.objects import Unread
from safety_rules.words.said import said

WORDS = rulebook_of(None).vocabulary
LISTINGS, FIELDS = WORDS.facts["enterprise.listings"], WORDS.fields("enterprise.listings")
BLACK = {"list": "黑名单"}


def item(data: Any, place: str = "名单记录!2", **names: str) -> Any:
    return SimpleNamespace(data=data, place=place, names={k.replace("_", "."): v for k, v in names.items()})


def sheet(items: list[Any], index: dict[tuple[str, str], tuple[int, ...]], like: Any = None, loose: Any = ()) -> Any:
    possible = SimpleNamespace(possible=lambda names: list(loose), like=like or {})
    return SimpleNamespace(items=items, index=index, loose=possible)


ONE, NONE = Joined((item(BLACK),)), Joined()


@pytest.mark.parametrize(
    ("cell", "found", "value", "why"),
    [
        (None, NONE, None, ""),
        (None, ONE, [BLACK], ""),
        ("待定", ONE, [BLACK], ""),
        ("待定", NONE, None, ""),
        ("无", NONE, [], ""),
        ("无", ONE, None, "Listings says `无`, but its own sheet has 1"),
        ("1条", ONE, [BLACK], ""),
        ("2条", ONE, None, "Listings says `2条`, but its own sheet has 1"),
        ("若干", ONE, None, "`若干` is not understood; there are 1"),
        ("见附表", ONE, [BLACK], ""),
        ("见附表", NONE, None, "Listings says `见附表`, but there is no record"),
        ("名单记录另附", ONE, [BLACK], ""),
        ("企业名单记录", ONE, [BLACK], ""),
        ("在建", ONE, None, "`在建` in Listings is not understood; its own sheet has 1"),
        ("在建", NONE, "在建", ""),
        ('[{"list": "黄名单"}]', NONE, [{"list": "黄名单"}], ""),
        ('[{"list": "黄名单"}]', ONE, None, "Listings is given in the cell and in its own sheet"),
        ([BLACK], NONE, [BLACK], ""),
        ([], NONE, [], ""),
        (Unread("坏", said("no-unit.none")), ONE, None, "no unit"),
        (
            "1条",
            Joined((item(BLACK),), (), ("名单记录!9",)),
            None,
            "Listings has records that may be this row's own: 名单记录!9",
        ),
        (
            "1条",
            Joined((), (item(BLACK),)),
            None,
            "名单记录!2 of Listings agrees with only a part of this row's names and codes",
        ),
    ],
)
def test_a_cell_and_its_own_sheet_are_held_against_each_other(cell: Any, found: Joined, value: Any, why: str) -> None:
    came, wrong = list_value(LISTINGS, cell, found, FIELDS)
    assert came == value
    assert (wrong.en if wrong is not None else "") == why


def test_no_more_than_five_places_are_told() -> None:
    places = tuple(f"名单记录!{n}" for n in range(2, 9))
    _, wrong = list_value(LISTINGS, "1条", Joined((), (), places), FIELDS)
    assert isinstance(wrong, Name)
    assert wrong.en.count("名单记录!") == 5


def test_text_that_begins_like_json_and_is_none_is_named() -> None:
    _, wrong = list_value(LISTINGS, "[{", NONE, FIELDS)
    assert isinstance(wrong, Name)
    assert wrong.zh == "“名单记录”不是有效的 JSON"


@pytest.mark.parametrize(
    ("records", "kind", "absent"),
    [([], "", True), ([], "black", True), ([BLACK], "", False), ([BLACK], "black", False), ([BLACK], "yellow", True)],
)
def test_records_lack_a_kind_that_none_of_them_is_of(records: list[Any], kind: str, absent: bool) -> None:
    assert lacks(records, kind, FIELDS) is absent


def test_records_lack_no_kind_where_no_field_tells_one() -> None:
    assert lacks([BLACK], "black", ()) is False


def test_a_record_joins_by_one_identity_unless_another_disagrees() -> None:
    mine, half, other = (
        item(1, "表!2", e_name="甲"),
        item(2, "表!3", e_name="甲", e_code="92"),
        item(3, "表!4", e_name="乙"),
    )
    index = {("e.name", "甲"): (0, 1), ("e.name", "乙"): (2,)}
    found = joined([sheet([mine, half, other], index)], {"e.name": "甲", "e.code": "91"})
    assert (found.items, found.contradicting, found.possible) == ((mine,), (half,), ())
    assert joined([sheet([mine, half, other], index)], {"e.name": "甲"}).items == (mine, half)


def test_records_of_whom_a_row_names_beside_may_be_its_own_once() -> None:
    mine, other = item(1, "表!2", e_name="甲"), item(2, "表!3", e_name="乙")
    index = {("e.name", "甲"): (0,), ("e.name", "乙"): (1,)}
    strays = sheet([mine, other], index, {("e.name", "乙"): ["表!8"]}, ["表!9"])
    found = joined([strays], {"e.name": "甲"}, [("e.name", "乙"), ("e.name", "甲")])
    assert found.items == (mine,)
    assert found.possible == ("表!9", "表!8", "表!3")
