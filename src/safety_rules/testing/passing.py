"""A record that meets as many rules of an area as can be found: near it one more fact decides.

Records at random mostly fail for several reasons at once, so that no single fact changes their verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from safety_rules.language.kinds import Number, Records
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.semantics.counsel.candidates import candidates
from safety_rules.semantics.counsel.gap import step_of
from safety_rules.semantics.decide import AreaOn, told
from safety_rules.services.dated_area import DatedArea
from safety_rules.services.impact.edges import focused, read_facts
from safety_rules.testing.sampling import in_proportion
from safety_rules.testing.strategies import values

ROUNDS = 2
MOST_VALUES = 40
MOVED = (0, 0, 1, 1, 2, 4)  # facts changed, as often as each stands here
DONE = 1000


def passing_record(area: DatedArea, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return exact values by fact key with which as many rules hold as were found to, the given ones among them."""
    return dict(_passing(_asked(area, given)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """An area and given facts, told from others by name."""

    name: tuple[Any, ...]
    area: DatedArea = field(compare=False, repr=False)
    given: dict[str, Any] = field(compare=False, repr=False)


def _asked(area: DatedArea, given: Mapping[str, Any] | None) -> _Asked:
    law, facts = area.law, dict(given or {})
    name = (law.rulebook.digest, law.rulebook.overlay_digest, law.area.key, law.as_of, law.require, repr(facts))
    return _Asked(name, area, facts)


@lru_cache(maxsize=64)
def _passing(asked: _Asked) -> dict[str, Any]:
    law, record = asked.area.law, asked.area.admit(asked.given)
    fixed = frozenset(record.values)
    reads = {r.key: [f.key for f in read_facts(focused(r, law)[1])] for r in law.rules}
    for _ in range(ROUNDS):
        for rule in law.rules:
            record = _better(record, rule, asked.area, reads, fixed)
    return dict(record.values)


def barely_passing(area: DatedArea, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a passing record whose numbers stand where one step more, or less, breaks a rule that reads them."""
    return dict(_barely(_asked(area, given)))


@lru_cache(maxsize=64)
def _barely(asked: _Asked) -> dict[str, Any]:
    law, record = asked.area.law, asked.area.admit(_passing(asked))
    vocabulary, fixed = law.rulebook.vocabulary, asked.area.admit(asked.given).values
    reads = {r.key: [f.key for f in read_facts(focused(r, law)[1])] for r in law.rules}
    for key in [k for k in record.values if k not in fixed and isinstance(vocabulary.facts[k].kind, Number)]:
        concerned = {i: r for i, r in enumerate(law.rules) if key in reads[r.key]}
        score, step = _score(record, concerned, asked.area), step_of(vocabulary.facts[key])
        for value in candidates(law, record, list(concerned.values()), key):
            assert isinstance(value, Fraction)
            sides = [record.with_value(key, v) for v in (value, value - step, value + step)]
            kept, *beside = [_score(r, concerned, asked.area) for r in sides]
            if kept == score and min(beside) < score:
                record = sides[0]
                break
    return dict(record.values)


def near_passing(area: DatedArea, given: Mapping[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of records that differ from a passing one, or a barely passing one, in a few facts."""
    bases = [barely_passing(area, given), passing_record(area, given)]
    law = area.law
    facts = [f.key for s in law.area.subjects for f in law.rulebook.vocabulary.of_subject(s)]
    free = [k for k in facts if k not in law.derivations and k not in (given or {})]

    @st.composite
    def strategy(draw: st.DrawFn) -> dict[str, Any]:
        record = dict(draw(st.sampled_from(bases)))
        count = min(draw(st.sampled_from(MOVED)), len(free))
        for key in draw(st.lists(st.sampled_from(free), min_size=count, max_size=count, unique=True)):
            if draw(st.booleans()):
                record[key] = draw(values(area, key))
            else:
                record.pop(key, None)
        return record

    return strategy() if free else st.sampled_from(bases).map(dict)


def _better(
    record: Record, rule: Rule, area: DatedArea, reads: Mapping[str, list[str]], fixed: Iterable[str]
) -> Record:
    """Return the record with the facts of one rule moved to where more of the rules that read them hold."""
    law = area.law
    for key in reads[rule.key]:
        concerned = {i: r for i, r in enumerate(law.rules) if key in reads[r.key]}
        score = _score(record, concerned, area)
        if key in fixed or score == DONE * len(concerned):
            continue
        for value in _tries(record, rule, law, key):
            made = record.with_value(key, value)
            if in_proportion(made.values, law) != made.values:
                continue
            better = _score(made, concerned, area)
            if better > score:
                record, score = made, better
    return record


def _tries(record: Record, rule: Rule, law: AreaOn, key: str) -> Iterator[Any]:
    fact = law.rulebook.vocabulary.facts[key]
    if isinstance(fact.kind, Records):
        yield ()
    made = list(candidates(law, record, [rule], key))
    if isinstance(fact.kind, Number):
        plain = [
            v for v in made if isinstance(v, Fraction) and fact.unasked.admits(v)
        ]  # others would be asked: unknown
        yield from plain[:: max(1, len(plain) // MOST_VALUES)]
    else:
        yield from made[:MOST_VALUES]


def _score(record: Record, rules: Mapping[int, Rule], area: DatedArea) -> int:
    """Return how well rules hold: each in full where it holds or does not apply, less for each thing that it lacks."""
    violated, open_, _ = area.masks(record)
    env, total = area.law.environment(record), 0
    for place, rule in rules.items():
        if open_ >> place & 1:
            total += DONE // 2 - len(told(rule, env)[3])
        elif not violated >> place & 1:
            total += DONE
    return total
