"""zen-engine: a graph of input, one expression node with a truth for each rule, output; static content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import zen

from benchmarks.records.peers.infix import Dialect, broken
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn, trace: bool = False) -> Callable[[Any], list[str]]:
    """Return the evaluation of the decision, and the keys whose truth is true; with its trace where asked."""
    dialect = Dialect(
        law, " and ", " or ", "not({0})", lambda key: key, starts="startsWith({0}, {1})",
        some="some({2}, {0})", items=dict.fromkeys(_variables(law), "#"),
    )  # fmt: skip
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


def _variables(law: AreaOn) -> set[str]:
    from safety_rules.language.expr import Aggregate, walk

    formulas = [d.formula for d in law.derivations.values()]
    trees = [c.that for r in law.rules for c in (*r.applies_when, *r.requires)] + formulas
    return {n.variable for tree in trees for n in walk(tree) if isinstance(n, Aggregate)}
