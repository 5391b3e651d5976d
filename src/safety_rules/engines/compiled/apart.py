"""The rules that the fast function leaves to the exact one, each with the reason, and the exact function of them alone.

A rule stands apart where plain Python does not say all that it reads (a look-up in a table, the larger of two
numbers), or says it only while a list is empty. It is then worked out on its own facts; the others are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from typing import Any

from safety_rules.engines.compiled.area import compiled
from safety_rules.engines.compiled.blocks import Blocks, Lists
from safety_rules.engines.compiled.conditions import Conditions, Declined
from safety_rules.engines.compiled.plain_data import Facts
from safety_rules.engines.compiled.segments import split
from safety_rules.language.expr import Aggregate, Expr, FactRef, ItemField, children, walk
from safety_rules.language.kinds import Records
from safety_rules.language.rule import Clause, Rule
from safety_rules.semantics.decide import AreaOn, area_record
from safety_rules.semantics.verdict.evidence import facts_read

MOST_SHAPES = 256


@dataclass(frozen=True, slots=True)
class Apart:
    """How a law's rules are read: `why` each that is left to the exact function is (the part of it); `lists` of all that are not.

    A rule of `lists.empty` is left to it while one of those lists is not empty.
    """

    why: Mapping[str, Expr | str]
    lists: Lists

    def numbers(self, law: AreaOn) -> dict[str, int]:
        """Return the rules that are left to the exact function, always or at times, with their numbers among them."""
        keys = [r.key for r in law.rules if r.key in self.why or r.key in self.lists.empty]
        return {key: i for i, key in enumerate(keys)}


def apart(law: AreaOn) -> Apart:
    """Return how a law's rules are read."""
    why: dict[str, Expr | str] = {}
    fields: dict[str, dict[str, None]] = {}
    empty: dict[str, frozenset[str]] = {}
    parts = _Parts(law)
    for rule in law.rules:
        own = parts.lists(rule)
        reason = _declined(rule, law, own)
        if reason is not None:
            why[rule.key] = reason
            continue
        empty |= own.empty
        for key, read in own.fields.items():
            fields.setdefault(key, {}).update(dict.fromkeys(read))
    return Apart(why, Lists({key: list(found) for key, found in fields.items()}, empty))


def clause_apart(rule: Rule, law: AreaOn) -> Clause | None:
    """Return the first clause because of which a rule stands apart; None where it does not, or not because of one."""
    parts = _Parts(law)
    for clause in (*rule.applies_when, *rule.requires):
        alone = replace(rule, applies_when=(), requires=(clause,))
        own = parts.lists(alone)
        if own.empty or _declined(alone, law, own) is not None:
            return clause
    return None


def _declined(rule: Rule, law: AreaOn, lists: Lists) -> Expr | str | None:
    """Return the part of a rule that cannot be said, or what else is in the way; None where it can be said."""
    fact, _, guarded = split(rule, law)
    trial, empty = Blocks(law, {}, lists), lists.empty.get(rule.key, frozenset())
    trial.conditions.empty = empty
    try:
        trial.rules([guarded], {fact, *empty})
    except Declined as reason:
        return reason.what
    return None


@dataclass(slots=True)
class _Parts:
    """What each condition and formula of a law reads of lists, looked at once: derived facts, given fields, lists to be empty."""

    law: AreaOn
    known: dict[int, tuple[set[str], list[str], set[str]]] = field(default_factory=dict)

    def lists(self, rule: Rule) -> Lists:
        """Return how one rule reads lists, through derived facts."""
        todo, seen = [c.that for c in (*rule.applies_when, *rule.requires)], set[str]()
        fields: dict[str, dict[str, None]] = {}
        empty: set[str] = set()
        while todo:
            derived, given, needed = self.reads(todo.pop())
            todo += [self.law.derivations[key].formula for key in sorted(derived - seen)]
            seen |= derived
            empty |= needed
            for key in given:
                fields.setdefault(key.rpartition(".")[0], {})[key] = None
        return Lists({key: list(found) for key, found in fields.items()}, {rule.key: frozenset(empty)} if empty else {})

    def reads(self, part: Expr) -> tuple[set[str], list[str], set[str]]:
        """Return what one condition or formula reads itself."""
        if id(part) not in self.known:
            law, named = self.law, [n for n in walk(part) if isinstance(n, FactRef | ItemField)]
            derived = {n.key for n in named if n.key in law.derivations}
            given = [n.key for n in named if isinstance(n, ItemField) and n.key not in derived]
            self.known[id(part)] = derived, given, {key for key, node in _folded(part) if not _says(node, law)}
        return self.known[id(part)]


def _folded(part: Expr) -> Iterator[tuple[str, Aggregate]]:
    """Yield the outermost aggregates over lists of records, with the list."""
    match part:
        case Aggregate(_, _, _, FactRef(key, Records())):
            yield key, part
        case _:
            for child in children(part):
                yield from _folded(child)


def _says(node: Aggregate, law: AreaOn) -> bool:
    """Return whether an aggregate can be said over records that are there, beside the items of derived fields."""
    trial = Conditions(law, Facts(law, {}), {})
    trial.items = dict.fromkeys((d.variable or "" for d in law.derivations.values()), "item")
    try:
        trial.truth(node) if node.fold in ("any", "all") else trial.number(node)
    except Declined:
        return False
    return True


def exactly(law: AreaOn, rules: Sequence[Rule]) -> Callable[[Any, Sequence[int]], list[str]]:
    """Return the function from data, and the numbers of some of the rules, to the keys of those that are violated.

    It admits the facts that these read and no others, and raises TypeError where one is undetermined.
    """
    area = cache(partial(compiled, replace(law, rules=tuple(rules))))

    @lru_cache(MOST_SHAPES)
    def wanted(asked: tuple[int, ...]) -> tuple[int, dict[str, list[str]]]:
        fields: dict[str, list[str]] = {}
        for key in dict.fromkeys(k for i in asked for k in facts_read(rules[i], law)):
            subject, _, name = key.partition(".")
            fields.setdefault(subject, []).append(name)
        return sum(1 << i for i in asked), fields

    def violated(data: Any, asked: Sequence[int]) -> list[str]:
        mask, fields = wanted(tuple(asked))
        given = {s: {n: data[s][n] for n in names if n in data[s]} for s, names in fields.items()}
        found = area().masks(area_record(law, given).values)
        if found.undetermined & mask:
            raise TypeError
        return [rules[i].key for i in asked if found.violated >> i & 1]

    return violated
