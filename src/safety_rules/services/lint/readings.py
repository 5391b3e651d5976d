"""Rules that leave the fast path in an area most of whose rules stay on it."""

from __future__ import annotations

from collections.abc import Iterator

from safety_rules.engines.compiled.apart import clause_apart
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.semantics.decide import area_on
from safety_rules.services.readings import readings
from safety_rules.words.diagnostic import Diagnostic


def slow_rules(book: Rulebook) -> Iterator[Diagnostic]:
    """Yield each rule that is worked out by the exact function while more than half of its area is read fast."""
    for area in book.areas.values():
        yield from _of_area(book, area)


def _of_area(book: Rulebook, area: Area) -> Iterator[Diagnostic]:
    starts = [r.in_force.since for r in area.rules if r.in_force.since is not None]
    day = area.default_on or max(starts, default=None)
    if day is None:
        return
    law = area_on(book, area.key, day)
    found = readings(law)
    slow = {r.rule: r.why for r in found if r.how == "exact"}
    if 2 * len(slow) >= len(found):
        return
    for rule in law.rules:
        if rule.key in slow:
            clause = clause_apart(rule, law)
            at = clause.at if clause is not None else rule.at
            if at is not None:
                yield Diagnostic.doubt("slow-rule", at, rule=rule.key, part=slow[rule.key])
