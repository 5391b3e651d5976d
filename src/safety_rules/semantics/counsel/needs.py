"""What an undetermined verdict lacks: all that can still change it, and the fewest that settle it.

"Settle" means: there are values for these facts with which the verdict becomes definite at the
outcome that it has at best. A candidate set is only accepted with such values in hand.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from safety_rules.language.kinds import Boolean, Choice, Choices
from safety_rules.language.law import is_sure
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.verdict import Finding, Needs, Reason, Status
from safety_rules.language.vocabulary import fact_key
from safety_rules.semantics.counsel.candidates import by_name, candidates, in_order
from safety_rules.semantics.counsel.supports import Family, TooMany, by_size, either, every, settle
from safety_rules.semantics.decide import AreaOn, told
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.verdict.shared import Shared

MOST_STEPS = 20_000


class _Spent(Exception):
    """The budget of a search is used up."""


class _Search:
    """One search for values with which rules are settled well, and how much may still be worked out in it."""

    def __init__(self, on: AreaOn, rules: Sequence[Rule], shared: Shared) -> None:
        self.own, self.rules, self.shared, self.left = on, rules, shared, MOST_STEPS
        self.reads = {rule.key: frozenset(shared.read(rule)) for rule in rules}
        self.worked = frozenset(key.rpartition(".")[0] for key, d in on.derivations.items() if d.variable is not None)

    def statuses(self, on: AreaOn, record: Record, cost: int, before: Mapping[str, Status]) -> dict[str, Status] | None:
        """Return what each rule says of a record, those that are known `before` as they are; None where one is violated."""
        parts = self.shared.parts if on is self.own else None
        env = on.environment(record) if parts is None else None
        found = dict[str, Status]()
        for rule in self.rules:
            self.left -= cost
            if self.left < 0:
                raise _Spent
            says = before.get(rule.key)
            if says is None:
                says = parts.status(rule, record) if parts is not None else told(rule, env or on.environment(record))[0]
            if says is Status.VIOLATED:
                return None
            found[rule.key] = says
        return found

    def cost(self, values: Mapping[str, Any]) -> int:
        """Return what a finding costs: one, ten more for each list record with fields that must be worked out, and more
        for long lists.
        """
        listed = {key: len(v) for key, v in values.items() if isinstance(v, tuple) and v and isinstance(v[0], Mapping)}
        return 1 + sum(10 * n if key in self.worked else n * n // 4 for key, n in listed.items())


def needs(
    on: AreaOn, record: Record, found: Sequence[Finding], rank: int, worst: int, shared: Shared | None = None
) -> Needs:
    """Return what an open verdict of these findings lacks, whose outcomes at best and at worst have the ranks.

    `shared` keeps what was found for rules that read the same values.
    """
    undetermined = [
        f for f in found if f.status is Status.UNDETERMINED and not f.waived and rank < on.area.rank(f.outcome) <= worst
    ]
    can_change = tuple(sorted(frozenset().union(*(f.reasons for f in undetermined))))
    known = shared or Shared(on.derivations)
    parts = [
        known.answer(_asked(on, record, group, known), partial(_fewest, on, record, group, known))
        for group in _components(undetermined)
    ]
    if any(part is None for part, _ in parts):
        return Needs(can_change, (), False)
    smallest = sorted(reason for part, _ in parts for reason in part or ())
    return Needs(can_change, tuple(smallest), all(sure for _, sure in parts))


def _asked(on: AreaOn, record: Record, group: Sequence[Finding], shared: Shared) -> Hashable:
    """Return all that the search for a group's fewest needs depends on."""
    rules = in_order([f.rule for f in group])
    return (
        tuple(r.key for r in rules),
        _Search(on, (), shared).cost(record.values),
        shared.values_read(rules, record.values),
    )


def _components(found: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings in groups that share no missing thing, so that each is searched by itself."""
    groups: list[tuple[set[Reason], list[Finding]]] = []
    for f in found:
        reasons, members = set(f.reasons), [f]
        rest = []
        for other_reasons, other in groups:
            if reasons & other_reasons:
                reasons |= other_reasons
                members = other + members
            else:
                rest.append((other_reasons, other))
        groups = [*rest, (reasons, members)]
    return [members for _, members in groups]


def _fewest(on: AreaOn, record: Record, group: list[Finding], shared: Shared) -> tuple[list[Reason] | None, bool]:
    """Return the fewest things that settle the findings well, and whether they surely are; None where none was found."""
    everything = sorted(frozenset().union(*(f.reasons for f in group)))
    rules = in_order([f.rule for f in group])
    env = on.environment(record)
    search = _Search(on, rules, shared)
    cost = search.cost(record.values)
    try:
        for choice in by_size([_ways(rule, env, shared) for rule in rules]):
            if witness(on, record, search, _ordered(choice, on), cost, {}) is not None:
                return sorted(choice), True
    except (TooMany, _Spent):
        return everything, False
    # A district may also replace a figure in place of confirming it, so what is not sure enough stays a way.
    return (everything if any(r.kind in ("parameter", "authority") for r in everything) else None), False


def _ordered(lacking: Iterable[Reason], on: AreaOn) -> list[Reason]:
    """Return what is lacking with the fewest possible values first, so that a dead end shows early."""
    facts = on.rulebook.vocabulary.facts

    def values(reason: Reason) -> int:
        fact = facts.get(fact_key(reason.name))
        kind = None if fact is None else fact.kind
        return 0 if isinstance(kind, Boolean) else 1 if isinstance(kind, Choice | Choices) else 2

    return sorted(lacking, key=lambda r: (values(r), r))


def _ways(rule: Rule, env: Environment, shared: Shared | None) -> Family:
    """Return the ways to settle a rule well; of a rule that has read the same values, the same."""
    key = None if shared is None else shared.of_rule("ways", rule, env.record.values)
    if shared is None or key is None:
        return _rule_family(rule, env)
    return shared.answer(key, partial(_rule_family, rule, env))


def _rule_family(rule: Rule, env: Environment) -> Family:
    """Return the ways to settle a rule well: it does not apply, or all that it requires holds."""
    own = Reason("authority", rule.key)
    if not is_sure(rule, env) and own in told(rule, env)[3]:
        return frozenset({frozenset({own})})
    not_applying = either([settle(c.that, False, env) for c in by_name(rule.applies_when)])
    meeting = every([settle(c.that, True, env) for c in by_name(rule.requires)])
    return either([not_applying, meeting])


def _can_be_settled(rule: Rule, lacking: frozenset[Reason], env: Environment, shared: Shared | None) -> bool:
    """Return whether the lacking things hold at least one way to settle a rule well."""
    try:
        return any(way <= lacking for way in _ways(rule, env, shared))
    except TooMany:
        return bool(lacking)


def witness(
    on: AreaOn, record: Record, search: _Search, lacking: Sequence[Reason], cost: int, before: Mapping[str, Status]
) -> dict[Reason, Any] | None:
    """Return values for the lacking things with which none of the rules is violated or undetermined.

    `cost` is what a finding of this record costs; `before` are findings that hold as they did before the last value
    was put in.
    """
    found = search.statuses(on, record, cost, before)
    if found is None:
        return None
    undetermined = [rule for rule in search.rules if found[rule.key] is Status.UNDETERMINED]
    if not undetermined:
        return {}
    env, shared = on.environment(record), search.shared if on is search.own else None
    if not lacking or not all(_can_be_settled(rule, frozenset(lacking), env, shared) for rule in undetermined):
        return None
    first, rest = lacking[0], lacking[1:]
    if first.kind == "year":
        return None
    if first.kind in ("parameter", "authority"):
        answer = witness(replace(on, confirmed=on.confirmed | {first.name}), record, search, rest, cost, {})
        return None if answer is None else {first: None, **answer}
    key = first.name.partition("[")[0]
    unmoved = {rule: says for rule, says in found.items() if key not in search.reads[rule]}
    for value in candidates(on, record, search.rules, first.name, shared):
        made = record.with_value(first.name, value)
        each = search.cost(made.values) if isinstance(value, tuple) else cost
        answer = witness(on, made, search, rest, each, unmoved)
        if answer is not None:
            return {first: value, **answer}
    return None
