"""How a name is written: in Chinese characters or not, and where one has a traditional or a simplified character.

No table of characters is needed to tell that two names may be one: a character that GB 2312 does not hold is
traditional or rare, and may stand for any other one. So such names are compared in all characters that both write
the usual way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
ASIDE = re.compile(r"\(.*?\)|\[.*?\]|〔.*?〕|【.*?】")
FIRM = re.compile(r"(?:(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司|集团|总厂|工厂|厂|分公司)$")
FIRM_SIGNS = str.maketrans("團責總廠", "团责总厂")
NO_LETTER = re.compile(r"[\W_]+")
COMPANY = re.compile(r"(?:company|co|limited|ltd|incorporated|inc|corporation|corp|llc|plc|gmbh|pte|group|holdings?)$")
OTHERWISE = ""  # stands in the index for a sign that is written otherwise


def in_chinese(name: str) -> bool:
    """Return whether a name has a Chinese character; one that has and one that has none cannot be compared."""
    return HAN.search(name) is not None


def stem(name: str) -> str:
    """Return a name without what says that it is a firm, and without signs that are no letters where it is not Chinese.

    >>> stem("绿源化工(集团)有限责任公司"), stem("greenchemco.,ltd."), stem("greenchemcompanylimited")
    ('绿源化工', 'greenchem', 'greenchem')
    """
    if in_chinese(name):
        return FIRM.sub("", ASIDE.sub("", name.translate(FIRM_SIGNS)))
    left = NO_LETTER.sub("", name)
    while (shorter := COMPANY.sub("", left)) and shorter != left:
        left = shorter
    return left


@cache
def _otherwise(sign: str) -> bool:
    """Return whether a sign is a Chinese character that GB 2312 does not hold."""
    try:
        return HAN.match(sign) is not None and not sign.encode("gb2312")
    except UnicodeEncodeError:
        return True


def written_otherwise(name: str) -> bool:
    """Return whether a name has a traditional or rare character.

    >>> written_otherwise("綠源化工"), written_otherwise("绿源化工"), written_otherwise("GreenChem")
    (True, False, False)
    """
    return not name.isascii() and any(map(_otherwise, name))


def may_be_one(one: str, other: str) -> bool:
    """Return whether the shorter of two stems may stand in the other, but for characters that are written otherwise.

    >>> may_be_one("綠源化工", "盐城绿源化工"), may_be_one("綠源化工", "绿源机械")
    (True, False)
    """
    short, long = sorted((one, other), key=len)
    return any(
        all(a == b or _otherwise(a) or _otherwise(b) for a, b in zip(short, long[at:], strict=False))
        for at in range(len(long) - len(short) + 1)
    )


class Otherwise:
    """Names found by what is left of them where they, or what is sought, have characters that are written otherwise.

    Names are found by their whole stem; where they are few, also by a part of it.
    """

    def __init__(self, names: Iterable[str], few: bool) -> None:
        self.stems: Mapping[str, str] = {n: stem(n) for n in names if in_chinese(n)}
        self.some = {n for n, s in self.stems.items() if written_otherwise(s)}
        self.few = few
        self.at: dict[tuple[int, int, str], set[str]] = {}

    def to(self, said: str) -> Iterator[str]:
        """Yield the names that may be meant."""
        sought = stem(said)
        odd = written_otherwise(sought)
        if len(sought) < 2 or not (odd or self.some):
            return
        for name in self.stems if odd and self.few else self._near(sought) if odd else self.some:
            if (self.few or len(self.stems[name]) == len(sought)) and may_be_one(sought, self.stems[name]):
                yield name

    def _near(self, sought: str) -> Iterable[str]:
        """Return the names of one length that agree in the character that fewest of them have."""
        if not self.at:
            index: dict[tuple[int, int, str], set[str]] = defaultdict(set)
            for name, text in self.stems.items():
                for i, sign in enumerate(text):
                    index[len(text), i, OTHERWISE if _otherwise(sign) else sign].add(name)
                index[len(text), -1, OTHERWISE].add(name)
            self.at = dict(index)
        none: set[str] = set()
        size, plain = len(sought), [(i, c) for i, c in enumerate(sought) if not _otherwise(c)]
        found = [self.at.get((size, i, c), none) | self.at.get((size, i, OTHERWISE), none) for i, c in plain]
        return min(found, key=len, default=self.at.get((size, -1, OTHERWISE), none))
