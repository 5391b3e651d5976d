"""Learning never widens: `python -m tightness.learning [STEPS] [SEED] [AREA…]`, in `tests/`.

Complete records of every area are made at random, half of them near one that passes. Each is then told from nothing, one
fact, list or field of a list's record at a time in a random order (a list before its fields), and decided after each:
the outcome at best never gets better, that at worst never worse, and a rule stays violated, or asks for nothing, once
it does. What is learned is admitted already: what data say of each other (a number out of proportion) is admission's
to judge. It prints the seed and the steps of each area, and ends with an error at the first that widens.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import safety_rules as sr
from safety_rules.language.record import Record
from tightness.campaign import DAY, DAYS, areas, records

Step = tuple[str, Any]


def steps(values: Mapping[str, Any], random: Random) -> Iterator[Step]:
    """Yield each path of a record with its value, in a random order; of a list first that it holds so many records."""
    waiting = [(key, value) for key, value in values.items()]
    while waiting:
        path, value = waiting.pop(random.randrange(len(waiting)))
        if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
            waiting += [(f"{path}[{i}].{name}", told) for i, row in enumerate(value) for name, told in row.items()]
            value = tuple({} for _ in value)
        yield path, value


def widened(area: sr.DatedArea, values: Mapping[str, Any], random: Random) -> tuple[int, list[Step]]:
    """Return how many steps of learning were taken, and those up to the first that widens; none where none does."""
    rank, record, taken = area.law.area.rank, Record({}), list[Step]()
    best, worst, known = 0, len(area.law.area.outcomes), 0
    for path, value in steps(values, random):
        record, taken = record.with_value(path, value), [*taken, (path, value)]
        verdict = area.decide(record)
        violated, undetermined, _ = area.masks(record)
        ends = rank(verdict.at_best), rank(verdict.at_worst)
        settled = _settled(violated, undetermined, len(area.law.rules))
        if not best <= ends[0] <= ends[1] <= worst or known & ~settled:
            return len(taken), taken
        best, worst, known = *ends, settled
    return len(taken), []


def _settled(violated: int, undetermined: int, rules: int) -> int:
    """Return what is known of rules as bits: of a violated one in its place, of one that asks for nothing in another.

    A rule whose requirement holds asks for nothing, whether or not it then turns out to apply.
    """
    return violated | ((1 << rules) - 1 & ~(violated | undetermined)) << rules


def learned(area: sr.DatedArea, count: int, seed: str) -> tuple[int, list[Step]]:
    """Return how many steps were taken in an area, `count` at least, and those of the first record that widens."""
    random, done = Random(seed), 0
    for data in records(area, 0, count, random):
        taken, wide = widened(area, area.admit(data).values, random)
        done += taken
        if wide or done >= count:
            return done, wide
    return done, []


def main(arguments: Sequence[str]) -> int:
    """Print how many steps were taken; return how many areas widened."""
    count, seed = int(arguments[0]) if arguments else 100_000, arguments[1] if arguments[1:] else str(Random().random())
    print(f"seed {seed}")
    failed, whole, asked = 0, 0, areas(arguments)
    for key in asked:
        try:
            area = sr.load().area(key).on(DAYS.get(key, DAY))
        except sr.NotFoundError as why:
            print(f"{key}: {why}")
            continue
        done, wide = learned(area, count // len(asked), f"{seed} {key}")
        failed, whole = failed + bool(wide), whole + done
        print(f"{key}: {done:,} steps, {f'widens: {wide}' if wide else 'none widens'}", flush=True)
    print(f"in all: {whole:,} steps")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
