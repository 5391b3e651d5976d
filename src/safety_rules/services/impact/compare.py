"""Which rules mean something else in a new rulebook, each with records that are answered differently."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from safety_rules.language.chain import ChainRule
from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Name
from safety_rules.language.rule import Rule
from safety_rules.language.rulebook import Area, Rulebook
from safety_rules.language.source import Standing
from safety_rules.language.vocabulary import Fact
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.services.impact.edges import Pair
from safety_rules.services.impact.leads import NOWHERE, across, fact_says, leads, owners
from safety_rules.services.impact.meaning import Item, ItemKey, days_of_change, is_seasonal, items_of, meaning
from safety_rules.services.impact.stricter import better_by_z3
from safety_rules.services.impact.touched import TOLD_BY_READERS, Moved, Readers, Sides
from safety_rules.services.impact.witness import Search, Witness, searched

MOST_SEARCHED = 24
MOST_LAWS = 4
READ_BY_ALL = ("fact", "units", "choices", "ratio", "contradiction", "table")
NEVER_NEWS = ("sentence", "cites", "clause")
"""What is no change where it only comes: what it belongs to is told, and what stood there stands."""
OF_THEMSELVES = ("fact", "choices", "table", "source", "subject", "units", "ratio", "contradiction")


@dataclass(frozen=True, slots=True)
class Change:
    """An item that means something else: what became of it, since when, and the records that show it.

    `what` is `added`, `removed` or `changed`. Without a witness, `tried` records were answered alike. `leads` is
    where a spelling, row or sentence led and leads. `never_better` is proved: of one record, or of advice that
    decides nothing. `takes_more` is a fact that takes what it asked about before: a few records that come out worse
    say nothing of the rest.
    """

    item: ItemKey
    what: str
    title: Name
    days: tuple[datetime.date, ...]
    witnesses: tuple[Witness, ...]
    tried: int
    at: Span | None
    leads: tuple[str, str] | None = None
    never_better: bool = False
    takes_more: bool = False

    @property
    def may_loosen(self) -> bool:
        """Whether a record may come out better: one does, or nothing shows or proves what the change does."""
        effects = {w.effect for w in self.witnesses}
        if self.never_better or self.takes_more or "better" in effects:
            return not self.never_better
        return not effects or (effects == {"same"} and self.item.kind != "obligation")


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
    of: frozenset[ItemKey] | None = None,
) -> Comparison:
    """Return which items mean something else, on one day or on every day on which the law changes.

    With `of` only those items, for rulebooks whose words and tables are the same.
    """
    before, after = items_of(old), items_of(new)
    keys = [k for k in dict.fromkeys([*before, *after]) if (area is None or k.area == area) and (of is None or k in of)]
    starts = [on] if on is not None else _starts(old, new)
    moved, lines = moved_leads(old, new, starts) if of is None else ([], 0)
    days = [on] if on is not None else days_of_change(old, new)
    found: list[Change] = []
    same_words = not any(lead.kind in READ_BY_ALL for pair in moved for lead in pair if lead is not None)
    alike = {k: same_words and _alike(old, new, k) for k in {key.area for key in keys}}
    for key in keys:
        if alike[key.area] and before.get(key) == after.get(key):
            continue
        change = _change(key, (old, before.get(key)), (new, after.get(key)), days, require, most, same_words)
        found += [] if change is None else [change]
    led = _led(moved, Sides(old, new, area, days, require), most)
    frame = _frame(old, new, area) if of is None else ()
    return Comparison((*frame, *led, *found), len(keys) + lines, len(days))


def _starts(*books: Rulebook) -> list[datetime.date]:
    """Return the days from which an edition of some table is in force."""
    editions = (e for b in books for t in b.tables.values() for e in t.editions)
    return sorted({e.period.since or datetime.date.min for e in editions})


def moved_leads(old: Rulebook, new: Rulebook, starts: list[datetime.date]) -> tuple[list[Moved], int]:
    """Return what leads elsewhere, and how many things were compared.

    What belongs to something that only one side has is told by that thing's own line; a row alike on several days,
    once.
    """
    before, after = leads(old, starts), leads(new, starts)
    known = owners(old) & owners(new)
    found: dict[tuple[str, ...], Moved] = {}
    keys = dict.fromkeys([*before, *after])
    for key in keys:
        was, now = before.get(key), after.get(key)
        shown = now if now is not None else was
        assert shown is not None
        if (was is not None and now is not None and was.says == now.says) or not (
            shown.owner in known or not shown.owner or (shown.owner == shown.key and shown.kind in OF_THEMSELVES)
        ):
            continue
        told = (shown.kind, re.sub(r" @[0-9-]+", "", shown.key), was.says if was else "", now.says if now else "")
        found.setdefault(told, (was, now))
    return list(found.values()), len(keys)


def _led(moved: list[Moved], sides: Sides, most: int) -> Iterator[Change]:
    """Yield a line for each thing that leads elsewhere, the first of them with records that show it."""
    reading = Readers(sides) if moved else None
    for i, (was, now) in enumerate(moved):
        shown = now if now is not None else was
        assert shown is not None
        assert reading is not None
        if (was is None and shown.kind in NEVER_NEWS) or (sides.area is not None and not reading.concerns((was, now))):
            continue
        search = reading.searched((was, now), most) if i < MOST_SEARCHED else Search((), 0)
        what = "added" if was is None else "removed" if now is None else "changed"
        ends = (was.says if was is not None else NOWHERE, now.says if now is not None else NOWHERE)
        key = ItemKey("", shown.kind, shown.key)
        old, new = (b.vocabulary.facts.get(shown.key) for b in (sides.old, sides.new))
        takes_more = shown.kind == "fact" and old is not None and new is not None and not narrower(old, new)
        never = what == "added" and shown.kind in OF_THEMSELVES and shown.kind != "units"
        yield Change(
            key,
            what,
            Name(shown.key, shown.key),
            (),
            search.witnesses,
            search.tried,
            shown.at,
            ends,
            never or shown.kind in TOLD_BY_READERS,
            takes_more,
        )


def narrower(old: Fact, new: Fact) -> bool:
    """Return whether a fact only asks about more numbers than before, and is read alike in everything else."""
    asks = old.unasked.both(new.unasked) == new.unasked and old.bounds.both(new.bounds) == new.bounds
    return asks and fact_says(replace(new, bounds=old.bounds, plausible=old.plausible)) == fact_says(old)


def _frame(old: Rulebook, new: Rulebook, area: str | None) -> Iterator[Change]:
    """Yield a change where areas differ in outcomes, subjects or zone."""
    for key in old.areas.keys() & new.areas.keys() if area is None else {area} & old.areas.keys() & new.areas.keys():
        before, after = old.areas[key], new.areas[key]
        shapes = [
            ([o.key for o in a.outcomes], a.subjects, str(a.zone), a.grades, a.from_ledger, across(a))
            for a in (before, after)
        ]
        if shapes[0] != shapes[1]:
            yield Change(ItemKey(key, "area", key), "changed", after.title, (), (), 0, after.at)


def _alike(old: Rulebook, new: Rulebook, area: str) -> bool:
    """Return whether everything that an area's rules read beside words is the same, letter for letter."""
    read = [
        (b.parameters, b.tables, b.sources, b.areas[area].derivations if area in b.areas else ()) for b in (old, new)
    ]
    return read[0] == read[1]


Side = tuple[Rulebook, "Item | ChainRule | None"]


def _change(
    key: ItemKey, old: Side, new: Side, days: list[datetime.date], require: Standing, most: int, same_words: bool
) -> Change | None:
    laws = [(_law(old[0], key, d, require), _law(new[0], key, d, require)) for d in days]
    differing = [pair for pair in laws if meaning(old[1], pair[0]) != meaning(new[1], pair[1])]
    if not differing:
        return None
    search = Search((), 0)
    if not isinstance(old[1], ChainRule) and not isinstance(new[1], ChainRule):
        for i, (before, after) in enumerate(_spread(differing)):
            if i > 1 and search.witnesses:
                break
            search = searched(Pair(key, old[1], new[1], before, after), search, most)
    what = "added" if old[1] is None else "removed" if new[1] is None else "changed"
    shown = new[1] if new[1] is not None else old[1]
    assert shown is not None
    dated = tuple(pair[0].as_of for pair in differing)
    never = False
    if isinstance(old[1], Rule | None) and isinstance(new[1], Rule | None):
        search, never = _decided(key, (old[1], new[1]), differing, search, same_words)
    return Change(key, what, shown.title, dated, search.witnesses, search.tried, shown.at, None, never)


def _decided(
    key: ItemKey,
    rules: tuple[Rule | None, Rule | None],
    laws: list[tuple[AreaOn, AreaOn]],
    search: Search,
    same_words: bool,
) -> tuple[Search, bool]:
    """Return the search with a record that z3 finds to come out better, and whether it is proved that there is none."""
    if all(r is None or r.otherwise.outcome is None for r in rules):
        return search, True
    if "better" in {w.effect for w in search.witnesses} or not same_words:
        return search, False
    distinct: dict[str, tuple[AreaOn, AreaOn]] = {}
    for pair in laws:
        distinct[repr([meaning(r, law) for r, law in zip(rules, pair, strict=True)])] = pair
    never = True
    for before, after in list(distinct.values())[-MOST_LAWS:]:
        found = better_by_z3(Pair(key, *rules, before, after))
        if isinstance(found, Witness):
            return Search((*(w for w in search.witnesses if w.effect != "same"), found), search.tried + 1), False
        never = never and found
    seasonal = any(is_seasonal(r, law) for r, law in zip(rules, laws[-1], strict=True))
    return search, never and len(distinct) <= MOST_LAWS and not seasonal


def _law(book: Rulebook, key: ItemKey, day: datetime.date, require: Standing) -> AreaOn:
    """Return the law of the item's area; an area that a rulebook lacks has none."""
    if key.area in book.areas:
        return area_on(book, key.area, day, require)
    empty = Area(key.area, Name(key.area, key.area), (), (), ())
    return AreaOn(book, empty, day, (), {}, (), require)


def _spread(pairs: list[tuple[AreaOn, AreaOn]]) -> Iterator[tuple[AreaOn, AreaOn]]:
    """Yield the last day first (the law to come), then the first, and some between for what only then differs."""
    yield pairs[-1]
    yield from pairs[: min(len(pairs) - 1, MOST_LAWS)]
