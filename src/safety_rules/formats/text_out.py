"""A screened ledger as CSV and as JSON lines."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from safety_rules.formats.columns import result_cells, result_headings
from safety_rules.formats.result import ScreenedRow, Screening
from safety_rules.formats.safe import inert, replacing
from safety_rules.formats.table import cell_text


def write_csv(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write the ledger's own columns and the verdicts, as UTF-8 with a mark, for spreadsheet programs."""
    ledger = screening.ledger
    with (
        replacing(path, screening.ledger.path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file)
        for above in ledger.above:
            writer.writerow([_safe(c) for c in above.cells[: len(ledger.headings)]])
        writer.writerow([inert(h) for h in (*ledger.headings, *result_headings(language, screening.with_history))])
        for row in rows:
            cells = result_cells(row, language, screening.with_history) if row.outcome else ()
            added = [inert(c) for c in cells]
            writer.writerow([_safe(c) for c in row.row.cells] + added)


def _safe(cell: Any) -> str:
    """Return a cell as text; numbers stay as they are, since a minus sign of theirs starts no formula."""
    text = cell_text(cell)
    digits = text.lstrip("+-").replace(".", "", 1)
    plain = isinstance(cell, int | float | Decimal) or (digits.isascii() and digits.isdigit())
    return text if plain else inert(text)


def write_json_lines(screening: Screening, rows: Iterable[ScreenedRow], path: Path, language: str) -> None:
    """Write one JSON object a row: its number and place, and the verdict or the error."""
    with replacing(path, screening.ledger.path) as temporary, temporary.open("w", encoding="utf-8") as file:
        for row in rows:
            if row.outcome:
                file.write(json_line(row) + "\n")


def json_line(row: ScreenedRow) -> str:
    """Return a row as one line of JSON."""
    own = {"row": row.row.number, "place": row.row.place}
    if row.verdict is not None:
        own |= {"subject": row.verdict.subject} | row.verdict.to_dict()
    elif row.error is not None:
        own |= {"error": {"zh": row.error.zh, "en": row.error.en}}
    return json.dumps(own, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
