"""The derived facts of a law, compiled: exact values by path, as `semantics.decide.derived_values` gives them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from safety_rules.engines.compiled import code
from safety_rules.engines.compiled.code import assign, load
from safety_rules.engines.compiled.exact import Writer, value
from safety_rules.language.expr import FactRef
from safety_rules.semantics.decide import AreaOn

Derived = Callable[[Mapping[str, Any]], dict[str, Any]]


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
