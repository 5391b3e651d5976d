"""DuckDB as the reader and writer of files: its connection, its errors in one line, and text as it quotes it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safety_rules.language.errors import LedgerError

GLOB = re.compile("[*?[]")
PARQUET = "FORMAT parquet, COMPRESSION snappy"
AS_WRITTEN = "in_clause"  # it turns IN into a join, and a join keeps no order of rows


def connection(folder: Path, memory: str, threads: int | None) -> Any:
    """Return a connection that keeps rows in order and spills into the folder; raises LedgerError without DuckDB."""
    try:
        import duckdb
    except ImportError:
        raise LedgerError("tables need DuckDB; install `safety-rules[tables]`") from None
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(folder),
        "preserve_insertion_order": "true",
        "python_enable_replacements": "false",
    }
    if threads is not None:
        config["threads"] = str(threads)
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")
    con.execute("SET parquet_metadata_cache = true")
    con.execute(f"SET disabled_optimizers = {quoted(AS_WRITTEN)}")
    return con


@contextmanager
def as_ledger_errors(name: str) -> Iterator[None]:
    """Turn what DuckDB or the system raises into a LedgerError of one line."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except (duckdb.Error, OSError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise LedgerError(f"`{name}`: {lines[0]}") from None


def quoted(text: str) -> str:
    """Return a text as SQL: the one function that quotes what is written into a query."""
    return "'" + text.replace("'", "''") + "'"


def at(path: Path) -> str:
    """Return a path as SQL, for writing: the file of just that name, whatever signs it is written with."""
    return quoted(str(path.absolute()))


def just(path: Path) -> str:
    """Return a path as SQL, for reading: no sign in it stands for other files. Raises LedgerError where none can say it."""
    text = str(path.absolute())
    if "\\" in text and os.sep != "\\" and GLOB.search(text):
        raise LedgerError(f"`{path}` has a backslash and one of `*?[` in its name, and no reader can name such a file")
    return quoted(GLOB.sub(r"[\g<0>]", text))


def parquet(path: Path, numbered: bool = False) -> str:
    """Return the rows of one Parquet file as SQL; folders in its path are no columns. `numbered`: with their number, from 0."""
    return f"read_parquet({just(path)}, hive_partitioning = false{', file_row_number = true' if numbered else ''})"


def copied(query: str, path: Path, options: str) -> str:
    """Return the statement that writes a query into a file."""
    return f"COPY ({query}) TO {at(path)} ({options})"
