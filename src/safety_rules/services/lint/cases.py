"""Rules without a case at a boundary, or without one in which something is unknown."""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.language.diagnostic import Severity
from safety_rules.language.rulebook import Rulebook
from safety_rules.services.coverage import untried
from safety_rules.words.diagnostic import Diagnostic, plain


def without_edge_cases(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield what no case tries at its boundary, or unknown."""
    for one in untried(book):
        name = f"{one.of}.{one.clause}" if one.clause else one.of
        if one.at is not None and one.kind == "boundary":
            message, help = f"`{name}` has no case at its boundary", "write a case in which both sides are equal"
            yield plain("untried-boundary", message, one.at, help, Severity.WARNING)
        elif one.at is not None and one.kind == "unknown":
            message, help = f"`{name}`: {one.what}", "write a case with a fact `unknown`"
            yield plain("untried-unknown", message, one.at, help, Severity.WARNING)
