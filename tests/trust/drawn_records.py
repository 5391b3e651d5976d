"""Records as people, and attackers, may write them: made from the vocabulary alone, for campaigns over doors.

The library's own strategies and samples take no part.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import safety_rules as sr
from doors import through
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records
from safety_rules.language.vocabulary import Fact

DAYS = {"admission": ("2020-10-01", "2024-10-01"), "hidden_danger": ("2020-12-31", "2024-05-01")}
OTHER_DAYS = ("2020-12-31", "2024-10-01")
ODD = (
    "",
    " ",
    "待定",
    "-",
    "N/A",
    "null",
    "无",
    "有",
    "见附表",
    "？",
    "约10",
    "10-20",
    "1,000",
    "１２",
    "9 1",
    "1e3",
    "1e999",
    "NaN",
    "-1",
    "0",
    "是",
    "否",
    "√",
    "\u200b是",
    "2020-02-30",
    "2020年10月1日",
    "20201001",
    "[",
    "[]",
    "{}",
    '[{"a":1}]',
    "=1+1",
    "'",
    '"',
    "a,b",
    "a\tb",
    "A" * 50,
)
OBJECTS = (
    None,
    True,
    False,
    0,
    -1,
    10**20,
    10**4000,
    0.1,
    1e300,
    float("nan"),
    float("inf"),
    Decimal("1e-300"),
    Decimal("sNaN"),
    Fraction(1, 3),
    1j,
    b"x",
    bytearray(b"x"),
    object(),
    object,
    len,
    {},
    [],
    (),
    set(),
    {1, "a"},
    [None],
    [[]],
    [{}],
    {"a": {"b": 1}},
    range(3),
    datetime.date(2020, 10, 1),
    datetime.datetime(2020, 10, 1, 23, 59),
    datetime.time(1),
    datetime.timedelta(1),
    Ellipsis,
    "x" * 5000,
)


@cache
def areas() -> tuple[sr.DatedArea, ...]:
    """Return every area, on two days of its law."""
    rules = sr.load()
    return tuple(rules.area(key).on(day) for key in rules.areas for day in DAYS.get(key, OTHER_DAYS))


def facts_of(area: sr.DatedArea) -> tuple[Fact, ...]:
    """Return the facts that are given of an area's subjects."""
    vocabulary = area.law.rulebook.vocabulary
    found = [f for s in area.law.area.subjects for f in vocabulary.of_subject(s)]
    return tuple(f for f in found if f.key not in area.law.derivations)


def content(area: sr.DatedArea, rng: Random, odd: float) -> dict[str, Any]:
    """Return a record as a person may have written it; a share of its cells is odd, as many are blank."""
    return {f.key: value(area, f, rng, odd) for f in facts_of(area) if rng.random() > odd / 2}


def value(area: sr.DatedArea, fact: Fact, rng: Random, odd: float) -> Any:
    """Return a value of a fact, in one of the ways in which it is written."""
    if rng.random() < odd:
        return rng.choice(ODD)
    match fact.kind:
        case Boolean():
            return rng.choice((True, False, "是", "否", "有", "无", "true", "no", "√"))
        case Number(unit, whole):
            amount = rng.choice((0, 1, 2, 3, 5, 10, 15, 30, 50, 100, 300, 456, 1000, 9375, 10**6, rng.randrange(5000)))
            if not whole and rng.random() < 0.3:
                return f"{amount}.{rng.randrange(100):02}"
            return rng.choice((amount, str(amount), f"{amount}{unit.symbol}", f"{amount:,}"))
        case Date():
            day = datetime.date(2020, 10, 1) + datetime.timedelta(
                rng.choice((0, 1, -1, -30, -365, -366, 365, rng.randrange(-2500, 1500)))
            )
            return rng.choice((day, day.isoformat(), day.strftime("%Y/%m/%d"), f"{day.year}年{day.month}月{day.day}日"))
        case Choice(choices):
            return rng.choice(rng.choice(choices.options).spellings)
        case Choices(choices):
            least = any("无" in o.spellings for o in choices.options)  # an empty list written so is that option
            picked = rng.sample(choices.options, min(len(choices.options), rng.randrange(least, 4)))
            return [rng.choice(o.spellings) for o in picked]
        case Records():
            fields = [f for f in area.law.rulebook.vocabulary.fields(fact.key) if f.key not in area.law.derivations]
            return [
                {f.field: _text(value(area, f, rng, odd)) for f in fields if rng.random() > odd / 2}
                for _ in range(rng.choice((1, 1, 2, 3)) if rng.random() < 0.6 else 0)
            ]
        case _:
            return rng.choice(("甲公司", "3611", "2611", "C26", "7664-41-7", "氯", "XM-1", "a b", "某企业"))


def _text(item: Any) -> Any:
    return item if isinstance(item, list) else through.text(item)


def hostile(area: sr.DatedArea, rng: Random) -> dict[Any, Any]:
    """Return a record in which anything may stand anywhere."""
    found: dict[Any, Any] = dict(content(area, rng, 0.2))
    facts = facts_of(area)
    for _ in range(rng.randrange(1, 5)):
        key = rng.choice((*found, rng.choice(facts).zh_key, "x", "", 1, None, ("a",), area.law.area.subjects[0]))
        found[key] = rng.choice(OBJECTS)
        inner = next((v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)), None)
        if inner and rng.random() < 0.5:
            inner[0][rng.choice((*inner[0], "x", 1, None))] = rng.choice(OBJECTS)
    return found
