"""zen-engine: a graph of input, one expression node with a truth for each rule, output; static content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import zen

from benchmarks.records.peers.infix import Dialect, broken
from safety_rules.language.expr import Aggregate, walk
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn, trace: bool = False) -> Callable[[Any], list[str]]:
    """Return the evaluation of the decision, and the keys whose truth is true; with its trace where asked."""
    dialect = dialect_of(law)
    expressions = [{"id": r.key, "key": r.key, "value": broken(r, dialect)} for r in law.rules]
    content = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": expressions}},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
            {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
        ],
    }
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"law": content}}})
    evaluate, options = engine.evaluate, {"trace": trace}
    return lambda record: [key for key, true in evaluate("law", record, options)["result"].items() if true is True]


def dialect_of(law: AreaOn) -> Dialect:
    """Return ZEN's forms."""
    items = dict.fromkeys(_variables(law), "#")
    starts, some = "startsWith({0}, {1})", "some({2}, {0})"
    return Dialect(law, " and ", " or ", "not({0})", lambda key: key, starts=starts, some=some, items=items)


def _variables(law: AreaOn) -> set[str]:
    formulas = [d.formula for d in law.derivations.values()]
    trees = [c.that for r in law.rules for c in (*r.applies_when, *r.requires)] + formulas
    return {n.variable for tree in trees for n in walk(tree) if isinstance(n, Aggregate)}
