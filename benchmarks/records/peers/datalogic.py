"""datalogic-py: JSON-Logic in Rust; one rule that merges the keys of the failed rules."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from datalogic_py import Engine

from benchmarks.records.peers import Unsupported
from benchmarks.records.peers.infix import form
from safety_rules.engines.compiled.exact import parameter_value
from safety_rules.language.expr import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Expr,
    FactRef,
    In,
    ItemSelf,
    Literal,
    Not,
    Or,
    ParameterRef,
    Scale,
    kind_of,
)
from safety_rules.language.kinds import Choices
from safety_rules.semantics.decide import AreaOn


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the session's evaluation of the merged rule."""
    engine = Engine()
    rule = engine.compile({"merge": [{"if": [_broken(r, law), [r.key], []]} for r in law.rules]})
    session = engine.session()
    return lambda record: session.evaluate(rule, record)  # type: ignore[no-any-return]


def _broken(rule: Any, law: AreaOn) -> Any:
    applies = [_logic(c.that, law) for c in rule.applies_when]
    return {"and": [*applies, {"!": [{"and": [_logic(c.that, law) for c in rule.requires]}]}]}


def _logic(expr: Expr, law: AreaOn) -> Any:
    match expr:
        case Literal(known):
            return _constant(known)
        case ParameterRef(key, _, None):
            return _constant(parameter_value(law, key, law.as_of))
        case FactRef(key) if key in law.derivations:
            return _logic(law.derivations[key].formula, law)
        case FactRef(key):
            return {"var": key}
        case ItemSelf():
            return {"var": ""}
        case Not(operand):
            return {"!": [_logic(operand, law)]}
        case And(operands):
            return {"and": [_logic(o, law) for o in operands]}
        case Or(operands):
            return {"or": [_logic(o, law) for o in operands]}
        case Compare(op, left, right):
            return {{"==": "===", "!=": "!=="}.get(op, op): [_logic(left, law), _logic(right, law)]}
        case In(item, container):
            return {"in": [_logic(item, law), _logic(container, law)]}
        case Arithmetic(op, left, right):
            return {op: [_logic(left, law), _logic(right, law)]}
        case Scale(operand, factor):
            return {"*": [_logic(operand, law), float(factor)]}
        case Aggregate("any", body, _, source, None) if isinstance(kind_of(source), Choices):
            return {"some": [_logic(source, law), _logic(body, law)]}
        case Call("starts_with", (text, Literal(str() as prefix))):
            return {"===": [{"substr": [_logic(text, law), 0, len(prefix)]}, prefix]}
        case _:
            raise Unsupported(form(expr))


def _constant(known: Any) -> Any:
    if isinstance(known, Fraction):
        return float(known)
    return list(known) if isinstance(known, tuple) else known
