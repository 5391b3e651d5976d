"""How many records a cell says that there are, in figures or in words, and of which kind; held against what was read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from safety_rules.language.kinds import Choice, Name
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.folding import says_none, visible
from safety_rules.semantics.admission.values import NOTHING

NUMERAL = r"[0-9]+|[零〇一二两三四五六七八九十]{1,3}"
COUNTED = re.compile(rf"({NUMERAL})\s*(?:条|起|项|次|件|个|例|宗|笔|处|records?)")
IN_ALL = re.compile(rf"(?:共计?|合计|总计|累计)\D{{0,3}}?({NUMERAL})\s*(?:条|起|项|次|件|个|例|宗|笔|处)")
ASIDE = re.compile(
    r"[0-9]{4}\s*[-年./][0-9年月日./-]*|(?:附[表件]|表|第|序号)\s*[0-9一二三四五六七八九十]+(?:页|号|行)?|"
    r"[“\"《〔\[].*?[”\"》〕\]]|(?:详见|参见|见|附)[^0-9,，、;；(]*?(?:表|台账|清单)"
)
VAGUE = re.compile(r"以上|以下|至少|多[条起项次件]|若干|不少于|余[条起项次件]|约|左右|几[条起项次件]")
DENIED = re.compile(r"(?:无|没有|未|非|不是)(?:被)?(?:列入)?$")
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def stated_count(text: str, items: Sequence[Mapping[str, Any]], fields: Sequence[Fact]) -> int | Name | None:
    """Return how many records a cell states; a name where that cannot be right; None where it states nothing.

    `items` are the records that were read: a kind that the cell names must be among them, as often as it says.
    """
    plain = unicodedata.normalize("NFKC", visible(text))
    if plain.casefold() in NOTHING or says_none(plain):
        return 0
    rest = ASIDE.sub(" ", plain)
    if VAGUE.search(rest) and items:
        return Name(
            f"“{text}”不能理解，明细表有 {len(items)} 条", f"`{text}` is not understood; there are {len(items)}"
        )
    wrong = _kinds(rest, text, items, fields)
    if wrong is not None:
        return wrong
    if (total := IN_ALL.search(rest)) is not None:
        return _number(total[1])
    found = [_number(n) for n in COUNTED.findall(rest)]
    bare = re.findall(r"[0-9]+", COUNTED.sub(" ", rest))
    if bare and (found or len(bare) > 1):
        return Name(f"“{text}”中的数不能理解", f"the numbers in `{text}` are not understood")
    counts = found or [int(n[:9]) for n in bare]
    if counts and not any(counts):  # none at all is said in no other words; 0条（2019年前） says less
        return Name(f"“{text}”不能理解，不能作为没有", f"`{text}` is not understood, and is not taken for none")
    return sum(counts) if counts else None


def _number(text: str) -> int:
    if text.isascii():
        return int(text[:9])
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _kinds(rest: str, text: str, items: Sequence[Mapping[str, Any]], fields: Sequence[Fact]) -> Name | None:
    """Return what is wrong where the cell names a kind of record that was not read, or was read another number of times."""
    for fact in fields:
        if not isinstance(fact.kind, Choice):
            continue
        for option in fact.kind.choices.options:
            word = option.name.zh
            at = rest.find(word)
            if len(word) < 2 or at < 0 or DENIED.search(rest[:at]):
                continue
            there = sum(is_of_kind(item, fact, option.key) for item in items)
            count = COUNTED.match(rest[at + len(word) :].lstrip(" :"))
            if there != _number(count[1]) if count is not None else not there:
                return Name(
                    f"“{text}”与明细表不符：表中“{word}”有 {there} 条", f"`{text}`: the sheet has {there} of {word}"
                )
    return None


def is_of_kind(item: Any, fact: Fact, key: str) -> bool:
    """Return whether a record is of a kind, by its option's key."""
    assert isinstance(fact.kind, Choice)
    value = item.get(fact.field, item.get(fact.zh_key.rpartition(".")[2])) if isinstance(item, Mapping) else None
    option = fact.kind.choices.find(value) if isinstance(value, str) else None
    return option is not None and option.key == key
