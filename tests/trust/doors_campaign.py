"""Records of every area through every door and engine: one answer, no bare exception, also on several threads.

    PYTHONPATH=src:tests python tests/trust/doors_campaign.py --records 200000 --seed 1

The records are made in `drawn_records`. A batch is of one area and day: one file or frame of it all for each door
of tables. Every record is decided by the definition and through every door of objects and tables, in which its
ends, its masks and the record as admitted are compared. Every hostile record is asked every question. What costs
too much to be asked of every record is asked of one in some, in turn, and counted by itself: a ledger is screened
(which works out the needs of each open row) of one plain record in `SCREENED`, and the hostile ones that are asked
again on eight threads are one in `AGAIN`.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import safety_rules as sr
from doors import through
from doors.through import Content, by_screening, mask
from safety_rules.semantics.verdict.verdict import decide
from trust.drawn_records import areas, content, facts_of, hostile

SCREENED, AGAIN, THREADS = 10, 5, 8
Ends = tuple[str, str, int, int]  # at best and at worst, the violated and the open rules
Found = tuple[Ends, Any]  # and the values of the record, as admitted
Door = Callable[[sr.DatedArea, Sequence[Content], Path], list[Found]]


def by_object(form: Callable[[sr.DatedArea, Content], Any]) -> Door:
    """Return a door of single records, in a form."""
    return lambda area, many, folder: [of_verdict(area.decide(form(area, c))) for c in many]


def by_all_objects(area: sr.DatedArea, many: Sequence[Content], folder: Path) -> list[Found]:
    """Put records through one call that decides them all."""
    return [of_verdict(v) for v in area.decide_many(map(dict, many))]


def of_verdict(verdict: Any) -> Found:
    """Return what a verdict says; of the rules that it was made with, and of the record that it admits when asked."""
    violated, undetermined, _ = verdict.rules_by_status()
    place = {r.key: 1 << i for i, r in enumerate(verdict.on.rules)}
    masks = [sum(place[k] for k in keys) for keys in (violated, undetermined)]
    return (verdict.at_best, verdict.at_worst, masks[0], masks[1]), values_of(verdict.record)


def values_of(record: Any) -> dict[str, Any]:
    return {k: v for k, v in record.values.items() if k not in through.WHO}


def by_table(made: Callable[[Sequence[Content], Path], Any], engine: str) -> Door:
    """Return a door of whole tables, decided by an engine; each row's record is admitted as its verdict would have it."""

    def judged(area: sr.DatedArea, many: Sequence[Content], folder: Path) -> list[Found]:
        decision = area.decide_table(made(many, folder), engine=engine)
        try:
            rows = [(r["at_best"], r["at_worst"], mask(r["violated"]), mask(r["undetermined"])) for r in decision]
            records = [r for _, r in decision.records(tuple(area.law.rulebook.vocabulary.facts))]
            return [(row, values_of(r)) for row, r in zip(rows, records, strict=True)]
        finally:
            decision.close()

    return judged


def screened(made: Callable[[Sequence[Content], Path], Any], engine: str) -> Door:
    """Return a door of ledgers that are screened."""
    judge = by_screening(made, engine)

    def judged(area: sr.DatedArea, many: Sequence[Content], folder: Path) -> list[Found]:
        place = {r.key: 1 << i for i, r in enumerate(area.law.rules)}
        found = judge(area, many, folder)
        return [
            ((a.at_best, a.at_worst, *(sum(place[k] for k in m or ()) for m in (a.violated, a.undetermined))), a.record)
            for a in found
        ]

    return judged


def as_dataclass(area: sr.DatedArea, one: Content) -> Any:
    """Return a record as a dataclass that has a field for every fact of the area."""
    names = [f.key for f in facts_of(area)]
    return through.as_dataclass({**dict.fromkeys(names), **one})


OBJECTS: dict[str, Door] = {
    "dicts, many at once": by_all_objects,
    "nested": by_object(lambda area, c: through.nested(c)),
    "the other names": by_object(lambda area, c: through.in_chinese(c, area.law.rulebook.vocabulary)),
    "dataclass": by_object(as_dataclass),
}
TABLES: dict[str, Door] = {
    "csv by DuckDB": by_table(through.as_csv(), "duckdb"),
    "csv by record": by_table(through.as_csv(), "records"),
    "JSON lines by DuckDB": by_table(through.as_json_lines, "duckdb"),
    "JSON array by record": by_table(through.as_json_array, "records"),
    "parquet": by_table(through.as_parquet, "duckdb"),
    "pandas": by_table(through.as_pandas, "duckdb"),
    "Polars by record": by_table(through.as_polars, "records"),
    "xlsx by DuckDB": by_table(through.as_workbook, "duckdb"),
}
LEDGERS: dict[str, Door] = {
    "xlsx, screened": screened(through.as_workbook, "records"),
    "csv, screened": screened(through.as_csv(), "duckdb"),
}
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "outcomes": lambda v: (v.at_best, v.at_worst, v.violated()),
    "explain": lambda v: (v.explain("zh"), v.explain("en")),
    "evidence": lambda v: str(v.evidence(every=True)),
    "needs": lambda v: str(v.needs),
    "gaps": lambda v: str(v.gaps),
    "obligations": lambda v: str(v.obligations),
    "to_dict": lambda v: str(v.to_dict()),
}


@dataclass(slots=True)
class Tally:
    """What a run has seen: records by area, answers by door, questions by kind, and what went wrong."""

    areas: Counter[str] = field(default_factory=Counter)
    doors: Counter[str] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def records(self) -> int:
        return self.areas.total()

    def say(self, what: str, about: Any) -> None:
        self.wrong.append(f"{what}: {about!r:.1500}")

    def lines(self) -> Iterator[str]:
        """Yield the counts, and each kind of fault with how many are alike."""
        for _, alike in groupby(sorted(self.wrong), lambda line: line[:60]):
            first, *more = alike
            yield f"{first}\n  and {len(more)} more such"
        for name, counts in (("records", self.areas), ("answers", self.doors), ("questions", self.questions)):
            yield f"{counts.total()} {name}: " + ", ".join(f"{k} {n}" for k, n in sorted(counts.items()))
        yield f"{len(self.wrong)} differences or exceptions"


def agreed(tally: Tally, area: sr.DatedArea, many: list[Content]) -> None:
    """Put the same records through the definition and every door; note each difference from a plain dict's answer."""
    wanted = [of_verdict(area.decide(dict(c))) for c in many]
    few = slice(tally.records // len(many) % SCREENED, None, SCREENED)
    compared(tally, area, "the definition", by_definition, many, wanted)
    for name, door in (OBJECTS | TABLES).items():
        compared(tally, area, name, door, many, wanted)
    for name, door in LEDGERS.items() if many[few] else ():
        compared(tally, area, name, door, many[few], wanted[few])
    tally.areas[area.key] += len(many)


def by_definition(area: sr.DatedArea, many: Sequence[Content], folder: Path) -> list[Found]:
    return [of_verdict(decide(area.law, area.admit(dict(c)))) for c in many]


def compared(
    tally: Tally, area: sr.DatedArea, name: str, door: Door, many: Sequence[Content], wanted: Sequence[Found]
) -> None:
    """Note where a door answers otherwise, or raises."""
    with TemporaryDirectory() as folder:
        try:
            found = door(area, many, Path(folder))
        except Exception:
            tally.say(f"{area.key}, {name}: {traceback.format_exc(limit=-4)}", many[0])
            return
    if len(found) != len(many):
        tally.say(f"{area.key}, {name}: {len(found)} answers to {len(many)} records", many[0])
        return
    tally.doors[name] += len(found)
    for c, came, w in zip(many, found, wanted, strict=True):
        if w[0] != came[0]:
            tally.say(f"{area.key}, {name}: {w[0]} is {came[0]}", c)
        elif w[1] != came[1]:
            differ = {k: (w[1].get(k), came[1].get(k)) for k in w[1] | came[1] if w[1].get(k) != came[1].get(k)}
            tally.say(f"{area.key}, {name}: another record {differ}", c)


def attacked(tally: Tally, area: sr.DatedArea, rng: Random, count: int) -> None:
    """Ask everything of hostile records, and of some again on several threads, which must say the same."""
    many = [hostile(area, rng) for _ in range(count)]
    told = [asked(tally, area, data) for data in many]
    again = range(tally.records % AGAIN, count, AGAIN)
    with ThreadPoolExecutor(THREADS) as pool:
        for i, said in zip(again, pool.map(lambda i: asked(Tally(), area, many[i]), again), strict=True):
            tally.questions["everything again, on threads"] += 1
            if said != told[i]:
                tally.say(f"{area.key}: threads say otherwise", many[i])
    tally.areas[area.key] += count


def asked(tally: Tally, area: sr.DatedArea, data: Any) -> list[Any]:
    """Return the answer to every question about a record; note what raises."""
    said = []
    try:
        verdict = area.decide(data)
        for name, question in QUESTIONS.items():
            said.append(question(verdict))
            tally.questions[name] += 1
    except Exception:
        tally.say(f"{area.key}, asked everything: {traceback.format_exc(limit=-3)}", data)
    return said


def campaign(records: int, seed: int, seconds: float = float("inf"), batch: int = 500) -> Tally:
    """Run until so many records were tried, or the processor's time is over; areas take turns."""
    tally, start, rng = Tally(), time.process_time(), Random(seed)
    while True:
        for area in rng.sample(areas(), len(areas())):
            odd = rng.choice((0.0, 0.02, 0.1, 0.4))
            agreed(tally, area, [content(area, rng, odd) for _ in range(batch)])
            attacked(tally, area, rng, max(1, batch // 5))
            if tally.records >= records or time.process_time() - start > seconds:
                return tally


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=200_000)
    options.add_argument("--seconds", type=float, default=float("inf"), help="of the processor's time")
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    done = campaign(chosen.records, chosen.seed, chosen.seconds)
    print(*done.lines(), f"{time.process_time():.0f} s of the processor", sep="\n")
    sys.exit(1 if done.wrong else 0)
