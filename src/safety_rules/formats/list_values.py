"""The value of a list in a row of a ledger: what its cell says, held against the records of its own sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safety_rules.formats.lists import Item, ListSheet
from safety_rules.formats.mentions import stem
from safety_rules.formats.stated_counts import is_of_kind, stated_count
from safety_rules.formats.table import cell_text, folded, is_blank, usable
from safety_rules.language.exact_json import json_data
from safety_rules.language.kinds import Choice, Name
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.values import NOTHING, absent

MOST_TOLD = 5
POINTER = re.compile(r"^(有|见|详见|参见|另附|附|yes|see)")


@dataclass(frozen=True, slots=True)
class Joined:
    """The records that belong to one row, those that only seem to, and where some stand that may."""

    items: tuple[Item, ...] = ()
    contradicting: tuple[Item, ...] = ()
    possible: tuple[str, ...] = ()


def joined(sheets: Iterable[ListSheet], names: Mapping[str, str], also: Sequence[tuple[str, str]] = ()) -> Joined:
    """Return the records of a list's sheets that belong to whom `names` names, and may belong to whom `also` names.

    One identity that agrees is enough, unless another one that both give disagrees.
    """
    items: list[Item] = []
    contradicting: list[Item] = []
    possible: list[str] = []
    for sheet in sheets:
        near = {i for key, value in names.items() for i in sheet.index.get((key, folded(value)), ())}
        for i in sorted(near):
            item = sheet.items[i]
            differs = any(k in names and folded(names[k]) != folded(v) for k, v in item.names.items())
            (contradicting if differs else items).append(item)
        possible += sheet.loose.possible(names)
        for key, value in also:
            possible += [p for places in (sheet.loose.like.get((key, folded(value)), ()),) for p in places]
            possible += [sheet.items[i].place for i in sheet.index.get((key, folded(value)), ()) if i not in near]
    return Joined(tuple(items), tuple(contradicting), tuple(possible))


def list_value(fact: Fact, cell: Any, found: Joined, fields: Sequence[Fact] = ()) -> tuple[Any, Name | None]:
    """Return a list from a cell of the ledger and its own sheet's records: (data or None, what is wrong).

    A blank without records is unknown, never none; a cell and records that contradict each other are
    named, and the list is unknown.
    """
    count, name = len(found.items), fact.name
    if found.contradicting:
        at = "、".join(i.place for i in found.contradicting)
        return None, Name(
            f"“{name.zh}”的 {at} 与本行的名称或代码只有一部分相符，不能确定是否属于本行",
            f"{at} of {name.en} agrees with only a part of this row's names and codes",
        )
    if isinstance(cell, Unread):
        return None, cell.why.name
    if found.possible:
        at = "、".join(found.possible[:MOST_TOLD])
        return None, Name(
            f"“{name.zh}”有不能确定属于谁的记录（{at}），可能属于本行",
            f"{name.en} has records that may be this row's own: {at}",
        )
    if is_blank(cell) or absent(usable(cell), fact.blank_words):
        return ([i.data for i in found.items] if found.items else None), None
    if isinstance(cell, list) and not found.items:
        return cell, None
    text = cell_text(cell)
    if text.startswith("[") and text not in NOTHING:
        return _from_json(text, name, count)
    stated = stated_count(text, [i.data for i in found.items], fields)
    if stated == count:
        return [i.data for i in found.items], None
    if isinstance(stated, int):
        return None, Name(
            f"“{name.zh}”写明“{text}”，明细表却有 {count} 条", f"{name.en} says `{text}`, but its own sheet has {count}"
        )
    if isinstance(stated, Name):
        return None, stated
    if POINTER.match(text.casefold()) or folded(text).find(stem(name.zh)) >= 0:
        if found.items:
            return [i.data for i in found.items], None
        return None, Name(f"“{name.zh}”写明“{text}”，但没有明细", f"{name.en} says `{text}`, but there is no record")
    if found.items:
        return None, Name(
            f"“{name.zh}”的“{text}”不能理解，明细表有 {count} 条",
            f"`{text}` in {name.en} is not understood; its own sheet has {count}",
        )
    return usable(cell), None


def lacks(records: Sequence[Any], kind: str, fields: Sequence[Fact]) -> bool:
    """Return whether records are none, or none of a kind that is told of."""
    of = next((f for f in fields if isinstance(f.kind, Choice)), None)
    return not records or bool(kind and of and not any(is_of_kind(r, of, kind) for r in records))


def _from_json(text: str, name: Name, count: int) -> tuple[Any, Name | None]:
    try:
        data = json_data(text)
    except ValueError as error:
        return None, Name(f"“{name.zh}”不是有效的 JSON", f"{name.en} is not JSON: {str(error).lower()}")
    if count:
        return None, Name(
            f"“{name.zh}”在单元格和明细表中都有填写", f"{name.en} is given in the cell and in its own sheet"
        )
    return data, None
