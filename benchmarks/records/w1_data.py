"""Generated records of W1: complete ones, some exactly at a threshold, and others with one blank."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.records.w1_rules import CHOICES, FLAGS, NUMBERS, SITES, STAGES, STEPS, TRADES

Record = dict[str, dict[str, Any]]
OPTIONS = {"site": SITES, "trade": TRADES, "stage": STAGES, "step": STEPS}
RANGES = {
    "project.investment": 2, "project.land": 2, "project.floor": 1, "project.sales": 2, "project.tax": 2,
    "project.water": 0, "project.power": 1, "project.height": 1, "project.distance": 0,
    "enterprise.capital": 1, "enterprise.debt": 1,
}  # fmt: skip
LARGEST = {
    "project.investment": 60000, "project.land": 60, "project.floor": 9000, "project.sales": 60000, "project.tax": 4000,
    "project.water": 52000, "project.power": 950, "project.staff": 300, "project.height": 105, "project.distance": 900,
    "enterprise.capital": 9000, "enterprise.debt": 5000, "enterprise.workers": 400, "enterprise.officers": 9,
}  # fmt: skip
AT_THRESHOLD = (
    ("investment", "land", 300),
    ("sales", "land", 400.5),
    ("tax", "land", 20),
    ("investment", "floor", 0.07),
)


def record(rng: Random) -> Record:
    """Return one complete record in plain data; most of it is in order."""
    made: Record = {"project": {}, "enterprise": {}}
    for key in NUMBERS:
        digits = RANGES.get(key)
        number = rng.uniform(1, LARGEST[key])
        _put(made, key, round(number) if not digits else round(number, digits))
    bad = ("project.chemical", "enterprise.overdue", "enterprise.black_listed")
    for key in FLAGS:
        _put(made, key, (rng.random() < 0.1) == (key in bad))
    for key, choices in CHOICES.items():
        _put(made, key, rng.choice(OPTIONS[choices]))
    return made


def _put(made: Record, key: str, value: Any) -> None:
    subject, _, field = key.partition(".")
    made[subject][field] = value


def records(count: int, seed: int = 1) -> list[Record]:
    """Return complete records; in one of forty a ratio stands exactly at its threshold."""
    rng = Random(seed)
    return [_tied(record(rng), rng) if rng.random() < 1 / 40 else record(rng) for _ in range(count)]


def at_threshold(count: int, seed: int = 4) -> list[Record]:
    """Return records in each of which a ratio stands exactly at its threshold."""
    rng = Random(seed)
    return [_tied(record(rng), rng) for _ in range(count)]


def _tied(made: Record, rng: Random) -> Record:
    top, bottom, limit = rng.choice(AT_THRESHOLD)
    hundredths = rng.randrange(1, 100_000)
    made["project"][bottom] = hundredths / 100
    made["project"][top] = hundredths * round(limit * 100) / 10_000
    made["project"]["site"] = "land" if bottom == "land" else "lease"
    return made


def blanked(many: list[Record], seed: int = 2) -> list[Record]:
    """Return the records, each with one fact left out."""
    rng = Random(seed)
    found = []
    for whole in many:
        made = {s: dict(f) for s, f in whole.items()}
        subject = rng.choice(list(made))
        del made[subject][rng.choice(list(made[subject]))]
        found.append(made)
    return found
