"""The derived facts and the obligations of a law, compiled: what `semantics.decide` works out, sooner."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import assign, load
from safety_rules.engines.compiled.exact import value
from safety_rules.engines.compiled.standing import obligation_standings
from safety_rules.engines.compiled.worked import with_worked
from safety_rules.engines.compiled.writer import Writer
from safety_rules.language.expr import And, FactRef, ItemField
from safety_rules.language.verdict import DueDuty
from safety_rules.semantics.decide import AreaOn

Values = Mapping[str, Any]
Duties = Callable[[Values], list[DueDuty]]


def with_derived(law: AreaOn) -> Callable[[Values], Values]:
    """Return the function that adds to a record's values every derived fact by key (None where unknown).

    The records of lists get their derived fields; what is `ready` elsewhere reads all of these. The last
    record is remembered, since the functions of one law read one record after another.
    """
    last: list[tuple[Any, Values]] = [(None, {})]
    shared: dict[str, Any] = {}
    keys = [d.fact for d in law.derivations.values() if d.variable is None]
    main = Writer(law, shared)
    found = [value(FactRef(key, law.rulebook.vocabulary.facts[key].kind), main) for key in keys]
    body = [*main.loading, *main.body, ast.Return(ast.Tuple(found, ast.Load()))]
    whole = code.functions(
        [code.function("whole", ["get"], body)], main.constants, f"<derived {law.area.key} on {law.as_of}>"
    )["whole"]

    def of_record(given: Values) -> Values:
        known, found = last[0]
        if given is known:
            return found
        values = with_worked(given, law, shared, value)
        found = {**values, **dict(zip(keys, whole(values.get), strict=True))}
        last[0] = (given, found)
        return found

    return of_record


def derived(law: AreaOn) -> Callable[[Values], dict[str, Any]]:
    """Return the function that works out every derived fact of a record's values by path; None where unknown."""
    ready, by_path = with_derived(law), by_paths(law)
    return lambda given: by_path(ready(given))


def by_paths(law: AreaOn) -> Callable[[Values], dict[str, Any]]:
    """Return the function from values with derived facts to the derived facts by path, those of list items for each."""
    constants: dict[str, Any] = {}
    keys = [d.fact for d in law.derivations.values() if d.variable is None]
    fields = [d for d in law.derivations.values() if d.variable is not None]
    parts: list[ast.stmt] = []
    for i, d in enumerate(fields):
        writer = Writer(law, constants, items={d.variable or "": "item"}, ready=True)
        result = value(ItemField(d.variable or "", d.fact, law.rulebook.vocabulary.facts[d.fact].kind), writer)
        inner = [*writer.loading, *writer.body, assign("result", result), ast.Return(load("result"))]
        parts.append(code.function(f"field_{i}", ["get", "item"], inner))
    names = code.functions(parts, constants, f"<derived {law.area.key} on {law.as_of}>")
    by_list = [(d.fact.rpartition("."), names[f"field_{i}"]) for i, d in enumerate(fields)]

    def of_values(values: Values) -> dict[str, Any]:
        result: dict[str, Any] = {key: values[key] for key in keys}
        for (outer, _, name), function in by_list:
            for n, item in enumerate(values.get(outer, ())):
                result[f"{outer}[{n}].{name}"] = function(values.get, item)
        return result

    return of_values


def duties(law: AreaOn, ready: bool = False) -> Duties:
    """Return the function that works out which obligations are due (or may be) on a record's values.

    The reasons of an open one are left to the definition. With `ready`, the values hold the derived facts.
    """
    constants: dict[str, Any] = {}
    writer = Writer(law, constants, ready=ready)
    found = [
        value(And(tuple(c.that for c in o.applies_when)), writer) if o.applies_when else code.constant(True)
        for o in law.obligations
    ]
    body = [*writer.loading, *writer.body, ast.Return(ast.Tuple(found, ast.Load()))]
    holds = code.functions([code.function("holds", ["get"], body)], constants, f"<duties {law.area.key}>")["holds"]
    sure_of = obligation_standings(law, ready)

    def of_record(values: Values) -> list[DueDuty]:
        due = holds(values.get)
        if not any(d is not False for d in due):
            return []
        return [
            DueDuty(o.key, o.duty, o.authority, one is True and not o.lapsed, sure)
            for o, one, sure in zip(law.obligations, due, sure_of(values.get), strict=True)
            if one is not False
        ]

    return of_record
