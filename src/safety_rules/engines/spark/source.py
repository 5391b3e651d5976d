"""The columns of a Spark DataFrame as the engines know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safety_rules.engines.sql.dialect import SPARK
from safety_rules.engines.sql.read.types import ColumnType, ListOf, Plain, Struct

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


def local_times(frame: Any, zone: str) -> Any:
    """Return a DataFrame with its instants, in lists and records too, as the clocks of a zone show them."""
    names = {f.name: SPARK.name_of(f.name) for f in frame.schema.fields}
    local = {f.name: _local(names[f.name], f.dataType, zone) for f in frame.schema.fields}
    if not any(local.values()):
        return frame
    return frame.selectExpr(*(f"{local[n]} AS {quoted}" if local[n] else quoted for n, quoted in names.items()))


def _local(sql: str, type: Any, zone: str, depth: int = 0) -> str:
    """Return a value with its instants as local times; nothing where it has none."""
    match type.typeName():
        case "timestamp":
            return f"convert_timezone(current_timezone(), {SPARK.text(zone)}, CAST({sql} AS TIMESTAMP_NTZ))"
        case "array":
            inner = _local(f"e{depth}", type.elementType, zone, depth + 1)
            return f"transform({sql}, e{depth} -> {inner})" if inner else ""
        case "struct":
            parts = {f.name: f"{sql}.{SPARK.name_of(f.name)}" for f in type.fields}
            local = {f.name: _local(parts[f.name], f.dataType, zone, depth) for f in type.fields}
            whole = ", ".join(f"{SPARK.text(n)}, {local[n] or part}" for n, part in parts.items())
            return f"if({sql} IS NULL, NULL, named_struct({whole}))" if any(local.values()) else ""
        case _:
            return ""


def first_rows(frame: Any, columns: Sequence[str], count: int) -> list[tuple[Any, ...]]:
    """Return some columns of the first rows, records as plain dicts."""
    found = frame.select(*(frame[SPARK.name_of(c)] for c in columns)).limit(count).collect()
    return [tuple(row.asDict(recursive=True).values()) for row in found]
