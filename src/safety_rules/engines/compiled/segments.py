"""Rules by the choice that they need first, so that one look decides for all of them: an index on `applies_when`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safety_rules.language.expr import And, Compare, Expr, FactRef, Literal
from safety_rules.language.kinds import Choice
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn


@dataclass(frozen=True, slots=True)
class Guarded:
    """A rule, and what of its conditions is left to look at."""

    rule: Rule
    conditions: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Rules that need one choice of the same fact, by option; `fact` is empty where they need none."""

    fact: str
    branches: tuple[tuple[str, tuple[Guarded, ...]], ...]


def in_order(law: AreaOn) -> list[Segment]:
    """Return neighbouring rules in segments, in the order of the law."""
    segments: list[tuple[str, list[tuple[str, list[Guarded]]]]] = []
    for rule in law.rules:
        fact, option, guarded = split(rule, law)
        branches = segments[-1][1] if segments and segments[-1][0] == fact else []
        if branches and branches[-1][0] == option:
            branches[-1][1].append(guarded)
        elif branches and option not in [b for b, _ in branches]:
            branches.append((option, [guarded]))
        else:
            segments.append((fact, [(option, [guarded])]))
    return [_segment(fact, branches) for fact, branches in segments]


def grouped(law: AreaOn) -> list[Segment]:
    """Return one segment for all rules that need no choice, and then one for each fact that others need a choice of."""
    segments: dict[str, dict[str, list[Guarded]]] = {"": {}}
    for rule in law.rules:
        fact, option, guarded = split(rule, law)
        segments.setdefault(fact, {}).setdefault(option, []).append(guarded)
    return [_segment(fact, list(branches.items())) for fact, branches in segments.items()]


def _segment(fact: str, branches: Sequence[tuple[str, list[Guarded]]]) -> Segment:
    return Segment(fact, tuple((option, tuple(rules)) for option, rules in branches))


def split(rule: Rule, law: AreaOn) -> tuple[str, str, Guarded]:
    """Return the given fact and option that a rule needs (empty where none) and what is left of the rule."""
    conditions = conjuncts([c.that for c in rule.applies_when])
    for i, condition in enumerate(conditions):
        match condition:
            case Compare("==", FactRef(key, Choice()), Literal(str() as option)) if key not in law.derivations:
                return key, option, Guarded(rule, conditions[:i] + conditions[i + 1 :])
            case _:
                continue
    return "", "", Guarded(rule, conditions)


def conjuncts(conditions: Sequence[Expr]) -> tuple[Expr, ...]:
    """Return the parts that must all hold, without `and`s."""
    found: list[Expr] = []
    for condition in conditions:
        found.extend(conjuncts(condition.operands) if isinstance(condition, And) else (condition,))
    return tuple(found)
