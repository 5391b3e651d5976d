"""Runs the benchmarks and writes RESULTS.md and SCALE.md: `python -m benchmarks [--only W1] [--list] [--render]`.

A workload is a module with one function, `measured() -> Result` (see `result.py`), and a line in
WORKLOADS below. Each runs in a process of its own, so that its peak memory is its own and its failure
is not another's; what it returns is written to `results/KEY.json` with the machine and the versions.
RESULTS.md is rendered from all those files, also from those of an earlier run, and never edited.

Inside a workload both sides run in turns (`timing.paired`), since times drift on a shared machine
and ratios of neighbouring runs do not. A side's answers are compared before it is timed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.machine import machine, versions
from benchmarks.render import rendered
from benchmarks.tables.scale import scaled

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"

WORKLOADS: dict[str, str] = {
    "W1": "benchmarks.records.w1",
    "W2": "benchmarks.tables.w2",
    "W2-blanks": "benchmarks.tables.w2_with_blanks",
    "W2-growth": "benchmarks.tables.growth",
    "W2-Spark": "benchmarks.tables.w2_spark",
    "chains": "benchmarks.tables.chains",
    "blanks": "benchmarks.records.blanks",
    "admission": "benchmarks.records.admission",
    "growth": "benchmarks.records.growth",
    "start": "benchmarks.records.start",
    "reading": "benchmarks.tables.reading",
    "ledgers": "benchmarks.ledgers",
    "commands": "benchmarks.commands",
    "grading": "benchmarks.grading",
    "service": "benchmarks.service",
}


def written(key: str) -> Path:
    """Run one workload in this process; return the file that holds its result."""
    before = machine()
    result = import_module(WORKLOADS[key]).measured()
    path = RESULTS / f"{key}.json"
    data = {"machine": before, "versions": versions(result.packages), **result.to_dict()}
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Run the workloads named, or all, and render RESULTS.md; exit 1 where one failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(WORKLOADS), default=list(WORKLOADS), metavar="KEY")
    parser.add_argument("--list", action="store_true", help="name the workloads and end")
    parser.add_argument("--render", action="store_true", help="only write RESULTS.md from the results at hand")
    parser.add_argument("--here", choices=list(WORKLOADS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.list:
        print("\n".join(WORKLOADS))
        return
    if asked.here:
        written(asked.here)
        return
    failed = [] if asked.render else [key for key in asked.only if not _done(key)]
    (HERE / "RESULTS.md").write_text(rendered(sorted(RESULTS.glob("*.json"))), encoding="utf-8")
    (HERE / "SCALE.md").write_text(scaled(sorted(RESULTS.glob("*.json"))), encoding="utf-8")
    print(f"written to {HERE / 'RESULTS.md'}")
    if failed:
        sys.exit(f"failed, their earlier results kept: {', '.join(failed)}")


def _done(key: str) -> bool:
    print(f"{key} ...", flush=True)
    command = [sys.executable, "-m", "benchmarks", "--here", key]
    return subprocess.run(command, cwd=HERE.parent, check=False).returncode == 0
