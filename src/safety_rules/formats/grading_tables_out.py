"""Graded units as a plain table, CSV or Parquet: level and figures, a row for each unit."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.source import as_ledger_errors, connection
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.formats.safe import inert, replacing
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name

MEMORY = "400MB"
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
    beside = path.absolute().parent
    if not beside.is_dir():
        raise LedgerError(f"`{path}` cannot be written: there is no folder for it")
    with replacing(path) as target, tempfile.TemporaryDirectory(prefix=".safety-rules-", dir=beside) as folder:
        texts = Path(folder) / "units.csv"
        with texts.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows(_cells(row, names, language, str, ("false", "true")) for row in rows)
        types = ", ".join(f"{DUCKDB.text(n)}: '{t}'" for n, t in zip(HEADINGS[language], TYPES, strict=True))
        options = f"header = false, auto_detect = false, columns = {{{types}}}, max_line_size = 16777216, quote = '\"'"
        with connection(Path(folder), MEMORY, None) as con, as_ledger_errors(path.name):
            con.execute(
                f"COPY (SELECT * FROM read_csv({DUCKDB.text(str(texts))}, {options})) "
                f"TO {DUCKDB.text(str(target))} (FORMAT parquet, COMPRESSION snappy)"
            )


def _cells(row: Any, names: Mapping[str, Name], language: str, text: Any, problem: tuple[str, str]) -> tuple[Any, ...]:
    levels = (names[key].in_(language) for key in (row.outcome, row.at_best, row.at_worst))
    figures = ("" if f is None else format(f, ".12g") for f in (row.ratio_sum, row.alpha, row.hazard_index))
    return (row.number, text(row.name), *levels, *figures, problem[row.problem])
