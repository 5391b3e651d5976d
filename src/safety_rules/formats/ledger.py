"""A ledger: rows of data ready for admission, each value with its cell, from whatever file it stands in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.formats.csv_in import csv_table
from safety_rules.formats.headings import Columns, columns, heading_row, known_headings, spellings
from safety_rules.formats.json_in import json_items
from safety_rules.formats.lists import ListSheet, joined, list_of, list_sheet, list_value
from safety_rules.formats.table import RawRow, RawTable, cell_text, is_blank, usable
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.kinds import Name, Records
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary, fact_key
from safety_rules.semantics.near import did_you_mean
from safety_rules.semantics.values import absent

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
JSON = (".json", ".jsonl", ".ndjson")
TOTALS = frozenset({"合计", "总计", "小计", "共计", "total"})


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row: the cells as they stand, and what they say.

    `data` is None for a row that is no record (a title, a blank line, a total), and where `error` says
    why it cannot be one. `problems` are facts of `data` that could not be used before admission.
    """

    number: int
    place: str
    cells: tuple[Any, ...]
    data: Any = None
    places: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    error: Name | None = None

    def place_of(self, path: str) -> str:
        """Return the cell that a fact came from; its row where it has no cell of its own."""
        return self.places.get(path) or self.places.get(path.partition("[")[0], self.place)


@dataclass(slots=True)
class Ledger:
    """A file as rows; `notices` tells what was not used, and is complete once all rows were read.

    `above` are the lines over the headings. Where `numbered` is False the rows have no numbers of
    their own in the file (JSON), and `headings` are the facts' names.
    """

    path: Path
    name: str
    headings: tuple[str, ...]
    heading_row: int
    above: tuple[RawRow, ...]
    units: Mapping[str, Unit]
    notices: list[Problem]
    rows: Iterator[LedgerRow]
    size: int | None = None
    numbered: bool = True


def ledger(path: Path, vocabulary: Vocabulary, subjects: Sequence[str], sheet: str | None = None) -> Ledger:
    """Return a ledger whose headings are facts of the subjects; raises LedgerError where there is none."""
    if path.is_dir() or not path.exists():
        raise LedgerError(f"there is no file `{path}`")
    try:
        return _ledger(path, vocabulary, subjects, sheet)
    except OSError as error:
        raise LedgerError(f"`{path}` cannot be read: {(error.strerror or str(error)).lower()}") from None


def _ledger(path: Path, vocabulary: Vocabulary, subjects: Sequence[str], sheet: str | None) -> Ledger:
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise LedgerError(f"`{path.name}` is empty")
    ending = path.suffix.lower()
    if ending in JSON:
        return _json_ledger(path, vocabulary, subjects)
    if ending in WORKBOOKS or head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from safety_rules.formats.workbook_in import sheets

        return _from_tables(path, sheets(path), vocabulary, subjects, sheet)
    return _from_tables(path, (csv_table(path),), vocabulary, subjects, None)


def _facts(vocabulary: Vocabulary, subjects: Sequence[str]) -> list[Fact]:
    return [f for s in subjects for f in vocabulary.of_subject(s)]


def _from_tables(
    path: Path, tables: Sequence[RawTable], vocabulary: Vocabulary, subjects: Sequence[str], sheet: str | None
) -> Ledger:
    facts = _facts(vocabulary, subjects)
    main, top = _main(path, tables, facts, sheet)
    found = columns(main, top, facts, vocabulary.units)
    lists: dict[str, list[ListSheet]] = defaultdict(list)
    notices = list(found.notices)
    for table in tables:
        if table is main:
            continue
        fact = list_of(table.name, facts)
        if fact is not None:
            read = list_sheet(table, fact, vocabulary, subjects)
            lists[fact.key].append(read)
            notices += read.notices
        elif any(not row.blank for row in table.rows()):
            message = Name(f"工作表“{table.name}”未使用", f"the sheet `{table.name}` is not used")
            notices.append(Problem("sheet-not-used", "", table.name, message))
    units = {c.fact.key: c.unit for c in found.columns if c.unit is not None}
    for read in (r for reads in lists.values() for r in reads):
        units |= read.units
    above = tuple(_until(main, top.number))
    reading = _Reading(main, found, vocabulary, subjects, lists, notices)
    return Ledger(path, main.name, _headings(found), top.number, above, units, notices, reading.rows(), main.size)


def _until(table: RawTable, number: int) -> Iterator[RawRow]:
    for row in table.rows():
        if row.number >= number:
            return
        yield row


def _headings(found: Columns) -> tuple[str, ...]:
    width = max((i + 1 for i, h in enumerate(found.headings) if h), default=0)
    return found.headings[:width]


def _main(path: Path, tables: Sequence[RawTable], facts: Sequence[Fact], sheet: str | None) -> tuple[RawTable, RawRow]:
    """Return the sheet asked for, or the one with most known headings, and its heading row."""
    if sheet is not None:
        names = [t.name for t in tables]
        if sheet not in names:
            raise NotFoundError(f"`{path.name}` has no sheet `{sheet}`; {did_you_mean(sheet, names)}".rstrip("; "))
        tables = [t for t in tables if t.name == sheet]
    names_of = spellings(facts)
    tops = [(t, heading_row(t, names_of)) for t in tables if sheet is not None or list_of(t.name, facts) is None]
    best = max(tops, key=lambda pair: known_headings(pair[1], names_of), default=None)
    if best is None or best[1] is None:
        if all(next(t.rows(), None) is None for t in tables):
            raise LedgerError(f"`{path.name}` is empty")
        raise LedgerError(f"`{path.name}` has no known heading in its first 20 rows; {_expected(facts)}")
    return best[0], best[1]


def _expected(facts: Sequence[Fact]) -> str:
    return "headings are names of facts, such as " + ", ".join(f"`{f.name.zh}`" for f in facts[:4])


@dataclass(slots=True)
class _Reading:
    """What the rows of one table are read with."""

    table: RawTable
    found: Columns
    vocabulary: Vocabulary
    subjects: Sequence[str]
    lists: Mapping[str, Sequence[ListSheet]]
    notices: list[Problem]

    def rows(self) -> Iterator[LedgerRow]:
        """Yield every row below the headings; at the end, name what was left over."""
        width = len(_headings(self.found))
        headed = {i for i, h in enumerate(self.found.headings) if h}
        nameless: set[int] = set()
        for row in self.table.rows():
            if row.number <= self.found.row:
                continue
            filled = [i for i, c in enumerate(row.cells) if not is_blank(c)]
            nameless.update(i for i in filled if i not in headed)
            yield self._row(row, width, filled)
        for index in sorted(nameless):
            if index < width or self.table.mark == "!":
                message = Name("没有表头的列，未使用", "a column without a heading is not used")
                place = self.table.place(self.found.row, index)
                self.notices.append(Problem("no-heading", "", place, message))
        for sheets in self.lists.values():
            for sheet in sheets:
                self.notices += sheet.left_over()

    def _row(self, row: RawRow, width: int, filled: Sequence[int]) -> LedgerRow:
        place = self.table.place(row.number)
        cells = tuple(row.cell(i) for i in range(width))
        if not filled:
            return LedgerRow(row.number, place, cells)
        if cell_text(row.cell(filled[0])).casefold() in TOTALS:
            message = Name("合计行，不审查", "a line of totals is not screened")
            self.notices.append(Problem("total", "", place, message))
            return LedgerRow(row.number, place, cells)
        if self.table.mark == ":" and filled[-1] >= width:
            message = Name(
                f"本行有 {filled[-1] + 1} 格，表头只有 {width} 格：可能有未加引号的逗号，各格已错位",
                f"the row has {filled[-1] + 1} cells under {width} headings: an unquoted comma may have shifted them",
            )
            return LedgerRow(row.number, place, cells, error=message)
        return self._record(row, place, cells)

    def _record(self, row: RawRow, place: str, cells: tuple[Any, ...]) -> LedgerRow:
        data: dict[str, Any] = {}
        places: dict[str, str] = {}
        problems: list[Problem] = []
        in_cells: dict[str, Any] = {}
        names: dict[str, str] = {}
        identity = {key for s in self.subjects for key in self.vocabulary.subjects[s].identity}
        for column in self.found.columns:
            key, cell = column.fact.key, row.cell(column.index)
            places[key] = self.table.place(row.number, column.index)
            if key in identity:
                cell = row.merged.get(column.index, cell)
                if not absent(usable(cell)):
                    names[key] = cell_text(cell)
            elif column.index in row.merged and not is_blank(row.merged[column.index]):
                problems.append(_merged(column.fact, places[key], row.merged[column.index]))
                continue
            if isinstance(column.fact.kind, Records):
                in_cells[key] = cell
            elif not is_blank(cell):
                data[key] = usable(cell)
        self._lists(data, places, problems, in_cells, names)
        return LedgerRow(row.number, place, cells, data, places, tuple(problems))

    def _lists(
        self,
        data: dict[str, Any],
        places: dict[str, str],
        problems: list[Problem],
        in_cells: Mapping[str, Any],
        names: Mapping[str, str],
    ) -> None:
        """Add the lists of a row, from its cells and from their own sheets."""
        unusable = {p.path for p in problems}
        for key in dict.fromkeys((*in_cells, *self.lists)):
            fact = self.vocabulary.facts[key]
            found = joined(self.lists.get(key, ()), names)
            value, wrong = list_value(fact, in_cells.get(key, ""), found)
            if wrong is not None:
                place = places.get(key, "") or (found.items or found.contradicting)[0].place
                problems.append(Problem("list", key, place, wrong, cell_text(in_cells.get(key, ""))[:80]))
            elif value is not None and key not in unusable:
                data[key] = value
                for i, item in enumerate(found.items):
                    places |= {f"{key}[{i}].{name}": at for name, at in item.places.items()}


def _merged(fact: Fact, place: str, value: Any) -> Problem:
    message = Name(
        f"{fact.name.zh}是合并单元格，不能确定属于哪一行",
        f"{fact.name.en} is merged over several rows, and whose it is cannot be told",
    )
    return Problem("merged-cell", fact.key, place, message, cell_text(value)[:80])


def _json_ledger(path: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> Ledger:
    facts = _facts(vocabulary, subjects)
    headings = tuple(f.name.zh for f in facts)
    return Ledger(path, path.name, headings, 1, (), {}, [], _json_rows(path, facts, vocabulary), numbered=False)


def _json_rows(path: Path, facts: Sequence[Fact], vocabulary: Vocabulary) -> Iterator[LedgerRow]:
    index = {f.key: i for i, f in enumerate(facts)}
    for number, data, error in json_items(path):
        place = f"{path.name}:{number}"
        if error is None and not isinstance(data, dict):
            error = Name("本行不是记录（名称到值的对象）", "the line is no record (an object of names and values)")
        if error is not None:
            yield LedgerRow(number, place, ("",) * len(facts), error=error)
            continue
        cells: list[Any] = [""] * len(facts)
        _fill(cells, data, "", index, vocabulary.find)
        yield LedgerRow(number, place, tuple(cells), data)


def _fill(
    cells: list[Any], data: Mapping[str, Any], prefix: str, index: Mapping[str, int], find: Callable[[str], Fact | None]
) -> None:
    """Put the values of nested or flat data under their facts' headings."""
    for key, value in data.items():
        name = f"{prefix}.{key}" if prefix else key
        fact = find(name)
        if fact is not None and fact_key(fact.key) in index:
            nested = isinstance(value, dict | list)
            cells[index[fact.key]] = json.dumps(value, ensure_ascii=False, default=str) if nested else value
        elif isinstance(value, dict):
            _fill(cells, value, name, index, find)
