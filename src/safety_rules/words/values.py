"""Values, facts and conditions in words: exact numbers, names instead of keys, Chinese or English."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from safety_rules.language.clock import is_time, time_text
from safety_rules.language.kinds import Boolean, Choice, Choices, Kind, Number, Records
from safety_rules.language.source import Standing, standing_key
from safety_rules.language.verdict import Unknown
from safety_rules.language.vocabulary import Vocabulary, fact_key
from safety_rules.words.catalog import sentence

MOST_DIGITS = 12
POWER = re.compile(r"(?<=m)[23](?!\w)")


def decimal(number: Fraction) -> str:
    """Return the number as an exact decimal; one that does not end, or is very long, rounded and marked ≈."""
    denominator = number.denominator
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    places = max(twos, fives)
    if denominator == 1 and places <= MOST_DIGITS:
        return _fixed(number, places)
    return "≈" + _fixed(Fraction(round(number * 10**6), 10**6), 6).rstrip("0").rstrip(".")


def whole(number: int) -> str:
    """Return a whole number in digits, however many; Python writes out no more than some thousands at once."""
    if number.bit_length() < 10_000:
        return str(number)
    rest, parts = abs(number), list[str]()
    while rest:
        rest, part = divmod(rest, 10**3000)
        parts.append(f"{part:03000d}")
    return ("-" if number < 0 else "") + "".join(reversed(parts)).lstrip("0")


def _fixed(number: Fraction, places: int) -> str:
    scaled = number.numerator * 10**places // number.denominator if places else number.numerator
    digits = whole(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def amount(number: Fraction, kind: Kind, sign: Callable[[str], str] = str) -> str:
    """Return a number with its unit, as data writes it, or by another sign for it; a time of day as 22:00."""
    if is_time(kind):
        return time_text(number)
    return f"{decimal(number)} {sign(kind.unit.symbol)}".strip() if isinstance(kind, Number) else decimal(number)


@lru_cache(1024)
def unit_sign(symbol: str) -> str:
    """Return a unit as it is printed: `m²` for the `m2` of data and rule files."""
    return POWER.sub(lambda power: "²³"[int(power[0]) - 2], symbol)


def shown(value: Any, kind: Kind, language: str) -> str:
    """Return a value of a kind in words."""
    if value is None or isinstance(value, Unknown):
        return sentence("value.missing", language)
    match kind:
        case Boolean():
            return sentence("value.true" if value else "value.false", language)
        case Number():
            return amount(value, kind, unit_sign)
        case Choice(choices):
            return choices[value].name.in_(language)
        case Choices(choices):
            names = [choices[v].name.in_(language) if choices.options else v for v in value]
            return listed(names, language) or sentence("value.none", language)
        case Records():
            return sentence("value.record" if len(value) == 1 else "value.records", language, count=len(value))
        case _:
            return value.isoformat() if isinstance(value, datetime.date) else str(value)


def listed(texts: Iterable[str], language: str) -> str:
    """Return several texts as a list in a sentence."""
    return sentence("joint.list", language).join(texts)


def standing_words(standing: Standing | None, language: str) -> str:
    """Return how sure a source is, in words; of None that nothing decided."""
    return sentence(f"standing.{standing_key(standing) or 'none'}", language)


def label(path: str, vocabulary: Vocabulary, language: str) -> str:
    """Return the name of the fact at a path: `事故记录第1条·死亡人数`, `Accidents no. 1: Deaths`."""
    fact = vocabulary.facts.get(fact_key(path))
    if "[" not in path:
        return fact.name.in_(language) if fact is not None else path
    head, _, rest = path.partition("[")
    item = _item(vocabulary.facts[head].name.in_(language), rest.partition("]")[0], language)
    if fact is None or fact.key == head:
        return item
    return sentence("path.field", language, item=item, field=fact.name.in_(language))


def _item(name: str, key: str, language: str) -> str:
    """Return the name of an item by its place in a list, or of a record of a ledger by its key: `事故“S1”`."""
    if not key.startswith("="):
        return sentence("path.item", language, list=name, number=int(key) + 1)
    if key == "=":
        return sentence("path.keyless", language, list=name)
    return name if key[1] in "~#" else sentence("path.keyed", language, list=name, key=key[1:])


def json_value(value: Any, kind: Kind) -> Any:
    """Return a value for JSON: numbers as exact decimal text or `a/b`, days as text."""
    match value:
        case None | bool() | str():
            return value
        case Fraction() if is_time(kind):
            return time_text(value)
        case Fraction():
            text = decimal(value)
            return text if not text.startswith("≈") else f"{whole(value.numerator)}/{whole(value.denominator)}"
        case datetime.date():
            return value.isoformat()
        case tuple():
            return [json_item(v) for v in value]
        case _:
            return str(value)


def json_item(item: Any) -> Any:
    """Return an item of a list for JSON."""
    if isinstance(item, Mapping):
        return {name: json_value(value, Boolean()) for name, value in item.items()}
    return item
