"""The records that chaining starts from, read from tables as admission would take them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.chain_records import Chaining, insert_facts, plain_law
from safety_rules.engines.columnar.source import Source, source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.lower.chain_terms import fields_of
from safety_rules.engines.sql.read.cell_types import Cell, wrong_type
from safety_rules.engines.sql.read.columns import cell
from safety_rules.engines.sql.read.types import Reads, Use
from safety_rules.formats.csv_in import csv_table
from safety_rules.formats.datum import datum
from safety_rules.formats.duck import as_ledger_errors
from safety_rules.formats.headings import Column, columns, heading_row, spellings
from safety_rules.formats.raw_tables import CSV, JSON, WORKBOOKS, raw_tables
from safety_rules.formats.table import RawRow, RawTable, cell_text, owner
from safety_rules.language.chain import ChainFact
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name, Number, Text
from safety_rules.language.record import Problem
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.admit import admit
from safety_rules.semantics.chaining.chain import ChainProgram
from safety_rules.semantics.chaining.facts import key_field
from safety_rules.tables.prepare import Prepared, csv_prepared
from safety_rules.words.problem import problem

BATCH = 5_000


def load(chaining: Chaining, relation: str, data: Any, folder: Path, notices: list[Problem]) -> None:
    """Fill a relation's table: plain rows by SQL, odd ones through admission, records of one key and content once."""
    plain = _plain_csv(data, relation, chaining, folder)
    items = _items(data, relation, chaining.program, notices) if plain is None else None
    if items is not None:
        _admitted(chaining, relation, items, {}, notices)
    elif plain is not None:
        rows = source(chaining.con, plain.path, folder, plain.columns, plain.delimiter)
        _load_rows(chaining, relation, rows, notices)
    else:
        _load_rows(chaining, relation, source(chaining.con, data, folder), notices)
    key = key_field(relation, chaining.program.rulebook.vocabulary)
    if key:
        table, name = chaining.tables[relation], DUCKDB.name_of(key)
        chaining.con.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT DISTINCT * FROM {table} WHERE {name} IS NOT NULL "
            f"UNION ALL SELECT * FROM {table} WHERE {name} IS NULL"
        )
        _say_twice(chaining, relation, name, notices)


def _say_twice(chaining: Chaining, relation: str, key: str, notices: list[Problem]) -> None:
    found = chaining.con.execute(
        f"SELECT {key} FROM {chaining.tables[relation]} WHERE {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 5"
    ).fetchall()
    fact = chaining.program.rulebook.vocabulary.facts[relation]
    for (value,) in found:
        notices.append(problem("given-twice.records", relation, "", str(value), fact=fact.name, key=value))


def _facts(chaining: Chaining, relation: str) -> dict[str, Fact]:
    return fields_of(relation, plain_law(chaining.program))


def _plain_csv(data: Any, relation: str, chaining: Chaining, folder: Path) -> Prepared | None:
    """Return a CSV that DuckDB reads as the ledger's own reader does; None for all else."""
    if not isinstance(data, str | Path) or Path(data).suffix.lower() not in CSV or not Path(data).is_file():
        return None
    top = heading_row(csv_table(Path(data)), spellings(_facts(chaining, relation).values()))
    if top is None or top.number > 1:
        return None
    return csv_prepared(Path(data), folder, [cell_text(c) for c in top.cells], f"{relation}.csv")


def _items(
    data: Any, relation: str, program: ChainProgram, notices: list[Problem]
) -> Iterable[Mapping[str, Any]] | None:
    """Return the records of data that is read one by one: mappings, JSON, a sheet of a workbook; None for tables."""
    if isinstance(data, Sequence) and not isinstance(data, str) and all(isinstance(i, Mapping) for i in data):
        return data
    if not isinstance(data, str | Path):
        return None
    path = Path(data)
    if not path.is_file():
        raise LedgerError(f"there is no file `{path}`")
    if path.suffix.lower() in JSON:
        return _json_items(path)
    if path.suffix.lower() in (*WORKBOOKS, *CSV):
        return _sheet_items(path, relation, program, notices)
    return None


def _json_items(path: Path) -> Iterator[Mapping[str, Any]]:
    from safety_rules.formats.json_in import json_items

    for number, item, error in json_items(path):
        if error is not None or not isinstance(item, Mapping):
            raise LedgerError(f"`{path.name}` is no list of records: line {number}")
        yield item


def _sheet_items(
    path: Path, relation: str, program: ChainProgram, notices: list[Problem]
) -> Iterator[Mapping[str, Any]]:
    from safety_rules.formats.lines import KINDS, kind_of_line
    from safety_rules.formats.lists import list_of

    vocabulary = program.rulebook.vocabulary
    tables = raw_tables(path)
    facts = vocabulary.of_subject(relation.partition(".")[0])
    wanted = [t for t in tables if (f := list_of(t.name, facts)) is not None and f.key == relation] or list(tables)
    fields = vocabulary.fields(relation)
    top = heading_row(wanted[0], spellings(fields)) if len(wanted) == 1 else None
    if top is None:
        raise LedgerError(f"`{path.name}` has no sheet of `{vocabulary.facts[relation].name.zh}` with known headings")
    found = columns(wanted[0], top, fields, vocabulary.units)
    notices += [n for n in (*wanted[0].notices, *found.notices) if n.code != "heading"]
    for row in wanted[0].rows():
        if row.number <= found.row or row.blank:
            continue
        if kind := kind_of_line(row, found.headings):
            notices.append(Problem(kind, "", wanted[0].place(row.number), KINDS[kind]))
            continue
        cells = [(c, row.merged.get(c.index, row.cell(c.index))) for c in found.columns]
        yield {c.fact.field: _in_unit(cell, c, row) for c, cell in cells}


def _in_unit(cell: Any, column: Column, row: RawRow) -> Any:
    """Return a cell as data; a plain number under a heading with a unit is written with it, 同上 says nothing."""
    value, unit = datum(cell, column, row), column.unit
    if isinstance(column.fact.kind, Text) and isinstance(value, str):
        return owner(value)
    plain = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return f"{value} {unit.symbol}" if plain and unit is not None else value


def _load_rows(chaining: Chaining, relation: str, rows: Source, notices: list[Problem]) -> None:
    program = chaining.program
    vocabulary, facts = program.rulebook.vocabulary, _facts(chaining, relation)
    headings = tuple(rows.types)
    row = RawRow(1, headings)
    found = columns(RawTable(rows.name, lambda: iter((row,)), ":"), row, list(facts.values()), vocabulary.units)
    notices.extend(found.notices)
    uses = {c.fact.field: Use(headings[c.index], rows.types[headings[c.index]], c.unit) for c in found.columns}
    notices.extend(_about_columns(facts, uses))
    taken = {n: _taken(facts[n], use, chaining) for n, use in uses.items()}
    odd = [f"coalesce({c.odd}, FALSE)" for c in taken.values() if c.odd]
    wrong = [f"coalesce({c.problem}, FALSE)" for c in taken.values() if c.problem]
    values = [
        f"{taken[n].value} AS {DUCKDB.name_of(n)}" if n in taken else f"NULL AS {DUCKDB.name_of(n)}" for n in facts
    ]
    con, raw = chaining.con, [DUCKDB.name_of(u.column) for u in uses.values()]
    kept = [f"{r} AS raw{i}" for i, r in enumerate(raw)]
    found_here = [
        *values,
        *kept,
        f"({' OR '.join(odd) or 'FALSE'}) AS odd",
        f"({' OR '.join(wrong) or 'FALSE'}) AS wrong",
    ]
    names, shown = ", ".join(map(DUCKDB.name_of, facts)), ", ".join(f"raw{i}" for i in range(len(raw))) or "1"
    with as_ledger_errors(rows.name):
        # What is odd is worked out before rows are chosen by it: a file's statistics, which know no NaN, must not choose.
        con.execute(f"CREATE OR REPLACE TEMP TABLE staged AS SELECT {', '.join(found_here)} FROM {rows.sql}")
        con.execute(f"INSERT INTO {chaining.tables[relation]} SELECT {names}, TRUE, TRUE FROM staged WHERE NOT odd")
        count = con.execute("SELECT count(*) FILTER (wrong) FROM staged WHERE NOT odd").fetchall()[0][0]
        strange = con.execute(f"SELECT {shown} FROM staged WHERE odd").fetchall()
        con.execute("DROP TABLE staged")
    _say_wrong(chaining, relation, int(count), notices)
    units = {facts[n].key: u.unit for n, u in uses.items() if u.unit is not None}
    _admitted(chaining, relation, (dict(zip(uses, r, strict=True)) for r in strange), units, notices)


def _taken(fact: Fact, use: Use, chaining: Chaining) -> Cell:
    """Return a column's cells as admission would take them; numbers in another unit are left to admission."""
    sql = DUCKDB.name_of(use.column)
    found = cell(fact, use, sql, chaining.program.rulebook.vocabulary, Reads(), DUCKDB)
    if isinstance(fact.kind, Number) and found.factor != 1:
        return Cell(found.value, f"({sql} IS NOT NULL)", found.problem)
    return found


def _about_columns(facts: Mapping[str, Fact], uses: Mapping[str, Use]) -> Iterator[Problem]:
    for name, fact in facts.items():
        if name not in uses:
            yield problem("missing-column.record", fact.key, "", fact=Name(fact.name.zh, fact.key))
        elif wrong_type(fact, uses[name].type):
            column = uses[name].column
            yield problem("column-type.record", fact.key, column, column=column, fact=fact.name)


def _say_wrong(chaining: Chaining, relation: str, count: int, notices: list[Problem]) -> None:
    if count:
        name = chaining.program.rulebook.vocabulary.facts[relation].name
        notices.append(problem("cells", relation, "", fact=name, count=count))


def _admitted(
    chaining: Chaining,
    relation: str,
    items: Iterable[Mapping[str, Any]],
    units: Mapping[str, Any],
    notices: list[Problem],
) -> None:
    """Add records through admission."""
    vocabulary, batch, wrong = chaining.program.rulebook.vocabulary, list[ChainFact](), 0
    for number, item in enumerate(items):
        record = admit({relation: [item]}, vocabulary, units)
        wrong += bool(record.problems)
        values: Any = record.values.get(relation, ({},))
        batch.append(ChainFact(relation, values[0], f"{relation}[{number}]"))
        if len(batch) == BATCH:
            insert_facts(chaining, batch)
            batch = []
    insert_facts(chaining, batch)
    _say_wrong(chaining, relation, wrong, notices)
