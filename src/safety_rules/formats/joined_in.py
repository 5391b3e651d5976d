"""The rows of lists that are joined from ledgers, as they are written: sheets of workbooks, csv and parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.formats.datum import agreed, datum
from safety_rules.formats.headings import columns, heading_row, in_units, spellings
from safety_rules.formats.lines import KINDS, kind_of_line, tells_a_record
from safety_rules.formats.lists import list_of
from safety_rules.formats.raw_tables import raw_tables
from safety_rules.formats.table import RawTable, is_blank
from safety_rules.language.errors import LedgerError
from safety_rules.language.record import Problem
from safety_rules.language.rulebook import LedgerJoin
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, Vocabulary
from safety_rules.words.problem import problem


@dataclass(slots=True)
class Rows:
    """Rows of lists before admission, each with its place and those of its cells."""

    data: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    notices: list[Problem] = field(default_factory=list)


def read_rows(path: Path, joins: Sequence[LedgerJoin], vocabulary: Vocabulary, rows: Rows) -> None:
    """Add the rows of a file; raises LedgerError where it cannot be read, or holds none of the lists.

    A sheet is the list that its name means; where there is one table and one list, it is that.
    """
    if path.is_dir() or not path.exists():
        raise LedgerError(f"there is no file `{path}`")
    facts = {j.list: vocabulary.facts[j.list] for j in joins}
    tables, found_any = raw_tables(path), False
    for table in tables:
        stem = table.name if table.mark == "!" else path.stem
        fact = list_of(stem, facts.values())
        if fact is None and len(tables) == len(facts) == 1:
            fact = next(iter(facts.values()))
        if fact is not None:
            _read(table, next(j for j in joins if j.list == fact.key), fact, vocabulary, rows)
            found_any = True
        elif any(not row.blank for row in table.rows()):
            rows.notices.append(problem("sheet-not-used", "", table.name, sheet=table.name))
    if not found_any:
        wanted = "、".join(f.name.zh for f in facts.values())
        raise LedgerError(f"`{path.name}` has no sheet of {wanted} (name the sheet or the file like the list)")


def _read(table: RawTable, join: LedgerJoin, fact: Fact, vocabulary: Vocabulary, rows: Rows) -> None:
    fields = vocabulary.fields(fact.key)
    top = heading_row(table, spellings(fields))
    if top is None:
        raise LedgerError(f"`{table.name}` has no known heading (没有可识别的表头)")
    found = in_units(columns(table, top, fields, vocabulary.units, by_row=True), rows.units)
    headed = {c.fact.field for c in found.columns}
    if not any(headed.issuperset(name for name, _ in way) for way in join.ways):
        lacking = [f.name.zh for f in fields if f.field in {name for name, _ in join.by} - headed]
        raise LedgerError(f"`{table.name}` lacks the heading {'、'.join(lacking)}, by which its rows are joined")
    rows.notices += [*table.notices, *found.notices]
    data, places = rows.data.setdefault(fact.key, []), rows.places.setdefault(fact.key, [])
    for row in table.rows():
        if row.number <= found.row or row.blank:
            continue
        cells = [(c, agreed(row.merged.get(c.index, row.cell(c.index)), c, found, row)) for c in found.columns]
        kind = kind_of_line(row, found.headings)
        if kind and not tells_a_record(kind, ((c.fact.kind, cell) for c, cell in cells)):
            rows.notices.append(Problem(kind, "", table.place(row.number), KINDS[kind]))
            continue
        item: dict[str, Any] = {}
        for column, cell in cells:
            if not is_blank(cell):
                item[column.fact.field] = datum(cell, column, row)
                rows.cells[f"{fact.key}[{len(data)}].{column.fact.field}"] = table.place(row.number, column.index)
        data.append(item)
        places.append(table.place(row.number))
