"""Instants of a Spark DataFrame as the clocks of a zone show them."""

from __future__ import annotations

from typing import Any

from safety_rules.engines.sql.dialect import SPARK


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
