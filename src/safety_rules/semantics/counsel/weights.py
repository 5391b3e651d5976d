"""What it costs to change a fact: by a unit, as an author says, or by the share of itself that it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from safety_rules.language.errors import NotFoundError, SafetyRulesError
from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.language.vocabulary import Vocabulary, fact_key
from safety_rules.semantics.admission.values import exact
from safety_rules.semantics.evaluate import fact_paths
from safety_rules.semantics.verdict.verdict import Verdict
from safety_rules.words.near import did_you_mean


def weights_by_path(weights: Mapping[str, Any], record: Record, vocabulary: Vocabulary) -> dict[str, Fraction]:
    """Return what a unit of each known number costs, by path; raises where a name or a cost is no use."""
    found: dict[str, Fraction] = {}
    for name, given in weights.items():
        fact = vocabulary.find(name)
        if fact is None or not isinstance(fact.kind, Number):
            known = [
                f.key if name.isascii() else f.zh_key for f in vocabulary.facts.values() if isinstance(f.kind, Number)
            ]
            raise NotFoundError(f"`{name}` is not a number that could change; {did_you_mean(name, known)}".rstrip("; "))
        cost = _cost(given)
        if cost is None or cost <= 0:
            raise SafetyRulesError(f"`{given}` is not a cost of `{name}`: write a number above 0")
        found |= dict.fromkeys(_paths(fact.key, record, vocabulary), cost)
    return found


def _cost(given: Any) -> Fraction | None:
    try:
        return Fraction(given) if isinstance(given, str) else exact(given)
    except (ValueError, ZeroDivisionError):
        return None


def _paths(key: str, record: Record, vocabulary: Vocabulary) -> Iterator[str]:
    outer, _, field = key.rpartition(".")
    if not vocabulary.is_list(outer):
        yield key
        return
    items = record.values.get(outer, ())
    yield from (f"{outer}[{i}].{field}" for i in range(len(items) if isinstance(items, tuple) else 0))


def relative_weights(verdict: Verdict) -> dict[str, Fraction]:
    """Return a cost of 1 for changing a number by as much as it is, for each that a violated rule reads and may change."""
    env, facts = verdict.on.environment(verdict.record), verdict.on.rulebook.vocabulary.facts
    found: dict[str, Fraction] = {}
    violated = frozenset(verdict.violated())
    for rule in (r for r in verdict.on.rules if r.key in violated):
        for path in (p for c in rule.requires for p in fact_paths(c.that, env)):
            fact, now = facts[fact_key(path)], verdict.record.value_at(path)
            if isinstance(fact.kind, Number) and fact.adjustable and isinstance(now, Fraction):
                found[path] = 1 / abs(now) if now else Fraction(1)
    return found
