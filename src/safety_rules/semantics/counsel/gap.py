"""By how much a failed clause falls short: the smallest change of one fact with which it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from safety_rules.language.kinds import Number
from safety_rules.language.record import Record
from safety_rules.language.rule import Clause
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import ClauseGaps, Finding, Gap, Status
from safety_rules.language.vocabulary import Fact, fact_key
from safety_rules.semantics.counsel.breakpoints import TooComplex, neighbours
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import fact_paths, truth
from safety_rules.semantics.reads import numbers_of

DEFAULT_STEP = Fraction(1, 100)


Holds = Callable[[Clause, Record], bool]
"""Whether a clause is true of a record."""


def gaps(
    found: Iterable[Finding], env: Environment, facts: Mapping[str, Fact], holds: Holds | None = None
) -> tuple[ClauseGaps, ...]:
    """Return the gaps of every failed numeric clause of the violated findings; `holds` tells sooner what the definition does."""
    result = []
    for f in found:
        if f.status is not Status.VIOLATED:
            continue
        failed = set(f.failed)
        for clause in f.rule.requires:
            if clause.key in failed and _numbers(clause, env, facts):
                found_gaps, everywhere = _worked_out(f.rule.key, clause, env, facts, holds)
                # "no single figure is enough" is only said where every figure was looked at
                if found_gaps or everywhere:
                    result.append(ClauseGaps(f.rule.key, clause.key, found_gaps))
    return tuple(result)


def clause_gaps(rule: str, clause: Clause, env: Environment, facts: Mapping[str, Fact]) -> tuple[Gap, ...]:
    """Return, for each adjustable fact of a clause, the nearest values above and below with which it holds."""
    return _worked_out(rule, clause, env, facts)[0]


def _worked_out(
    rule: str, clause: Clause, env: Environment, facts: Mapping[str, Fact], holds: Holds | None = None
) -> tuple[tuple[Gap, ...], bool]:
    """Return the gaps, and whether every fact of the clause could be looked at."""
    found: list[Gap] = []
    everywhere = True
    for path, fact in _numbers(clause, env, facts):
        now = env.record.value_at(path)
        assert isinstance(now, Fraction)
        assert isinstance(fact.kind, Number)
        try:
            found += [
                Gap(rule, clause.key, path, now, to, fact.kind) for to in nearest(clause, env, path, now, fact, holds)
            ]
        except TooComplex:
            everywhere = False
    return tuple(found), everywhere


def _numbers(clause: Clause, env: Environment, facts: Mapping[str, Fact]) -> list[tuple[str, Fact]]:
    """Return the known, adjustable number facts that a clause reads."""
    found = []
    if not any(facts[key].adjustable for key in numbers_of(clause.that, env.derivations, facts)):
        return []
    for path in fact_paths(clause.that, env):
        fact = facts.get(fact_key(path))
        if fact is None or not isinstance(fact.kind, Number) or not fact.adjustable:
            continue
        if isinstance(env.record.value_at(path), Fraction):
            found.append((path, fact))
    return found


def step_of(fact: Fact) -> Fraction:
    """Return the smallest change of a fact: its own, 1 for whole numbers, else 0.01."""
    if fact.step is not None:
        return fact.step
    return Fraction(1) if isinstance(fact.kind, Number) and fact.kind.whole else DEFAULT_STEP


def nearest(
    clause: Clause, env: Environment, path: str, now: Fraction, fact: Fact, holds: Holds | None = None
) -> list[Fraction]:
    """Return the nearest values above and below `now` with which the clause holds; may raise TooComplex."""
    candidates = neighbours(clause.that, env, path, step_of(fact))
    above, below = [c for c in candidates if c > now], [c for c in reversed(candidates) if c < now]
    passing = (
        (c for c in side if fact.bounds.admits(c) and _holds(clause, env, path, c, holds)) for side in (above, below)
    )
    return [c for side in passing for c in islice(side, 1)]


def _holds(clause: Clause, env: Environment, path: str, value: Fraction, holds: Holds | None) -> bool:
    record = env.record.with_value(path, value)
    if holds is not None:
        return holds(clause, record)
    changed = replace(env, record=record, memo={})
    return truth(clause.that, changed)[0] is Truth.TRUE
