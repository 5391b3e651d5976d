"""One use of a chaining rule: which records it rests on, what stands against it, and what it derives."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from safety_rules.language.chain import ChainFact, ChainRule, Pattern, Step, derived_fact
from safety_rules.language.expr import FactRef, walk
from safety_rules.language.law import is_sure
from safety_rules.language.record import Record
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Standing
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Reason, Unknown
from safety_rules.semantics.chaining.lists import Lists
from safety_rules.semantics.chaining.pool import Key, Pool, join_keys
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate


@dataclass(slots=True)
class Run:
    """A chaining while it is worked out: the records so far, and those of them that certainly hold."""

    pool: Pool
    environments: Mapping[str, Environment]
    keys: Mapping[str, tuple[Key, ...]]
    certain: set[str]
    lists: Lists


@dataclass(frozen=True, slots=True)
class Use:
    """Records, in the order of `given`, for which no condition of a rule is false."""

    support: tuple[str, ...]
    environment: Environment
    sure: bool
    reasons: frozenset[Reason]


def listed(given: Sequence[ChainFact], rules: Iterable[ChainRule]) -> dict[str, list[ChainFact]]:
    """Return the given records of each relation over which rules aggregate, unless none were given at all."""
    missing = {f.relation for f in given if not f.key}
    lists: dict[str, list[ChainFact]] = {r: [] for rule in rules for r in aggregated(rule) if r not in missing}
    for fact in given:
        if fact.relation in lists:
            lists[fact.relation].append(fact)
    return lists


def rule_environments(
    rules: Iterable[ChainRule],
    lists: Mapping[str, Sequence[ChainFact]],
    rulebook: Rulebook,
    day: datetime.date,
    require: Standing,
    confirmed: frozenset[str],
) -> dict[str, Environment]:
    """Return what each rule's conditions are evaluated in; aggregates see the given records."""
    record = Record({relation: tuple(f.values for f in facts) for relation, facts in lists.items()})
    made = {}
    for rule in rules:
        area = rulebook.areas.get(rule.area)
        derivations = {d.fact: d for d in area.derivations if d.in_force.holds(day)} if area is not None else {}
        made[rule.key] = Environment(
            record, day, rulebook.parameters, derivations, {}, require, confirmed, rulebook.vocabulary,
            rulebook.tables, bounded=False,
        )  # fmt: skip
    return made


def aggregated(rule: ChainRule) -> set[str]:
    """Return the relations over which the rule's conditions and formulas aggregate."""
    parts = [*(p.that for p in (*rule.given, *rule.unless) if p.that is not None), *(e for _, e in rule.record)]
    return {n.key for part in parts for n in walk(part) if isinstance(n, FactRef)}


def rule_keys(rules: Iterable[ChainRule], environments: Mapping[str, Environment]) -> dict[str, tuple[Key, ...]]:
    """Return the equalities by which each rule finds records."""
    return {rule.key: join_keys(rule, environments[rule.key].derivations) for rule in rules}


def with_record(env: Environment, variable: str, fact: ChainFact) -> Environment:
    """Return the environment in which a variable stands for a record."""
    return env.with_item(variable, f"{fact.relation}[={fact.key}]", fact.values)


def holds(pattern: Pattern, env: Environment, lists: Lists) -> tuple[Truth, frozenset[Reason]]:
    """Return the truth of a pattern's condition, and where unknown, why; true where it has none."""
    value = True if pattern.that is None else lists.value(pattern.that, env)
    if isinstance(value, Unknown):
        return Truth.UNKNOWN, value.reasons
    return (Truth.TRUE if value else Truth.FALSE), frozenset()


def uses(rule: ChainRule, run: Run, position: int = -1, fact: ChainFact | None = None) -> Iterator[Use]:
    """Yield every use of a rule, or those with a record fixed at one position, in the order of the records."""
    env = run.environments[rule.key]
    if fact is not None:
        env = with_record(env, rule.given[position].variable, fact)
    yield from _extended(rule, run, (position, fact), Use((), env, True, frozenset()))


def _extended(rule: ChainRule, run: Run, fixed: tuple[int, ChainFact | None], use: Use) -> Iterator[Use]:
    at = len(use.support)
    if at == len(rule.given):
        yield use
        return
    pattern = rule.given[at]
    chosen = fixed[1] if fixed[0] == at else None
    for fact in [chosen] if chosen is not None else list(_candidates(rule, pattern, run, use.environment)):
        longer = extended(pattern, use, fact, run.lists)
        if longer is not None:
            yield from _extended(rule, run, fixed, longer)


def extended(pattern: Pattern, use: Use, fact: ChainFact, lists: Lists) -> Use | None:
    """Return the use with one more record; None where its condition is false."""
    env = with_record(use.environment, pattern.variable, fact)
    holding, reasons = holds(pattern, env, lists)
    if holding is Truth.FALSE:
        return None
    sure = use.sure and holding is Truth.TRUE
    return Use((*use.support, fact.id), env, sure, use.reasons | reasons if reasons else use.reasons)


def use_of(rule: ChainRule, facts: Sequence[ChainFact], run: Run) -> Use | None:
    """Return the use of a rule on given records; None where a condition is false."""
    use: Use | None = Use((), run.environments[rule.key], True, frozenset())
    for pattern, fact in zip(rule.given, facts, strict=True):
        use = None if use is None else extended(pattern, use, fact, run.lists)
    return use


def _candidates(rule: ChainRule, pattern: Pattern, run: Run, env: Environment) -> Sequence[ChainFact]:
    """Return the records that a pattern could mean, given those that are chosen."""
    wanted = []
    for key in run.keys[rule.key]:
        if key.variable == pattern.variable and key.needs <= env.variables.keys():
            value = evaluate(key.other, env)
            if not isinstance(value, Unknown):
                wanted.append((key.field, value))
    return run.pool.candidates(pattern.relation, wanted)


def concluded(rule: ChainRule, use: Use, run: Run) -> tuple[Step, ChainFact] | None:
    """Return the step and the record to which a use leads; None where something certainly stands against it."""
    sure, reasons, doubts = use.sure, set(use.reasons), []
    for pattern in rule.unless:
        for other in _candidates(rule, pattern, run, use.environment):
            holding, why = holds(pattern, with_record(use.environment, pattern.variable, other), run.lists)
            if holding is Truth.FALSE:
                continue
            if other.id not in run.certain:
                doubts.append(other.id)
            elif holding is Truth.TRUE:
                return None
            sure, reasons = False, reasons | why
    if not is_sure(rule, use.environment):
        sure, reasons = False, reasons | {Reason("authority", rule.key)}
    values = {name: run.lists.value(formula, use.environment) for name, formula in rule.record}
    lacks = tuple((n, v.reasons) for n, v in values.items() if isinstance(v, Unknown))
    fact = derived_fact(rule.derives, {n: v for n, v in values.items() if not isinstance(v, Unknown)})
    return Step(rule.key, fact.id, use.support, sure, frozenset(reasons), tuple(sorted(doubts)), lacks), fact
