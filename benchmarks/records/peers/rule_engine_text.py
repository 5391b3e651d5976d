"""rule-engine: a compiled rule for each of ours, each matched against the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rule_engine

from benchmarks.records.peers.infix import Dialect, broken
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the keys of the rules that match."""
    dialect = Dialect(
        law, " and ", " or ", "not {0}", _path, starts="{0}.starts_with({1})", some="[{1} for {1} in {2} if {0}]"
    )
    rules = [(r.key, rule_engine.Rule(broken(r, dialect))) for r in law.rules]
    return lambda record: [key for key, rule in rules if rule.matches(record)]


def _path(key: str) -> str:
    subject, _, field = key.partition(".")
    return f'{subject}["{field}"]'
