"""One way in for tables: the engine chosen, columns found, rows decided, and the result written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.decide import removed, table_decision, work_folder
from safety_rules.engines.columnar.details import add_details
from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.columnar.source import first_rows, source, statistics
from safety_rules.engines.spark.result import SparkDecision
from safety_rules.engines.sql.exactness.settle import Exact, masks_by_definition
from safety_rules.engines.sql.query.law_query import answers_of, column_notices, has_masks
from safety_rules.engines.sql.read.expect import FIRST, expecting
from safety_rules.formats.duck import connection, quoted
from safety_rules.formats.heading_map import Layout
from safety_rules.formats.raw_tables import CSV
from safety_rules.formats.safe import no_input
from safety_rules.formats.tables_out import write_table
from safety_rules.language.errors import LedgerError, NotFoundError
from safety_rules.language.rule import Waiver
from safety_rules.language.zones import name_of
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.verdict.shared import Shared
from safety_rules.tables.by_record import Named, RecordDecision
from safety_rules.tables.joining import Joining, joined_frame, joined_source, judged
from safety_rules.tables.prepare import ROW, Prepared, from_ledger, prepared, uses_of
from safety_rules.words.near import did_you_mean
from safety_rules.words.problem import problem

ENGINES = ("auto", "duckdb", "spark", "records")
MEMORY = "1200MB"


def decided_table(
    law: AreaOn,
    data: Any,
    output: str | Path | None,
    engine: str,
    named: Named,
    keep: Sequence[str],
    waivers: Sequence[Waiver],
    progress: Callable[[float], None] | None,
    exact: Exact | None,
    details: bool = False,
    answers: Sequence[str] = (),
    rule_keys: bool = False,
    joining: Joining | None = None,
) -> TableDecision | SparkDecision | RecordDecision:
    """Return the decision of a law on a table; `exact` settles the rows that are too close to call.

    Lists of `joining` come from ledgers.

    Without DuckDB, `auto` decides record by record, and says so among the notices.
    """
    if engine not in ENGINES:
        raise NotFoundError(f"there is no engine `{engine}`; {did_you_mean(engine, ENGINES)}")
    asked = answers_of(law, answers)
    if isinstance(named, Layout) and not isinstance(data, str | Path):
        raise LedgerError("a map of headings is for a file; of a frame say `columns={fact: column}`")
    if output is not None and isinstance(data, str | Path):
        no_input(Path(output), [Path(data)])
    if rule_keys and not has_masks(asked):
        raise LedgerError("rules are named from all masks: leave out `answers`, or `rule_keys`")
    if details and answers:
        raise LedgerError("details are told of whole answers: leave out `answers`, or `details`")
    spark = type(data).__module__.startswith("pyspark.")
    if joining is not None and details:
        raise LedgerError("with joined ledgers needs and gaps are told of a row: ask `verdict(row)` of the decision")
    if engine != "auto" and spark != (engine == "spark"):
        raise LedgerError("the engine `spark` decides Spark DataFrames, and only those")
    there = find_spec("duckdb") is not None
    if engine == "duckdb" and not there:
        raise LedgerError("the engine `duckdb` needs DuckDB; install `safety-rules[tables]`")
    by_record = engine == "records" or (engine == "auto" and not spark and not there)
    found: TableDecision | SparkDecision | RecordDecision
    if by_record:
        by = exact or masks_by_definition(law, waivers)
        told = () if there else (problem("no-duckdb.table", "", ""),)
        found = RecordDecision(
            law, data, tuple(keep), named, tuple(waivers), by, details, told, asked, rule_keys, joining
        )
        if output is not None:
            found.write(output)
        return found
    if spark:
        assert not isinstance(named, Layout)
        if details:
            raise LedgerError("needs and gaps of a Spark DataFrame are not worked out; ask for those of a row's record")
        from safety_rules.engines.spark.decide import column_types, frame_decision
        from safety_rules.engines.spark.decide import first_rows as first_of_frame
        from safety_rules.engines.spark.local import local_times

        data = local_times(data, name_of(law.area.zone))
        uses, notices = uses_of(column_types(data), law.rulebook.vocabulary, law.area.subjects, named)
        apart = None
        if joining is not None:
            data, uses, apart = joined_frame(data, law, uses, joining, waivers)
        uses = expecting(uses, law, lambda names: first_of_frame(data, names, FIRST))
        found = frame_decision(data, law, uses, keep, waivers, exact, answers, apart)
        found.notices = (*notices, *column_notices(law, found.query))
    else:
        found = _by_duckdb(law, data, named, keep, waivers, progress, exact, _beside(output), answers, joining)
    found.rule_keys = rule_keys
    if details and isinstance(found, TableDecision):
        add_details(found, Shared(found.law.derivations), progress)
    if output is not None:
        written(found, Path(output))
    return found


def _beside(output: str | Path | None) -> Path | None:
    if output is None:
        return None
    folder = Path(output).resolve().parent
    if not folder.is_dir():
        raise LedgerError(f"there is no folder `{folder}`")
    return folder


def _by_duckdb(
    law: AreaOn,
    data: Any,
    named: Named,
    keep: Sequence[str],
    waivers: Sequence[Waiver],
    progress: Callable[[float], None] | None,
    exact: Exact | None,
    beside: Path | None,
    answers: Sequence[str],
    joining: Joining | None = None,
) -> TableDecision:
    folder = _folder(beside)
    try:
        vocabulary, subjects = law.rulebook.vocabulary, law.area.subjects
        is_file, as_read = isinstance(data, str | Path | Prepared), Prepared(Path())
        is_csv = isinstance(data, str | Path) and Path(data).suffix.lower() in CSV  # whose rows have no other number
        if isinstance(data, Prepared):
            as_read = data
        elif isinstance(named, Layout):
            as_read, named = from_ledger(Path(data), folder, vocabulary, subjects, named, keep), None
        elif is_file:
            as_read = prepared(Path(data), folder, vocabulary, subjects, (*keep, *(named or {}).values()))
        assert not isinstance(named, Layout)
        con = connection(folder, MEMORY, None)
        con.execute(f"SET GLOBAL TimeZone = {quoted(name_of(law.area.zone))}")
        rows = source(con, as_read.path if is_file else data, folder, as_read.columns, as_read.delimiter)
        types = {c: t for c, t in rows.types.items() if c != ROW or not as_read.keys}
        uses, notices = uses_of(types, vocabulary, subjects, named, as_read.units)
        if joining is not None:
            rows, uses = joined_source(con, law, rows, uses, folder, joining)
        kept = [*([ROW] if as_read.keys and not is_csv else []), *_kept(keep, rows.types)]
        uses = expecting(uses, law, lambda names: first_rows(con, rows, names, FIRST), statistics(con, rows))
        found = table_decision(con, law, rows, uses, folder, kept, waivers, exact, progress, answers)
        if joining is not None:
            judged(found, joining)
        found.notices = (*as_read.notices, *notices, *column_notices(law, found.query), *_empty(found))
        found.read = (Path(data),) if isinstance(data, str | Path) else ()
        return found
    except BaseException:
        removed(folder)
        raise


def _folder(beside: Path | None) -> Path:
    try:
        return work_folder(beside)
    except OSError as error:
        raise LedgerError(f"nothing can be written into `{beside}`: {(error.strerror or str(error)).lower()}") from None


def _kept(keep: Sequence[str], types: Mapping[str, Any]) -> list[str]:
    for name in keep:
        if name not in types:
            raise NotFoundError(f"there is no column `{name}`; {did_you_mean(name, types)}".rstrip("; "))
    return list(keep)


def _empty(found: TableDecision) -> tuple[Any, ...]:

    if found.rows:
        return ()
    return (problem("no-rows", "", found.source.name),)


def written(found: TableDecision | SparkDecision, path: Path) -> Path:
    """Write a decision as .parquet, .csv or .xlsx, whole or not at all."""
    if isinstance(found, TableDecision) and path.suffix.lower() == ".xlsx":
        write_table(found, found.rows, path)
        return path
    return found.write(path)
