"""What records cost that have blanks, or are written as people write: deciding them, and telling what was decided."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any

import safety_rules as sr
from benchmarks.records import w1
from benchmarks.records.admission import records as admission_records
from benchmarks.records.shapes import SHAPES, many_items
from benchmarks.records.w1_data import blanked, records
from benchmarks.records.w1_with_blanks import by_hand_with_blanks
from benchmarks.result import Result, Row, Target
from benchmarks.timing import Timed, paired
from safety_rules.testing import random_records

ABOUT = """Every row names its share of blanks. W1 with blanks: beside three-valued `if`s by hand on the same records, and beside
our own decision of complete ones. Admission: the built-in area as of 2020-10-01 on the same generated records, lists of
accidents, listings and dangers filled, in the shapes that callers send them in, beside nested dicts with English keys. What a
verdict tells is beside `decide` on the same records: a new verdict each time, and needs without what was found before. Seconds
are of the processor, all sides on one thread."""
DAY = "2020-10-01"
TELLING = """findings, duties and derived facts come from compiled parts, open rules by the definition once for values that they read;
what is left is admission of the record, roots for gaps, and some 140 sentences of a record that violates ten rules at once""".replace(
    "\n", " "
)
NEEDS = """measured as of a row of which no rule has read the same values before: in a ledger four of five have. Statuses are compiled, and asked only
of rules that read the value that is tried (a third fewer calls than before); what is left is the ways to settle a rule and its reasons, by the
definition. A row of a shape seen before costs a look-up""".replace("\n", " ")
RAW = """a complete record is read by floats (1.6 µs), one with a blank by the function over raw values (7 µs, by hand 1.4); two in 150 with 10 %
blank have a blank that is filled in case by case, at 150 µs each, half of it admission: 2 of the 11 µs of the mean. Not tried: cases on raw values""".replace(
    "\n", " "
)
PYDANTIC = "two fifths of it is `model_dump`, whose decimals are then read one by one"
Side = Callable[[Any], object]


def measured() -> Result:
    """Return what records with blanks, and reading their verdicts, were measured to cost."""
    rows, targets = list[Row](), list[Target]()
    for part in (_by_hand, _shapes, _telling, _items, _needs):
        more, reached = part()
        rows += more
        targets += [t if not t.met else replace(t, note="") for t in reached]
    return Result("blanks", "records with blanks, and what their verdicts tell", ABOUT, tuple(rows), tuple(targets))


def _loops(sides: Mapping[str, tuple[Side, Sequence[Any]]], rounds: int) -> dict[str, Timed]:
    """Time each side over its own records, the first being the baseline."""

    def loop(side: Side, many: Sequence[Any]) -> Callable[[], None]:
        def run() -> None:
            for record in many:
                side(record)

        return run

    return paired(
        {n: loop(*s) for n, s in sides.items()}, {n: len(s[1]) for n, s in sides.items()}, rounds, time.process_time
    )


def _rows(what: str, times: Mapping[str, Timed], agrees: bool | None = None) -> list[Row]:
    base = next(iter(times))
    return [Row("blanks", n, what, t.seconds, None if n == base else t.ratio, None, agrees) for n, t in times.items()]


def _tenth(many: Sequence[Mapping[str, Mapping[str, Any]]], share: float = 0.1) -> list[Any]:
    rng = Random(9)
    return [{s: {k: v for k, v in given.items() if rng.random() >= share} for s, given in r.items()} for r in many]


def _by_hand() -> tuple[list[Row], list[Target]]:
    """Measure W1: ours beside three-valued `if`s by hand, and beside our decision of complete records."""
    law = w1.area()
    complete = records(150)
    shares = {"one blank of 25": blanked(records(150, seed=3)), "10 % blank": _tenth(records(150, seed=9))}
    rows, targets = list[Row](), list[Target]()
    for share, many in shares.items():
        agreed = [r for r in many if _same(law, r)]
        times = _loops(
            {
                "three-valued `if`s by hand, floats": (by_hand_with_blanks, agreed),
                "safety_rules, `decide`": (law.decide, agreed),
            },
            9,
        )
        rows += _rows(f"a decision of W1, {share}", times, True)
        beside = _loops({"complete": (law.decide, complete), "blank": (law.decide, agreed)}, 9)["blank"].ratio
        decide = times["safety_rules, `decide`"].ratio
        targets += [
            Target("blanks", f"W1, {share}, beside three-valued `if`s by hand", 4, decide, "×", RAW),
            Target("blanks", f"W1, {share}, beside our complete", 2, beside, "×", RAW),
        ]
    return rows, targets


def _same(law: sr.DatedArea, record: Any) -> bool:
    """Return whether the `if`s by hand find the same rules violated and open."""
    failed, left = by_hand_with_blanks(record)
    found = law.decide(record).findings
    status = {name: {f.rule.key for f in found if f.status.value == name} for name in ("violated", "undetermined")}
    return set(failed) == status["violated"] and set(left) == status["undetermined"]


def _area() -> sr.DatedArea:
    return sr.load().area("admission").on(DAY)


def _shapes() -> tuple[list[Row], list[Target]]:
    """Measure the shapes in which callers send records of admission."""
    area = _area()
    plain = admission_records(area, 40, 5)
    sides: dict[str, tuple[Side, Sequence[Any]]] = {"nested dicts, English keys, complete": (area.decide, plain)}
    for name, shape in SHAPES.items():
        sides[name] = (area.decide, [shape(r, area) for r in plain])
    sides["10 % blank, absent"] = (area.decide, _tenth(plain))
    times = _loops(sides, 5)
    rows = _rows("a decision of admission, by shape of data", times)
    targets = [
        Target(
            "blanks",
            f"admission, {name}, beside complete plain records",
            3,
            times[name].ratio,
            "×",
            PYDANTIC if "pydantic" in name else "",
        )
        for name in list(sides)[1:]
    ]
    return rows, targets


def _told(area: sr.DatedArea) -> dict[str, tuple[Side, float]]:
    """Return what is asked of a verdict, and how many times a decision it may cost."""

    def duties(record: Any) -> object:
        verdict = area.decide(record)
        return verdict.gaps, verdict.obligations, verdict.standing

    return {
        "`to_dict()`": (lambda r: area.decide(r).to_dict(), 60),
        "`explain()`": (lambda r: area.decide(r).explain(), 60),
        "gaps, obligations and standing": (duties, 30),
    }


def _telling() -> tuple[list[Row], list[Target]]:
    area = _area()
    rows, targets = list[Row](), list[Target]()
    for share, blank in (("10 % blank", 0.1), ("complete", 0.0)):
        many = list(islice(random_records(area, 6, 12, blank=blank), 12))
        told = _told(area)
        sides: dict[str, tuple[Side, Sequence[Any]]] = {"safety_rules, `decide`": (area.decide, many)}
        times = _loops({**sides, **{name: (side, many) for name, (side, _) in told.items()}}, 3)
        rows += _rows(f"a verdict of admission told, {share}", times)
        targets += [
            Target("blanks", f"admission, {name}, {share}, beside `decide`", limit, times[name].ratio, "×", TELLING)
            for name, (_, limit) in told.items()
        ]
    return rows, targets


def _items() -> tuple[list[Row], list[Target]]:
    """Measure what is told of a record with a list of 1,000 items, for each item."""
    area = _area()
    whole = [many_items(r, 1000) for r in islice(random_records(area, 6, 1, blank=0.0), 1)]
    told = {name: (side, whole) for name, (side, _) in _told(area).items()}
    times = _loops({"safety_rules, `decide`": (area.decide, whole), **told}, 3)
    rows = [Row("blanks", n, "an item of a list of 1,000, complete", t.seconds / 1000) for n, t in times.items()]
    targets = [
        Target("blanks", f"admission, {name}, an item of 1,000", 50, times[name].seconds * 1e3, "µs") for name in told
    ]
    return rows, targets


def _needs() -> tuple[list[Row], list[Target]]:
    """Measure the smallest needs of rows that blanks leave open."""
    rows, targets = list[Row](), list[Target]()
    for share in (0.05, 0.1):
        area = _area()
        many = [r for r in random_records(area, 7, 1500, blank=share) if not area.decide(r).definite][:6]

        def needs(record: Any, area: sr.DatedArea = area) -> object:
            known = area.decider.shared.known
            of_the_law = {key: answer for key, answer in known.items() if key[0] == "worth trying"}
            known.clear()
            known.update(of_the_law)
            return area.decide(record).needs

        times = _loops({"safety_rules, `decide`": (area.decide, many), "`needs`": (needs, many)}, 3)
        what = f"an open row of admission, {share:.0%} blank"
        rows += _rows(what, times)
        targets.append(Target("blanks", f"`needs` of {what}", 0.5, times["`needs`"].seconds * 1e3, "ms", NEEDS))
    return rows, targets
