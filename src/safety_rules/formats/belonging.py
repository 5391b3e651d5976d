"""Whose a record is: what names nobody, or names somebody almost, may be anybody's until it is attached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from safety_rules.formats.short_names import Shortened
from safety_rules.formats.table import folded
from safety_rules.formats.writing import Otherwise, in_chinese, stem
from safety_rules.language.vocabulary import Vocabulary
from safety_rules.semantics.admission.formats import well_formed

Names = Mapping[str, str]
TELLING = frozenset(
    "0123456789一二三四五六七八九十甲乙丙丁戊己庚辛壬癸东西南北上下左右前后内外新老大小abcdefghijklmnopqrstuvwxyz"
)
LONGEST = 60
SHORTEST_WITHIN = 4
SHORTEST_CODE = 9  # of a credit code, the organisation's own
FEW = 2000  # names that are compared by their parts; of more, only whole ones


@dataclass(slots=True)
class Unattached:
    """Records that belong to no row for certain: places of those that may be anybody's, and of those like a name.

    `kinds` are the facts that the strays name their owners by, each with whether in Chinese characters: a row that has
    none of them may own the stray. An English name tells nothing of a Chinese one.
    """

    anybody: list[str] = field(default_factory=list)
    like: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    kinds: dict[frozenset[tuple[str, bool]], list[str]] = field(default_factory=lambda: defaultdict(list))

    def possible(self, names: Names) -> list[str]:
        """Return the places of the records that may belong to whom `names` names."""
        found = list(self.anybody)
        for key, value in names.items():
            found += self.like.get((key, folded(value)), ())
        said = kinds(names)
        for known, places in self.kinds.items():
            if not known & said:
                found += places
        return list(dict.fromkeys(found))


def incomparable(names: Names, others: Iterable[frozenset[tuple[str, bool]]]) -> bool:
    """Return whether somebody is named in nothing in which one of others is named too."""
    said = kinds(names)
    return any(not said & other for other in others)


def kinds(names: Names) -> frozenset[tuple[str, bool]]:
    """Return the facts that somebody is named by, each with whether in Chinese characters."""
    return frozenset((key, in_chinese(value)) for key, value in names.items())


def of_any_writing(keys: Iterable[str]) -> frozenset[tuple[str, bool]]:
    """Return facts as the names of somebody who is known, whatever they are written in."""
    return frozenset(product(keys, (True, False)))


def unattached(
    strays: Iterable[tuple[Names, str]], rows: Sequence[Names], vocabulary: Vocabulary
) -> tuple[Unattached, dict[str, str]]:
    """Return what records without a row may belong to, and for each place the row's name that it is like."""
    found, alike = Unattached(), dict[str, str]()
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for names in rows:
        for key, value in names.items():
            values[key][folded(value)] = value
    near = {key: Near(of, vocabulary.facts[key].format) for key, of in values.items()}
    for names, place in strays:
        close = [(k, v) for k, said in names.items() if k in near for v in near[k].to(folded(said))]
        close += [(k, v) for f in map(folded, names.values()) for k, v in _within(f, values) if k not in names]
        garbled = all(not well_formed(folded(v).upper(), vocabulary.facts[k].format) for k, v in names.items())
        if not names or (garbled and not close and any(vocabulary.facts[k].format for k in names)):
            found.anybody.append(place)
            continue
        found.kinds[of_any_writing(names) if close else kinds(names)].append(place)
        for key, value in close:
            found.like[key, value].append(place)
            alike.setdefault(place, values[key][value])
    return found, alike


def _within(said: str, values: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the values of any identity that a text is, or holds, where they are few."""
    for key, of in values.items():
        if said in of:
            yield key, said
        elif len(of) <= FEW:
            yield from ((key, v) for v in of if len(v) >= SHORTEST_WITHIN and v in said)


class Near:
    """The values of one identity, by what is left of each when one sign is taken out; `stems` alone where there are many."""

    def __init__(self, values: Mapping[str, str], form: str, stems: bool = False) -> None:
        self.values, self.form, self.stems = values, form, stems
        self.without: dict[str, set[str]] = defaultdict(set)
        few = self.few = len(values) <= FEW
        self.long = [v for v in values if form or (len(stem(v)) > 1 and not in_chinese(v))] if few else []
        self.shortened = Shortened(values if few and not form else ())
        self.otherwise = Otherwise(() if form else values, few and not form)
        self.chinese = [v for v in values if in_chinese(v)]
        self.foreign = [v for v in values if not in_chinese(v)]
        for value in values:
            for part in self._parts(value):
                self.without[part].add(value)

    def apart(self, said: str) -> Sequence[str]:
        """Return the values that cannot be compared with a name: the Chinese ones with a foreign one, and the reverse."""
        return self.foreign if in_chinese(said) else self.chinese

    def _parts(self, value: str) -> set[str]:
        whole = {stem(value)} if self.stems else {*_parts(value), stem(value)}
        return whole | _parts(stem(value)) if self.few and not self.stems else whole

    def to(self, said: str) -> Iterator[str]:
        """Yield the values that may be meant."""
        close = {v for part in self._parts(said) for v in self.without.get(part, ())}
        if self.long and len(stem(said)) > (SHORTEST_CODE - 1 if self.form else 1):
            close |= {v for v in self.long if said in v or v in said}
        if self.form:
            found = {v for v in close if not all(well_formed(c.upper(), self.form) for c in (said, v))}
        else:
            found = {v for v in close if _alike(said, v)} | {*self.shortened.to(said)}
        yield from sorted(found)
        close |= found
        yield from (v for v in self.otherwise.to(said) if v not in close)


def _parts(value: str) -> set[str]:
    return {value} | {value[:i] + value[i + 1 :] for i in range(len(value))} if len(value) <= LONGEST else {value}


def _alike(one: str, other: str) -> bool:
    """Return whether two names may be one: not where they differ in a number, a point of the compass or the like."""
    a, b = stem(one), stem(other)
    if a == b or a in b or b in a:
        return True
    for x, y in ((one, other), (a, b)):
        differ = [pair for pair in zip(x, y, strict=False) if pair[0] != pair[1]]
        if len(x) == len(y) and len(differ) == 1 and {*differ[0]} <= TELLING:
            return False
    return max(len(a), len(b)) > 2
