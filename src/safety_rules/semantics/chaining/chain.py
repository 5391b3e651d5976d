"""THE definition of chaining: what follows from records by rules, what could still follow, and by which steps.

Every use of a rule is a step. A step can be taken where no condition is false, and no record that certainly
holds stands against it; it is sure where all conditions are true, and nothing could stand against it. A derived
record is possible where a step leads to it, certain where a sure step from certain records does. So missing
data makes records possible and never clears anybody. Rules are worked out in strata: what a rule may not find
is complete before the rule is asked.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from safety_rules.language import limits
from safety_rules.language.chain import ChainFact, ChainRule, Step
from safety_rules.language.errors import ChainEngineError
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Standing
from safety_rules.semantics.chaining.lists import lists_of
from safety_rules.semantics.chaining.pool import Pool
from safety_rules.semantics.chaining.step import Run, Use, concluded, listed, rule_environments, rule_keys, uses
from safety_rules.semantics.chaining.strata import strata
from safety_rules.semantics.dated import dated


@dataclass(frozen=True, slots=True)
class ChainProgram:
    """The chaining rules in force on a day, in strata, and how sure their law must be."""

    rulebook: Rulebook
    as_of: datetime.date
    strata: tuple[tuple[ChainRule, ...], ...]
    require: Standing = Standing.assumed
    confirmed: frozenset[str] = field(default_factory=frozenset)

    @property
    def rules(self) -> dict[str, ChainRule]:
        """Every rule by key."""
        return {rule.key: rule for stratum in self.strata for rule in stratum}


@dataclass(frozen=True, slots=True)
class ChainResult:
    """Every record, given or derived, by id; all steps; which records certainly hold; and what worked it out."""

    program: ChainProgram = field(compare=False, repr=False)
    facts: Mapping[str, ChainFact]
    steps: tuple[Step, ...]
    certain: frozenset[str]
    engine: str = field(compare=False)

    def derived(self, relation: str = "") -> tuple[ChainFact, ...]:
        """Return the derived records, or those of one relation, by id."""
        made = {s.fact for s in self.steps}
        return tuple(f for f in self.facts.values() if f.id in made and relation in ("", f.relation))

    def steps_to(self, fact: str) -> tuple[Step, ...]:
        """Return the steps that lead to a record."""
        return tuple(s for s in self.steps if s.fact == fact)


def program_on(
    rulebook: Rulebook,
    day: datetime.date,
    require: Standing = Standing.assumed,
    rules: Iterable[ChainRule] | None = None,
    confirmed: frozenset[str] = frozenset(),
) -> ChainProgram:
    """Return the chaining law on a day: all rules of the rulebook, or those given, that are then in force."""
    chosen = rulebook.chains if rules is None else tuple(rules)
    held = [dated(r, rulebook.sources, day) for r in chosen if r.in_force.holds(day)]
    return ChainProgram(rulebook, day, strata(held), require, confirmed)


Closure: TypeAlias = Callable[[Run, int, Sequence[ChainRule]], list[Step]]


def chained(program: ChainProgram, facts: Iterable[ChainFact], closure: Closure, engine: str) -> ChainResult:
    """Return what follows from given records; `closure` finds the steps of one stratum and adds its records."""
    given = sorted(facts, key=lambda f: f.id)
    pool = Pool()
    for fact in given:
        pool.add(fact)
    certain = {f.id for f in given if f.key}
    rules_ = list(program.rules.values())
    lists = listed(given, rules_)
    environments = rule_environments(rules_, lists, program.rulebook, program.as_of, program.require, program.confirmed)
    run = Run(pool, environments, rule_keys(rules_, environments), certain, lists_of(lists))
    steps: list[Step] = []
    for number, rules in enumerate(program.strata, 1):
        found = sorted(closure(run, number, rules), key=lambda s: (s.rule, s.fact, s.support))
        steps += found
        certain |= newly_certain(found, certain)
    everything = {key: pool.facts[key] for key in sorted(pool.facts)}
    return ChainResult(program, everything, tuple(steps), frozenset(certain), engine)


def newly_certain(steps: Sequence[Step], certain: set[str]) -> set[str]:
    """Return the records to which sure steps lead from certain ones, through one another."""
    waits: dict[str, list[int]] = {}
    open_: list[int] = []
    found: set[str] = set()
    ready: deque[int] = deque()
    for i, step in enumerate(steps):
        lacking = {s for s in step.support if s not in certain}
        open_.append(len(lacking))
        for support in lacking if step.sure else ():
            waits.setdefault(support, []).append(i)
        if step.sure and not lacking:
            ready.append(i)
    while ready:
        fact = steps[ready.popleft()].fact
        if fact in found:
            continue
        found.add(fact)
        for i in waits.get(fact, []) if fact not in certain else []:
            open_[i] -= 1
            if open_[i] == 0:
                ready.append(i)
    return found


@dataclass(slots=True)
class Found:
    """The steps of one stratum so far, each once, and the records that they derive; capped."""

    number: int
    rules: Sequence[ChainRule]
    pool: Pool
    steps: dict[tuple[str, tuple[str, ...]], Step] = field(default_factory=dict)
    derived: dict[str, ChainFact] = field(default_factory=dict)

    def add(self, step: Step, fact: ChainFact) -> bool:
        """Add a step; return whether its record is new."""
        self.steps[step.rule, step.support] = step
        new = fact.id not in self.pool.facts and fact.id not in self.derived
        if new:
            self.derived[fact.id] = fact
        if len(self.derived) > limits.CHAIN_RECORDS or len(self.steps) > limits.CHAIN_STEPS:
            keys = [r.key for r in self.rules]
            message = (
                f"it came to {len(self.derived)} records by {len(self.steps)} steps and had not ended; at most "
                f"{limits.CHAIN_RECORDS} records and {limits.CHAIN_STEPS} steps are made"
            )
            raise ChainEngineError(self.number, keys, message)
        return new


def fixpoint(run: Run, number: int, rules: Sequence[ChainRule]) -> list[Step]:
    """Return all steps of a stratum: first from the records there are, then from each new record in turn."""
    found = Found(number, rules, run.pool)
    queue: deque[ChainFact] = deque()
    for rule in rules:
        queue.extend(_taken(list(uses(rule, run)), rule, run, found))
    while queue:
        fact = queue.popleft()
        run.pool.add(fact)
        for rule in rules:
            for position in (i for i, p in enumerate(rule.given) if p.relation == fact.relation):
                queue.extend(_taken(list(uses(rule, run, position, fact)), rule, run, found))
    return list(found.steps.values())


def _taken(candidates: Sequence[Use], rule: ChainRule, run: Run, found: Found) -> Iterator[ChainFact]:
    """Yield the new records to which uses of a rule lead."""
    for use in candidates:
        if (rule.key, use.support) in found.steps:
            continue
        made = concluded(rule, use, run)
        if made is not None and found.add(*made):
            yield made[1]
