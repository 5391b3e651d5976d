"""What the first rows of a table let one expect of the rest: plain cells, or what needs a closer look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

from safety_rules.engines.sql.read.facts import used_facts
from safety_rules.engines.sql.read.types import ListOf, Plain, Struct, Use
from safety_rules.language.kinds import Choice, Number, Records
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, normal
from safety_rules.semantics.admission.unusable import Unusable
from safety_rules.semantics.admission.values import value_of
from safety_rules.semantics.decide import AreaOn

FIRST = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a column as a whole: how many cells are blank, and the least and largest values of its parts."""

    blanks: int
    ends: tuple[Any, ...] = ()


def expecting(
    uses: Mapping[str, Use],
    law: AreaOn,
    first: Callable[[Sequence[str]], Sequence[Sequence[Any]]],
    seen: Mapping[str, Seen] | None = None,
) -> dict[str, Use]:
    """Return the uses with what the first rows let one expect: `clean` where they write choices as their keys and
    numbers within bounds, `filled` where no cell is blank.

    `first` gives the cells of some columns in the first rows, unless `seen` says enough of them: choices whose first
    and last words in the alphabet are keys are expected to be keys. Where the rest
    does otherwise, its rows go back to be looked at again: slower, and never wrong.
    """
    facts, read = law.rulebook.vocabulary.facts, used_facts(law)
    found, asked = dict(uses), dict[str, Use]()
    for key, use in uses.items():
        known = (seen or {}).get(use.column)
        if key in read and known is not None and _says_enough(known, facts[key], use):
            clean = _may_be_clean(facts[key], use) and _clean(facts[key], known.ends, law, use.unit)
            filled = known.blanks == 0
            told = clean if isinstance(facts[key].kind, Number) else not isinstance(facts[key].kind, Choice)
            found[key] = replace(use, clean=clean, filled=filled, known=told)
        elif key in read:
            asked[key] = use
    cells_of = zip(*first([u.column for u in asked.values()]), strict=True) if asked else ()
    for (key, use), cells in zip(asked.items(), cells_of, strict=False):
        known_cells = [c for c in cells if c is not None]
        clean = _may_be_clean(facts[key], use) and _clean(facts[key], known_cells, law, use.unit)
        found[key] = replace(use, clean=clean, filled=_filled(facts[key], cells))
    return found


def _says_enough(known: Seen, fact: Fact, use: Use) -> bool:
    if not isinstance(use.type, Plain):
        return False
    if isinstance(fact.kind, Number):
        return bool(known.ends) and (use.type.name == "integer" or not fact.kind.whole)
    if isinstance(fact.kind, Choice):
        return bool(known.ends) and {o.key for o in fact.kind.choices.options} >= set(known.ends)
    return use.type.name in ("boolean", "date")


def _filled(fact: Fact, cells: Sequence[Any]) -> bool:
    words = {c for c in cells if isinstance(c, str)}
    return None not in cells and not any(word.strip().lower() in fact.blank_words for word in words)


def _may_be_clean(fact: Fact, use: Use) -> bool:
    if isinstance(fact.kind, Records):
        return isinstance(use.type, ListOf) and isinstance(use.type.inner, Struct) and not fact.or_else
    if isinstance(fact.kind, Number):
        return isinstance(use.type, Plain) and use.type.name in ("integer", "decimal", "double")
    return isinstance(fact.kind, Choice) and use.type == Plain("text")


def _clean(fact: Fact, cells: Sequence[Any], law: AreaOn, unit: Unit | None = None) -> bool:
    if not cells:
        return True
    if isinstance(fact.kind, Choice):
        return all(any(cell == o.key for o in fact.kind.choices.options) for cell in set(cells))
    if isinstance(fact.kind, Number):
        return _usable(cells, fact, law, unit)
    fields = {
        normal(n): f for f in law.rulebook.vocabulary.fields(fact.key) for n in (f.field, f.zh_key.rpartition(".")[2])
    }
    said: dict[str, list[Any]] = {}
    for name, value in ((k, v) for cell in cells for item in cell if item is not None for k, v in item.items()):
        inner = fields.get(normal(name))
        if value is not None and inner is not None and isinstance(inner.kind, Choice | Number):
            said.setdefault(inner.field, []).append(value)
    inner_of = {f.field: f for f in fields.values()}
    return all(_clean(inner_of[name], values, law) for name, values in said.items())


def _usable(cells: Sequence[Any], fact: Fact, law: AreaOn, unit: Unit | None) -> bool:
    """Return whether numbers are values of a fact: the least and the largest are, and where all must be whole, all."""
    assert isinstance(fact.kind, Number)
    types = set(map(type, cells))
    if not types <= {int, float, Decimal} or not all(map(isfinite, cells)):
        return False
    asked = cells if fact.kind.whole and types != {int} else (min(cells), max(cells))
    try:
        for cell in asked:
            value = value_of(cell, fact, law.rulebook.vocabulary.units, unit)
            if isinstance(value, Fraction) and not fact.unasked.admits(value):
                return False
    except Unusable:
        return False
    return True
