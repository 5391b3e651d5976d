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


def first_rows(frame: Any, columns: Sequence[str], count: int) -> list[tuple[Any, ...]]:
    """Return some columns of the first rows, records as plain dicts."""
    found = frame.select(*(frame[SPARK.name_of(c)] for c in columns)).limit(count).collect()
    return [tuple(row.asDict(recursive=True).values()) for row in found]
