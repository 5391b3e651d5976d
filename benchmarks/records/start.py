"""Start: importing the package and asking the command for help, beside a bare interpreter."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from benchmarks.result import Result, Row, Target

ABOUT = "Each in a fresh process, modules compiled before as an installation has them; the least of twelve, in turns."
COMPILED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
BARE = "a bare interpreter"
SIDES = {
    BARE: [sys.executable, "-c", "pass"],
    "import safety_rules": [sys.executable, "-c", "import safety_rules"],
    "import safety_rules, and use a name": [sys.executable, "-c", "import safety_rules; safety_rules.load"],
    "safety-rules --help": [sys.executable, "-m", "safety_rules.cli.main", "--help"],
    "load the built-in rules": [sys.executable, "-c", "import safety_rules as sr; sr.load()"],
    "load the built-in rules and decide": [
        sys.executable, "-c", "import safety_rules as sr; sr.load().area('admission').on('2020-10-01').decide({}).outcome",
    ],
}  # fmt: skip


def measured() -> Result:
    """Return what starting costs."""
    taken: dict[str, list[float]] = {name: [] for name in SIDES}
    for _ in range(12):
        for name, command in SIDES.items():
            taken[name].append(_seconds(command))
    least = {name: min(times) for name, times in taken.items()}
    bare = least[BARE]
    rows = tuple(Row("start", n, "a process", t, None if n == BARE else t / bare) for n, t in least.items())
    imported, helped = least["import safety_rules"] - bare, least["safety-rules --help"]
    loaded, decided = least["load the built-in rules"] - bare, least["load the built-in rules and decide"]
    targets = (
        Target("start", "`import safety_rules` beyond a bare interpreter", 50, imported * 1000, "ms"),
        Target("start", "`safety-rules --help`", 150, helped * 1000, "ms"),
        Target("start", "the built-in rules loaded, from the cache", 250, loaded * 1000, "ms"),
        Target("start", "from nothing to a first verdict", 600, decided * 1000, "ms"),
    )
    costs = {"import_ms": imported * 1000, "help_ms": helped * 1000}
    return Result("start", "how long a process takes to start", ABOUT, rows, targets, (), costs)


def _seconds(command: list[str]) -> float:
    """Return the processor seconds of a process, which what else the machine does changes little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=COMPILED)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
