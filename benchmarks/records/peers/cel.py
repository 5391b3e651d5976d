"""cel-expr-python: CEL in C++; one expression that lists a truth for each rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cel_expr_python import cel

from benchmarks.records.peers.infix import Dialect, broken
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the evaluation of the expression, and the keys whose truth is true."""
    dialect = Dialect(
        law, " && ", " || ", "!{0}", lambda key: key, some="{2}.exists({1}, {0})", number="double({0})"
    )  # fmt: skip
    kind = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    environment = cel.NewEnv(variables=dict.fromkeys(law.area.subjects, kind))
    expression = environment.compile("[" + ", ".join(broken(r, dialect) for r in law.rules) + "]")
    keys = [r.key for r in law.rules]

    def failed(record: Any) -> list[str]:
        found = expression.eval(data=record).plain_value()
        return [key for key, true in zip(keys, found, strict=True) if true]

    return failed
