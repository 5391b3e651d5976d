"""The sheets of a hidden-danger workbook as rows of named cells that know their places."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from safety_rules.formats.headings import FIRST_ROWS
from safety_rules.formats.table import RawRow, RawTable, cell_text, folded, letters
from safety_rules.formats.workbook_in import sheets
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name
from safety_rules.services.rectification.life import RefusedError

DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by heading, and where each stands."""

    sheet: str
    number: int
    cells: Mapping[str, Any]
    columns: Mapping[str, int]

    def place(self, heading: str | None = None) -> str:
        """Return the name of a cell, or of the whole row."""
        column = self.columns.get(heading) if heading is not None else None
        return f"{self.sheet}!{letters(column) if column is not None else ''}{self.number}"

    def text(self, heading: str) -> str:
        """Return a cell as text; blank where it holds nothing."""
        return cell_text(self.cells.get(heading))

    def day(self, heading: str) -> datetime.date | None:
        """Return a cell as a day, None where it is blank; raises RefusedError where it is no day."""
        value = self.cells.get(heading)
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date):
            return value
        text = cell_text(value)
        if not text:
            return None
        match = DAY.match(text)
        try:
            if match is not None:
                return datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
        raise RefusedError(f"“{heading}”的“{text}”不是日期", f"`{text}` is no day", heading)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was refused: at which cell, and why."""

    place: str
    reason: Name


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows that are not blank."""

    name: str
    rows: tuple[Row, ...]


def workbook(path: Path, headings: Mapping[str, Iterable[str]]) -> dict[str, Sheet]:
    """Return the sheets that are named in `headings`; raises LedgerError where the file or a heading is missing."""
    if not path.is_file():
        raise LedgerError(f"there is no file `{path}`")
    return {t.name: _sheet(t, tuple(headings[t.name])) for t in sheets(path) if t.name in headings}


def _sheet(table: RawTable, wanted: tuple[str, ...]) -> Sheet:
    head = _heading_row(table, wanted)
    columns = {h: i for i, cell in enumerate(head.cells) for h in wanted if folded(cell_text(cell)) == folded(h)}
    rows = tuple(
        Row(table.name, row.number, {h: row.cell(i) for h, i in columns.items()}, columns)
        for row in table.rows()
        if row.number > head.number and not row.blank
    )
    return Sheet(table.name, rows)


def _heading_row(table: RawTable, wanted: tuple[str, ...]) -> RawRow:
    """Return the row, among the first ones, that has all wanted headings."""
    names = {folded(h): h for h in wanted}
    best: set[str] = set()
    for row in islice(table.rows(), FIRST_ROWS):
        found = {folded(cell_text(c)) for c in row.cells} & names.keys()
        if len(found) == len(names):
            return row
        best = found if len(found) > len(best) else best
    missing = "、".join(h for key, h in names.items() if key not in best)
    raise LedgerError(f"the sheet `{table.name}` lacks headings (缺少表头): {missing}")


def once(rows: Iterable[Row], heading: str, refusals: list[Refusal]) -> list[Row]:
    """Return the rows whose key no other row has; of rows that say the same, the first; the others are refused.

    Rows of one key that differ are all refused, each with the places of the others: which is right, nobody knows.
    """
    same: dict[str, list[Row]] = {}
    for row in rows:
        same.setdefault(row.text(heading) or row.place(), []).append(row)
    good = []
    for key, found in same.items():
        differ = any(r.cells != found[0].cells for r in found)
        good += [] if differ else found[:1]
        for row in found if differ else found[1:]:
            others = "、".join(r.place(heading) for r in found if r is not row)
            zh = f"{heading}“{key}”与{others}重复" + ("且内容不同，均不收" if differ else "，内容相同，只收一行")
            en = f"`{key}` stands in {others} as well" + (", with other content" if differ else "")
            refusals.append(Refusal(row.place(heading), Name(zh, en)))
    return good
