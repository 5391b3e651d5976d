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
from safety_rules.language.table import Edition
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


def grade(
    source: Path | str, area: DatedArea, sheet: str | None = None, engine: str = "auto"
) -> tuple[Screening, Iterator[GradedUnit]]:
    """Return the screening of a ledger of units, and its units as they are graded (rows can be read once)."""
    screening = screen(source, area, sheet, engine=engine)
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
        notes(row.verdict) if row.verdict is not None else (),
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


def notes(verdict: Verdict) -> tuple[Name, ...]:
    """Return what a reader should know of a unit's list: chemicals given twice, names that their CAS numbers contradict."""
    edition = verdict.on.rulebook.tables["listed_substances"].edition_on(verdict.on.as_of)
    items: Any = verdict.record.values.get("unit.chemicals", ())
    return (*_twice(items, edition), *_contradicting(items, edition))


def _substance(spelling: str | None, edition: Edition | None) -> str | None:
    """Return the substance of Table 1 that a name or CAS number means."""
    rows = edition.matching(spelling) if edition is not None and spelling is not None else ()
    return str(rows[0].cells["substance"]) if rows else None


def _twice(items: Any, edition: Edition | None) -> Iterator[Name]:
    names: dict[str, list[str]] = {}
    for item in items:
        name = item.get("name")
        if name is not None:
            names.setdefault(_substance(name, edition) or name, []).append(name)
    for same in names.values():
        if len(same) > 1:
            zh, en = "、".join(dict.fromkeys(same)), ", ".join(dict.fromkeys(same))
            yield Name(
                f"“{zh}”填报{len(same)}次，数量已合并计算",
                f"`{en}` is given {len(same)} times; the quantities are added up",
            )


def _contradicting(items: Any, edition: Edition | None) -> Iterator[Name]:
    for item in items:
        name, cas = item.get("name"), item.get("cas")
        one, other = _substance(name, edition), _substance(cas, edition)
        if one is not None and other is not None and one != other:
            yield Name(
                f"品名“{name}”与CAS号 {cas}（{other}）不是同一物质，按品名计算，请核对",
                f"the name `{name}` and the CAS number {cas} ({other}) are not one substance; the name counts; check them",
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
