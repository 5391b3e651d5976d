"""Sides that decide the same records: their answers compared first, then all timed in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.records.peers import Unsupported
from benchmarks.result import Row
from benchmarks.timing import Timed, paired
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.verdict import Verdict

Failed = Callable[[Any], Sequence[str]]
Stream = Callable[[Sequence[Any]], None]
BUDGET = 0.02
PEERS = {
    "datalogic-py": "datalogic",
    "zen-engine, static content": "zen_graph",
    "zen-engine, one compiled expression": "zen_expression",
    "cel-expr-python": "cel",
    "cedarpy": "cedar",
    "durable-rules": "durable_facts",
    "clipspy": "clips_rules",
    "rule-engine": "rule_engine_text",
}
PACKAGES = (
    "datalogic-py", "zen-engine", "cel-expr-python", "cedarpy", "durable_rules", "clipspy", "rule-engine",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many records a side gets wrong: complete ones, and ones with a blank (silently, or by an error)."""

    complete: int
    silent: int
    errors: int


def peers(law: AreaOn) -> tuple[dict[str, Failed], dict[str, str]]:
    """Return each peer's function on a law, and why the others have none."""
    found: dict[str, Failed] = {}
    absent: dict[str, str] = {}
    for name, module in PEERS.items():
        try:
            found[name] = import_module(f"benchmarks.records.peers.{module}").failed_by(law)
        except ImportError as error:
            absent[name] = f"it is not installed here ({error})"
        except Unsupported as error:
            absent[name] = f"its rules here were not written with {error}"
        except Exception as error:
            absent[name] = f"it refuses the rules ({str(error).splitlines()[0][:120]})"
    return found, absent


def wrong(failed: Failed, complete: Sequence[Any], blank: Sequence[Any], decide: Callable[[Any], Verdict]) -> Wrong:
    """Return what a side gets wrong; on a blank, a definite answer that a later fact could overturn is wrong."""
    mistaken = sum(not agrees(failed, record, decide(record)) for record in complete)
    silent = errors = 0
    for record in blank:
        verdict = decide(record)
        try:
            found = set(failed(record))
        except Exception:
            errors += 1
            continue
        silent += not verdict.definite or found != set(verdict.violated())
    return Wrong(mistaken, silent, errors)


def agrees(failed: Failed, record: Any, verdict: Verdict) -> bool:
    """Return whether a side gives the verdict's failed rules."""
    try:
        return set(failed(record)) == set(verdict.violated())
    except Exception:
        return False


def loops(sides: Mapping[str, Failed], records: Sequence[Any]) -> tuple[dict[str, Callable[[], None]], dict[str, int]]:
    """Return a loop over records for each side, over fewer where the side is slow, and how many."""
    made, counts = {}, {}
    for name, failed in sides.items():
        failed(records[0])
        start = time.perf_counter()
        for record in records[:20]:
            failed(record)
        each = (time.perf_counter() - start) / 20
        counts[name] = max(20, min(len(records), int(BUDGET / each)))
        made[name] = _loop(failed, records[: counts[name]])
    return made, counts


def _loop(failed: Failed, records: Sequence[Any]) -> Callable[[], None]:
    def run() -> None:
        for record in records:
            failed(record)

    return run


def timed(
    sides: Mapping[str, Failed], records: Sequence[Any], rounds: int = 15, streams: Mapping[str, Stream] | None = None
) -> dict[str, Timed]:
    """Return each side's time a record, the first side being the baseline; a stream takes all records at once."""
    made, counts = loops(sides, records)
    for name, stream in (streams or {}).items():
        made[name], counts[name] = partial(stream, records), len(records)
    return paired(made, counts, rounds)


def row(workload: str, side: str, t: Timed, note: str = "", what: str = "a decision", first: bool = False) -> Row:
    """Return a side's row; its answers were compared on the very records that were timed."""
    return Row(workload, side, what, t.seconds, None if first else t.ratio, None, True, note)


def said(w: Wrong, complete: int, blank: int) -> str:
    """Return what a side gets wrong, in words."""
    parts = [f"wrong on {w.complete} of {complete} complete records"] if w.complete else []
    if w.silent:
        parts.append(f"answers {w.silent} of {blank} records with a blank that are open or otherwise decided")
    if w.errors:
        parts.append(f"an error on {w.errors} of {blank} records with a blank")
    return "; ".join(parts)
