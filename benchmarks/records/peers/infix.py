"""Conditions written in the infix languages of peers (CEL, ZEN, Cedar, rule-engine, Python): small tables of forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from benchmarks.records.peers import Unsupported
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
from safety_rules.language.kinds import Choices, Number
from safety_rules.language.rule import Rule
from safety_rules.semantics.decide import AreaOn

SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language writes what languages write differently."""

    law: AreaOn
    both: str
    either: str
    negation: str
    fact: Callable[[str], str]
    inside: str = "{0} in {1}"
    starts: str = "{0}.startsWith({1})"
    some: str = ""
    overlap: str = ""
    number: str = "{0}"
    true: str = "true"
    false: str = "false"
    items: Mapping[str, str] = field(default_factory=dict)
    divides: bool = True


def broken(rule: Rule, d: Dialect) -> str:
    """Return the condition under which a rule is violated."""
    parts = [written(c.that, d) for c in rule.applies_when]
    meets = d.both.join(written(c.that, d) for c in rule.requires)
    return d.both.join(f"({p})" for p in [*parts, d.negation.format(f"({meets})")])


def written(expr: Expr, d: Dialect) -> str:
    """Return an expression in the dialect."""
    match expr:
        case Literal() | ParameterRef() if (known := _known(expr, d)) is not None:
            return _constant(known, d)
        case FactRef(key) if key in d.law.derivations:
            return f"({written(d.law.derivations[key].formula, d)})"
        case FactRef(key, kind):
            return d.number.format(d.fact(key)) if isinstance(kind, Number) else d.fact(key)
        case ItemSelf(variable):
            return d.items.get(variable, variable)
        case Not(operand):
            return d.negation.format(f"({written(operand, d)})")
        case And(operands):
            return "(" + d.both.join(written(o, d) for o in operands) + ")"
        case Or(operands):
            return "(" + d.either.join(written(o, d) for o in operands) + ")"
        case Compare(op, Arithmetic("/", top, bottom), right) if not d.divides:
            return _crosswise(op, top, bottom, right, d)
        case Compare(op, left, right) if not d.divides and isinstance(kind_of(left), Number):
            return _scaled(op, left, right, d)
        case Compare(op, left, right):
            return f"({written(left, d)} {op} {written(right, d)})"
        case In(item, container):
            return "(" + d.inside.format(written(item, d), written(container, d)) + ")"
        case Arithmetic(op, left, right) if d.divides:
            return f"({written(left, d)} {op} {written(right, d)})"
        case Scale(operand, factor) if d.divides:
            return f"({written(operand, d)} * {_constant(factor, d)})"
        case Aggregate("any", In(ItemSelf(), options), _, source, None) if d.overlap:
            return "(" + d.overlap.format(written(source, d), written(options, d)) + ")"
        case Aggregate("any", body, variable, source, None) if isinstance(kind_of(source), Choices) and d.some:
            return "(" + d.some.format(written(body, d), variable, written(source, d)) + ")"
        case Call("starts_with", (text, prefix)) if d.starts:
            start = written(prefix, d)
            return "(" + d.starts.format(written(text, d), start, start.strip('"')) + ")"
        case _:
            raise Unsupported(form(expr))


def form(expr: Expr) -> str:
    """Return what a language lacks, in the words of rule files."""
    match expr:
        case Call(function):
            return f"{function}()"
        case Aggregate(fold):
            return f"{fold}() over a list"
        case Arithmetic():
            return "arithmetic other than a ratio"
        case ParameterRef():
            return "a parameter within arithmetic"
        case _:
            return type(expr).__name__.lower()


def _known(expr: Expr, d: Dialect) -> object:
    if isinstance(expr, ParameterRef):
        return parameter_value(d.law, expr.key, d.law.as_of)
    return expr.value if isinstance(expr, Literal) else None


def _constant(known: object, d: Dialect) -> str:
    match known:
        case bool():
            return d.true if known else d.false
        case Fraction():
            return repr(float(known))
        case str():
            return json.dumps(known)
        case tuple():
            return "[" + ", ".join(json.dumps(k) for k in known) + "]"
        case _:
            raise Unsupported(f"a {type(known).__name__} as a constant")


def _limit(expr: Expr, d: Dialect) -> Fraction:
    known = _known(expr, d)
    if not isinstance(known, Fraction):
        raise Unsupported("a limit that is no constant")
    return known


def _crosswise(op: str, top: Expr, bottom: Expr, right: Expr, d: Dialect) -> str:
    """Return a ratio's comparison without a division, for a language that has whole numbers only."""
    limit = _limit(right, d)
    return f"({written(top, d)} * {limit.denominator} {op} {written(bottom, d)} * {limit.numerator})"


def _scaled(op: str, left: Expr, right: Expr, d: Dialect) -> str:
    """Return a comparison of ten-thousandths with a limit."""
    limit = _limit(right, d) * SCALE
    if limit.denominator != 1:
        raise Unsupported("a limit of more than four decimals")
    return f"({written(left, d)} {op} {limit.numerator})"
