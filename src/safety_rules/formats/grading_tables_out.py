"""Graded units as a plain table, CSV or Parquet: level and figures, a row for each unit."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safety_rules.formats.parquet_out import write_rows
from safety_rules.formats.safe import inert, replacing
from safety_rules.language.kinds import Name

HEADINGS = {
    "zh": ("行号", "单元名称", "级别", "最好", "最坏", "辨识指标S", "α", "分级指标R", "有无数据问题"),
    "en": ("Row", "Unit", "Level", "At best", "At worst", "S", "α", "R", "Data problem"),
}
TYPES = ("BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE", "DOUBLE", "DOUBLE", "BOOLEAN")
PROBLEM = {"zh": ("无", "有"), "en": ("no", "yes")}


def write_units(rows: Iterable[Any], names: Mapping[str, Name], path: Path, language: str) -> None:
    """Write graded units (`services.grading_tables.UnitRow`), levels by their names, figures to twelve digits.

    A file is complete or absent; raises LedgerError.
    """
    if path.suffix.lower() == ".csv":
        with replacing(path) as target, target.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADINGS[language])
            writer.writerows(_cells(row, names, language, inert, PROBLEM[language]) for row in rows)
        return
    plain = (_cells(row, names, language, str, ("false", "true")) for row in rows)
    write_rows(plain, HEADINGS[language], TYPES, path)


def _cells(row: Any, names: Mapping[str, Name], language: str, text: Any, problem: tuple[str, str]) -> tuple[Any, ...]:
    levels = (names[key].in_(language) for key in (row.outcome, row.at_best, row.at_worst))
    figures = ("" if f is None else format(f, ".12g") for f in (row.ratio_sum, row.alpha, row.hazard_index))
    return (row.number, text(row.name), *levels, *figures, problem[row.problem])
