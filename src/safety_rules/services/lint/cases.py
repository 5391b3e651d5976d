"""Rules without a case at a boundary, or without one in which something is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.language.rulebook import Rulebook
from safety_rules.services.coverage import untried
from safety_rules.words.diagnostic import Diagnostic


def without_edge_cases(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield what no case tries at its boundary, or unknown."""
    for one in untried(book):
        if one.at is not None and one.kind == "boundary":
            yield Diagnostic.doubt("untried-boundary", one.at, name=one.name)
        elif one.at is not None and one.kind == "unknown":
            yield Diagnostic.doubt("untried-unknown", one.at, name=one.name)
