"""DuckDB as the reader and writer of files: its connection, its errors in one line, and text as it quotes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safety_rules.language.errors import LedgerError

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
    }
    if threads is not None:
        config["threads"] = str(threads)
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")
    con.execute("SET parquet_metadata_cache = true")
    con.execute(f"SET disabled_optimizers = '{AS_WRITTEN}'")
    return con


@contextmanager
def as_ledger_errors(name: str) -> Iterator[None]:
    """Turn what DuckDB or the system raises into a LedgerError of one line."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise LedgerError(f"`{name}`: {lines[0]}") from None


def quoted(text: str) -> str:
    """Return a text as SQL: the one function that quotes what is written into a query, paths among it."""
    return "'" + text.replace("'", "''") + "'"
