"""The order in which chaining rules can be worked out: what a rule may not find is complete before the rule is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safety_rules.language.chain import ChainRule


def strata(rules: Sequence[ChainRule]) -> tuple[tuple[ChainRule, ...], ...]:
    """Return the rules in strata, by key within each; there must be no cycle through `unless`."""
    levels = {rule.derives: 0 for rule in rules}
    for _ in range(len(levels) + 1):
        before = dict(levels)
        for rule in rules:
            found = [levels[p.relation] for p in rule.given if p.relation in levels]
            avoided = [levels[p.relation] + 1 for p in rule.unless if p.relation in levels]
            levels[rule.derives] = max([levels[rule.derives], *found, *avoided])
        if before == levels:
            break
    else:
        raise ValueError("the rules depend on themselves through `unless`")
    by_level: dict[int, list[ChainRule]] = {}
    for rule in sorted(rules, key=lambda r: r.key):
        by_level.setdefault(levels[rule.derives], []).append(rule)
    return tuple(tuple(by_level[level]) for level in sorted(by_level))


def cycles_through_unless(rules: Sequence[ChainRule]) -> list[tuple[ChainRule, ...]]:
    """Return, for each rule whose `unless` depends on what it derives, the shortest cycle: that rule first."""
    deriving: dict[str, list[ChainRule]] = {}
    for rule in rules:
        deriving.setdefault(rule.derives, []).append(rule)
    found = []
    for rule in rules:
        ways = [_way(p.relation, rule.derives, deriving) for p in rule.unless]
        known = [w for w in ways if w is not None]
        if known:
            found.append((rule, *min(known, key=len)))
    return found


def _way(start: str, goal: str, deriving: Mapping[str, list[ChainRule]]) -> tuple[ChainRule, ...] | None:
    """Return the fewest rules that lead from a relation back to another; none at all where they are the same."""
    frontier: list[tuple[str, tuple[ChainRule, ...]]] = [(start, ())]
    seen = {start}
    while frontier:
        relation, way = frontier.pop(0)
        if relation == goal:
            return way
        for rule in deriving.get(relation, []):
            for pattern in (*rule.given, *rule.unless):
                if pattern.relation not in seen:
                    seen.add(pattern.relation)
                    frontier.append((pattern.relation, (*way, rule)))
    return None
