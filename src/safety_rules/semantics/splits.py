"""What every case of what is blank decides alike, though in one case it is one rule and in the next another.

Bounds read each rule by itself, and a blank that is read twice as two. Where that leaves a verdict open, blanks are
filled in, case after case, and the outcome lies within what the cases come to. Two kinds are: facts of the record
that rules ask only whether they apply (a site, a stage), one and two at a time, which lift the outcome at best; and
fields in a list's records, one and, where they are few, two of one list at a time, which move either end.

Learning a fact never widens what this finds: each case decides no less than the blank itself; what one blank decides
together with another, the other decides once the first is known; and what is looked at in a list hangs on this list alone, so
that fewer blanks are never fewer that are looked at, whatever is learned of another list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from itertools import combinations, product
from operator import or_
from typing import Any

from safety_rules.language.expr import Expr, FactRef, ItemField
from safety_rules.language.kinds import Boolean, Choice, Date, Number, Value
from safety_rules.language.record import Record
from safety_rules.language.rule import Rule
from safety_rules.language.same import Same
from safety_rules.language.verdict import Finding, Masks, Status, bits
from safety_rules.language.vocabulary import Fact, fact_key
from safety_rules.semantics.decide import AreaOn, told
from safety_rules.semantics.reads import walk_through
from safety_rules.semantics.turning import only_compared, options, turns

MOST_REMEMBERED = 16
MOST_BLANKS = 64  # blank fields of one list that are looked at, else none of them
MOST_CROSSED = 8  # blank fields of one list that are crossed with each other, else each by itself
MOST_CASES = 64
Statuses = Callable[[Record, int], Masks]
"""What the rules of a mask say of a record."""
Turning = dict[tuple[str, int], dict[str, tuple[Value, ...]]]
"""Cases of a field's blanks in one record, by the field and the rules that are asked, then by path."""


@dataclass(frozen=True, slots=True)
class Split:
    """What the cases of blanks come to.

    `rank` is that of the outcome at best at least, where in each case of `blanks` one of `rules` is violated;
    `worst` that of the outcome at worst at most, whatever `held_by` turn out to be. Without `whole`, not all cases
    were looked at.
    """

    rank: int = 0
    blanks: tuple[str, ...] = ()
    rules: int = 0
    worst: int | None = None
    held_by: tuple[str, ...] = ()
    whole: bool = True

    def most(self, rank: int) -> int:
        """Return the rank at worst, of a verdict that has one by its findings alone."""
        return rank if self.worst is None else min(rank, self.worst)


NOTHING, CUT_SHORT = Split(), Split(whole=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Facts that are blank together, the rules that count in their cases, and of each case those that it may violate."""

    keys: tuple[str, ...]
    reading: int
    masks: tuple[int, ...]


@dataclass(slots=True)
class _Ends:
    """The ends of a verdict, and the blanks and rules by which each was moved."""

    best: int
    worst: int
    lifting: dict[str, None] = field(default_factory=dict)
    rules: int = 0
    holding: dict[str, None] = field(default_factory=dict)

    def narrow(self, by: _Ends) -> None:
        """Take over each end that other cases move further."""
        if by.best > self.best:
            self.best, self.rules, self.lifting = by.best, by.rules, by.lifting
        if by.worst < self.worst:
            self.worst, self.holding = by.worst, by.holding


class Splits:
    """The blanks of one law that are split into cases, and what that comes to on a record."""

    def __init__(self, on: AreaOn) -> None:
        self.on = on
        self.ranks = [on.area.rank(r.otherwise.outcome) for r in on.rules]
        each = range(len(on.area.outcomes))
        self._above = [sum(1 << i for i, asked in enumerate(self.ranks) if asked > rank) for rank in each]

    @cached_property
    def fields(self) -> Mapping[str, int]:
        """The rules that read each field of a list, as masks."""
        return self._read(self._fields_of)

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """The facts that are split, one or two at a time, of which every case may violate some rule."""
        asked = {key: mask for key, mask in self._read(self._asked).items() if mask & (mask - 1)}
        alone = {
            key: [self._open(Record({key: value}), mask) for value in self._options(key)] for key, mask in asked.items()
        }
        found = [Given((key,), asked[key], tuple(dict.fromkeys(masks))) for key, masks in alone.items() if all(masks)]
        for a, b in combinations(alone, 2):
            masks = [self._both((a, b), case, asked, alone) for case in product(*map(self._numbered, (a, b)))]
            if len(masks) <= MOST_CASES and asked[a] & asked[b] and all(masks):
                found.append(Given((a, b), asked[a] | asked[b], tuple(dict.fromkeys(masks))))
        return tuple(found)

    def _options(self, key: str) -> tuple[Value, ...]:
        return options(self.on.rulebook.vocabulary.facts[key])

    def _numbered(self, key: str) -> Iterator[tuple[int, Value]]:
        return enumerate(self._options(key))

    def _both(
        self,
        keys: tuple[str, str],
        case: tuple[tuple[int, Value], ...],
        asked: Mapping[str, int],
        alone: Mapping[str, list[int]],
    ) -> int:
        """Return the rules that a case of two facts leaves open or violates."""
        (a, b), ((i, value), (j, other)) = keys, case
        apart = alone[a][i] & ~asked[b] | alone[b][j] & ~asked[a]
        return apart | self._open(Record({a: value, b: other}), alone[a][i] & alone[b][j])

    def _read(self, keys_of: Callable[[Rule], Iterable[str]]) -> dict[str, int]:
        found = dict[str, int]()
        for i, rule in enumerate(self.on.rules):
            for key in keys_of(rule):
                found[key] = found.get(key, 0) | 1 << i
        return dict(sorted(found.items()))

    def _fields_of(self, rule: Rule) -> Iterator[str]:
        """Yield the fields of lists that a rule reads, those of few values, days and numbers."""
        vocabulary = self.on.rulebook.vocabulary
        for key in set().union(*(_given(c.that, self.on) for c in (*rule.applies_when, *rule.requires))):
            kinds = (Boolean, Choice, Date, Number)
            if vocabulary.is_list(key.rpartition(".")[0]) and isinstance(vocabulary.facts[key].kind, kinds):
                yield key

    def _asked(self, rule: Rule) -> Iterator[str]:
        """Yield the facts that a rule asks only whether it applies, by conditions of their own."""
        vocabulary = self.on.rulebook.vocabulary
        scope, asks = ([_given(c.that, self.on) for c in part] for part in (rule.applies_when, rule.requires))
        for key in set().union(*scope):
            alone = all(read == {key} for read in scope if key in read) and not any(key in read for read in asks)
            listed = vocabulary.is_list(key.rpartition(".")[0])
            if alone and not listed and isinstance(vocabulary.facts[key].kind, Boolean | Choice):
                yield key

    def _open(self, record: Record, mask: int) -> int:
        env = self.on.environment(record)
        shut = (Status.SATISFIED, Status.NOT_APPLICABLE)
        return sum(1 << i for i in bits(mask) if told(self.on.rules[i], env)[0] not in shut)

    @cached_property
    def _in_given(self) -> int:
        return reduce(or_, (one.reading for one in self.given), 0)

    @cached_property
    def _in_lists(self) -> int:
        return reduce(or_, self.fields.values(), 0)

    def may_move(self, masks: Masks) -> bool:
        """Return whether cases of some blank may move an end, as far as the findings alone tell."""
        left_open = masks.undetermined & self.above(masks.violated) if self.on.tight else 0
        if left_open & self._in_lists:
            return True
        return bool(left_open & self._in_given) and any(self._may_lift(one, left_open) for one in self.given)

    def asking_more(self, rank: int) -> int:
        """Return the rules that ask for worse than the outcome of a rank."""
        return self._above[rank]

    def above(self, violated: int) -> int:
        """Return the rules that ask for more than the violated ones do."""
        for rules in self._above:
            if not violated & rules:
                return rules
        raise AssertionError("nothing is worse than the worst outcome")

    def _may_lift(self, one: Given, left_open: int) -> bool:
        together = left_open & one.reading
        return bool(together & (together - 1)) and all(together & case for case in one.masks)

    def of(self, record: Record, masks: Masks, statuses: Statuses) -> Split:
        """Return what the cases of a record's blanks come to: of those that move an end most, the first."""
        if not masks.undetermined or not (self.on.bounded and self.on.tight):
            return NOTHING
        ends, whole = self._in_records(record, masks, statuses)
        worst = ends.worst if ends.holding else None
        lifted = Split(ends.best, tuple(ends.lifting), ends.rules) if ends.lifting else NOTHING
        left_open = masks.undetermined & self.above(masks.violated)
        for one in self.given:
            if not record.values.keys() & set(one.keys) and self._may_lift(one, left_open):
                lifted = max(lifted, self._over(record, one, left_open, statuses), key=lambda split: split.rank)
        whole = whole or (worst is not None and lifted.rank == worst)
        return replace(lifted, worst=worst, held_by=tuple(ends.holding), whole=whole)

    def _over(self, record: Record, one: Given, left_open: int, statuses: Statuses) -> Split:
        """Return the least of what the cases of facts come to, and the rules that are violated in them."""
        reading, rules, least = left_open & one.reading, 0, len(self.on.area.outcomes)
        for values in product(*map(self._options, one.keys)):
            made = record
            for key, value in zip(one.keys, values, strict=True):
                made = made.with_value(key, value)
            violated = statuses(made, reading).violated
            if not violated:
                return NOTHING
            rules |= violated
            least = min(least, self._rank(violated))
        return Split(least, one.keys, rules)

    def _rank(self, mask: int) -> int:
        return max((self.ranks[i] for i in bits(mask)), default=0)

    def _in_records(self, record: Record, masks: Masks, statuses: Statuses) -> tuple[_Ends, bool]:
        """Return the ends by the cases of blank fields in lists, and whether all of these were looked at."""
        found, whole = self._ends(masks), True
        for paths in self._blank(record, masks).values():
            whole = whole and len(paths) <= MOST_CROSSED
            if len(paths) <= MOST_BLANKS and found.best != found.worst:
                depth = 2 if len(paths) <= MOST_CROSSED else 1
                found.narrow(self._crossed(record, masks, paths, depth, statuses))
        return found, whole

    def every_case(self, record: Record, masks: Masks) -> bool:
        """Return whether the blank fields of each list are few enough to look at every case of them."""
        return all(len(paths) <= MOST_CROSSED for paths in self._blank(record, masks).values())

    def _blank(self, record: Record, masks: Masks) -> dict[str, list[str]]:
        """Return the paths at which fields are blank that rules which count leave open, by list."""
        left_open, found = masks.undetermined & self.above(masks.violated), dict[str, list[str]]()
        for key, mask in self.fields.items():
            if mask & left_open and (paths := list(self._paths(key, record))):
                found.setdefault(key.rpartition(".")[0], []).extend(paths)
        return found

    def _paths(self, key: str, record: Record) -> Iterator[str]:
        """Yield the paths at which a field of a list's records is blank."""
        outer, _, name = key.rpartition(".")
        for i, item in enumerate(_listed(record, outer)):
            if isinstance(item, Mapping) and item.get(name) is None:
                yield f"{outer}[{i}].{name}"

    def _ends(self, masks: Masks) -> _Ends:
        return _Ends(self._rank(masks.violated), self._rank(masks.violated | masks.undetermined))

    def _crossed(self, record: Record, masks: Masks, paths: Sequence[str], depth: int, statuses: Statuses) -> _Ends:
        """Return the ends by the cases of blanks, each of them crossed with those after it as deep as is asked for."""
        own, turning = self._ends(masks), Turning()
        found = _Ends(own.best, own.worst)
        for n, path in enumerate(paths if depth else ()):
            if found.best == found.worst:
                break
            moved = self._cases_of(record, masks, paths[n:], depth, statuses, own, turning)
            if moved is not None:
                lifting, holding = {path: None, **moved.lifting}, {path: None, **moved.holding}
                found.narrow(_Ends(moved.best, moved.worst, lifting, moved.rules, holding))
        return found

    def _cases_of(
        self,
        record: Record,
        masks: Masks,
        paths: Sequence[str],
        depth: int,
        statuses: Statuses,
        own: _Ends,
        turning: Turning,
    ) -> _Ends | None:
        """Return the hull of what the cases of the first of some blanks come to; None where it is as wide as the ends are."""
        path, rest = paths[0], paths[1:]
        fact = self.on.rulebook.vocabulary.facts[fact_key(path)]
        reading = masks.undetermined & self.above(masks.violated) & self.fields[fact.key]
        values = self._values(record, path, fact, reading, turning) if reading else ()
        if not values:
            return None
        hull = _Ends(len(self.on.area.outcomes), -1)
        for value in values:
            made = record.with_value(path, value)
            says = statuses(made, reading)
            after = Masks(masks.violated | says.violated, masks.undetermined & ~reading | says.undetermined, 0)
            one = self._crossed(made, after, rest, depth - 1, statuses)
            hull.best, hull.worst = min(hull.best, one.best), max(hull.worst, one.worst)
            hull.rules |= says.violated | one.rules
            hull.lifting |= one.lifting
            hull.holding |= one.holding
            if hull.best <= own.best and hull.worst >= own.worst:
                return None
        hull.rules = sum(1 << i for i in bits(hull.rules) if self.ranks[i] >= hull.best)
        return hull

    def _values(self, record: Record, path: str, fact: Fact, reading: int, turning: Turning) -> tuple[Value, ...]:
        """Return the cases of a blank field; none where a rule asks more of it than how it compares, or they are many."""
        few = options(fact)
        if few or reading & ~self._compared.get(fact.key, 0):
            return few if len(few) <= MOST_CASES else ()
        if (fact.key, reading) not in turning:
            turning[fact.key, reading] = turns(self.on, record, fact, reading)
        return turning[fact.key, reading].get(path, ())

    @cached_property
    def _compared(self) -> Mapping[str, int]:
        """The rules that only compare each day and number of a list's records, as masks."""
        return self._read(lambda rule: only_compared([c.that for c in (*rule.applies_when, *rule.requires)], self.on))


def _listed(record: Record, key: str) -> tuple[Any, ...]:
    items = record.values.get(key)
    return items if isinstance(items, tuple) else ()


def _given(condition: Expr, on: AreaOn) -> set[str]:
    """Return the given facts, and fields of lists, that a condition reads, through derivations."""
    nodes = walk_through(condition, on.derivations, set())
    return {n.key for n in nodes if isinstance(n, FactRef | ItemField) and n.key not in on.derivations}


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


def splits_of(on: AreaOn) -> Splits:
    """Return the splits of a law; those of the last few laws are kept."""
    return _splits_of(Same(on))


@lru_cache(maxsize=MOST_REMEMBERED)
def _splits_of(same: Same[AreaOn]) -> Splits:
    return Splits(same.it)
