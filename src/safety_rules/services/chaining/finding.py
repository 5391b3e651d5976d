"""Whose the rows of a joined ledger are: a record's own, possibly its own, or another's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from safety_rules.formats.belonging import Near
from safety_rules.formats.table import folded
from safety_rules.language.kinds import Text
from safety_rules.language.rulebook import LedgerJoin
from safety_rules.language.vocabulary import Vocabulary

MOST_POSSIBLE = 20  # rows that may be a record's and are still weighed one by one
MOST_NAMES = 50_000  # different names of a ledger, among which those that differ in one sign are looked for

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """The rows of a list that are a record's, those that leave open whose they are, and those under nearly its name.

    `blank` is the fact that a record would have to say, where it says no key at all.
    """

    certain: Sequence[int] = ()
    unsaid: Sequence[int] = ()
    alike: Sequence[int] = ()
    blank: str = ""


@dataclass(frozen=True, slots=True)
class JoinedList:
    """The rows of one list, found by their keys.

    `ways` are the rows that say all keys of a way, by these; `groups` are all rows, by which keys they say and how;
    `loose` counts those that say no way whole. `open_rows` says whether a row that is only possible can stand in a
    list as a blank, `by_name` whether a name is what is left when no other key is said. `near` then finds names
    that are nearly one: of all rows, and of those that say no other key.
    """

    join: LedgerJoin
    rows: Sequence[Mapping[str, Any]]
    places: Sequence[str]
    ways: Sequence[Mapping[Key, Sequence[int]]]
    groups: Mapping[tuple[str, ...], Mapping[Key, Sequence[int]]]
    loose: int
    open_rows: bool
    by_name: bool
    near: Sequence[Near]

    @property
    def overlooks(self) -> bool:
        """Return whether there are too many names to look for those that differ in a sign."""
        return self.by_name and len(self.ways[-1]) > MOST_NAMES

    def mine(self, values: Mapping[str, Any]) -> Mine:
        """Return the rows that are of a record with these values, and those that may be.

        The first way that both state whole decides. A row of the same name under another code may be a record's, and
        so may rows of one name under several codes where the record says none.
        """
        given = {field: key_of(values.get(fact)) for field, fact in self.join.pairs}
        keys = [_key_of(way, given) for way in self.join.ways]
        stated = [w for w, key in enumerate(keys) if key is not None]
        if not stated:
            blank = next(fact for field, fact in self.join.by if given[field] is None)
            return Mine(blank=blank if self.rows else "")
        certain, alike = dict[int, None](), dict[int, None]()
        for w in stated:
            found = [i for i in self.ways[w].get(keys[w] or (), ()) if i not in certain]
            sure = [i for i in found if not self._told_apart(i, w, stated)]
            several = w > 0 and len({k for i in sure for k in self._before(i, w)}) > 1
            certain |= {} if several else dict.fromkeys(sure)
            alike |= dict.fromkeys(i for i in found if i not in certain)
        last, apart = len(keys) - 1, list[int]()
        if self.near and (name := keys[last]) is not None:
            near = self.near[len(stated) > 1]
            for other in (o for o in near.to(name[0]) if o != name[0]) if near.values else ():
                alike |= {i: None for i in self.ways[last][other,] if not self._told_apart(i, last, stated)}
            named = (i for other in near.apart(name[0]) for i in self.ways[last][other,])
            apart = list(islice((i for i in named if not self._told_apart(i, last, stated)), MOST_POSSIBLE + 1))
        unsaid = [*islice(self._unsaid(given, set(stated)), MOST_POSSIBLE + 1), *apart]
        return Mine(list(certain), unsaid, [i for i in alike if i not in certain])

    def _told_apart(self, row: int, way: int, stated: Sequence[int]) -> bool:
        """Return whether a row that a way finds says a way before it whole as well, and so another's key."""
        return any(w in stated for w in range(way) if self._key(row, w) is not None)

    def _before(self, row: int, way: int) -> Iterator[tuple[int, Key]]:
        """Yield what a row says of the ways before one."""
        for w in range(way):
            if (key := self._key(row, w)) is not None:
                yield w, key

    def _key(self, row: int, way: int) -> Key | None:
        fields = [field for field, _ in self.join.ways[way]]
        return _key_of(self.join.ways[way], {f: key_of(self.rows[row].get(f)) for f in fields})

    def _unsaid(self, given: Mapping[str, Any], stated: set[int]) -> Iterator[int]:
        """Yield the rows that no way decides, and that contradict a record in no key."""
        for fields, rows in self.groups.items():
            if any({f for f, _ in self.join.ways[w]} <= {*fields} for w in stated):
                continue
            asked = [given[f] for f in fields]
            if None not in asked:
                yield from rows.get(tuple(asked), ())
                continue
            for key, numbers in rows.items():
                if all(a is None or a == k for a, k in zip(asked, key, strict=True)):
                    yield from numbers


def indexed(
    join: LedgerJoin, rows: Sequence[Any], places: Sequence[str], open_rows: bool, vocabulary: Vocabulary
) -> JoinedList:
    """Return the rows of a list with what finds them by their keys."""
    ways: list[dict[Key, list[int]]] = [defaultdict(list) for _ in join.ways]
    groups: dict[tuple[str, ...], dict[Key, list[int]]] = defaultdict(lambda: defaultdict(list))
    fields, loose = list(dict.fromkeys(field for field, _ in join.pairs)), 0
    for i, row in enumerate(rows):
        said = {f: key_of(row[f]) for f in fields if row.get(f) is not None}
        groups[tuple(said)][tuple(said.values())].append(i)
        keys = [_key_of(way, said) for way in join.ways]
        loose += not any(key is not None for key in keys)
        for index, key in zip(ways, keys, strict=True):
            if key is not None:
                index[key].append(i)
    last = [vocabulary.facts[f"{join.list}.{field}"] for field, _ in join.ways[-1]]
    by_name = bool(join.instead) and len(last) == 1 and isinstance(last[0].kind, Text) and not last[0].format
    made = JoinedList(join, rows, places, ways, groups, loose, open_rows, by_name, ())
    return replace(made, near=_near(made, ways[-1]))


def _near(made: JoinedList, names: Mapping[Key, Sequence[int]]) -> Sequence[Near]:
    """Return what finds nearly a name, where a name is what is left when no other key is said."""
    last = len(made.ways) - 1
    if not made.by_name:
        return ()
    alone = [key for key, rows in names.items() if any(next(made._before(i, last), None) is None for i in rows)]
    return tuple(Near({name: name for (name,) in keys}, "", made.overlooks) for keys in (names, alone))


def key_of(value: Any) -> Any:
    """Return a key for comparison: width, case and blanks make no other of a text."""
    return folded(value) if isinstance(value, str) else value


def _key_of(way: Sequence[tuple[str, str]], said: Mapping[str, Any]) -> Key | None:
    """Return what is said of all keys of a way; None where one is not."""
    key = tuple(said.get(field) for field, _ in way)
    return None if None in key else key
