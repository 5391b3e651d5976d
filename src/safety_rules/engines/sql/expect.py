"""What the first rows of a table let one expect of the rest: plain cells, or what needs a closer look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.engines.sql.query import used_facts
from safety_rules.engines.sql.types import ListOf, Plain, Struct, Use
from safety_rules.language.kinds import Choice, Number, Records
from safety_rules.language.units import Unit
from safety_rules.language.vocabulary import Fact, normal
from safety_rules.semantics.decide import AreaOn
from safety_rules.semantics.values import Unusable, value_of

FIRST = 1000


def expecting(
    uses: Mapping[str, Use], law: AreaOn, first: Callable[[Sequence[str]], Sequence[Sequence[Any]]]
) -> dict[str, Use]:
    """Return the uses, with `clean` where the first rows write choices as their keys and numbers within bounds.

    `first` gives the cells of some columns in the first rows.

    Where the rest does otherwise, its rows go back to the exact evaluator: slower, and never wrong.
    """
    facts = law.rulebook.vocabulary.facts
    asked = {k: u for k, u in uses.items() if k in used_facts(law) and _may_be_clean(facts[k], u)}
    if not asked:
        return dict(uses)
    cells_of = zip(*first([u.column for u in asked.values()]), strict=True)
    found = dict(uses)
    for key, cells in zip(asked, cells_of, strict=False):
        if all(_clean(facts[key], cell, law, uses[key].unit) for cell in cells):
            found[key] = replace(uses[key], clean=True)
    return found


def _may_be_clean(fact: Fact, use: Use) -> bool:
    if isinstance(fact.kind, Records):
        return isinstance(use.type, ListOf) and isinstance(use.type.inner, Struct) and not fact.or_else
    if isinstance(fact.kind, Number):
        return isinstance(use.type, Plain) and use.type.name in ("integer", "decimal", "double")
    return isinstance(fact.kind, Choice) and use.type == Plain("text")


def _clean(fact: Fact, cell: Any, law: AreaOn, unit: Unit | None = None) -> bool:
    if cell is None:
        return True
    if isinstance(fact.kind, Choice):
        return any(cell == o.key for o in fact.kind.choices.options)
    if isinstance(fact.kind, Number):
        return _usable(cell, fact, law, unit)
    fields = {
        normal(n): f for f in law.rulebook.vocabulary.fields(fact.key) for n in (f.field, f.zh_key.rpartition(".")[2])
    }
    known = [(fields.get(normal(k)), v) for item in cell if item is not None for k, v in item.items()]
    return all(_clean(f, v, law) for f, v in known if f is not None and isinstance(f.kind, Choice | Number))


def _usable(cell: Any, fact: Fact, law: AreaOn, unit: Unit | None) -> bool:
    try:
        value_of(cell, fact, law.rulebook.vocabulary.units, unit)
    except Unusable:
        return False
    return True
