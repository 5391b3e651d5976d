"""Levels and figures of many units as a table: by DuckDB all at once, or unit by unit where it is not there."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.formats.duck import parquet
from safety_rules.formats.heading_map import Wanted
from safety_rules.formats.raw_tables import PARQUET
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.grading import grade
from safety_rules.tables.decide import decided_table
from safety_rules.tables.prepare import ROW, Prepared, from_ledger

NAME = "unit.name"
FIGURES = ("unit.ratio_sum", "unit.alpha", "unit.hazard_index")
BATCH = 10_000
Progress = Callable[[float], None]


class UnitRow(NamedTuple):
    """One unit: its row, name, level, the best and worst that it can be, S, α, R, and whether a cell was unusable."""

    number: int
    name: str
    outcome: str
    at_best: str
    at_worst: str
    ratio_sum: float | None
    alpha: float | None
    hazard_index: float | None
    problem: bool


@dataclass(slots=True)
class UnitTable:
    """The units of a ledger, graded: read once, and then `counts` tells how many have each level."""

    rows: Iterator[UnitRow]
    notices: list[Problem]
    counts: Counter[str] = field(default_factory=Counter)
    problems: int = 0

    def __iter__(self) -> Iterator[UnitRow]:
        for row in self.rows:
            self.counts[row.outcome] += 1
            self.problems += row.problem
            yield row


def unit_table(
    source: Path, area: DatedArea, sheet: Wanted, engine: str, stack: ExitStack, progress: Progress | None = None
) -> UnitTable:
    """Return the units of a ledger with their levels and figures, by the engine `duckdb` or `records`.

    What is held meanwhile is let go of with the stack. Every row of a Parquet file is a unit; of other files
    those that the ledger's reader takes for one. Raises LedgerError.
    """
    if engine == "records":
        return _unit_by_unit(source, area, sheet)
    law, folder = area.law, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="safety-rules-")))
    if source.suffix.lower() in PARQUET and source.is_file():
        prepared = Prepared(source)
    else:
        prepared = from_ledger(source, folder, law.rulebook.vocabulary, law.area.subjects, sheet)
    decision = decided_table(law, prepared, None, "duckdb", None, (), (), progress, area.masks)
    assert isinstance(decision, TableDecision)
    stack.callback(decision.close)
    if not decision.rows:
        raise LedgerError(f"`{source.name}` has headings and no rows")
    return UnitTable(_decided_rows(decision), list(decision.notices))


def _decided_rows(decision: TableDecision) -> Iterator[UnitRow]:
    """Yield what was decided beside the rows that it was decided of, in their order."""
    d, uses, types = DUCKDB, decision.uses, decision.source.types
    name = f"CAST({d.name_of(uses[NAME].column)} AS VARCHAR)" if NAME in uses else "NULL"
    number = f"CAST({d.name_of(ROW)} AS BIGINT)" if ROW in types else "row_number() OVER ()"
    figures = ", ".join(d.name_of(f) if f in decision.query.derived else "NULL" for f in FIGURES)
    reader = decision.con.cursor().execute(
        f"SELECT number, coalesce(name, ''), outcome, at_best, at_worst, {figures}, problem "
        f"FROM {parquet(decision.path)} POSITIONAL JOIN "
        f"(SELECT {number} AS number, {name} AS name FROM {decision.source.sql})"
    )
    while batch := reader.fetchmany(BATCH):
        yield from map(UnitRow._make, batch)


def _unit_by_unit(source: Path, area: DatedArea, sheet: Wanted) -> UnitTable:
    screening, units = grade(source, area, sheet, "records")

    def rows() -> Iterator[UnitRow]:
        for unit in units:
            verdict = unit.row.verdict
            if verdict is None:
                if unit.row.error is not None:
                    screening.notices.append(Problem("row", "", unit.row.row.place, unit.row.error))
                continue
            level = (verdict.outcome, verdict.at_best, verdict.at_worst)
            given = (unit.ratio_sum, unit.alpha, unit.hazard_index)
            figures = (None if f is None else float(f) for f in given)
            yield UnitRow._make((unit.row.row.number, verdict.subject, *level, *figures, bool(verdict.problems)))

    return UnitTable(rows(), screening.notices)
