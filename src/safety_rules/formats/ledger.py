"""A ledger: rows of data ready for admission, each value with its cell, from whatever file it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safety_rules.formats.csv_in import csv_table
from safety_rules.formats.headings import columns, heading_row, known_headings, spellings
from safety_rules.formats.ledger_rows import LedgerRow, Reading, json_rows, own_headings
from safety_rules.formats.lists import ListSheet, list_of, list_sheet
from safety_rules.formats.table import RawRow, RawTable
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.words.near import did_you_mean

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")


@dataclass(slots=True)
class Ledger:
    """A file as rows; `notices` tells what was not used, and is complete once all rows were read.

    `above` are the lines over the headings. Where `numbered` is False the rows have no numbers of
    their own in the file (JSON, Parquet), and `headings` are the facts' names.
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
    if ending in PARQUET:
        from safety_rules.formats.parquet_in import parquet_table

        read = _from_tables(path, (parquet_table(path),), vocabulary, subjects, None)
        return replace(read, heading_row=1, numbered=False)
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
    notices = [*main.notices, *found.notices]
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
    reading = Reading(main, found, vocabulary, subjects, lists, notices)
    return Ledger(path, main.name, own_headings(found), top.number, above, units, notices, reading.rows(), main.size)


def _until(table: RawTable, number: int) -> Iterator[RawRow]:
    for row in table.rows():
        if row.number >= number:
            return
        yield row


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


def _json_ledger(path: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> Ledger:
    facts = _facts(vocabulary, subjects)
    headings = tuple(f.name.zh for f in facts)
    return Ledger(path, path.name, headings, 1, (), {}, [], json_rows(path, facts, vocabulary), numbered=False)
