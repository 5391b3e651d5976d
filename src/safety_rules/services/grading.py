"""Grading of major hazard installations: units with S, R, level, each chemical's part, and what changes in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from safety_rules.engines.compiled.derived import derived, duties
from safety_rules.face import DatedArea
from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.language.kinds import Name
from safety_rules.language.verdict import DueDuty
from safety_rules.semantics.verdict import Verdict
from safety_rules.services.screening import screen


@dataclass(frozen=True, slots=True)
class GradedChemical:
    """One chemical of a unit; what is not known is None. `share` is its part of Σβ·q/Q, or of S where β is unknown."""

    name: str
    quantity: Fraction | None
    critical_quantity: Fraction | None
    beta: Fraction | None
    ratio: Fraction | None
    corrected_ratio: Fraction | None
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class GradedUnit:
    """One unit: its row of the ledger, S, α and R where known, and its chemicals."""

    row: ScreenedRow
    ratio_sum: Fraction | None
    alpha: Fraction | None
    hazard_index: Fraction | None
    chemicals: tuple[GradedChemical, ...]
    notes: tuple[Name, ...]
    duties: tuple[DueDuty, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes from one verdict on a unit to a later one."""

    before: str
    after: str
    gained: tuple[DueDuty, ...]
    lost: tuple[DueDuty, ...]
    values: Mapping[str, tuple[Any, Any]]


def grade(source: Path | str, area: DatedArea, sheet: str | None = None) -> tuple[Screening, Iterator[GradedUnit]]:
    """Return the screening of a ledger of units, and its units as they are graded (rows can be read once)."""
    screening = screen(source, area, sheet)
    values_of, duties_of = derived(area.law), duties(area.law)

    def units() -> Iterator[GradedUnit]:
        for row in screening.rows:
            given = row.verdict.record.values if row.verdict is not None else None
            values = values_of(given) if given is not None else {}
            yield graded(row, values, duties_of(given) if given is not None else [])

    return screening, units()


def graded(row: ScreenedRow, values: Mapping[str, Any], due: list[DueDuty]) -> GradedUnit:
    """Return a row of the ledger with its figures and duties, from the derived values of its record."""
    items: Any = row.verdict.record.values.get("unit.chemicals", ()) if row.verdict is not None else ()
    total = values.get("unit.corrected_sum")
    chemicals = tuple(_chemical(item, f"unit.chemicals[{i}]", values, total) for i, item in enumerate(items))
    return GradedUnit(
        row,
        values.get("unit.ratio_sum"),
        values.get("unit.alpha"),
        values.get("unit.hazard_index"),
        chemicals,
        tuple(_notes(items)),
        tuple(due),
    )


def _chemical(item: Mapping[str, Any], path: str, values: Mapping[str, Any], total: Fraction | None) -> GradedChemical:
    corrected = values.get(f"{path}.corrected_ratio")
    share = corrected / total if corrected is not None and total else None
    return GradedChemical(
        str(item.get("name", "")),
        item.get("quantity"),
        values.get(f"{path}.critical_quantity"),
        values.get(f"{path}.beta"),
        values.get(f"{path}.ratio"),
        corrected,
        share,
    )


def _notes(items: Any) -> Iterator[Name]:
    """Say where one chemical stands twice, whose quantities are added up."""
    seen: dict[str, int] = {}
    for item in items:
        name = item.get("name")
        if name is not None:
            seen[name] = seen.get(name, 0) + 1
    for name, count in seen.items():
        if count > 1:
            yield Name(
                f"“{name}”填报{count}次，数量已合并计算",
                f"`{name}` is given {count} times; the quantities are added up",
            )


def compare(before: Verdict, after: Verdict) -> Comparison:
    """Return what changes between two verdicts on one unit: outcome, duties that come and go, figures."""
    old, new = ({d.key: d for d in v.obligations if d.certain} for v in (before, after))
    paths = [p for p in after.derived if "[" not in p]
    changed = {p: (before.derived.get(p), after.derived[p]) for p in paths if before.derived.get(p) != after.derived[p]}
    return Comparison(
        before.outcome,
        after.outcome,
        tuple(d for key, d in new.items() if key not in old),
        tuple(d for key, d in old.items() if key not in new),
        changed,
    )
