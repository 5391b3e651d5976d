"""Worked cases of public questions, papers and standards: each a source, facts and the answer that it states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent


def cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of a file, one of its lines each."""
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
