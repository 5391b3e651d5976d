"""Which rules mean something else in a new rulebook, each with records that are answered differently."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from safety_rules.language.chain import ChainRule
from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Standing
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.services.impact.edges import Pair
from safety_rules.services.impact.meaning import Item, ItemKey, days_of_change, items_of, meaning
from safety_rules.services.impact.witness import Search, Witness, searched


@dataclass(frozen=True, slots=True)
class Change:
    """An item that means something else: what became of it, since when, and the records that show it.

    `what` is `added`, `removed` or `changed`. Without a witness, `tried` records were answered alike.
    """

    item: ItemKey
    what: str
    title: Name
    days: tuple[datetime.date, ...]
    witnesses: tuple[Witness, ...]
    tried: int
    at: Span | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes between two rulebooks; `compared` items were looked at on `days` days."""

    changes: tuple[Change, ...]
    compared: int
    days: int


def compared(
    old: Rulebook,
    new: Rulebook,
    area: str | None = None,
    on: datetime.date | None = None,
    require: Standing = Standing.assumed,
    most: int = 1000,
) -> Comparison:
    """Return which items mean something else, on one day or on every day on which the law changes."""
    before, after = items_of(old), items_of(new)
    keys = [k for k in dict.fromkeys([*before, *after]) if area is None or k.area == area]
    days = [on] if on is not None else days_of_change(old, new)
    found: list[Change] = []
    alike = {k: _alike(old, new, k) for k in {key.area for key in keys}}
    for key in keys:
        if alike[key.area] and before.get(key) == after.get(key):
            continue
        change = _change(key, (old, before.get(key)), (new, after.get(key)), days, require, most)
        found += [] if change is None else [change]
    return Comparison((*_frame(old, new, area), *found), len(keys), len(days))


def _frame(old: Rulebook, new: Rulebook, area: str | None) -> Iterator[Change]:
    """Yield a change where areas differ in outcomes or subjects, or units in size or spelling."""
    for key in old.areas.keys() & new.areas.keys() if area is None else {area} & old.areas.keys() & new.areas.keys():
        before, after = old.areas[key], new.areas[key]
        shapes = [([o.key for o in a.outcomes], a.subjects) for a in (before, after)]
        if shapes[0] != shapes[1]:
            yield Change(ItemKey(key, "area", key), "changed", after.title, (), (), 0, None)
    if old.vocabulary.units != new.vocabulary.units:
        yield Change(ItemKey("", "units", "units"), "changed", Name("计量单位", "units of measure"), (), (), 0, None)


def _alike(old: Rulebook, new: Rulebook, area: str) -> bool:
    """Return whether everything that an area's rules read is the same, word for word."""
    read = [
        (b.vocabulary, b.parameters, b.tables, b.areas[area].derivations if area in b.areas else ()) for b in (old, new)
    ]
    return read[0] == read[1]


Side = tuple[Rulebook, "Item | ChainRule | None"]


def _change(
    key: ItemKey, old: Side, new: Side, days: list[datetime.date], require: Standing, most: int
) -> Change | None:
    laws = [(_law(old[0], key, d, require), _law(new[0], key, d, require)) for d in days]
    differing = [pair for pair in laws if meaning(old[1], pair[0]) != meaning(new[1], pair[1])]
    if not differing:
        return None
    search = Search((), 0)
    if not isinstance(old[1], ChainRule) and not isinstance(new[1], ChainRule):
        for before, after in _spread(differing):
            search = searched(Pair(key, old[1], new[1], before, after), search, most)
    what = "added" if old[1] is None else "removed" if new[1] is None else "changed"
    shown = new[1] if new[1] is not None else old[1]
    assert shown is not None
    dated = tuple(pair[0].as_of for pair in differing)
    return Change(key, what, shown.title, dated, search.witnesses, search.tried, shown.at)


def _law(book: Rulebook, key: ItemKey, day: datetime.date, require: Standing) -> AreaOn:
    """Return the law of the item's area; an area that a rulebook lacks has none."""
    if key.area in book.areas:
        return area_on(book, key.area, day, require)
    empty = Area(key.area, Name(key.area, key.area), (), (), ())
    return AreaOn(book, empty, day, (), {}, (), require)


def _spread(pairs: list[tuple[AreaOn, AreaOn]]) -> Iterator[tuple[AreaOn, AreaOn]]:
    """Yield the last day first (the law to come), then the first: the days between add little."""
    yield pairs[-1]
    yield from pairs[: len(pairs) > 1]
