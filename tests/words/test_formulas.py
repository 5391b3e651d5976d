"""An explanation tells a formula as it is worked out: functions and folds by name, grouped as they bind."""

from __future__ import annotations

import datetime
from fractions import Fraction as F
from typing import Any

import pytest

from conformance.suite import book, parsed
from safety_rules.language.operators import FOLDS, FUNCTIONS
from safety_rules.language.record import Record
from safety_rules.semantics.decide import area_on
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.words.catalog import pattern
from safety_rules.words.explanation import texts
from safety_rules.words.values import unit_sign

VALUES: dict[str, Any] = {
    "project.invested": F(4), "project.balance": F(2), "project.ratio": F(3), "project.rate": F(-5),
    "project.code": "C2614", "project.staff": F(7),
}  # fmt: skip


def lines(condition: str, values: dict[str, Any] = VALUES, language: str = "zh") -> list[str]:
    law = area_on(book(), "base", datetime.date(2020, 1, 1))
    return texts(clause_lines(parsed(condition), law.environment(Record(values))), language, law.rulebook.vocabulary)


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (
            "max(project.invested, 5 * project.balance) >= 12[万元]",
            "取大值（投资 4 万元，5 × 结余 2 万元） ＝ 10 万元，小于12 万元",
            "larger of (Invested 4 万元, 5 * Balance 2 万元) = 10 万元, less than 12 万元",
        ),
        ("min(project.ratio, 1) == 1", "取小值（比值 3，1） ＝ 1，等于1", "smaller of (Ratio 3, 1) = 1, equal to 1"),
        (
            "abs(project.rate) > 5[百分比]",
            "绝对值（比例 -5 %） ＝ 5 %，等于5 %",
            "absolute value of (Rate -5 %) = 5 %, equal to 5 %",
        ),
        ("starts_with(project.code, 'C26')", "代码：C2614，以“C26”开头", "Code: C2614, begins with `C26`"),
        ("starts_with(project.code, 'C27')", "代码：C2614，不以“C27”开头", "Code: C2614, does not begin with `C27`"),
    ],
)
def test_a_function_says_its_name(condition: str, zh: str, en: str) -> None:
    assert [zh] == lines(condition)
    assert [en] == lines(condition, language="en")


def test_what_follows_a_minus_or_a_divisor_is_grouped() -> None:
    assert lines("project.invested - (project.balance - 1[万元]) > 0[万元]") == [
        "投资 4 万元 － （结余 2 万元 － 1 万元） ＝ 3 万元，大于0 万元"
    ]
    assert lines("project.invested / (project.ratio * 2) > 0[万元]") == [
        "投资 4 万元 ÷ （比值 3 × 2） ≈ 0.666667 万元，大于0 万元"
    ]
    assert lines("project.invested / project.ratio * 2 > 0[万元]") == [
        "投资 4 万元 ÷ 比值 3 × 2 ≈ 2.666667 万元，大于0 万元"
    ]
    assert lines("-(project.invested + project.balance) > 0[万元]") == [
        "-（投资 4 万元 ＋ 结余 2 万元） ＝ -6 万元，小于0 万元"
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_function_and_fold_has_words(language: str) -> None:
    for key in FUNCTIONS:
        assert pattern(f"function.{key}", language)
    for key in FOLDS:
        assert pattern(f"fold.{key}", language)


@pytest.mark.parametrize(
    ("written", "printed"),
    [("m2", "m²"), ("万元/m2", "万元/m²"), ("kg/m3", "kg/m³"), ("m", "m"), ("H2", "H2"), ("m2h", "m2h")],
)
def test_a_unit_is_printed_with_its_power_raised(written: str, printed: str) -> None:
    assert unit_sign(written) == printed
