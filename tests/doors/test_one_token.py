"""What one token changed in the code once went unseen by every test: each of it is held by its own words here."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from safety_rules.language.vocabulary import BLANK_WORDS
from safety_rules.loading.files import RuleFileText, folder_files
from safety_rules.loading.rulebook import rulebook
from safety_rules.semantics.admission.objects import shown
from safety_rules.services.rectification.life import hand
from trust.test_impact import BASE, book

DAY = "2020-10-01"
YES = ("true", "TRUE", "是", "有", "yes", "Yes", "y", "√", "对")
NO = ("false", "False", "否", "无", "no", "NO", "n", "×", "不是", "没有")
BLANKS = (
    "", "unknown", "null", "none", "na", "n/a", "N/A", "-", "—", "——", "/", "未知", "不详", "待定", "待核实", "未填", "暂无", "待补", "待补充",
)  # fmt: skip


def rule(key: str, that: str, outcome: str = "referred") -> str:
    return (
        f"rule: {key}\ntitle: {{zh: 样例, en: Sample}}\nin_force: {{from: 2000-01-01}}\n"
        "authority: [{source: statute, clause: 一}]\n"
        f"requires:\n  it:\n    zh: 句\n    en: sentence\n    that: >-\n      {that}\notherwise: {{outcome: {outcome}}}\n"
    )


@pytest.fixture(scope="module")
def area() -> Any:
    return sr.Rules(book("")).area("base").on(DAY)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234), ("12,345,678", 12345678), ("1,234.5", 1234.5), ("1,23", None), ("1234,567", None), ("1,2345", None),
        (",123", None), ("1,234,56", None), ("1,,234", None), ("1,234,", None),
    ],
)  # fmt: skip
def test_thousands_are_grouped_by_three_or_the_number_is_not_read(text: str, value: float | None, area: Any) -> None:
    record = area.admit({"project.invested": text})
    assert record.values.get("project.invested") == value
    assert bool(record.problems) is (value is None)


@pytest.mark.parametrize(("words", "value"), [(YES, True), (NO, False)])
def test_every_word_for_yes_and_no_is_read(words: tuple[str, ...], value: bool, area: Any) -> None:
    assert [area.admit({"project.ready": w}).values.get("project.ready") for w in words] == [value] * len(words)


def test_every_word_for_blank_says_nothing_and_no_word_is_added_unseen(area: Any) -> None:
    assert {w.casefold() for w in BLANKS} == BLANK_WORDS
    for word in BLANKS:
        record = area.admit({"project.invested": word})
        assert not record.problems, word
        assert "project.invested" not in record.values, word


@pytest.mark.parametrize(("length", "text"), [(39, "x" * 39), (40, "x" * 40), (41, "x" * 39 + "…")])
def test_a_text_is_cut_where_it_is_longer_than_is_shown(length: int, text: str) -> None:
    assert shown("x" * length, 40) == text


@pytest.mark.parametrize("count", [63, 64])
def test_outcomes_of_a_table_count_every_rule_however_many(count: int) -> None:
    files = [*folder_files(BASE), *(
        RuleFileText(f"area/r{i:03d}.yaml", rule(f"r{i:03d}", f"project.staff != {i}[人]").encode()) for i in range(count)
    )]  # fmt: skip
    made, _ = rulebook(files)
    assert made is not None
    law = sr.Rules(made).area("base").on(DAY)
    own = {"project.ready": True, "project.clean": True, "project.site": "land"}
    table = pa.table(
        {"staff": list(range(count + 1)), **{k.partition(".")[2]: [v] * (count + 1) for k, v in own.items()}}
    )
    names = {"project.staff": "staff", **{k: k.partition(".")[2] for k in own}}
    by = [law.decide({**own, "project.staff": i}) for i in range(count + 1)]
    for engine in ("duckdb", "records"):
        rows = list(law.decide_table(table, engine=engine, columns=names))
        assert [(r["at_best"], r["at_worst"]) for r in rows] == [(v.at_best, v.at_worst) for v in by], engine
    assert {f"r{i:03d}" in by[i].violated() for i in range(count)} == {True}


@pytest.mark.parametrize("text", ["it's", "a'b\"c", "x;--'"])
def test_quotes_in_texts_are_texts_in_every_engine(text: str) -> None:
    literal = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    made, wrong = rulebook(
        [*folder_files(BASE), RuleFileText("area/quoted.yaml", rule("quoted", f"project.code != {literal}").encode())]
    )
    assert made is not None, [d.message for d in wrong]
    law = sr.Rules(made).area("base").on(DAY)
    own = {"project.ready": True}
    for given, violated in ((text, True), (text + "x", False)):
        assert ("quoted" in law.decide({**own, "project.code": given}).violated()) is violated
        for engine in ("duckdb", "records"):
            named = pa.table({'it\'s "code"': [given], "ready": [True]})
            columns = {"project.code": 'it\'s "code"', "project.ready": "ready"}
            (row,) = law.decide_table(named, engine=engine, columns=columns)
            assert (row["at_best"] == "referred") is violated, engine


def test_an_overlay_that_ends_before_the_entry_below_it_is_refused() -> None:
    overlay = (
        "overlay: short\ntitle: {zh: 短, en: Short}\nparameters:\n  limit.intensity:\n    entries:\n"
        "      - {from: 2000-01-01, until: 2030-12-31, value: 400, source: statute, clause: 一}\n"
    )
    made, found = rulebook(folder_files(BASE), [RuleFileText("overlay.yaml", overlay.encode())])
    assert made is None
    assert "timeline-hole" in {d.code for d in found}


@pytest.mark.parametrize(("one", "two", "same"), [
    ("Zhang San", "zhang  san", True), ("ＡＢＣ公司", "abc公司", True), ("张三", "张 三", True), ("张三", "张四", False), ("Zhang", "Zhan", False),
])  # fmt: skip
def test_hands_that_differ_by_case_width_or_blanks_are_one(one: str, two: str, same: bool) -> None:
    assert (hand(one) == hand(two)) is same
