"""Graded units as a plain table, CSV or Parquet: level and figures, a row for each unit."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from safety_rules.formats.parquet_out import write_rows
from safety_rules.formats.safe import inert, replacing
from safety_rules.language.kinds import Name
from safety_rules.words.catalog import texts

TYPES = ("BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE", "DOUBLE", "DOUBLE", "BOOLEAN")


def write_units(rows: Iterable[Any], names: Mapping[str, Name], path: Path, language: str) -> None:
    """Write graded units (`services.grading_tables.UnitRow`), levels by their names, figures to twelve digits.

    A file is complete or absent; raises LedgerError.
    """
    if path.suffix.lower() == ".csv":
        with replacing(path) as target, target.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(texts("grading.table", language))
            writer.writerows(_cells(row, names, language, inert, texts("grading.problem", language)) for row in rows)
        return
    plain = (_cells(row, names, language, str, ("false", "true")) for row in rows)
    write_rows(plain, texts("grading.table", language), TYPES, path)


def _cells(row: Any, names: Mapping[str, Name], language: str, text: Any, problem: Sequence[str]) -> tuple[Any, ...]:
    levels = (names[key].in_(language) for key in (row.outcome, row.at_best, row.at_worst))
    figures = ("" if f is None else format(f, ".12g") for f in (row.ratio_sum, row.alpha, row.hazard_index))
    return (row.number, text(row.name), *levels, *figures, problem[row.problem])
