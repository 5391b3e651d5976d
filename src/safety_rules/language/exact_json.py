"""JSON in a cell or a file, read exactly: what other readers forgive (a comma too many, NaN, a name twice) is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from safety_rules.language import limits


def json_data(text: str) -> Any:
    """Return the data of JSON text; numbers exact, a name twice or NaN refused. Raises ValueError."""
    try:
        return json.loads(
            text, parse_int=_whole, parse_float=Decimal, parse_constant=not_a_number, object_pairs_hook=mapping
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"it cannot be read at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _whole(text: str) -> int:
    if len(text) > limits.DIGITS_IN_JSON:
        raise ValueError(f"`{text[:12]}…` has more than {limits.DIGITS_IN_JSON} digits")
    return int(text)


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
