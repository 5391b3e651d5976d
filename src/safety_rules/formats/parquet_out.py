"""A screened ledger as Parquet: the ledger's own columns and the verdicts as text, row by row through DuckDB."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from safety_rules.formats.columns import result_cells, result_headings
from safety_rules.formats.duck import PARQUET, as_ledger_errors, connection, copied, just, quoted
from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.formats.safe import no_input, replacing
from safety_rules.formats.table import cell_text
from safety_rules.language.errors import LedgerError
from safety_rules.words.catalog import sentence

MEMORY = "400MB"


def write_parquet(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write one row for each row that is a record, with its number; a file is complete or absent."""
    own = screening.ledger.headings

    def cells() -> Iterator[Sequence[Any]]:
        for row in rows:
            if row.outcome:
                texts = (cell_text(c) for c in (*row.row.cells, *[""] * (len(own) - len(row.row.cells))))
                yield [row.row.number, *texts, *result_cells(row, language, screening.with_history)]

    names = _once((sentence("screening.line", language), *own, *result_headings(language, screening.with_history)))
    no_input(path, [screening.ledger.path])
    write_rows(cells(), names, ("BIGINT", *["VARCHAR"] * (len(names) - 1)), path)


def write_rows(rows: Iterable[Sequence[Any]], names: Sequence[str], types: Sequence[str], path: Path) -> None:
    """Write rows as Parquet under names and DuckDB types; a file is complete or absent. Raises LedgerError."""
    beside = path.absolute().parent
    if not beside.is_dir():
        raise LedgerError(f"`{path}` cannot be written: there is no folder for it")
    with replacing(path) as target, tempfile.TemporaryDirectory(prefix=".safety-rules-", dir=beside) as folder:
        texts = Path(folder) / "rows.csv"
        with texts.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        columns = ", ".join(f"{quoted(n)}: {quoted(t)}" for n, t in zip(names, types, strict=True))
        options = f"hive_partitioning = false, header = false, auto_detect = false, columns = {{{columns}}}, max_line_size = 16777216, quote = '\"'"
        with connection(Path(folder), MEMORY, None) as con, as_ledger_errors(path.name):
            con.execute(copied(f"SELECT * FROM read_csv({just(texts)}, {options})", target, PARQUET))


def _once(names: Sequence[str]) -> list[str]:
    """Return names of columns, no two alike."""
    found: dict[str, int] = {}
    made = []
    for name in names:
        found[name] = found.get(name, 0) + 1
        made.append(name if found[name] == 1 else f"{name}.{found[name]}")
    return made
