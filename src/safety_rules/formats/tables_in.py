"""Large tables for the engines: which column carries which fact, and files brought into a form that engines read."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from safety_rules.engines.sql.types import ColumnType, Plain, Use
from safety_rules.formats.csv_in import CHUNK, csv_table, encoding_of
from safety_rules.formats.headings import columns, heading_row, spellings
from safety_rules.formats.ledger import JSON, WORKBOOKS, ledger
from safety_rules.formats.table import RawRow, RawTable
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.kinds import Boolean, Choices, Date, Name, Records
from safety_rules.language.record import Problem
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.semantics.near import did_you_mean

ROW = "ledger_row"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as an engine reads it: `skip` lines above the headings, and what is known of its columns already.

    `keys` says that the headings are fact keys; `units` are then those of plain numbers.
    """

    path: Path
    skip: int = 0
    delimiter: str = ""
    keys: bool = False
    units: Mapping[str, Unit] | None = None
    notices: tuple[Problem, ...] = ()


def uses_of(
    types: Mapping[str, ColumnType],
    vocabulary: Vocabulary,
    subjects: Sequence[str],
    named: Mapping[str, str] | None = None,
    units: Mapping[str, Unit] | None = None,
) -> tuple[dict[str, Use], tuple[Problem, ...]]:
    """Return the column of each fact, by the headings or as `named` says (fact to column), and notices of the rest."""
    if named is not None:
        return _named(types, vocabulary, named, units or {}), ()
    facts = [f for s in subjects for f in vocabulary.of_subject(s)]
    headings = tuple(types)
    row = RawRow(1, headings)
    found = columns(RawTable("", lambda: iter((row,)), ":"), row, facts, vocabulary.units)
    known = units or {}
    uses = {
        c.fact.key: Use(headings[c.index], types[headings[c.index]], c.unit or known.get(c.fact.key))
        for c in found.columns
    }
    return uses, found.notices


def _named(
    types: Mapping[str, ColumnType], vocabulary: Vocabulary, named: Mapping[str, str], units: Mapping[str, Unit]
) -> dict[str, Use]:
    uses = {}
    for name, column in named.items():
        fact = vocabulary.find(name)
        if fact is None:
            raise NotFoundError(f"there is no fact `{name}`; {did_you_mean(name, vocabulary.facts)}".rstrip("; "))
        if column not in types:
            raise NotFoundError(f"there is no column `{column}`; {did_you_mean(column, types)}".rstrip("; "))
        uses[fact.key] = Use(column, types[column], units.get(fact.key))
    return uses


def prepared(path: Path, folder: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> Prepared:
    """Return a file as an engine reads it; what it cannot read is written anew into the folder."""
    if not path.is_file():
        raise LedgerError(f"there is no file `{path}`")
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return _csv(path, folder, vocabulary, subjects)
    if ending in (*WORKBOOKS, *JSON):
        return _from_ledger(path, folder, vocabulary, subjects)
    return Prepared(path)


def _csv(path: Path, folder: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> Prepared:
    if path.stat().st_size == 0:
        raise LedgerError(f"`{path.name}` is empty")
    encoding, table = encoding_of(path), csv_table(path)
    facts = [f for s in subjects for f in vocabulary.of_subject(s)]
    top = heading_row(table, spellings(facts))
    if top is None:
        raise LedgerError(f"`{path.name}` has no known heading in its first 20 rows")
    with path.open(encoding=encoding) as file:
        first = [file.readline() for _ in range(top.number)][-1]
    delimiter = max(",\t;", key=first.count)
    if encoding == "utf-8":
        return Prepared(path, top.number - 1, delimiter)
    target = folder / "rows.csv"
    with path.open(encoding=encoding, newline="") as start, target.open("w", encoding="utf-8", newline="") as end:
        while text := start.read(CHUNK):
            end.write(text)
    return Prepared(target, top.number - 1, delimiter)


def _from_ledger(path: Path, folder: Path, vocabulary: Vocabulary, subjects: Sequence[str]) -> Prepared:
    """Write the rows of a workbook or of JSON as CSV under fact keys."""
    book = ledger(path, vocabulary, subjects)
    facts = [f for s in subjects for f in vocabulary.of_subject(s)]
    target, notices = folder / "rows.csv", []
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([ROW, *(f.key for f in facts)])
        for row in book.rows:
            if row.error is not None:
                notices.append(Problem("row", "", row.place, row.error))
            notices += row.problems
            if row.data is not None and row.error is None:
                flat = _flat(row.data, "", vocabulary)
                writer.writerow([row.number, *(_written(flat.get(f.key), f, row.place, notices) for f in facts)])
    return Prepared(target, 0, ",", True, book.units, (*book.notices, *notices))


def _flat(data: Mapping[str, Any], prefix: str, vocabulary: Vocabulary) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in data.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        fact = vocabulary.find(name)
        if fact is not None:
            found[fact.key] = item
        elif isinstance(item, Mapping):
            found |= _flat(item, name, vocabulary)
    return found


def _written(item: Any, fact: Fact, place: str, notices: list[Problem]) -> str:
    """Return a cell as the text that admission takes for the same value; what no text can say is named."""
    if item is None or isinstance(item, str):
        return item or ""
    typed = (isinstance(item, bool) and not isinstance(fact.kind, Boolean)) or (
        isinstance(item, datetime.date) and not isinstance(fact.kind, Date)
    )
    if typed or (isinstance(item, list) and not isinstance(fact.kind, Records | Choices)):
        message = Name(f"{fact.name.zh}的单元格类型不符", f"the cell's type cannot be {fact.name.en}")
        notices.append(Problem("cell-type", fact.key, place, message, str(item)[:80]))
        return ""
    if isinstance(item, list):
        return (
            "、".join(map(str, item)) or "无"
            if isinstance(fact.kind, Choices)
            else json.dumps(item, default=_plain, ensure_ascii=False)
        )
    if isinstance(item, datetime.date):
        return item.date().isoformat() if isinstance(item, datetime.datetime) else item.isoformat()
    return _plain(item) if not isinstance(item, bool) else str(item).lower()


def _plain(item: Any) -> str:
    return format(item, "f") if isinstance(item, Decimal) else str(item)


TEXT = Plain("text")
