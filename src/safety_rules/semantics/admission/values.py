"""Data as it is written, turned into exact values of a kind, or a named reason why not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

from safety_rules.language import limits
from safety_rules.language.clock import is_time, seconds_of
from safety_rules.language.exact_json import json_data
from safety_rules.language.kinds import Boolean, Choice, ChoiceList, Choices, Date, Number, Text, Value
from safety_rules.language.units import Unit, UnitTable
from safety_rules.language.vocabulary import BLANK_WORDS, Fact
from safety_rules.language.zones import DEFAULT_ZONE
from safety_rules.semantics.admission.folding import inexact, says_none, unfolded, visible
from safety_rules.semantics.admission.formats import FORMATS
from safety_rules.semantics.admission.objects import LARGEST, Unread, plain, shown
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.words.near import hint
from safety_rules.words.said import said

NOTHING = frozenset({"无", "没有", "none", "[]", "无记录"})
TRUE = frozenset({"true", "是", "有", "yes", "y", "√", "对"})
FALSE = frozenset({"false", "否", "无", "no", "n", "×", "不是", "没有"})

NUMBER = re.compile(
    r"^([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)\s*([^\d\s.,].*)?$"
)
DAY = re.compile(r"^([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?$")
ZONED = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})$"
)
SEPARATORS = re.compile(r"[、，,;；/|\n]+")
MOST_TOKENS = 9  # an option's name may hold four separators
INEXACT_CODES = frozenset({"not-a-number", "unknown-unit", "wrong-unit", "full-width-number"})
FULL_WIDTH = re.compile(r"[０-９．－＋，]")


def absent(data: Any, blank_words: frozenset[str] = BLANK_WORDS) -> bool:
    """Return whether the data says nothing: blank, None, or a word for "unknown"."""
    return data is None or (isinstance(data, str) and visible(data).casefold() in blank_words)


def denies(text: str) -> bool:
    """Return whether what is said of a list, under another name or beside it, is that there is nothing.

    >>> [denies(t) for t in ("否", "✗", "无", "—", "未列入", "是", "2", "2019年死亡3人")]
    [True, True, True, True, True, False, False, False]
    """
    return absent(text) or says_none(text) or unfolded(text, Boolean()).casefold() in FALSE | {"未涉及"}


def value_of(
    data: Any, fact: Fact, units: UnitTable, given_in: Unit | None = None, zone: datetime.tzinfo = DEFAULT_ZONE
) -> Value:
    """Return the exact value of plain data for a fact (not a list of records).

    A number without a unit of its own is in `given_in`, or else in the fact's unit; a time with a zone
    is of the day that it is in `zone`. Raises Unusable.
    """
    if isinstance(data, Unread):
        raise Unusable(data.why.key, **dict(data.why.slots))
    if isinstance(data, str) and len(data) > limits.TEXT:
        raise Unusable("too-long", most=limits.TEXT)
    match fact.kind:
        case Boolean():
            return _boolean(data)
        case Number() if is_time(fact.kind):
            return _bounded(time(data), fact)
        case Number(unit):
            return _bounded(number(data, unit, units, given_in), fact)
        case Text():
            return _text(data, fact)
        case Date():
            return day(data, zone)
        case Choice():
            return _choice(data, fact.kind)
        case Choices():
            return _choices(data, fact.kind)
        case _:
            raise TypeError(fact.kind)


def admitted_value(
    data: Any, fact: Fact, units: UnitTable, given_in: Unit | None = None, zone: datetime.tzinfo = DEFAULT_ZONE
) -> Value:
    """Return the value of data as people write it: as `value_of`, or else of the one thing that its spelling means.

    Rule files are read by `value_of`, to the letter. Raises Unusable, with why an amount is not exact.
    """
    try:
        return value_of(data, fact, units, given_in, zone)
    except Unusable as first:
        if not isinstance(data, str) or len(data) > limits.TEXT:
            raise
        wrong, folded = first, unfolded(data, fact.kind, fact.format)
        if isinstance(fact.kind, Number) and given_in is not None and folded[:1] in ("¥", "￥"):
            folded = folded[1:]
        try:
            if folded != data:
                return value_of(folded, fact, units, given_in, zone)
        except Unusable as second:
            wrong = second
        why = inexact(folded) if isinstance(fact.kind, Number) and wrong.code in INEXACT_CODES else ""
        if why:
            raise Unusable(f"not-exact.{why}", data=shown(data, 40)) from None
        raise wrong from None


def _boolean(data: Any) -> bool:
    if isinstance(data, bool):
        return data
    text = data.strip().casefold() if isinstance(data, str) else None
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise Unusable("not-boolean", data=shown(data, 40))


def exact(data: Any) -> Fraction | None:
    """Return a Python number as the decimal that it is written as; None for NaN, infinity and non-numbers."""
    if isinstance(data, float):
        # By way of Decimal, which reads digits several times faster than Fraction does.
        return Fraction(*Decimal(float.__repr__(data)).as_integer_ratio()) if isfinite(data) else None
    if isinstance(data, bool):
        return None
    if isinstance(data, int | Fraction):
        return Fraction(data)
    if isinstance(data, Decimal):
        # An exponent of millions would take all memory as an exact number.
        return Fraction(data) if data.is_finite() and abs(data.adjusted()) <= limits.DIGITS_OF_NUMBER else None
    return None


def number(data: Any, unit: Unit, units: UnitTable, given_in: Unit | None = None) -> Fraction:
    """Return the exact number of data, converted into `unit`."""
    number = exact(data)
    if number is not None:
        return number if given_in is None else number * given_in.factor_to(unit)
    if not isinstance(data, str):
        raise Unusable("not-a-number.usable", data=shown(data, 40))
    text = data.strip()
    if FULL_WIDTH.search(text):
        raise Unusable("full-width-number", data=shown(text, 40))
    found = NUMBER.match(text)
    if found is None:
        raise Unusable("not-a-number.text", data=shown(text, 40))
    amount = Fraction(found[1].replace(",", ""))
    own = _own_unit(found[2], unit, units)
    source = own or given_in
    return amount * (source.factor_to(unit) if source is not None else 1)


def _own_unit(text: str | None, unit: Unit, units: UnitTable) -> Unit | None:
    if text is None or not text.strip():
        return None
    found = units.find(text.strip())
    if found is None:
        raise Unusable("unknown-unit.data", data=shown(text, 40))
    if not found.converts_to(unit):
        raise Unusable("wrong-unit", data=shown(text, 40), wanted=unit.symbol or said("no-unit.none"))
    return found


def _bounded(amount: Fraction, fact: Fact) -> Fraction:
    assert isinstance(fact.kind, Number)
    if abs(amount.numerator) >= LARGEST or amount.denominator >= LARGEST:
        raise Unusable("out-of-bounds.size", fact=fact.name, most=limits.DIGITS_OF_NUMBER)
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
    number = exact(data)
    if number is not None:
        if number.denominator != 1 or abs(number) >= LARGEST:
            raise Unusable("not-text", data=shown(data, 40))
        text = str(number.numerator)
    elif isinstance(data, str):
        text = visible(data)
    else:
        raise Unusable("not-text", data=shown(data, 40))
    if not fact.format:
        return text
    return FORMATS[fact.format](text)


def sayable(text: str, fact: Fact) -> bool:
    """Return whether data can have this text as the value of a fact: not a blank, and as admission leaves it."""
    try:
        return not absent(text, fact.blank_words) and _text(text, fact) == text
    except Unusable:
        return False


def day(data: Any, zone: datetime.tzinfo = DEFAULT_ZONE) -> datetime.date:
    """Return the calendar day of a date, a time, or text such as 2020-10-01 or 2020年10月1日; of a zoned time that in `zone`."""
    if isinstance(data, str) and ZONED.match(data.strip()):
        data = datetime.datetime.fromisoformat(data.strip())
    if isinstance(data, datetime.datetime):
        try:
            return (data if data.tzinfo is None else data.astimezone(zone)).date()
        except OverflowError:  # beyond the year 1 or 9999
            raise Unusable("not-a-date", data=shown(data, 40)) from None
    if isinstance(data, datetime.date):
        return data
    found = DAY.match(data.strip()) if isinstance(data, str) else None
    if found is not None:
        try:
            return datetime.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
    raise Unusable("not-a-date", data=shown(data, 40))


def time(data: Any) -> Fraction:
    """Return the seconds from midnight of a time of day, or of text such as 22:00 or 22:00:30."""
    if isinstance(data, Fraction):  # as a record holds it
        return data
    naive = isinstance(data, datetime.time) and data.tzinfo is None
    found = seconds_of(str(data).strip()) if naive or isinstance(data, str) else None
    if found is None:
        raise Unusable("not-a-time", data=shown(data, 40))
    return found


def day_of(data: Any, zone: datetime.tzinfo = DEFAULT_ZONE) -> datetime.date | None:
    """Return the day that a caller means, by a date, a time (zoned: in `zone`) or text, Chinese too; None where it is none."""
    try:
        found = plain(data)
        if isinstance(found, str) and not ZONED.match(visible(found)):
            found = unfolded(found, Date())
        return day(found, zone)
    except Unusable:
        return None


def _choice(data: Any, kind: Choice) -> str:
    option = kind.choices.find(data) if isinstance(data, str) else None
    if option is not None:
        return option.key
    names = [s for o in kind.choices.options for s in o.spellings]
    raise Unusable("not-a-choice", data=shown(data, 40), hint=hint(shown(data), names))


def _choices(data: Any, kind: Choices) -> tuple[str, ...]:
    if isinstance(data, str):
        whole = kind.choices.find(data)
        if whole is None and data.strip().casefold() in NOTHING:
            return ()
        parts: list[Any] = [data] if whole is not None else choice_parts(data, kind.choices)
    elif isinstance(data, list | tuple | set | frozenset):
        parts = sorted(map(plain, data), key=shown) if isinstance(data, set | frozenset) else [plain(d) for d in data]
    else:
        raise Unusable("not-a-list.choices", data=shown(data, 40))
    return tuple(dict.fromkeys(_choice(p, Choice(kind.choices)) for p in parts))


def choice_parts(text: str, choices: ChoiceList) -> list[str]:
    """Return the parts of a list in words; a separator within an option's own name parts nothing."""
    tokens, found = re.split(f"({SEPARATORS.pattern})", text), []
    while tokens:
        sizes = (
            n for n in range(min(len(tokens), MOST_TOKENS), 1, -1) if choices.find("".join(tokens[:n])) is not None
        )
        size = next(sizes, 1)
        found.append("".join(tokens[:size]))
        del tokens[: size + 1]
    return [p for p in found if p.strip()]


def _json_list(text: str) -> list[Any] | None:
    """Return the list that a cell holds as JSON; None where it does not begin as one. Raises Unusable."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found: list[Any] = json_data(text)
    except ValueError as error:
        raise Unusable("not-json", why=str(error).lower()) from None
    return found


def record_list(data: Any) -> list[Mapping[Any, Any]]:
    """Return data as a list of mappings: none for 无, else a list (or tuple) of mappings, or JSON text of one."""
    if isinstance(data, Unread):
        raise Unusable(data.why.key, **dict(data.why.slots))
    if isinstance(data, str) and (data.strip().casefold() in NOTHING or says_none(data)):
        return []
    found = _json_list(data) if isinstance(data, str) else data
    rows = [plain(d) for d in found] if isinstance(found, list | tuple) else None
    if rows is None or not all(isinstance(d, Mapping) for d in rows):
        raise Unusable("not-a-list.records", data=shown(data, 40))
    return rows
