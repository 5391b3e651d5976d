"""Tables with lists joined from ledgers: keys are read once each as admission reads them, rows are joined by SQL.

DuckDB joins files and frames, Spark its own DataFrames, by the same keys and the same lists. A row whose list holds
only what is its own for certain is decided with all others. One that may own a row of a ledger is judged by itself,
as a single record is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.columnar.source import Source, source
from safety_rules.engines.compiled.derived import derived
from safety_rules.engines.spark.decide import Apart, column_types
from safety_rules.engines.spark.result import Rows, Settle
from safety_rules.engines.sql.dialect import DUCKDB, SPARK
from safety_rules.engines.sql.exactness.settle import plain, record_of, split
from safety_rules.engines.sql.query.law_query import FOUND
from safety_rules.engines.sql.read.types import Plain, Use
from safety_rules.formats.duck import PARQUET, as_ledger_errors, copied, parquet
from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Boolean, Choice, Date, Number, Text
from safety_rules.language.record import Record
from safety_rules.language.rule import Waiver
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission.values import absent
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.splits import counted
from safety_rules.semantics.verdict.verdict import Verdict

KEYS, LISTS, OPEN, NUMBER = "safety_rules_keys", "safety_rules_lists", "safety_rules_open", "safety_rules_key"
BATCH = 5000
OTHER = Plain("other")  # no value of any fact, and nothing that Spark compares


class Joining(Protocol):
    """Ledgers that lists of records are joined from."""

    @property
    def joined(self) -> Sequence[str]:
        """The lists."""

    @property
    def keys(self) -> Sequence[str]:
        """The facts of a record by which rows are found."""

    def given(self, record: Record) -> tuple[Mapping[str, Any], bool]:
        """Return the lists that a record's keys give, left out where unknown, and whether a row is only possible."""

    def judged(self, record: Record, waivers: Sequence[Waiver]) -> Verdict:
        """Return the verdict on a record with its rows, without what is told of them."""

    def verdict(self, record: Record, number: int, waivers: Sequence[Waiver]) -> Verdict:
        """Return the verdict on a record with its rows."""


def answers_by(law: AreaOn) -> Callable[[Verdict], dict[str, Any]]:
    """Return what gives the columns of a verdict that was made by itself."""
    worked_out = derived(law)

    def answers(verdict: Verdict) -> dict[str, Any]:
        best, worst = verdict.at_best, verdict.at_worst
        masks = verdict.masks or counted(verdict.findings)
        values = {k: plain(v) for k, v in worked_out(verdict.record.values).items() if "[" not in k}
        ends = {"outcome": best if best == worst else "undetermined", "at_best": best, "at_worst": worst}
        found = {n: split(m, law) for n, m in zip(FOUND, masks, strict=True)}
        return {**ends, **found, **values, "problem": bool(verdict.record.problems)}

    return answers


def joined_source(
    con: Any, law: AreaOn, rows: Source, uses: Mapping[str, Use], folder: Path, joining: Joining
) -> tuple[Source, dict[str, Use]]:
    """Return the rows with the lists that ledgers give each, and the columns of the facts, those lists included."""
    d = DUCKDB
    told = {k: u.column for k, u in uses.items() if k in joining.joined}
    for key, column in told.items():  # of a file that was read, each fact has a column
        said = f"CAST({d.name_of(column)} AS VARCHAR)"
        if con.execute(f"SELECT 1 FROM {rows.sql} WHERE {said} <> '' LIMIT 1").fetchall():
            raise LedgerError(
                f"`{key}` is joined from a ledger, and the table has its column `{column}`; "
                "leave the column out, or decide by the engine `records`, which adds the one to the other"
            )
    keys = {k: uses[k] for k in joining.keys if k in uses}
    columns = list(dict.fromkeys(d.name_of(u.column) for u in keys.values()))
    asked = ", ".join(columns) or "1 AS nothing"
    fields = _fields(law, joining)
    types = {key: json.dumps([{f.field: _type(f, "VARCHAR") for f in of}]) for key, of in fields.items()}
    path = folder / "joined.parquet"
    with as_ledger_errors(rows.name):
        numbers = f"SELECT row_number() OVER () AS {NUMBER}, * FROM (SELECT DISTINCT {asked} FROM {rows.sql})"
        con.execute(f"CREATE TABLE {KEYS} AS {numbers}")
        shape = ", ".join(f"{d.name_of(key)} VARCHAR" for key in fields)
        con.execute(f"CREATE TABLE {LISTS} ({NUMBER} BIGINT, {shape}, {OPEN} BOOLEAN)")
        reader = con.cursor().execute(f"SELECT {NUMBER}, {asked} FROM {KEYS}")
        places = [columns.index(d.name_of(u.column)) + 1 for u in keys.values()]
        while batch := reader.fetchmany(BATCH):
            made = []
            for row in batch:
                record = record_of(law, dict(zip(keys, (row[i] for i in places), strict=True)), keys)
                lists, is_open = _lists(record, fields, joining)
                texts = (None if rows is None else json.dumps(rows, default=str, ensure_ascii=False) for rows in lists)
                made.append((row[0], *texts, is_open))
            _insert(con, LISTS, made)
        shown = [f"from_json(l.{d.name_of(k)}, {d.text(types[k])}) AS {d.name_of(k)}" for k in fields]
        on = " AND ".join(f"r.{c} IS NOT DISTINCT FROM k.{c}" for c in columns) or "true"
        own = ", ".join(f"r.{d.name_of(c)}" for c in rows.types if c not in told.values())
        query = (
            f"SELECT {', '.join([own, *shown])}, l.{OPEN} FROM {rows.numbered} r JOIN {KEYS} k ON {on} "
            f"JOIN {LISTS} l USING ({NUMBER}) ORDER BY r.row_number"
        )
        con.execute(copied(query, path, PARQUET))
        con.execute(f"DROP TABLE {KEYS}; DROP TABLE {LISTS}")
    made_of = source(con, path, folder)
    found = Source(rows.name, made_of.sql, made_of.types, made_of.numbered, made_of.file)
    return found, {**uses, **{key: Use(key, found.types[key]) for key in fields}}


def _type(fact: Fact, text: str) -> str:
    return {Boolean: "BOOLEAN", Date: "DATE"}.get(type(fact.kind), text)


def _fields(law: AreaOn, joining: Joining) -> dict[str, list[Fact]]:
    """Return the fields of each list that are joined: those that nothing works out."""
    of = law.rulebook.vocabulary.fields
    return {key: [f for f in of(key) if f.key not in law.derivations] for key in joining.joined}


def _lists(
    record: Record, fields: Mapping[str, Sequence[Fact]], joining: Joining
) -> tuple[list[list[dict[str, Any]] | None], bool]:
    """Return the lists that a record's keys give, as cells, and whether the record has to be judged by itself.

    A list is None where it is unknown, or holds what no cell can say.
    """
    lists, is_open = joining.given(record)
    found: list[list[dict[str, Any]] | None] = []
    for key, of in fields.items():
        rows = [{f.field: _cell(row[f.field], f) for f in of if f.field in row} for row in lists.get(key, ())]
        untold = any(... in row.values() for row in rows)
        is_open = is_open or untold
        found.append(None if untold or key not in lists else rows)
    return found, is_open


def _cell(value: Any, fact: Fact) -> Any:
    """Return a value as a cell that admission takes for the same; `...` where there is none."""
    match fact.kind, value:
        case (Boolean(), bool()) | (Date(), _):
            return value
        case Number(), Fraction() if isinstance(number := plain(value), float) and Fraction(repr(number)) == value:
            return repr(number)
        case Text() | Choice(), str() if not absent(value, fact.blank_words):
            return value
        case _:
            return ...


def _insert(con: Any, table: str, rows: Sequence[Sequence[Any]]) -> None:
    parts = ", ".join(f"unnest(${i + 1})" for i in range(len(rows[0])))
    con.execute(f"INSERT INTO {table} SELECT {parts}", [list(column) for column in zip(*rows, strict=True)])


def judged(found: TableDecision, joining: Joining) -> None:
    """Put the verdicts of the rows that may own a row of a ledger into a decision, each made by itself."""
    con, d, law, waivers = found.con, DUCKDB, found.law, found.waivers
    own = {k: u for k, u in found.uses.items() if k not in joining.joined}
    found.uses, found.judge = own, lambda record: joining.verdict(record, 0, waivers)
    columns = "".join(f", {d.name_of(u.column)}" for u in own.values())
    with as_ledger_errors(found.source.name):
        reader = found.source.reader(con)
        reader.execute(f"SELECT row_number{columns} FROM {found.source.numbered} WHERE {OPEN}")
        relation = con.sql(f"SELECT * FROM {parquet(found.path)} LIMIT 0")
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        answers, path = answers_by(law), found.folder / "judged.parquet"
        known = [c for c in types if c in answers(joining.judged(Record({}), ()))]
        con.execute(f"CREATE TABLE judged (n BIGINT, {', '.join(f'{d.name_of(c)} {types[c]}' for c in known)})")
        count = 0
        while batch := list(islice(iter(reader.fetchone, None), BATCH)):
            made = []
            for number, *cells in batch:
                record = record_of(law, dict(zip(own, cells, strict=True)), own)
                told = answers(joining.judged(record, waivers))
                made.append((number, *(told[c] for c in known)))
            _insert(con, "judged", made)
            count += len(made)
        if count:
            named = ["again" if c == "again" else d.name_of(c) for c in types]
            shown = [
                f"CASE WHEN j.n IS NULL THEN f.{c} ELSE {'true' if c == 'again' else f'j.{c}'} END AS {c}"
                if raw in known or c == "again" else f"f.{c}"
                for raw, c in zip(types, named, strict=True)
            ]  # fmt: skip
            stored = f"{parquet(found.path, numbered=True)} f LEFT JOIN judged j ON j.n = f.file_row_number + 1"
            con.execute(copied(f"SELECT {', '.join(shown)} FROM {stored} ORDER BY f.file_row_number", path, PARQUET))
            os.replace(path, found.path)
        found.sent_back += count


def joined_frame(
    frame: Any, law: AreaOn, uses: Mapping[str, Use], joining: Joining, waivers: Sequence[Waiver]
) -> tuple[Any, dict[str, Use], Apart]:
    """Return a Spark DataFrame with the lists that ledgers give each row, the columns of the facts, and what is judged
    by itself. The different keys are collected, given their rows once, and broadcast.
    """
    for key in (k for k in uses if k in joining.joined):
        raise LedgerError(
            f"`{key}` is joined from a ledger, and the frame has its column: leave `{uses[key].column}` out"
        )
    d, fields = SPARK, _fields(law, joining)
    keys = {k: uses[k] for k in joining.keys if k in uses and isinstance(uses[k].type, Plain) and uses[k].type != OTHER}
    columns = list(dict.fromkeys(u.column for u in keys.values()))
    asked = frame.selectExpr(*map(d.name_of, columns)).distinct().collect() if columns else [()]
    made = []
    for row in asked:
        record = record_of(law, {k: row[columns.index(u.column)] for k, u in keys.items()}, keys)
        lists, is_open = _lists(record, fields, joining)
        told = (
            None if items is None else [tuple(item.get(f.field) for f in of) for item in items]
            for items, of in zip(lists, fields.values(), strict=True)
        )
        made.append((*row, *told, is_open))
    shape = [f"k{i} {frame.schema[c].dataType.simpleString()}" for i, c in enumerate(columns)]
    for i, of in enumerate(fields.values()):
        shown = ", ".join(f"{d.name_of(f.field)}: {_type(f, 'STRING')}" for f in of)
        shape.append(f"l{i} array<struct<{shown}>>")
    rows, found = f"rows_{uuid4().hex}", f"keys_{uuid4().hex}"
    frame.createOrReplaceTempView(rows)
    frame.sparkSession.createDataFrame(made, ", ".join([*shape, "o boolean"])).createOrReplaceTempView(found)
    named = {key: f"joined {key}" for key in fields}
    shown = ", ".join(f"l.l{i} AS {d.name_of(name)}" for i, name in enumerate(named.values()))
    on = " AND ".join(f"r.{d.name_of(c)} <=> l.k{i}" for i, c in enumerate(columns)) or "true"
    # A frame that is read again may give a key that it had not: such a row is judged by itself.
    text = f"SELECT /*+ BROADCAST(l) */ r.*, {shown}, coalesce(l.o, true) AS {OPEN} FROM {rows} r LEFT JOIN {found} l ON {on}"
    joined = frame.sparkSession.sql(text)
    types = column_types(joined)
    apart = Apart(OPEN, uses, by_verdict(law, joining, uses, waivers))
    return joined, {**uses, **{key: Use(name, types[name]) for key, name in named.items()}}, apart


def by_verdict(law: AreaOn, joining: Joining, uses: Mapping[str, Use], waivers: Sequence[Waiver]) -> Settle:
    """Return what settles rows as their records' verdicts do, with the answers of `settled`."""
    answers, rank = answers_by(law), law.area.rank

    def settle(rows: Rows, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for number, cells in rows:
            told = answers(joining.judged(record_of(law, cells, uses), waivers))
            shown = (told[n] for n in (*FOUND, *names, "problem"))
            yield (number, *shown, rank(told["at_best"]), rank(told["at_worst"]))

    return settle
