"""What DuckDB reads rows from: a file, a frame, an Arrow table or a relation, with the types of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.read.expect import Seen
from safety_rules.engines.sql.read.types import ColumnType, ListOf, Plain, Struct
from safety_rules.formats.duck import as_ledger_errors, just, parquet
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError

PARQUET = (".parquet", ".pq")
CSV = (".csv", ".tsv", ".txt")
VIEW = "rows_to_decide"
ZONED = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True, slots=True)
class Source:
    """Rows as SQL; `numbered` is the same with `row_number`, from 1 in the order of the rows.

    `file` is the Parquet file that holds them, if one does; `frame` the object that does.
    """

    name: str
    sql: str
    types: Mapping[str, ColumnType]
    numbered: str
    file: str = ""
    frame: Any = None

    def reader(self, con: Any) -> Any:
        """Return a second reader of the same rows; what one connection knows of a frame, another is told anew."""
        cursor = con.cursor()
        if self.frame is not None:
            cursor.register(VIEW, self.frame)
        return cursor


def source(con: Any, data: Any, folder: Path, columns: Sequence[str] = (), delimiter: str = ",") -> Source:
    """Return the rows of data; of a csv, the columns are those that its first line names. Raises LedgerError.

    A relation belongs to another connection, so its rows are first written into the folder.
    """
    if isinstance(data, str | Path):
        return _file(con, Path(data), columns, delimiter)
    name = type(data).__name__
    if name == "DuckDBPyRelation":
        with as_ledger_errors("relation"):
            data.write_parquet(str(folder / "relation.parquet"))
        return _file(con, folder / "relation.parquet", (), "")
    try:
        con.register(VIEW, data)
    except Exception as error:
        raise LedgerError(f"`{name}` is no table that DuckDB reads: {str(error).splitlines()[0]}") from None
    numbered = f"(SELECT *, row_number() OVER () AS row_number FROM {VIEW})"
    return replace(_described(con, name, VIEW, numbered), frame=data)


def first_rows(con: Any, rows: Source, columns: Sequence[str], count: int) -> list[tuple[Any, ...]]:
    """Return some columns of the first rows."""
    shown = ", ".join(DUCKDB.name_of(c) for c in columns)
    with as_ledger_errors(rows.name):
        return list(con.execute(f"SELECT {shown} FROM {rows.sql} LIMIT {count}").fetchall())


def statistics(con: Any, rows: Source) -> dict[str, Seen]:
    """Return what the footer of a Parquet file says of its columns; nothing of other sources."""
    if not rows.file:
        return {}
    sql = (
        "SELECT path_in_schema, sum(stats_null_count), list(stats_min_value), list(stats_max_value) "
        f"FROM parquet_metadata({just(Path(rows.file))}) GROUP BY 1 HAVING count(*) = count(stats_null_count)"
    )
    with as_ledger_errors(rows.name):
        found = con.execute(sql).fetchall()
    return {name: _seen(rows.types.get(name), int(nulls), *ends) for name, nulls, *ends in found}


def _seen(type: ColumnType | None, blanks: int, lows: Sequence[str | None], highs: Sequence[str | None]) -> Seen:
    if not isinstance(type, Plain) or None in lows or None in highs:
        return Seen(blanks)
    ends: list[Any] = [*lows, *highs]
    if type.name not in ("integer", "decimal", "double"):
        return Seen(blanks, tuple(ends))
    try:
        return Seen(blanks, tuple(float(e) if type.name == "double" else Decimal(e) for e in ends))
    except (ValueError, ArithmeticError):  # whatever a writer left there: the first rows are looked at
        return Seen(blanks)


def _file(con: Any, path: Path, columns: Sequence[str], delimiter: str) -> Source:
    if not path.is_file():
        raise LedgerError(f"there is no file `{path}`")
    if path.stat().st_size == 0:
        raise LedgerError(f"`{path.name}` is empty")
    if path.suffix.lower() in PARQUET:
        numbered = f"(SELECT *, file_row_number + 1 AS row_number FROM {parquet(path, numbered=True)})"
        return replace(_described(con, path.name, parquet(path), numbered), file=str(path))
    if path.suffix.lower() in CSV:
        named = ", ".join(f"{DUCKDB.text(c)}: 'VARCHAR'" for c in columns)
        with path.open("rb") as file:
            ending = "\\r\\n" if file.readline().endswith(b"\r\n") else "\\n"
        options = f"auto_detect = false, hive_partitioning = false, skip = 1, columns = {{{named}}}, quote = '\"', "
        options += (
            f"escape = '\"', delim = {DUCKDB.text(delimiter)}, new_line = '{ending}', max_line_size = {4 * limits.ROW}"
        )
        sql = f"read_csv({just(path)}, {options})"
        numbered = f"(SELECT *, row_number() OVER () AS row_number FROM {sql})"
        return _described(con, path.name, sql, numbered)
    raise LedgerError(f"`{path.name}` is no table that DuckDB reads; one of .parquet, .csv")


def _described(con: Any, name: str, sql: str, numbered: str) -> Source:
    """Return rows with their types; times with a zone as the clocks of the connection's zone show them."""
    with as_ledger_errors(name):
        relation = con.sql(f"SELECT * FROM {sql} LIMIT 0")
        names = {c: str(t) for c, t in zip(relation.columns, relation.types, strict=True)}
        zoned = [
            f"CAST({DUCKDB.name_of(c)} AS {t.replace(ZONED, 'TIMESTAMP')}) AS {DUCKDB.name_of(c)}"
            for c, t in names.items()
            if ZONED in t
        ]
        if zoned:
            local = f"(SELECT * REPLACE ({', '.join(zoned)}) FROM {{}})"
            return _described(con, name, local.format(sql), local.format(numbered))
        types = {c: column_type(t) for c, t in zip(relation.columns, relation.types, strict=True)}
    return Source(name, sql, types, numbered)


INTEGERS = {"tinyint": 3, "smallint": 5, "integer": 10, "utinyint": 3, "usmallint": 5, "uinteger": 10}
WIDE = ("bigint", "ubigint", "hugeint", "uhugeint")


def column_type(type: Any) -> ColumnType:
    """Return a DuckDB type as the engines know it."""
    name = type.id
    if name in INTEGERS:
        return Plain("integer", INTEGERS[name])
    if name in WIDE:
        return Plain("integer", 19)
    match name:
        case "boolean" | "date":
            return Plain("boolean" if name == "boolean" else "date")
        case "float" | "double":
            return Plain("double")
        case "decimal":
            sizes = dict(type.children)
            return Plain("decimal", int(sizes["precision"]), int(sizes["scale"]))
        case "varchar" | "enum":
            return Plain("text")
        case "time":
            return Plain("time")
        case "timestamp" | "timestamp_s" | "timestamp_ms" | "timestamp_ns":
            return Plain("timestamp")
        case "list" | "array":
            return ListOf(column_type(type.children[0][1]))
        case "struct":
            return Struct({n: column_type(t) for n, t in type.children})
        case _:
            return Plain("other")
