"""What a spreadsheet's number format makes a person see: units, percent and scale that the cell itself does not hold.

Number formats: ECMA-376 part 1, 18.8.30 and 18.8.31. Rounding is no other number: the cell's own digits count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

BUILT_IN: Mapping[int, str] = {
    5: '"¥"#,##0',
    6: '"¥"#,##0',
    7: '"¥"#,##0.00',
    8: '"¥"#,##0.00',
    9: "0%",
    10: "0.00%",
    42: '"¥"#,##0',
    44: '"¥"#,##0.00',
}
TOKEN = re.compile(r'"([^"]*)"|[\\!](.)|[_*].|\[([^\]]*)\]|General|G/通用格式|[eE][+-]|(.)', re.DOTALL | re.IGNORECASE)
CONDITION = re.compile(r"^(<=|>=|<>|<|>|=)(-?[0-9.]+)$")
DATE_LETTERS = frozenset("ymdhsbaAYMDHS年月日时分秒")
PLACEHOLDERS = frozenset("0#?")
DIGITS = 15


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a format: where it holds, what stands around the digits, by which power of ten they are shown."""

    condition: tuple[str, Decimal] | None
    before: str
    after: str
    shift: int
    zeros: int
    shows: bool
    clear: bool

    @property
    def plain(self) -> bool:
        """Whether a person sees the number that the cell holds, and nothing else."""
        return self.shows and self.clear and not (self.before or self.after or self.shift or self.zeros > 1)


def needs_reading(code: str) -> bool:
    """Return whether a number under this format is not simply what it is; formats of dates are not numbers'."""
    found = sections(code)
    if found is None:
        return False
    first, *others = found
    usual = first.plain and all(s.condition is None and _usual(s) for s in others)
    return not (usual and all(s.before in ("-", "(") for s in others[:1]))


def _usual(section: Section) -> bool:
    """Return whether a part shows the number with its sign, in brackets as accounts have it, or a dash for zero."""
    as_it_is = section.clear and section.shows and not section.shift and section.zeros <= 1
    return as_it_is and section.before in ("", "-", "(") and section.after in ("", ")")


def shown(value: float, code: str) -> str | None:
    """Return what a person sees of a number, its digits exact; None where the number itself says it.

    >>> shown(5000000, '0!.0000"万元"'), shown(0.95, "0%"), shown(7, "000"), shown(1.5, "#,##0.00")
    ('500万元', '95%', '007', None)
    """
    found = sections(code)
    if found is None:
        return None
    section = _chosen(found, Decimal(repr(value)))
    amount = Decimal(f"{value:.{DIGITS}g}")
    if not section.shows or not section.clear or (amount == 0 and section.before == "-"):
        return None if section.before == "-" and section.shows else f"{section.before}{section.after}"
    if amount < 0 and len(found) > 1 and section is found[1] and not any(s.condition for s in found):
        if not section.before.startswith(("-", "(")):
            return f"{section.before}{-amount}{section.after}（负数显示为正）"
        amount, section = -amount, replace(section, before="-" + section.before[1:], after=section.after.rstrip(")"))
    if section.plain:
        return None
    text = f"{amount.scaleb(section.shift).normalize():f}"
    if section.zeros > 1 and text.isdigit():
        text = text.zfill(section.zeros)
    return f"{section.before}{text}{section.after}"


def _chosen(found: tuple[Section, ...], value: Decimal) -> Section:
    compare = {
        "<": value.__lt__, "<=": value.__le__, ">": value.__gt__, ">=": value.__ge__, "=": value.__eq__,
        "<>": value.__ne__,
    }  # fmt: skip
    if any(s.condition for s in found):
        for section in found:
            if section.condition is None or compare[section.condition[0]](section.condition[1]):
                return section
        return found[-1]
    if value < 0 and len(found) > 1:
        return found[1]
    return found[2] if value == 0 and len(found) > 2 else found[0]


@lru_cache(maxsize=1024)
def sections(code: str) -> tuple[Section, ...] | None:
    """Return the parts of a format for numbers; None for one of dates and for text."""
    parts = [_section(p) for p in _split(code)[:3]]
    return None if any(p is None for p in parts) else tuple(p for p in parts if p is not None)


def _split(code: str) -> list[str]:
    """Return the parts between semicolons that stand in no quotes."""
    found, rest = [""], code
    for match in TOKEN.finditer(rest):
        if match[0] == ";":
            found.append("")
        else:
            found[-1] += match[0]
    return found


def _section(code: str) -> Section | None:
    """Return one part; None where it shows a date."""
    condition, texts = None, ["", ""]
    points = commas = percent = zeros = after_point = 0
    seen = real_point = False
    clear = shows = True
    general = digits = False
    for match in TOKEN.finditer(code):
        quoted, escaped, bracket, bare = match.groups()
        literal = quoted if quoted is not None else escaped if escaped is not None else ""
        if bracket is not None:
            if (rule := CONDITION.match(bracket)) is not None:
                condition = (rule[1], Decimal(rule[2]))
            elif bracket.startswith("$"):
                literal = bracket[1:].partition("-")[0]
            elif bracket.casefold() in ("h", "m", "s", "hh", "mm", "ss"):
                return None
        elif match[0].casefold() in ("general", "g/通用格式"):
            general = True
        elif bare is not None and bare in PLACEHOLDERS:
            clear = clear and not texts[1].strip()
            digits, seen = True, True
            zeros += bare == "0" and not real_point and not points
            after_point += bool(points)
            commas = 0
            continue
        elif bare == "," and seen and not texts[1]:
            commas += 1
        elif bare == "." and not points:
            real_point = True
        elif bare == "%":
            percent += 1
            literal = "%"
        elif (bare == "/" and digits) or bare == "@":
            return Section(condition, "", "", 0, 0, True, True)
        elif bare is not None and bare in DATE_LETTERS and not digits:
            return None
        elif bare is not None and bare not in ",.":
            literal = bare
        if literal == "." and seen and not texts[1]:
            points += 1
            continue
        if literal.strip():
            texts[seen or general] += literal.strip()
    shift = 2 * percent - 3 * commas - after_point
    shows = digits or general
    if points > 1 or (points and real_point):
        clear = False
    return Section(condition, texts[0], texts[1], shift, 0 if points or real_point or commas else zeros, shows, clear)
