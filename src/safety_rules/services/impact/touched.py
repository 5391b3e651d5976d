"""What reads a spelling, row, fact or unit that leads elsewhere, and the records that are answered differently for it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, TypeAlias

from safety_rules.language.expr import Expr, FactRef, ItemField, Listed, Lookup, ParameterRef
from safety_rules.language.kinds import Choice, Choices, Number
from safety_rules.language.rule import Obligation, Rule
from safety_rules.language.rulebook import Rulebook
from safety_rules.language.source import Standing
from safety_rules.semantics.decide import AreaOn, area_on
from safety_rules.semantics.reads import walk_through
from safety_rules.services.impact.edges import Pair
from safety_rules.services.impact.leads import Lead
from safety_rules.services.impact.meaning import ItemKey, conditions, items_of
from safety_rules.services.impact.witness import Search, searched

Moved: TypeAlias = "tuple[Lead | None, Lead | None]"
MOST_READERS = 8
OF_ALL_AREAS = ("heading", "name", "units", "subject", "source", "ratio", "contradiction")
TOLD_BY_READERS = ("figure", "clause")
"""What is no answer by itself: the rules that read it are compared, and say what it does."""
SAID = ("remedy", "duty", "sentence", "cites")
UNSOUGHT = (
    *TOLD_BY_READERS,
    "heading",
    "name",
    "subject",
    "ratio",
    "contradiction",
    "source",
    "remedy",
    "duty",
    "sentence",
    "cites",
    "must_be_given",
    "edition",
    "table",
    "choices",
)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two rulebooks that are compared, of one area or of all, on some days."""

    old: Rulebook
    new: Rulebook
    area: str | None
    days: list[datetime.date]
    require: Standing


class Readers:
    """The rules and obligations of both sides by what they read: facts, choice lists, units, tables."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        before, after = items_of(sides.old), items_of(sides.new)
        self._items = {
            k: (was, now)
            for k, now in after.items()
            if isinstance(now, Rule | Obligation) and isinstance(was := before.get(k), Rule | Obligation)
        }
        self._reads = {k: self._named(k, now) for k, (_, now) in self._items.items() if sides.area in (None, k.area)}

    def _named(self, key: ItemKey, item: Rule | Obligation) -> frozenset[str]:
        found: set[str] = set()
        for node in _nodes(item, _derivations(self._sides.new, key.area)):
            match node:
                case FactRef(name) | ItemField(_, name):
                    found |= {name, name.rpartition(".")[0], *_kind_names(self._sides.new, name)}
                case ParameterRef(name) | Listed(name) | Lookup(name):
                    found.add(name)
        return frozenset(found)

    def concerns(self, moved: Moved) -> bool:
        """Return whether something of the area reads what moved, or may."""
        lead = moved[1] or moved[0]
        assert lead is not None
        if lead.kind in SAID:
            of = lead.key.partition(":")[0].partition("/")[0]
            return of == self._sides.area or of not in self._sides.new.areas
        return not lead.owner or lead.kind in OF_ALL_AREAS or bool(self._of(lead))

    def _of(self, lead: Lead) -> list[ItemKey]:
        """Return what reads it, vetoes first."""
        found = [k for k, names in self._reads.items() if lead.owner in names]
        return sorted(found, key=lambda k: not self._is_veto(k))

    def _is_veto(self, key: ItemKey) -> bool:
        item = self._items[key][1]
        return isinstance(item, Rule) and item.otherwise.veto

    def searched(self, moved: Moved, most: int) -> Search:
        """Return records that write what moved, and are answered differently by something that reads it."""
        lead = moved[1] or moved[0]
        assert lead is not None
        search = Search((), 0)
        for key in self._of(lead)[:MOST_READERS] if lead.kind not in UNSOUGHT else ():
            pair = self._pair(key, lead)
            if pair is not None:
                search = searched(pair, search, search.tried + max(100, most // MOST_READERS))
            if any(w.effect in ("better", "worse") for w in search.witnesses):
                break
        return search

    def _pair(self, key: ItemKey, lead: Lead) -> Pair | None:
        """Return the two sides of what reads it on the last day on which both are in force."""
        was, now = self._items[key]
        days = [d for d in self._sides.days if was.in_force.holds(d) and now.in_force.holds(d)]
        if not days:
            return None
        laws = [area_on(b, key.area, days[-1], self._sides.require) for b in (self._sides.old, self._sides.new)]
        return Pair(key, was, now, laws[0], laws[1], self._written(now, laws[1], lead))

    def _written(self, item: Rule | Obligation, law: AreaOn, lead: Lead) -> dict[str, list[Any]]:
        """Return what records write for the facts by which something is read: the spelling, or the row and its qualifier."""
        found: dict[str, list[Any]] = {}
        for node in _nodes(item, law.derivations):
            match node:
                case FactRef(name) | ItemField(_, name) if lead.kind == "spelling":
                    kind = law.rulebook.vocabulary.facts[name].kind
                    if isinstance(kind, Choice | Choices) and kind.choices.name == lead.owner:
                        found[name] = list(lead.data)
                case Listed(table, key) if table == lead.owner and isinstance(key, FactRef | ItemField):
                    found.setdefault(key.key, list(lead.data[:1]))
                case Lookup(table, keys) if table == lead.owner:
                    for i, key in enumerate(keys):
                        if isinstance(key, FactRef | ItemField):
                            found[key.key] = list(lead.data[:1] if i == 0 else lead.data[1:])
        return {k: v for k, v in found.items() if v}


def _nodes(item: Rule | Obligation, derivations: Any) -> list[Expr]:
    seen: set[str] = set()
    return [n for e in conditions(item) for n in walk_through(e, derivations, seen)]


def _derivations(book: Rulebook, area: str) -> dict[str, Any]:
    """Return an area's derivations by fact; of several over time, the last."""
    return {d.fact: d for d in book.areas[area].derivations}


def _kind_names(book: Rulebook, fact: str) -> set[str]:
    """Return the choice list that a fact draws on, or the units in which it is measured."""
    match book.vocabulary.facts[fact].kind:
        case Choice(choices) | Choices(choices):
            return {choices.name}
        case Number(unit):
            same = (s for s, u in book.vocabulary.units.units.items() if u.dimension == unit.dimension)
            return {unit.symbol, *same, *unit.symbol.replace("·", "/").split("/")}
        case _:
            return set()
