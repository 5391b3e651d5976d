"""What every case of a blank decides alike, though in one case it is one rule and in the next another.

Bounds read each rule by itself. Where a blank leaves several rules open and in every case of it one of them is
violated, the outcome at best is worse than rule by rule: a site that is left blank, failing as land and as lease.
The blanks that more than one open rule reads are filled in, one case after another; other rules stay as they are,
for learning a fact never overturns what is decided. Only the outcome at best can rise by this: each rule by itself is
decided by its bounds.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

MOST_CASES = 96
MOST_BLANKS = 6
MOST_REMEMBERED = 16
Statuses = Callable[[Record, int], Masks]
"""What the rules of a mask say of a record."""


@dataclass(frozen=True, slots=True)
class Split:
    """What the cases of some blanks come to: the rank at best, the blanks, and the rules of which one is violated in each.

    `spent` says that not every case was tried; the rank is then what the others leave.
    """

    rank: int = 0
    blanks: tuple[str, ...] = ()
    rules: int = 0
    spent: bool = False


NOTHING = Split()


class Splits:
    """The blanks of one law that are split into cases, and what that comes to on a record."""

    def __init__(self, on: AreaOn) -> None:
        self.on = on
        self.ranks = [on.area.rank(r.otherwise.outcome) for r in on.rules]
        self._may: dict[str, tuple[int, ...]] = {}

    @cached_property
    def reads(self) -> Mapping[str, int]:
        """The rules that read each fact, and each field of a list, as masks; those that read it are more than one."""
        found: dict[str, int] = {}
        for i, rule in enumerate(self.on.rules):
            seen = set[str]()
            for clause in (*rule.applies_when, *rule.requires):
                for node in walk_through(clause.that, self.on.derivations, seen):
                    if isinstance(node, FactRef | ItemField) and node.key not in self.on.derivations:
                        found[node.key] = found.get(node.key, 0) | 1 << i
        facts = self.on.rulebook.vocabulary.facts
        kinds = (Boolean, Choice, Date, Number)
        return {k: m for k, m in found.items() if m & (m - 1) and k in facts and isinstance(facts[k].kind, kinds)}

    def may_rise(self, masks: Masks) -> bool:
        """Return whether some blank may lift the outcome at best, as far as the findings alone tell."""
        return any(True for _ in self._keys(masks.undetermined & self.above(masks.violated)))

    def above(self, violated: int) -> int:
        """Return the rules that ask for more than the violated ones do."""
        worst = max((self.ranks[i] for i in bits(violated)), default=0)
        return sum(1 << i for i, rank in enumerate(self.ranks) if rank > worst)

    def _keys(self, left_open: int) -> Iterator[str]:
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
        """Return what the cases of a record's blanks come to; nothing where they lift no outcome."""
        if not self.on.bounded:
            return NOTHING
        search = _Search(self, statuses, max((self.ranks[i] for i in bits(masks.violated)), default=0))
        paths = search.paths(record, masks)
        if not paths:
            return NOTHING
        best = search.over(record, masks, paths[:MOST_BLANKS])
        for path in paths if len(paths) > (1 if best.rank else MOST_BLANKS) else ():
            found = search.over(record, masks, [path])
            if found.rank >= max(best.rank, 1):
                best = found
                break
        return replace(best, spent=search.spent or len(paths) > MOST_BLANKS)


@dataclass(slots=True)
class _Search:
    """One record's cases, within a budget."""

    splits: Splits
    statuses: Statuses
    floor: int
    left: int = MOST_CASES
    spent: bool = False

    def paths(self, record: Record, masks: Masks) -> list[str]:
        """Return the paths of blanks whose cases may lift the outcome at best, those of few cases first."""
        left_open, found = masks.undetermined & self.splits.above(masks.violated), list[str]()
        for key in self.splits._keys(left_open):
            outer, _, name = key.rpartition(".")
            if not self.splits.on.rulebook.vocabulary.is_list(outer):
                found += [key] if key not in record.values else []
                continue
            items = record.values.get(outer)
            rows = items if isinstance(items, tuple) else ()
            open_rows = (i for i, item in enumerate(rows) if isinstance(item, Mapping) and item.get(name) is None)
            found += [f"{outer}[{i}].{name}" for i in open_rows]
        counted = [(len(cases), path) for path in found if (cases := self.cases(record, path, left_open))]
        return [path for _, path in sorted(counted)]

    def cases(self, record: Record, path: str, left_open: int) -> tuple[Value, ...]:
        """Return values of a blank that stand for all that it can be; none where that cannot be told."""
        on = self.splits.on
        fact = on.rulebook.vocabulary.facts[fact_key(path)]
        return options(fact) or turns(on, record, path, fact, self.splits.reads[fact.key] & left_open)

    def over(self, record: Record, masks: Masks, paths: Sequence[str]) -> Split:
        """Return the least of what the cases of some blanks come to, and the rules that are violated in them."""
        rules, reached, path, rest = 0, None, paths[0], paths[1:]
        left_open = masks.undetermined & self.splits.above(masks.violated)
        reading = left_open & self.splits.reads[fact_key(path)]
        for value in self.cases(record, path, left_open):
            self.left -= 1
            if self.left < 0:
                self.spent = True
                return NOTHING
            made = record.with_value(path, value)
            found = self.statuses(made, reading)
            found = Masks(found.violated, found.undetermined | left_open & ~reading, 0)
            now = Masks(masks.violated | found.violated, found.undetermined, 0)
            rank = max((self.splits.ranks[i] for i in bits(now.violated)), default=0)
            part = Split(rank, (), sum(1 << i for i in bits(found.violated) if self.splits.ranks[i] > self.floor))
            still = [p for p in rest if p in self.paths(made, now)]
            if still:
                deeper = self.over(made, now, still)
                part = Split(max(rank, deeper.rank), (), part.rules | deeper.rules)
            if part.rank <= self.floor:
                return NOTHING
            rules, reached = rules | part.rules, part.rank if reached is None else min(reached, part.rank)
        return NOTHING if reached is None else Split(reached, tuple(paths), rules)


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
