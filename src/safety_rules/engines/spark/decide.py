"""A DataFrame decided by Spark SQL, and its columns as the engines know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from safety_rules.engines.spark.result import Rows, Settle, SparkDecision, Texts
from safety_rules.engines.sql.dialect import SPARK
from safety_rules.engines.sql.exactness.settle import Exact, masks_by_definition, settled
from safety_rules.engines.sql.query.builder import first_query, law_query
from safety_rules.engines.sql.query.law_query import FOUND, answers_of
from safety_rules.engines.sql.query.outcomes import bound_columns, outcome_columns, satisfied_column
from safety_rules.engines.sql.read.types import ColumnType, ListOf, Plain, Struct, Use
from safety_rules.language.rule import Waiver
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class Apart:
    """Rows that no query decides: the column that says which they are, the cells that tell of a row, and what settles it."""

    column: str
    cells: Mapping[str, Use]
    settle: Settle


def frame_decision(
    frame: Any,
    law: AreaOn,
    uses: Mapping[str, Use],
    keep: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    exact: Exact | None = None,
    answers: Sequence[str] = (),
    apart: Apart | None = None,
) -> SparkDecision:
    """Return the decision of a law on every row of a DataFrame; nothing runs until its rows are asked for."""
    d = SPARK
    columns = dict(law_query(law, uses, d, (), waivers).uses.items()) if apart is None else apart.cells
    besides = [] if apart is None else [apart.column]
    passed = list(dict.fromkeys((*keep, *(u.column for u in columns.values()), *besides)))
    again = " OR ".join(["again", *map(d.name_of, besides)])
    query, quick = law_query(law, uses, d, passed, waivers), first_query(law, uses, d, keep, waivers, answers)
    view = f"rows_{uuid4().hex}"
    frame.createOrReplaceTempView(view)
    cells = ", ".join(f"{_cell(u)} AS {d.name_of(f'c{i}')}" for i, u in enumerate(columns.values()))
    given = f"struct({cells or '1 AS nothing'})"
    kept, derived = [d.name_of(c) for c in keep], [d.name_of(k) for k in query.derived]
    ends, satisfied = outcome_columns(law, d), satisfied_column(law, d)
    names = [*kept, *ends, *FOUND, satisfied, *derived, "problem", "again"]
    bounded = [*kept, *bound_columns(law, d), *FOUND, *derived, "problem", f"({again}) AS again"]
    back = [
        f"(CASE WHEN {again} THEN sha2(to_json({given}), 256) END) AS row_key",
        f"(CASE WHEN {again} THEN {given} END) AS row_cells",
    ]
    inner = query.over(view)
    plain = f"SELECT {', '.join(names)} FROM (SELECT {', '.join(bounded)} FROM ({inner}))"
    text = f"SELECT {', '.join([*names, 'row_key', 'row_cells'])} FROM (SELECT {', '.join([*bounded, *back])} FROM ({inner}))"
    session = frame.sparkSession
    by = exact or masks_by_definition(law, waivers)
    texts = Texts(plain, text, quick.with_outcome(view) if quick.short and apart is None else "")

    def settle(rows: Rows, derived: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        return settled(law, rows, columns, derived, by)

    done = settle if apart is None else apart.settle
    return SparkDecision(
        session, law, query, tuple(keep), texts, tuple(columns), done, answers=answers_of(law, answers)
    )


def _cell(use: Use) -> str:
    """Return a raw cell as it is handed to the exact evaluator: a timestamp as the clock shows it."""
    name = SPARK.name_of(use.column)
    return f"CAST({name} AS TIMESTAMP_NTZ)" if use.type == Plain("timestamp") else name


SMALL = {"byte": 3, "short": 5, "integer": 10}


def column_types(frame: Any) -> dict[str, ColumnType]:
    """Return the type of each column of a DataFrame."""
    return {f.name: column_type(f.dataType) for f in frame.schema.fields}


def column_type(type: Any) -> ColumnType:
    """Return a Spark type as the engines know it."""
    name = type.typeName()
    if name in SMALL:
        return Plain("integer", SMALL[name])
    match name:
        case "long":
            return Plain("integer", 19)
        case "boolean" | "date":
            return Plain("boolean" if name == "boolean" else "date")
        case "float" | "double":
            return Plain("double")
        case "decimal":
            return Plain("decimal", type.precision, type.scale)
        case "string" | "varchar" | "char":
            return Plain("text")
        case "timestamp" | "timestamp_ntz":
            return Plain("timestamp")
        case "array":
            return ListOf(column_type(type.elementType))
        case "struct":
            fields: Mapping[str, ColumnType] = {f.name: column_type(f.dataType) for f in type.fields}
            return Struct(fields)
        case _:
            return Plain("other")


def first_rows(frame: Any, columns: Sequence[str], count: int) -> list[tuple[Any, ...]]:
    """Return some columns of the first rows, records as plain dicts."""
    found = frame.select(*(frame[SPARK.name_of(c)] for c in columns)).limit(count).collect()
    return [tuple(row.asDict(recursive=True).values()) for row in found]
