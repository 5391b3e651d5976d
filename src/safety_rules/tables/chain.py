"""Ledgers of several kinds chained as tables: each relation from a file or a frame, derived records as tables out."""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.chain_records import Chaining, derived_rows, opened
from safety_rules.engines.columnar.chains import run
from safety_rules.engines.columnar.decide import removed, work_folder
from safety_rules.engines.columnar.result import let_go
from safety_rules.formats.duck import PARQUET, as_ledger_errors, connection, copied
from safety_rules.formats.safe import beside
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.record import Problem
from safety_rules.semantics.chaining.chain import ChainProgram
from safety_rules.semantics.chaining.facts import relations
from safety_rules.tables.chain_in import load
from safety_rules.words.near import did_you_mean

MEMORY = "1200MB"


@dataclass(slots=True, weakref_slot=True)
class ChainedTables:
    """What follows from tables of records: one table for each derived relation, with `certain`.

    A record that is not certain could still follow, once what is missing is known. Fields that are not
    known are NULL.
    """

    chaining: Chaining
    folder: Path
    notices: tuple[Problem, ...]
    _finalizer: Any = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self._finalizer = weakref.finalize(self, let_go, self.chaining.con, self.folder)

    def close(self) -> None:
        """Let go of the connection and of what lies in the work folder."""
        self._finalizer()

    @property
    def relations(self) -> tuple[str, ...]:
        """The derived relations."""
        return tuple(sorted({r.derives for r in self.chaining.program.rules.values()}))

    def relation(self, name: str) -> Any:
        """Return the derived records of a relation as a DuckDB relation; raises NotFoundError."""
        return self.chaining.con.sql(self._sql(name))

    def _sql(self, name: str) -> str:
        if name not in self.relations:
            raise NotFoundError(f"no rule derives `{name}`; {did_you_mean(name, self.relations)}".rstrip("; "))
        return f"SELECT * EXCLUDE (is_given) FROM {self.chaining.tables[name]} WHERE NOT is_given ORDER BY ALL"

    def rows(self, name: str) -> Iterator[tuple[dict[str, Any], bool]]:
        """Yield the derived records of a relation and whether each certainly holds; raises NotFoundError."""
        self._sql(name)
        return derived_rows(self.chaining, name)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return, for each derived relation, how many records certainly hold, and how many could."""
        found = {}
        for name in self.relations:
            sql = f"SELECT count(*) FILTER (certain), count(*) FROM ({self._sql(name)})"
            found[name] = tuple(self.chaining.con.execute(sql).fetchall()[0])
        return found

    def write(self, folder: str | Path) -> Path:
        """Write one parquet file for each derived relation into a new folder, whole or not at all; raises LedgerError."""
        target = Path(folder)
        unfinished = beside(target)
        if target.exists():
            raise LedgerError(f"`{target}` is there already")
        try:
            with as_ledger_errors(target.name):
                unfinished.mkdir()
                for name in self.relations:
                    self.chaining.con.execute(copied(self._sql(name), unfinished / f"{name}.parquet", PARQUET))
                os.replace(unfinished, target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return target


def chained_tables(
    program: ChainProgram, sources: Mapping[str, Any], output: str | Path | None = None
) -> ChainedTables:
    """Return what follows from tables by a program's rules; a list that is neither given nor derived may hold anything.

    Raises NotFoundError for a relation that no rule reads, LedgerError for a table that cannot be read, and
    ChainEngineError where the program or a value is beyond what tables decide exactly.
    """
    given = _by_relation(program, sources)
    folder = work_folder(None)
    try:
        con = connection(folder, MEMORY, None)
        derived = {r.derives for r in program.rules.values()}
        chaining = opened(con, program, relations(program) - given.keys() - derived)
        notices: list[Problem] = []
        for relation, data in given.items():
            load(chaining, relation, data, folder, notices)
        run(chaining)
        found = ChainedTables(chaining, folder, tuple(notices))
    except BaseException:
        removed(folder)
        raise
    if output is not None:
        found.write(output)
    return found


def _by_relation(program: ChainProgram, sources: Mapping[str, Any]) -> dict[str, Any]:
    known, found = relations(program), {}
    for name, data in sources.items():
        fact = program.rulebook.vocabulary.find(name)
        if fact is None or fact.key not in known:
            raise NotFoundError(f"no chaining rule reads `{name}`; {did_you_mean(name, sorted(known))}".rstrip("; "))
        found[fact.key] = data
    return found
