"""Records of every area through every door and engine: one answer, no bare exception, also on several threads.

    PYTHONPATH=src:tests python tests/trust/doors_campaign.py --records 200000 --seed 1

The records are made here, from the vocabulary alone: the library's own strategies and samples take no part.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import safety_rules as sr
from doors import through
from doors.through import Content, by_record, by_screening, by_table
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.verdict.verdict import decide

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
TABLES = {
    "csv by DuckDB": by_table(through.as_csv(), "duckdb", 50),
    "csv by record": by_table(through.as_csv(), "records", 50),
    "JSON lines by DuckDB": by_table(through.as_json_lines, "duckdb", 50),
    "JSON array by record": by_table(through.as_json_array, "records", 50),
    "parquet": by_table(through.as_parquet, "duckdb", 50),
    "pandas": by_table(through.as_pandas, "duckdb", 50),
    "Polars by record": by_table(through.as_polars, "records", 50),
    "xlsx": by_screening(through.as_workbook, "records"),
    "xlsx by DuckDB": by_table(through.as_workbook, "duckdb", 50),
    "csv screened": by_screening(through.as_csv(), "duckdb"),
}
OBJECT_DOORS = {
    "nested": by_record(lambda area, c: through.nested(c)),
    "the other names": by_record(lambda area, c: through.in_chinese(c, area.law.rulebook.vocabulary)),
    "dataclass": by_record(lambda area, c: through.as_dataclass(c)),
}


@dataclass(slots=True)
class Tally:
    """What a run has seen: how many records through how many doors, and what went wrong."""

    records: int = 0
    answers: int = 0
    wrong: list[str] = field(default_factory=list)

    def say(self, what: str, content: Any) -> None:
        self.wrong.append(f"{what}: {content!r:.1500}")


@cache
def areas() -> tuple[sr.DatedArea, ...]:
    rules = sr.load()
    return tuple(rules.area(key).on(day) for key in rules.areas for day in DAYS.get(key, OTHER_DAYS))


def facts_of(area: sr.DatedArea) -> list[Fact]:
    vocabulary = area.law.rulebook.vocabulary
    found = [f for s in area.law.area.subjects for f in vocabulary.of_subject(s)]
    return [f for f in found if f.key not in area.law.derivations]


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
                {f.field: text(value(area, f, rng, odd)) for f in fields if rng.random() > odd / 2}
                for _ in range(rng.choice((1, 1, 2, 3)) if rng.random() < 0.6 else 0)
            ]
        case _:
            return rng.choice(("甲公司", "3611", "2611", "C26", "7664-41-7", "氯", "XM-1", "a b", "某企业"))


def text(item: Any) -> Any:
    return item if isinstance(item, list) else through.text(item)


def hostile(area: sr.DatedArea, rng: Random) -> dict[Any, Any]:
    """Return a record in which anything may stand anywhere."""
    found: dict[Any, Any] = dict(content(area, rng, 0.2))
    for _ in range(rng.randrange(1, 5)):
        key = rng.choice(
            (*found, rng.choice(facts_of(area)).zh_key, "x", "", 1, None, ("a",), area.law.area.subjects[0])
        )
        found[key] = rng.choice(OBJECTS)
        inner = next((v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)), None)
        if inner and rng.random() < 0.5:
            inner[0][rng.choice((*inner[0], "x", 1, None))] = rng.choice(OBJECTS)
    return found


def everything(area: sr.DatedArea, data: Any) -> tuple[Any, ...]:
    """Return all that can be asked of a verdict."""
    verdict = area.decide(data)
    told = (
        verdict.explain("zh"),
        verdict.explain("en"),
        verdict.evidence(every=True),
        verdict.gaps,
        verdict.obligations,
    )
    return (
        verdict.at_best,
        verdict.at_worst,
        verdict.violated(),
        verdict.needs,
        *map(str, told),
        str(verdict.to_dict()),
    )


def agreed(tally: Tally, area: sr.DatedArea, many: list[Content]) -> None:
    """Put the same records through every door of objects and tables; note each difference."""
    wanted = by_record(lambda _, c: dict(c))(area, many, Path())
    for c, w in zip(many, wanted, strict=True):
        defined = decide(area.law, area.admit(dict(c)))
        if (defined.at_best, defined.at_worst, defined.violated()) != (w.at_best, w.at_worst, w.violated):
            tally.say(f"{area.key}: the definition says otherwise", c)
    for name, judge in (OBJECT_DOORS | TABLES).items():
        with TemporaryDirectory() as folder:
            try:
                found = judge(area, many, Path(folder))
            except Exception:
                tally.say(f"{area.key}, {name}: {traceback.format_exc(limit=-4)}", many[0])
                continue
        for c, came, w in zip(many, found, wanted, strict=True):
            tally.answers += 1
            if (w.at_best, w.at_worst, w.violated, w.undetermined) != (
                came.at_best,
                came.at_worst,
                came.violated,
                came.undetermined,
            ):
                tally.say(f"{area.key}, {name}: {w.at_best}–{w.at_worst} is {came.at_best}–{came.at_worst}", c)
            elif came.record is not None and w.record != came.record:
                differ = {
                    k: (w.record.get(k), came.record.get(k))
                    for k in w.record | came.record
                    if w.record.get(k) != came.record.get(k)
                }
                tally.say(f"{area.key}, {name}: another record {differ}", c)
    tally.records += len(many)


def attacked(tally: Tally, area: sr.DatedArea, rng: Random, count: int, asked: int) -> None:
    """Decide hostile records; of some, ask everything, on eight threads too, which must say the same."""
    many = [hostile(area, rng) for _ in range(count)]
    for data in many:
        try:
            area.decide(data)
        except Exception:
            tally.say(f"{area.key}: {traceback.format_exc(limit=-3)}", data)
    some = [d for d in many if d][:asked]
    once = []
    for data in some:
        try:
            once.append(everything(area, data))
        except Exception:
            once.append(())
            tally.say(f"{area.key}, asked everything: {traceback.format_exc(limit=-3)}", data)
    with ThreadPoolExecutor(8) as pool:
        for data, one, again in zip(some, once, pool.map(lambda d: _quietly(area, d), some), strict=True):
            if one != again:
                tally.say(f"{area.key}: threads say otherwise", data)
    tally.records += count


def _quietly(area: sr.DatedArea, data: Any) -> tuple[Any, ...]:
    try:
        return everything(area, data)
    except Exception:
        return ()


def campaign(records: int, seed: int, seconds: float = float("inf"), batch: int = 250) -> Tally:
    """Run until so many records were tried, or the processor's time is over; areas take turns."""
    tally, start, rng = Tally(), time.process_time(), Random(seed)
    while tally.records < records and time.process_time() - start < seconds:
        for area in rng.sample(areas(), len(areas())):
            odd = rng.choice((0.0, 0.02, 0.1, 0.4))
            agreed(tally, area, [content(area, rng, odd) for _ in range(batch)])
            attacked(tally, area, rng, batch // 5, max(1, batch // 100))
            if tally.records >= records or time.process_time() - start > seconds:
                break
    return tally


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=200_000)
    options.add_argument("--seconds", type=float, default=float("inf"), help="of the processor's time")
    options.add_argument("--seed", type=int, default=int(time.time()))
    asked = options.parse_args()
    print(f"seed {asked.seed}")
    done = campaign(asked.records, asked.seed, asked.seconds)
    for _, lines in groupby(sorted(done.wrong), lambda line: line[:60]):
        first, *more = lines
        print(f"{first}\n  and {len(more)} more such")
    print(f"{done.records} records, {done.answers} answers of doors, {len(done.wrong)} differences or exceptions")
    sys.exit(1 if done.wrong else 0)
