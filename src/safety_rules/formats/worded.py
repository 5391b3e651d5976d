"""What files of results ask of a screened row, worked out where its verdict is, so that it can come from another process."""

from __future__ import annotations

from safety_rules.formats.annex_out import gap_rows, need_rows
from safety_rules.formats.columns import told
from safety_rules.formats.overview import line_cells
from safety_rules.formats.result import ScreenedRow, Worded


def worded(row: ScreenedRow, language: str) -> Worded | None:
    """Return all that csv, parquet and workbooks say of a row in one language; None where it has no verdict."""
    verdict = row.verdict
    if verdict is None:
        return None
    said = told(verdict, language)
    needs = () if verdict.definite else tuple(need_rows(row, verdict, language))
    return Worded(
        verdict.outcome, verdict.at_best, verdict.at_worst, row.problems, said, line_cells(row, said, language),
        tuple(gap_rows(row, verdict, language)), needs,
    )  # fmt: skip
