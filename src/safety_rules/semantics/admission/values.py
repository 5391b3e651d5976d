"""Data as it is written, turned into exact values of a kind, or a named reason why not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Text, Value
from safety_rules.language.units import Unit, UnitTable
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.folding import inexact, says_none, unfolded, visible
from safety_rules.semantics.admission.formats import FORMATS
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.words.near import hint
from safety_rules.words.said import Said, said

ABSENT = frozenset(
    {
        "",
        "unknown",
        "未知",
        "不详",
        "待定",
        "待核实",
        "未填",
        "暂无",
        "待补",
        "待补充",
        "n/a",
        "na",
        "-",
        "—",
        "——",
        "/",
        "null",
        "none",
    }
)
NOTHING = frozenset({"无", "没有", "none", "[]", "无记录"})
TRUE = frozenset({"true", "是", "有", "yes", "y", "√", "对"})
FALSE = frozenset({"false", "否", "无", "no", "n", "×", "不是", "没有"})

NUMBER = re.compile(r"^([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)\s*(\D.*)?$")
DAY = re.compile(r"^([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?$")
SEPARATORS = re.compile(r"[、，,;；/|\n]+")
INEXACT_CODES = frozenset({"not-a-number", "unknown-unit", "wrong-unit", "full-width-number"})
FULL_WIDTH = re.compile(r"[０-９．－＋，]")
MOST_CHARACTERS = 2000
MOST_EXPONENT = 400
MOST_BITS = 8000


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell whose value its file does not tell: what it shows, if anything, and why it is unknown."""

    shown: str
    why: Said

    def __str__(self) -> str:
        return self.shown


def absent(data: Any) -> bool:
    """Return whether the data says nothing: blank, None, or a word for "unknown"."""
    return data is None or (isinstance(data, str) and visible(data).casefold() in ABSENT)


def value_of(data: Any, fact: Fact, units: UnitTable, given_in: Unit | None = None) -> Value:
    """Return the exact value of data for a fact (not a list of records).

    A number without a unit of its own is in `given_in`, or else in the fact's unit. Raises Unusable.
    """
    if isinstance(data, Unread):
        raise Unusable(data.why.key, **dict(data.why.slots))
    if isinstance(data, str) and len(data) > MOST_CHARACTERS:
        raise Unusable("too-long", most=MOST_CHARACTERS)
    match fact.kind:
        case Boolean():
            return _boolean(data)
        case Number(unit):
            return _bounded(number(data, unit, units, given_in), fact)
        case Text():
            return _text(data, fact)
        case Date():
            return day(data)
        case Choice():
            return _choice(data, fact.kind)
        case Choices():
            return _choices(data, fact.kind)
        case _:
            raise TypeError(fact.kind)


def admitted_value(data: Any, fact: Fact, units: UnitTable, given_in: Unit | None = None) -> Value:
    """Return the value of data as people write it: as `value_of`, or else of the one thing that its spelling means.

    Rule files are read by `value_of`, to the letter. Raises Unusable, with why an amount is not exact.
    """
    try:
        return value_of(data, fact, units, given_in)
    except Unusable as first:
        if not isinstance(data, str) or len(data) > MOST_CHARACTERS:
            raise
        wrong, plain = first, unfolded(data, fact.kind, fact.format)
        if isinstance(fact.kind, Number) and given_in is not None and plain[:1] in ("¥", "￥"):
            plain = plain[1:]
        try:
            if plain != data:
                return value_of(plain, fact, units, given_in)
        except Unusable as second:
            wrong = second
        why = inexact(plain) if isinstance(fact.kind, Number) and wrong.code in INEXACT_CODES else ""
        if why:
            raise Unusable(f"not-exact.{why}", data=_shown(data)) from None
        raise wrong from None


def written(data: Any) -> str:
    """Return data as a problem shows it; a number of more digits than Python writes out as `…`."""
    try:
        return str(data)[:80]
    except ValueError:
        return "…"


def _shown(data: Any) -> str:
    text = written(data).strip()
    return text if len(text) <= 40 else text[:39] + "…"


def _boolean(data: Any) -> bool:
    if isinstance(data, bool):
        return data
    text = data.strip().casefold() if isinstance(data, str) else None
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise Unusable("not-boolean", data=_shown(data))


def exact(data: Any) -> Fraction | None:
    """Return a Python number as the decimal that it is written as; None for NaN, infinity and non-numbers."""
    if isinstance(data, float):
        # By way of Decimal, which reads digits several times faster than Fraction does.
        return Fraction(*Decimal(float.__repr__(data)).as_integer_ratio()) if isfinite(data) else None
    if isinstance(data, bool):
        return None
    if isinstance(data, int | Fraction):
        return Fraction(data) if max(data.numerator.bit_length(), data.denominator.bit_length()) <= MOST_BITS else None
    if isinstance(data, Decimal):
        # An exponent of millions would take all memory as an exact number.
        return Fraction(data) if data.is_finite() and abs(data.adjusted()) <= MOST_EXPONENT else None
    if hasattr(data, "item") and not isinstance(data, str):
        return exact(data.item())
    return None


def number(data: Any, unit: Unit, units: UnitTable, given_in: Unit | None = None) -> Fraction:
    """Return the exact number of data, converted into `unit`."""
    plain = exact(data)
    if plain is not None:
        return plain if given_in is None else plain * given_in.factor_to(unit)
    if not isinstance(data, str):
        raise Unusable("not-a-number.usable", data=_shown(data))
    text = data.strip()
    if FULL_WIDTH.search(text):
        raise Unusable("full-width-number", data=_shown(text))
    found = NUMBER.match(text)
    if found is None:
        raise Unusable("not-a-number.text", data=_shown(text))
    amount = Fraction(found[1].replace(",", ""))
    own = _own_unit(found[2], unit, units)
    source = own or given_in
    return amount * (source.factor_to(unit) if source is not None else 1)


def _own_unit(text: str | None, unit: Unit, units: UnitTable) -> Unit | None:
    if text is None or not text.strip():
        return None
    found = units.find(text.strip())
    if found is None:
        raise Unusable("unknown-unit.data", data=_shown(text))
    if not found.converts_to(unit):
        raise Unusable("wrong-unit", data=_shown(text), wanted=unit.symbol or said("no-unit.none"))
    return found


def _bounded(amount: Fraction, fact: Fact) -> Fraction:
    assert isinstance(fact.kind, Number)
    if fact.kind.whole and amount.denominator != 1:
        raise Unusable("not-whole", fact=fact.name)
    if not fact.bounds.admits(amount):
        from safety_rules.words.values import decimal

        shown = f"{decimal(amount)} {fact.kind.unit.symbol}".strip()
        raise Unusable("out-of-bounds", fact=fact.name, amount=shown)
    return amount


def _text(data: Any, fact: Fact) -> str:
    if isinstance(data, bool):
        raise Unusable("not-text", data=data)
    plain = exact(data)
    if plain is not None:
        if plain.denominator != 1:
            raise Unusable("not-text", data=_shown(data))
        text = str(plain.numerator)
    elif isinstance(data, str):
        text = visible(data)
    else:
        raise Unusable("not-text", data=_shown(data))
    if not fact.format:
        return text
    return FORMATS[fact.format](text)


def day(data: Any) -> datetime.date:
    """Return the calendar day of a date, a midnight timestamp, or text such as 2020-10-01 or 2020年10月1日."""
    if isinstance(data, datetime.datetime):
        return data.date()
    if isinstance(data, datetime.date):
        return data
    found = DAY.match(data.strip()) if isinstance(data, str) else None
    if found is not None:
        try:
            return datetime.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
    raise Unusable("not-a-date", data=_shown(data))


def _choice(data: Any, kind: Choice) -> str:
    option = kind.choices.find(data) if isinstance(data, str) else None
    if option is not None:
        return option.key
    names = [s for o in kind.choices.options for s in o.spellings]
    raise Unusable("not-a-choice", data=_shown(data), hint=hint(written(data), names))


def _choices(data: Any, kind: Choices) -> tuple[str, ...]:
    if isinstance(data, str):
        if data.strip().casefold() in NOTHING:
            return ()
        whole = kind.choices.find(data)
        parts: list[Any] = [data] if whole is not None else [p for p in SEPARATORS.split(data) if p.strip()]
    elif isinstance(data, list | tuple | set | frozenset):
        parts = sorted(data) if isinstance(data, set | frozenset) else list(data)
    else:
        raise Unusable("not-a-list.choices", data=_shown(data))
    return tuple(dict.fromkeys(_choice(p, Choice(kind.choices)) for p in parts))


def record_list(data: Any) -> list[Mapping[Any, Any]]:
    """Return data as a list of mappings: none for 无, else a list (or tuple) of mappings."""
    if isinstance(data, Unread):
        raise Unusable(data.why.key, **dict(data.why.slots))
    if isinstance(data, str) and (data.strip().casefold() in NOTHING or says_none(data)):
        return []
    if isinstance(data, list | tuple) and all(isinstance(d, Mapping) for d in data):
        return list(data)
    raise Unusable("not-a-list.records", data=_shown(data))
