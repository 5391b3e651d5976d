"""W1: thirty rules on one nested record; the verdict and the failed rules, beside hand-written `if`s and peers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import safety_rules as sr
from benchmarks.records.sides import PACKAGES, PEERS, Failed, Stream, agrees, peers, row, said, timed, wrong
from benchmarks.records.w1_by_hand import by_hand, by_hand_exactly
from benchmarks.records.w1_data import at_threshold, blanked, records
from benchmarks.records.w1_rules import write_folder
from benchmarks.result import Result, Row, Target
from benchmarks.timing import Timed

ABOUT = """One nested dict with 25 facts; 30 rules (limits, flags, lists, ratios). Out come the outcome and the keys of the
failed rules, some 2.6 a record; one thread, warm. The baseline is Python `if`s written by hand in floats: no blanks, no
units, no wrong types, and some records at a threshold decided wrongly. Peers get the same rules in their own language.
All sides are timed on complete records on which all of them agree with the definition; what each gets wrong is in its
row. "Evidence" is the status of each rule, its failed clauses and the values that it read."""

BASELINE = "Python `if`s by hand, floats"
DECIDE = "safety_rules, `decide`"
MANY = "safety_rules, `decide_many`"
FAILED = "safety_rules, `decide` with evidence of the failed rules"
EVERY = "safety_rules, `decide` with evidence of all rules"
TRACE = "zen-engine, static content, with trace"


def area() -> sr.DatedArea:
    """Return the law of W1."""
    return sr.load(write_folder(Path(_folder().name))).area("w1").on("2021-01-01")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of the rules, which goes with the process."""
    return tempfile.TemporaryDirectory(prefix="w1-")


def ours(law: sr.DatedArea) -> dict[str, Failed]:
    """Return our sides."""
    decide = law.decide

    def verdict(record: Any) -> Any:
        made = decide(record)
        return made.outcome and made.violated()

    def failed(record: Any) -> Any:
        return [e.rule.key for e in decide(record).evidence()]

    def every(record: Any) -> Any:
        return [e.rule.key for e in decide(record).evidence(every=True) if e.failed]

    return {DECIDE: verdict, FAILED: failed, EVERY: every}


def streaming(law: sr.DatedArea) -> Stream:
    """Return the way through many records."""

    def run(records: Sequence[Any]) -> None:
        for verdict in law.decide_many(records):
            verdict.outcome  # noqa: B018
            verdict.violated()

    return run


def measured() -> Result:
    """Return what W1 measured."""
    law = area()
    complete, blank = records(2000), blanked(records(500, seed=3))
    found, absent = peers(law.law)
    if "zen-engine, static content" not in absent:
        from benchmarks.records.peers import zen_graph

        found[TRACE] = zen_graph.failed_by(law.law, trace=True)
    hand: dict[str, Failed] = {
        BASELINE: lambda record: by_hand(record)[1],
        "Python `if`s by hand, exact ratios": lambda record: by_hand_exactly(record)[1],
    }
    sides = {**hand, **ours(law), **found}
    counted = {name: wrong(f, complete, blank, law.decide) for name, f in {**hand, **found}.items()}
    verdicts = [(r, law.decide(r)) for r in complete]
    agreed = [r for r, v in verdicts if all(agrees(f, r, v) for f in sides.values())]
    times = timed({**_direct(law), **found}, agreed, 41, {MANY: streaming(law)})
    notes = {name: said(w, len(complete), len(blank)) for name, w in counted.items()}
    rows = [row("W1", name, t, notes.get(name, ""), first=name == BASELINE) for name, t in times.items()]
    rows += _harder(law, blank)
    return Result(
        "W1", "thirty rules on one record", f"{ABOUT} ({len(agreed)} of {len(complete)} generated records.)", tuple(rows),
        targets(times, found), PACKAGES, _costs(times), absent,
    )  # fmt: skip


def _direct(law: sr.DatedArea) -> dict[str, Any]:
    """Return the sides of our own as they are timed: without a wrapper around what is called."""
    mine = ours(law)
    return {BASELINE: by_hand, "Python `if`s by hand, exact ratios": by_hand_exactly, **mine}


def targets(times: dict[str, Timed], found: dict[str, Failed]) -> tuple[Target, ...]:
    """Return the targets of W1 beside what was reached."""
    fastest = min((n for n in found if n in PEERS), key=lambda n: times[n].ratio)
    reached = [
        Target("W1", "definite verdict and failed rules, beside hand-written `if`s", 2, times[DECIDE].ratio, "×"),
        Target(
            "W1", f"the same, beside the fastest peer ({fastest})", 1, times[DECIDE].ratio / times[fastest].ratio, "×"
        ),
        Target("W1", "the same by `decide_many`, beside hand-written `if`s", 2, times[MANY].ratio, "×"),
        Target("W1", "with values and explanation of the failed rules, beside `if`s", 6, times[FAILED].ratio, "×"),
    ]
    if TRACE in times:
        beside = times[EVERY].ratio / times[TRACE].ratio
        reached.append(Target("W1", "explanation of all rules, beside zen-engine's trace", 1, beside, "×"))
    return tuple(reached)


def _harder(law: sr.DatedArea, blank: list[Any]) -> list[Row]:
    """Return rows of ours beside the baseline's figures on records that no other side answers rightly."""
    ties = at_threshold(500)
    sets = {"a decision exactly at a threshold": ties, "a decision with one blank": blank}
    found = []
    for what, many in sets.items():
        verdict = ours(law)[DECIDE]
        t = timed({DECIDE: verdict}, many)[DECIDE]
        found.append(Row("W1", DECIDE, what, t.seconds, note="others are wrong here"))
    return found


def _costs(times: dict[str, Timed]) -> dict[str, float]:
    return {
        "w1_decide_us": times[DECIDE].seconds * 1e6,
        "w1_evidence_failed_us": times[FAILED].seconds * 1e6,
        "w1_evidence_all_us": times[EVERY].seconds * 1e6,
        "w1_by_hand_us": times[BASELINE].seconds * 1e6,
    }
