"""The fields of list records that rules work out, worked out once for each record and not in every condition.

Only fields that follow from the record itself, from figures and tables are worked out ahead; others
(one that reads a fact beside the list) are written in place.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import constant, load
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language.expr import Expr, FactRef, ItemField, walk
from safety_rules.language.law import is_sure
from safety_rules.language.rule import Derivation
from safety_rules.semantics.decide import AreaOn

Reading = Callable[[Expr, Writer], ast.expr]


def worked_fields(outer: str, law: AreaOn, constants: dict[str, Any]) -> Mapping[str, Derivation]:
    """Return the derivations of a list's fields that are worked out ahead, each after those that it reads."""
    name = f"fields_of_{outer.replace('.', '_')}"
    if name not in constants:
        constants[name] = _fields(outer, law)
    found: Mapping[str, Derivation] = constants[name]
    return found


def _fields(outer: str, law: AreaOn) -> Mapping[str, Derivation]:
    ordered, known = dict[str, Derivation](), dict[str, bool]()
    if law.rulebook.vocabulary.is_list(outer.rpartition(".")[0]):
        return ordered  # a list within a list is not reached by its key

    def add(derivation: Derivation) -> None:
        for key in _read(derivation.formula):
            if key in law.derivations and key not in ordered:
                add(law.derivations[key])
        ordered[derivation.fact] = derivation

    for key, derivation in law.derivations.items():
        own = derivation.variable is not None and key.rpartition(".")[0] == outer
        if own and is_sure(derivation, law) and key not in ordered and _alone(key, law, known):
            add(derivation)
    return {key: d for key, d in ordered.items() if is_sure(d, law)}


def _read(formula: Expr) -> list[str]:
    return [n.key for n in walk(formula) if isinstance(n, ItemField)]


def _alone(key: str, law: AreaOn, known: dict[str, bool]) -> bool:
    """Return whether a field follows from its record and the law alone, through other such fields."""
    if key not in known:
        formula = law.derivations[key].formula
        inner = [k for k in _read(formula) if k in law.derivations]
        known[key] = not any(isinstance(n, FactRef) for n in walk(formula)) and all(
            _alone(k, law, known) for k in inner
        )
    return known[key]


def worker(outer: str, law: AreaOn, constants: dict[str, Any], value: Reading) -> str | None:
    """Return the name of the function that works out a list's fields; None where there are none."""
    fields = worked_fields(outer, law, constants)
    if not fields:
        return None
    name = f"worked_{outer.replace('.', '_')}"
    if name not in constants:
        constants[name] = _worker(fields, law, constants, value)
    return name


def _worker(
    fields: Mapping[str, Derivation], law: AreaOn, constants: dict[str, Any], value: Reading
) -> Callable[[Any], Any]:
    w = Writer(law, {**constants, "dict": dict})
    w.body.append(code.assign("item", code.call("dict", load("item"))))
    for derivation in fields.values():
        assert derivation.variable is not None
        w.items = {derivation.variable: "item"}
        found = value(derivation.formula, w)
        w.body.append(ast.Assign([ast.Subscript(load("item"), constant(derivation.fact), ast.Store())], found))
    made = code.function("work", ["get", "item"], [*w.loading, *w.body, ast.Return(load("item"))])
    work = code.functions([made], w.constants, f"<worked {law.area.key} on {law.as_of}>")["work"]

    last: list[tuple[Any, Any]] = [(None, None)]

    def worked(items: Any) -> Any:
        known, found = last[0]
        if items is known:  # the functions of one law read one record after another
            return found
        get = _Nothing().get  # one for all items: what bounds are kept by
        same = _same(known, found, items)
        made = tuple(same[id(i)] if id(i) in same else work(get, i) for i in items) if items is not None else None
        last[0] = (items, made)
        return made

    return worked


def _same(known: Any, found: Any, items: Any) -> dict[int, Any]:
    """Return what was made of the records of a list that is another one of the same records, by their identity."""
    if not known or not items or (items[0] is not known[0] and items[-1] is not known[-1]):
        return {}
    return {id(item): made for item, made in zip(known, found, strict=True)}


class _Nothing:
    """What a record of a list tells of the facts beside it."""

    __slots__ = ()

    def get(self, key: str) -> None:
        """Return that it tells nothing."""


def with_worked(values: Mapping[str, Any], law: AreaOn, constants: dict[str, Any], value: Reading) -> Mapping[str, Any]:
    """Return a record's values, the records of its lists with the fields that are worked out, by fact key."""
    lists = {key.rpartition(".")[0] for key, d in law.derivations.items() if d.variable is not None}
    names = {outer: worker(outer, law, constants, value) for outer in lists if outer in values}
    return {**values, **{outer: constants[name](values[outer]) for outer, name in names.items() if name is not None}}
