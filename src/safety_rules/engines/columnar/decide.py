"""A table decided by DuckDB in one pass; the rows that are too close to call are settled by the exact evaluator."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from safety_rules.engines.columnar.progress import watched
from safety_rules.engines.columnar.result import TableDecision
from safety_rules.engines.columnar.source import Source
from safety_rules.engines.sql.dialect import DUCKDB
from safety_rules.engines.sql.exactness.settle import Exact, masks_by_definition, settled
from safety_rules.engines.sql.query.builder import first_query, law_query
from safety_rules.engines.sql.query.law_query import FOUND, OUTCOMES, LawQuery, answers_of
from safety_rules.engines.sql.query.outcomes import HELD, LIFTED, LOWEST, bound_columns, outcome_columns
from safety_rules.engines.sql.read.types import Use
from safety_rules.formats.duck import AS_WRITTEN, PARQUET, as_ledger_errors, copied, parquet, quoted
from safety_rules.language.rule import Waiver
from safety_rules.semantics.decide import AreaOn

BATCH = 2000
FEW = 400  # rows that are settled exactly sooner than a second query is planned
ROW, PLACE = "safety_rules_row", "safety_rules_place"
SHORT = (
    f"{AS_WRITTEN},common_subexpressions"  # there are none in a short query, and the search is a fourth of the planning
)


def table_decision(
    con: Any,
    law: AreaOn,
    rows: Source,
    uses: Mapping[str, Use],
    folder: Path,
    keep: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    exact: Exact | None = None,
    progress: Callable[[float], None] | None = None,
    answers: Sequence[str] = (),
) -> TableDecision:
    """Return the decision of a law on every row; its columns are those of `result.TableDecision`, or the `answers`.

    `exact` gives the masks of a record, by the definition where it is None. The result lies in `folder`.
    """
    asked = answers_of(law, answers)
    query = first_query(law, uses, DUCKDB, keep, waivers, answers)
    first, final = folder / "first.parquet", folder / "decided.parquet"
    with as_ledger_errors(rows.name):
        define_maps(con, query.maps)
        written = _written(con, query, rows, first, keep, progress)
        fine = _none_goes_back(written)
        if not fine and query.answers:  # what settles some rows needs all that there is to know of them
            query = first_query(law, uses, DUCKDB, keep, waivers)
            written = _written(con, query, rows, first, keep, progress)
        back = 0
        if not fine:
            back = _settle(con, query, rows, first, exact or masks_by_definition(law, waivers), waivers)
        if fine and (query.answers or not answers):
            os.replace(first, final)
        else:
            names = [DUCKDB.name_of(c) for c in (*keep, *asked, "again")]
            stored = f"SELECT {', '.join(names)} FROM {parquet(first)}"
            con.execute(copied(stored if fine else _patched(query, first, keep, names), final, PARQUET))
            first.unlink()
    count = sum(row[1] for row in written)
    return TableDecision(con, law, rows, query, dict(uses), final, count, back, tuple(waivers), folder, answers=asked)


def _written(
    con: Any,
    query: LawQuery,
    rows: Source,
    path: Path,
    keep: Sequence[str],
    progress: Callable[[float], None] | None,
) -> list[Any]:
    """Write what a query gives of the rows; return the statistics of what was written."""
    with watched(con, progress):
        con.execute(f"SET disabled_optimizers = {quoted(SHORT if query.short else AS_WRITTEN)}")
        shown = _shown(query, query.over(rows.sql), keep, first=True)
        written: list[Any] = con.execute(copied(shown, path, f"{PARQUET}, RETURN_STATS")).fetchall()
        con.execute(f"SET disabled_optimizers = {quoted(AS_WRITTEN)}")
    return written


def _none_goes_back(written: Sequence[Sequence[Any]]) -> bool:
    """Return whether `again` is false in all that was written, by the statistics of the file."""
    return all(not row[1] or row[4]['"again"']["max"] == "0" for row in written)


def _shown(query: LawQuery, inner: str, keep: Sequence[str], place: Sequence[str] = (), first: bool = False) -> str:
    """Return the query with outcomes worked out of its masks, columns in the order of the result, then `place`."""
    d = DUCKDB
    kept, derived = [d.name_of(c) for c in keep], [d.name_of(k) for k in query.derived]
    if first and query.short:
        asked = answers_of(query.law, query.answers)
        ends = [n if n == "at_best" else f"at_best AS {n}" for n in OUTCOMES if n in asked]
        rest = [n for n in (*FOUND, "problem") if n in asked]
        bounded = [*kept, "at_best", *rest, *derived, "again", *place]
        columns = [*kept, *ends, *(n for n in rest if n in FOUND), *derived, *(n for n in rest if n not in FOUND)]
    else:
        bounds = bound_columns(query.law, d, not first)
        bounded = [*kept, *bounds, *FOUND, *derived, "problem", "again", *place]
        columns = [*kept, *outcome_columns(query.law, d), *FOUND, *derived, "problem"]
    return f"SELECT {', '.join([*columns, 'again', *place])} FROM (SELECT {', '.join(bounded)} FROM ({inner}))"


def define_maps(con: Any, maps: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
    """Tell the connection the look-ups and columns of reference tables, by name."""
    for name, (keys, values) in maps.items():
        listed = f"[{', '.join(values)}]"
        held = f"map([{', '.join(keys)}], {listed})" if keys else listed
        con.execute(f"SET VARIABLE {DUCKDB.name_of(name)} = {held}")


def _settle(con: Any, query: LawQuery, rows: Source, first: Path, exact: Exact, waivers: Sequence[Waiver]) -> int:
    """Fill the table `settled` with the findings of the rows that came back; return how many SQL could not settle.

    Many are read once more by SQL that expects nothing; what is left then, or few, is settled exactly.
    """
    d = DUCKDB
    stored = parquet(first, numbered=True)
    columns = "".join(f", {d.name_of(u.column)}" for u in query.uses.values())
    numbers = f"SELECT file_row_number + 1 FROM {stored} WHERE again"
    con.execute(
        f"CREATE TABLE going_back AS SELECT row_number AS {ROW}{columns} FROM {rows.numbered} "
        f"WHERE row_number IN ({numbers})"
    )
    names = [*FOUND, *query.derived, "problem"]
    types = ", ".join(f"{d.name_of(k)} {t}" for k, t in _types(con, query, first))
    con.execute(f"CREATE TABLE settled ({types})")
    left = "SELECT * FROM going_back"
    if con.execute("SELECT count(*) FROM going_back").fetchall()[0][0] > FEW:
        doubting = {k: replace(u, clean=False, known=False) for k, u in query.uses.items()}
        second_look = law_query(query.law, doubting, d, [ROW], waivers)
        con.execute(f"CREATE TABLE second AS {second_look.over('going_back')}")
        shown = ", ".join(d.name_of(n) for n in names)
        con.execute(f"INSERT INTO settled SELECT {ROW}, {shown}, 0, {LOWEST} FROM second WHERE NOT again")
        left = f"SELECT g.* FROM going_back g WHERE {ROW} IN (SELECT {ROW} FROM second WHERE again)"
    reader = con.cursor().execute(left)
    cells = (row for batch in iter(lambda: reader.fetchmany(BATCH), []) for row in batch)
    numbered = ((row[0], dict(zip(query.uses, row[1:], strict=True))) for row in cells)
    back, found = 0, settled(query.law, numbered, query.uses, query.derived, exact)
    while batch := list(islice(found, BATCH)):
        back += len(batch)
        parts = ", ".join(f"unnest(${i + 1}) AS {d.name_of(n)}" for i, n in enumerate(["n", *names, LIFTED, HELD]))
        con.execute(f"INSERT INTO settled SELECT {parts}", [list(column) for column in zip(*batch, strict=True)])
    return back


def _types(con: Any, query: LawQuery, first: Path) -> list[tuple[str, str]]:
    relation = con.sql(f"SELECT * FROM {parquet(first)} LIMIT 0")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    wanted = [*FOUND, *query.derived, "problem"]
    return [("n", "BIGINT"), *((name, types[name]) for name in wanted), (LIFTED, "TINYINT"), (HELD, "TINYINT")]


def _patched(query: LawQuery, first: Path, keep: Sequence[str], names: Sequence[str]) -> str:
    """Return columns of the first result, with the settled rows in place of those that went back."""
    d = DUCKDB
    stored = parquet(first, numbered=True)
    columns = [f"f.{d.name_of(c)}" for c in keep]
    for name in (*FOUND, *query.derived, "problem"):
        quoted = d.name_of(name)
        columns.append(f"CASE WHEN f.again THEN s.{quoted} ELSE f.{quoted} END AS {quoted}")
    columns += [f"(CASE WHEN f.again THEN s.{n} ELSE {v} END) AS {n}" for n, v in ((LIFTED, 0), (HELD, LOWEST))]
    inner = f"SELECT {', '.join(columns)}, f.again, f.file_row_number AS {PLACE} FROM {stored} f LEFT JOIN settled s ON s.n = f.file_row_number + 1"
    shown = _shown(query, inner, keep, [PLACE])
    return f"SELECT {', '.join(names)} FROM ({shown}) ORDER BY {PLACE}"  # a join keeps no order


def work_folder(beside: Path | None) -> Path:
    """Return a new folder for what is not finished: beside the output, or where the system keeps such things."""
    return Path(tempfile.mkdtemp(prefix=".safety-rules-", dir=beside))


def removed(folder: Path) -> None:
    """Remove a work folder."""
    shutil.rmtree(folder, ignore_errors=True)
