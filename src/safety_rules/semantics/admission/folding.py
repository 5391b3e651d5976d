"""Spellings that mean one thing only, brought into the form that admission takes; the rest stays as it was written."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
NONE_SAID = re.compile(
    r"^(?:均|暂时)?(?:无|没有|未发生|未发现|未列入|未被列入|不存在|0|零)(?:任何|相关|此类|过|生产|安全)*"
    r"(?:条|起|项|次|件|个|记录|情况|事故|隐患|名单|黑名单|黄名单|records?)*[。.；;]?$",
    re.IGNORECASE,
)


def visible(text: str) -> str:
    """Return text without the signs that nobody sees, and without blanks around it."""
    return INVISIBLE.sub("", text).strip()


def says_none(text: str) -> bool:
    """Return whether a cell says that a list holds nothing.

    >>> says_none("无隐患"), says_none("未发生。"), says_none("0起"), says_none("暂无"), says_none("无黑名单，有黄名单")
    (True, True, True, False, False)
    """
    return NONE_SAID.match(unicodedata.normalize("NFKC", visible(text))) is not None
