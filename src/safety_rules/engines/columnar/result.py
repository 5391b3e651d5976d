"""A decided table: where its rows lie, what was sent back, and the explanation of any row on demand."""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.source import Source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.exactness.settle import record_of
from safety_rules.engines.sql.query.law_query import LawQuery, has_masks
from safety_rules.engines.sql.query.outcomes import rule_columns, satisfied_column
from safety_rules.engines.sql.read.types import Use
from safety_rules.formats.duck import PARQUET, as_ledger_errors, copied, parquet
from safety_rules.formats.safe import replacing
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.verdict import Verdict, decide

FORMATS = {".parquet": PARQUET, ".csv": "FORMAT csv, HEADER"}


@dataclass(slots=True, weakref_slot=True, repr=False)
class TableDecision:
    """One row for each row of the table, in its order.

    Columns: those kept, `outcome`, `at_best`, `at_worst`, the masks `violated`, `undetermined`, `not_applicable`
    (bit i is rule i of `rules`; lists of 63-bit words where there are more rules; rows that are read back also have
    `satisfied`, which no file holds, since it is what the others leave), each derived fact, `problem` (a cell could
    not be used) and `again` (settled by the exact evaluator, `sent_back` rows in all). With details also `needs`,
    `smallest` and `gaps`. Where some `answers` were asked for, the outcome, those, and `again` alone. `read` is the
    file that the rows came from, if they came from one. With `rule_keys` also `violated_rules` and
    `undetermined_rules`, by key. `judge` gives the verdict of a row's record where ledgers were joined.
    """

    con: Any
    law: AreaOn
    source: Source
    query: LawQuery
    uses: Mapping[str, Use]
    path: Path
    rows: int
    sent_back: int
    waivers: tuple[Waiver, ...]
    folder: Path
    notices: tuple[Problem, ...] = ()
    answers: tuple[str, ...] = ()
    read: tuple[Path, ...] = ()
    rule_keys: bool = False
    judge: Callable[[Record], Verdict] | None = None
    _finalizer: Any = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self._finalizer = weakref.finalize(self, let_go, self.con, self.folder)

    def __repr__(self) -> str:
        return f"<TableDecision {self.law.area.key} on {self.law.as_of}: {self.rows} rows of {self.source.name}>"

    @property
    def rules(self) -> tuple[str, ...]:
        """The keys of the rules, in the order of the masks' bits."""
        return tuple(r.key for r in self.law.rules)

    def close(self) -> None:
        """Let go of the connection and of what lies in the work folder."""
        self._finalizer()

    def relation(self) -> Any:
        """Return the decided rows as a DuckDB relation."""
        return self.con.sql(self._rows())

    def _rows(self) -> str:
        """Return the query of the rows; the mask of satisfied rules follows from the other three, where they are there."""
        if not has_masks(self.answers):
            return self._stored()
        satisfied = satisfied_column(self.law, DUCKDB)
        return f"SELECT * REPLACE ({satisfied}) FROM (SELECT *, NULL AS satisfied FROM ({self._stored()}))"

    def _stored(self) -> str:
        """Return the query of the rows as files hold them."""
        named = ", ".join(["*", *(rule_columns(self.law, DUCKDB) if self.rule_keys else ())])
        return f"SELECT {named} FROM {parquet(self.path)}"

    def arrow(self) -> Any:
        """Return the decided rows as an Arrow table."""
        return self.relation().to_arrow_table()

    def polars(self) -> Any:
        """Return the decided rows as a Polars frame."""
        return self.relation().pl()

    def pandas(self) -> Any:
        """Return the decided rows as a pandas frame."""
        return self.relation().df()

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        cursor = self.con.cursor().execute(self._rows())
        names = [c[0] for c in cursor.description]
        while batch := cursor.fetchmany(10_000):
            yield from (dict(zip(names, row, strict=True)) for row in batch)

    def counts(self) -> dict[str, int]:
        """Return how many rows have each outcome."""
        return dict(self.con.execute(f"SELECT outcome, count(*) FROM {parquet(self.path)} GROUP BY 1").fetchall())

    def write(self, path: str | Path) -> Path:
        """Write the decided rows as .parquet or .csv, whole or not at all; raises LedgerError."""
        path = Path(path)
        options = FORMATS.get(path.suffix.lower())
        if options is None:
            raise LedgerError(f"`{path.name}` has an ending that tables are not written to; one of .parquet, .csv")
        with replacing(path, *self.read) as unfinished, as_ledger_errors(path.name):
            if options == PARQUET and not self.rule_keys:
                _moved(self.path, unfinished)
            else:
                self.con.execute(copied(self._stored(), unfinished, options))
        return path

    def cells(self, row: int) -> dict[str, Any]:
        """Return the raw cells of a row (from 1) by fact key; raises NotFoundError."""
        columns = "".join(f", {DUCKDB.name_of(u.column)}" for u in self.uses.values())
        with as_ledger_errors(self.source.name):
            found = self.con.execute(
                f"SELECT row_number{columns} FROM {self.source.numbered} WHERE row_number = {int(row)}"
            ).fetchall()
        if not found:
            raise NotFoundError(f"`{self.source.name}` has no row {row}")
        return dict(zip(self.uses, found[0][1:], strict=True))

    def records(self, keys: Sequence[str]) -> Iterator[tuple[int, Record]]:
        """Yield each row (from 1) with its record, as far as some facts tell of it."""
        uses = {k: u for k, u in self.uses.items() if k in keys}
        columns = "".join(f", {DUCKDB.name_of(u.column)}" for u in uses.values())
        with as_ledger_errors(self.source.name):
            cursor = self.source.reader(self.con)
            cursor.execute(f"SELECT row_number{columns} FROM {self.source.numbered} ORDER BY 1")
            while batch := cursor.fetchmany(10_000):
                for number, *cells in batch:
                    yield number, record_of(self.law, dict(zip(uses, cells, strict=True)), uses)

    def verdict(self, row: int) -> Verdict:
        """Return the verdict of a row (from 1) by the definition: findings, needs, gaps, obligations."""
        record = record_of(self.law, self.cells(row), self.uses)
        return decide(self.law, record, self.waivers) if self.judge is None else self.judge(record)

    def explain_row(self, row: int, language: str = "zh", rules: Sequence[str] = ()) -> str:
        """Return the explanation of a row (from 1), in the words of a single record's."""
        return self.verdict(row).explain(language, rules)


def let_go(con: Any, folder: Path) -> None:
    """Close a connection and remove its work folder."""
    con.close()
    shutil.rmtree(folder, ignore_errors=True)


def _moved(start: Path, end: Path) -> None:
    """Copy a file whole, by a link where the system can."""
    try:
        os.link(start, end)
    except OSError:
        shutil.copyfile(start, end)
