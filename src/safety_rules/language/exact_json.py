"""JSON in a cell or a file, read exactly: what other readers forgive (a comma too many, NaN, a name twice) is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def json_data(text: str) -> Any:
    """Return the data of JSON text; numbers exact, a name twice or NaN refused. Raises ValueError."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=not_a_number, object_pairs_hook=mapping)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def not_a_number(text: str) -> Any:
    """Refuse `NaN` and `Infinity`; raises ValueError."""
    raise ValueError(f"`{text}` is not a number")


def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the mapping of names and values; raises ValueError where a name is given twice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"`{key[:40]}` is given twice")
        found[key] = value
    return found
