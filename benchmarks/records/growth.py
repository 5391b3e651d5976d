"""Growth: 10 to 3,000 rules (reading, compiling, deciding), and 1 to 50 chemicals in grading."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import safety_rules as sr
from benchmarks.machine import peak_mib
from benchmarks.records.plots import growth_plot
from benchmarks.records.sides import BUDGET, timed
from benchmarks.records.w1_data import records
from benchmarks.records.w1_rules import NUMBERS, OUTCOMES, write_folder
from benchmarks.result import Result, Row, Target
from safety_rules.engines.compiled import compiled, fast
from safety_rules.engines.compiled.decide import decider
from safety_rules.semantics.decide import AreaOn

SIZES = (10, 30, 100, 300, 1000, 3000)
CHEMICALS = (1, 2, 5, 10, 20, 50)
TRADES = tuple(f"trade_{n:03d}" for n in range(200))
NAMES = (
    ("氨", ""), ("氯", ""), ("苯", "W5.3"), ("甲醇", "W5.3"), ("乙醇", "W5.3"), ("丙酮", "W5.3"), ("二氧化硫", ""), ("汽油", "W5.3"),
)  # fmt: skip

ABOUT = """Generated rules of one limit each over 14 numbers; the records are those of W1. "One trade each": nine rules of
ten apply to one of 200 trades only, so that some 5 of 1,000 of those can apply to a record. Reading and compiling are
processor seconds of this process. Grading: a unit of `major_hazard` (GB 18218-2018) with its chemicals."""


def rules(count: int) -> tuple[tuple[str, str, str, str], ...]:
    """Return rules of one limit each, nine of ten for one trade only."""
    keys, found = list(NUMBERS), []
    for n in range(count):
        key = keys[n % len(keys)]
        applies = f"project.trade == '{TRADES[n // 10 % len(TRADES)]}'" if n % 10 else ""
        requires = f"{key} >= {n % 90 + 2}[{NUMBERS[key]}]"
        found.append((f"r_{n:04d}", OUTCOMES[1 + n % 3], applies, requires))
    return tuple(found)


def laws(applying: bool) -> tuple[dict[int, AreaOn], float]:
    """Return the law of each size, and the processor seconds that reading all rules took."""
    with tempfile.TemporaryDirectory(prefix="growth-") as below:
        folder = write_folder(Path(below), rules(max(SIZES)), TRADES)
        start = time.process_time()
        whole = sr.load(folder).area("w1").on("2021-01-01").law
        taken = time.process_time() - start
    by_number = {int(r.key[2:]): r for r in whole.rules}
    found = {}
    for size in SIZES:
        chosen = [r for n, r in by_number.items() if n < size]
        if applying:
            chosen = [replace(r, applies_when=()) for r in chosen]
        found[size] = replace(whole, rules=tuple(chosen))
    return found, taken


def seconds(work: Callable[[], object], rounds: int = 3) -> float:
    """Return the least processor seconds of some runs."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def decide_times(found: dict[int, AreaOn], many: Sequence[Any]) -> dict[int, float]:
    """Return the seconds a decision takes at each size, all sizes in turns."""
    sides = {str(size): decider(law).decided for size, law in found.items()}
    return {int(size): t.seconds for size, t in timed(sides, many, rounds=11).items()}


def chemicals(count: int, seed: int) -> dict[str, Any]:
    """Return a generated unit with that many chemicals."""
    rng = Random(seed)
    held = []
    for _ in range(count):
        name, category = rng.choice(NAMES)
        held.append(
            {"name": name, "categories": [category] if category else [], "quantity": round(rng.uniform(0.1, 60), 3)}
        )
    return {"unit": {"scope": "in_scope", "exposed_population": rng.choice([0, 10, 40, 80, 200]), "chemicals": held}}


def grading_times() -> dict[int, float]:
    """Return the seconds that grading a unit takes by its number of chemicals."""
    area = sr.load().area("major_hazard").on("2020-10-01")
    units = {n: [chemicals(n, seed) for seed in range(40)] for n in CHEMICALS}
    assert all(area.decide(u).definite for many in units.values() for u in many)
    found = {}
    for n, many in units.items():
        one_round = max(1, int(BUDGET / 0.0002 / len(many)))
        found[n] = min(_each(area, many) for _ in range(3 * one_round))
    return found


def _each(area: sr.DatedArea, many: Sequence[Any]) -> float:
    start = time.perf_counter()
    for unit in many:
        area.decide(unit)
    return (time.perf_counter() - start) / len(many)


def index_ratio(law: AreaOn, many: Sequence[Any]) -> float:
    """Return a decision's time beside that of the same law without the rules that cannot apply to the records."""
    trade = many[0]["project"]["trade"]
    own = [r for r in law.rules if not r.applies_when or repr(trade) in r.applies_when[0].text]
    alone = replace(law, rules=tuple(own))
    return timed({"alone": decider(alone).decided, "all": decider(law).decided}, many, rounds=11)["all"].ratio


def measured() -> Result:
    """Return what growth measured."""
    many = [{**r, "project": {**r["project"], "trade": TRADES[0]}} for r in records(400)]
    mixed = [{**r, "project": {**r["project"], "trade": TRADES[n % 200]}} for n, r in enumerate(records(400))]
    guarded, reading = laws(applying=False)
    applying, _ = laws(applying=True)
    compile_fast = {n: seconds(lambda law=law: fast(law, lambda data: None)) for n, law in guarded.items()}  # type: ignore[misc]
    compile_both = {n: t + seconds(lambda n=n: compiled(guarded[n])) for n, t in compile_fast.items()}  # type: ignore[misc]
    by_trade, for_all = decide_times(guarded, mixed), decide_times(applying, mixed)
    beside = index_ratio(guarded[max(SIZES)], many)
    grading = grading_times()
    plot = growth_plot(by_trade, for_all, compile_both, grading)
    rows = [
        *(Row("growth", "compile, both functions", f"{n} rules", t) for n, t in compile_both.items()),
        *(
            Row("growth", "decide, one trade each", f"{n} rules", t, t / by_trade[SIZES[0]])
            for n, t in by_trade.items()
        ),
        *(Row("growth", "decide, all apply", f"{n} rules", t, t / for_all[SIZES[0]]) for n, t in for_all.items()),
        Row("growth", "read from YAML", f"{max(SIZES)} rules", reading, peak_mib=peak_mib()),
        Row(
            "growth",
            "decide, beside the rules that can apply alone",
            f"{max(SIZES)} rules",
            by_trade[max(SIZES)],
            beside,
        ),
        *(Row("growth", "grade a unit", f"{n} chemicals", t, t / grading[1]) for n, t in grading.items()),
    ]
    linear = (for_all[3000] / for_all[10]) / (3000 / 10)
    each = ", ".join(f"{for_all[n] / n * 1e9:.0f} ns at {n}" for n in SIZES[2:])
    targets = (
        Target("growth", "3,000 rules compiled (both functions)", 3, compile_both[3000], "s"),
        Target("growth", "a decision's growth from 10 to 3,000 rules, all of which apply, beside linear", 1, linear, "×",
               f"a rule takes {each}"),
        Target("growth", "3,000 rules, most of which cannot apply, beside those that can alone", 1.25, beside, "×"),
    )  # fmt: skip
    costs = {
        "compile_3000_rules_s": compile_both[3000],
        "decide_3000_rules_us": by_trade[3000] * 1e6,
        "grade_1_chemical_us": grading[1] * 1e6,
        "grade_50_chemicals_us": grading[50] * 1e6,
    }
    return Result(
        "growth", "more rules, more chemicals", ABOUT, tuple(rows), targets, ("matplotlib",), costs, plots=(plot,)
    )
