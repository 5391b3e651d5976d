"""Large ledgers screened by DuckDB: it decides all rows at once, and words are found only where they are asked for.

Every row is read by the ledger's own reader, so places, totals, merged cells and lists are as they are in a
small ledger. A row with a cell that SQL cannot take as it stands is screened as a record.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.compiled.derived import Duties, duties
from safety_rules.engines.sql.exactness.settle import joined
from safety_rules.formats.duck import parquet
from safety_rules.formats.heading_map import Wanted
from safety_rules.formats.ledger import Ledger, ledger
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.raw_tables import PARQUET, WORKBOOKS
from safety_rules.formats.result import ScreenedRow
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.record import Problem, Record
from safety_rules.language.verdict import DueDuty, Masks
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.reads import facts_of
from safety_rules.semantics.verdict.shared import Shared
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.dated_area import DatedArea
from safety_rules.tables.decide import decided_table
from safety_rules.tables.prepare import ROW, rows_written
from safety_rules.words.near import did_you_mean
from safety_rules.words.problem import problem

ENGINES = ("auto", "duckdb", "records")
LARGE = {True: 1 << 20, False: 4 << 20}
BATCH = 5_000
Progress = Callable[[float], None]


def engine_for(path: Path, asked: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the engine that screens a file, and what is to be said of the choice.

    `auto` takes DuckDB for files of some megabytes where it is installed. Raises LedgerError where it is
    asked for and is not.
    """
    if asked not in ENGINES:
        raise NotFoundError(f"there is no engine `{asked}`; {did_you_mean(asked, ENGINES)}".rstrip("; "))
    there = find_spec("duckdb") is not None
    if asked == "duckdb" and not there:
        raise LedgerError("the engine `duckdb` needs DuckDB; install `safety-rules[tables]`")
    packed = path.suffix.lower() in (*PARQUET, *WORKBOOKS)
    if asked != "auto" or not path.is_file() or path.stat().st_size < LARGE[packed]:
        return ("records" if asked == "auto" else asked), ()
    if there:
        return "duckdb", ()
    return "records", (problem("no-duckdb.screening", "", path.name),)


class PlainVerdict(Verdict):
    """A verdict that violates nothing and leaves nothing open: its record is admitted only when it is asked for."""

    def __init__(
        self,
        on: AreaOn,
        part: Record,
        best: str,
        absent: int,
        shared: Shared,
        admitted: Callable[[], Record],
        due: Duties,
    ):
        super().__init__(on, part, best, best, (), (), None, Masks(0, 0, absent), shared)
        self._part, self._admitted, self._due = part, admitted, due

    @cached_property
    def record(self) -> Record:
        """The whole row as admitted."""
        return self._admitted()

    @property
    def subject(self) -> str:
        """The row's own name for itself."""
        return Verdict(self.on, self._part, self.at_best, self.at_worst).subject

    @property
    def problems(self) -> tuple[Problem, ...]:
        """None: a row with any is no plain one."""
        return ()

    @cached_property
    def obligations(self) -> tuple[DueDuty, ...]:
        """Who has to do what, and by when."""
        return tuple(self._due(self._part.values))


@dataclass(slots=True)
class DecidedRows:
    """What DuckDB says of a ledger's rows, read in their order; nothing runs before `prepare`."""

    path: Path
    area: DatedArea
    sheet: Wanted
    ready: bool = False
    _stack: ExitStack = field(default_factory=ExitStack)
    _found: Iterator[tuple[int, int, int, int, bool]] = field(default_factory=lambda: iter(()))
    _next: tuple[int, int, int, int, bool] | None = None
    _duties: Duties | None = None
    _aside: tuple[str, ...] = ()

    def prepare(self, progress: Progress | None = None) -> None:
        """Decide all rows; `progress` is called with a share between 0 and 1. Raises LedgerError."""
        self.ready = True
        law = self.area.law
        vocabulary, subjects = law.rulebook.vocabulary, law.area.subjects
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="safety-rules-")))
        read = ledger(self.path, vocabulary, subjects, self.sheet)
        rows = rows_written((r for r in read.rows if not r.problems), folder, vocabulary, subjects)
        prepared = replace(rows, units=read.units)
        decision = decided_table(law, prepared, None, "duckdb", None, (), (), progress, self.area.masks)
        assert isinstance(decision, TableDecision)
        self._stack.callback(decision.close)
        self._found = _masks(decision)
        self._next = next(self._found, None)
        self._duties = duties(law)
        obliging = set(facts_of((c.that for o in law.obligations for c in o.applies_when), law.derivations))
        unread = {f.key for s in subjects for f in vocabulary.of_subject(s)} - set(decision.query.uses)
        identity = {k for s in subjects for k in vocabulary.subjects[s].identity}
        self._aside = tuple(sorted(obliging | unread | identity))

    def close(self) -> None:
        """Let go of the connection and of what was written."""
        self._stack.close()

    def screened(self, row: LedgerRow, read: Ledger, admitted: Callable[[], Record]) -> ScreenedRow | None:
        """Return a row's verdict from its masks; None for a row that has to be screened as a record."""
        if self._next is None or self._next[0] != row.number:
            return None
        (_, violated, undetermined, absent, problem), self._next = self._next, next(self._found, None)
        if problem:
            return None
        law, decider = self.area.law, self.area.decider
        assert self._duties is not None
        if violated or undetermined:
            return ScreenedRow(row, decider.of_masks(admitted(), Masks(violated, undetermined, absent)))
        part = {k: row.data[k] for k in self._aside if k in row.data} if self._keyed(row) else row.data
        record = area_record(law, part, read.units, row.place_of)
        if record.problems:
            return None
        best = law.area.outcomes[0].key
        return ScreenedRow(row, PlainVerdict(law, record, best, absent, decider.shared, admitted, self._duties))

    def _keyed(self, row: LedgerRow) -> bool:
        return bool(row.data.keys() <= self.area.law.rulebook.vocabulary.facts.keys())


def _masks(decision: Any) -> Iterator[tuple[int, int, int, int, bool]]:
    """Yield each row's number, its violated, undetermined and inapplicable rules, and whether a cell was unusable."""
    names = f"{ROW}, violated, undetermined, not_applicable, problem"
    reader = decision.con.cursor().execute(f"SELECT {names} FROM {parquet(decision.path)}")
    while batch := reader.fetchmany(BATCH):
        for number, violated, undetermined, absent, told in batch:
            yield int(number), joined(violated), joined(undetermined), joined(absent), told
