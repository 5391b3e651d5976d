"""Data as people have it by the generated functions: `python -m engines.blank_campaign [RECORDS] [SEED]`, in `tests/`.

Records of every area with 0 to 50 % of their facts blank, half of them written as people write: Chinese names,
flat names, units in text, decimals, words for yes and no, nonsense. Each verdict's masks are compared with the exact
function's on the record as admission reads it, and one in fifty with the definition. It prints the seed and what it
compared, and ends with an error where anything differs.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import safety_rules as sr
from safety_rules.engines.compiled.blanks import blanks
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records
from safety_rules.language.verdict import Masks, Status
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.verdict.verdict import decide
from safety_rules.testing.sampling import random_record, typical_values

DAY = "2024-03-01"
ODD = (None, "", "未知", "nonsense", -1, 10**30, float("nan"), True, [], {}, "约 5", b"1", object)


def written(fact: Fact, value: Any, rng: Random) -> Any:
    """Return a value in one of the ways in which people write it, or now and then nonsense."""
    if rng.random() < 0.03:
        return rng.choice((*ODD, value * 10_000) if isinstance(value, int | float) else ODD)
    match fact.kind:
        case Number(unit) if isinstance(value, int | float):
            ways = [
                value,
                str(value),
                f"{value}{unit.symbol}",
                f" {value} {unit.symbol}",
                Decimal(str(value)),
                Fraction(str(value)),
            ]
            return rng.choice(ways)
        case Boolean():
            return rng.choice([value, "是" if value else "否", "yes" if value else "no", int(value)])
        case Choice(choices) if isinstance(value, str):
            return rng.choice([value, *choices[value].spellings])
        case Choices(choices) if isinstance(value, list | tuple):
            return rng.choice([value, "、".join(choices[v].name.zh for v in value) or "无", tuple(value)])
        case Date() if isinstance(value, datetime.date):
            return rng.choice([value, value.isoformat(), f"{value.year}年{value.month}月{value.day}日"])
        case _:
            return value


def disfigured(data: dict[str, dict[str, Any]], area: sr.DatedArea, rng: Random) -> dict[str, Any]:
    """Return a record with some of its names and values written as people write them."""
    facts, found = area.law.rulebook.vocabulary.facts, dict[str, Any]()
    for subject, given in data.items():
        inner: dict[str, Any] = {}
        for name, value in given.items():
            fact = facts[f"{subject}.{name}"]
            made = _rows(fact, value, area, rng) if isinstance(fact.kind, Records) else written(fact, value, rng)
            place = rng.random()
            if place < 0.1:
                found[fact.zh_key] = made
            elif place < 0.3:
                zh_subject, _, zh_name = fact.zh_key.rpartition(".")
                found.setdefault(zh_subject, {})[zh_name] = made
            else:
                inner[name] = made
        found[subject] = inner
    return found


def _rows(fact: Fact, value: Any, area: sr.DatedArea, rng: Random) -> Any:
    facts = area.law.rulebook.vocabulary.facts
    if not isinstance(value, list) or rng.random() < 0.05:
        return rng.choice([value, None, "无", []])
    return [{n: written(facts[f"{fact.key}.{n}"], v, rng) for n, v in row.items()} for row in value]


def samples(area: sr.DatedArea, count: int, rng: Random) -> Iterator[dict[str, Any]]:
    """Yield records of an area, with more and more blanks; every second one as people write it."""
    values = typical_values(area.law)
    for n in range(count):
        data = random_record(area.law, rng, values, 0.5 * n / count)
        yield disfigured(data, area, rng) if n % 2 else data


def by_definition(area: sr.DatedArea, data: Any) -> Masks:
    """Return the masks of the definition's findings."""
    found = [f.status for f in decide(area.law, area.admit(data)).findings]
    order = (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_APPLICABLE)
    return Masks(*(sum(1 << i for i, s in enumerate(found) if s is one) for one in order))


def compared(area: sr.DatedArea, count: int, seed: int, every: int = 50) -> tuple[int, int]:
    """Compare so many records of an area; return how many the generated function said, and how many it left."""
    function, exact, rng = blanks(area.law), area.decider.exact(), Random(seed)
    said = left = 0
    for n, data in enumerate(samples(area, count, rng)):
        wanted = exact.masks(area.admit(data).values)
        if n % every == 0:
            assert wanted == by_definition(area, data), data
        try:
            found = function(data)  # type: ignore[misc]  # of a law that has none all are left
        except Exception:  # left to the exact function, but never where data are as the facts have them
            if function is not None:
                assert n % 2, data
            left += 1
            found = wanted
        assert found == wanted, data
        verdict, rank = area.decide(data), area.law.area.rank
        split, outcomes = verdict.split, area.law.area.outcomes
        best = outcomes[max(rank(exact.outcome(wanted.violated)), split.rank)].key
        worst = outcomes[split.most(rank(exact.outcome(wanted.violated | wanted.undetermined)))].key
        assert (verdict.at_best, verdict.at_worst) == (best, worst), data
        if split.rank or split.worst is not None:
            told = decide(area.law, area.admit(data))
            assert (told.at_best, told.at_worst, told.split) == (verdict.at_best, verdict.at_worst, verdict.split), data
        said += 1
    return said - left, left


def main(arguments: Sequence[str]) -> None:
    """Compare, and print figures."""
    numbers = [int(a) for a in arguments if a.isdigit()]
    count, seed = (numbers[0] if numbers else 1_000_000), (numbers[1] if len(numbers) > 1 else 20201001)
    rules = sr.load()
    print(f"{count:,} records, seed {seed}, laws of {DAY}")
    for n, key in enumerate(rules.areas):
        try:
            area = rules.area(key).on(DAY)
        except sr.NotFoundError:
            continue
        said, left = compared(area, count // len(rules.areas), seed + n)
        print(
            f"{key}: {said:,} said by the generated function, {left:,} left to the exact one, none differs", flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])
