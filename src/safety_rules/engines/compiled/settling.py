"""Which open rules bounds decide after all, asked of a rule by itself, and only where they may matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

from safety_rules.engines.compiled.area import compiled
from safety_rules.engines.compiled.completions import Completions
from safety_rules.engines.compiled.doubt import Check, may_matter
from safety_rules.language.expr import ItemField
from safety_rules.language.kinds import Boolean, Choice, Choices, Date, Number, Records, Text
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.verdict import Masks
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.admission import admit
from safety_rules.semantics.bounds import may_decide
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.reads import walk_through
from safety_rules.semantics.verdict.evidence import facts_read

MOST_KEPT = 4096
OPEN = Masks(0, 1, 0)
Settle = Callable[[Mapping[str, Any], int, int, int], tuple[int, int, int]]


def settling(law: AreaOn, aside: Sequence[int]) -> tuple[int, frozenset[str], Settle]:
    """Return the rules that bounds may decide, the facts that they read, and the function from these and masks to the
    masks by bounds.

    Rules that stand aside have them already. A rule is worked out by the exact function on its own facts.
    """
    asked: dict[int, tuple[list[Check], Callable[[Mapping[str, Any]], Masks]]] = {}
    if law.bounded:
        blank, made = law.environment(Record({})), dict[int, Check]()
        for i in set(range(len(law.rules))) - set(aside):
            if checks := _checks(law.rules[i], law, blank, made):
                asked[i] = checks, _alone(law.rules[i], law)

    def settle(values: Mapping[str, Any], violated: int, undetermined: int, absent: int) -> tuple[int, int, int]:
        get, left = values.get, undetermined & bits
        while left:
            bit = left & -left
            left ^= bit
            checks, alone = asked[bit.bit_length() - 1]
            for check in checks:
                if check(get):
                    found = alone(values)
                    undetermined ^= 0 if found.undetermined else bit
                    violated |= bit if found.violated else 0
                    absent |= bit if found.not_applicable else 0
                    break
        return violated, undetermined, absent

    bits = sum(1 << i for i in asked)
    return bits, frozenset(key for i in asked for key in facts_read(law.rules[i], law)), settle


def _checks(rule: Rule, law: AreaOn, blank: Environment, made: dict[int, Check]) -> list[Check]:
    """Return what tells, of each node of a rule that bounds may decide, whether they do on some data."""
    seen = set[str]()
    nodes = [n for c in (*rule.applies_when, *rule.requires) for n in walk_through(c.that, law.derivations, seen)]
    return list(dict.fromkeys(made.setdefault(id(n), may_matter(n, law, blank)) for n in nodes if may_decide(n, blank)))


def _alone(rule: Rule, law: AreaOn) -> Callable[[Mapping[str, Any]], Masks]:
    """Return the function from canonical data to a rule's masks by bounds; those of plain facts are remembered."""
    by_itself = replace(law, rules=(rule,))
    area = cache(partial(compiled, by_itself))
    facts = [law.rulebook.vocabulary.facts[key] for key in facts_read(rule, law)]
    exact = [(fact.key, _exact(fact, rule, law)) for fact in facts]
    shaped = [(fact.key, isinstance(fact.kind, Choices)) for fact in facts]
    known: dict[tuple[Any, ...], Masks] = {}
    open_for_sure = cache(partial(Completions, by_itself, facts))

    def worked_out(values: Mapping[str, Any]) -> Masks:
        held = {key: read(value) for key, read in exact if (value := values[key]) is not None}
        completions = open_for_sure()
        if completions.differ(held, 1):
            return OPEN
        found = area().masks(held)
        if found.undetermined:
            completions.learn(held, 1)
        return found

    def alone(values: Mapping[str, Any]) -> Masks:
        shape = tuple([tuple(v) if many and (v := values[key]) is not None else values[key] for key, many in shaped])
        try:
            found = known.get(shape)
        except TypeError:  # records of a list, which differ from one another
            return worked_out(values)
        if found is None:
            found = worked_out(values)
            if len(known) < MOST_KEPT:
                known[shape] = found
        return found

    return alone


def _exact(fact: Fact, rule: Rule, law: AreaOn) -> Callable[[Any], Any]:
    """Return the function from a canonical datum to what admission makes of it, of records the fields that the rule reads."""
    match fact.kind:
        case Number():
            return lambda value: Fraction(value if value.__class__ is int else repr(value))
        case Records():
            fields = [f for f in law.rulebook.vocabulary.fields(fact.key) if f.key in _fields_read(rule, law)]
            if all(isinstance(f.kind, Number | Boolean | Choice | Date | Text) for f in fields):
                reads = [(f.field, _exact(f, rule, law)) for f in fields]
                return lambda value: tuple(
                    {name: read(v) for name, read in reads if (v := item.get(name)) is not None} for item in value
                )
        case Choices():
            pass
        case _:
            return lambda value: value
    derived = frozenset(law.derivations)
    return lambda value: admit.cell(value, fact, law.rulebook.vocabulary, derived, law.area.zone)


def _fields_read(rule: Rule, law: AreaOn) -> frozenset[str]:
    nodes = (n for c in (*rule.applies_when, *rule.requires) for n in walk_through(c.that, law.derivations, set()))
    return frozenset(n.key for n in nodes if isinstance(n, ItemField) and n.key not in law.derivations)
