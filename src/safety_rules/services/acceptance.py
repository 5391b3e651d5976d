"""Findings that are known and left for now: those of a baseline, and those that somebody waived.

Neither ever takes in an error of the rule files, a failed case, or anything about a veto rule.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from safety_rules.formats.report import Problem, Suppressed, of_diagnostics, worded
from safety_rules.language.errors import NotFoundError, RecordError
from safety_rules.services.lint.waivers import WAIVABLE, LintWaiver, waiver_findings
from safety_rules.words.catalog import both

SCHEMA = "safety_rules.baseline/1"
Mark = tuple[str, str, str]


def mark(problem: Problem, folder: str) -> Mark:
    """Return what a baseline knows a problem by: code, file below the folder, message; no line, which moves."""
    name = problem.at.source.name if problem.at is not None else ""
    return (problem.code, name.removeprefix(folder), problem.message)


def may_stand(problem: Problem, vetoes: frozenset[str]) -> bool:
    """Return whether a problem may be waived or left to a baseline."""
    about_a_veto = problem.at is not None and problem.at.source.name in vetoes
    return problem.code in WAIVABLE and not about_a_veto


def baseline_text(problems: Iterable[Problem], folder: str, vetoes: frozenset[str]) -> str:
    """Return a baseline of all problems that may stand."""
    marks = sorted(mark(p, folder) for p in problems if may_stand(p, vetoes))
    found = [{"code": c, "file": f, "message": m} for c, f, m in marks]
    return json.dumps({"schema": SCHEMA, "findings": found}, ensure_ascii=False, indent=1) + "\n"


def baseline(path: Path) -> Counter[Mark]:
    """Return the marks of a baseline; raises NotFoundError, or RecordError where the file is none."""
    if not path.is_file():
        raise NotFoundError(f"there is no baseline `{path}`; write one with --write-baseline")
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        found = [(f["code"], f["file"], f["message"]) for f in data["findings"]]
        known = data["schema"] == SCHEMA and all(isinstance(part, str) for m in found for part in m)
    except (ValueError, KeyError, TypeError, RecursionError):
        known, found = False, []
    if not known:
        raise RecordError(f"`{path}` is no baseline; write it again with --write-baseline")
    return Counter(found)


def settled(
    problems: Sequence[Problem],
    folder: str,
    vetoes: frozenset[str],
    old: Counter[Mark],
    waivers: Sequence[LintWaiver],
    on: datetime.date,
) -> tuple[list[Problem], list[Suppressed]]:
    """Return the problems that count, with those that waivers and the baseline themselves give, and the others."""
    left, counted, suppressed = Counter(old), [], []
    used: list[LintWaiver] = []
    refused: list[LintWaiver] = []
    for problem in problems:
        name = problem.at.source.name if problem.at is not None else ""
        covering = [w for w in waivers if w.covers(problem.code, name, problem.message)]
        stands = may_stand(problem, vetoes)
        refused += covering if not stands else []
        valid = [w for w in covering if w.until >= on and stands]
        used += covering
        if valid:
            reason = f"{valid[0].owner}, until {valid[0].until}: {valid[0].reason}"
            suppressed.append(Suppressed(problem, "waiver", reason))
        elif stands and left[mark(problem, folder)] > 0:
            left[mark(problem, folder)] -= 1
            suppressed.append(Suppressed(problem, "baseline", "found before, and in the baseline"))
        else:
            counted.append(problem)
    counted += of_diagnostics(list(waiver_findings(waivers, used, refused, on)))
    counted += [_stale(m) for m in (+left).elements()]
    return counted, suppressed


def _stale(found: Mark) -> Problem:
    code, file, message = found
    return worded("stale-baseline", both("test.stale", code=code, file=file, message=message), None, level="note")
