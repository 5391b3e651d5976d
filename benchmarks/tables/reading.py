"""Reading a workbook's cells as a person sees them, beside calamine alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import python_calamine
import xlsxwriter

from benchmarks.result import Result, Row, Target
from benchmarks.timing import paired
from safety_rules.formats.workbook_in import sheets

ROWS, WIDTH, LIMIT = 6_000, 27, 2.0
SHEET = "项目"
ABOUT = f"""A sheet of {ROWS} rows and {WIDTH} columns, a third of them numbers under a number format. Beside the cells our reader
gives formats, hidden rows and columns, merged cells, and formulas without a value, from one pass over the sheet's XML."""


def measured() -> Result:
    """Return what a cell costs more when it is read as it is seen."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        _write(path)

        def alone() -> list[list[object]]:
            return list(python_calamine.load_workbook(str(path)).get_sheet_by_name(SHEET).iter_rows())

        def ours() -> list[tuple[object, ...]]:
            return [row.cells for row in sheets(path)[0].rows()]

        same = [[cell for cell in row if isinstance(cell, str)] for row in alone()]
        agrees = same == [
            [c for c in cells[: len(row)] if isinstance(c, str)] for cells, row in zip(ours(), alone(), strict=True)
        ]
        times = paired({"calamine alone": alone, "our reader": ours}, 1, rounds=5)
    rows = tuple(
        Row("reading", side, f"{ROWS} rows", t.seconds, None if side == "calamine alone" else t.ratio, agrees=agrees)
        for side, t in times.items()
    )
    target = Target("reading", "reading beside calamine alone", LIMIT, times["our reader"].ratio, "×")
    return Result("reading", "Reading workbooks", ABOUT, rows, (target,), ("python-calamine",))


def _write(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, money = book.add_worksheet(SHEET), book.add_format({"num_format": "#,##0.00"})
    for r in range(ROWS):
        for c in range(WIDTH):
            sheet.write(r, c, f"文字{r % 97}") if c % 3 else sheet.write_number(r, c, r * 1.5, money)
    book.close()
