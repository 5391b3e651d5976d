"""clipspy and durable-rules take flat facts; ratios are divided beforehand for durable-rules, which has no division."""

from __future__ import annotations

from typing import Any


def flat(record: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a record with one name for each fact."""
    return {f"{s}_{k}": v for s, given in record.items() for k, v in given.items()}
