"""The derived facts and the obligations of a law, compiled: what `semantics.decide` works out, sooner."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import assign, load
from safety_rules.engines.compiled.exact import Writer, value
from safety_rules.engines.compiled.standing import obligation_standings
from safety_rules.language.expr import And, FactRef
from safety_rules.language.verdict import DueDuty
from safety_rules.semantics.decide import AreaOn

Derived = Callable[[Mapping[str, Any]], dict[str, Any]]
Duties = Callable[[Mapping[str, Any]], list[DueDuty]]


def derived(law: AreaOn) -> Derived:
    """Return the function that works out every derived fact of a record's values; None where unknown."""
    constants: dict[str, Any] = {}
    whole = [d for d in law.derivations.values() if d.variable is None]
    fields = [d for d in law.derivations.values() if d.variable is not None]
    main = Writer(law, constants)
    found = [value(FactRef(d.fact, law.rulebook.vocabulary.facts[d.fact].kind), main) for d in whole]
    body = [*main.loading, *main.body, ast.Return(ast.Tuple(found, ast.Load()))]
    parts: list[ast.stmt] = [code.function("whole", ["get"], body)]
    for i, d in enumerate(fields):
        writer = Writer(law, constants, items={d.variable or "": "item"})
        result = value(d.formula, writer)
        inner = [*writer.loading, *writer.body, assign("result", result), ast.Return(load("result"))]
        parts.append(code.function(f"field_{i}", ["get", "item"], inner))
    names = code.functions(parts, constants, f"<derived {law.area.key} on {law.as_of}>")
    keys = [d.fact for d in whole]
    by_list = [(d.fact.rpartition("."), names[f"field_{i}"]) for i, d in enumerate(fields)]

    def of_record(values: Mapping[str, Any]) -> dict[str, Any]:
        get = values.get
        result: dict[str, Any] = dict(zip(keys, names["whole"](get), strict=True))
        for (outer, _, name), function in by_list:
            for n, item in enumerate(values.get(outer, ())):
                result[f"{outer}[{n}].{name}"] = function(get, item)
        return result

    return of_record


def duties(law: AreaOn) -> Duties:
    """Return the function that works out which obligations are due (or may be) on a record's values.

    The reasons of an open one are left to the definition.
    """
    constants: dict[str, Any] = {}
    writer = Writer(law, constants)
    found = [
        value(And(tuple(c.that for c in o.applies_when)), writer) if o.applies_when else code.constant(True)
        for o in law.obligations
    ]
    body = [*writer.loading, *writer.body, ast.Return(ast.Tuple(found, ast.Load()))]
    holds = code.functions([code.function("holds", ["get"], body)], constants, f"<duties {law.area.key}>")["holds"]
    sure_of = obligation_standings(law)

    def of_record(values: Mapping[str, Any]) -> list[DueDuty]:
        due = holds(values.get)
        if not any(d is not False for d in due):
            return []
        return [
            DueDuty(o.key, o.duty, o.authority, one is True, sure)
            for o, one, sure in zip(law.obligations, due, sure_of(values.get), strict=True)
            if one is not False
        ]

    return of_record
