"""SCALE.md: what a province and a country would cost, reckoned from the unit costs of the results at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

HOUR, DAY = 3600, 86_400
SIZES = {"a province: 10⁷ records": 10**7, "a country: 10⁸ records a day": 10**8, "a country: 10⁹ records a day": 10**9}
IN_BYTES, OUT_BYTES = 51, 4.4
HEAD = """# On paper: a province and a country

Reckoned by `python -m benchmarks` from the unit costs in `benchmarks/results/`, measured on two cores of one machine that
did other work as well; not measured at these sizes. A figure is what the rows cost, multiplied; starting machines, moving
files and people are not in it. Rows are independent, so cores divide the time; memory of a table stays flat as rows grow
(see W2-growth). One row of W2 takes some {bytes_in} bytes of Parquet in and {bytes_out} out.
"""


def scaled(files: Iterable[Path]) -> str:
    """Return the text of SCALE.md; a row whose unit cost nobody has measured yet is left out."""
    costs: dict[str, float] = {}
    cores = 2
    for path in files:
        held = json.loads(path.read_text(encoding="utf-8"))
        costs |= held.get("unit_costs", {})
        cores = held["machine"]["cores"]
    parts = [HEAD.format(bytes_in=IN_BYTES, bytes_out=OUT_BYTES)]
    parts += [_section(title, count, costs, cores) for title, count in SIZES.items()]
    parts += [_chains(costs), LIMITS]
    return "\n".join(p for p in parts if p)


WAYS = (
    ("all rows at once, DuckDB, verdicts and masks to a file", "w2_row_us", True),
    ("all rows at once, Spark", "w2_spark_row_us", True),
    ("one after the other as they come, verdict and failed rules", "w1_decide_us", False),
    ("the same, with the values behind each failed rule", "w1_evidence_failed_us", False),
)


def _section(title: str, count: int, costs: Mapping[str, float], cores: int) -> str:
    lines = [
        f"## {title.capitalize()}",
        "",
        "| way | a record | core-hours | cores to be done in an hour |",
        "|---|---:|---:|---:|",
    ]
    for way, key, parallel in WAYS:
        if key in costs:
            each = costs[key] * (cores if parallel else 1)
            spent = count * each / 1e6
            lines.append(f"| {way} | {each:.3g} core-µs | {spent / HOUR:.3g} | {max(1, -(-spent // HOUR)):.0f} |")
    gigabytes = count / 1e9
    lines += ["", f"Files: {IN_BYTES * gigabytes:.3g} GB in, {OUT_BYTES * gigabytes:.3g} GB out."]
    steady = count / DAY
    if "w1_decide_us" in costs:
        load = steady * costs["w1_decide_us"] / 1e6
        lines.append(f"Spread over a day they come at {steady:,.0f} a second, which keeps {load:.2g} of a core busy.")
    return "\n".join([*lines, ""])


def _chains(costs: Mapping[str, float]) -> str:
    if "chain_record_us" not in costs:
        return ""
    each = costs["chain_record_us"]
    rows = [f"| {n:,} records | {n * each / 1e6 / 60:.3g} min |" for n in (10**6, 10**7, 10**8)]
    return "\n".join(
        [
            "## Chains over a ledger", "", f"{each:.3g} µs a record of the ledger (accidents, dangers, listings, projects), on two cores.", "",
            "| ledger | time |", "|---|---:|", *rows, "",
            "Chains join records of one enterprise only, so a ledger beyond one machine's memory is cut by enterprise and the "
            "parts are chained one after the other, or on several machines.", "",
        ]
    )  # fmt: skip


LIMITS = """## What is not known

- Two cores and one disk were measured; a cluster of many machines was not, only one master and two workers on one machine.
- W2 has 25 facts and 30 rules without lists. An area with lists of chemicals costs several times as much a row.
- Rows that SQL leaves to the exact evaluator cost some hundred microseconds each. In clean files they are few; a file of
  free text (`三千平`, `2.7 亿元`) sends a fifth of its rows that way.
- Words for people (`screen`: reasons, gaps, needs) cost 4 to 18 ms for a row that is not simply admitted: the more, the more of it
  is blank. `screen --jobs N` divides that among processes, and does so by itself above 5,000 rows.
"""
