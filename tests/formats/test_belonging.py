"""Whose a record is: a name that is almost another's may be his, one that differs in a number or a point of the compass
is not.
"""

from __future__ import annotations

import pytest

from safety_rules.formats.belonging import Near, incomparable, kinds, of_any_writing, unattached
from safety_rules.loading.folders import rulebook_of

NAME, CODE, PROJECT = "enterprise.name", "enterprise.credit_code", "project.name"
CODES = {"91320900ma1mabcd3b": "", "91320900ma1mabce2x": ""}


@pytest.mark.parametrize(
    ("said", "value", "may_be"),
    [
        ("东方化工厂", "东方化工厂", True),
        ("东方化厂", "东方化工厂", True),
        ("东方化工厂厂", "东方化工厂", True),
        ("东方化土厂", "东方化工厂", True),
        ("西方化工厂", "东方化工厂", False),
        ("东方化工一厂", "东方化工二厂", False),
        ("第1化工厂", "第2化工厂", False),
        ("东方化工", "东方化工厂", True),
        ("江苏东方化工厂", "东方化工厂", True),
        ("南海水产", "东方化工厂", False),
        ("甲", "乙", False),
        ("丙丁", "丙戊", False),
        ("恒瑞电源", "恒端电源", True),
        ("恒瑞", "恒端", False),
        ("恒源瑞", "恒瑞", True),
        ("恒", "恒瑞", True),
        ("东方恒海", "恒", True),
        ("恒", "东方恒海", True),
    ],
)
def test_a_name_is_near_another_by_one_sign_that_tells_nothing(said: str, value: str, may_be: bool) -> None:
    assert (value in list(Near({value: value}, "").to(said))) is may_be


def test_two_sound_codes_that_differ_by_a_sign_are_two() -> None:
    near = Near({"91320900ma1mabcd3b": ""}, "credit_code")
    assert list(near.to("91320900ma1mabcd3")) == ["91320900ma1mabcd3b"]
    assert list(near.to("91320900ma1mabcd3bx")) == ["91320900ma1mabcd3b"]


@pytest.mark.parametrize(
    ("names", "others", "apart"),
    [
        ({NAME: "东方厂"}, [{NAME: "西方厂"}], False),
        ({NAME: "East Works"}, [{NAME: "东方厂"}], True),
        ({CODE: "91"}, [{NAME: "东方厂"}], True),
        ({CODE: "91"}, [{NAME: "东方厂"}, {CODE: "92"}], True),
        ({CODE: "91"}, [{NAME: "东方厂", CODE: "92"}, {CODE: "93"}], False),
        ({NAME: "东方厂"}, [], False),
    ],
)
def test_who_is_named_in_nothing_that_others_are_named_in_cannot_be_compared(
    names: dict[str, str], others: list[dict[str, str]], apart: bool
) -> None:
    assert incomparable(names, [kinds(o) for o in others]) is apart


def test_a_stray_is_possible_for_whom_it_resembles_or_cannot_be_compared_with() -> None:
    words = rulebook_of(None).vocabulary
    rows = [{NAME: "东方化工厂", PROJECT: "扩建"}, {NAME: "南海水产", PROJECT: "码头"}]
    strays = [
        ({NAME: "东方化厂"}, "like"),
        ({NAME: "北山木业"}, "other"),
        ({}, "nobody"),
        ({CODE: "9132"}, "garbled"),
        ({CODE: "91320900MA1MABCD3B"}, "a code"),
        ({NAME: "码头"}, "a project's"),
    ]
    found, alike = unattached(strays, rows, words)
    assert "nobody" in found.anybody
    assert alike == {"like": "东方化工厂", "a project's": "码头"}
    assert "like" in found.possible(rows[0])
    assert "like" not in found.possible(rows[1])
    assert "a project's" in found.possible(rows[1])
    assert "a project's" not in found.possible(rows[0])
    assert all("nobody" in found.possible(row) and "other" not in found.possible(row) for row in rows)
    assert found.kinds[of_any_writing([NAME])] == ["like", "a project's"]
    assert "other" in found.possible({CODE: "91320900MA1MABCD3B"})
