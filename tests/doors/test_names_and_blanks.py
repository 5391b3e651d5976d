"""Words for blank, texts that no data can be, and names that only look like another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import safety_rules as sr
from safety_rules.language.vocabulary import BLANK_WORDS

RULE = """rule: r
title: {{zh: 则, en: Rule}}
in_force: {{from: 2020-01-01}}
authority: [{{source: d, clause: 一}}]
requires:
  one: {{zh: 一, en: One, that: "{that}"}}
otherwise: {{outcome: bad}}
cases:
  - {{case: 空, given: {{t.name: 甲}}, expect: undetermined}}
"""
FILES = {
    "units.yaml": "units: {}\n",
    "sources.yaml": "sources:\n  d: {title: {zh: 文, en: Doc}, standing: local}\n",
    "t/area.yaml": "area: t\ntitle: {zh: 域, en: Area}\nsubjects: [t]\ncases_on: 2024-06-01\n"
    "outcomes: {good: {zh: 好, en: Good}, bad: {zh: 坏, en: Bad}}\n",
}
SUBJECT = "subjects:\n  t: {zh: 主, en: T}\n"


def rules(
    folder: Path, that: str, code: str = "", options: str = "", facts: str = "", more: Mapping[str, str] | None = None
) -> sr.DatedArea:
    (folder / "t").mkdir()
    vocabulary = SUBJECT
    if options:
        vocabulary += f"choices:\n  listing:\n{options}"
    vocabulary += (
        f"facts:\n  t.name: {{zh: 名称, en: Name, kind: text}}\n  t.code: {{zh: 代码, en: Code, kind: text{code}}}\n"
    )
    if options:
        vocabulary += "  t.one: {zh: 其一, en: One, kind: choice, choices: listing}\n"
        vocabulary += "  t.many: {zh: 若干, en: Many, kind: choices, choices: listing}\n"
    written = {**FILES, "vocabulary.yaml": vocabulary + facts, "t/r.yaml": RULE.format(that=that), **(more or {})}
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    return sr.load(folder).area("t").on("2024-06-01")


def outcomes(area: sr.DatedArea, key: str, value: Any) -> set[str]:
    """Return what every door makes of one value: nested and flat, admitted, and by both engines."""
    field = key.partition(".")[2]
    found = {area.decide(d).outcome for d in ({"t": {field: value}}, {key: value}, area.admit({key: value}))}
    tables = [area.decide_table(pa.table({"x": [value]}), engine=e, columns={key: "x"}) for e in ("duckdb", "records")]
    return found | {row["outcome"] for table in tables for row in table}


def codes(folder: Path, *args: Any, **more: Any) -> list[str]:
    with pytest.raises(sr.RuleFileError) as wrong:
        rules(folder, *args, **more)
    return [d.code for d in wrong.value.diagnostics]


WORDS = sorted(BLANK_WORDS - {""})


def test_an_option_is_never_a_blank_whatever_it_is_called(tmp_path: Path) -> None:
    options = "".join(f"    k{i}: {{zh: 项{i}, en: Item {i}, aliases: ['{w}']}}\n" for i, w in enumerate(WORDS))
    area = rules(tmp_path, "t.one == 'k0' or 'k0' in t.many", options=options)
    for i, word in enumerate(WORDS):
        assert {"good" if i == 0 else "undetermined"} == outcomes(area, "t.one", word), word
        assert f"k{i}" == area.admit({"t.one": word}).values["t.one"]
        assert (f"k{i}",) == area.admit({"t.many": word}).values["t.many"]
        assert {"good" if i == 0 else "undetermined"} == outcomes(area, "t.many", word), word


def test_a_word_for_blank_is_an_option_by_its_key_too(tmp_path: Path) -> None:
    options = "    none: {zh: 没有, en: No list}\n    black: {zh: 黑, en: Black}\n"
    area = rules(tmp_path, "t.one == 'black'", options=options)
    for word in ("none", "没有", "No list", "NONE"):
        assert {"bad"} == outcomes(area, "t.one", word), word
    assert area.decide({"t": {"one": "none"}}).explain("zh")


@pytest.mark.parametrize("word", WORDS)
def test_a_text_that_reads_as_blank_cannot_be_compared_with(tmp_path: Path, word: str) -> None:
    assert codes(tmp_path, f"t.code != '{word}'") == ["never-given"]


@pytest.mark.parametrize("text", [" A", "A ", "\u3000甲", "'N A' if t.name == 'x' else 'NA'"])
def test_a_text_that_no_data_is_read_as_cannot_be_compared_with(tmp_path: Path, text: str) -> None:
    written = f"t.code == '{text}'" if "if" not in text else "t.code in ['X', 'na']"
    assert codes(tmp_path, written) == ["never-given"]


def test_words_of_a_facts_own_say_what_its_blanks_are(tmp_path: Path) -> None:
    area = rules(tmp_path, "t.code not in ['NA', 'KP']", code=", blank_words: ['-', 未知]")
    assert {"bad"} == outcomes(area, "t.code", "NA")
    assert {"undetermined"} == outcomes(area, "t.code", "-")
    assert {"undetermined"} == outcomes(area, "t.code", "未知")
    assert {"good"} == outcomes(area, "t.code", "待定")


def test_a_spelling_of_a_table_that_reads_as_blank_is_an_error(tmp_path: Path) -> None:
    table = {
        "q.yaml": "table: q\nzh: 表\nen: Table\ncalled: 表\nmatch: [name]\n"
        "columns: {flag: {zh: 旗, en: Flag, kind: boolean}}\n"
        "editions: [{from: 2020-01-01, file: q.csv, source: d, clause: 一}]\n",
        "q.csv": "name,flag\nA;-,true\n",
    }
    assert codes(tmp_path, "t.code in q", more=table) == ["never-given"]


@pytest.mark.parametrize(("distinguish", "found"), [("", ["spelling-twice"]), ("distinguish: form\n", [])])
def test_a_table_with_one_spelling_twice_and_nothing_to_tell_them_apart_is_an_error(
    tmp_path: Path, distinguish: str, found: list[str]
) -> None:
    table = {
        "q.yaml": f"table: q\nzh: 表\nen: Q\ncalled: 表\nmatch: [name]\n{distinguish}"
        "columns: {flag: {zh: 旗, en: Flag, kind: boolean}}\n"
        "editions: [{from: 2020-01-01, file: q.csv, source: d, clause: 一}]\n",
        "q.csv": "name,form,flag\n甲,气,true\n甲,液,false\n" if distinguish else "name,flag\n甲,true\n甲,false\n",
    }
    if not found:
        assert rules(tmp_path, "t.code in q", more=table).decide({"t.code": "甲"}).outcome
        return
    assert codes(tmp_path, "t.code in q", more=table) == found


def test_an_option_that_data_never_says_is_an_error(tmp_path: Path) -> None:
    assert codes(tmp_path, "t.name == 'x'", options="    a: {zh: 甲, en: A, aliases: [' 乙']}\n") == ["never-given"]


UNSEEN = ["\\0", "\\u202e", "\\u200b", "\\u2066", "\\ufeff", "\\u00ad"]


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_sign_that_nobody_sees_is_refused_in_rule_files(tmp_path: Path, sign: str) -> None:
    escaped = f'  t.x: {{zh: 别, en: "Oth{sign}er", kind: text}}\n'
    assert codes(tmp_path, "t.name == 'x'", facts=escaped) == ["control-character"]


@pytest.mark.parametrize("sign", [s for s in UNSEEN if s != "\\0"])
def test_a_sign_that_nobody_sees_is_refused_where_it_stands_itself(tmp_path: Path, sign: str) -> None:
    plain = f"  t.x: {{zh: 别, en: Oth{sign.encode().decode('unicode_escape')}er, kind: text}}\n"
    assert "control-character" in codes(tmp_path, "t.name == 'x'", facts=plain)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Code", "Соde"), ("Code", "Ｃode"), ("Αlpha", "Alpha"), ("项目A", "项目А"), ("COP", "СОР")],
)
def test_two_names_that_look_alike_are_refused(tmp_path: Path, first: str, second: str) -> None:
    facts = "".join(f"  t.x{i}: {{zh: {n}, en: X, kind: text}}\n" for i, n in enumerate((first, second)))
    assert codes(tmp_path, "t.name == 'x'", facts=facts) == ["defined-twice"]


def test_two_options_that_look_alike_are_refused(tmp_path: Path) -> None:
    options = "    a: {zh: 甲, en: Ac}\n    b: {zh: 乙, en: Ас}\n"
    assert codes(tmp_path, "t.name == 'x'", options=options) == ["choice-twice"]
