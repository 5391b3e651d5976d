"""RESULTS.md from the results at hand: targets beside what was reached, then every row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.result import Result, Row, Target, result_of

HEAD = """# Benchmarks: what was reached

Written by `python -m benchmarks` from `benchmarks/results/`; not edited by hand. Ratios are medians of the ratios of
neighbouring runs, both sides in turns in one process, answers compared before timing. Absolute times are of the machine
named, with whatever else it was doing; read the ratios. Blanks come first, for every real ledger has them.
"""


def rendered(files: Iterable[Path]) -> str:
    """Return the text of RESULTS.md."""
    blanks_first = sorted(files, key=lambda path: (path.stem != "blanks", path.stem))
    held = [json.loads(path.read_text(encoding="utf-8")) for path in blanks_first]
    results = [(data, result_of(data)) for data in held]
    targets = [t for _, result in results for t in result.targets]
    parts = [HEAD, _targets(targets)] if targets else [HEAD]
    parts += [_section(data, result) for data, result in results]
    return "\n".join(parts)


def _targets(targets: Iterable[Target]) -> str:
    lines = ["## Targets", "", "| workload | target | limit | reached | |", "|---|---|---:|---:|---|"]
    for t in targets:
        verdict = "reached" if t.met else "**missed**"
        lines.append(
            f"| {t.workload} | {t.says} | {_figure(t.limit)} {t.unit} | {_figure(t.reached)} {t.unit} | {verdict} |"
        )
    notes = [f"- {t.workload}, {t.says}: {t.note}" for t in targets if t.note]
    return "\n".join([*lines, "", *notes, ""] if notes else [*lines, ""])


def _section(data: dict[str, Any], result: Result) -> str:
    about = data["machine"]
    machine = (
        f"{about['processor']}, {about['cores']} cores, {about['memory_gib']} GiB, {about['system']}, "
        f"Python {about['python']}; {about['day']}, load {about['load']} at the start"
    )
    parts = [f"## {result.key}: {result.title}", "", result.about, "", f"Machine: {machine}."]
    if data["versions"]:
        parts.append("Versions: " + ", ".join(f"{k} {v}" for k, v in data["versions"].items()) + ".")
    parts += ["", _rows(result.rows), ""]
    parts += [f"- {name} did not take part: {why}" for name, why in result.absent.items()]
    parts += [f"![{plot}]({plot})" for plot in result.plots]
    if result.unit_costs:
        parts += ["Unit costs: " + ", ".join(f"{k} {_figure(v)}" for k, v in result.unit_costs.items()) + "."]
    return "\n".join([*parts, ""])


def _rows(rows: Iterable[Row]) -> str:
    lines = ["| what | side | time | ratio | peak MiB | answers agree | |", "|---|---|---:|---:|---:|---|---|"]
    agreed = {True: "yes", False: "no", None: ""}
    for r in rows:
        ratio = "" if r.ratio is None else f"{r.ratio:.2f}"
        peak = "" if r.peak_mib is None else f"{r.peak_mib:.0f}"
        lines.append(f"| {r.what} | {r.side} | {time(r.seconds)} | {ratio} | {peak} | {agreed[r.agrees]} | {r.note} |")
    return "\n".join(lines)


def time(seconds: float) -> str:
    """Return a duration in the unit that reads best."""
    for size, unit in ((1, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def _figure(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"
