"""Checking rule folders as they grow: reading, lint, cases, mutants and proofs of generated rules, over three sizes."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.records.growth import TRADES, rules
from benchmarks.records.w1_rules import write_folder
from benchmarks.result import Result, Row, Target

ABOUT = """Generated rules of one limit each, nine of ten for one trade only, each with three cases (it holds, it fails, blank). Each
verb in a fresh process, processor seconds with its children, beside reading the same folder in a process of its own; nothing is kept."""
SIZES = (300, 1000, 3000)
SMALL = (75, 150, 300)
VERBS = {"check --lint": ("check", "--lint"), "test": ("test",)}
SLOW = {"test --mutate": ("test", "--mutate"), "prove": ("prove",)}
CLI = "import sys; from safety_rules.cli.main import main; sys.argv = ['safety-rules', *sys.argv[1:]]; main()"
LOAD = "import sys, safety_rules as sr; sr.load(sys.argv[1])"


def folder(count: int, below: Path) -> Path:
    """Write that many rules with their cases."""
    made = write_folder(below / f"of-{count}", rules(count), TRADES)
    for n, (key, _, applies, requires) in enumerate(rules(count)):
        fact, _, limit = requires.partition(" >= ")
        number, unit = limit.rstrip("]").split("[")
        given = f"{fact}: {{}}"
        trade = f", project.trade: trade_{n // 10 % len(TRADES):03d}" if applies else ""
        cases = [("holds", f"{number} {unit}", "satisfied")]
        cases += [("fails", f"{int(number) - 1} {unit}", "violated")] if number != "1" else []
        lines = [f"  - {{case: {t}, given: {{{given.format(v)}{trade}}}, expect: {e}}}" for t, v, e in cases]
        lines.append(f"  - {{case: blank, given: {{{given.format('unknown')}{trade}}}, expect: undetermined}}")
        path = made / "w1" / f"{key}.yaml"
        path.write_text(path.read_text("utf-8") + "\n".join(["cases:", *lines]) + "\n", encoding="utf-8")
    return made


def measured() -> Result:
    """Return what the verbs take at each size."""
    found: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory(prefix="checks-") as below:
        for size in sorted({*SIZES, *SMALL}):
            made = folder(size, Path(below))
            found["read", size] = _seconds(["-c", LOAD, str(made)])
            for name, verb in {**(VERBS if size in SIZES else {}), **(SLOW if size in SMALL else {})}.items():
                found[name, size] = _seconds(["-c", CLI, verb[0], str(made), *verb[1:]])
    rows = [
        Row("checks", name, f"{size} rules", t, None if name == "read" else t / found["read", size])
        for (name, size), t in found.items()
    ]
    targets = [
        Target("checks", f"`{name}` at {size:,} rules", most, found[name, size], "s")
        for name, size, most in (
            ("check --lint", 1000, 10), ("check --lint", 3000, 25), ("test", 1000, 10), ("test", 3000, 25),
            ("test --mutate", 300, 60), ("prove", 300, 60),
        )
    ]  # fmt: skip
    return Result("checks", "rule folders that grow", ABOUT, tuple(rows), tuple(targets), (), {})


def _seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
