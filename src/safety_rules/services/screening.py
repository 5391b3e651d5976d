"""Screening: a ledger's rows one at a time through an area's law on a day, each with its verdict or its error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from safety_rules.engines.compiled.decide import decided
from safety_rules.formats.heading_map import Wanted
from safety_rules.formats.ledger import Ledger, ledger
from safety_rules.formats.ledger_rows import LedgerRow
from safety_rules.formats.result import ScreenedRow, Screening, Summary
from safety_rules.language.acceptance import Acceptance
from safety_rules.language.errors import LedgerError, NotFoundError, RecordError
from safety_rules.language.explanation import Slot, statement
from safety_rules.language.kinds import Name
from safety_rules.language.record import Absence, Problem, Record
from safety_rules.language.rule import Waiver
from safety_rules.language.verdict import Reason
from safety_rules.semantics.decide import area_record, subject_names
from safety_rules.semantics.verdict.explain import reason_said
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.services.across_rows import across_rows
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.processes import cores
from safety_rules.services.screening_jobs import Work, screened_by
from safety_rules.services.screening_tables import DecidedRows, engine_for
from safety_rules.words.explanation import name_of
from safety_rules.words.problem import problem
from safety_rules.words.values import shown as value_shown

if TYPE_CHECKING:
    from safety_rules.services.chaining.deciding import AreaWithHistory
    from safety_rules.services.chaining.from_ledger import AreaWithLedger
    from safety_rules.services.chaining.ledger import JoinedRows

    Beside = AreaWithHistory | AreaWithLedger

MANY = 5_000
"""Rows above which a ledger is screened by one process for each core."""


def screen(
    source: Path | str,
    area: DatedArea,
    sheet: Wanted = None,
    waivers: Sequence[Waiver] = (),
    engine: str = "auto",
    history: Beside | None = None,
    jobs: int | None = None,
    language: str | None = None,
) -> Screening:
    """Return a ledger's screening; its rows are read, admitted and decided as they are asked for.

    `engine` is `records` (one row after the other), `duckdb` (all rows at once, words as they are asked
    for), or `auto`: DuckDB for files of some megabytes. The answers are the same. With a history rows are
    always decided one after the other, and the ledger is read twice: first to learn whose its rows are.
    With a `language` in which all that is wanted of a row is worded, `jobs` processes do so, one for each core
    where there are more than 5,000 rows and no number is given; rows then have no verdict and are `worded`.
    Where values were accepted, one process tells which of them count.
    Raises LedgerError where the file as a whole is no ledger: at once, or, where it has headings and no
    rows, when the rows were asked for.
    """
    found = _screening(Path(source), area, sheet, waivers, engine, history, jobs, language)
    if rules := area.law.area.across_rows:
        vocabulary, read = area.law.rulebook.vocabulary, found.ledger
        again = ledger(Path(source), vocabulary, area.law.area.subjects, sheet)
        read.notices += across_rows(rules, _records(again, area), read.path.name, vocabulary)
    return found


def _screening(
    path: Path,
    area: DatedArea,
    sheet: Wanted,
    waivers: Sequence[Waiver],
    engine: str,
    history: Beside | None,
    jobs: int | None,
    language: str | None,
) -> Screening:
    law = area.law
    if history is not None:
        if engine == "duckdb":
            raise LedgerError("with a history rows are decided one after the other: leave out the engine `duckdb`")
        return _with_history(path, area, sheet, waivers, history)
    chosen, notices = engine_for(path, engine)
    if language is not None and engine != "duckdb" and law.accepted == ():
        read = ledger(path, law.rulebook.vocabulary, law.area.subjects, sheet)
        many = jobs or (cores() if (read.size or 0) > MANY else 1)
        if many > 1:
            summary = Summary()
            return Screening(read, law, _by_jobs(many, read, area, tuple(waivers), summary, language), summary)
    read = ledger(path, law.rulebook.vocabulary, law.area.subjects, sheet)
    read.notices += notices
    summary = Summary()
    if chosen == "records":
        return Screening(read, law, _rows(read, area, waivers, summary), summary)
    decided = DecidedRows(path, area, sheet)
    rows = _rows(read, area, waivers, summary, decided=decided)
    return Screening(read, law, rows, summary, prepare=decided.prepare)


def _by_jobs(
    jobs: int, read: Ledger, area: DatedArea, waivers: tuple[Waiver, ...], summary: Summary, language: str
) -> Iterator[ScreenedRow]:
    """Yield the rows as several processes tell them."""
    idle = dict.fromkeys(waivers)

    def count(more: Summary, names: set[str]) -> None:
        summary.add(more)
        for waiver in [w for w in idle if w.subject in names]:
            del idle[waiver]

    yield from screened_by(jobs, read.rows, Work(_counted, read, area, waivers, language), count)
    if not summary.rows:
        raise LedgerError(f"`{read.path.name}` has headings and no rows")
    read.notices += [_idle(w) for w in idle]


def _counted(
    row: LedgerRow, read: Ledger, area: DatedArea, waivers: Sequence[Waiver], summary: Summary
) -> tuple[ScreenedRow, frozenset[str]]:
    """Return one row, counted, and by which names waivers may mean it."""
    screened = screened_row(row, read, area, waivers)
    _count(screened, summary)
    none = screened.verdict is None or not waivers
    return screened, frozenset() if none else subject_names(area.law, screened.verdict.record)  # type: ignore[union-attr]


def _with_history(path: Path, area: DatedArea, sheet: Wanted, waivers: Sequence[Waiver], history: Beside) -> Screening:
    read = ledger(path, area.law.rulebook.vocabulary, area.law.area.subjects, sheet)
    summary = Summary()
    known = _joined(path, area, sheet, history)
    read.notices += known.notices
    return Screening(read, area.law, _rows(read, area, waivers, summary, known), summary, with_history=True)


def _joined(path: Path, area: DatedArea, sheet: Wanted, history: Beside) -> JoinedRows | AreaWithLedger:
    """Return a ledger's rows as a history knows them; rows of joined ledgers are found for each row by itself."""
    from safety_rules.services.chaining.from_ledger import AreaWithLedger
    from safety_rules.services.chaining.ledger import joined_rows

    if isinstance(history, AreaWithLedger):
        return history
    read = ledger(path, area.law.rulebook.vocabulary, area.law.area.subjects, sheet)
    return joined_rows(history, _records(read, area))


def _records(read: Ledger, area: DatedArea) -> Iterator[tuple[int, Record]]:
    for row in read.rows:
        try:
            if row.error is None and row.data is not None:
                yield row.number, admitted(row, read, area)
        except RecordError:
            continue  # the row comes back with its error when it is screened


def _rows(
    read: Ledger,
    area: DatedArea,
    waivers: Sequence[Waiver],
    summary: Summary,
    known: JoinedRows | AreaWithLedger | None = None,
    decided: DecidedRows | None = None,
) -> Iterator[ScreenedRow]:
    idle, unused = dict.fromkeys(waivers), dict.fromkeys(area.law.accepted or ())
    try:
        if decided is not None and not decided.ready:
            decided.prepare()
        for row in read.rows:
            screened = _screened(row, read, area, waivers, known, decided)
            if screened.verdict is not None and (idle or unused):
                names = subject_names(area.law, screened.verdict.record)
                idle = {w: None for w in idle if w.subject not in names}
                for accepted in screened.verdict.accepted:
                    unused.pop(accepted, None)
                    read.notices.append(_accepted("accepted-value", accepted, area, row.place))
            _count(screened, summary)
            yield screened
    finally:
        if decided is not None:
            decided.close()
    if not summary.rows:
        raise LedgerError(f"`{read.path.name}` has headings and no rows")
    read.notices += [] if known is None else known.unjoined()
    read.notices += [*(_idle(w) for w in idle), *(_accepted("accepted-nowhere", a, area, a.record) for a in unused)]


def _screened(
    row: LedgerRow,
    read: Ledger,
    area: DatedArea,
    waivers: Sequence[Waiver],
    known: JoinedRows | AreaWithLedger | None,
    decided: DecidedRows | None,
) -> ScreenedRow:
    """Return one row with its verdict: from what is decided already, unless a waiver may count for it."""
    if decided is not None and row.data is not None and row.error is None:
        found = decided.screened(row, read, lambda: admitted(row, read, area))
        if found is not None and found.verdict is not None:
            if not waivers or not subject_names(area.law, found.verdict.record) & {w.subject for w in waivers}:
                return found
    return screened_row(row, read, area, waivers, known)


def _idle(waiver: Waiver) -> Problem:
    return problem("waiver-for-nobody", "", waiver.subject, rule=waiver.rule, subject=waiver.subject)


def _accepted(key: str, a: Acceptance, area: DatedArea, place: str) -> Problem:
    fact = area.law.rulebook.vocabulary.facts[a.fact]
    value = {language: value_shown(a.value, fact.kind, language) for language in ("zh", "en")}
    slots = {"record": a.record, "fact": fact.name, "value": Name(**value), "by": a.by, "why": a.why, "day": a.day}
    return problem(key, a.fact, place, **slots)


def screened_row(
    row: LedgerRow,
    read: Ledger,
    area: DatedArea,
    waivers: Sequence[Waiver] = (),
    known: JoinedRows | AreaWithLedger | None = None,
) -> ScreenedRow:
    """Return one row with its verdict, or with why it cannot have one."""
    if row.error is not None or row.data is None:
        return ScreenedRow(row, error=row.error)
    try:
        record = admitted(row, read, area)
    except RecordError as error:
        return ScreenedRow(row, error=Name("本行不是记录（名称到值的对象）", str(error)))
    if known is not None:
        return ScreenedRow(row, known.verdict(record, row.number, waivers))
    return ScreenedRow(row, decided(area.decider, record, waivers))


def admitted(row: LedgerRow, read: Ledger, area: DatedArea) -> Record:
    """Return a row's record, its problems named by their cells; raises RecordError."""
    record = area_record(area.law, row.data, read.units, row.place_of)
    blanks = {c.fact.key: Absence.NOT_FILLED_IN for _, c in read.understood if c.fact.key not in record.values}
    return replace(record, problems=(*row.problems, *record.problems), blanks=blanks | dict(record.blanks))


def _count(screened: ScreenedRow, summary: Summary) -> None:
    if not screened.outcome:
        return
    summary.rows += 1
    summary.outcomes[screened.outcome] += 1
    verdict = screened.verdict
    if verdict is None:
        summary.problems += 1
        return
    summary.problems += len(screened.problems)
    summary.violated.update(verdict.violated())
    if not verdict.definite:
        summary.intervals[verdict.at_best, verdict.at_worst] += 1
        _count_missing(verdict, summary)


def _count_missing(verdict: Verdict, summary: Summary) -> None:
    """Count what is missing; the fields of a list's records count as one, whichever record lacks them."""
    vocabulary = verdict.on.rulebook.vocabulary
    general: dict[Reason, Slot] = {}
    for reason in verdict.needs.can_change:
        name = reason.name
        if "[" in name:
            head, _, rest = name.partition("[")
            field = rest.partition("]")[2]
            name = head + field
            said: Slot = vocabulary.facts[head].name
            if name in vocabulary.facts:
                said = statement("path.field", item=said, field=vocabulary.facts[name].name)
        else:
            said = reason_said(reason, verdict.on.rulebook, verdict.on.derivations, verdict.on.rules)
        general[type(reason)(reason.kind, name)] = said
    for reason, said in general.items():
        summary.missing[reason] += 1
        if reason not in summary.names:
            summary.names[reason] = name_of(said, vocabulary)


def row_numbered(
    source: Path | str, area: DatedArea, number: int, sheet: Wanted = None, history: Beside | None = None
) -> ScreenedRow:
    """Return the screened row with a number, as the sheet itself counts; raises NotFoundError."""
    read = ledger(Path(source), area.law.rulebook.vocabulary, area.law.area.subjects, sheet)
    for row in read.rows:
        if row.number == number:
            if row.data is None and row.error is None:
                raise NotFoundError(f"row {number} of `{read.name}` is no record")
            known = _joined(Path(source), area, sheet, history) if history is not None else None
            return screened_row(row, read, area, (), known)
    raise NotFoundError(f"`{read.name}` has no row {number} below its headings")


def row_of(
    source: Path | str, area: DatedArea, identity: str, sheet: Wanted = None, history: Beside | None = None
) -> ScreenedRow:
    """Return the one screened row that is about an identity (a number, name or code); raises NotFoundError."""
    read = ledger(Path(source), area.law.rulebook.vocabulary, area.law.area.subjects, sheet)
    found, known = [], _joined(Path(source), area, sheet, history) if history is not None else None
    for row in read.rows:
        screened = screened_row(row, read, area, (), known)
        if screened.verdict is not None and identity.strip() in subject_names(area.law, screened.verdict.record):
            found.append(screened)
    if not found:
        raise NotFoundError(f"no row of `{read.name}` is about `{identity}`")
    if len(found) > 1:
        numbers = ", ".join(str(s.row.number) for s in found)
        raise NotFoundError(f"`{identity}` names several rows ({numbers}); choose one with --row")
    return found[0]
