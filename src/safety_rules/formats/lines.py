"""Lines of a table that are no records: totals, notes, titles of parts, numbering of columns, headings given again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from safety_rules.formats.table import RawRow, cell_text, folded, is_blank, letters, usable
from safety_rules.language.kinds import Choice, Date, Kind, Name
from safety_rules.semantics.admission.values import day_of

TOTAL = re.compile(r"^(?:本页|本表|年度)?(?:合计|总计|小计|共计|累计|总数|totals?|subtotal)(?:[(:：].*)?$")
NOTE = re.compile(
    r"^(?:注|备注|说明|填表说明|填报说明|附注|注释|数据来源|填表人|制表人?|审核人?|填报人|填报单位|填报日期|填报时间|"
    r"填表日期|制表日期|(?:计量|金额|货币|面积|数量)?单位|单位负责人|分管领导|统计人|统计负责人|联系人|联系电话|负责人签字)[0-9]*[:：]"
)
PART = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}[部批类章]|[IVX]{1,4}[.、])\S"
)
TITLE = re.compile(r"(?:台账|一览表|汇总表|统计表|明细表|登记表|清单|续表)(?:\(.*\))?$|^\(?续表?\)?$")
STARRED = re.compile(r"^[*※★☆]+\S")
EXAMPLES = frozenset({"示例", "样例", "范例", "例", "(示例)", "填写示例", "填报示例", "example"})
FIRST_CELLS = 3
KINDS = {
    "total": Name("合计行，不计入", "a line of totals, which is not counted"),
    "note": Name("说明或落款，不是记录，不计入", "a note, which is no record and not counted"),
    "part": Name("分类标题，不是记录，不计入", "the title of a part, which is no record and not counted"),
    "numbering": Name("列号行，不是记录，不计入", "a line that numbers the columns, which is not counted"),
    "heading-again": Name("重复的表头，不计入", "the headings given again, which are not counted"),
    "example": Name("填写示例，不计入", "an example of how to fill in, which is not counted"),
}


def kind_of_line(row: RawRow, headings: Sequence[str]) -> str:
    """Return what a line below the headings is, a key of KINDS; nothing where it is a record."""
    filled = [(i, c) for i, c in enumerate(row.cells) if not is_blank(c)]
    if not filled:
        return ""
    texts = [folded(cell_text(c)) for _, c in filled[:FIRST_CELLS] if isinstance(c, str)]
    if any(TOTAL.match(t) for t in texts):
        return "total"
    first = texts[0] if texts and isinstance(filled[0][1], str) else ""
    if first in EXAMPLES:
        return "example"
    if len(filled) > 1 and all(i < len(headings) and folded(cell_text(c)) == folded(headings[i]) for i, c in filled):
        return "heading-again"
    if first and NOTE.match(first) and (len(filled) <= FIRST_CELLS or all(_labelled(c) for _, c in filled)):
        return "note"
    if len(filled) == 1 and STARRED.match(first):
        return "note"
    if len(filled) == 1 and first and _titles(first, row, filled[0][0]):
        return "part"
    whole = filled[0][0] <= next((i for i, h in enumerate(headings) if h), 0)  # figures without an owner count nothing
    return "numbering" if len(filled) >= FIRST_CELLS and whole and _counts(filled) else ""


def _titles(text: str, row: RawRow, at: int) -> bool:
    """Return whether the only cell of a line is a title, by its words or by its width."""
    return bool(PART.match(text) or TITLE.search(text)) or row.across.get(at, 0) - at >= 2


def tells_a_record(kind: str, values: Iterable[tuple[Kind, Any]]) -> bool:
    """Return whether a note or an example holds an option or a day in its column, which neither has by chance."""
    return kind in ("note", "example") and any(_reads(of, value) for of, value in values)


def _reads(kind: Kind, value: Any) -> bool:
    if isinstance(kind, Choice):
        return isinstance(value, str) and kind.choices.find(value) is not None
    return isinstance(kind, Date) and day_of(value) is not None


def _labelled(cell: Any) -> bool:
    return isinstance(cell, str) and (":" in cell or "：" in cell)


def _numbered(cell: Any) -> str:
    return re.sub(r"^\((\d{1,3})\)$", r"\1", folded(str(usable(cell))))


def _counts(filled: Sequence[tuple[int, Any]]) -> bool:
    """Return whether the cells count the columns: 1, 2, 3 (or (1), (2), (3)), one more in each."""
    if all(folded(str(c)) == letters(i).casefold() for i, c in filled):
        return True
    numbers = list(takewhile(lambda n: n.isdigit() and len(n) < 4, (_numbered(c) for _, c in filled)))
    if len(numbers) < len(filled):
        return False
    steps = {
        (int(b) - int(a), j - i) for (i, _), (j, _), a, b in zip(filled, filled[1:], numbers, numbers[1:], strict=False)
    }
    return all(step in (1, gap) for step, gap in steps) and int(numbers[0]) <= 2
