"""zen-engine: one compiled expression that lists a truth for each rule, without a decision graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import zen

from benchmarks.records.peers.infix import broken
from benchmarks.records.peers.zen_graph import dialect_of
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the evaluation of the expression, and the keys whose truth is true."""
    dialect = dialect_of(law)
    evaluate = zen.compile_expression("[" + ", ".join(broken(r, dialect) for r in law.rules) + "]").evaluate
    keys = [r.key for r in law.rules]
    return lambda record: [key for key, true in zip(keys, evaluate(record), strict=True) if true is True]
