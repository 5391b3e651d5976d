"""What every case of a blank decides alike, though in one case it is one rule and in the next another.

Bounds read each rule by itself. Where a blank leaves several rules open and in every case of it one of them is
violated, the outcome at best is worse than rule by rule: a site that is left blank, failing as land and as lease.
One blank at a time is filled in, case after case, other blanks stay as they are; only the outcome at best can rise by
this, for each rule by itself is decided by its bounds. Of a fact of the record those rules count that ask it only
whether they apply; of a field in a list, all that read it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from safety_rules.language.expr import Compare, Expr, FactRef, ItemField
from safety_rules.language.kinds import Boolean, Choice, Date, Number, Value
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.verdict import Finding, Masks, Status, Unknown, bits
from safety_rules.language.vocabulary import Fact, fact_key
from safety_rules.semantics.decide import AreaOn, told
from safety_rules.semantics.environment import Environment
from safety_rules.semantics.evaluate import evaluate, walk_scoped
from safety_rules.semantics.reads import walk_through

MOST_REMEMBERED = 16
Statuses = Callable[[Record, int], Masks]
"""What the rules of a mask say of a record."""


@dataclass(frozen=True, slots=True)
class Split:
    """What the cases of a blank come to: the rank at best, the blank's path, and the rules of which one is violated in each."""

    rank: int = 0
    blank: str = ""
    rules: int = 0


NOTHING = Split()


class Splits:
    """The blanks of one law that are split into cases, and what that comes to on a record."""

    def __init__(self, on: AreaOn) -> None:
        self.on = on
        self.ranks = [on.area.rank(r.otherwise.outcome) for r in on.rules]
        self._above = [self._asking_more(rank) for rank in range(len(on.area.outcomes))]
        self._may: dict[str, tuple[int, ...]] = {}

    def _asking_more(self, rank: int) -> int:
        return sum(1 << i for i, asked in enumerate(self.ranks) if asked > rank)

    @cached_property
    def reads(self) -> Mapping[str, int]:
        """The rules that count in the cases of each fact, and of each field of a list, as masks; always more than one."""
        vocabulary, found = self.on.rulebook.vocabulary, dict[str, int]()
        for i, rule in enumerate(self.on.rules):
            for key in self._asked(rule):
                found[key] = found.get(key, 0) | 1 << i
        kinds = (Boolean, Choice, Date, Number)
        return {k: m for k, m in found.items() if m & (m - 1) and isinstance(vocabulary.facts[k].kind, kinds)}

    def _asked(self, rule: Rule) -> Iterator[str]:
        """Yield the facts that a rule asks only whether it applies, by conditions of their own, and the fields that it reads."""
        vocabulary = self.on.rulebook.vocabulary
        scope, asks = ([_given(c.that, self.on) for c in part] for part in (rule.applies_when, rule.requires))
        for key in sorted(set().union(*scope, *asks)):
            if vocabulary.is_list(key.rpartition(".")[0]):
                yield key
            elif isinstance(vocabulary.facts[key].kind, Boolean | Choice):
                alone = all(read == {key} for read in scope if key in read)
                if alone and not any(key in read for read in asks):
                    yield key

    def may_rise(self, masks: Masks) -> bool:
        """Return whether some blank may lift the outcome at best, as far as the findings alone tell."""
        return next(self.keys(masks.undetermined & self.above(masks.violated)), None) is not None

    def above(self, violated: int) -> int:
        """Return the rules that ask for more than the violated ones do."""
        return next(rules for rules in self._above if not violated & rules)

    def keys(self, left_open: int) -> Iterator[str]:
        """Yield the facts and fields for each case of which some open rule may be violated."""
        for key, mask in self.reads.items():
            together = left_open & mask
            if together & (together - 1) and all(together & one for one in self.may_be_violated(key)):
                yield key

    def may_be_violated(self, key: str) -> tuple[int, ...]:
        """Return, for each case of a fact that takes one of a few values, the rules that it leaves open or violates."""
        if key not in self._may:
            fact, mask = self.on.rulebook.vocabulary.facts[key], self.reads[key]
            cases = options(fact) if not self.on.rulebook.vocabulary.is_list(key.rpartition(".")[0]) else ()
            self._may[key] = tuple(dict.fromkeys(self._open(Record({key: value}), mask) for value in cases)) or (mask,)
        return self._may[key]

    def _open(self, record: Record, mask: int) -> int:
        env = self.on.environment(record)
        shut = (Status.SATISFIED, Status.NOT_APPLICABLE)
        return sum(1 << i for i in bits(mask) if told(self.on.rules[i], env)[0] not in shut)

    def of(self, record: Record, masks: Masks, statuses: Statuses) -> Split:
        """Return what the cases of a record's blanks come to: of the blank that lifts the outcome at best most, the first."""
        if not self.on.bounded:
            return NOTHING
        left_open = masks.undetermined & self.above(masks.violated)
        paths = [path for key in self.keys(left_open) for path in self._paths(key, record)]
        found = (self._over(record, path, left_open, statuses) for path in paths)
        return max(found, key=lambda split: split.rank, default=NOTHING)

    def _paths(self, key: str, record: Record) -> Iterator[str]:
        """Yield the paths at which a fact, or a field of a list's records, is blank."""
        outer, _, name = key.rpartition(".")
        if not self.on.rulebook.vocabulary.is_list(outer):
            yield from [key] if key not in record.values else []
            return
        items = record.values.get(outer)
        for i, item in enumerate(items if isinstance(items, tuple) else ()):
            if isinstance(item, Mapping) and item.get(name) is None:
                yield f"{outer}[{i}].{name}"

    def _over(self, record: Record, path: str, left_open: int, statuses: Statuses) -> Split:
        """Return the least of what the cases of one blank come to, and the rules that are violated in them."""
        fact = self.on.rulebook.vocabulary.facts[fact_key(path)]
        reading, rules, reached = left_open & self.reads[fact.key], 0, list[int]()
        for value in options(fact) or turns(self.on, record, path, fact, reading):
            violated = statuses(record.with_value(path, value), reading).violated
            if not violated:
                return NOTHING
            rules |= violated
            reached.append(max(self.ranks[i] for i in bits(violated)))
        return Split(min(reached), path, rules) if reached else NOTHING


def _given(condition: Expr, on: AreaOn) -> set[str]:
    """Return the given facts, and fields of lists, that a condition reads, through derivations."""
    nodes = walk_through(condition, on.derivations, set())
    return {n.key for n in nodes if isinstance(n, FactRef | ItemField) and n.key not in on.derivations}


def options(fact: Fact) -> tuple[Value, ...]:
    """Return the values that a fact can have, where they are few."""
    match fact.kind:
        case Boolean():
            return (True, False)
        case Choice(choices):
            return tuple(o.key for o in choices.options)
        case _:
            return ()


def turns(on: AreaOn, record: Record, path: str, fact: Fact, mask: int) -> tuple[Value, ...]:
    """Return days, or numbers, at, between and beside all that open rules compare a blank one with; none where not all is known."""
    found = set[Any]()
    for i in bits(mask):
        rule = on.rules[i]
        for clause in (*rule.applies_when, *rule.requires):
            if not _compared(clause.that, on.environment(record), path, found):
                return ()
    if not found:
        return ()
    if isinstance(fact.kind, Date):
        return tuple(_days(found))
    limits = (fact.bounds.minimum, fact.bounds.above, fact.bounds.maximum)
    points = sorted(found | {limit for limit in limits if limit is not None})
    return tuple(v for v in _beside(points, isinstance(fact.kind, Number) and fact.kind.whole) if fact.bounds.admits(v))


def _compared(expr: Expr, env: Environment, path: str, found: set[Any]) -> bool:
    """Add what a blank is compared with; return whether it is read in no other way, and all of that is known."""
    compared, read = 0, 0
    for node, scope in walk_scoped(expr, env):
        read += _is_at(node, scope, path)
        if not isinstance(node, Compare) or _is_at(node.left, scope, path) == _is_at(node.right, scope, path):
            continue
        other = evaluate(node.right if _is_at(node.left, scope, path) else node.left, scope)
        if isinstance(other, Unknown):
            return False
        found.add(other)
        compared += 1
    return compared == read


def _is_at(expr: Expr, env: Environment, path: str) -> bool:
    match expr:
        case FactRef(key):
            return key == path
        case ItemField(variable, key) if variable in env.variables:
            return f"{env.variables[variable][0]}.{key.rpartition('.')[2]}" == path
        case _:
            return False


def _beside(points: Sequence[Fraction], whole: bool) -> list[Fraction]:
    """Return the points, one value between each two, and one beyond either end; whole ones where a number is."""
    values = {points[0] - 1, *points, *((a + b) / 2 for a, b in pairwise(points)), points[-1] + 1}
    if whole:
        values = {Fraction(v.numerator // v.denominator + n) for v in values for n in (0, 1)}
    return sorted(values)


def _days(points: Iterable[datetime.date]) -> Iterator[datetime.date]:
    """Yield the days and those before and after each: between them no comparison turns."""
    found = {day.toordinal() + beside for day in points for beside in (-1, 0, 1)}
    yield from (datetime.date.fromordinal(n) for n in sorted(found) if 1 <= n <= datetime.date.max.toordinal())


def counted(found: Iterable[Finding]) -> Masks:
    """Return findings as masks, without those that are waived."""
    order = {Status.VIOLATED: 0, Status.UNDETERMINED: 1, Status.NOT_APPLICABLE: 2}
    masks = [0, 0, 0]
    for i, f in enumerate(found):
        if f.status in order and not f.waived:
            masks[order[f.status]] |= 1 << i
    return Masks(*masks)


def by_status(on: AreaOn, status: Callable[[Rule, Record], Status]) -> Statuses:
    """Return what the rules of a mask say of a record, by what says it of one."""

    def statuses(record: Record, mask: int) -> Masks:
        violated = undetermined = 0
        for i in bits(mask):
            says = status(on.rules[i], record)
            violated |= 1 << i if says is Status.VIOLATED else 0
            undetermined |= 1 << i if says is Status.UNDETERMINED else 0
        return Masks(violated, undetermined, 0)

    return statuses


def by_definition(on: AreaOn) -> Statuses:
    """Return what the rules of a mask say of a record, by the definition."""
    return by_status(on, lambda rule, record: told(rule, on.environment(record))[0])


class _Same:
    """A law that is itself and no other, however alike."""

    __slots__ = ("on",)

    def __init__(self, on: AreaOn) -> None:
        self.on = on

    def __hash__(self) -> int:
        return id(self.on)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.on is other.on


def splits_of(on: AreaOn) -> Splits:
    """Return the splits of a law; those of the last few laws are kept."""
    return _splits_of(_Same(on))


@lru_cache(maxsize=MOST_REMEMBERED)
def _splits_of(same: _Same) -> Splits:
    return Splits(same.on)
