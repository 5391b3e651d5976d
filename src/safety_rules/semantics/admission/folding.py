"""Spellings that mean one thing only, brought into the form that admission takes; the rest stays as it was written.

What is folded: width, signs that nobody sees, marks for yes and no, words around an amount, numbering and full stops
around choices, blanks in codes, days without separators. An amount that is not exact is never made so: it is told why.
"""

from __future__ import annotations

import re
import unicodedata

from safety_rules.language.clock import in_digits, is_time
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Kind, Number, Text

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
NONE_SAID = re.compile(
    r"^(?:均|暂时)?(?:无|没有|未发生|未发现|未列入|未被列入|不存在|0|零)(?:任何|相关|此类|过|生产|安全)*"
    r"(?:条|起|项|次|件|个|记录|情况|事故|隐患|黑(?:名单)?[、和及或与]?黄名单|(?<![黑黄])名单|records?)*[。.；;]?$",
    re.IGNORECASE,
)
NARROW = str.maketrans({chr(0xFEE0 + n): chr(n) for n in range(0x21, 0x7F)} | {"\u3000": " "})
STOPS = "。.；;，,、 \n\r\t"
MARKS = {
    **dict.fromkeys(("✔", "✓", "☑", "是的", "涉及", "属于"), "是"),
    **dict.fromkeys(("✘", "✗", "✕", "✖", "不是的", "不涉及", "不属于"), "否"),
}
TICKED = re.compile(r"^(?:[☑✔√■]\s*([是否有无])\s*[□☐]\s*[是否有无]|[□☐]\s*[是否有无]\s*[☑✔√■]\s*([是否有无]))$")
AROUND_AMOUNT = re.compile(r"^(?:人民币|RMB|CNY)\s*|\s*[(]?(?:人民币|RMB)[)]?$|(?<=元)整$|[。；;]$", re.IGNORECASE)
NUMBERED = re.compile(r"(^|[、，,;；/|\n])\s*[(（]?[0-9]{1,2}[)）]?\s*[、.．)）]\s*(?=[^\s0-9])")
INDUSTRY = re.compile(r"^([A-Ta-t]?\s*[0-9]{2,4})\s*(?:$|[-—–_:(（]|(?=[^\x00-\x7f])|\s)\s*[^0-9]*$")
DAY_AND_TIME = re.compile(
    r"^([0-9]{4}(?:[-/.][0-9]{1,2}){2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$"
)
EIGHT = re.compile(r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})$")
DASHES = re.compile(r"[‐‑‒–—−﹣]")
INEXACT = {
    "range": re.compile(r"[0-9]\D{0,4}?[-~～—–至到][^0-9]{0,2}[0-9]"),
    "bound": re.compile(r"[≥≤><＞＜]|以上|以下|以内|不低于|不少于|不超过|不高于|至少|超过"),
    "about": re.compile(r"约|左右|上下|近[0-9]|大概|余|多|±|估|拟"),
    "currency": re.compile(r"美元|美金|欧元|港[币元]|日元|英镑|USD|EUR|HKD|[$€£]"),
    "remark": re.compile(r"[(（].*[0-9]"),
}


def visible(text: str) -> str:
    """Return text without the signs that nobody sees, and without blanks around it."""
    return (text if text.isascii() else INVISIBLE.sub("", text)).strip()


def says_none(text: str) -> bool:
    """Return whether a cell says that a list holds nothing.

    >>> says_none("无隐患"), says_none("未发生。"), says_none("0起"), says_none("暂无"), says_none("无黑名单")
    (True, True, True, False, False)
    """
    return NONE_SAID.match(unicodedata.normalize("NFKC", visible(text))) is not None


def unfolded(text: str, kind: Kind, form: str = "") -> str:
    """Return text in the form that admission takes for a kind, where it can mean nothing else; else as it is.

    >>> from safety_rules.language.kinds import Boolean, Number, Date
    >>> unfolded("７５０", Number()), unfolded("✔", Boolean()), unfolded("20200901", Date())
    ('750', '是', '2020-09-01')
    """
    plain = visible(text).translate(NARROW).strip()
    match kind:
        case Boolean():
            plain = plain.rstrip(STOPS)
            ticked = TICKED.match(plain)
            return (ticked[1] or ticked[2]) if ticked is not None else MARKS.get(plain, plain)
        case Number() if is_time(kind):
            return in_digits(plain.rstrip(STOPS))
        case Number():
            while (less := AROUND_AMOUNT.sub("", plain).strip()) != plain:
                plain = less
            return plain
        case Date():
            if (timed := DAY_AND_TIME.match(plain)) is not None:
                plain = timed[1]
            return EIGHT.sub(r"\1-\2-\3", "".join(plain.split()))
        case Choice():
            return "".join(NUMBERED.sub(r"\1", visible(text)).rstrip(STOPS).split())
        case Choices():
            return NUMBERED.sub(r"\1", visible(text)).strip(STOPS)
        case Text() if form:
            return _code(plain, form)
        case _:
            return visible(text)


def _code(plain: str, form: str) -> str:
    """Return a code without the blanks, dashes and words that people write around it."""
    if form == "industry_code":
        found = INDUSTRY.match(plain.rstrip(STOPS))
        return "".join(found[1].split()) if found is not None else plain
    close = "".join(DASHES.sub("-", plain).split())
    return close.replace("-", "").upper() if form in ("credit_code", "identity_number") else close


def inexact(text: str) -> str:
    """Return why an amount is not exact, as the variant of `not-exact` that says it; nothing where none does."""
    has_digit = any(c.isdigit() for c in text)
    return next((why for why, pattern in INEXACT.items() if has_digit and pattern.search(text)), "")
