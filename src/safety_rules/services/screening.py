"""Screening: a ledger's rows one at a time through an area's law on a day, each with its verdict or its error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from safety_rules.engines.compiled.decide import decided
from safety_rules.face import DatedArea
from safety_rules.formats.ledger import Ledger, ledger
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.result import ScreenedRow, Screening, Summary
from safety_rules.language.errors import LedgerError, NotFoundError, RecordError
from safety_rules.language.kinds import Name
from safety_rules.language.record import Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.semantics.admit import admit
from safety_rules.semantics.decide import subject_names
from safety_rules.semantics.explain import reason_label
from safety_rules.semantics.verdict import Verdict
from safety_rules.services.screening_tables import DecidedRows, engine_for


def screen(
    source: Path | str,
    area: DatedArea,
    sheet: str | None = None,
    waivers: Sequence[Waiver] = (),
    engine: str = "auto",
) -> Screening:
    """Return a ledger's screening; its rows are read, admitted and decided as they are asked for.

    `engine` is `records` (one row after the other), `duckdb` (all rows at once, words as they are asked
    for), or `auto`: DuckDB for files of some megabytes. The answers are the same. Raises LedgerError where
    the file as a whole is no ledger: at once, or, where it has headings and no rows, when the rows were
    asked for.
    """
    law, path = area.law, Path(source)
    chosen, notices = engine_for(path, engine)
    read = ledger(path, law.rulebook.vocabulary, law.area.subjects, sheet)
    read.notices += notices
    summary = Summary()
    if chosen == "records":
        return Screening(read, law, _rows(read, area, waivers, summary, None), summary)
    decided = DecidedRows(path, area, sheet)
    return Screening(read, law, _rows(read, area, waivers, summary, decided), summary, decided.prepare)


def _rows(
    read: Ledger, area: DatedArea, waivers: Sequence[Waiver], summary: Summary, decided: DecidedRows | None
) -> Iterator[ScreenedRow]:
    idle = dict.fromkeys(waivers)
    try:
        if decided is not None and not decided.ready:
            decided.prepare()
        for row in read.rows:
            screened = _screened(row, read, area, waivers, decided)
            if screened.verdict is not None and idle:
                names = subject_names(area.law, screened.verdict.record)
                idle = {w: None for w in idle if w.subject not in names}
            _count(screened, summary)
            yield screened
    finally:
        if decided is not None:
            decided.close()
    if not summary.rows:
        raise LedgerError(f"`{read.path.name}` has headings and no rows")
    read.notices += [_idle(w) for w in idle]


def _screened(
    row: LedgerRow, read: Ledger, area: DatedArea, waivers: Sequence[Waiver], decided: DecidedRows | None
) -> ScreenedRow:
    """Return one row with its verdict: from what is decided already, unless a waiver may count for it."""
    if decided is not None and row.data is not None and row.error is None:
        found = decided.screened(row, read, lambda: admitted(row, read, area))
        if found is not None and found.verdict is not None:
            if not waivers or not subject_names(area.law, found.verdict.record) & {w.subject for w in waivers}:
                return found
    return screened_row(row, read, area, waivers)


def _idle(waiver: Waiver) -> Problem:
    message = Name(
        f"豁免［{waiver.rule}］的对象“{waiver.subject}”不在台账中",
        f"the waiver of `{waiver.rule}` is for `{waiver.subject}`, which no row is about",
    )
    return Problem("waiver-for-nobody", "", waiver.subject, message)


def screened_row(row: LedgerRow, read: Ledger, area: DatedArea, waivers: Sequence[Waiver] = ()) -> ScreenedRow:
    """Return one row with its verdict, or with why it cannot have one."""
    if row.error is not None or row.data is None:
        return ScreenedRow(row, error=row.error)
    try:
        record = admitted(row, read, area)
    except RecordError as error:
        return ScreenedRow(row, error=Name("本行不是记录（名称到值的对象）", str(error)))
    return ScreenedRow(row, decided(area.decider, record, waivers))


def admitted(row: LedgerRow, read: Ledger, area: DatedArea) -> Record:
    """Return a row's record, its problems named by their cells; raises RecordError."""
    law = area.law
    vocabulary = law.rulebook.vocabulary
    record = admit(row.data, vocabulary, read.units, row.place_of, frozenset(law.derivations))
    if not row.problems:
        return record
    return Record(record.values, (*row.problems, *record.problems), record.given)


def _count(screened: ScreenedRow, summary: Summary) -> None:
    if not screened.outcome:
        return
    summary.rows += 1
    summary.outcomes[screened.outcome] += 1
    verdict = screened.verdict
    if verdict is None:
        summary.problems += 1
        return
    summary.problems += len(verdict.problems)
    summary.violated.update(verdict.violated())
    if not verdict.definite:
        summary.intervals[verdict.at_best, verdict.at_worst] += 1
        _count_missing(verdict, summary)


def _count_missing(verdict: Verdict, summary: Summary) -> None:
    """Count what is missing; the fields of a list's records count as one, whichever record lacks them."""
    vocabulary = verdict.on.rulebook.vocabulary
    general = {}
    for reason in verdict.needs.can_change:
        name = reason.name
        if "[" in name:
            head, _, rest = name.partition("[")
            field = rest.partition("]")[2]
            outer, inner = vocabulary.facts[head].name, vocabulary.facts.get(head + field)
            words = Name(*(f"{outer.in_(k)}·{inner.name.in_(k)}" if inner else outer.in_(k) for k in ("zh", "en")))
            name = head + field
        else:
            words = Name(*(reason_label(reason, verdict, k) for k in ("zh", "en")))
        general[type(reason)(reason.kind, name)] = words
    for reason, words in general.items():
        summary.missing[reason] += 1
        summary.names[reason] = words


def row_numbered(source: Path | str, area: DatedArea, number: int, sheet: str | None = None) -> ScreenedRow:
    """Return the screened row with a number, as the sheet itself counts; raises NotFoundError."""
    read = ledger(Path(source), area.law.rulebook.vocabulary, area.law.area.subjects, sheet)
    for row in read.rows:
        if row.number == number:
            if row.data is None and row.error is None:
                raise NotFoundError(f"row {number} of `{read.name}` is no record")
            return screened_row(row, read, area)
    raise NotFoundError(f"`{read.name}` has no row {number} below its headings")


def row_of(source: Path | str, area: DatedArea, identity: str, sheet: str | None = None) -> ScreenedRow:
    """Return the one screened row that is about an identity (a number, name or code); raises NotFoundError."""
    read = ledger(Path(source), area.law.rulebook.vocabulary, area.law.area.subjects, sheet)
    found = []
    for row in read.rows:
        screened = screened_row(row, read, area)
        if screened.verdict is not None and identity.strip() in subject_names(area.law, screened.verdict.record):
            found.append(screened)
    if not found:
        raise NotFoundError(f"no row of `{read.name}` is about `{identity}`")
    if len(found) > 1:
        numbers = ", ".join(str(s.row.number) for s in found)
        raise NotFoundError(f"`{identity}` names several rows ({numbers}); choose one with --row")
    return found[0]
