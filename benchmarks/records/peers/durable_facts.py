"""durable-rules: a fact for each record in a session of its own, which is deleted afterwards.

It has no division and no negation of a group: ratios are divided beforehand, and `not` is driven inwards.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import count
from typing import Any

from durable import engine

from benchmarks.records.peers import Unsupported
from benchmarks.records.peers.infix import form
from benchmarks.records.peers.prefix import flat
from safety_rules.engines.compiled.exact import parameter_value
from safety_rules.language.expr import And, Arithmetic, Compare, Expr, FactRef, In, Literal, Not, Or, ParameterRef, walk
from safety_rules.language.kinds import Boolean
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn

OPERATORS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "==": "", "!=": "$neq"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


class _Host(engine.Host):  # type: ignore[misc]
    """A host without the two threads that durable-rules starts and never stops."""

    def _run(self) -> None:
        return


def failed_by(law: AreaOn) -> Callable[[Any], list[str]]:
    """Return the keys of the rules whose actions ran."""
    found: list[str] = []
    clauses = [c.that for r in law.rules for c in (*r.applies_when, *r.requires)]
    ratios = {_ratio(n): n for c in clauses for n in walk(c) if isinstance(n, Arithmetic)}
    host, numbers = _Host(), count()
    # A fact that no rule takes raises, so one rule takes every fact.
    seen = {"all": [{"m": {"$ex": {"project_site": 1}}}], "run": lambda c: None}
    host.register_rulesets({"w1": {"seen": seen, **{r.key: _rule(r, found, law) for r in law.rules}}})
    ruleset = host.get_ruleset("w1")

    def failed(record: Any) -> list[str]:
        found.clear()
        fact = {k: int(v) if isinstance(v, bool) else v for k, v in flat(record).items()}
        for name, node in ratios.items():
            fact[name] = fact[_name(node.left)] / fact[_name(node.right)]
        session = str(next(numbers))
        host.assert_fact("w1", {**fact, "sid": session, "id": "1"})
        ruleset.delete_state(session)
        return list(found)

    return failed


def _rule(rule: Rule, found: list[str], law: AreaOn) -> dict[str, Any]:
    applies = [_pattern(c.that, True, law) for c in rule.applies_when]
    fails = _joined("$or", [_pattern(c.that, False, law) for c in rule.requires])
    key = rule.key

    def note(c: Any) -> None:
        found.append(key)

    return {"all": [{"m": _joined("$and", [*applies, fails])}], "run": note}


def _joined(name: str, parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {name: parts}


def _name(expr: Expr) -> str:
    if isinstance(expr, FactRef):
        return expr.key.replace(".", "_")
    if isinstance(expr, Arithmetic):
        return _ratio(expr)
    raise Unsupported(form(expr))


def _ratio(expr: Arithmetic) -> str:
    return f"{_name(expr.left)}__{_name(expr.right)}"


def _pattern(expr: Expr, holds: bool, law: AreaOn) -> Any:
    match expr:
        case FactRef(_, Boolean()):
            return {_name(expr): int(holds)}
        case Not(operand):
            return _pattern(operand, not holds, law)
        case And(operands) | Or(operands):
            every = isinstance(expr, And) == holds
            return _joined("$and" if every else "$or", [_pattern(o, holds, law) for o in operands])
        case Compare(op, left, right):
            return _compared(op if holds else OPPOSITE[op], _name(left), _known(right, law))
        case In(item, container):
            options = _known(container, law)
            parts = [_compared("==" if holds else "!=", _name(item), o) for o in options]
            return _joined("$or" if holds else "$and", parts)
        case _:
            raise Unsupported(form(expr))


def _known(expr: Expr, law: AreaOn) -> Any:
    if isinstance(expr, ParameterRef):
        return parameter_value(law, expr.key, law.as_of)
    if not isinstance(expr, Literal):
        raise Unsupported("a limit that is no constant")
    return expr.value


def _compared(op: str, name: str, known: Any) -> Any:
    value = (known.numerator if known.denominator == 1 else float(known)) if isinstance(known, Fraction) else known
    return {name: value} if op == "==" else {OPERATORS[op]: {name: value}}
