"""Names of firms that one may write for another: shortened, with its place or its branch, its parts in another order.

People shorten a firm's name by leaving signs out (鼎胜新材), and lengthen it by what it was, where it is, or which branch
of it. So of two names that may be one, the one says signs of the other and no more: in their order, or with its parts
turned.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from safety_rules.formats.mentions import FIRMS, parts
from safety_rules.formats.writing import ASIDE, FIRM, FIRM_SIGNS, HAN, NO_LETTER, in_chinese

MANY = re.compile(r"等(?:[0-9一二两三四五六七八九十几]*[家个])?(?:企业|公司|单位)?$")
MIDDLE = re.compile(r"(?:股份)?有限(?:责任)?公司|分公司|公司")
MASKED = re.compile(r"某|(?<![a-z])x+(?![a-z])")
PROVINCE = re.compile(
    "^(?:中国|北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    "甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)[省市]?"
)
NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
SIGN = re.compile(rf"[a-z0-9]+|{HAN.pattern}")
FEWEST_OF_PART = 3
LISTED = re.compile(r"[、，,;；/|\n\r]|原名|曾用名|更名为")  # what stands between names, and in none (as 和 may)
AND = re.compile("[和与及]")
A_FIRM = re.compile(f"{FIRMS}$")
PLACE = re.compile("(?:街道|[省市区县镇乡村园路号])$")  # where a firm is, in brackets after its name

FEWEST_SIGNS = 3  # of the shorter name: two signs stand in many
Signs = tuple[str, ...]


def signs(name: str) -> Signs:
    """Return the signs of a folded Chinese name that tell whose it is, in their order, a word in Latin letters as one.

    >>> signs("3m中国有限公司") == signs("三m中国"), signs("盐城***厂") == signs("盐城")
    (True, True)
    """
    bare = MIDDLE.sub("", FIRM.sub("", MANY.sub("", name).translate(FIRM_SIGNS)))
    return tuple(SIGN.findall(MASKED.sub("", bare).translate(NUMERALS)))


def ways(name: str) -> set[Signs]:
    """Return the signs of a name with what stands in its brackets and without, with its province and without, and of
    each of several names; a part of few signs is no name.

    A firm of a city may be written as one of its province; one of another city is another.
    """
    if not in_chinese(name):
        return set()
    whole = _ways(name)
    several = [part for part in parts(name) if not PLACE.search(part)]
    firms = [part for part in several if A_FIRM.search(part)]
    if not LISTED.search(name):  # what is between them may be a sign of one name, as 和 in 和顺
        several = firms if len(firms) == len(several) or not AND.search(name) else []
    return whole | {found for part in several for found in _ways(part) if len(found) >= FEWEST_OF_PART}


def _ways(name: str) -> set[Signs]:
    texts = {NO_LETTER.sub("", text) for text in (name, ASIDE.sub("", name))}
    return {found for text in (*texts, *(PROVINCE.sub("", t) for t in texts)) if (found := signs(text))}


def shortens(short: Signs, long: Signs) -> bool:
    """Return whether a name leaves out signs of another, or says its parts in another order; one or two signs only as
    they stand there.

    >>> [shortens(tuple(s), tuple("江苏鼎胜新能源材料")) for s in ("鼎胜新材", "新材鼎胜", "胜鼎新材", "鼎胜", "鼎新")]
    [True, True, False, True, False]
    """
    if len(short) < FEWEST_SIGNS:
        return any(long[i : i + len(short)] == short for i in range(len(long)))
    turned = (short[i:] + short[:i] for i in range(len(short)))
    return any(_within(one, long) for one in turned) or sorted(short) == sorted(long)


def _within(part: Signs, whole: Signs) -> bool:
    rest = iter(whole)
    return all(sign in rest for sign in part)


class Shortened:
    """Names by their signs, each under the one that fewest of them have, and under all."""

    def __init__(self, names: Iterable[str]) -> None:
        self.of = [(found, name) for name in names for found in ways(name)]
        self.having: dict[str, list[int]] = defaultdict(list)
        for i, (found, _) in enumerate(self.of):
            for sign in set(found):
                self.having[sign].append(i)
        self.rarest: dict[str, list[int]] = defaultdict(list)
        for i, (found, _) in enumerate(self.of):
            self.rarest[min(found, key=lambda s: (len(self.having[s]), s))].append(i)

    def to(self, said: str) -> Iterator[str]:
        """Yield the names that what is said may be."""
        for own in ways(said):
            for i in min((self.having.get(s, ()) for s in own), key=len):
                if shortens(own, self.of[i][0]):
                    yield self.of[i][1]
            for i in (i for s in set(own) for i in self.rarest.get(s, ())):
                if shortens(self.of[i][0], own):
                    yield self.of[i][1]
