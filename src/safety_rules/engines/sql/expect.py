"""What the first rows of a table let one expect of the rest: choices written as their keys, or in other words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from safety_rules.engines.sql.query import used_facts
from safety_rules.engines.sql.types import ListOf, Plain, Struct, Use
from safety_rules.language.kinds import Choice, Records
from safety_rules.language.vocabulary import Fact, normal
from safety_rules.semantics.decide import AreaOn

FIRST = 1000


def expecting(
    uses: Mapping[str, Use], law: AreaOn, first: Callable[[Sequence[str]], Sequence[Sequence[Any]]]
) -> dict[str, Use]:
    """Return the uses, with `by_key` where the first rows write every choice as its key.

    `first` gives the cells of some columns in the first rows.

    Where the rest does otherwise, its rows go back to the exact evaluator: slower, and never wrong.
    """
    facts = law.rulebook.vocabulary.facts
    asked = {k: u for k, u in uses.items() if k in used_facts(law) and _may_be_by_key(facts[k], u)}
    if not asked:
        return dict(uses)
    cells_of = zip(*first([u.column for u in asked.values()]), strict=True)
    found = dict(uses)
    for key, cells in zip(asked, cells_of, strict=False):
        if all(_by_key(facts[key], cell, law) for cell in cells):
            found[key] = replace(uses[key], by_key=True)
    return found


def _may_be_by_key(fact: Fact, use: Use) -> bool:
    if isinstance(fact.kind, Records):
        return isinstance(use.type, ListOf) and isinstance(use.type.inner, Struct) and not fact.or_else
    return isinstance(fact.kind, Choice) and use.type == Plain("text")


def _by_key(fact: Fact, cell: Any, law: AreaOn) -> bool:
    if cell is None:
        return True
    if isinstance(fact.kind, Choice):
        return any(cell == o.key for o in fact.kind.choices.options)
    fields = {
        normal(n): f for f in law.rulebook.vocabulary.fields(fact.key) for n in (f.field, f.zh_key.rpartition(".")[2])
    }
    known = [(fields.get(normal(k)), v) for item in cell if item is not None for k, v in item.items()]
    return all(_by_key(f, v, law) for f, v in known if f is not None and isinstance(f.kind, Choice))
